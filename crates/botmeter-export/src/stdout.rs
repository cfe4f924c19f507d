//! Printing to standard output.

use std::{
    fmt,
    io::{self, Write},
    time::{Duration, UNIX_EPOCH},
};

use botmeter_core::{Backend, Error, Exposition, Format, Store, wall};

use crate::{
    Exports, Resource,
    failure::Failure,
    interval::{Deliver, Interval, Start},
};

/// Prints every series to standard output, at each interval and at the end.
///
/// The text is that of a scrape, with the names that dashboards ask for.
///
/// ```
/// use std::time::Duration;
///
/// use botmeter_core::{Backend, Counter, Instrument, Meter, Unit};
/// use botmeter_export::{BackendKind, Exports, Resource, stdout::Stdout};
///
/// static RUNS: Instrument<Counter, ()> =
///     Instrument::counter("bot.runs", Unit::of("{run}"), "Runs of bots.");
///
/// let resource = Resource::new("my-bot", "my-host:1").version("1.0.0");
/// let exports = Exports::new(BackendKind::Stdout);
/// let stdout = Stdout::start(Duration::from_secs(15), &resource, exports)?;
/// RUNS.bind(&Meter::new(stdout.clone()), ()).add(2);
/// stdout.shutdown(Duration::from_secs(1))?; // prints bot_runs_total 2
/// # Ok::<(), botmeter_core::Error>(())
/// ```
#[derive(Clone)]
pub struct Stdout(Interval);

impl Stdout {
    /// Prints at each interval from now on; the first time after one interval.
    ///
    /// # Errors
    ///
    /// When the interval is zero.
    pub fn start(interval: Duration, resource: &Resource, exports: Exports) -> Result<Self, Error> {
        Self::on(io::stdout(), interval, resource, exports)
    }

    fn on(
        output: impl Write + Send + 'static,
        interval: Duration,
        resource: &Resource,
        exports: Exports,
    ) -> Result<Self, Error> {
        let Resource { service_name, instance_id, .. } = resource;
        let title = format!("{service_name} ({instance_id})");
        let start = Start {
            deliver: Printer { title, output },
            name: "botmeter-stdout",
            destination: "standard output".to_owned(),
            interval,
            exports,
        };
        Interval::start(start).map(Self)
    }
}

impl Backend for Stdout {
    fn open(&self, store: &Store) -> Store {
        self.0.open(store)
    }

    fn flush(&self, deadline: Duration) -> Result<(), Error> {
        self.0.flush(deadline)
    }

    fn shutdown(&self, deadline: Duration) -> Result<(), Error> {
        self.0.shutdown(deadline)
    }

    fn undelivered(&self) -> u64 {
        self.0.undelivered()
    }
}

impl fmt::Debug for Stdout {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Stdout").finish_non_exhaustive()
    }
}

struct Printer<W> {
    title: String,
    output: W,
}

impl<W: Write + Send + 'static> Deliver for Printer<W> {
    fn deliver(&mut self, store: &Store) -> Result<(), Failure> {
        let now = wall::now().duration_since(UNIX_EPOCH).unwrap_or_default();
        let Self { title, output } = self;
        let text = Exposition::new(store, Format::Prometheus).all();
        let text = format!("# metrics of {title} at Unix time {:.3}\n{text}\n", now.as_secs_f64());
        // Not `println!`, which panics when nobody reads any more.
        output
            .write_all(text.as_bytes())
            .and_then(|()| output.flush())
            .map_err(|error| Failure::from(format!("write to standard output: {error}")))
    }
}

#[cfg(test)]
mod tests {
    use std::sync::{Arc, Mutex};

    use super::*;
    use crate::BackendKind;
    use botmeter_core::{
        Counter, FloatCounter, Gauge, Histogram, Instrument, Meter, Unit, UpDownCounter, open_label,
    };

    open_label! {
        /// The name of a tool.
        struct Tool: "tool", limit 4;
    }
    open_label! {
        /// Its model.
        struct Model: "model", limit 4;
    }

    static CALLS: Instrument<Counter, (Tool, Model)> =
        Instrument::counter("print.calls", Unit::of("{call}"), "Calls of a tool.");
    static COST: Instrument<FloatCounter, ()> =
        Instrument::float_counter("print.cost.dollars", Unit::of("{USD}"), "Money spent.");
    static OPEN: Instrument<UpDownCounter, ()> =
        Instrument::up_down_counter("print.open", Unit::of("{call}"), "Calls that run.");
    static LOAD: Instrument<Gauge, ()> =
        Instrument::gauge("print.load", Unit::RATIO, "Share used.");
    static TIME: Instrument<Histogram, (Tool,)> =
        Instrument::histogram("print.time", Unit::SECONDS, "How long it took.", &[0.5, 2.5]);

    #[derive(Clone, Default)]
    struct Page(Arc<Mutex<Vec<u8>>>);

    impl Write for Page {
        fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
            self.0.lock().unwrap().extend_from_slice(bytes);
            Ok(bytes.len())
        }

        fn flush(&mut self) -> io::Result<()> {
            Ok(())
        }
    }

    fn resource() -> Resource {
        Resource::new("my-bot", "host:1").version("1.0.0")
    }

    #[test]
    fn every_kind_is_printed_with_the_names_of_the_dashboards() {
        let page = Page::default();
        let exports = Exports::new(BackendKind::Stdout);
        let hour = Duration::from_hours(1);
        let stdout = Stdout::on(page.clone(), hour, &resource(), exports.clone()).unwrap();
        let meter = Meter::new(stdout.clone());
        CALLS.bind(&meter, ("search", "gpt")).add(3);
        CALLS.bind(&meter, ("a \"tool\"", "gpt"));
        COST.bind(&meter, ()).add(0.25);
        let open = OPEN.bind(&meter, ());
        open.add(2);
        open.add(-1);
        LOAD.bind(&meter, ()).set(0.5);
        let time = TIME.bind(&meter, ("search",));
        for seconds in [0.5, 1.0, 7.0] {
            time.record(seconds);
        }
        stdout.shutdown(Duration::from_secs(10)).unwrap();
        let printed = String::from_utf8(page.0.lock().unwrap().clone()).unwrap();
        let (title, rest) = printed.split_once('\n').unwrap();
        let time = title.strip_prefix("# metrics of my-bot (host:1) at Unix time ").unwrap();
        assert!(time.parse::<f64>().unwrap() > 1e9, "{title}");
        assert_eq!(
            rest,
            r#"# HELP print_calls_total Calls of a tool.
# TYPE print_calls_total counter
print_calls_total{tool="a \"tool\"",model="gpt"} 0
print_calls_total{tool="search",model="gpt"} 3
# HELP print_cost_dollars_total Money spent.
# TYPE print_cost_dollars_total counter
print_cost_dollars_total 0.25
# HELP print_load_ratio Share used.
# TYPE print_load_ratio gauge
print_load_ratio 0.5
# HELP print_open Calls that run.
# TYPE print_open gauge
print_open 1
# HELP print_time_seconds How long it took.
# TYPE print_time_seconds histogram
print_time_seconds_bucket{tool="search",le="0.5"} 1
print_time_seconds_bucket{tool="search",le="2.5"} 2
print_time_seconds_bucket{tool="search",le="+Inf"} 3
print_time_seconds_sum{tool="search"} 8.5
print_time_seconds_count{tool="search"} 3

"#
        );
        assert_eq!((exports.success_count(), exports.failure_count()), (1, 0));
    }

    #[derive(Debug)]
    struct Closed;

    impl Write for Closed {
        fn write(&mut self, _: &[u8]) -> io::Result<usize> {
            Err(io::ErrorKind::BrokenPipe.into())
        }

        fn flush(&mut self) -> io::Result<()> {
            Ok(())
        }
    }

    #[test]
    fn a_reader_that_went_away_is_a_failure_and_no_panic() {
        let exports = Exports::new(BackendKind::Stdout);
        let hour = Duration::from_hours(1);
        let stdout = Stdout::on(Closed, hour, &resource(), exports.clone()).unwrap();
        COST.bind(&Meter::new(stdout.clone()), ());
        let second = Duration::from_secs(10);
        for _ in 0..2 {
            assert_eq!(
                stdout.flush(second).unwrap_err().chain(),
                "deliver the metrics: 1 data point is not delivered: write to standard output: broken pipe"
            );
        }
        assert_eq!(exports.failure_count(), 2);
        assert_eq!(
            stdout.shutdown(second).unwrap_err().chain(),
            "deliver the last metrics: 1 data point is not delivered: write to standard output: broken pipe"
        );
    }

    #[test]
    fn an_interval_of_zero_is_refused() {
        let exports = Exports::new(BackendKind::Stdout);
        let refused = Stdout::start(Duration::ZERO, &resource(), exports).unwrap_err();
        assert_eq!(
            refused.chain(),
            "hand over metrics to standard output every 0ns: the interval must be longer than zero"
        );
    }
}
