//! Certificates that nobody vouches for. None is taken silently: its SHA-256 fingerprint is shown, and once a person trusts it, that one
//! certificate holds for that one origin, kept in a file that they alone can read. Another certificate there is told.

use crate::files::{SMALL, read, write_private};
use domain::server::observation::Certificate;
use rustls::client::danger::{HandshakeSignatureValid, ServerCertVerified, ServerCertVerifier};
use rustls::pki_types::{CertificateDer, ServerName, UnixTime};
use rustls::{ClientConfig, DigitallySignedStruct, Error, SignatureScheme};
use sha2::{Digest, Sha256};
use std::collections::BTreeMap;
use std::path::PathBuf;
use std::sync::{Arc, Mutex, MutexGuard, OnceLock, PoisonError};

/// What a person trusts: fingerprints by origin. Clones share it.
#[derive(Clone, Debug, Default)]
pub(crate) struct Trust {
    file: Option<PathBuf>,
    held: Arc<Mutex<BTreeMap<String, String>>>,
    writing: Arc<Mutex<()>>,
}

impl Trust {
    /// A file that is missing or makes no sense holds nothing.
    pub(crate) fn kept_in(file: PathBuf) -> Trust {
        let held = read(&file, SMALL).ok().and_then(|it| serde_json::from_slice(&it).ok()).unwrap_or_default();
        Trust { file: Some(file), held: Arc::new(Mutex::new(held)), writing: Arc::default() }
    }

    pub(crate) fn of(&self, origin: &str) -> Option<String> {
        lock(&self.held).get(origin).cloned()
    }

    pub(crate) fn all(&self) -> BTreeMap<String, String> {
        lock(&self.held).clone()
    }

    pub(crate) fn hold(&self, origin: &str, fingerprint: &str) {
        lock(&self.held).insert(origin.to_owned(), fingerprint.to_owned());
    }

    pub(crate) fn forget(&self, origin: &str) {
        lock(&self.held).remove(origin);
    }

    /// Writes all that holds now: of two at once, the last one has it all.
    pub(crate) fn write(&self) -> std::io::Result<()> {
        let Some(file) = &self.file else { return Ok(()) };
        let _writing = lock(&self.writing);
        let text = serde_json::to_vec_pretty(&self.all())?;
        write_private(file, &text)
    }
}

/// What one origin showed that could not be taken.
#[derive(Clone, Debug, Default)]
pub(crate) struct Shown(Arc<Mutex<Option<String>>>);

impl Shown {
    /// `why`: what is wrong with it, in a few words.
    pub(crate) fn certificate(&self, why: &str, trusted: bool) -> Option<Certificate> {
        let fingerprint = lock(&self.0).clone()?;
        Some(Certificate { fingerprint, why: why.to_owned(), changed: trusted })
    }
}

/// TLS that takes what the system takes, and one certificate more.
///
/// # Errors
/// When the system's certificates can't be read.
pub(crate) fn config(trusted: Option<String>, shown: Shown) -> Result<ClientConfig, Error> {
    /// Reading the system's certificates takes a while.
    static USUAL: OnceLock<Arc<rustls_platform_verifier::Verifier>> = OnceLock::new();
    let provider = Arc::new(rustls::crypto::aws_lc_rs::default_provider());
    let usual = match USUAL.get() {
        Some(usual) => usual.clone(),
        None => {
            let fresh = Arc::new(rustls_platform_verifier::Verifier::new(provider.clone())?);
            USUAL.get_or_init(|| fresh).clone()
        }
    };
    let verifier = Arc::new(Verifier { usual, trusted, shown });
    let config = ClientConfig::builder_with_provider(provider).with_safe_default_protocol_versions()?;
    let mut config = config.dangerous().with_custom_certificate_verifier(verifier).with_no_client_auth();
    config.alpn_protocols = vec![b"http/1.1".to_vec()];
    Ok(config)
}

#[derive(Debug)]
struct Verifier {
    usual: Arc<rustls_platform_verifier::Verifier>,
    trusted: Option<String>,
    shown: Shown,
}

impl ServerCertVerifier for Verifier {
    fn verify_server_cert(
        &self,
        certificate: &CertificateDer<'_>,
        chain: &[CertificateDer<'_>],
        name: &ServerName<'_>,
        ocsp: &[u8],
        now: UnixTime,
    ) -> Result<ServerCertVerified, Error> {
        let fingerprint = fingerprint(certificate);
        if self.trusted.as_ref() == Some(&fingerprint) {
            return Ok(ServerCertVerified::assertion());
        }
        let verdict = self.usual.verify_server_cert(certificate, chain, name, ocsp, now);
        *lock(&self.shown.0) = verdict.is_err().then_some(fingerprint);
        verdict
    }

    fn verify_tls12_signature(
        &self,
        message: &[u8],
        certificate: &CertificateDer<'_>,
        signed: &DigitallySignedStruct,
    ) -> Result<HandshakeSignatureValid, Error> {
        self.usual.verify_tls12_signature(message, certificate, signed)
    }

    fn verify_tls13_signature(
        &self,
        message: &[u8],
        certificate: &CertificateDer<'_>,
        signed: &DigitallySignedStruct,
    ) -> Result<HandshakeSignatureValid, Error> {
        self.usual.verify_tls13_signature(message, certificate, signed)
    }

    fn supported_verify_schemes(&self) -> Vec<SignatureScheme> {
        self.usual.supported_verify_schemes()
    }
}

/// `AB:CD:…`, as browsers show it.
fn fingerprint(certificate: &CertificateDer<'_>) -> String {
    Sha256::digest(certificate).iter().map(|it| format!("{it:02X}")).collect::<Vec<_>>().join(":")
}

fn lock<T>(it: &Mutex<T>) -> MutexGuard<'_, T> {
    it.lock().unwrap_or_else(PoisonError::into_inner)
}
