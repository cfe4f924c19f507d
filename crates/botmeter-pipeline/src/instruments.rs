//! The instruments of content pipelines.

use botmeter_core::{Counter, Gauge, Histogram, Instrument, Unit, buckets};

use crate::labels::{PipelineName, Stage};

/// Pieces that were made.
pub static GENERATED: Instrument<Counter, (PipelineName,)> = Instrument::counter(
    "pipeline.generated",
    Unit::of("{piece}"),
    "Pieces of content that were generated.",
);
/// Pieces that were chosen.
pub static CURATED: Instrument<Counter, (PipelineName,)> = Instrument::counter(
    "pipeline.curated",
    Unit::of("{piece}"),
    "Pieces of content that curation chose to be published.",
);
/// Pieces that were not chosen.
pub static REJECTED: Instrument<Counter, (PipelineName,)> = Instrument::counter(
    "pipeline.rejected",
    Unit::of("{piece}"),
    "Pieces of content that curation rejected.",
);
/// Pieces that went out.
pub static PUBLISHED: Instrument<Counter, (PipelineName,)> = Instrument::counter(
    "pipeline.published",
    Unit::of("{piece}"),
    "Pieces of content that were published.",
);
/// When something last went out.
pub static LAST_PUBLISHED: Instrument<Gauge, (PipelineName,)> = Instrument::gauge(
    "pipeline.last_published.timestamp",
    Unit::SECONDS,
    "Unix time at which something was last published; absent until something was.",
);
/// How long stages take.
pub static STAGE_LATENCY: Instrument<Histogram, (PipelineName, Stage)> = Instrument::histogram(
    "pipeline.stage.latency",
    Unit::SECONDS,
    "Time that a pass through a stage took, of all passes, however they ended.",
    buckets::WORK,
);
/// Failed passes.
pub static FAILURES: Instrument<Counter, (PipelineName, Stage)> = Instrument::counter(
    "pipeline.failures",
    Unit::of("{pass}"),
    "Passes through a stage that failed; those that were called off did not.",
);
/// What waits before a stage.
pub static QUEUE_DEPTH: Instrument<Gauge, (PipelineName, Stage)> = Instrument::gauge(
    "pipeline.queue.depth",
    Unit::of("{piece}"),
    "Pieces of content that wait for a stage; absent for a stage without a queue.",
);
