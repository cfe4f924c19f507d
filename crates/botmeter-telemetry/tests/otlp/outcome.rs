//! A telemetry ends once, and whoever asks is told the same.

use std::{
    future::Future,
    pin::pin,
    sync::Mutex,
    sync::mpsc::{self, Receiver, Sender},
    task::{Context, Waker},
    thread,
    time::{Duration, Instant},
};

use botmeter_core::{Backend, Error};
use botmeter_telemetry::{Environment, Telemetry};
use tracing::Level;

use super::{log::Log, setup::SOON};

/// Says when it is asked to end, ends when the test says so, and not well.
#[derive(Debug)]
struct Held {
    asked: Sender<()>,
    let_go: Mutex<Receiver<&'static str>>,
}

impl Backend for Held {
    fn shutdown(&self, deadline: Duration) -> Result<(), Error> {
        self.asked.send(()).unwrap();
        let why = self.let_go.lock().unwrap().recv_timeout(deadline);
        Err(Error::new(why.unwrap_or("nobody let it go")))
    }
}

fn start() -> (Telemetry, Receiver<()>, Sender<&'static str>) {
    let (asked, is_asked) = mpsc::channel();
    let (let_go, held) = mpsc::channel();
    let builder = Telemetry::builder("my-bot").environment(Environment::default());
    let held = Held { asked, let_go: Mutex::new(held) };
    let (telemetry, ()) = builder.backend(held).start::<()>().unwrap();
    (telemetry, is_asked, let_go)
}

const FAILED: &str = "shutdown telemetry: custom: the disk is full";

fn words(log: &Log) -> Vec<(Level, String)> {
    log.take().into_iter().filter(|(_, line)| line.contains("telemetry ended")).collect()
}

#[test]
fn whoever_shuts_down_is_told_how_the_one_end_went_and_it_is_logged_once() {
    let log = Log::default();
    let _logged = tracing::subscriber::set_default(log.clone());
    let (telemetry, is_asked, let_go) = start();
    let chained = |outcome: Result<(), Error>| outcome.map_err(|error| error.chain());
    thread::scope(|scope| {
        let begin = Instant::now();
        let first = scope.spawn(|| {
            let _logged = tracing::subscriber::set_default(log.clone());
            chained(telemetry.shutdown_blocking(SOON))
        });
        // Who asks first is the one whose subscriber hears of the end.
        is_asked.recv_timeout(SOON).unwrap();
        let second = scope.spawn(|| {
            let runtime = tokio::runtime::Builder::new_current_thread().build().unwrap();
            runtime.block_on(async { chained(telemetry.shutdown(SOON).await) })
        });
        thread::sleep(Duration::from_millis(100));
        assert!(!first.is_finished() && !second.is_finished(), "both wait");
        let_go.send("the disk is full").unwrap();
        assert_eq!(first.join().unwrap(), Err(FAILED.to_owned()));
        assert_eq!(second.join().unwrap(), Err(FAILED.to_owned()));
        assert!(begin.elapsed() < SOON, "{:?}", begin.elapsed());
    });
    // The third asks when it is over, and has not to wait.
    assert_eq!(chained(telemetry.shutdown_blocking(Duration::ZERO)), Err(FAILED.to_owned()));
    drop(telemetry);
    let words = words(&log);
    assert_eq!(words.len(), 1, "{words:#?}");
    assert!(words[0].0 == Level::ERROR && words[0].1.contains(FAILED), "{words:#?}");
}

#[test]
fn a_second_shutdown_gives_up_at_its_own_deadline() {
    let (telemetry, is_asked, let_go) = start();
    thread::scope(|scope| {
        let first = scope.spawn(|| telemetry.shutdown_blocking(SOON));
        // Until then, the call below would be the first.
        is_asked.recv_timeout(SOON).unwrap();
        let begin = Instant::now();
        let error = telemetry.shutdown_blocking(Duration::from_millis(100)).unwrap_err();
        assert!(begin.elapsed() < SOON, "{:?}", begin.elapsed());
        assert_eq!(
            error.chain(),
            "shutdown telemetry: the shutdown that began before goes on, and is not done within \
             0.1 s"
        );
        let_go.send("the disk is full").unwrap();
        assert_eq!(first.join().unwrap().unwrap_err().chain(), FAILED);
    });
}

#[test]
fn a_shutdown_that_nobody_awaits_to_its_end_is_waited_for_by_the_drop_and_logged() {
    let log = Log::default();
    let _logged = tracing::subscriber::set_default(log.clone());
    let (telemetry, _is_asked, let_go) = start();
    {
        let shutdown = pin!(telemetry.shutdown(SOON));
        assert!(shutdown.poll(&mut Context::from_waker(Waker::noop())).is_pending());
    }
    let pause = Duration::from_millis(200);
    let begin = Instant::now();
    let later = thread::spawn(move || {
        thread::sleep(pause);
        let_go.send("the disk is full").unwrap();
    });
    drop(telemetry);
    assert!(begin.elapsed() >= pause, "{:?}", begin.elapsed());
    later.join().unwrap();
    let words = words(&log);
    assert_eq!(words.len(), 1, "{words:#?}");
    assert!(words[0].0 == Level::ERROR && words[0].1.contains(FAILED), "{words:#?}");
}

/// Whoever has no use for the answer, from wherever it is asked.
#[test]
fn an_end_is_the_same_one_in_a_runtime_and_outside_and_only_logs() {
    let end_in_a_runtime = |telemetry: &Telemetry| {
        let runtime = tokio::runtime::Builder::new_current_thread().build().unwrap();
        runtime.block_on(async { telemetry.end() });
    };
    let end_in_an_executor =
        |telemetry: &Telemetry| futures_executor::block_on(async { telemetry.end() });
    let ends: [&dyn Fn(&Telemetry); 3] = [&Telemetry::end, &end_in_a_runtime, &end_in_an_executor];
    for end in ends {
        let log = Log::default();
        let _logged = tracing::subscriber::set_default(log.clone());
        let (telemetry, is_asked, let_go) = start();
        let_go.send("the disk is full").unwrap();
        end(&telemetry);
        is_asked.try_recv().unwrap();
        // It was the end: whoever asks now is told of that one.
        let error = telemetry.shutdown_blocking(SOON).unwrap_err();
        assert_eq!(error.chain(), FAILED);
        drop(telemetry);
        let words = words(&log);
        assert_eq!(words.len(), 1, "{words:#?}");
        assert!(words[0].0 == Level::ERROR && words[0].1.contains(FAILED), "{words:#?}");
    }
}
