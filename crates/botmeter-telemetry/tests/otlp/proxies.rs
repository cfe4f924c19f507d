//! Variables that name a proxy: HTTP goes through it, gRPC does not, and the
//! exceptions are kept.

use std::{
    env,
    io::{BufRead, BufReader, Write, copy},
    net::{Ipv4Addr, Shutdown, SocketAddr, TcpListener, TcpStream},
    process::Command,
    sync::{
        Arc,
        atomic::{AtomicUsize, Ordering},
    },
    thread,
};

use super::setup::{Pushing, STARTS, grpc, http};
use witness::{Behavior, Receiver};

/// Where the process that this test starts shall push to, and how.
const ENDPOINT: &str = "BOTMETER_TEST_PROXY_TO";
const PROTOCOL: &str = "BOTMETER_TEST_PROXY_BY";
const OUTCOME: &str = "the push: ";
const VARIABLES: [&str; 8] = [
    "ALL_PROXY",
    "all_proxy",
    "HTTPS_PROXY",
    "https_proxy",
    "HTTP_PROXY",
    "http_proxy",
    "NO_PROXY",
    "no_proxy",
];

/// The outcome of a push by a process with these variables.
fn push(receiver: &Receiver, protocol: &str, variables: &[(&str, &str)]) -> String {
    let mut command = Command::new(env::current_exe().unwrap());
    command
        .args(["--nocapture", "--exact"])
        .arg("otlp::proxies::pushes_go_through_the_proxy_that_the_environment_names")
        .env(ENDPOINT, receiver.endpoint())
        .env(PROTOCOL, protocol);
    for variable in VARIABLES {
        command.env_remove(variable);
    }
    let output = command.envs(variables.iter().copied()).output().unwrap();
    let printed = String::from_utf8_lossy(&output.stdout);
    let (_, outcome) = printed.split_once(OUTCOME).expect("the process says how it went");
    outcome.lines().next().unwrap().to_owned()
}

#[test]
fn pushes_go_through_the_proxy_that_the_environment_names() {
    if let Ok(endpoint) = env::var(ENDPOINT) {
        let settings = if env::var(PROTOCOL).as_deref() == Ok("grpc") { grpc } else { http };
        let pushing = Pushing::with(settings(endpoint));
        STARTS.bind(&pushing.meter, ()).add(1);
        let outcome = pushing.flush().map_or_else(|error| error.chain(), |()| "arrived".to_owned());
        println!("{OUTCOME}{outcome}");
        return;
    }
    let (by_http, by_grpc) = (Receiver::http().start(), Receiver::grpc().start());
    let proxy = Proxy::start();
    let working = format!("http://{}", proxy.address);
    // Nobody listens at the discard port.
    let dead = "http://127.0.0.1:9";

    assert_eq!(push(&by_http, "http", &[("HTTP_PROXY", &working)]), "arrived");
    assert!(proxy.tunnels.load(Ordering::Relaxed) > 0, "it went through the proxy");
    let excepted = [("HTTP_PROXY", dead), ("NO_PROXY", "127.0.0.1")];
    assert_eq!(push(&by_http, "http", &excepted), "arrived");
    assert_eq!(push(&by_grpc, "grpc", &[("HTTP_PROXY", dead)]), "arrived");
}

/// The receiver is fine, so whoever reads of a failure has to learn of the
/// proxy, but not the password for it.
#[test]
fn a_proxy_that_is_dead_or_refuses_is_named_with_its_variable() {
    let receiver = Receiver::http().start();
    let url = receiver.endpoint();
    let failure = |variable: &'static str, proxy: &str| {
        push(&receiver, "http", &[(variable, &format!("http://robot:hunter22@{proxy}"))])
    };
    for variable in ["HTTP_PROXY", "https_proxy", "ALL_PROXY"] {
        assert_eq!(
            // Nobody listens at the discard port.
            failure(variable, "127.0.0.1:9"),
            format!(
                "deliver the metrics: 1 data point is not delivered: POST {url} through the proxy \
                 127.0.0.1:9, which {variable} names: connection refused, nothing listens there; \
                 correct {variable}, or set NO_PROXY=127.0.0.1 to push without a proxy"
            )
        );
    }
    // Not where the push does not go through it.
    receiver.behave(Behavior::Close);
    let excepted = [("HTTP_PROXY", "http://127.0.0.1:9"), ("NO_PROXY", "127.0.0.1")];
    let told = push(&receiver, "http", &excepted);
    assert!(told.contains("closed before there was a whole answer"), "{told}");
    assert!(!told.contains("proxy"), "{told}");
    let told = failure("HTTP_PROXY", "proxy.invalid:80");
    let named = "through the proxy proxy.invalid:80, which HTTP_PROXY names: the name is not known";
    assert!(told.contains(named), "{told}");
    let refusing = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).unwrap();
    let address = refusing.local_addr().unwrap();
    thread::spawn(move || {
        while let Ok((client, _)) = refusing.accept() {
            refuse(client);
        }
    });
    let told = failure("HTTP_PROXY", &address.to_string());
    let named = format!("through the proxy {address}, which HTTP_PROXY names: it opens no way");
    assert!(told.contains(&named) && told.contains("407"), "{told}");
    assert!(!told.contains("hunter22") && !told.contains("robot"), "{told}");
}

fn refuse(mut client: TcpStream) {
    let mut request = BufReader::new(client.try_clone().unwrap());
    let mut line = String::new();
    while line != "\r\n" {
        line.clear();
        request.read_line(&mut line).unwrap();
    }
    let answer = "HTTP/1.1 407 Proxy Authentication Required\r\ncontent-length: 0\r\n\r\n";
    client.write_all(answer.as_bytes()).unwrap();
}

/// Opens tunnels, as proxies do when they are asked to `CONNECT`.
struct Proxy {
    address: SocketAddr,
    tunnels: Arc<AtomicUsize>,
}

impl Proxy {
    fn start() -> Self {
        let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).unwrap();
        let address = listener.local_addr().unwrap();
        let tunnels = Arc::new(AtomicUsize::new(0));
        let opened = Arc::clone(&tunnels);
        thread::spawn(move || {
            while let Ok((client, _)) = listener.accept() {
                let opened = Arc::clone(&opened);
                thread::spawn(move || tunnel(client, &opened));
            }
        });
        Self { address, tunnels }
    }
}

fn tunnel(mut client: TcpStream, opened: &AtomicUsize) {
    let mut request = BufReader::new(client.try_clone().unwrap());
    let mut first = String::new();
    request.read_line(&mut first).unwrap();
    let target = first.strip_prefix("CONNECT ").and_then(|rest| rest.split(' ').next()).unwrap();
    let mut line = String::new();
    while line != "\r\n" {
        line.clear();
        request.read_line(&mut line).unwrap();
    }
    let mut server = TcpStream::connect(target).unwrap();
    client.write_all(b"HTTP/1.1 200 Connection established\r\n\r\n").unwrap();
    opened.fetch_add(1, Ordering::Relaxed);
    let mut answers = (server.try_clone().unwrap(), client);
    thread::spawn(move || {
        let _ended = copy(&mut answers.0, &mut answers.1);
        let _ended = answers.1.shutdown(Shutdown::Write);
    });
    let _ended = copy(&mut request, &mut server);
    let _ended = server.shutdown(Shutdown::Write);
}
