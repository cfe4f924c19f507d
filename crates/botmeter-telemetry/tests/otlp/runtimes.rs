//! Pushing works whatever async runtime the program has, gRPC included.

use botmeter_core::Backend;
use botmeter_telemetry::Protocol;

use super::setup::{Pushing, SOON, STARTS, grpc, http};
use witness::Receiver;

/// Starts, pushes, ends and drops the backend, all on the calling thread and
/// without giving the runtime a chance to do anything in between.
fn whole_life(receiver: &Receiver, protocol: Protocol) {
    let settings = http(receiver.endpoint()).protocol(protocol);
    let pushing = Pushing::with(settings);
    let starts = STARTS.bind(&pushing.meter, ());
    starts.add(1);
    pushing.flush().unwrap();
    starts.add(1);
    pushing.otlp.shutdown(SOON).unwrap();
    drop(pushing);
    assert_eq!(receiver.requests().len(), 2);
}

fn receivers() -> [(Protocol, Receiver); 2] {
    [(Protocol::HttpProtobuf, Receiver::http().start()), (Protocol::Grpc, Receiver::grpc().start())]
}

#[test]
fn no_runtime() {
    for (protocol, receiver) in receivers() {
        whole_life(&receiver, protocol);
    }
}

#[test]
fn inside_a_current_thread_runtime() {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
    runtime.block_on(async {
        for (protocol, receiver) in receivers() {
            whole_life(&receiver, protocol);
        }
    });
}

#[test]
fn on_the_only_worker_of_a_multi_thread_runtime() {
    let runtime =
        tokio::runtime::Builder::new_multi_thread().worker_threads(1).enable_all().build().unwrap();
    let task = runtime.spawn(async {
        for (protocol, receiver) in receivers() {
            whole_life(&receiver, protocol);
        }
    });
    runtime.block_on(task).unwrap();
}

#[test]
fn dropping_without_a_shutdown_inside_a_runtime_delivers_and_does_not_panic() {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
    runtime.block_on(async {
        for (protocol, receiver) in receivers() {
            let settings = if protocol == Protocol::Grpc { grpc } else { http };
            let pushing = Pushing::with(settings(receiver.endpoint()));
            STARTS.bind(&pushing.meter, ()).add(1);
            pushing.flush().unwrap();
            drop(pushing);
            assert_eq!(receiver.requests().len(), 2);
        }
    });
}
