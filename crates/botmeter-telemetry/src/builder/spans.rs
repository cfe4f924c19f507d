//! What a program chooses for its spans.

use botmeter_export::credentials::Given;

use super::Builder;
use crate::{
    endpoint::InCode,
    settings::Sampler,
    traces::{Lines, Traces},
};

impl Builder {
    /// Pushes spans to this OTLP receiver, whatever the environment says. The
    /// rest of the push, such as its protocol and headers, comes from there.
    pub fn otlp_traces(mut self, endpoint: impl Into<String>) -> Self {
        self.asked.traces.endpoint = Some(InCode::Any(Given(endpoint.into())));
        self
    }

    /// Prints spans to standard output, whatever the environment says.
    pub fn print_traces(mut self) -> Self {
        self.asked.traces.prints = true;
        self
    }

    /// Which traces are kept, whatever the environment says.
    pub fn sampler(mut self, sampler: Sampler) -> Self {
        self.asked.traces.sampler = Some(sampler);
        self
    }

    /// Exports the spans of the subscriber that the layer of these is added to.
    ///
    /// Whether and where to is chosen by [`otlp_traces`](Self::otlp_traces),
    /// [`print_traces`](Self::print_traces) or the environment.
    pub fn traces(mut self, traces: &Traces) -> Self {
        self.wiring.traces = Some(traces.clone());
        self
    }

    /// Installs a subscriber before anything else: log lines on standard error,
    /// with the ids of their traces, and spans for the telemetry. `RUST_LOG`
    /// says which lines; `info` if it does not.
    ///
    /// The start fails if the program has a subscriber already.
    pub fn install_subscriber(mut self) -> Self {
        self.wiring.installs = self.wiring.installs.or(Some(Lines::Text));
        self
    }

    /// The same with log lines of JSON, for programs that read them.
    pub fn json_logs(mut self) -> Self {
        self.wiring.installs = Some(Lines::Json);
        self
    }
}
