//! The signals that ask a program to end, for those who want to hand over their
//! last metrics first.

use std::{
    fmt,
    future::Future,
    io,
    pin::Pin,
    sync::mpsc,
    task::{Context, Poll},
};

use tokio::sync::oneshot;

use botmeter_core::Error;

use crate::{answer::in_background, wait::wait};

/// What asked the program to end.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum StopSignal {
    /// SIGTERM: what systemd, Docker and Kubernetes send before they kill.
    Terminate,
    /// Ctrl-C, or SIGINT.
    Interrupt,
}

/// As people call it.
impl fmt::Display for StopSignal {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Terminate => "SIGTERM",
            Self::Interrupt => "Ctrl-C",
        })
    }
}

/// Ready when the program is asked to end, on every runtime; made by
/// [`stop_requested`].
#[derive(Debug)]
#[must_use = "the program goes on at a signal until somebody waits for it"]
pub struct StopRequested(oneshot::Receiver<StopSignal>);

/// Listens for SIGTERM and Ctrl-C from now on, instead of ending at once.
///
/// The signal is told once to each that this returned. From the first call on,
/// neither of the two ends the process any more by itself, as it cannot be
/// taken back, so the program has to end when it is told.
///
/// ```
/// use std::time::Duration;
///
/// use botmeter_telemetry::{Telemetry, stop_requested};
///
/// # async fn serve() {}
/// # #[tokio::main(flavor = "current_thread")]
/// # async fn main() -> Result<(), botmeter_core::Error> {
/// let stop = stop_requested()?;
/// let (telemetry, ()) = Telemetry::builder("my-bot")
/// #   .environment([("OTEL_METRICS_EXPORTER", "none")].into_iter().collect())
///     .start::<()>()?;
/// tokio::select! {
///     () = serve() => {}
///     signal = stop => tracing::info!(%signal, "asked to end"),
/// }
/// // Kubernetes kills after 30 s unless told otherwise; leave some for others.
/// telemetry.shutdown(Duration::from_secs(5)).await?;
/// # Ok(())
/// # }
/// ```
///
/// A program without a runtime calls [`wait`](StopRequested::wait).
///
/// # Errors
///
/// When the system gives no thread, or no signal can be listened for.
pub fn stop_requested() -> Result<StopRequested, Error> {
    let failed = || Error::new("listen for the signals that end the program");
    let (told, stop) = oneshot::channel();
    let (listens, ready) = mpsc::channel();
    // The program's own runtime may be one that knows no signals, or none.
    let spawned = in_background("botmeter-stop", move || {
        let runtime = match tokio::runtime::Builder::new_current_thread().enable_io().build() {
            Ok(runtime) => runtime,
            Err(error) => {
                let _told = listens.send(Err(error));
                return;
            }
        };
        runtime.block_on(listen(told, &listens));
    });
    if !spawned {
        return Err(failed().because("no thread to be had"));
    }
    match ready.recv() {
        Ok(Ok(())) => Ok(StopRequested(stop)),
        Ok(Err(error)) => Err(failed().because(error)),
        Err(_died) => Err(failed().because("the thread that listens ended early")),
    }
}

impl StopRequested {
    /// Blocks until the program is asked to end.
    pub fn wait(self) -> StopSignal {
        wait(self)
    }
}

impl Future for StopRequested {
    type Output = StopSignal;

    fn poll(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<StopSignal> {
        // Without the thread nobody will ever tell, and a signal is lost; to
        // end then is better than to go on forever.
        Pin::new(&mut self.0).poll(context).map(|told| told.unwrap_or(StopSignal::Terminate))
    }
}

/// Says that it listens, and then what came, unless nobody wants to know.
#[cfg(unix)]
async fn listen(mut told: oneshot::Sender<StopSignal>, listens: &mpsc::Sender<io::Result<()>>) {
    use tokio::signal::unix::{SignalKind, signal};

    let streams = signal(SignalKind::terminate())
        .and_then(|terminate| Ok((terminate, signal(SignalKind::interrupt())?)));
    let (mut terminate, mut interrupt) = match streams {
        Ok(streams) => streams,
        Err(error) => {
            let _told = listens.send(Err(error));
            return;
        }
    };
    let _told = listens.send(Ok(()));
    let signal = tokio::select! {
        _ = terminate.recv() => StopSignal::Terminate,
        _ = interrupt.recv() => StopSignal::Interrupt,
        () = told.closed() => return,
    };
    let _unheard = told.send(signal);
}

#[cfg(not(unix))]
async fn listen(mut told: oneshot::Sender<StopSignal>, listens: &mpsc::Sender<io::Result<()>>) {
    // It begins to listen when it is asked first, which is at once.
    let _told = listens.send(Ok(()));
    tokio::select! {
        interrupt = tokio::signal::ctrl_c() => match interrupt {
            Ok(()) => drop(told.send(StopSignal::Interrupt)),
            Err(error) => {
                botmeter_core::problem!(error, "failed to listen for Ctrl-C: {error}");
                told.closed().await;
            }
        },
        () = told.closed() => {}
    }
}
