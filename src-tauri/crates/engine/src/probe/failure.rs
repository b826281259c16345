//! What went wrong with a call, read from the chain of errors below it.

use super::base::{Base, Reach};
use super::client::PublicAddress;
use domain::server::observation::Failure;
use std::error::Error;
use std::io::{self, ErrorKind};

/// A name that the system could not resolve.
#[derive(Debug)]
pub(crate) struct NameLookup(pub io::Error);

impl std::fmt::Display for NameLookup {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("the host name is not known")
    }
}

impl Error for NameLookup {
    fn source(&self) -> Option<&(dyn Error + 'static)> {
        Some(&self.0)
    }
}

/// The kept connection had been closed from the other side meanwhile.
pub(crate) fn is_stale(error: &reqwest::Error) -> bool {
    if error.is_connect() || error.is_timeout() {
        return false;
    }
    causes(error).any(|it| match it.downcast_ref::<hyper::Error>() {
        Some(hyper) => hyper.is_incomplete_message() || hyper.is_canceled() || hyper.is_closed(),
        None => it.downcast_ref::<io::Error>().is_some_and(is_reset),
    })
}

/// Its certificate could not be taken, rather than no TLS being there at all.
pub(crate) fn is_about_certificate(error: &reqwest::Error) -> bool {
    fn holds(cause: &(dyn Error + 'static)) -> bool {
        let inner = || cause.downcast_ref::<io::Error>()?.get_ref().map(|it| it as &(dyn Error + 'static));
        matches!(cause.downcast_ref(), Some(rustls::Error::InvalidCertificate(_))) || inner().is_some_and(holds)
    }
    causes(error).any(holds)
}

pub(crate) fn of(error: &reqwest::Error, base: &Base) -> Failure {
    if error.is_timeout() {
        return Failure::TimedOut;
    }
    causes(error).find_map(|it| of_cause(it, base)).unwrap_or_else(|| {
        if error.is_decode() { Failure::NotAnApi("its answer can't be unpacked".to_owned()) } else { Failure::Reset }
    })
}

fn of_cause(cause: &(dyn Error + 'static), base: &Base) -> Option<Failure> {
    if let Some(public) = cause.downcast_ref::<PublicAddress>() {
        return Some(Failure::BadUrl(public.to_string()));
    }
    if cause.downcast_ref::<NameLookup>().is_some() {
        return Some(Failure::NameUnknown);
    }
    if let Some(tls) = cause.downcast_ref::<rustls::Error>() {
        return Some(of_tls(tls));
    }
    if let Some(hyper) = cause.downcast_ref::<hyper::Error>() {
        return match hyper {
            // hyper has a question for this one on its server's side only.
            it if it.is_parse() && it.to_string().contains("too large") => {
                Some(Failure::NotAnApi("the head of its answer is too large".to_owned()))
            }
            it if it.is_parse() => Some(Failure::NotAnApi("its answer is not HTTP".to_owned())),
            it if it.is_incomplete_message() || it.is_canceled() || it.is_closed() => Some(Failure::Reset),
            _ => None,
        };
    }
    let io = cause.downcast_ref::<io::Error>()?;
    // An I/O error that only carries another one hides it from `source`.
    if let Some(inner) = io.get_ref() {
        let inner: &(dyn Error + 'static) = inner;
        if let Some(failure) = of_cause(inner, base) {
            return Some(failure);
        }
    }
    match io.kind() {
        ErrorKind::ConnectionRefused => Some(Failure::Refused),
        ErrorKind::TimedOut => Some(Failure::TimedOut),
        // A loopback address without a route only means that this machine has no IPv6: 127.0.0.1 had refused before.
        ErrorKind::AddrNotAvailable | ErrorKind::NetworkUnreachable | ErrorKind::Unsupported if base.reach == Reach::Loopback => {
            Some(Failure::Refused)
        }
        ErrorKind::AddrNotAvailable
        | ErrorKind::HostUnreachable
        | ErrorKind::NetworkUnreachable
        | ErrorKind::NetworkDown
        | ErrorKind::PermissionDenied => Some(Failure::NoRoute),
        _ if is_reset(io) => Some(Failure::Reset),
        _ => None,
    }
}

fn of_tls(error: &rustls::Error) -> Failure {
    Failure::Tls(tls_words(error))
}

/// Why TLS failed, in a few words.
pub(crate) fn tls_words(error: &rustls::Error) -> String {
    use rustls::{CertificateError as Cert, Error as Tls};
    let why = match error {
        Tls::InvalidCertificate(cert) => match cert {
            Cert::UnknownIssuer | Cert::InvalidPurpose | Cert::InvalidPurposeContext { .. } | Cert::BadSignature => {
                "self-signed certificate or unknown authority"
            }
            Cert::Expired | Cert::ExpiredContext { .. } => "expired certificate",
            Cert::NotValidYet | Cert::NotValidYetContext { .. } => "certificate not valid yet",
            Cert::NotValidForName | Cert::NotValidForNameContext { .. } => "certificate for another host name",
            Cert::Revoked => "revoked certificate",
            // A self-signed certificate that is its own authority.
            Cert::Other(_) => "self-signed certificate or one that can't be used for a server",
            _ => "unusable certificate",
        },
        Tls::InvalidMessage(_) => "it does not speak TLS: http:// instead of https://?",
        Tls::PeerIncompatible(_) | Tls::AlertReceived(_) => "no common TLS version or cipher",
        _ => "TLS could not be agreed on",
    };
    why.to_owned()
}

fn is_reset(error: &io::Error) -> bool {
    matches!(
        error.kind(),
        ErrorKind::ConnectionReset
            | ErrorKind::ConnectionAborted
            | ErrorKind::BrokenPipe
            | ErrorKind::UnexpectedEof
            | ErrorKind::NotConnected
    )
}

fn causes(error: &reqwest::Error) -> impl Iterator<Item = &(dyn Error + 'static)> {
    std::iter::successors(error.source(), |&it| it.source())
}
