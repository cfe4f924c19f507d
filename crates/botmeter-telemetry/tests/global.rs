//! A domain that everybody finds.

use botmeter_core::*;
use botmeter_telemetry::{Environment, Telemetry};
use witness::logged;

static CALLS: Instrument<Counter, ()> =
    Instrument::counter("tool.calls", Unit::of("{call}"), "Calls of a tool.");

struct Tools(Counter);

impl Domain for Tools {
    const NAME: &'static str = "tools";
    type Config = ();

    fn register_with(meter: &Meter, (): ()) -> Self {
        Self(CALLS.bind(meter, ()))
    }
}

static TOOLS: Global<Tools> = Global::new();

#[test]
fn events_before_the_start_are_missed_aloud_and_those_after_it_count() -> Result<(), Error> {
    let said = logged(|| {
        TOOLS.0.add(1);
        TOOLS.0.add(1);
    });
    assert_eq!(said.lines().count(), 1, "{said}");
    for words in ["the domain \"tools\" is asked for before it is set", "right after the start"] {
        assert!(said.contains(words), "{said}");
    }
    assert_eq!(format!("{TOOLS:?}"), "Global(\"tools\", not set)");

    let memory = Memory::new();
    let builder = Telemetry::builder("test").environment(Environment::default());
    let (telemetry, tools) = builder.backend(memory.clone()).start::<Tools>()?;
    TOOLS.set(tools)?;
    TOOLS.0.add(1);
    assert_eq!(memory.value("tool_calls_total", &[]), Some(1.0));

    let again = TOOLS.set(Tools::register(&Meter::new(Memory::new())));
    let said = again.map_err(|error| error.to_string());
    assert_eq!(
        said,
        Err("set the global of the domain \"tools\": it is set already; set it once, where the \
             program starts"
            .to_owned())
    );
    TOOLS.0.add(1);
    assert_eq!(memory.value("tool_calls_total", &[]), Some(2.0));
    telemetry.end();
    Ok(())
}
