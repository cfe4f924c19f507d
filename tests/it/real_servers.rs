//! Jaeger, the Collector and Alertmanager of the tests do what the other tests
//! rely on: they end with the test, and say why they do not start.

use std::net::{SocketAddr, TcpStream};
use std::sync::mpsc;
use std::thread;
use std::time::Duration;

use anyhow::{Result, anyhow, bail};
use integration_tests::{Alertmanager, Collector, Jaeger, eventually};

const SOON: Duration = Duration::from_secs(20);

/// Starts a server in a test that panics, and looks for what is left of it.
fn ends_with_a_panic<S>(
    start: impl FnOnce() -> Result<S> + Send + 'static,
    address: impl FnOnce(&S) -> SocketAddr + Send + 'static,
) -> Result<()> {
    let (send, receive) = mpsc::channel();
    let test = thread::spawn(move || -> Result<()> {
        let server = start()?;
        let address = address(&server);
        send.send(address)?;
        // Its port may be open a moment after it says that it is ready.
        eventually(SOON, "a connection", || Ok(TcpStream::connect(address).ok()))?;
        panic!("on purpose, to see the server end");
    });
    let outcome = test.join();
    let Ok(address) = receive.try_recv() else {
        return outcome.map_err(|_| anyhow!("the server did not start"))?;
    };
    if let Ok(ended) = outcome {
        return ended.and_then(|()| bail!("the test did not panic"));
    }
    // No waiting: by the end of the thread, the server is gone.
    assert!(TcpStream::connect(address).is_err());
    Ok(())
}

#[test]
#[ignore = "needs Jaeger, the Collector and Alertmanager"]
fn every_server_ends_with_a_test_that_panics() -> Result<()> {
    ends_with_a_panic(Jaeger::start, Jaeger::grpc)?;
    ends_with_a_panic(|| Collector::start(None), Collector::page)?;
    ends_with_a_panic(|| Alertmanager::start(&[]), Alertmanager::address)
}

#[test]
#[ignore = "needs the Collector"]
fn a_failed_start_shows_the_log() {
    let broken = "processors: {nonsense: {}}";
    let error = format!("{:#}", Collector::start_with(None, Some(broken)).unwrap_err());
    let start = "failed to start the Collector: it ended with exit status: 1; its log ends:";
    assert!(error.starts_with(start), "{error}");
    assert!(error.contains("unknown type: \"nonsense\""), "{error}");
}
