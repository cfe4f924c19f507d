//! The instruments of the support desk.

use botmeter_core::{Counter, Histogram, Instrument, Unit, UpDownCounter, buckets};

use crate::labels::{Outcome, Queue, Reason};

/// Tickets, counted once at their end.
pub static TICKETS: Instrument<Counter, (Queue, Outcome)> = Instrument::counter(
    "support.tickets",
    Unit::of("{ticket}"),
    "Tickets, counted once at their end, by how they ended.",
);
/// Tickets that a person took over.
pub static HAND_OVERS: Instrument<Counter, (Queue, Reason)> = Instrument::counter(
    "support.hand_overs",
    Unit::of("{ticket}"),
    "Tickets that a person took over, by the reason.",
);
/// How long tickets take.
pub static DURATION: Instrument<Histogram, (Queue, Outcome)> = Instrument::histogram(
    "support.duration",
    Unit::SECONDS,
    "Time from a customer's question to the end of the ticket.",
    buckets::WORK,
);
/// Tickets that have not ended.
pub static OPEN: Instrument<UpDownCounter, (Queue,)> = Instrument::up_down_counter(
    "support.tickets.open",
    Unit::of("{ticket}"),
    "Tickets that were opened and have not ended.",
);
