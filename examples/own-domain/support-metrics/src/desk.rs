//! The domain, and the handles of one queue.

use std::{sync::Arc, time::Duration};

use botmeter_core::{Counter, Domain, Each, Histogram, Meter, Table, UpDownCounter};

use crate::{
    Outcome, Queue, Reason, Ticket,
    instruments::{DURATION, HAND_OVERS, OPEN, TICKETS},
};

/// A support desk. Cloning is cheap, and clones count together.
#[derive(Clone, Debug)]
pub struct Desk(Arc<Table<(Queue,), Arc<Row>>>);

impl Domain for Desk {
    const NAME: &'static str = "support";
    type Config = ();

    fn register_with(meter: &Meter, (): ()) -> Self {
        let bind = |meter: &Meter, (queue,): (&str,)| Arc::new(Row::bind(meter, queue));
        Self(Arc::new(Table::new(meter, &TICKETS, bind)))
    }
}

impl Desk {
    /// A customer asks something.
    pub fn open(&self, queue: &str) -> Ticket {
        Ticket::open(Arc::clone(self.0.row((queue,))))
    }
}

/// Bound once per queue, so that an event looks up nothing but its row.
#[derive(Debug)]
pub(crate) struct Row {
    tickets: Each<Outcome, Counter>,
    hand_overs: Each<Reason, Counter>,
    duration: Each<Outcome, Histogram>,
    open: UpDownCounter,
}

impl Row {
    fn bind(meter: &Meter, queue: &str) -> Self {
        Self {
            tickets: Each::new(|outcome| TICKETS.bind(meter, (queue, outcome))),
            hand_overs: Each::new(|reason| HAND_OVERS.bind(meter, (queue, reason))),
            duration: Each::new(|outcome| DURATION.bind(meter, (queue, outcome))),
            open: OPEN.bind(meter, (queue,)),
        }
    }

    pub(crate) fn opened(&self) {
        self.open.add(1);
    }

    pub(crate) fn handed_over(&self, reason: Reason) {
        self.hand_overs[reason].add(1);
    }

    pub(crate) fn ended(&self, outcome: Outcome, took: Duration) {
        self.open.add(-1);
        self.tickets[outcome].add(1);
        self.duration[outcome].took(took);
    }
}
