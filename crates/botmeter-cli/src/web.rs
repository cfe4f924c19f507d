//! Asking over HTTP, and why nobody answers.

use std::{error::Error as _, io, sync::Arc, time::Duration};

use ureq::tls::{RootCerts, TlsConfig};

/// A client that trusts what the machine trusts, and takes every status for an
/// answer.
pub(crate) fn agent(patience: Duration, proxy: Option<ureq::Proxy>) -> ureq::Agent {
    let crypto = Arc::new(rustls::crypto::ring::default_provider());
    let tls = TlsConfig::builder()
        .unversioned_rustls_crypto_provider(crypto)
        .root_certs(RootCerts::PlatformVerifier)
        .build();
    ureq::Agent::config_builder()
        .http_status_as_error(false)
        .timeout_global(Some(patience))
        .proxy(proxy)
        .tls_config(tls)
        .user_agent(concat!("botmeter/", env!("CARGO_PKG_VERSION")))
        .build()
        .new_agent()
}

/// Why there was no answer.
#[derive(Debug)]
pub(crate) enum Silence {
    Refused,
    UnknownName,
    TooLate,
    Other(String),
}

impl Silence {
    pub(crate) fn of(error: ureq::Error) -> Self {
        match error {
            ureq::Error::HostNotFound => Self::UnknownName,
            ureq::Error::Timeout(_) => Self::TooLate,
            ureq::Error::Io(error) if error.kind() == io::ErrorKind::ConnectionRefused => {
                Self::Refused
            }
            ureq::Error::Io(error) if error.to_string().contains("failed to lookup address") => {
                Self::UnknownName
            }
            other => Self::Other(match other.source() {
                Some(cause) if !other.to_string().contains(&cause.to_string()) => {
                    format!("{other}: {cause}")
                }
                _ => other.to_string(),
            }),
        }
    }
}
