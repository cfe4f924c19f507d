//! The layers of a push in a build without OTLP.

use super::{Subject, finding::Finding};

pub(super) const ENDPOINT: &str = "endpoint";
pub(super) const NETWORK: &str = "network";
pub(super) const RECEIVER: &str = "receiver";
pub(super) const EXPORTS: &str = "exports";

const ABSENT: &str = "not compiled in: the feature `otlp`";

pub(super) fn endpoint(_: &Subject) -> Finding {
    Finding::skipped(ENDPOINT, ABSENT)
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
    use crate::telemetry::OtlpSettings;

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
