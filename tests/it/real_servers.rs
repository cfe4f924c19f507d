//! Jaeger, the Collector and Alertmanager of the tests do what the other tests
//! rely on: they end with the test, and say why they do not start.

use std::net::{SocketAddr, TcpStream};
use std::sync::mpsc;
use std::thread;

use anyhow::{Result, anyhow};
use integration_tests::{Alertmanager, Collector, Jaeger};

/// Starts a server in a test that panics, and looks for what is left of it.
fn ends_with_a_panic<S>(
    start: impl FnOnce() -> Result<Option<S>> + Send + 'static,
    address: impl FnOnce(&S) -> SocketAddr + Send + 'static,
) -> Result<()> {
    let (send, receive) = mpsc::channel();
    let test = thread::spawn(move || -> Result<()> {
        let Some(server) = start()? else { return Ok(()) };
        let address = address(&server);
        send.send(address)?;
        TcpStream::connect(address)?;
        panic!("on purpose, to see the server end");
    });
    let outcome = test.join();
    let Ok(address) = receive.try_recv() else {
        return outcome.map_err(|_| anyhow!("the server did not start"))?;
    };
    assert!(outcome.is_err());
    // No waiting: by the end of the thread, the server is gone.
    assert!(TcpStream::connect(address).is_err());
    Ok(())
}

#[test]
fn every_server_ends_with_a_test_that_panics() -> Result<()> {
    ends_with_a_panic(Jaeger::start, Jaeger::grpc)?;
    ends_with_a_panic(|| Collector::start(None), Collector::page)?;
    ends_with_a_panic(|| Alertmanager::start(&[]), Alertmanager::address)
}

#[test]
fn a_failed_start_shows_the_log() {
    match Collector::start_with(None, Some("processors: {nonsense: {}}")) {
        Ok(None) => {}
        Ok(Some(_)) => panic!("a server with a broken configuration started"),
        Err(error) => {
            let error = format!("{error:#}");
            let start =
                "failed to start the Collector: it ended with exit status: 1; its log ends:";
            assert!(error.starts_with(start), "{error}");
            assert!(error.contains("unknown type: \"nonsense\""), "{error}");
        }
    }
}
