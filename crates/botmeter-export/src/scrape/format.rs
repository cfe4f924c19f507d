//! Which format of the page a scraper asks for.

use botmeter_core::Format;
use http::{HeaderMap, HeaderValue, header::ACCEPT};

use super::weighted::weighted;

/// Of the formats that there are, the one that is liked better; the plain one
/// unless OpenMetrics is named, because whoever looks with a browser takes
/// anything.
pub(super) fn wanted(headers: &HeaderMap) -> Format {
    let (mut open, mut plain) = (0.0, 0.0_f32);
    let offers = headers.get_all(ACCEPT).iter().filter_map(|value| value.to_str().ok());
    for offer in offers.flat_map(|value| value.split(',')) {
        let (kind, weight) = weighted(offer);
        match kind.to_ascii_lowercase().as_str() {
            "application/openmetrics-text" if is_known_version(offer) => open = weight.max(open),
            "text/plain" => plain = weight.max(plain),
            _ => {}
        }
    }
    if open > 0.0 && open >= plain { Format::OpenMetrics } else { Format::Prometheus }
}

fn is_known_version(offer: &str) -> bool {
    let mut parameters = offer.split(';').skip(1).map(str::trim);
    parameters.find_map(|it| it.strip_prefix("version=")).is_none_or(|version| version == "1.0.0")
}

/// What the answer says that it is.
pub(super) fn content_type(format: Format) -> HeaderValue {
    HeaderValue::from_static(match format {
        Format::OpenMetrics => "application/openmetrics-text; version=1.0.0; charset=utf-8",
        _ => "text/plain; version=0.0.4; charset=utf-8",
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_format_that_is_liked_better_is_given() {
        let prometheus = "application/openmetrics-text;version=1.0.0;escaping=allow-utf-8;q=0.6,\
                          application/openmetrics-text;version=0.0.1;q=0.5,\
                          text/plain;version=1.0.0;escaping=allow-utf-8;q=0.4,\
                          text/plain;version=0.0.4;q=0.3,*/*;q=0.2";
        for (accept, is_open) in [
            (prometheus, true),
            ("application/openmetrics-text", true),
            ("application/openmetrics-text; version=1.0.0, text/plain", true),
            ("Application/OpenMetrics-Text; version=1.0.0; q=0.5, text/plain;q=0.9", false),
            ("application/openmetrics-text; version=0.0.1", false),
            ("application/openmetrics-text;q=0", false),
            ("text/html, */*;q=0.8", false),
            ("*/*", false),
            ("", false),
        ] {
            let mut headers = HeaderMap::new();
            headers.insert(ACCEPT, accept.parse().unwrap());
            assert_eq!(wanted(&headers) == Format::OpenMetrics, is_open, "{accept}");
        }
        assert_eq!(wanted(&HeaderMap::new()), Format::Prometheus);
    }
}
