//! The way to the PostgreSQL server goes over TLS where the address says so, and to nobody but who is trusted.

use crate::kit::{Server, within};
use std::{path::Path, process::Stdio};
use tempfile::TempDir;
use tokio::{
    io::{AsyncBufReadExt as _, AsyncReadExt as _, BufReader},
    process::Command,
};
use tokio_postgres::NoTls;

/// The real program, which trusts this certificate and no other. Returns what it says first: where it listens, or why
/// it does not; and what the server says of its connections, while it lives.
async fn serve(store: &str, trusted: &Path, server: &Server) -> (String, i64) {
    let folder: TempDir = tempfile::tempdir().unwrap();
    let config = folder.path().join("hub.toml");
    std::fs::write(&config, format!("listen = \"127.0.0.1:0\"\ndata = \"data\"\nstore = \"{store}\"\n")).unwrap();
    let mut hub = Command::new(env!("CARGO_BIN_EXE_otklik-hub"))
        .args(["serve", "--config"])
        .arg(&config)
        // Where the system's certificates are looked for.
        .env("SSL_CERT_FILE", trusted)
        .env_remove("SSL_CERT_DIR")
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .kill_on_drop(true)
        .spawn()
        .unwrap();
    let mut lines = BufReader::new(hub.stdout.take().unwrap()).lines();
    if let Some(line) = within("the first line", lines.next_line()).await.unwrap() {
        let (client, connection) = tokio_postgres::connect(&server.address(), NoTls).await.unwrap();
        tokio::spawn(connection);
        let sql = "SELECT count(*) FROM pg_stat_ssl JOIN pg_stat_activity USING (pid)
                   WHERE application_name = 'otklik-hub' AND ssl";
        let over_tls = client.query_one(sql, &[]).await.unwrap().get(0);
        hub.kill().await.unwrap();
        return (line, over_tls);
    }
    let mut complaint = String::new();
    hub.stderr.take().unwrap().read_to_string(&mut complaint).await.unwrap();
    assert!(!within("the end", hub.wait()).await.unwrap().success());
    (complaint, 0)
}

#[tokio::test]
#[ignore = "needs PostgreSQL: cargo xtask test --only postgres"]
async fn the_server_s_certificate_is_checked_and_nothing_goes_in_the_clear() {
    let make = || rcgen::generate_simple_self_signed(["localhost".to_owned()]).unwrap();
    let (made, other) = (make(), make());
    let folder = tempfile::tempdir().unwrap();
    let (trusted, stranger) = (folder.path().join("trusted.pem"), folder.path().join("stranger.pem"));
    std::fs::write(&trusted, made.cert.pem()).unwrap();
    std::fs::write(&stranger, other.cert.pem()).unwrap();
    let server = Server::start_with_tls(&made.cert.pem(), &made.signing_key.serialize_pem()).await;
    let required = server.address_at("localhost", "sslmode=require");
    let (said, over_tls) = serve(&required, &trusted, &server).await;
    assert!(said.starts_with("listening on "), "{said}");
    assert!(over_tls > 0, "its connections are encrypted");
    let (said, _) = serve(&required, &stranger, &server).await;
    assert!(said.contains("certificate"), "another certificate is trusted, and not this one: {said}");
    let (said, _) = serve(&server.address_at("127.0.0.1", "sslmode=require"), &trusted, &server).await;
    assert!(said.contains("certificate"), "it is a certificate for another name: {said}");
    let plain = Server::start().await;
    let (said, _) = serve(&plain.address_at("localhost", "sslmode=require"), &trusted, &plain).await;
    assert!(said.contains("TLS") && !said.starts_with("listening"), "a server that speaks none: {said}");
    // Whoever says so goes in the clear.
    let (said, over_tls) = serve(&server.address_at("localhost", "sslmode=disable"), &stranger, &server).await;
    assert!(said.starts_with("listening on ") && over_tls == 0, "{said}");
}
