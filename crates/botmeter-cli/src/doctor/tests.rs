//! The doctor against servers that answer as real ones do.

pub(crate) mod fakes;
mod program;
mod server;

use botmeter_generate::Catalogue;
use botmeter_telemetry::{Diagnosis, Environment};

use super::known::committed;
use super::{Options, diagnose as diagnose_with};
use fakes::{Prometheus, closed, page, serve};

fn diagnose(options: &Options, environment: &Environment) -> anyhow::Result<Diagnosis> {
    let catalogue = options.catalogue.clone().or_else(|| Some(committed()));
    diagnose_with(&Options { catalogue, ..options.clone() }, environment, &Catalogue::new())
}

/// What is found with these options, in the environment of nobody.
fn found(options: &Options) -> Diagnosis {
    diagnose(options, &Environment::default()).unwrap()
}

/// The broken layer in one paragraph.
fn broken(options: &Options) -> String {
    let diagnosis = found(options);
    let finding = diagnosis.broken();
    assert!(finding.is_some(), "all is well:\n{diagnosis}");
    finding.unwrap().to_string().replace("\n                      ", "\n")
}

#[test]
fn a_program_that_is_scraped_and_all_is_well() {
    let page = page();
    let prometheus = Prometheus::well(page.port()).serve();
    let options = Options {
        prometheus: format!("http://{prometheus}/"),
        metrics: Some(format!("http://{page}")),
        ..Options::default()
    };
    let diagnosis = found(&options);
    assert_eq!(diagnosis.broken(), None, "{diagnosis}");
    let text = diagnosis.to_string();
    for line in [
        &format!("ok       page         http://{page}/metrics is served, with "),
        "ok       page names   ",
        "skipped  endpoint, network, receiver: the program is scraped; --otlp URL looks at where it \
         pushes to",
        &format!(
            "ok       prometheus   http://{prometheus} is ready: Prometheus 3.15.0, its OTLP \
             receiver is off, which matters to pushes alone"
        ),
        &format!("ok       targets      1 up: http://localhost:{}/metrics", page.port()),
        "ok       labels       job/instance of telemetry_startup_total: bots/bot-1",
        "ok       interval     scraped every 15s",
        "ok       age          the last sign of life is 3 s old",
        "ok       rules        ",
        "ok       dashboards   ",
    ] {
        assert!(text.contains(&format!("\n{line}")) || text.starts_with(line), "{line}\n\n{text}");
    }
    assert!(text.contains("no Alertmanager: alerts reach nobody"), "{text}");
}

#[test]
fn options_that_make_no_sense_are_refused() {
    let refusal = |options: &Options| {
        format!("{:#}", diagnose(options, &Environment::default()).unwrap_err())
    };
    assert_eq!(
        refusal(&Options { prometheus: "localhost:9090".to_owned(), ..Options::default() }),
        "\"localhost:9090\" is no address of a server: give a URL such as http://localhost:9090"
    );
    let metrics = Some("9464".to_owned());
    let refused = refusal(&Options { metrics, ..Options::default() });
    assert!(refused.starts_with("\"9464\" is no address of a server"), "{refused}");
    let grafana_dashboards = Some("/nowhere".into());
    let refused = refusal(&Options { grafana_dashboards, ..Options::default() });
    assert!(refused.starts_with("failed to list the dashboards in /nowhere"), "{refused}");
}

#[test]
fn the_look_ends_at_the_first_broken_layer_and_says_so() {
    let nobody = closed();
    let options = Options { metrics: Some(format!("http://{nobody}")), ..Options::default() };
    let diagnosis = found(&options);
    let text = diagnosis.to_string();
    assert!(
        text.starts_with(&format!(
            "broken   page         http://{nobody}/metrics: connection refused: nothing listens \
             there\n                      change: start the program"
        )),
        "{text}"
    );
    assert!(
        text.ends_with(
            "\nskipped  page names, endpoint, network, receiver, prometheus, targets, series, labels, \
             interval, age, rules, dashboards: not looked at: a layer before it is broken\n"
        ),
        "{text}"
    );
}

#[test]
fn where_a_program_pushes_is_looked_at_as_the_program_itself_does() {
    let jaeger = serve(|path, _| match path {
        "/v1/traces" => (415, "text/plain", "415 unsupported media type".to_owned()),
        _ => (404, "text/plain", "404 page not found".to_owned()),
    });
    let otlp = Some(format!("http://{jaeger}"));
    let broken = broken(&Options { otlp, ..Options::default() });
    assert!(
        broken.starts_with(&format!(
            "broken   receiver     an empty POST http://{jaeger}/v1/metrics: 404"
        )),
        "{broken}"
    );
    assert!(broken.contains("a receiver of traces alone, as Jaeger is"), "{broken}");
}

#[test]
fn the_guide_tells_of_every_layer() {
    let guide = std::fs::read_to_string(concat!(
        env!("CARGO_MANIFEST_DIR"),
        "/../../docs/troubleshooting.md"
    ));
    let guide = guide.unwrap();
    let inside = ["instruments", "backends", "exports"];
    for layer in inside.into_iter().chain(super::LAYERS.iter().map(|(layer, _)| *layer)) {
        assert!(guide.contains(&format!("\n| `{layer}` | ")), "{layer} is missing");
    }
}
