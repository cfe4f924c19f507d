//! Where measurements go.

use std::{fmt, sync::Arc, time::Duration};

use crate::{Bridge, Error, store::Store};

/// Where series go: the one way out.
///
/// Most backends are *routes*: they are given the [`Store`] before anything is
/// recorded, and read it when they are asked, or at their own pace. Recording
/// knows nothing of them. One that feeds another library's metrics is a
/// [`Bridge`], and hears of each measurement.
///
/// ```
/// use std::{ops::ControlFlow, sync::OnceLock, time::Duration};
///
/// use botmeter_core::{Backend, Error, store::Store};
///
/// /// Prints how many series each instrument has, when it is flushed.
/// #[derive(Debug, Default)]
/// struct Sizes(OnceLock<Store>);
///
/// impl Backend for Sizes {
///     fn open(&self, store: &Store) -> Store {
///         self.0.get_or_init(|| store.clone()).clone()
///     }
///
///     fn flush(&self, _: Duration) -> Result<(), Error> {
///         for family in self.0.get().iter().flat_map(|store| store.families()) {
///             println!("{} {}", family.identity().prometheus_name(), family.len());
///         }
///         Ok(())
///     }
/// }
/// ```
pub trait Backend: fmt::Debug + Send + Sync + 'static {
    /// Has this store to read from now on, unless it was given one before;
    /// returns the one that it reads. Called before anything is recorded.
    fn open(&self, store: &Store) -> Store {
        store.clone()
    }

    /// What hears of each measurement, if this is a bridge.
    fn bridge(&self) -> Option<Arc<dyn Bridge>> {
        None
    }

    /// Hands over what was recorded so far.
    ///
    /// Called on a thread that may block, and given up on when the deadline
    /// has passed.
    ///
    /// # Errors
    ///
    /// When something could not be delivered.
    fn flush(&self, deadline: Duration) -> Result<(), Error> {
        let _ = deadline;
        Ok(())
    }

    /// Hands over what was recorded and ends what the backend started.
    ///
    /// Called once, on a thread that may block, and given up on when the
    /// deadline has passed.
    ///
    /// # Errors
    ///
    /// When something could not be delivered or ended.
    fn shutdown(&self, deadline: Duration) -> Result<(), Error> {
        self.flush(deadline)
    }

    /// How many data points or spans would be lost if nobody waited any longer:
    /// those of the export that runs or failed, and what no export has yet.
    ///
    /// Asked by whoever gives up waiting, so it must not wait itself.
    fn undelivered(&self) -> u64 {
        0
    }
}

/// Reads nothing: what is recorded leaves by no way.
#[derive(Clone, Copy, Debug, Default)]
pub struct Discard;

impl Backend for Discard {}
