//! The doctor against a real Prometheus: what is wrong is found and named, and
//! what is well is well.

use std::{
    fs,
    io::{BufRead, BufReader, Write},
    net::{SocketAddr, TcpListener},
    path::PathBuf,
    thread,
    time::Duration,
};

use anyhow::{Context, Result};
use botmeter_catalogue::catalogue;
use botmeter_cli::doctor::{Options, diagnose};
use botmeter_llm::{ErrorKind, Llm, Provider, Usage};
use botmeter_telemetry::{Diagnosis, Environment, Telemetry, Verdict};
use integration_tests::{Prometheus, PrometheusBuilder, eventually};

/// Scrapes, pushes and rules come each second; a machine may be busy.
const SOON: Duration = Duration::from_mins(1);

/// A bot with some calls behind it.
struct Bot {
    telemetry: Telemetry,
    llm: Llm,
}

impl Bot {
    fn scraped() -> Result<Self> {
        let builder = Telemetry::builder("doctor").environment(Environment::default());
        let (telemetry, llm) = builder.scrape(([127, 0, 0, 1], 0).into()).start::<Llm>()?;
        Ok(Self { telemetry, llm }.with_calls())
    }

    fn pushing(endpoint: &str) -> Result<Self> {
        let builder = Telemetry::builder("doctor").environment(Environment::default());
        let builder = builder.otlp(endpoint).interval(Duration::from_secs(1));
        let (telemetry, llm) = builder.start::<Llm>()?;
        Ok(Self { telemetry, llm }.with_calls())
    }

    fn with_calls(self) -> Self {
        let mut call = self.llm.start(Provider::OpenAi, "gpt-4o");
        call.first_token();
        call.retry(ErrorKind::RateLimit);
        call.finish(&Usage::including_cache(100, 20));
        self.llm.start(Provider::OpenAi, "gpt-4o").fail(ErrorKind::Timeout);
        self
    }

    fn address(&self) -> Result<SocketAddr> {
        self.telemetry.scrape_address().context("nothing is served")
    }
}

/// Every generated file of rules.
fn with_rules(mut builder: PrometheusBuilder) -> Result<PrometheusBuilder> {
    for path in rule_files()? {
        builder = builder.rule_file(path);
    }
    Ok(builder)
}

fn rule_files() -> Result<Vec<PathBuf>> {
    let entries = fs::read_dir(xtask::dashboards::folder().join("prometheus"))?;
    let mut paths = entries.map(|entry| Ok(entry?.path())).collect::<Result<Vec<_>>>()?;
    paths.retain(|path| path.is_file());
    Ok(paths)
}

fn options(prometheus: &Prometheus) -> Options {
    Options { prometheus: prometheus.url(), ..Options::default() }
}

fn scraping(prometheus: &Prometheus, bot: &Bot) -> Result<Options> {
    let metrics = Some(format!("http://{}", bot.address()?));
    Ok(Options { metrics, ..options(prometheus) })
}

fn look(options: &Options) -> Result<Diagnosis> {
    diagnose(options, &Environment::default(), &catalogue())
}

/// Asks until this layer is the broken one for this reason, and returns what
/// is said of it: before the first scrape or push, another reason is right.
fn until_broken(options: &Options, layer: &str, reason: &str) -> Result<String> {
    let mut last = String::new();
    let found = eventually(SOON, &format!("{layer} to be broken: {reason}"), || {
        let diagnosis = look(options)?;
        last = diagnosis.to_string();
        let said = diagnosis.broken().filter(|finding| finding.layer == layer);
        Ok(said.map(ToString::to_string).filter(|said| said.contains(reason)))
    });
    found.with_context(|| format!("the last diagnosis:\n{last}"))
}

/// Asks until nothing is broken, and returns all that is said.
fn until_well(options: &Options) -> Result<Diagnosis> {
    let mut last = String::new();
    let found = eventually(SOON, "all to be well", || {
        let diagnosis = look(options)?;
        last = diagnosis.to_string();
        Ok(diagnosis.broken().is_none().then_some(diagnosis))
    });
    found.with_context(|| format!("the last diagnosis:\n{last}"))
}

#[test]
#[ignore = "needs Prometheus"]
fn all_is_well_with_a_bot_that_is_scraped() -> Result<()> {
    let bot = Bot::scraped()?;
    let builder = Prometheus::builder().without_otlp_receiver();
    let builder = with_rules(builder.scrape("bots", "bot-1", bot.address()?))?;
    let prometheus = builder.start()?;
    for job in [None, Some("bots".to_owned())] {
        let diagnosis = until_well(&Options { job, ..scraping(&prometheus, &bot)? })?;
        let said = diagnosis.to_string();
        for evidence in [
            "its OTLP receiver is off, which matters to pushes alone",
            "job/instance of telemetry_startup_total: bots/bot-1",
            "scraped every 1s",
            "no Alertmanager: alerts reach nobody",
            " queries ask for names and labels that are there",
        ] {
            assert!(said.contains(evidence), "{evidence}\n\n{said}");
        }
    }
    Ok(())
}

#[test]
#[ignore = "needs Prometheus"]
fn all_is_well_with_a_bot_that_pushes() -> Result<()> {
    let prometheus = with_rules(Prometheus::builder())?.start()?;
    let bot = Bot::pushing(&prometheus.otlp_endpoint())?;
    let inside = bot.telemetry.diagnose_blocking();
    assert_eq!(inside.broken(), None, "{inside}");
    let receiver = &inside.of("receiver").context("nobody looked")?.evidence;
    assert!(receiver.ends_with("the OTLP receiver of Prometheus, switched on"), "{receiver}");

    let options = Options {
        otlp: Some(prometheus.otlp_endpoint()),
        job: Some("doctor".to_owned()),
        ..options(&prometheus)
    };
    let said = until_well(&options)?.to_string();
    for evidence in [
        "the OTLP receiver of Prometheus, switched on",
        "no target has the job \"doctor\", so its series have to be pushed",
        "no series is scraped; a program pushes every 15 s",
        " queries ask for names and labels that are there",
    ] {
        assert!(said.contains(evidence), "{evidence}\n\n{said}");
    }
    Ok(())
}

#[test]
#[ignore = "needs Prometheus"]
fn a_receiver_that_is_off_is_told_from_inside_and_from_outside() -> Result<()> {
    let builder = Prometheus::builder().without_otlp_receiver();
    let prometheus = builder.start()?;
    let expected = format!(
        "\
broken   receiver     an empty POST {}/v1/metrics: 404 Not Found, \"otlp write receiver needs to be \
enabled with --web.enable-otlp-receiver\": Prometheus, whose OTLP receiver is off
                      change: start Prometheus with --web.enable-otlp-receiver",
        prometheus.otlp_endpoint()
    );
    let bot = Bot::pushing(&prometheus.otlp_endpoint())?;
    let inside = bot.telemetry.diagnose_blocking();
    assert_eq!(inside.broken().context("all is well")?.to_string(), expected);

    let otlp = Some(prometheus.otlp_endpoint());
    let outside = look(&Options { otlp, ..options(&prometheus) })?;
    assert_eq!(outside.broken().context("all is well")?.to_string(), expected);

    // The base alone is what one gives to other receivers.
    let otlp = Some(prometheus.url());
    let said = look(&Options { otlp, ..options(&prometheus) })?;
    let said = said.broken().context("all is well")?.to_string();
    assert!(said.contains("Prometheus, whose OTLP receiver is off and has another path"), "{said}");
    Ok(())
}

#[test]
#[ignore = "needs Prometheus"]
fn a_target_that_is_down_is_told() -> Result<()> {
    let bot = Bot::scraped()?;
    let closed = TcpListener::bind("127.0.0.1:0")?.local_addr()?;
    let builder = Prometheus::builder().scrape("bots", "bot-1", closed);
    let prometheus = builder.start()?;
    let refused = "connect: connection refused";
    let said = until_broken(&scraping(&prometheus, &bot)?, "targets", refused)?;
    assert!(said.contains(&format!("http://{closed}/metrics is down: ")), "{said}");
    assert!(
        said.contains("where Prometheus is in a container, localhost is that container"),
        "{said}"
    );
    Ok(())
}

#[test]
#[ignore = "needs Prometheus"]
fn a_target_with_a_wrong_path_or_a_page_for_people_is_told() -> Result<()> {
    let bot = Bot::scraped()?;
    let not_found = serve("404 Not Found", "text/plain", "there is nothing here");
    let people = serve("200 OK", "text/html", "<!doctype html>");
    for (address, evidence, remedy) in [
        (not_found?, "server returned HTTP status 404 Not Found", "metrics_path: /metrics"),
        (people?, "received unsupported Content-Type \"text/html\"", "another server is at this"),
    ] {
        let builder = Prometheus::builder().scrape("bots", "bot-1", address);
        let prometheus = builder.start()?;
        let said = until_broken(&scraping(&prometheus, &bot)?, "targets", evidence)?;
        assert!(said.contains(remedy), "{said}");
    }
    Ok(())
}

#[test]
#[ignore = "needs Prometheus"]
fn scraped_names_under_another_spelling_are_told() -> Result<()> {
    let page = "\
# TYPE llm_requests counter
llm_requests{model=\"gpt-4o\"} 7
# TYPE llm_duration histogram
llm_duration_bucket{le=\"+Inf\"} 1
llm_duration_sum 1
llm_duration_count 1
";
    let other = serve("200 OK", "text/plain; version=0.0.4", page)?;
    let builder = Prometheus::builder().scrape("bots", "bot-1", other);
    let prometheus = builder.start()?;
    // From the page, which is looked at first.
    let metrics = Some(format!("http://{other}"));
    let instead = "llm_requests instead of llm_requests_total, llm_duration_bucket instead of \
                   llm_duration_seconds_bucket";
    until_broken(&Options { metrics, ..options(&prometheus) }, "page names", instead)?;
    // From Prometheus, where the page cannot be asked.
    let otlp = Some(prometheus.otlp_endpoint());
    until_broken(&Options { otlp, ..options(&prometheus) }, "series", instead)?;
    Ok(())
}

#[test]
#[ignore = "needs Prometheus"]
fn series_of_a_program_without_a_heartbeat_are_told() -> Result<()> {
    let page = "\
# TYPE llm_requests_total counter
llm_requests_total{model=\"gpt-4o\"} 7
";
    let other = serve("200 OK", "text/plain; version=0.0.4", page)?;
    let builder = Prometheus::builder().scrape("bots", "bot-1", other);
    let prometheus = builder.start()?;
    let otlp = Some(prometheus.otlp_endpoint());
    let said = until_broken(
        &Options { otlp, ..options(&prometheus) },
        "age",
        "there is no telemetry_heartbeat_timestamp_seconds",
    )?;
    assert!(said.contains("hold a Telemetry"), "{said}");
    Ok(())
}

#[test]
#[ignore = "needs Prometheus"]
fn pushed_names_that_prometheus_translates_in_another_way_are_told() -> Result<()> {
    for (strategy, found) in [
        ("UnderscoreEscapingWithoutSuffixes", "llm_requests instead of llm_requests_total"),
        ("NoTranslation", "llm.requests instead of llm_requests_total"),
    ] {
        let builder = Prometheus::builder().translation(strategy);
        let prometheus = builder.start()?;
        let _bot = Bot::pushing(&prometheus.otlp_endpoint())?;
        let otlp = Some(prometheus.otlp_endpoint());
        let said = until_broken(&Options { otlp, ..options(&prometheus) }, "series", found)?;
        let line = format!("in prometheus.yml, where {strategy} is chosen, and restart it:");
        assert!(said.contains(&line), "{said}");
        assert!(said.ends_with("  translation_strategy: UnderscoreEscapingWithSuffixes"), "{said}");
    }
    Ok(())
}

#[test]
#[ignore = "needs Prometheus"]
fn rules_that_are_not_loaded_are_told() -> Result<()> {
    let bot = Bot::scraped()?;
    let builder = Prometheus::builder().scrape("bots", "bot-1", bot.address()?);
    let prometheus = builder.start()?;
    let diagnosis = until_well(&scraping(&prometheus, &bot)?)?;
    let hint = diagnosis.of("rules").context("nobody looked at the rules")?.to_string();
    assert!(hint.starts_with("hint     rules        none of botmeter's are loaded"), "{hint}");
    assert!(hint.contains("rule_files:"), "{hint}");
    let dashboards = diagnosis.of("dashboards").context("nobody looked at the dashboards")?;
    assert_eq!(dashboards.verdict, Verdict::Ok, "{diagnosis}");
    Ok(())
}

#[test]
#[ignore = "needs Prometheus"]
fn a_job_that_is_called_otherwise_is_told() -> Result<()> {
    let bot = Bot::scraped()?;
    let builder = Prometheus::builder().scrape("bots", "bot-1", bot.address()?);
    let prometheus = builder.start()?;
    let job = Some("doctor".to_owned());
    let options = Options { job, ..scraping(&prometheus, &bot)? };
    let named = "has the job \"doctor\", but these have: bots";
    until_broken(&options, "series", named).map(drop)
}

#[test]
#[ignore = "needs Prometheus"]
fn a_dashboard_of_another_time_is_told() -> Result<()> {
    let bot = Bot::scraped()?;
    let builder = with_rules(Prometheus::builder().scrape("bots", "bot-1", bot.address()?))?;
    let prometheus = builder.start()?;
    let folder = tempfile::tempdir()?;
    let dashboard = r#"{"title": "Old", "panels": [{"title": "Errors", "targets": [
        {"expr": "sum by (vendor) (rate(llm_requests_total{result=\"error\"}[5m]))"},
        {"expr": "rate(llm_api_calls[5m])"}]}]}"#;
    fs::write(folder.path().join("old.json"), dashboard)?;
    let grafana_dashboards = Some(folder.path().to_owned());
    let options = Options { grafana_dashboards, ..scraping(&prometheus, &bot)? };
    let said = until_broken(&options, "dashboards", "Old")?;
    let expected = "\
broken   dashboards   Old, panel Errors: asks for llm_api_calls, which is not there
                      Old, panel Errors: groups by vendor, which nothing there has
                      Old, panel Errors: selects llm_requests_total by result, which it does not have
";
    assert!(said.starts_with(expected), "{said}");
    Ok(())
}

/// Answers every request in the same way, for as long as the tests run.
fn serve(
    status: &'static str,
    content_type: &'static str,
    body: &'static str,
) -> Result<SocketAddr> {
    let listener = TcpListener::bind("127.0.0.1:0")?;
    let address = listener.local_addr()?;
    thread::spawn(move || {
        for mut stream in listener.incoming().flatten() {
            let heard = BufReader::new(&stream).lines().map_while(Result::ok);
            let _last = heard.take_while(|line| !line.is_empty()).last();
            let length = body.len();
            let answer = write!(
                stream,
                "HTTP/1.1 {status}\r\nContent-Type: {content_type}\r\nContent-Length: {length}\r\n\
                 Connection: close\r\n\r\n{body}"
            );
            // A client that hangs up has heard enough.
            drop(answer);
        }
    });
    Ok(address)
}
