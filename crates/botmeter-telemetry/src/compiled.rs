//! The backends that this build has: the one place where features decide.

use botmeter_core::{Error, Meter, problem};

use crate::{
    live::LivePage,
    on_bad::{OnBadSetting, Route},
    running::Running,
    settings::{Chooser, Compiled, Settings, Silence},
    traces::Wiring,
};

pub(crate) fn compiled(wiring: &Wiring) -> Compiled {
    Compiled {
        otlp: cfg!(feature = "otlp"),
        scrape: cfg!(feature = "scrape"),
        live: cfg!(feature = "live"),
        traces: wiring.is_there(),
    }
}

/// Starts every backend that was chosen, and says what it started. What cannot
/// be started and may be missing is not chosen any more.
pub(crate) fn start(
    settings: &mut Settings,
    live: Option<&LivePage>,
    falls_back: bool,
    on_bad: OnBadSetting,
) -> Result<Vec<Running>, Error> {
    let mut running = Vec::new();
    let mut lost = Vec::new();
    if settings.scrape.is_some() {
        let page = on_bad.or_without(Route::Page, start_scrape(settings, live), &mut lost)?;
        settings.scrape = settings.scrape.filter(|_| page.is_some());
        if page.is_none() && settings.live.take().is_some() {
            lost.push(Route::Live);
        }
        running.extend(page);
    }
    let mut prints = settings.stdout;
    if settings.otlp.is_some() {
        match start_otlp(settings) {
            Err(error) if falls_back => {
                problem!(warn, error = error.chain(), "metrics are printed instead of pushed");
                prints = true;
            }
            otlp => {
                let otlp = on_bad.or_without(Route::Push, otlp, &mut lost)?;
                settings.otlp = settings.otlp.take().filter(|_| otlp.is_some());
                running.extend(otlp);
            }
        }
    }
    if prints {
        let stdout = on_bad.or_without(Route::Print, start_stdout(settings), &mut lost)?;
        settings.stdout &= stdout.is_some();
        running.extend(stdout);
    }
    settings.lost.extend(lost);
    Ok(running)
}

/// Says why metrics do not go where somebody may look for them.
pub(crate) fn say_what_is_not_exported(settings: &Settings, nothing_runs: bool) {
    match settings.silence {
        Some(Silence::CannotPush(variable)) => problem!(
            warn,
            "{variable} is set, but metrics are not pushed: this build cannot; enable the feature \
             `otlp` of the botmeter crate that you depend on"
        ),
        // It was somebody's choice, and a program may export all the same.
        Some(Silence::Chosen) if nothing_runs => tracing::info!(
            "no metrics are exported, because OTEL_METRICS_EXPORTER is none; unset it, or set it \
             to otlp, prometheus or console"
        ),
        None if nothing_runs && !settings.lost.is_empty() => problem!(
            warn,
            "no metrics are exported: what was chosen cannot be used, for the reasons above"
        ),
        None if nothing_runs => problem!(
            warn,
            "no metrics are exported: enable one of the features otlp, scrape and stdout, and \
             choose it with OTEL_METRICS_EXPORTER"
        ),
        _ => {}
    }
}

#[cfg(feature = "scrape")]
fn start_scrape(settings: &Settings, live: Option<&LivePage>) -> Result<Running, Error> {
    use botmeter_export::{BackendKind, Exports, scrape::Scrape};

    let exports = Exports::new(BackendKind::Scrape);
    let Some(chosen) = settings.scrape else {
        return Err(missing("scrape", "prometheus", settings.chosen_by.page));
    };
    let scrape = match live {
        Some(live) => Scrape::start_beside(chosen, exports.clone(), live.pages()),
        None => Scrape::start(chosen, exports.clone()),
    };
    let scrape = scrape.map_err(|error| error.with_advice(where_to_change(settings)))?;
    let address = scrape.address();
    if let Some(address) = address {
        tracing::info!(url = format!("http://{address}/metrics"), "metrics are served");
        if let Some(live) = &settings.live {
            tracing::info!(url = live.url(address), "the live page is served");
        }
    } else {
        tracing::info!("metrics are served by the application's own server");
    }
    Ok(Running {
        name: "scrape",
        page: Some(scrape.page()),
        backend: std::sync::Arc::new(scrape),
        exports: Some(exports),
        address,
    })
}

/// Where the address of the page is changed.
#[cfg(feature = "scrape")]
pub(crate) fn where_to_change(settings: &Settings) -> &'static str {
    match settings.chosen_by.page {
        Chooser::Code => {
            "the program itself chooses the address, so change it in its code or its options"
        }
        Chooser::Environment => {
            "OTEL_EXPORTER_PROMETHEUS_HOST and OTEL_EXPORTER_PROMETHEUS_PORT choose the address"
        }
    }
}

#[cfg(not(feature = "scrape"))]
fn start_scrape(settings: &Settings, _: Option<&LivePage>) -> Result<Running, Error> {
    Err(missing("scrape", "prometheus", settings.chosen_by.page))
}

#[cfg(feature = "otlp")]
fn start_otlp(settings: &Settings) -> Result<Running, Error> {
    use botmeter_export::{BackendKind, Exports, credentials, otlp::Otlp};

    let exports = Exports::new(BackendKind::Otlp);
    let Some(chosen) = &settings.otlp else {
        return Err(missing("otlp", "otlp", settings.chosen_by.push));
    };
    let otlp = Otlp::start(chosen, settings.interval, &settings.resource, exports.clone())?;
    tracing::info!(
        endpoint = credentials::shown(&chosen.endpoint),
        protocol = ?chosen.protocol,
        interval = ?settings.interval,
        service = settings.resource.service_name,
        instance = settings.resource.instance_id,
        "metrics are pushed"
    );
    Ok(Running {
        name: "otlp",
        page: None,
        backend: std::sync::Arc::new(otlp),
        exports: Some(exports),
        address: None,
    })
}

#[cfg(not(feature = "otlp"))]
fn start_otlp(settings: &Settings) -> Result<Running, Error> {
    Err(missing("otlp", "otlp", settings.chosen_by.push))
}

#[cfg(feature = "stdout")]
fn start_stdout(settings: &Settings) -> Result<Running, Error> {
    use botmeter_export::{BackendKind, Exports, stdout::Stdout};

    let exports = Exports::new(BackendKind::Stdout);
    let stdout = Stdout::start(settings.interval, &settings.resource, exports.clone())?;
    tracing::info!(interval = ?settings.interval, "metrics are printed");
    Ok(Running {
        name: "stdout",
        page: None,
        backend: std::sync::Arc::new(stdout),
        exports: Some(exports),
        address: None,
    })
}

#[cfg(not(feature = "stdout"))]
fn start_stdout(settings: &Settings) -> Result<Running, Error> {
    Err(missing("stdout", "console", settings.chosen_by.print))
}

/// The buckets of what the macros of `metrics` record, if they are to record
/// with us.
#[cfg(feature = "metrics")]
pub(crate) type Macros = Option<botmeter_export::macros::Buckets>;

#[cfg(feature = "metrics")]
pub(crate) fn install_macros(meter: &Meter, macros: Macros) -> Result<(), Error> {
    macros.map_or(Ok(()), |buckets| botmeter_export::macros::install(meter, buckets))
}

#[cfg(not(feature = "metrics"))]
pub(crate) type Macros = ();

#[cfg(not(feature = "metrics"))]
#[expect(clippy::unnecessary_wraps, reason = "with the feature, it may fail")]
pub(crate) fn install_macros(_: &Meter, (): Macros) -> Result<(), Error> {
    Ok(())
}

/// A backend was asked for that this build does not have.
fn missing(feature: &str, exporter: &str, chooser: Chooser) -> Error {
    let otherwise = match chooser {
        Chooser::Code => "do not ask for it in the code",
        Chooser::Environment => "choose another exporter with OTEL_METRICS_EXPORTER",
    };
    Error::bad_setting(format!(
        "start the exporter {exporter:?}: this build does not have it; enable the feature \
         `{feature}` of the botmeter crate that you depend on, or {otherwise}"
    ))
}
