//! Where metrics get lost on their way, as far as the process itself can tell.

mod chosen;
#[cfg(feature = "scrape")]
mod page;
#[cfg(not(feature = "scrape"))]
mod page_absent;
#[cfg(feature = "otlp")]
mod push;
#[cfg(not(feature = "otlp"))]
mod push_absent;
mod recorded;
mod subject;
mod walk;

use std::{sync::Arc, time::Duration};

use botmeter_export::{OtlpSettings, credentials::Given, finding::Finding};

use crate::{
    diagnosis::Diagnosis,
    endpoint::InCode,
    environment::Environment,
    settings::{self, Asked},
    telemetry::Telemetry,
};
#[cfg(not(feature = "scrape"))]
use page_absent as page;
#[cfg(not(feature = "otlp"))]
use push_absent as push;
use subject::Subject;
use walk::{Answer, Layer, walk};

/// Longer than all layers together may take, each of which has its own end.
const DEADLINE: Duration = Duration::from_secs(25);

impl Telemetry {
    /// Looks for the first place where metrics get lost: instruments without
    /// series, no backend, an endpoint that is no address, nobody there,
    /// somebody who takes no metrics, a push that is refused, a page that is
    /// not served.
    ///
    /// Ends within 25 seconds, on every runtime and without one. It connects
    /// to the configured endpoint alone and sends it an empty request and,
    /// if that looks good, what was recorded so far.
    ///
    /// ```
    /// use botmeter_telemetry::{Telemetry, Environment};
    ///
    /// # tokio::runtime::Builder::new_current_thread().build()?.block_on(async {
    /// let (telemetry, ()) = Telemetry::builder("my-bot")
    /// #   .environment(Environment::default())
    /// #   .backend(botmeter_core::Discard)
    ///     .start::<()>()?;
    /// let diagnosis = telemetry.diagnose().await;
    /// println!("{diagnosis}");
    /// assert_eq!(diagnosis.broken().map(|finding| finding.layer), Some("instruments"));
    /// # telemetry.shutdown(std::time::Duration::from_secs(1)).await
    /// # })?;
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    pub async fn diagnose(&self) -> Diagnosis {
        self.walk().await
    }

    /// The same for a thread that may block.
    pub fn diagnose_blocking(&self) -> Diagnosis {
        self.walk().wait()
    }

    fn walk(&self) -> Answer {
        let subject = Arc::new(Subject {
            settings: self.settings.clone(),
            running: self.running.clone(),
            recorded: self.recorded.clone(),
            is_shut_down: self.ended.get().is_some(),
        });
        let layer = |name: &'static str, look: fn(&Subject) -> Finding| {
            let subject = Arc::clone(&subject);
            Layer::new(name, move || look(&subject))
        };
        let layers = vec![
            layer(recorded::LAYER, recorded::look),
            layer(chosen::LAYER, chosen::look),
            layer(push::ENDPOINT, push::endpoint),
            layer(push::NETWORK, push::network),
            layer(push::RECEIVER, push::receiver),
            layer(push::EXPORTS, push::exports),
            layer(page::LAYER, page::look),
        ];
        walk(layers, DEADLINE)
    }
}

impl Diagnosis {
    /// What is at an OTLP endpoint, before or without starting telemetry: the
    /// address as [`Builder::otlp`](super::Builder::otlp) takes it, protocol
    /// and headers from the environment.
    ///
    /// Looks at the layers `endpoint`, `network` and `receiver`, blocks the
    /// thread, and ends within 25 seconds.
    ///
    /// ```
    /// use botmeter_telemetry::{Diagnosis, Environment};
    ///
    /// let diagnosis = Diagnosis::of_endpoint("prometheus:9090", &Environment::default());
    /// assert_eq!(diagnosis.broken().map(|finding| finding.layer), Some("endpoint"));
    /// ```
    pub fn of_endpoint(endpoint: &str, environment: &Environment) -> Self {
        Self::at(InCode::Any(Given(endpoint.to_owned())), environment)
    }

    /// The same for a URL that is used as it is, as
    /// [`Builder::otlp_metrics`](super::Builder::otlp_metrics) takes it.
    pub fn of_metrics_endpoint(endpoint: &str, environment: &Environment) -> Self {
        Self::at(InCode::OfSignal(Given(endpoint.to_owned())), environment)
    }

    fn at(endpoint: InCode, environment: &Environment) -> Self {
        let asked = Asked { endpoint: Some(endpoint), ..Asked::default() };
        let settings = match settings::otlp(&asked, environment) {
            Ok(settings) => Arc::new(settings),
            Err(error) => {
                let is_the_url = settings::otlp(&asked, &Environment::default()).is_err();
                let remedy = if is_the_url {
                    "give the URL of a receiver, such as http://localhost:4318/v1/metrics"
                } else {
                    "correct the variable of the environment, or unset it"
                };
                return Self::new(vec![
                    Finding::broken(push::ENDPOINT, format!("failed to {}", error.chain()), remedy),
                    Finding::unseen(push::NETWORK),
                    Finding::unseen(push::RECEIVER),
                ]);
            }
        };
        let layer = |name: &'static str, look: fn(&OtlpSettings) -> Finding| {
            let settings = Arc::clone(&settings);
            Layer::new(name, move || look(&settings))
        };
        let layers = vec![
            layer(push::ENDPOINT, push::check::endpoint),
            layer(push::NETWORK, push::check::network),
            layer(push::RECEIVER, push::check::receiver),
        ];
        walk(layers, DEADLINE).wait()
    }
}

#[cfg(all(test, not(feature = "otlp"), not(feature = "scrape")))]
mod tests {
    use super::*;

    #[test]
    fn layers_that_are_not_compiled_in_say_so() {
        let found = Diagnosis::of_endpoint("http://localhost:4318", &Environment::default());
        assert_eq!(
            found.to_string(),
            "skipped  endpoint, network, receiver: not compiled in: the feature `otlp`\n"
        );
        let (telemetry, ()) = Telemetry::builder("test")
            .environment(Environment::default())
            .backend(botmeter_core::Discard)
            .start::<()>()
            .unwrap();
        let subject = Subject {
            settings: telemetry.settings.clone(),
            running: telemetry.running.clone(),
            recorded: telemetry.recorded.clone(),
            is_shut_down: false,
        };
        assert_eq!(page::look(&subject).evidence, "not compiled in: the feature `scrape`");
        assert_eq!(push::exports(&subject).evidence, "not compiled in: the feature `otlp`");
    }

    /// Its endpoint is for the whole fleet, and its build for scrapes alone.
    #[test]
    fn an_endpoint_that_this_build_cannot_push_to_is_said() {
        let file = tempfile::NamedTempFile::new().unwrap();
        let log = Arc::new(file.reopen().unwrap());
        let lines = tracing_subscriber::fmt().with_ansi(false).without_time().with_writer(log);
        let variable = ("OTEL_EXPORTER_OTLP_ENDPOINT", "http://localhost:4318");
        let (telemetry, ()) = tracing::subscriber::with_default(lines.finish(), || {
            let environment = [variable].into_iter().collect();
            let builder = Telemetry::builder("test").environment(environment);
            builder.backend(botmeter_core::Discard).start().unwrap()
        });
        assert_eq!(
            std::fs::read_to_string(file.path()).unwrap(),
            " WARN botmeter_telemetry::compiled: OTEL_EXPORTER_OTLP_ENDPOINT is set, but \
             metrics are not pushed: this build cannot; enable the feature `otlp` of the botmeter \
             crate that you depend on\n"
        );
        let subject = Subject {
            settings: telemetry.settings.clone(),
            running: telemetry.running.clone(),
            recorded: telemetry.recorded.clone(),
            is_shut_down: false,
        };
        assert_eq!(
            push::endpoint(&subject),
            Finding::broken(
                push::ENDPOINT,
                "OTEL_EXPORTER_OTLP_ENDPOINT is set, but this build cannot push",
                "enable the feature `otlp` of the botmeter crate that you depend on"
            )
        );
    }
}
