//! Numbers at their ends are the same on every route.

use std::{collections::BTreeMap, process::Command, time::Duration};

use anyhow::{Context, Result, ensure};
use botmeter_core::{
    Counter, Domain, FloatCounter, Gauge, Histogram, Instrument, Memory, Meter, Unit, UpDownCounter,
};
use botmeter_telemetry::{Environment, Telemetry};
use integration_tests::{Families, read_exposition, translate_push};

use witness::Receiver;

const SOON: Duration = Duration::from_mins(1);
const TWO_TO_53: i64 = 1 << 53;

const EVENT: Unit = Unit::of("{event}");
static BELOW_ZERO: Instrument<Counter, ()> =
    Instrument::counter("end.below.zero", EVENT, "A difference that went below zero.");
static GIANTS: Instrument<Counter, ()> =
    Instrument::counter("end.giants", EVENT, "Steps that no sum can take.");
static AROUND: Instrument<Counter, ()> =
    Instrument::counter("end.around", EVENT, "Steps that go round twice.");
static FINE: Instrument<UpDownCounter, ()> =
    Instrument::up_down_counter("end.fine", EVENT, "Small steps far from zero.");
static ROUND: Instrument<UpDownCounter, ()> =
    Instrument::up_down_counter("end.round", EVENT, "A step over the end.");
static BACK: Instrument<UpDownCounter, ()> =
    Instrument::up_down_counter("end.back", EVENT, "A step over the end and back.");
static MONEY: Instrument<FloatCounter, ()> =
    Instrument::float_counter("end.money.dollars", Unit::of("{USD}"), "More than there is.");
static SMALL: Instrument<Gauge, ()> = Instrument::gauge("end.small", EVENT, "The smallest number.");
static MINUS: Instrument<Gauge, ()> = Instrument::gauge("end.minus", EVENT, "Minus zero.");
static SIZES: Instrument<Histogram, ()> =
    Instrument::histogram("end.sizes", Unit::BYTES, "Sizes with some below zero.", &[0.5, 2.5]);
static LARGE: Instrument<Histogram, ()> =
    Instrument::histogram("end.large", Unit::BYTES, "Sizes beyond all sums.", &[0.5, 2.5]);

#[derive(Debug)]
struct Ends;

impl Domain for Ends {
    const NAME: &'static str = "ends";
    type Config = ();

    fn register_with(meter: &Meter, (): ()) -> Self {
        let below_zero = BELOW_ZERO.bind(meter, ());
        below_zero.add(5);
        below_zero.add(3_u64.wrapping_sub(5));
        below_zero.add(1 << 63);
        let giants = GIANTS.bind(meter, ());
        giants.add(i64::MAX.cast_unsigned());
        giants.add(1);
        let around = AROUND.bind(meter, ());
        (0..5).for_each(|_| around.add(i64::MAX.cast_unsigned()));
        let fine = FINE.bind(meter, ());
        for step in [TWO_TO_53, 1, 1, -TWO_TO_53] {
            fine.add(step);
        }
        let round = ROUND.bind(meter, ());
        for step in [i64::MAX, 1] {
            round.add(step);
        }
        let back = BACK.bind(meter, ());
        for step in [i64::MAX, 1, -1, -i64::MAX, 7] {
            back.add(step);
        }
        let money = MONEY.bind(meter, ());
        for x in [f64::MAX, f64::MAX, -1.0, f64::NEG_INFINITY] {
            money.add(x);
        }
        SMALL.bind(meter, ()).set(f64::from_bits(1));
        MINUS.bind(meter, ()).set(-0.0);
        let sizes = SIZES.bind(meter, ());
        for x in [5.0, -3.0, -0.0, f64::NAN, f64::NEG_INFINITY, f64::MIN] {
            sizes.record(x);
        }
        let large = LARGE.bind(meter, ());
        for x in [f64::MAX, f64::MAX] {
            large.record(x);
        }
        Self
    }
}

const END: f64 = i64::MAX as f64;

/// What every route has to say. Prometheus takes each number for an `f64`.
const EXPECTED: &[(&str, f64)] = &[
    ("end_around_total", END),
    ("end_back", 7.0),
    ("end_below_zero_total", 5.0),
    ("end_fine", 2.0),
    ("end_giants_total", END),
    ("end_large_bytes_bucket 0.5", 0.0),
    ("end_large_bytes_bucket 2.5", 0.0),
    ("end_large_bytes_bucket +Inf", 2.0),
    ("end_large_bytes_count", 2.0),
    ("end_large_bytes_sum", f64::MAX),
    ("end_minus", 0.0),
    ("end_money_dollars_total", f64::MAX),
    ("end_round", -END),
    ("end_sizes_bytes_bucket 0.5", 1.0),
    ("end_sizes_bytes_bucket 2.5", 1.0),
    ("end_sizes_bytes_bucket +Inf", 2.0),
    ("end_sizes_bytes_count", 2.0),
    ("end_sizes_bytes_sum", 5.0),
    ("end_small", 5e-324),
    ("telemetry_dropped_total implausible", 2.0),
    ("telemetry_dropped_total negative", 3.0),
    ("telemetry_dropped_total not_finite", 3.0),
];

/// The samples of these instruments, and what was dropped.
fn ends(families: &Families) -> BTreeMap<String, f64> {
    let samples = families.values().flat_map(|family| &family.samples);
    let named = samples.map(|((name, labels), value)| {
        let texts = labels.values().map(String::as_str);
        ([name.as_str()].into_iter().chain(texts).collect::<Vec<_>>().join(" "), *value)
    });
    let is_asked = |name: &str| EXPECTED.iter().any(|(expected, _)| *expected == name);
    named.filter(|(name, _)| name.starts_with("end_") || is_asked(name)).collect()
}

const CHILD: &str = "BOTMETER_TEST_PRINTS_NUMBERS";

/// What the same program prints, in a process of its own.
fn printed() -> Result<Families> {
    let this = std::env::current_exe()?;
    let test = "numbers::numbers_at_their_ends_are_the_same_on_every_route";
    let output =
        Command::new(this).args(["--exact", test, "--nocapture"]).env(CHILD, "1").output()?;
    ensure!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    let text = String::from_utf8(output.stdout)?;
    let (_, rest) = text.split_once("# metrics of").context("nothing was printed")?;
    let (_, rest) = rest.split_once('\n').context("only a title was printed")?;
    let (page, _) = rest.split_once("\n\n").context("the page has no end")?;
    read_exposition(&format!("{page}\n"))
}

#[test]
fn numbers_at_their_ends_are_the_same_on_every_route() -> Result<()> {
    let builder = Telemetry::builder("numbers")
        .environment(Environment::default())
        .interval(Duration::from_hours(1));
    if std::env::var_os(CHILD).is_some() {
        let (telemetry, _ends) = builder.stdout().start::<Ends>()?;
        telemetry.shutdown_blocking(SOON)?;
        return Ok(());
    }
    let (receiver, memory) = (Receiver::http().start(), Memory::new());
    let (telemetry, _ends) = builder
        .scrape(([127, 0, 0, 1], 0).into())
        .otlp(receiver.endpoint())
        .backend(memory.clone())
        .start::<Ends>()?;
    let address = telemetry.scrape_address().context("nothing is served")?;
    let page =
        ureq::get(format!("http://{address}/metrics")).call()?.body_mut().read_to_string()?;
    telemetry.flush_blocking(SOON)?;
    let request = receiver.requests();
    let pushed = translate_push(request.last().context("nothing was pushed")?)?;
    let routes = [
        ("scrape", read_exposition(&page)?),
        ("otlp", pushed),
        ("stdout", printed()?),
        ("memory", read_exposition(&memory.text())?),
    ];
    let expected: BTreeMap<String, f64> =
        EXPECTED.iter().map(|(name, value)| ((*name).to_owned(), *value)).collect();
    for (route, families) in routes {
        assert_eq!(ends(&families), expected, "{route}");
    }
    telemetry.shutdown_blocking(SOON)?;
    Ok(())
}
