//! What others record through the macros of `metrics`, as routes show it.

#![cfg(test)]

use botmeter_core::{
    Counter, DropReason, FloatCounter, Gauge, Histogram, Instrument, MAX_FOREIGN_NAMES,
    MAX_FOREIGN_SERIES, Memory, Meter, Unit, UpDownCounter, closed_label,
};
use botmeter_export::macros::{Buckets, Macros};

closed_label! {
    /// How it ended.
    enum Status: "status" {
        /// Well.
        Success => "success",
        /// Badly.
        Error => "error",
    }
}
closed_label! {
    /// Where.
    enum Place: "place" {
        /// Here.
        Here => "here",
    }
}

static RUNS: Instrument<Counter, (Status, Place)> =
    Instrument::counter("bot.runs", Unit::of("{run}"), "Runs of bots.");
static COST: Instrument<FloatCounter, ()> =
    Instrument::float_counter("bot.cost.dollars", Unit::of("{USD}"), "Money.");
static ACTIVE: Instrument<UpDownCounter, ()> =
    Instrument::up_down_counter("bot.active", Unit::of("{run}"), "Runs under way.");
static QUEUE: Instrument<Gauge, ()> = Instrument::gauge("bot.queue", Unit::NONE, "Waiting.");
static DURATION: Instrument<Histogram, ()> =
    Instrument::histogram("bot.duration", Unit::SECONDS, "How long.", &[0.5, 1.5]);

struct Recorded {
    memory: Memory,
    meter: Meter,
}

/// Records with a recorder of its own.
fn recorded(buckets: Buckets, what: impl FnOnce(&Meter)) -> Recorded {
    let memory = Memory::new();
    let meter = Meter::new(memory.clone());
    let macros = Macros::new(&meter, buckets).unwrap();
    metrics::with_local_recorder(&macros, || what(&meter));
    Recorded { memory, meter }
}

impl Recorded {
    fn dropped(&self, reason: DropReason) -> u64 {
        self.meter.dropped_count(reason)
    }
}

#[test]
fn each_kind_is_on_the_page_with_its_help() {
    let Recorded { memory, .. } = recorded(Buckets::new().by_default(&[0.1, 1.5]), |_| {
        metrics::describe_counter!("app_requests", "Requests of \"others\".");
        metrics::counter!("app_requests", "route" => "/", "method" => "GET").increment(3);
        metrics::counter!("app_requests", "method" => "GET", "route" => "/").increment(1);
        metrics::counter!("app.bytes.total").absolute(7);
        metrics::counter!("app.bytes.total").absolute(5);
        let queue = metrics::gauge!("app.queue-length");
        queue.set(2.5);
        queue.increment(3.0);
        queue.decrement(1.0);
        metrics::histogram!("app_seconds").record(0.3);
        metrics::describe_histogram!("app_seconds", metrics::Unit::Seconds, "Said later.");
        metrics::describe_histogram!("app_seconds", "Said twice.");
    });
    assert_eq!(
        memory.text(),
        "\
# TYPE app_bytes_total counter
app_bytes_total 7
# TYPE app_queue_length gauge
app_queue_length 4.5
# HELP app_requests_total Requests of \"others\".
# TYPE app_requests_total counter
app_requests_total{method=\"GET\",route=\"/\"} 4
# HELP app_seconds Said later.
# TYPE app_seconds histogram
app_seconds_bucket{le=\"0.1\"} 0
app_seconds_bucket{le=\"1.5\"} 1
app_seconds_bucket{le=\"+Inf\"} 1
app_seconds_sum 0.3
app_seconds_count 1
"
    );
}

#[test]
fn a_name_of_ours_is_recorded_into_ours() {
    let Recorded { memory, meter } = recorded(Buckets::new(), |meter| {
        RUNS.bind(meter, (Status::Success, Place::Here)).add(1);
        COST.bind(meter, ()).add(1.5);
        ACTIVE.bind(meter, ()).add(1);
        QUEUE.bind(meter, ()).set(1.0);
        DURATION.bind(meter, ()).record(1.0);
        metrics::describe_counter!("bot.runs", "Ours has a help.");
        // In either spelling, and whatever order the labels have.
        metrics::counter!("bot.runs", "place" => "here", "status" => "success").increment(1);
        metrics::counter!("bot_runs_total", "status" => "success", "place" => "here").increment(1);
        metrics::counter!("bot_cost_dollars").increment(2);
        metrics::gauge!("bot_cost_dollars_total").increment(0.25);
        metrics::gauge!("bot.active").increment(2.0);
        metrics::gauge!("bot.active").decrement(1.0);
        metrics::gauge!("bot.queue").set(4.0);
        metrics::histogram!("bot-duration_seconds").record(0.25);
    });
    assert_eq!(
        memory.text(),
        "\
# HELP bot_active Runs under way.
# TYPE bot_active gauge
bot_active 2
# HELP bot_cost_dollars_total Money.
# TYPE bot_cost_dollars_total counter
bot_cost_dollars_total 3.75
# HELP bot_duration_seconds How long.
# TYPE bot_duration_seconds histogram
bot_duration_seconds_bucket{le=\"0.5\"} 1
bot_duration_seconds_bucket{le=\"1.5\"} 2
bot_duration_seconds_bucket{le=\"+Inf\"} 2
bot_duration_seconds_sum 1.25
bot_duration_seconds_count 2
# HELP bot_queue Waiting.
# TYPE bot_queue gauge
bot_queue 4
# HELP bot_runs_total Runs of bots.
# TYPE bot_runs_total counter
bot_runs_total{status=\"success\",place=\"here\"} 3
"
    );
    assert_eq!(meter.dropped_count(DropReason::Implausible), 0);
}

#[test]
fn what_a_kind_of_ours_cannot_do_is_counted() {
    let recorded = recorded(Buckets::new(), |meter| {
        COST.bind(meter, ()).add(1.5);
        ACTIVE.bind(meter, ()).add(1);
        metrics::gauge!("bot.active").set(7.0);
        metrics::gauge!("bot.active").increment(0.5);
        metrics::gauge!("bot.active").increment(f64::NAN);
        metrics::gauge!("bot.active").increment(1e300);
        metrics::counter!("bot.cost.dollars").absolute(9);
        metrics::gauge!("bot_cost_dollars_total").set(9.0);
        metrics::gauge!("bot_cost_dollars_total").decrement(1.0);
    });
    assert_eq!(recorded.memory.value("bot_active", &[]), Some(1.0));
    assert_eq!(recorded.memory.value("bot_cost_dollars_total", &[]), Some(1.5));
    assert_eq!(recorded.dropped(DropReason::Implausible), 6);
    assert_eq!(recorded.dropped(DropReason::Negative), 1);
}

#[test]
fn names_that_cannot_be_are_counted_and_leave_others_alone() {
    let recorded = recorded(Buckets::new().by_default(&[0.5]), |meter| {
        QUEUE.bind(meter, ()).set(1.0);
        metrics::counter!("").increment(1);
        metrics::counter!("日本").increment(1);
        metrics::gauge!("..").set(1.0);
        // It changes its kind, each way.
        metrics::gauge!("app_kind").set(1.0);
        metrics::histogram!("app.kind").record(1.0);
        metrics::histogram!("bot.queue").record(1.0);
        metrics::histogram!("bot.queue").record_many(1.0, 2);
        // The parts of a histogram are series, too.
        metrics::histogram!("app_size").record(1.0);
        metrics::gauge!("app.size.count").set(5.0);
        metrics::gauge!("app_wide_sum").set(5.0);
        metrics::histogram!("app_wide").record(1.0);
        metrics::counter!("2xx").increment(2);
    });
    assert_eq!(recorded.dropped(DropReason::Implausible), 9);
    assert_eq!(
        recorded.memory.text(),
        "\
# TYPE _2xx_total counter
_2xx_total 2
# TYPE app_kind gauge
app_kind 1
# TYPE app_size histogram
app_size_bucket{le=\"0.5\"} 0
app_size_bucket{le=\"+Inf\"} 1
app_size_sum 1
app_size_count 1
# TYPE app_wide_sum gauge
app_wide_sum 5
# HELP bot_queue Waiting.
# TYPE bot_queue gauge
bot_queue 1
"
    );
}

#[test]
fn labels_are_spelt_as_prometheus_spells_them() {
    let long = "x".repeat(200);
    let Recorded { memory, .. } = recorded(Buckets::new(), |_| {
        let labels = [
            ("le", "0.5"),
            ("job", "other"),
            ("__name__", "up"),
            ("a.b", "2"),
            ("a_b", "1"),
            ("_hidden", "1"),
            ("3d", "1"),
            ("日本", "1"),
            ("", "2"),
            ("empty", ""),
            ("quoted", "a\"b\\c\nd"),
        ];
        metrics::gauge!("app_odd", &labels).set(1.0);
        metrics::gauge!("app_plain", "empty" => "").set(1.0);
        metrics::gauge!("app_plain").increment(1.0);
        metrics::gauge!("app_long", "of" => long).set(1.0);
    });
    let text = memory.text();
    let odd = "app_odd{a_b=\"1;2\",exported_job=\"other\",exported_le=\"0.5\",\
               exported_name__=\"up\",key=\"1;2\",key_3d=\"1\",key_hidden=\"1\",\
               quoted=\"a\\\"b_c_d\"} 1\n";
    assert!(text.contains(odd), "{text}");
    assert!(text.contains("\napp_plain 2\n"), "{text}");
    let cut = text.lines().find(|line| line.starts_with("app_long{")).unwrap();
    assert!(cut.len() < 150 && cut.contains("xxx~"), "{cut}");
}

#[test]
fn ids_in_labels_become_other_and_memory_stops_growing() {
    let recorded = recorded(Buckets::new(), |_| {
        metrics::counter!("app_logins", "user" => "0").increment(1);
        for user in 0..3000 {
            metrics::counter!("app_logins", "user" => user.to_string()).increment(1);
        }
        for key in 0..3000 {
            metrics::gauge!("app_keys", &[(format!("k{key}"), "1")]).increment(1.0);
        }
    });
    let surplus = 3000 - MAX_FOREIGN_SERIES;
    let text = recorded.memory.text();
    assert!(text.contains("app_logins_total{user=\"0\"} 2\n"), "who was there first stays");
    assert!(text.contains(&format!("app_logins_total{{user=\"other\"}} {surplus}\n")));
    let series = |name: &str| recorded.meter.store().family(name).unwrap().len();
    assert_eq!(series("app_logins_total"), MAX_FOREIGN_SERIES + 1);
    assert_eq!(series("app_keys"), MAX_FOREIGN_SERIES + 101);
    assert!(text.contains(&format!("app_keys {}\n", surplus - 100)), "without labels");
}

#[test]
fn ids_in_names_are_dropped_after_so_many() {
    let recorded = recorded(Buckets::new(), |meter| {
        QUEUE.bind(meter, ());
        for name in 0..MAX_FOREIGN_NAMES + 5 {
            metrics::counter!(format!("app_{name}_x")).increment(1);
        }
        metrics::gauge!("bot_queue").set(3.0);
    });
    assert_eq!(recorded.meter.store().len(), MAX_FOREIGN_NAMES + 1);
    assert_eq!(recorded.dropped(DropReason::Implausible), 5);
    assert_eq!(recorded.memory.value("bot_queue", &[]), Some(3.0), "ours goes on");
}

#[test]
fn numbers_that_cannot_be_are_counted() {
    let recorded = recorded(Buckets::new(), |_| {
        metrics::gauge!("app_queue").set(f64::NAN);
        metrics::gauge!("app_queue").increment(f64::INFINITY);
        metrics::histogram!("app_size").record(-1.0);
        metrics::counter!("app_runs").increment(u64::MAX);
    });
    assert_eq!(recorded.dropped(DropReason::NotFinite), 2);
    assert_eq!(recorded.dropped(DropReason::Negative), 1);
    assert_eq!(recorded.dropped(DropReason::Implausible), 1);
}

#[test]
fn buckets_are_chosen_by_name_then_by_beginning_and_end() {
    let buckets = Buckets::new()
        .by_default(&[0.1])
        .for_suffix("_seconds", &[0.2])
        .for_prefix("db_", &[0.3])
        .for_name("db_wait_seconds", &[0.4]);
    let Recorded { memory, .. } = recorded(buckets, |_| {
        for name in ["app_size", "db.query.seconds", "db.rows", "db_wait_seconds"] {
            metrics::histogram!(name).record(0.05);
        }
    });
    let text = memory.text();
    for line in [
        "app_size_bucket{le=\"0.1\"} 1",
        "db_query_seconds_bucket{le=\"0.2\"} 1",
        "db_rows_bucket{le=\"0.3\"} 1",
        "db_wait_seconds_bucket{le=\"0.4\"} 1",
    ] {
        assert!(text.contains(line), "{line} in {text}");
    }
}

#[test]
fn buckets_that_cannot_be_are_refused_with_their_name() {
    let meter = Meter::new(Memory::new());
    let error = |buckets| Macros::new(&meter, buckets).unwrap_err().chain();
    assert_eq!(
        error(Buckets::new().for_prefix("db_", &[2.5, 1.5])),
        "set the buckets of others' histograms to [2.5, 1.5] (Prefix(\"db_\")): give at least one \
         bound, finite and growing"
    );
    for bounds in [&[][..], &[f64::NAN], &[0.5, f64::INFINITY], &[0.5, 0.5]] {
        assert!(error(Buckets::new().by_default(bounds)).contains("(by default): give"));
    }
}

#[test]
fn threads_that_record_at_once_lose_nothing() {
    let memory = Memory::new();
    let macros = Macros::new(&Meter::new(memory.clone()), Buckets::new()).unwrap();
    std::thread::scope(|scope| {
        for _ in 0..4 {
            scope.spawn(|| {
                metrics::with_local_recorder(&macros, || {
                    for at in 0..1000 {
                        metrics::counter!("app_runs", "at" => (at % 50).to_string()).increment(1);
                    }
                });
            });
        }
    });
    for at in 0..50 {
        assert_eq!(memory.value("app_runs_total", &[("at", &at.to_string())]), Some(80.0));
    }
}
