//! The end, as it is told to many.

use tokio::sync::watch;

/// Tells the end once. Dropping it tells it as well.
#[derive(Debug)]
pub(super) struct Ending(watch::Sender<bool>);

/// Hears of the end, also when it has come before.
#[derive(Debug, Clone)]
pub(super) struct End(watch::Receiver<bool>);

impl Ending {
    pub(super) fn new() -> (Self, End) {
        let (ending, ended) = watch::channel(false);
        (Self(ending), End(ended))
    }

    pub(super) fn tell(self) {
        self.0.send_replace(true);
    }
}

impl End {
    /// Waits for it.
    pub(super) async fn comes(&self) {
        drop(self.0.clone().wait_for(|ended| *ended).await);
    }
}
