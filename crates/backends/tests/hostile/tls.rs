//! S-C16: certificates and versions of TLS. There is no way to go on anyway. The authorities to trust are read from the
//! environment, so the cases are played in a child process whose environment names an authority made here.

use crate::script::{End, TOKEN, backend_at, listen};
use otklik_backends::{AddressError, Failure, HubAddress, LoginError, login};
use rcgen::{BasicConstraints, CertificateParams, CertifiedIssuer, IsCa, KeyPair, date_time_ymd};
use rustls::{
    ServerConfig, ServerConnection, StreamOwned,
    crypto::ring,
    pki_types::{CertificateDer, PrivateKeyDer},
};
use std::{
    fs,
    io::{Read, Write},
    net::{TcpListener, TcpStream},
    process::Command,
    sync::Arc,
    thread,
};
use tokio_tungstenite::tungstenite;

/// Tells the child which authority's key it has.
const FOLDER: &str = "OTKLIK_TEST_TLS";

type Authority = CertifiedIssuer<'static, KeyPair>;

fn authority(name: &str) -> Authority {
    let mut params = CertificateParams::new(Vec::new()).unwrap();
    params.is_ca = IsCa::Ca(BasicConstraints::Unconstrained);
    params.distinguished_name.push(rcgen::DnType::CommonName, name);
    CertifiedIssuer::self_signed(params, KeyPair::generate().unwrap()).unwrap()
}

/// A server's certificate and key.
struct Papers(Vec<u8>, Vec<u8>);

/// Papers for a name, good from one year to another.
fn papers(from: &Authority, name: &str, years: (i32, i32)) -> Papers {
    let key = KeyPair::generate().unwrap();
    let mut params = CertificateParams::new([name.to_owned()]).unwrap();
    (params.not_before, params.not_after) = (date_time_ymd(years.0, 1, 1), date_time_ymd(years.1, 1, 1));
    let certificate = params.signed_by(&key, from).unwrap();
    Papers(certificate.der().to_vec(), key.serialize_der())
}

fn self_signed() -> Papers {
    let own = rcgen::generate_simple_self_signed(["localhost".to_owned()]).unwrap();
    Papers(own.cert.der().to_vec(), own.signing_key.serialize_der())
}

/// Serves a hub's greeting, and its card, under these papers. Returns the port; the thread ends with the process.
fn hub_with(Papers(certificate, key): Papers) -> u16 {
    let key = PrivateKeyDer::try_from(key).unwrap();
    let config = ServerConfig::builder_with_provider(Arc::new(ring::default_provider()))
        .with_safe_default_protocol_versions()
        .unwrap()
        .with_no_client_auth()
        .with_single_cert(vec![CertificateDer::from(certificate)], key)
        .unwrap();
    let config = Arc::new(config);
    accepting(move |stream| {
        let Ok(connection) = ServerConnection::new(config.clone()) else { return };
        greet(StreamOwned::new(connection, stream));
    })
}

fn accepting(serve: impl Fn(TcpStream) + Send + Sync + 'static) -> u16 {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let port = listener.local_addr().unwrap().port();
    let serve = Arc::new(serve);
    thread::spawn(move || {
        for stream in listener.incoming().flatten() {
            let serve = serve.clone();
            thread::spawn(move || serve(stream));
        }
    });
    port
}

/// Greets, drains, and closes, as a hub that is just being stopped.
fn greet(stream: impl Read + Write) {
    // Whoever does not trust us is gone by now.
    let Ok(mut socket) = tungstenite::accept(stream) else { return };
    let Ok(hello) = socket.read() else { return };
    assert!(hello.to_text().unwrap().contains(TOKEN));
    let bye = r#"{"t":"bye","code":"draining","retry_after_ms":4242}"#;
    socket.send(tungstenite::Message::text(bye)).ok();
    while socket.read().is_ok() {}
}

/// A server of the last century: answers every greeting with TLS 1.1, and notes whether it was believed.
fn old_tls(minor: u8) -> u16 {
    accepting(move |mut stream| {
        let mut greeting = [0; 4096];
        let _read = stream.read(&mut greeting);
        let hello: Vec<u8> = [vec![3, minor], vec![7; 32], vec![0, 0, 0x2f, 0]].concat();
        let handshake = [vec![2, 0, 0, hello.len() as u8], hello].concat();
        let record = [vec![22, 3, minor, 0, handshake.len() as u8], handshake].concat();
        stream.write_all(&record).ok();
        // An alert, and nothing that could be a key.
        let mut answer = Vec::new();
        stream.read_to_end(&mut answer).ok();
        assert!(!answer.windows(TOKEN.len()).any(|window| window == TOKEN.as_bytes()));
    })
}

#[test]
fn certificates_and_versions() {
    let folder = tempfile::tempdir().unwrap();
    let trusted = authority("Trusted in this test");
    fs::write(folder.path().join("trusted.pem"), trusted.pem()).unwrap();
    fs::write(folder.path().join("trusted.key"), trusted.key().serialize_pem()).unwrap();
    let played = Command::new(std::env::current_exe().unwrap())
        .args(["--exact", "tls::in_a_child_with_an_authority_of_its_own", "--ignored", "--nocapture"])
        .env("SSL_CERT_FILE", folder.path().join("trusted.pem"))
        .env_remove("SSL_CERT_DIR")
        .env(FOLDER, folder.path())
        .output()
        .unwrap();
    let said = String::from_utf8_lossy(&played.stdout);
    assert!(
        played.status.success() && said.contains("1 passed"),
        "{said}\n{}",
        String::from_utf8_lossy(&played.stderr)
    );
}

#[tokio::test]
#[ignore = "played by certificates_and_versions, in an environment of its own"]
async fn in_a_child_with_an_authority_of_its_own() {
    let folder = std::path::PathBuf::from(std::env::var(FOLDER).unwrap());
    let key = KeyPair::from_pem(&fs::read_to_string(folder.join("trusted.key")).unwrap()).unwrap();
    let mut params = CertificateParams::new(Vec::new()).unwrap();
    params.is_ca = IsCa::Ca(BasicConstraints::Unconstrained);
    params.distinguished_name.push(rcgen::DnType::CommonName, "Trusted in this test");
    let trusted = CertifiedIssuer::self_signed(params, key).unwrap();
    let today = (2020, 2100);

    for (name, papers, fault) in [
        ("nobody's", self_signed(), "UnknownIssuer"),
        ("another authority's", papers(&authority("Unknown"), "localhost", today), "UnknownIssuer"),
        (
            "another authority's of the same name",
            papers(&authority("Trusted in this test"), "localhost", today),
            "BadSignature",
        ),
        ("another host's", papers(&trusted, "hub.example", today), "NotValidForName"),
        ("expired", papers(&trusted, "localhost", (2019, 2020)), "Expired"),
        ("not valid yet", papers(&trusted, "localhost", (2098, 2100)), "NotValidYet"),
    ] {
        let address = format!("https://localhost:{}", hub_with(papers));
        let End::Refused(Failure::Certificate { detail }) = listen(&backend_at(&address)).await else {
            panic!("{name} was not refused for its certificate")
        };
        assert!(detail.contains(fault), "{name}: {detail}");
        let LoginError::Certificate { detail } = sign_in(&address).await else {
            panic!("{name} was not refused for its certificate at sign-in")
        };
        assert!(detail.contains(fault), "{name}: {detail}");
    }

    let good = format!("https://localhost:{}", hub_with(papers(&trusted, "localhost", today)));
    assert_eq!(
        listen(&backend_at(&good)).await,
        End::Refused(Failure::RetryAfter { ms: 4_242 }),
        "a good one is trusted"
    );

    for minor in [0, 1, 2] {
        let address = format!("https://localhost:{}", old_tls(minor));
        assert_eq!(listen(&backend_at(&address)).await, End::Refused(Failure::Lost), "TLS 1.{minor} was spoken");
        assert_eq!(sign_in(&address).await, LoginError::NotAHub, "SSL 3.0 to TLS 1.1 is no hub's");
    }

    let plain = accepting(|mut stream| {
        let _read = stream.read(&mut [0; 4096]);
        stream.write_all(b"HTTP/1.1 400 Bad Request\r\n\r\n").ok();
        let _read = stream.read(&mut [0; 4096]);
    });
    let plain = format!("https://localhost:{plain}");
    assert_eq!(listen(&backend_at(&plain)).await, End::Refused(Failure::Lost), "plain text on a port of TLS");
    assert_eq!(sign_in(&plain).await, LoginError::NotAHub);
    let hangs_up = format!("https://localhost:{}", accepting(drop));
    assert_eq!(listen(&backend_at(&hangs_up)).await, End::Refused(Failure::Lost));
    assert_eq!(sign_in(&hangs_up).await, LoginError::Unreachable);
}

async fn sign_in(address: &str) -> LoginError {
    let address = HubAddress::parse(address).unwrap();
    login(&address, "ira", &"пароль".to_owned().into(), "test").await.map(|_| ()).unwrap_err()
}

/// A connection in the clear is for this machine alone; whoever types another address is told before anything is sent.
#[test]
fn no_plain_connection_leaves_this_machine() {
    for address in
        ["http://hub.example", "http://10.0.0.1:80", "http://localhost.evil.example", "http://127.0.0.1.evil.example"]
    {
        assert_eq!(HubAddress::parse(address), Err(AddressError::NotEncrypted), "{address}");
    }
    for address in ["ws://hub.example", "ws://127.0.0.1", "wss://hub.example", "ftp://hub.example"] {
        assert_eq!(HubAddress::parse(address), Err(AddressError::Malformed), "{address}");
    }
}
