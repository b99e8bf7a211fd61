//! Certificates made on the spot: of an authority that the program is told to trust, and of nobody.

use anyhow::{Context, Result};
use rcgen::{BasicConstraints, CertificateParams, CertifiedIssuer, IsCa, KeyPair};
use rustls::ServerConfig;
use rustls::crypto::ring;
use rustls::pki_types::{CertificateDer, PrivateKeyDer};
use std::fs;
use std::path::Path;
use std::sync::Arc;
use tokio_rustls::TlsAcceptor;

/// A server's certificate and key.
pub(super) struct Papers {
    certificate: Vec<u8>,
    key: Vec<u8>,
}

impl Papers {
    /// Signed by an authority, whose own certificate is left in this file.
    pub(super) fn vouched_for(authority: &Path) -> Result<Self> {
        let mut params = CertificateParams::new(Vec::new())?;
        params.is_ca = IsCa::Ca(BasicConstraints::Unconstrained);
        params.distinguished_name.push(rcgen::DnType::CommonName, "Otklik tests");
        let issuer = CertifiedIssuer::self_signed(params, KeyPair::generate()?)?;
        fs::write(authority, issuer.pem()).with_context(|| format!("cannot write {}", authority.display()))?;
        let key = KeyPair::generate()?;
        let certificate = CertificateParams::new(["localhost".to_owned()])?.signed_by(&key, &issuer)?;
        Ok(Self { certificate: certificate.der().to_vec(), key: key.serialize_der() })
    }

    /// Signed by itself.
    pub(super) fn of_nobody() -> Result<Self> {
        let own = rcgen::generate_simple_self_signed(["localhost".to_owned()])?;
        Ok(Self { certificate: own.cert.der().to_vec(), key: own.signing_key.serialize_der() })
    }
}

/// Takes connections under these papers.
pub(super) fn acceptor(papers: Papers) -> Result<TlsAcceptor> {
    let key = PrivateKeyDer::try_from(papers.key).map_err(|why| anyhow::anyhow!("the key is none: {why}"))?;
    let config = ServerConfig::builder_with_provider(Arc::new(ring::default_provider()))
        .with_safe_default_protocol_versions()?
        .with_no_client_auth()
        .with_single_cert(vec![CertificateDer::from(papers.certificate)], key)?;
    Ok(TlsAcceptor::from(Arc::new(config)))
}
