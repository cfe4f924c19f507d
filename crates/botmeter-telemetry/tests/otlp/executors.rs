//! A telemetry may end, be flushed and be asked for a diagnosis wherever a
//! program happens to be.

use std::{
    cell::RefCell,
    panic::{AssertUnwindSafe, catch_unwind},
    sync::mpsc,
    thread,
    time::Duration,
};

use botmeter_core::{Backend, Error};
use botmeter_telemetry::{Environment, Telemetry};

use super::setup::{SOON, grpc, start};

/// Takes long enough for whoever waits to have to.
#[derive(Debug)]
struct Slow;

impl Backend for Slow {
    fn flush(&self, _: Duration) -> Result<(), Error> {
        thread::sleep(Duration::from_millis(30));
        Ok(())
    }
}

type Wait = fn(Telemetry);

/// Waits for something as it is dropped, and says that it went well.
struct Guard {
    telemetry: Option<Telemetry>,
    wait: Wait,
    went_well: mpsc::Sender<()>,
}

impl Drop for Guard {
    fn drop(&mut self) {
        (self.wait)(self.telemetry.take().unwrap());
        self.went_well.send(()).unwrap();
    }
}

const WAITS: [(&str, Wait); 4] = [
    ("drop", |telemetry| drop(telemetry)),
    ("shutdown", |telemetry| telemetry.shutdown_blocking(SOON).unwrap()),
    ("flush", |telemetry| telemetry.flush_blocking(SOON).unwrap()),
    ("diagnose", |telemetry| drop(telemetry.diagnose_blocking())),
];

/// Somewhere that a program may be, where this is dropped.
type Place = fn(Guard);

const PLACES: [(&str, Place); 6] = [
    ("another executor", |guard| futures_executor::block_on(async { drop(guard) })),
    ("current-thread", |guard| {
        let runtime = tokio::runtime::Builder::new_current_thread().build().unwrap();
        runtime.block_on(async { drop(guard) });
    }),
    ("multi-thread", |guard| {
        let runtime = tokio::runtime::Builder::new_multi_thread().worker_threads(1).build();
        let runtime = runtime.unwrap();
        runtime.block_on(runtime.spawn(async { drop(guard) })).unwrap();
    }),
    ("unwinding", |guard| {
        let unwinds = AssertUnwindSafe(|| {
            let _guard = guard;
            panic!("on purpose");
        });
        assert!(catch_unwind(unwinds).is_err());
    }),
    ("unwinding in another executor", |guard| {
        let unwinds = AssertUnwindSafe(|| {
            futures_executor::block_on(async {
                let _guard = guard;
                panic!("on purpose");
            });
        });
        assert!(catch_unwind(unwinds).is_err());
    }),
    ("the end of a thread", |guard| {
        thread_local! {
            static KEPT: RefCell<Option<Guard>> = const { RefCell::new(None) };
        }
        thread::spawn(|| KEPT.replace(Some(guard))).join().unwrap();
    }),
];

#[test]
fn whatever_waits_may_wait_inside_another_executor_an_unwinding_and_a_thread_local() {
    for (place, drop_there) in PLACES {
        for (what, wait) in WAITS {
            let builder = Telemetry::builder("my-bot").environment(Environment::default());
            let (telemetry, ()) = builder.backend(Slow).start::<()>().unwrap();
            let (went_well, goes_well) = mpsc::channel();
            drop_there(Guard { telemetry: Some(telemetry), wait, went_well });
            assert_eq!(goes_well.recv(), Ok(()), "{what} in {place}");
        }
    }
}

#[tokio::test]
async fn a_start_that_fails_inside_a_runtime_is_an_error_and_no_panic() {
    let mut settings = grpc("http://127.0.0.1:1");
    settings.headers.push(("te".to_owned(), "trailers".to_owned()));
    let error = start(&settings).unwrap_err().chain();
    assert!(error.contains("\"te\""), "{error}");
}
