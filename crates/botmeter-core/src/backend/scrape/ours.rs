//! Our series, which the exporter does not see.

use std::{
    collections::BTreeMap,
    sync::{Arc, PoisonError, RwLock, RwLockWriteGuard},
};

use metrics_exporter_prometheus::formatting::{
    sanitize_description, sanitize_label_key, sanitize_label_value, sanitize_metric_name,
};

use super::super::series::{self, Series};
use crate::Descriptor;

/// Our instruments by their names on the page.
#[derive(Debug, Default)]
pub(super) struct Ours(RwLock<BTreeMap<String, Family>>);

#[derive(Debug)]
struct Family {
    descriptor: &'static Descriptor,
    bounds: Vec<String>,
    /// By the text of their labels, which is the order of the page.
    series: BTreeMap<String, Arc<Series>>,
}

/// A family as it is on the page.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Written {
    pub(super) name: String,
    pub(super) kind: &'static str,
    pub(super) text: String,
}

impl Ours {
    /// Knows this instrument by this name, though it has no series yet.
    pub(super) fn learn(&self, name: &str, descriptor: &'static Descriptor) {
        let _family = family(&mut self.write(), name, descriptor);
    }

    /// The series with these labels, at zero if it is new.
    pub(super) fn bind<'a>(
        &self,
        name: &str,
        descriptor: &'static Descriptor,
        labels: impl Iterator<Item = (&'a str, &'a str)>,
    ) -> Arc<Series> {
        family(&mut self.write(), name, descriptor).bind(labels)
    }

    /// The series that someone else means who knows the name alone; nothing if
    /// the name is none of ours.
    pub(super) fn bind_known<'a>(
        &self,
        name: &str,
        labels: impl Iterator<Item = (&'a str, &'a str)>,
    ) -> Option<Arc<Series>> {
        let mut families = self.write();
        Some(families.get_mut(&sanitize_metric_name(name))?.bind(labels))
    }

    /// All that have series, in the order of their names.
    pub(super) fn written(&self) -> Vec<Written> {
        let families = self.0.read().unwrap_or_else(PoisonError::into_inner);
        let in_use = families.iter().filter(|(_, family)| !family.series.is_empty());
        in_use.map(|(name, family)| family.written(name)).collect()
    }

    fn write(&self) -> RwLockWriteGuard<'_, BTreeMap<String, Family>> {
        self.0.write().unwrap_or_else(PoisonError::into_inner)
    }
}

fn family<'a>(
    families: &'a mut BTreeMap<String, Family>,
    name: &str,
    descriptor: &'static Descriptor,
) -> &'a mut Family {
    families.entry(name.to_owned()).or_insert_with(|| Family {
        descriptor,
        bounds: series::bounds(descriptor),
        series: BTreeMap::new(),
    })
}

impl Family {
    fn bind<'a>(&mut self, labels: impl Iterator<Item = (&'a str, &'a str)>) -> Arc<Series> {
        let written = |(key, value): (&str, &str)| {
            format!("{}=\"{}\"", sanitize_label_key(key), sanitize_label_value(value))
        };
        let labels = labels.map(written).collect::<Vec<_>>().join(",");
        let fresh = || Arc::new(Series::new(self.descriptor));
        Arc::clone(self.series.entry(labels).or_insert_with(fresh))
    }

    fn written(&self, name: &str) -> Written {
        let help = sanitize_description(self.descriptor.help());
        let kind = self.descriptor.kind().prometheus();
        let mut text = format!("# HELP {name} {help}\n# TYPE {name} {kind}\n");
        for (labels, series) in &self.series {
            series.write(&mut text, name, labels, &self.bounds);
        }
        Written { name: name.to_owned(), kind, text }
    }
}
