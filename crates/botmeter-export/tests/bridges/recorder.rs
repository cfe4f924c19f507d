//! Through a recorder of `metrics`, as its exporter for Prometheus shows it.

use std::{
    collections::BTreeSet,
    sync::{Arc, OnceLock},
};

use botmeter_core::{Backend, Histogram, Kind, Memory, Meter, store::Identity};
use botmeter_export::{
    bridge,
    macros::{Buckets, Macros},
};
use metrics::{Key, KeyName, Metadata, NoopRecorder, Recorder, SharedString, Unit};
use metrics_exporter_prometheus::{Matcher, PrometheusBuilder, PrometheusRecorder};
use metrics_util::layers::FanoutBuilder;

use crate::played::{ALL, SPENT, page, play, series};

fn exporter() -> PrometheusRecorder {
    let histograms = ALL.into_iter().filter(|descriptor| descriptor.kind() == Kind::Histogram);
    let builder = histograms.fold(PrometheusBuilder::new(), |builder, descriptor| {
        let name = Matcher::Full(descriptor.prometheus_name());
        builder.set_buckets_for_metric(name, descriptor.buckets()).unwrap()
    });
    builder.build_recorder()
}

fn of(memory: &Memory, bridge: &bridge::Metrics) -> Meter {
    let backends: [Arc<dyn Backend>; 2] = [Arc::new(memory.clone()), Arc::new(bridge.clone())];
    Meter::of(&backends)
}

/// Lines about families, sorted.
fn heads(page: &str) -> BTreeSet<&str> {
    page.lines().filter(|line| line.starts_with('#')).collect()
}

#[test]
fn the_page_of_the_exporter_is_ours() {
    let recorder = exporter();
    let theirs = recorder.handle();
    let memory = Memory::new();
    play(&of(&memory, &bridge::Metrics::to(Arc::new(recorder))));
    let theirs = theirs.render();
    assert_eq!(series(&theirs), page(&memory));

    // Its counters are whole numbers, so money is a gauge there.
    let ours = memory.text();
    let name = SPENT.descriptor().prometheus_name();
    let (counter, gauge) = (format!("# TYPE {name} counter"), format!("# TYPE {name} gauge"));
    let (ours, theirs) = (heads(&ours), heads(&theirs));
    let different: Vec<_> = ours.symmetric_difference(&theirs).copied().collect();
    assert_eq!(different, [&counter, &gauge]);
}

#[test]
fn the_recorder_of_the_process_is_fed_where_none_is_named() {
    let recorder = exporter();
    let theirs = recorder.handle();
    let memory = Memory::new();
    metrics::with_local_recorder(&recorder, || {
        SPENT.bind(&of(&memory, &bridge::Metrics::new()), ("search",)).add(0.5);
    });
    assert_eq!(series(&theirs.render()), series(&memory.text()));
}

/// The exporter takes the suffix for written already. Ours have no such name.
#[test]
fn a_histogram_whose_name_ends_like_its_parts_lacks_a_suffix_there() {
    let builder = PrometheusBuilder::new().set_buckets(&[0.5]).unwrap();
    let recorder = builder.build_recorder();
    let theirs = recorder.handle();
    let memory = Memory::new();
    let meter = of(&memory, &bridge::Metrics::to(Arc::new(recorder)));
    let identity = Identity::foreign("app.word_count", Kind::Histogram, "", "", &[0.5]);
    meter.foreign::<Histogram>(identity, []).unwrap().record(0.25);
    let (theirs, ours) = (series(&theirs.render()), series(&memory.text()));
    assert_eq!(ours[2], "app_word_count_count 1");
    assert_eq!(theirs[0], "app_word_count 1");
    assert_eq!((&ours[..2], &ours[3..]), (&theirs[1..3], &theirs[3..]));
}

/// Bridging into what we take from others would go round for ever.
#[test]
fn a_circle_is_harmless() {
    let memory = Memory::new();
    // A process has one recorder, which leads back to the very meter.
    let late = Arc::new(Late::default());
    let meter = of(&memory, &bridge::Metrics::to(Arc::clone(&late) as _));
    late.0.set(Macros::new(&meter, Buckets::new()).unwrap()).unwrap();
    play(&meter);
    metrics::with_local_recorder(&*late, || metrics::counter!("app_runs").increment(1));
    let alone = Memory::new();
    play(&Meter::new(alone.clone()));
    assert_eq!(
        memory.text().replace("# TYPE app_runs_total counter\napp_runs_total 1\n", ""),
        alone.text()
    );
}

/// In a fan-out the circle is one of several ways, and the others go on.
#[test]
fn beside_a_circle_others_are_fed_with_ours_and_have_theirs_once() {
    let recorder = exporter();
    let theirs = recorder.handle();
    let memory = Memory::new();
    let late = Arc::new(Late::default());
    let fanout = FanoutBuilder::default().add_recorder(Arc::clone(&late)).add_recorder(recorder);
    metrics::with_local_recorder(&fanout.build(), || {
        let meter = of(&memory, &bridge::Metrics::new());
        late.0.set(Macros::new(&meter, Buckets::new()).unwrap()).unwrap();
        metrics::histogram!("app_size").record(1.5);
        SPENT.bind(&meter, ("search",)).add(0.5);
        metrics::gauge!("app_queue").increment(1.5);
        metrics::counter!("app_runs").increment(1);
    });
    let spent = "tool_spent_dollars_total{tool=\"search\"} 0.5";
    let theirs = series(&theirs.render());
    let ends: Vec<_> = theirs.iter().filter(|line| !line.contains("quantile")).collect();
    // As the exporter spells what it has from others itself.
    assert_eq!(
        ends,
        ["app_queue 1.5", "app_runs 1", "app_size_count 1", "app_size_sum 1.5", spent]
    );
    let ours = memory.text();
    for line in ["app_queue 1.5\n", "app_runs_total 1\n", "app_size_count 1\n", spent] {
        assert!(ours.contains(line), "{line} in {ours}");
    }
}

/// A recorder that exists before the meter that it records with.
#[derive(Default)]
struct Late(OnceLock<Macros>);

impl Late {
    fn get(&self) -> &dyn Recorder {
        self.0.get().map_or(&NoopRecorder, |macros| macros)
    }
}

impl Recorder for Late {
    fn describe_counter(&self, key: KeyName, unit: Option<Unit>, help: SharedString) {
        self.get().describe_counter(key, unit, help);
    }

    fn describe_gauge(&self, key: KeyName, unit: Option<Unit>, help: SharedString) {
        self.get().describe_gauge(key, unit, help);
    }

    fn describe_histogram(&self, key: KeyName, unit: Option<Unit>, help: SharedString) {
        self.get().describe_histogram(key, unit, help);
    }

    fn register_counter(&self, key: &Key, metadata: &Metadata<'_>) -> metrics::Counter {
        self.get().register_counter(key, metadata)
    }

    fn register_gauge(&self, key: &Key, metadata: &Metadata<'_>) -> metrics::Gauge {
        self.get().register_gauge(key, metadata)
    }

    fn register_histogram(&self, key: &Key, metadata: &Metadata<'_>) -> metrics::Histogram {
        self.get().register_histogram(key, metadata)
    }
}
