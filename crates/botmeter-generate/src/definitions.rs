//! Every series that can exist, by the name that queries use.

use std::collections::{BTreeMap, BTreeSet};

use botmeter_board::promql::Fleet;
use botmeter_core::{Descriptor, Kind, label::LabelInfo, process};

/// What Prometheus calls the series of alerts that fire or are about to.
const ALERTS: &str = "ALERTS";

/// What it calls those that tell since when.
const ALERTS_SINCE: &str = "ALERTS_FOR_STATE";

/// The series of alerts: they watch jobs as a whole, so these have no instance.
pub(crate) const OF_ALERTS: [&str; 2] = [ALERTS, ALERTS_SINCE];

/// Every series that can exist, by its name.
#[derive(Debug, Default)]
pub(crate) struct Definitions {
    series: BTreeMap<String, Definition>,
    /// Which of them are asked for.
    pub(crate) fleet: Fleet,
}

/// What is known of the series of one name.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Definition {
    pub(crate) nature: Nature,
    /// All keys, those that Prometheus sets included.
    pub(crate) labels: BTreeSet<String>,
}

/// What may be asked of a series.
#[derive(Clone, Debug, PartialEq)]
pub(crate) enum Nature {
    /// Only grows.
    Counter,
    /// Has a value.
    Level,
    /// Counts observations up to these bounds.
    Buckets(&'static [f64]),
    /// Is made by a rule.
    Recorded,
}

impl Definitions {
    /// The series of these instruments, of what every program has, and of
    /// Prometheus itself.
    pub(crate) fn new(
        instruments: impl IntoIterator<Item = &'static Descriptor>,
        fleet: &Fleet,
    ) -> Self {
        let mut definitions = Self { fleet: fleet.clone(), ..Self::default() };
        definitions.add(process::BUILD.descriptor());
        definitions.add(process::HEARTBEAT.descriptor());
        definitions.add(process::START_TIME.descriptor());
        for descriptor in instruments {
            definitions.add(descriptor);
        }
        let labels = ["alertname", "severity", "alertstate"];
        definitions.insert(ALERTS.to_owned(), Nature::Level, &labels);
        definitions.insert(ALERTS_SINCE.to_owned(), Nature::Level, &labels[..2]);
        definitions
    }

    /// A series that a rule records.
    pub(crate) fn record(&mut self, name: &str, labels: &[String]) {
        let labels = labels.iter().cloned().collect();
        self.series.insert(name.to_owned(), Definition { nature: Nature::Recorded, labels });
    }

    pub(crate) fn get(&self, name: &str) -> Option<&Definition> {
        self.series.get(name)
    }

    fn add(&mut self, descriptor: &'static Descriptor) {
        let name = descriptor.prometheus_name();
        let mut labels: Vec<_> = descriptor.labels().iter().map(LabelInfo::key).collect();
        match descriptor.kind() {
            Kind::Counter | Kind::FloatCounter => self.insert(name, Nature::Counter, &labels),
            Kind::Gauge | Kind::UpDownCounter => self.insert(name, Nature::Level, &labels),
            Kind::Histogram => {
                self.insert(format!("{name}_sum"), Nature::Counter, &labels);
                self.insert(format!("{name}_count"), Nature::Counter, &labels);
                labels.push("le");
                let nature = Nature::Buckets(descriptor.buckets());
                self.insert(format!("{name}_bucket"), nature, &labels);
            }
        }
    }

    fn insert(&mut self, name: String, nature: Nature, labels: &[&str]) {
        let of_every_series = ["job", "instance"];
        let labels = labels.iter().copied().chain(of_every_series).chain(self.fleet.keys());
        let labels = labels.map(str::to_owned).collect();
        self.series.insert(name, Definition { nature, labels });
    }
}
