//! Whom we trust: the system's certificate authorities, nobody else, and no way to go on anyway.

use rustls::{ClientConfig, RootCertStore, crypto::ring};
use std::{error::Error, sync::Arc};

/// TLS 1.2 and 1.3 with the system's authorities. `SSL_CERT_FILE` and `SSL_CERT_DIR` are honoured, as everywhere.
pub(crate) fn client_config() -> Arc<ClientConfig> {
    let mut roots = RootCertStore::empty();
    let native = rustls_native_certs::load_native_certs();
    for error in &native.errors {
        tracing::warn!(%error, "a system certificate store could not be read");
    }
    let (added, ignored) = roots.add_parsable_certificates(native.certs);
    tracing::debug!(added, ignored, "certificate authorities loaded");
    let provider = Arc::new(ring::default_provider());
    let builder = ClientConfig::builder_with_provider(provider)
        .with_protocol_versions(rustls::DEFAULT_VERSIONS)
        .unwrap_or_else(|error| unreachable!("ring supports TLS 1.2 and 1.3: {error}"));
    Arc::new(builder.with_root_certificates(roots).with_no_client_auth())
}

/// The certificate's fault if that is what lies at the bottom of an error, in the library's words.
pub(crate) fn certificate_fault(error: &(dyn Error + 'static)) -> Option<String> {
    if let rustls::Error::InvalidCertificate(fault) = fault(error)? { Some(format!("{fault:?}")) } else { None }
}

/// Whether somebody answered, but not in a TLS that is spoken here.
pub(crate) fn is_foreign_speech(error: &(dyn Error + 'static)) -> bool {
    fault(error).is_some()
}

/// What TLS itself has to say about an error, if anything.
fn fault<'a>(error: &'a (dyn Error + 'static)) -> Option<&'a rustls::Error> {
    let mut next = Some(error);
    while let Some(error) = next {
        if let Some(found) = error.downcast_ref::<rustls::Error>() {
            return Some(found);
        }
        // An io::Error shows what it wraps only through get_ref.
        if let Some(io) = error.downcast_ref::<std::io::Error>()
            && let Some(inner) = io.get_ref()
            && let Some(found) = fault(inner)
        {
            return Some(found);
        }
        next = error.source();
    }
    None
}
