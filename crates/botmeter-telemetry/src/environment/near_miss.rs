//! Names of variables that are one letter off, which nobody would ever read.

use super::KNOWN_VARIABLES;

/// Each name that is nearly one of ours, and that one.
pub(super) fn all<'a>(
    names: impl Iterator<Item = &'a String>,
) -> impl Iterator<Item = (&'a str, &'static str)> {
    names.filter_map(|name| Some((name.as_str(), meant(name)?)))
}

/// The variable that is meant by a name that is none.
fn meant(name: &str) -> Option<&'static str> {
    let mut known = KNOWN_VARIABLES.iter().map(|variable| variable.name);
    // Other names are the system's, and may well be like one that we read.
    let mut ours = known.clone().filter(|known| is_of_ours(known));
    if known.any(|known| known == name) {
        return None;
    }
    ours.find(|known| is_one_off(name.as_bytes(), known.as_bytes()))
}

fn is_of_ours(name: &str) -> bool {
    matches!(name.split('_').next(), Some("BOTMETER" | "OTEL"))
}

/// Whether a letter is missing, too many or another one, or two are swapped;
/// or all are there, in small letters.
fn is_one_off(a: &[u8], b: &[u8]) -> bool {
    if a.eq_ignore_ascii_case(b) {
        return true;
    }
    let start = a.iter().zip(b).take_while(|(a, b)| a == b).count();
    let (a, b) = (&a[start..], &b[start..]);
    let end = a.iter().rev().zip(b.iter().rev()).take_while(|(a, b)| a == b).count();
    match (&a[..a.len() - end], &b[..b.len() - end]) {
        ([_], [] | [_]) | ([], [_]) => true,
        ([a, b], [c, d]) => (a, b) == (d, c),
        _ => false,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_one_letter_off_is_told_from_what_is_another_variable() {
        for (name, expected) in [
            ("OTEL_EXPORTER_OTLP_ENDPONT", Some("OTEL_EXPORTER_OTLP_ENDPOINT")),
            ("OTEL_EXPORTER_OTLP_ENDPOINTS", Some("OTEL_EXPORTER_OTLP_ENDPOINT")),
            ("OTEL_EXPORTER_OLTP_ENDPOINT", Some("OTEL_EXPORTER_OTLP_ENDPOINT")),
            ("OTLE_SERVICE_NAME", Some("OTEL_SERVICE_NAME")),
            ("OTEL-SERVICE_NAME", Some("OTEL_SERVICE_NAME")),
            ("otel_service_name", Some("OTEL_SERVICE_NAME")),
            ("OTEL_METRIC_EXPORTER", Some("OTEL_METRICS_EXPORTER")),
            ("OTEL_SDK_DISABLE", Some("OTEL_SDK_DISABLED")),
            ("OTEL_EXPORTER_OTLP_PROTOCOLL", Some("OTEL_EXPORTER_OTLP_PROTOCOL")),
            // Two letters off, or somebody else's.
            ("OTEL_EXPORTER_OTLP_ENPONT", None),
            ("SERVICE_NAME", None),
            ("HOST_NAME", None),
            ("N_PROXY", None),
            ("", None),
        ] {
            assert_eq!(meant(name), expected, "{name}");
        }
    }

    /// Variables that OpenTelemetry's SDKs read and we do not, from its
    /// specification: somebody may have set them for other programs.
    #[test]
    fn no_variable_that_others_read_is_taken_for_a_mistake() {
        let others = [
            "OTEL_ATTRIBUTE_COUNT_LIMIT",
            "OTEL_ATTRIBUTE_VALUE_LENGTH_LIMIT",
            "OTEL_BLRP_EXPORT_TIMEOUT",
            "OTEL_BLRP_MAX_EXPORT_BATCH_SIZE",
            "OTEL_BLRP_MAX_QUEUE_SIZE",
            "OTEL_BLRP_SCHEDULE_DELAY",
            "OTEL_BSP_EXPORT_TIMEOUT",
            "OTEL_ENTITIES",
            "OTEL_EVENT_ATTRIBUTE_COUNT_LIMIT",
            "OTEL_EXPERIMENTAL_CONFIG_FILE",
            "OTEL_EXPORTER_OTLP_CERTIFICATE",
            "OTEL_EXPORTER_OTLP_CLIENT_CERTIFICATE",
            "OTEL_EXPORTER_OTLP_CLIENT_KEY",
            "OTEL_EXPORTER_OTLP_INSECURE",
            "OTEL_EXPORTER_OTLP_LOGS_COMPRESSION",
            "OTEL_EXPORTER_OTLP_LOGS_ENDPOINT",
            "OTEL_EXPORTER_OTLP_LOGS_HEADERS",
            "OTEL_EXPORTER_OTLP_LOGS_PROTOCOL",
            "OTEL_EXPORTER_OTLP_LOGS_TIMEOUT",
            "OTEL_EXPORTER_OTLP_METRICS_CERTIFICATE",
            "OTEL_EXPORTER_OTLP_METRICS_DEFAULT_HISTOGRAM_AGGREGATION",
            "OTEL_EXPORTER_OTLP_METRICS_INSECURE",
            "OTEL_EXPORTER_OTLP_TRACES_CERTIFICATE",
            "OTEL_EXPORTER_OTLP_TRACES_INSECURE",
            "OTEL_EXPORTER_ZIPKIN_ENDPOINT",
            "OTEL_EXPORTER_ZIPKIN_TIMEOUT",
            "OTEL_LINK_ATTRIBUTE_COUNT_LIMIT",
            "OTEL_LOGRECORD_ATTRIBUTE_COUNT_LIMIT",
            "OTEL_LOGS_EXPORTER",
            "OTEL_LOG_LEVEL",
            "OTEL_METRICS_EXEMPLAR_FILTER",
            "OTEL_METRIC_EXPORT_TIMEOUT",
            "OTEL_PROPAGATORS",
            "OTEL_SPAN_ATTRIBUTE_COUNT_LIMIT",
            "OTEL_SPAN_EVENT_COUNT_LIMIT",
            "OTEL_SPAN_LINK_COUNT_LIMIT",
        ];
        for name in KNOWN_VARIABLES.iter().map(|known| known.name).chain(others) {
            assert_eq!(meant(name), None, "{name}");
        }
    }
}
