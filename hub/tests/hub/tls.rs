//! With a certificate everything goes over TLS.

use crate::kit::Desk;
use otklik_hub::{Hub, HubConfig, TlsFiles};
use rustls::{ClientConfig, RootCertStore, crypto::ring, pki_types::CertificateDer};
use std::sync::Arc;
use tokio_tungstenite::{Connector, connect_async_tls_with_config};

#[tokio::test]
async fn page_and_socket_over_tls() {
    let made = rcgen::generate_simple_self_signed(["localhost".to_owned()]).unwrap();
    let folder = tempfile::tempdir().unwrap();
    let files = TlsFiles { certificate: folder.path().join("c.pem"), key: folder.path().join("k.pem") };
    std::fs::write(&files.certificate, made.cert.pem()).unwrap();
    std::fs::write(&files.key, made.signing_key.serialize_pem()).unwrap();
    let desk = Desk::start_with(|config| config.tls = Some(files)).await;
    let port = desk.hub().address().port();
    assert!(desk.hub().public_address().starts_with("https://"));

    let mut roots = RootCertStore::empty();
    roots.add(CertificateDer::from(made.cert.der().to_vec())).unwrap();
    let config = ClientConfig::builder_with_provider(Arc::new(ring::default_provider()))
        .with_safe_default_protocol_versions()
        .unwrap()
        .with_root_certificates(roots)
        .with_no_client_auth();
    let connector = Connector::Rustls(Arc::new(config));
    let address = format!("wss://localhost:{port}/widget/v1/socket");
    let socket = crate::kit::within("tls", connect_async_tls_with_config(&address, None, false, Some(connector))).await;
    let mut socket = crate::kit::Socket(socket.unwrap().0, Vec::new());
    socket.send_raw(tokio_tungstenite::tungstenite::Message::text(r#"{"t":"hello","protocol":1}"#)).await;
    let welcome = socket.next::<otklik_wire::customer::HubCustomerFrame>().await;
    assert!(matches!(welcome, Some(otklik_wire::customer::HubCustomerFrame::Welcome { .. })));
    let plain = crate::kit::http().get(format!("http://127.0.0.1:{port}/healthz")).send().await;
    assert!(plain.is_err(), "nothing is said in the clear");
}

#[tokio::test]
async fn a_certificate_that_is_none_is_named() {
    let folder = tempfile::tempdir().unwrap();
    std::fs::write(folder.path().join("c.pem"), "no certificate").unwrap();
    for name in ["c.pem", "missing.pem"] {
        let mut config = HubConfig::embedded(folder.path().join("data"), None);
        let path = folder.path().join(name);
        config.tls = Some(TlsFiles { certificate: path.clone(), key: path });
        let error = Hub::start(config).await.unwrap_err().to_string();
        assert!(error.contains(name), "{error}");
    }
}
