//! https: it arrives, or it is said why not.

#![cfg(all(feature = "otlp-tls", target_os = "linux"))]

use std::{
    env, fs,
    net::{Ipv4Addr, SocketAddr},
    path::Path,
    process::Command,
    sync::Arc,
};

use botmeter_telemetry::{OtlpSettings, Protocol};
use rcgen::{CertificateParams, KeyPair, date_time_ymd};
use rustls::{
    ServerConfig,
    crypto::ring,
    pki_types::{PrivateKeyDer, PrivatePkcs8KeyDer},
};
use tokio::{
    io::copy_bidirectional,
    net::{TcpListener, TcpStream},
    runtime::Runtime,
};
use tokio_rustls::TlsAcceptor;

use super::setup::{Pushing, STARTS, grpc, http};
use witness::Receiver;

/// Where the process that this test starts shall push to.
const ENDPOINT: &str = "BOTMETER_TEST_TLS_TO";
const PROTOCOL: &str = "BOTMETER_TEST_TLS_BY";
const OUTCOME: &str = "the push: ";

/// Speaks TLS in front of a receiver.
struct Front {
    address: SocketAddr,
    authority: String,
    _runtime: Runtime,
}

impl Front {
    fn of(receiver: &Receiver) -> Self {
        Self::with(receiver, &CertificateParams::new(vec!["127.0.0.1".to_owned()]).unwrap())
    }

    fn with(receiver: &Receiver, params: &CertificateParams) -> Self {
        let pair = KeyPair::generate().unwrap();
        let issued = params.self_signed(&pair).unwrap();
        let key = PrivateKeyDer::from(PrivatePkcs8KeyDer::from(pair.serialize_der()));
        let mut config = ServerConfig::builder_with_provider(Arc::new(ring::default_provider()))
            .with_safe_default_protocol_versions()
            .unwrap()
            .with_no_client_auth()
            .with_single_cert(vec![issued.der().clone()], key)
            .unwrap();
        config.alpn_protocols = vec![b"h2".to_vec(), b"http/1.1".to_vec()];
        let acceptor = TlsAcceptor::from(Arc::new(config));
        let runtime = Runtime::new().unwrap();
        let listener = runtime.block_on(TcpListener::bind((Ipv4Addr::LOCALHOST, 0))).unwrap();
        let address = listener.local_addr().unwrap();
        let behind = receiver.address();
        runtime.spawn(async move {
            while let Ok((stream, _)) = listener.accept().await {
                let acceptor = acceptor.clone();
                tokio::spawn(async move {
                    if let Ok(mut open) = acceptor.accept(stream).await {
                        let mut receiver = TcpStream::connect(behind).await.unwrap();
                        let _ended = copy_bidirectional(&mut open, &mut receiver).await;
                    }
                });
            }
        });
        Self { address, authority: issued.pem(), _runtime: runtime }
    }
}

/// The outcome of a push by a process that trusts this authority alone: which
/// certificates are trusted is up to the machine, or to a variable.
fn push_trusting(authority: &Path, protocol: Protocol, endpoint: &str) -> String {
    let output = Command::new(env::current_exe().unwrap())
        .args(["--exact", "otlp::tls::https_arrives_where_the_certificate_is_trusted"])
        .arg("--nocapture")
        .env("SSL_CERT_FILE", authority)
        .env_remove("SSL_CERT_DIR")
        .env(ENDPOINT, endpoint)
        .env(PROTOCOL, if protocol == Protocol::Grpc { "grpc" } else { "http" })
        .output()
        .unwrap();
    let printed = String::from_utf8_lossy(&output.stdout);
    let (_, outcome) = printed.split_once(OUTCOME).expect("the process says how it went");
    outcome.lines().next().unwrap().to_owned()
}

fn push(settings: OtlpSettings) {
    let pushing = Pushing::with(settings);
    STARTS.bind(&pushing.meter, ());
    let outcome = pushing.flush().map_or_else(|error| error.chain(), |()| "arrived".to_owned());
    println!("{OUTCOME}{outcome}");
}

#[test]
fn https_arrives_where_the_certificate_is_trusted() {
    if let Ok(endpoint) = env::var(ENDPOINT) {
        let settings = if env::var(PROTOCOL).as_deref() == Ok("grpc") { grpc } else { http };
        return push(settings(endpoint));
    }
    let folder = tempfile::tempdir().unwrap();
    for protocol in [Protocol::HttpProtobuf, Protocol::Grpc] {
        let is_grpc = protocol == Protocol::Grpc;
        let receiver = if is_grpc { Receiver::grpc() } else { Receiver::http() }.start();
        let (front, other) = (Front::of(&receiver), Front::of(&receiver));
        let (right, wrong) = (folder.path().join("right.pem"), folder.path().join("wrong.pem"));
        fs::write(&right, &front.authority).unwrap();
        fs::write(&wrong, &other.authority).unwrap();
        let path = if is_grpc { "" } else { "/v1/metrics" };
        let endpoint = format!("https://{}{path}", front.address);
        assert_eq!(push_trusting(&right, protocol, &endpoint), "arrived");
        assert_eq!(receiver.requests().len(), 2, "one flush and one push at the end");
        let request = if is_grpc { "gRPC to" } else { "POST" };
        let failure = push_trusting(&wrong, protocol, &endpoint);
        assert!(
            failure.starts_with(&format!(
                "deliver the metrics: 1 data point is not delivered: {request} {endpoint}: "
            )) && failure.contains("invalid peer certificate")
                && failure.ends_with(
                    "this machine does not trust the receiver's certificate: add its authority to \
                     the system's, or name its file in SSL_CERT_FILE"
                ),
            "{failure}"
        );
        // TLS towards a receiver that speaks none.
        let plain = format!("https://{}{path}", receiver.address());
        let failure = push_trusting(&right, protocol, &plain);
        assert!(failure.contains("begin the endpoint with http://"), "{failure}");
        // And none towards one that does.
        let secured = format!("http://{}{path}", front.address);
        let failure = push_trusting(&right, protocol, &secured);
        let spoken = if is_grpc { "gRPC" } else { "HTTP" };
        assert!(failure.ends_with(&format!("for {spoken} without TLS?")), "{failure}");
    }
}

/// Its authority is trusted each time, so that is not what has to change.
#[test]
fn a_certificate_that_is_trusted_and_yet_not_valid_has_its_own_advice() {
    let folder = tempfile::tempdir().unwrap();
    let certificate = |name: &str| CertificateParams::new(vec![name.to_owned()]).unwrap();
    let mut expired = certificate("127.0.0.1");
    expired.not_after = date_time_ymd(2025, 1, 1);
    let mut early = certificate("127.0.0.1");
    early.not_before = date_time_ymd(4000, 1, 1);
    let cases = [
        (
            expired,
            "the receiver's certificate has expired: renew it there, or set this machine's clock \
             right if it is ahead",
        ),
        (
            early,
            "the receiver's certificate is not valid yet: set this machine's clock right, or wait",
        ),
        (
            certificate("elsewhere.example"),
            "the receiver's certificate is for another name: push to a name that it is for, or \
             have one issued for \"127.0.0.1\"",
        ),
    ];
    for (number, (certificate, advice)) in cases.into_iter().enumerate() {
        for protocol in [Protocol::HttpProtobuf, Protocol::Grpc] {
            let is_grpc = protocol == Protocol::Grpc;
            let receiver = if is_grpc { Receiver::grpc() } else { Receiver::http() }.start();
            let front = Front::with(&receiver, &certificate);
            let authority = folder.path().join(format!("{number}.pem"));
            fs::write(&authority, &front.authority).unwrap();
            let path = if is_grpc { "" } else { "/v1/metrics" };
            let endpoint = format!("https://{}{path}", front.address);
            let failure = push_trusting(&authority, protocol, &endpoint);
            assert!(failure.ends_with(&format!("; {advice}")), "{failure}");
        }
    }
}
