//! Ways to the traces behind lines.

use std::collections::BTreeMap;

use crate::{Frame, picture::Traces};

/// Names the labels as spans have them, and leaves out those that they have
/// not, and what then is there twice.
pub(crate) fn rename(traces: &mut Vec<Traces>, attributes: &[(&str, &str)]) {
    let mut seen: Vec<(String, Vec<(String, String)>)> = Vec::new();
    traces.retain_mut(|traces| {
        let tags = std::mem::take(&mut traces.tags).into_iter().filter_map(|(key, value)| {
            let (_, attribute) = attributes.iter().find(|(label, _)| *label == key)?;
            Some(((*attribute).to_owned(), value))
        });
        traces.tags = tags.collect();
        let is = (traces.service.clone(), traces.tags.clone());
        let is_new = !seen.contains(&is);
        seen.push(is);
        is_new
    });
}

/// The search of a Jaeger for these traces, in the time that is shown.
pub(crate) fn link(jaeger: &str, traces: &Traces, frame: &Frame) -> String {
    let mut query = form_urlencoded::Serializer::new(String::new());
    query.append_pair("service", &traces.service);
    let tags: BTreeMap<_, _> = traces.tags.iter().map(|(key, value)| (key, value)).collect();
    if !tags.is_empty() {
        // Texts are always JSON.
        query.append_pair("tags", &serde_json::to_string(&tags).unwrap_or_default());
    }
    // In microseconds.
    query.append_pair("start", &format!("{}000", frame.start()));
    query.append_pair("end", &format!("{}000", frame.end));
    query.append_pair("lookback", "custom");
    format!("{}/search?{}", jaeger.trim_end_matches('/'), query.finish())
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use botmeter_window::Chosen;

    use super::*;
    use crate::Clock;

    fn of(service: &str, tags: &[(&str, &str)]) -> Traces {
        let tags = tags.iter().map(|(key, value)| ((*key).to_owned(), (*value).to_owned()));
        let (name, service) = ("p95".to_owned(), service.to_owned());
        Traces { name, service, tags: tags.collect(), link: None }
    }

    #[test]
    fn labels_are_called_as_spans_call_them_or_left_out() {
        let mut traces = vec![
            of("mail", &[("model", "large"), ("status", "error")]),
            of("mail", &[("model", "large"), ("status", "success")]),
            of("mail", &[("model", "small")]),
        ];
        rename(&mut traces, &[("model", "gen_ai.request.model")]);
        let of = |model| of("mail", &[("gen_ai.request.model", model)]);
        assert_eq!(traces, [of("large"), of("small")]);
    }

    #[test]
    fn a_search_is_for_a_service_its_tags_and_the_time_that_is_shown() {
        let frame = Frame {
            end: 1_795_271_400_000,
            shown: Duration::from_mins(15),
            scrape: Duration::from_secs(15),
            chosen: Chosen::default(),
            clock: Clock::Elapsed,
        };
        let link = link("http://jaeger:16686/", &of("mail & co", &[("m", "a\"b#")]), &frame);
        assert_eq!(
            link,
            "http://jaeger:16686/search?service=mail+%26+co&tags=%7B%22m%22%3A%22a%5C%22b%23%22%7D\
             &start=1795270500000000&end=1795271400000000&lookback=custom"
        );
    }
}
