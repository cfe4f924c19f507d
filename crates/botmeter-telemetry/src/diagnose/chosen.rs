//! The layer `backends`: whether anything carries metrics out of the process.

use botmeter_export::finding::Finding;

use super::subject::Subject;
use crate::settings::Silence;

pub(super) const LAYER: &str = "backends";

pub(super) fn look(subject: &Subject) -> Finding {
    let Subject { settings, running, is_shut_down, .. } = subject;
    let Some(settings) = settings else {
        return Finding::broken(
            LAYER,
            "telemetry is off: OTEL_SDK_DISABLED is true",
            "unset OTEL_SDK_DISABLED, or set it to false",
        );
    };
    if *is_shut_down {
        return Finding::broken(
            LAYER,
            "telemetry was shut down, so nothing is exported any more",
            "call shutdown() at the very end of the program",
        );
    }
    if running.is_empty() && settings.silence == Some(Silence::Chosen) {
        return Finding::broken(
            LAYER,
            format!(
                "no backend runs, because OTEL_METRICS_EXPORTER is none; compiled in: {}",
                compiled_in()
            ),
            "unset OTEL_METRICS_EXPORTER, or set it to otlp, prometheus or console",
        );
    }
    if let Some(route) = settings.lost.first() {
        return Finding::broken(
            LAYER,
            format!(
                "the program goes on without {}, because a setting cannot be used",
                route.doing()
            ),
            "correct the setting that the warning at start-up names",
        );
    }
    if running.is_empty() {
        return Finding::broken(
            LAYER,
            format!("no backend runs; compiled in: {}", compiled_in()),
            "enable the feature `otlp` or `scrape` of the botmeter crate that you depend on, and \
             choose it with OTEL_METRICS_EXPORTER=otlp or OTEL_METRICS_EXPORTER=prometheus",
        );
    }
    let is_pushing = running.iter().any(|running| running.name == "otlp");
    if settings.otlp.is_some() && !is_pushing {
        return Finding::broken(
            LAYER,
            "OTLP was asked for and could not be set up, so metrics are printed instead; the \
             warning at start-up says why",
            "leave out fall_back_to_stdout() to get that as an error from start()",
        );
    }
    let mut chosen: Vec<String> = Vec::new();
    for running in running {
        chosen.push(match (running.name, running.address) {
            ("otlp", _) => format!("otlp every {:?}", settings.interval),
            ("stdout", _) => format!("stdout every {:?}", settings.interval),
            (name, Some(address)) => format!("{name} at {address}"),
            (name, None) => name.to_owned(),
        });
    }
    let service = &settings.resource;
    Finding::ok(
        LAYER,
        format!(
            "{}; job {:?}, instance {:?}",
            chosen.join(", "),
            service.service_name,
            service.instance_id
        ),
    )
}

fn compiled_in() -> String {
    let all = [
        ("otlp", cfg!(feature = "otlp")),
        ("scrape", cfg!(feature = "scrape")),
        ("stdout", cfg!(feature = "stdout")),
    ];
    let names: Vec<&str> = all.iter().filter(|(_, is_in)| *is_in).map(|(name, _)| *name).collect();
    if names.is_empty() { "none".to_owned() } else { names.join(", ") }
}
