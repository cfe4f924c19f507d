//! The instruments of narratives.

use botmeter_core::{Counter, Histogram, Instrument, Status, Unit, UpDownCounter, buckets};

use crate::labels::{ActName, NarrativeName};

/// Runs, counted once at their end.
pub static EXECUTIONS: Instrument<Counter, (NarrativeName, Status)> = Instrument::counter(
    "narrative.executions",
    Unit::of("{run}"),
    "Runs of a narrative, all of them, counted once at their end, by how they ended.",
);
/// How long runs take.
pub static DURATION: Instrument<Histogram, (NarrativeName, Status)> = Instrument::histogram(
    "narrative.duration",
    Unit::SECONDS,
    "Time from the start of a narrative to its end, failures and cancellations included.",
    buckets::WORK,
);
/// Runs that have not ended.
pub static ACTIVE: Instrument<UpDownCounter, (NarrativeName,)> = Instrument::up_down_counter(
    "narrative.active",
    Unit::of("{run}"),
    "Runs of a narrative that have started and not ended.",
);
/// How long acts take.
pub static ACT_DURATION: Instrument<Histogram, (NarrativeName, ActName, Status)> =
    Instrument::histogram(
        "narrative.act.duration",
        Unit::SECONDS,
        "Time from the start of an act to its end, failures and cancellations included.",
        buckets::LLM,
    );
/// Replies whose JSON was of use.
pub static JSON_SUCCESS: Instrument<Counter, (NarrativeName,)> = Instrument::counter(
    "narrative.json.success",
    Unit::of("{reply}"),
    "Replies of a model from which the wanted JSON was extracted.",
);
/// Replies whose JSON was of no use.
pub static JSON_FAILURES: Instrument<Counter, (NarrativeName,)> = Instrument::counter(
    "narrative.json.failures",
    Unit::of("{reply}"),
    "Replies of a model whose JSON was missing, broken or not what was wanted.",
);
