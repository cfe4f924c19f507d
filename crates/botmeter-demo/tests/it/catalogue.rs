//! Every instrument that a domain has is fed by the demo, and shown with its type.

use std::collections::{BTreeMap, BTreeSet};
use std::time::{Duration, Instant};
use std::{iter, thread};

use botmeter_llm::core::{Descriptor, instruments};

#[cfg(unix)]
use crate::demo::Ended;
use crate::demo::{Demo, page};

/// How long the demo gets at its default rates; half of it is enough on a machine that is not
/// busy.
const DEADLINE: Duration = Duration::from_mins(1);

/// Instruments that no good program feeds, and why the demo does not do it either.
const NOT_FED: [(&str, &str); 2] = [
    ("telemetry_dropped_total", "nothing in the story records a number that cannot be"),
    ("telemetry_overflow_total", "nothing in the story has more names than its limit"),
];

/// The one list of domains, from which dashboards are generated: a new domain is asked for here
/// from its first day.
fn catalogue() -> Vec<&'static Descriptor> {
    instruments(&botmeter_catalogue::catalogue().registered()).unwrap()
}

/// What a page says of one family.
#[derive(Debug, Default)]
struct Family {
    kind: String,
    is_fed: bool,
}

/// The families of a page in Prometheus' text format.
fn families(page: &str) -> BTreeMap<String, Family> {
    let mut families: BTreeMap<String, Family> = BTreeMap::new();
    let mut current = String::new();
    for line in page.lines() {
        if let Some(head) = line.strip_prefix("# TYPE ") {
            let (name, kind) = head.split_once(' ').unwrap();
            name.clone_into(&mut current);
            families.entry(current.clone()).or_default().kind = kind.to_owned();
        } else if let Some(family) = families.get_mut(&current)
            && let Some((series, value)) = line.rsplit_once(' ')
            && series.starts_with(&current)
        {
            family.is_fed |= value.parse::<f64>().is_ok_and(|value| value != 0.0);
        }
    }
    families
}

#[test]
fn a_page_is_read_by_family() {
    let page = "HTTP/1.1 200 OK\r\n\r\n# HELP a_total A.\n# TYPE a_total counter\na_total{x=\"1\"} 0\n\
                a_total 2\n# TYPE b gauge\nb 0\n# TYPE c histogram\nc_bucket{le=\"1\"} 0\nc_count 1\n";
    let read: Vec<_> = families(page).into_iter().map(|(n, f)| (n, f.kind, f.is_fed)).collect();
    let family = |name: &str, kind: &str, is_fed| (name.to_owned(), kind.to_owned(), is_fed);
    assert_eq!(
        read,
        [
            family("a_total", "counter", true),
            family("b", "gauge", false),
            family("c", "histogram", true)
        ]
    );
}

/// Gauges go back to zero, so an instrument is fed if it was above it at any time.
#[test]
fn the_demo_feeds_the_whole_catalogue() {
    let catalogue = catalogue();
    let mut demo = Demo::start(&["--port", "0", "--seed", "1"], &[]);
    let address = demo.address();

    let deadline = Instant::now() + DEADLINE;
    let mut missing: BTreeSet<String> =
        catalogue.iter().map(|descriptor| descriptor.prometheus_name()).collect();
    for (name, _) in NOT_FED {
        assert!(missing.remove(name), "{name} is not in the catalogue");
    }
    let last = loop {
        let families = families(&page(&address));
        missing.retain(|name| !families.get(name).is_some_and(|family| family.is_fed));
        if missing.is_empty() {
            break families;
        }
        assert!(Instant::now() < deadline, "nothing has fed {missing:#?}");
        thread::sleep(Duration::from_millis(50));
    };

    let shown: Vec<_> = last.iter().map(|(name, family)| (name.as_str(), &*family.kind)).collect();
    let names: Vec<String> = catalogue.iter().map(|d| d.prometheus_name()).collect();
    let mut expected: Vec<_> = iter::zip(&names, &catalogue)
        .map(|(name, descriptor)| (name.as_str(), descriptor.kind().prometheus()))
        .collect();
    expected.sort_unstable();
    assert_eq!(shown, expected);
    for (name, why) in NOT_FED {
        assert!(!last[name].is_fed, "{name} is fed, although {why}");
    }

    end_well(demo);
}

#[cfg(not(unix))]
fn end_well(demo: Demo) {
    drop(demo);
}

#[cfg(unix)]
fn end_well(demo: Demo) {
    demo.signal("-INT");
    let Ended { code, stdout, stderr } = demo.ended();
    assert_eq!(code, Some(0), "{stdout}{stderr}");
    assert!(stdout.ends_with("ended: everything was handed over\n"), "{stdout}");
    // A run that panics is part of the story, and no reason for a message.
    assert!(!stderr.contains("panicked") && !stderr.contains("WARN"), "{stderr}");
}
