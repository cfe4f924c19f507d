//! The layers of a push: `endpoint`, `network`, `receiver`, `exports`.

pub(super) use botmeter_export::otlp::check;

use std::time::Duration;

use botmeter_export::{OtlpSettings, finding::Finding};

use super::subject::Subject;
use crate::running::Running;
pub(super) use check::{ENDPOINT, NETWORK, RECEIVER};

pub(super) const EXPORTS: &str = "exports";

/// How long one push may take here.
const PATIENCE: Duration = Duration::from_secs(4);

pub(super) fn endpoint(subject: &Subject) -> Finding {
    looked_at(subject, ENDPOINT, check::endpoint)
}

pub(super) fn network(subject: &Subject) -> Finding {
    looked_at(subject, NETWORK, check::network)
}

pub(super) fn receiver(subject: &Subject) -> Finding {
    looked_at(subject, RECEIVER, check::receiver)
}

/// Pushes once, so that what is told is true now and not since the last
/// interval.
pub(super) fn exports(subject: &Subject) -> Finding {
    let Some((_, running)) = chosen(subject) else { return not_chosen(EXPORTS) };
    let pushed = running.backend.flush(PATIENCE);
    let Some(exports) = &running.exports else { return not_chosen(EXPORTS) };
    match (pushed, exports.last().error) {
        (Ok(()), _) => Finding::ok(
            EXPORTS,
            format!(
                "a push was accepted just now; {} were, and {} were not",
                exports.success_count(),
                exports.failure_count()
            ),
        ),
        (Err(_), Some(reason)) => {
            let (evidence, advice) = check::split(&reason);
            Finding::broken(EXPORTS, evidence, advice)
        }
        (Err(error), None) => Finding::broken(
            EXPORTS,
            error.chain(),
            "find out why the receiver takes so long, or push less often",
        ),
    }
}

fn looked_at(
    subject: &Subject,
    layer: &'static str,
    look: fn(&OtlpSettings) -> Finding,
) -> Finding {
    chosen(subject).map_or_else(|| not_chosen(layer), |(settings, _)| look(settings))
}

fn chosen(subject: &Subject) -> Option<(&OtlpSettings, &Running)> {
    let settings = subject.settings.as_ref()?.otlp.as_ref()?;
    Some((settings, subject.running.iter().find(|running| running.name == "otlp")?))
}

fn not_chosen(layer: &'static str) -> Finding {
    Finding::skipped(layer, "OTLP was not chosen; OTEL_METRICS_EXPORTER=otlp chooses it")
}
