//! The connections that are open, and when one has to go.

use std::sync::Arc;

use tokio::{
    task::{AbortHandle, JoinSet},
    time::Instant,
};

use super::{
    connection::{Connection, Idle, NOT_IN_TIME},
    limits::Limits,
};

/// The connections that are open.
#[derive(Debug)]
pub(super) struct Connections {
    limits: Limits,
    open: Vec<(Arc<Connection>, AbortHandle)>,
    tasks: JoinSet<()>,
}

impl Connections {
    pub(super) fn new(limits: Limits) -> Self {
        Self { limits, open: Vec::new(), tasks: JoinSet::new() }
    }

    /// Whether one more can be served: there is a place, or one can be spared.
    pub(super) fn has_room(&self) -> bool {
        self.open.len() < self.limits.connections || self.most_idle().is_some()
    }

    /// Serves one more, in the place of the one that can best be spared if
    /// there is no other.
    pub(super) fn serve(
        &mut self,
        connection: Arc<Connection>,
        serving: impl Future<Output = ()> + Send + 'static,
    ) {
        if self.open.len() >= self.limits.connections
            && let Some(at) = self.most_idle()
        {
            close(&self.open.swap_remove(at), NOT_IN_TIME);
        }
        let handle = self.tasks.spawn(serving);
        self.open.push((connection, handle));
    }

    /// Waits until a connection has ended; for good if there is none.
    pub(super) async fn one_ended(&mut self) {
        if self.tasks.join_next().await.is_none() {
            std::future::pending::<()>().await;
        }
        self.forget_ended();
    }

    /// Closes what has lasted too long.
    pub(super) fn close_overdue(&mut self) {
        for one in &self.open {
            if let Some(reason) = one.0.overdue(&self.limits) {
                close(one, reason);
            }
        }
        self.forget_ended();
    }

    /// Closes what waits, and the rest when it has its answer or time is up.
    /// How many answers were cut off.
    pub(super) async fn end_by(mut self, deadline: Instant) -> usize {
        for one in &self.open {
            if matches!(one.0.gives_way(&self.limits), Some((Idle::Waiting, _))) {
                close(one, "the server shut down");
            }
        }
        let all_ended = async { while self.tasks.join_next().await.is_some() {} };
        if tokio::time::timeout_at(deadline, all_ended).await.is_ok() {
            return 0;
        }
        let cut_off = |one: &&(Arc<Connection>, AbortHandle)| close(one, "the server shut down");
        self.open.iter().filter(cut_off).count()
    }

    fn most_idle(&self) -> Option<usize> {
        let idle = |(at, one): (usize, &(Arc<Connection>, AbortHandle))| {
            one.0.gives_way(&self.limits).map(|idle| (idle, at))
        };
        self.open.iter().enumerate().filter_map(idle).min().map(|(_, at)| at)
    }

    fn forget_ended(&mut self) {
        self.open.retain(|(_, handle)| !handle.is_finished());
    }
}

/// Whether an answer was cut off by it.
fn close((connection, handle): &(Arc<Connection>, AbortHandle), reason: &str) -> bool {
    let was_owed = connection.end(reason);
    handle.abort();
    was_owed
}
