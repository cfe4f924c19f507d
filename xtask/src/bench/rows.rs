//! Which figure stands beside which, and how far it may be from it.

use anyhow::Result;
use serde::Serialize;

use super::figures::{Figure, Figures};

/// What belongs together in the document.
pub(super) struct Section {
    /// The name of its picture, and of its table in the document.
    pub(super) name: &'static str,
    pub(super) title: &'static str,
    /// The figures in its picture.
    pub(super) bars: &'static [&'static str],
    comparisons: &'static [Comparison],
}

/// A measurement and what it is compared with.
struct Comparison {
    name: &'static str,
    against: Against,
    /// The highest ratio that is good; nothing where the row only informs.
    target: Option<f64>,
}

enum Against {
    /// Figures, of which the sum counts.
    Measured(&'static [&'static str]),
    /// A number of its own, and how it is said.
    Fixed(f64, &'static str),
}

/// One row of the table and of the summary.
#[derive(Debug, Serialize)]
pub(super) struct Row {
    pub(super) name: String,
    pub(super) figure: Figure,
    pub(super) against: String,
    pub(super) ratio: f64,
    pub(super) target: Option<f64>,
}

/// All rows, in the order of the sections.
pub(super) fn all(figures: &Figures) -> Result<Vec<Row>> {
    let rows = SECTIONS.iter().map(|section| section.rows(figures));
    Ok(rows.collect::<Result<Vec<_>>>()?.into_iter().flatten().collect())
}

impl Section {
    pub(super) fn rows(&self, figures: &Figures) -> Result<Vec<Row>> {
        self.comparisons.iter().map(|wanted| Row::of(wanted, figures)).collect()
    }
}

impl Row {
    fn of(wanted: &Comparison, figures: &Figures) -> Result<Self> {
        let Comparison { name, against, target } = wanted;
        let figure = figures.get(name)?.clone();
        let (base, against) = match against {
            Against::Measured(names) => {
                let values = names.iter().map(|name| Ok(figures.get(name)?.value));
                (values.sum::<Result<f64>>()?, names.join(" and "))
            }
            Against::Fixed(value, said) => (*value, (*said).to_owned()),
        };
        let ratio = figure.value / base;
        Ok(Self { name: (*name).to_owned(), figure, against, ratio, target: *target })
    }

    pub(super) fn misses(&self) -> bool {
        self.target.is_some_and(|target| self.ratio > target)
    }
}

const fn good(name: &'static str, against: &'static [&'static str], target: f64) -> Comparison {
    Comparison { name, against: Against::Measured(against), target: Some(target) }
}

const fn info(name: &'static str, against: &'static [&'static str]) -> Comparison {
    Comparison { name, against: Against::Measured(against), target: None }
}

const fn at_most(name: &'static str, limit: f64, said: &'static str) -> Comparison {
    Comparison { name, against: Against::Fixed(limit, said), target: Some(1.0) }
}

const ATOMIC: &[&str] = &["counter/raw atomic behind an Arc"];
const BUCKETS: &[&str] = &["histogram/raw atomic"];
/// The same call by hand on both routes.
const BY_HAND: &[&str] = &["llm call/metrics macros", "llm call/otel unbound"];

/// A handle is an atomic in the heap, and little is above it.
const HELD: f64 = 1.15;
/// Another route reads what is there; recording does not hear of it.
const ANOTHER_ROUTE: f64 = 1.05;
/// Ten times the series may take ten times as long, and half as much again for
/// the caches that they no longer fit in.
const TENFOLD: f64 = 15.0;
/// A hundredth of one for each series: none of them allocates.
const ALLOCATIONS: (f64, &str) = (1000.0, "1000 allocations");
const KIB_256: (f64, &str) = (262_144.0, "256 KiB");

pub(super) const SECTIONS: &[Section] = &[
    Section {
        name: "held",
        title: "One step of a counter by a held handle",
        bars: &[
            "counter/raw atomic behind an Arc",
            "counter/botmeter scrape held",
            "counter/botmeter otlp held",
            "counter/botmeter both held",
            "counter/prometheus held",
            "counter/prometheus-client held",
            "counter/otel bound",
            "counter/metrics held",
        ],
        comparisons: &[
            good("counter/botmeter scrape held", ATOMIC, HELD),
            good("counter/botmeter otlp held", ATOMIC, HELD),
            good("counter/botmeter both held", &["counter/botmeter scrape held"], ANOTHER_ROUTE),
            info("counter/botmeter discard held", ATOMIC),
            info("counter/botmeter memory held", ATOMIC),
            info("counter/botmeter scrape held in turn", &["counter/botmeter scrape held"]),
            info("counter/botmeter otlp held in turn", &["counter/botmeter otlp held"]),
            info("counter/prometheus held", ATOMIC),
            info("counter/prometheus-client held", ATOMIC),
            info("counter/otel bound", ATOMIC),
            info("counter/metrics held", ATOMIC),
        ],
    },
    Section {
        name: "labels",
        title: "One step of a counter by three labels",
        bars: &[
            "counter/botmeter scrape labels",
            "counter/botmeter otlp labels",
            "counter/prometheus labels",
            "counter/prometheus-client labels",
            "counter/otel unbound",
            "counter/metrics macro",
        ],
        comparisons: &[
            good("counter/botmeter scrape labels", &["counter/prometheus labels"], 0.45),
            good("counter/botmeter scrape labels", &["counter/metrics macro"], 1.0 / 8.0),
            info("counter/botmeter scrape labels", &["counter/botmeter scrape held in turn"]),
            info("counter/botmeter otlp labels", &["counter/botmeter otlp held in turn"]),
            info(
                "counter/botmeter scrape labels alike at both ends",
                &["counter/botmeter scrape labels"],
            ),
            info("counter/prometheus-client labels", ATOMIC),
            info("counter/otel unbound", ATOMIC),
        ],
    },
    Section {
        name: "histogram",
        title: "One measurement of a histogram by a held handle",
        bars: &[
            "histogram/raw atomic",
            "histogram/botmeter scrape held",
            "histogram/botmeter otlp held",
            "histogram/botmeter both held",
            "histogram/prometheus held",
            "histogram/prometheus-client held",
            "histogram/otel bound",
            "histogram/metrics held",
        ],
        comparisons: &[
            info("histogram/botmeter scrape held", BUCKETS),
            info("histogram/botmeter otlp held", BUCKETS),
            good(
                "histogram/botmeter both held",
                &["histogram/botmeter scrape held"],
                ANOTHER_ROUTE,
            ),
            info("histogram/botmeter discard held", BUCKETS),
            info("histogram/botmeter memory held", BUCKETS),
            info("histogram/botmeter scrape held in turn", &["histogram/botmeter scrape held"]),
            info("histogram/botmeter otlp held in turn", &["histogram/botmeter otlp held"]),
            info("histogram/botmeter scrape labels", &["histogram/prometheus labels"]),
            info("histogram/botmeter otlp labels", &["histogram/otel unbound"]),
            info("histogram/prometheus held", BUCKETS),
            info("histogram/prometheus-client held", BUCKETS),
            info("histogram/prometheus-client labels", BUCKETS),
            info("histogram/otel bound", BUCKETS),
            info("histogram/metrics held", BUCKETS),
            info("histogram/metrics macro", BUCKETS),
        ],
    },
    Section {
        name: "call",
        title: "One finished call to a model",
        bars: &[
            "llm call/botmeter scrape",
            "llm call/botmeter otlp",
            "llm call/botmeter both",
            "llm call/otel unbound",
            "llm call/metrics macros",
        ],
        comparisons: &[
            good("llm call/botmeter both", BY_HAND, 1.0 / 20.0),
            good("llm call/botmeter both", &["llm call/botmeter scrape"], ANOTHER_ROUTE),
            info("llm call/botmeter scrape", &["llm call/metrics macros"]),
            info("llm call/botmeter otlp", &["llm call/otel unbound"]),
            info("llm call/botmeter discard", &["llm call/metrics macros"]),
        ],
    },
    Section {
        name: "page",
        title: "A page of 100k counters",
        bars: &[
            "page of 100k counters/bare loop",
            "page of 100k counters/botmeter",
            "page of 100k counters/measured",
            "page of 100k counters/metrics-exporter-prometheus",
        ],
        comparisons: &[
            good("page of 100k counters/botmeter", &["page of 100k counters/measured"], 0.5),
            good(
                "page of 100k counters/botmeter",
                &["page of 100k counters/metrics-exporter-prometheus"],
                1.0 / 60.0,
            ),
            info("page of 100k counters/botmeter", &["page of 100k counters/bare loop"]),
            good("page of 100k counters/botmeter", &["page of 10k counters/botmeter"], TENFOLD),
            good("page of 10k counters/botmeter", &["page of 1k counters/botmeter"], TENFOLD),
            at_most(
                "allocations of a page of 100k counters/botmeter",
                ALLOCATIONS.0,
                ALLOCATIONS.1,
            ),
        ],
    },
    Section {
        name: "page_heap",
        title: "What a page of 100k counters takes of the heap",
        bars: &[
            "heap of a page of 100k counters/bare loop",
            "heap of a page of 100k counters/botmeter",
            "heap of a page of 100k counters/measured",
            "heap of a page of 100k counters/metrics-exporter-prometheus",
        ],
        comparisons: &[
            at_most("heap of a page of 100k counters/botmeter", KIB_256.0, KIB_256.1),
            info(
                "heap of a page of 100k counters/botmeter",
                &["heap of a page of 100k counters/measured"],
            ),
            info(
                "heap of a page of 100k counters/botmeter",
                &["heap of a page of 100k counters/metrics-exporter-prometheus"],
            ),
        ],
    },
    Section {
        name: "page_histograms",
        title: "A page of 10k histograms of 16 buckets",
        bars: &[
            "page of 10k histograms/bare loop",
            "page of 10k histograms/botmeter",
            "page of 10k histograms/measured",
            "page of 10k histograms/metrics-exporter-prometheus",
        ],
        comparisons: &[
            info("page of 10k histograms/botmeter", &["page of 10k histograms/measured"]),
            info(
                "page of 10k histograms/botmeter",
                &["page of 10k histograms/metrics-exporter-prometheus"],
            ),
            info("page of 10k histograms/botmeter", &["page of 10k histograms/bare loop"]),
            good("page of 10k histograms/botmeter", &["page of 1k histograms/botmeter"], TENFOLD),
            info(
                "heap of a page of 10k histograms/botmeter",
                &["heap of a page of 10k histograms/measured"],
            ),
        ],
    },
    Section {
        name: "push",
        title: "A push of 100k counters, without the network",
        bars: &["push of 100k counters/botmeter", "push of 100k counters/opentelemetry_sdk"],
        comparisons: &[
            good(
                "push of 100k counters/botmeter",
                &["push of 100k counters/opentelemetry_sdk"],
                1.0 / 40.0,
            ),
            good("push of 100k counters/botmeter", &["push of 10k counters/botmeter"], TENFOLD),
            good("push of 10k counters/botmeter", &["push of 1k counters/botmeter"], TENFOLD),
            info("push of 10k histograms/botmeter", &["push of 10k histograms/opentelemetry_sdk"]),
            good("push of 10k histograms/botmeter", &["push of 1k histograms/botmeter"], TENFOLD),
        ],
    },
    Section {
        name: "series",
        title: "What a counter with three labels takes of the heap",
        bars: &[
            "heap per series of 100k counters/botmeter",
            "heap per series of 100k counters/measured",
            "heap per series of 100k counters/metrics-exporter-prometheus",
            "heap per series of 100k counters/opentelemetry_sdk",
        ],
        comparisons: &[
            good(
                "heap per series of 100k counters/botmeter",
                &["heap per series of 100k counters/metrics-exporter-prometheus"],
                0.25,
            ),
            info(
                "heap per series of 100k counters/botmeter",
                &["heap per series of 100k counters/measured"],
            ),
            info(
                "heap per series of 10k histograms/botmeter",
                &["heap per series of 10k histograms/metrics-exporter-prometheus"],
            ),
        ],
    },
];
