//! The port: taken, kept, and answered on, over TLS if there is a certificate.

use crate::config::{HubConfig, TlsFiles};
use axum::Router;
use axum_server::{
    Handle,
    tls_rustls::{RustlsAcceptor, RustlsConfig},
};
use rustls::{
    ServerConfig,
    crypto::ring,
    pki_types::{CertificateDer, PrivateKeyDer},
};
use std::{
    fs::File,
    io::{self, BufReader},
    net::{SocketAddr, TcpListener},
    path::{Path, PathBuf},
    sync::Arc,
    time::Duration,
};
use thiserror::Error;
use tokio::task::JoinHandle;

/// The head of a request and the TLS handshake come within this time.
const HANDSHAKE: Duration = Duration::from_secs(5);

/// Answers under way have this long when the hub stops.
const LAST_ANSWERS: Duration = Duration::from_secs(1);

/// Why it cannot listen.
#[derive(Debug, Error)]
pub enum ListenError {
    /// Another program has the port.
    #[error("{0} is in use by another program: stop it, or put another port into `listen`")]
    InUse(SocketAddr),
    /// The system refuses.
    #[error("cannot listen on {address}: {source}")]
    Refused {
        /// Where.
        address: SocketAddr,
        /// Why.
        source: io::Error,
    },
    /// A certificate or key that cannot be used.
    #[error("{}: {what}", path.display())]
    Certificate {
        /// Which file.
        path: PathBuf,
        /// What is wrong.
        what: String,
    },
}

/// Stops the server.
#[derive(Debug)]
pub(crate) struct Server(Handle<SocketAddr>);

impl Server {
    /// Stops as soon as the last answers are out: the sockets have said goodbye already.
    pub(crate) fn shutdown(&self) {
        self.0.graceful_shutdown(Some(LAST_ANSWERS));
    }
}

/// Takes the port.
pub(crate) fn bind(config: &HubConfig) -> Result<(TcpListener, SocketAddr), ListenError> {
    let wanted = config.listen;
    let keep = config.keep_port && wanted.port() == 0;
    let remembered = config.data.join("port");
    let kept = keep.then(|| std::fs::read_to_string(&remembered).ok()?.trim().parse().ok()).flatten();
    let kept = kept.and_then(|port| TcpListener::bind((wanted.ip(), port)).ok());
    let listener = match kept {
        Some(listener) => listener,
        None => TcpListener::bind(wanted).map_err(|source| {
            if source.kind() == io::ErrorKind::AddrInUse {
                ListenError::InUse(wanted)
            } else {
                ListenError::Refused { address: wanted, source }
            }
        })?,
    };
    let refused = |source| ListenError::Refused { address: wanted, source };
    listener.set_nonblocking(true).map_err(refused)?;
    let address = listener.local_addr().map_err(refused)?;
    if keep && let Err(error) = std::fs::write(&remembered, address.port().to_string()) {
        tracing::warn!(%error, "the port cannot be remembered: pages that are open now will have to be reloaded");
    }
    Ok((listener, address))
}

/// Answers on the port until it is shut down.
pub(crate) fn serve(
    listener: TcpListener,
    tls: Option<&TlsFiles>,
    router: Router,
) -> Result<(Server, JoinHandle<()>), ListenError> {
    let address = listener.local_addr().unwrap_or(SocketAddr::from(([0, 0, 0, 0], 0)));
    let handle = Handle::new();
    let service = router.into_make_service_with_connect_info::<SocketAddr>();
    let mut server = axum_server::from_tcp(listener)
        .map_err(|source| ListenError::Refused { address, source })?
        .handle(handle.clone());
    // Told to the builder itself: the server's own switch of this name lets no WebSocket through.
    let http = server.http_builder();
    *http = http.clone().http1_only();
    // A peer that dawdles over its first words is not waited for.
    http.http1().timer(hyper_util::rt::TokioTimer::new()).header_read_timeout(HANDSHAKE);
    let ended = |result: io::Result<()>| {
        if let Err(error) = result {
            tracing::error!(%error, "the server has stopped");
        }
    };
    let serving = match tls {
        None => tokio::spawn(async move { ended(server.serve(service).await) }),
        Some(files) => {
            let config = RustlsConfig::from_config(Arc::new(certificate(files)?));
            let acceptor = RustlsAcceptor::new(config).handshake_timeout(HANDSHAKE);
            let server = server.acceptor(acceptor);
            tokio::spawn(async move { ended(server.serve(service).await) })
        }
    };
    Ok((Server(handle), serving))
}

fn certificate(files: &TlsFiles) -> Result<ServerConfig, ListenError> {
    let wrong = |path: &Path, what: String| ListenError::Certificate { path: path.to_owned(), what };
    let open = |path: &Path| File::open(path).map(BufReader::new).map_err(|error| wrong(path, error.to_string()));
    let chain: Vec<CertificateDer<'static>> = rustls_pemfile::certs(&mut open(&files.certificate)?)
        .collect::<Result<_, _>>()
        .map_err(|error| wrong(&files.certificate, error.to_string()))?;
    if chain.is_empty() {
        return Err(wrong(&files.certificate, "no certificate in it".to_owned()));
    }
    let key: PrivateKeyDer<'static> = rustls_pemfile::private_key(&mut open(&files.key)?)
        .map_err(|error| wrong(&files.key, error.to_string()))?
        .ok_or_else(|| wrong(&files.key, "no private key in it".to_owned()))?;
    let mut config = ServerConfig::builder_with_provider(Arc::new(ring::default_provider()))
        .with_safe_default_protocol_versions()
        .map_err(|error| wrong(&files.certificate, error.to_string()))?
        .with_no_client_auth()
        .with_single_cert(chain, key)
        .map_err(|error| wrong(&files.key, error.to_string()))?;
    config.alpn_protocols = vec![b"http/1.1".to_vec()];
    Ok(config)
}
