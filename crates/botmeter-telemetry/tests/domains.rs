//! Domains that are configured, that come late, and that cannot be.

use std::time::Duration;

use botmeter_core::*;
use botmeter_telemetry::{Builder, Environment, Telemetry};
use witness::logged;

open_label! {
    /// A tool.
    struct Tool: "tool", limit 2;
}

closed_label! {
    /// A side.
    enum Side: "side" {
        /// Left.
        Left => "left",
    }
}

static CALLS: Instrument<Counter, (Tool,)> =
    Instrument::counter("tool.calls", Unit::of("{call}"), "Calls of a tool.");
static SPENT: Instrument<FloatCounter, ()> =
    Instrument::float_counter("tool.spent.dollars", Unit::of("{USD}"), "Money.");
static LETTERS: Instrument<Counter, (Side,)> =
    Instrument::counter("mail.letters", Unit::of("{letter}"), "Letters.");
static SAME_NAME: Instrument<Counter, (Side,)> =
    Instrument::counter("mail_letters", Unit::NONE, "Spelt otherwise, the same in Prometheus.");

struct Tools {
    calls: Table<(Tool,), Counter>,
    /// Only where there is a price.
    spent: Option<FloatCounter>,
    price: f64,
}

/// What a call costs.
#[derive(Clone, Default)]
struct Price(Option<f64>);

impl Domain for Tools {
    const NAME: &'static str = "tools";
    type Config = Price;

    fn register_with(meter: &Meter, Price(price): Price) -> Self {
        Self {
            calls: CALLS.table(meter),
            spent: price.map(|_| SPENT.bind(meter, ())),
            price: price.unwrap_or_default(),
        }
    }
}

impl Tools {
    fn called(&self, tool: &str) {
        self.calls.row((tool,)).add(1);
        if let Some(spent) = &self.spent {
            spent.add(self.price);
        }
    }
}

struct Mail(Counter);

impl Domain for Mail {
    const NAME: &'static str = "mail";
    type Config = ();

    fn register_with(meter: &Meter, (): ()) -> Self {
        Self(LETTERS.bind(meter, (Side::Left,)))
    }
}

/// As two versions of one crate have it.
mod later {
    use super::*;

    pub(super) struct Mail;

    impl Domain for Mail {
        const NAME: &'static str = "mail";
        type Config = ();

        fn register_with(_: &Meter, (): ()) -> Self {
            Self
        }
    }

    pub(super) struct Post;

    impl Domain for Post {
        const NAME: &'static str = "post";
        type Config = ();

        fn register_with(meter: &Meter, (): ()) -> Self {
            SAME_NAME.bind(meter, (Side::Left,));
            Self
        }
    }
}

fn builder(memory: &Memory) -> Builder {
    let builder = Telemetry::builder("test").environment(Environment::default());
    builder.backend(memory.clone())
}

/// Why it does not start; nothing if it does.
fn refused<D: Domains>(builder: Builder) -> String {
    builder.start::<D>().err().map(|error| error.chain()).unwrap_or_default()
}

#[test]
fn a_domain_is_registered_by_name_under_a_glob() {
    let memory = Memory::new();
    let tools = Tools::register(&Meter::new(memory.clone()));
    tools.called("search");
    assert_eq!(memory.value("tool_calls_total", &[("tool", "search")]), Some(1.0));
}

#[test]
fn a_domain_has_its_configuration_from_its_first_event_on() {
    let memory = Memory::new();
    let builder = builder(&memory).configure::<Tools>(Price(Some(9.0)));
    let builder = builder.configure::<Tools>(Price(Some(0.5)));
    let (_telemetry, (_mail, tools)) = builder.start::<(Mail, Tools)>().unwrap();
    tools.called("search");
    assert_eq!(memory.value("tool_spent_dollars_total", &[]), Some(0.5));
}

#[test]
fn a_domain_without_a_configuration_has_its_default() {
    let memory = Memory::new();
    let (_telemetry, tools) = builder(&memory).start::<Tools>().unwrap();
    tools.called("search");
    assert_eq!(memory.value("tool_spent_dollars_total", &[]), None);
}

#[test]
fn a_configuration_of_a_domain_that_is_not_started_is_an_error() {
    let builder = builder(&Memory::new()).configure::<Tools>(Price::default());
    assert_eq!(
        refused::<Mail>(builder),
        "configure the domain \"tools\": it is not started; name it where telemetry is started, \
         as in `.start::<Llm>()`, or leave out its configuration"
    );
}

#[test]
fn a_domain_that_comes_late_is_recorded_and_known_to_the_doctor() {
    let memory = Memory::new();
    let (telemetry, ()) = builder(&memory).limit::<Tool>(1).start::<()>().unwrap();
    let tools = telemetry.register_with::<Tools>(Price(Some(0.25))).unwrap();
    let mail = telemetry.register::<Mail>().unwrap();
    mail.0.add(2);
    tools.called("search");
    tools.called("fetch");
    assert_eq!(memory.value("mail_letters_total", &[("side", "left")]), Some(2.0));
    assert_eq!(memory.value("tool_calls_total", &[("tool", "search")]), Some(1.0));
    assert_eq!(memory.value("tool_calls_total", &[("tool", "other")]), Some(1.0));
    assert_eq!(memory.value("tool_spent_dollars_total", &[]), Some(0.5));
    let series = memory.value("telemetry_series", &[("instrument", "mail.letters")]);
    assert_eq!(series, Some(1.0));
    let diagnosis = telemetry.diagnose_blocking().to_string();
    assert!(diagnosis.contains("3 of the 3 instruments of tools, mail have series"), "{diagnosis}");
}

#[test]
fn a_domain_that_comes_late_and_clashes_is_refused_and_leaves_the_others_alone() {
    let memory = Memory::new();
    let (telemetry, mail) = builder(&memory).start::<Mail>().unwrap();
    let again = telemetry.register::<Mail>().err().unwrap();
    assert_eq!(
        again.chain(),
        "register the domain \"mail\": it is registered already; name each domain once"
    );
    for _ in 0..2 {
        let clash = telemetry.register::<later::Post>().err().unwrap().chain();
        assert!(clash.contains("is also called \"mail_letters_total\""), "{clash}");
    }
    mail.0.add(1);
    assert_eq!(memory.value("mail_letters_total", &[("side", "left")]), Some(1.0));
    telemetry.register::<Tools>().unwrap().called("search");
    assert_eq!(memory.value("tool_calls_total", &[("tool", "search")]), Some(1.0));
}

#[test]
fn two_domains_of_one_name_are_told_apart_and_their_versions_suspected() {
    let expected = "register the domain \"mail\": both domains::Mail and domains::later::Mail are \
                    called so; name one of them, and if they are two versions of one crate, which \
                    `cargo tree --duplicates` shows, have all depend on the same version";
    assert_eq!(refused::<(Mail, later::Mail)>(builder(&Memory::new())), expected);
    let (telemetry, _mail) = builder(&Memory::new()).start::<Mail>().unwrap();
    assert_eq!(telemetry.register::<later::Mail>().err().unwrap().chain(), expected);
}

#[test]
fn a_domain_that_comes_after_the_shutdown_is_refused() {
    let (telemetry, ()) = builder(&Memory::new()).start::<()>().unwrap();
    telemetry.shutdown_blocking(Duration::from_secs(5)).unwrap();
    assert_eq!(
        telemetry.register::<Mail>().err().unwrap().chain(),
        "register the domain \"mail\": its telemetry was shut down, so nothing of it would be \
         exported; register it before the end"
    );
}

#[test]
fn a_limit_of_a_label_is_what_the_program_says() {
    let memory = Memory::new();
    let builder = builder(&memory).limit::<Tool>(1).limit::<Tool>(3);
    let (_telemetry, tools) = builder.start::<Tools>().unwrap();
    let log = logged(|| ["a", "b", "c", "d"].iter().for_each(|tool| tools.called(tool)));
    let calls = |tool| memory.value("tool_calls_total", &[("tool", tool)]);
    assert_eq!((calls("c"), calls("d"), calls("other")), (Some(1.0), None, Some(1.0)));
    assert!(log.contains("raise the limit with `Builder::limit`"), "{log}");
    assert!(log.contains("label=\"tool\" limit=3"), "{log}");
}

#[test]
fn a_limit_that_cannot_be_is_an_error() {
    let ask = |limit| refused::<()>(builder(&Memory::new()).limit::<Tool>(limit).limit::<Tool>(7));
    assert_eq!(ask(0), "limit the label \"tool\" to 0 values: give a number from 1 to 1000");
    assert_eq!(ask(1001), "limit the label \"tool\" to 1001 values: give a number from 1 to 1000");
    assert_eq!(
        refused::<()>(builder(&Memory::new()).limit::<Side>(1)),
        "limit the label \"side\": its values are those of its type, so it needs no limit"
    );
}
