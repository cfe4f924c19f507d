//! Whom the client trusts when a provider is reached over `https`.

use std::sync::Arc;

use anyhow::Context;
use hyper_rustls::ConfigBuilderExt;
use rustls::client::WantsClientCert;
use rustls::crypto::ring;
use rustls::{ClientConfig, ConfigBuilder, RootCertStore, WantsVerifier};

/// Trusts what the operating system trusts; `SSL_CERT_FILE` and `SSL_CERT_DIR` replace that.
pub(super) fn system() -> anyhow::Result<ClientConfig> {
    let trusting = builder()?.with_native_roots().context(
        "failed to load the certificates that this machine trusts, which an https provider needs; \
         install ca-certificates or name a file of them in SSL_CERT_FILE",
    )?;
    Ok(finish(trusting))
}

/// Trusts these and nobody else.
pub(super) fn only(roots: RootCertStore) -> anyhow::Result<ClientConfig> {
    Ok(finish(builder()?.with_root_certificates(roots)))
}

/// Names the cryptography, because rustls panics when it has to guess between two.
fn builder() -> anyhow::Result<ConfigBuilder<ClientConfig, WantsVerifier>> {
    ClientConfig::builder_with_provider(Arc::new(ring::default_provider()))
        .with_safe_default_protocol_versions()
        .context("failed to set up TLS")
}

fn finish(builder: ConfigBuilder<ClientConfig, WantsClientCert>) -> ClientConfig {
    builder.with_no_client_auth()
}

#[cfg(test)]
mod tests {
    use std::net::SocketAddr;
    use std::time::Duration;

    use rustls::ServerConfig;
    use rustls::pki_types::{PrivateKeyDer, PrivatePkcs8KeyDer};
    use tokio::io::{AsyncReadExt, AsyncWriteExt};
    use tokio::net::TcpListener;
    use tokio_rustls::TlsAcceptor;

    use super::super::{CallError, Chat, Client, Settings};
    use super::*;

    const CHAT: Chat<'static> = Chat { model: "m", prompt: "p", most_tokens: None };

    /// Answers one call over TLS, and gives the certificate it shows.
    async fn secure_provider() -> (SocketAddr, RootCertStore) {
        let certified = rcgen::generate_simple_self_signed(["localhost".to_owned()]).unwrap();
        let certificate = certified.cert.der().clone();
        let key = PrivatePkcs8KeyDer::from(certified.signing_key.serialize_der());
        let mut roots = RootCertStore::empty();
        roots.add(certificate.clone()).unwrap();

        let config = ServerConfig::builder_with_provider(Arc::new(ring::default_provider()))
            .with_safe_default_protocol_versions()
            .unwrap()
            .with_no_client_auth()
            .with_single_cert(vec![certificate], PrivateKeyDer::Pkcs8(key))
            .unwrap();
        let acceptor = TlsAcceptor::from(Arc::new(config));
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let address = listener.local_addr().unwrap();
        tokio::spawn(async move {
            let (stream, _) = listener.accept().await.unwrap();
            // A caller that does not trust the certificate hangs up here.
            let Ok(mut stream) = acceptor.accept(stream).await else { return };
            let mut request = [0; 4096];
            let _: usize = stream.read(&mut request).await.unwrap();
            let body = r#"{"choices":[{"message":{"content":"secret"}}]}"#;
            let answer = format!("HTTP/1.1 200 OK\r\nContent-Length: {}\r\n\r\n{body}", body.len());
            stream.write_all(answer.as_bytes()).await.unwrap();
            stream.shutdown().await.unwrap();
        });
        (address, roots)
    }

    fn settings(address: SocketAddr) -> Settings {
        Settings {
            base_url: format!("https://localhost:{}/v1", address.port()).parse().unwrap(),
            key: None,
            timeout: Duration::from_secs(10),
        }
    }

    #[tokio::test]
    async fn a_provider_with_a_trusted_certificate_is_talked_to() {
        let (address, roots) = secure_provider().await;
        let client = Client::with_tls(settings(address), only(roots).unwrap()).unwrap();
        assert_eq!(client.chat(&CHAT).await.unwrap().text, "secret");
    }

    #[tokio::test]
    async fn a_provider_with_an_unknown_certificate_is_refused() {
        let (address, _) = secure_provider().await;
        let nobody = only(RootCertStore::empty()).unwrap();
        let client = Client::with_tls(settings(address), nobody).unwrap();
        let error = client.chat(&CHAT).await.unwrap_err();
        assert!(matches!(error, CallError::Network { .. }), "{error:?}");
        assert!(error.to_string().contains("certificate"), "{error}");
    }

    #[tokio::test]
    async fn a_provider_that_does_not_encrypt_is_not_talked_to_over_https() {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let address = listener.local_addr().unwrap();
        tokio::spawn(async move {
            let (mut stream, _) = listener.accept().await.unwrap();
            stream.write_all(b"HTTP/1.1 400 Bad Request\r\n\r\n").await.unwrap();
        });
        let nobody = only(RootCertStore::empty()).unwrap();
        let client = Client::with_tls(settings(address), nobody).unwrap();
        let error = client.chat(&CHAT).await.unwrap_err();
        assert!(matches!(error, CallError::Network { .. }), "{error:?}");
        assert!(error.to_string().contains("corrupt message"), "{error}");
    }
}
