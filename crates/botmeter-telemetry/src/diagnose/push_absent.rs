//! The layers of a push in a build without OTLP.

use botmeter_export::finding::Finding;

use super::subject::Subject;
use crate::settings::Silence;

pub(super) const ENDPOINT: &str = "endpoint";
pub(super) const NETWORK: &str = "network";
pub(super) const RECEIVER: &str = "receiver";
pub(super) const EXPORTS: &str = "exports";

const ABSENT: &str = "not compiled in: the feature `otlp`";

pub(super) fn endpoint(subject: &Subject) -> Finding {
    match subject.settings.as_ref().and_then(|settings| settings.silence) {
        Some(Silence::CannotPush(variable)) => Finding::broken(
            ENDPOINT,
            format!("{variable} is set, but this build cannot push"),
            "enable the feature `otlp` of the botmeter crate that you depend on",
        ),
        _ => Finding::skipped(ENDPOINT, ABSENT),
    }
}

pub(super) fn network(_: &Subject) -> Finding {
    Finding::skipped(NETWORK, ABSENT)
}

pub(super) fn receiver(_: &Subject) -> Finding {
    Finding::skipped(RECEIVER, ABSENT)
}

pub(super) fn exports(_: &Subject) -> Finding {
    Finding::skipped(EXPORTS, ABSENT)
}

/// The same of an endpoint that no telemetry pushes to.
pub(super) mod check {
    use super::{ABSENT, ENDPOINT, Finding, NETWORK, RECEIVER};
    use botmeter_export::OtlpSettings;

    pub(in super::super) fn endpoint(_: &OtlpSettings) -> Finding {
        Finding::skipped(ENDPOINT, ABSENT)
    }

    pub(in super::super) fn network(_: &OtlpSettings) -> Finding {
        Finding::skipped(NETWORK, ABSENT)
    }

    pub(in super::super) fn receiver(_: &OtlpSettings) -> Finding {
        Finding::skipped(RECEIVER, ABSENT)
    }
}
