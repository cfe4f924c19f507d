//! Asking by HTTP: a POST of nothing, and what its answer gives away.
//!
//! A GET would tell nothing: Prometheus answers 405 to it whether its receiver
//! is on or off.

use http::{Response, Uri};

use super::{
    super::{
        http::Client,
        reason::{self, Answer, causes},
        target::Target,
    },
    RECEIVER,
    answer::{self, Kind},
    point_to,
    reach::{self, Spoken},
    speak, split,
};
use crate::{OtlpSettings, Protocol, finding::Finding};

const METRICS: &str = "/v1/metrics";
const TRACES: &str = "/v1/traces";
const PROMETHEUS: &str = "/api/v1/otlp/v1/metrics";
/// Where Alertmanager takes alerts.
const ALERTS: &str = "/api/v2/alerts";
/// Where a page for scrapes is, whatever the method that one asks with.
const PAGE: &str = "/metrics";
/// Where no server has anything.
const NOWHERE: &str = "/botmeter-asks-for-nothing";

pub(super) fn ask(settings: &OtlpSettings, target: &Target) -> Finding {
    let client = match Client::new(settings, target) {
        Ok(client) => client,
        Err(error) => {
            let (evidence, advice) = ("failed to ".to_owned() + &error.chain(), "fix the header");
            return Finding::broken(RECEIVER, evidence, advice);
        }
    };
    let asked = Asked { settings, target, client };
    match asked.client.post_nothing(target.uri().clone(), false) {
        Ok(response) => asked.judge(&response),
        Err(error) => asked.unanswered(&error),
    }
}

struct Asked<'a> {
    settings: &'a OtlpSettings,
    target: &'a Target,
    client: Client,
}

impl Asked<'_> {
    fn judge(&self, response: &Response<Vec<u8>>) -> Finding {
        let saw = self.saw(response);
        match Kind::of(&seen(response)) {
            Kind::Prometheus => Finding::ok(
                RECEIVER,
                format!("{saw}: the OTLP receiver of Prometheus, switched on"),
            ),
            Kind::Receiver => Finding::ok(RECEIVER, format!("{saw}: a receiver of metrics")),
            Kind::ReceiverOff(flag) => Finding::broken(
                RECEIVER,
                format!("{saw}: Prometheus, whose OTLP receiver is off"),
                format!("start Prometheus with {flag}"),
            ),
            Kind::Consent if self.takes_anything() => Finding::broken(
                RECEIVER,
                format!("{saw}, and the same at {NOWHERE}: it takes anything and is no receiver"),
                "give the host and port of an OTLP receiver: another server is at this one",
            ),
            Kind::Consent => {
                Finding::ok(RECEIVER, format!("{saw}: it takes an empty push, as a receiver does"))
            }
            Kind::Nothing => self.elsewhere(&saw),
            Kind::Gate => {
                let answer = seen(response);
                let text = self.quoted(&answer);
                let advice = causes::of_status(self.target, answer.status, answer.headers, &text);
                Finding::broken(RECEIVER, saw, advice)
            }
            Kind::Complaint => self.with_type(&saw),
        }
    }

    /// Asks again, with a push that has no metrics in it and nothing wrong.
    fn with_type(&self, saw: &str) -> Finding {
        match self.client.post_nothing(self.target.uri().clone(), true) {
            Ok(response)
                if matches!(Kind::of(&seen(&response)), Kind::Receiver | Kind::Consent) =>
            {
                Finding::ok(RECEIVER, format!("{saw}, but it takes an empty push: a receiver"))
            }
            Ok(response) => Finding::broken(
                RECEIVER,
                format!("{saw}; and to an empty push: {}", self.saw(&response)),
                "give the URL of an OTLP receiver: another server is at this one",
            ),
            Err(error) => self.unanswered(&error),
        }
    }

    fn takes_anything(&self) -> bool {
        self.kind_at(NOWHERE) == Some(Kind::Consent)
    }

    /// What is where receivers usually are on the server that has none here.
    fn elsewhere(&self, saw: &str) -> Finding {
        let path = self.target.path();
        for usual in [METRICS, PROMETHEUS].into_iter().filter(|usual| *usual != path) {
            let url = self.target.shown_at(usual);
            match self.kind_at(usual) {
                Some(Kind::Prometheus | Kind::Receiver) => {
                    return Finding::broken(
                        RECEIVER,
                        format!(
                            "{saw}: nothing is at this path, but a receiver of metrics is at {url}"
                        ),
                        point_to(&url),
                    );
                }
                Some(Kind::ReceiverOff(flag)) => {
                    return Finding::broken(
                        RECEIVER,
                        format!(
                            "{saw}: Prometheus, whose OTLP receiver is off and has another path"
                        ),
                        format!("start Prometheus with {flag}, and {}", point_to(&url)),
                    );
                }
                _ => {}
            }
        }
        let traces = match path.strip_suffix(METRICS) {
            Some(before) => format!("{before}{TRACES}"),
            None => TRACES.to_owned(),
        };
        if self.knows(&traces) {
            return Finding::broken(
                RECEIVER,
                format!(
                    "{saw}, but {traces} takes traces: a receiver of traces alone, as Jaeger is"
                ),
                format!(
                    "send metrics to another receiver, such as a Prometheus of this machine: {}",
                    point_to("http://localhost:9090/api/v1/otlp/v1/metrics")
                ),
            );
        }
        let (who, advice) = self.stranger();
        Finding::broken(
            RECEIVER,
            format!("{saw}: no receiver, neither here nor at the usual paths{who}"),
            advice,
        )
    }

    /// Which of the servers that stand beside a receiver this is, as far as an
    /// empty POST can tell, and what to do about it.
    fn stranger(&self) -> (&'static str, &'static str) {
        let answers = |path: &str, content_type: &str| {
            self.answer_at(path).is_some_and(|answer| {
                let is_known = answer::is_known_path(answer.status(), answer.headers());
                is_known && reason::content_type(answer.headers()).starts_with(content_type)
            })
        };
        if answers(ALERTS, "application/json") {
            return (
                ", but Alertmanager, which takes alerts alone",
                "give the host and port of an OTLP receiver, such as a Prometheus, usually at 9090",
            );
        }
        if answers(PAGE, "text/plain; version=") {
            return (
                ", but a page for scrapes, such as a Collector's",
                "give the port of the receiver, usually 4318 by HTTP: this one is for Prometheus",
            );
        }
        ("", "give the host and port of an OTLP receiver: another server is at this one")
    }

    fn knows(&self, path: &str) -> bool {
        let answer = self.answer_at(path);
        answer.is_some_and(|it| answer::is_known_path(it.status(), it.headers()))
    }

    fn kind_at(&self, path: &str) -> Option<Kind> {
        Some(Kind::of(&seen(&self.answer_at(path)?)))
    }

    fn answer_at(&self, path: &str) -> Option<Response<Vec<u8>>> {
        let uri: Uri = self.target.at(path).ok()?;
        self.client.post_nothing(uri, false).ok()
    }

    /// The request, and how the answer begins.
    fn saw(&self, response: &Response<Vec<u8>>) -> String {
        let request = self.target.request(Protocol::HttpProtobuf);
        let answer = seen(response);
        let text = self.quoted(&answer);
        let status = answer.status;
        if text.is_empty() {
            format!("an empty {request}: {status}")
        } else {
            format!("an empty {request}: {status}, {text:?}")
        }
    }

    fn quoted(&self, answer: &Answer<'_>) -> String {
        reason::excerpt(self.target, &reason::error_text(answer.headers, answer.body))
    }

    /// Why there was no answer in HTTP, found out by listening to what comes
    /// instead.
    fn unanswered(&self, error: &ureq::Error) -> Finding {
        let request = self.target.request(Protocol::HttpProtobuf);
        let timeout = self.settings.timeout;
        if matches!(error, ureq::Error::Timeout(_)) {
            return Finding::broken(
                RECEIVER,
                format!(
                    "an empty {request}: the connection is taken and not answered within {timeout:?}"
                ),
                "look for what listens at this port: a receiver answers an empty push at once",
            );
        }
        let is_https = self.target.is_https();
        match self.listen() {
            Spoken::Http2 => Finding::broken(
                RECEIVER,
                format!(
                    "an empty {request}: no answer, for the port speaks HTTP/2 alone, as gRPC does"
                ),
                format!("{}, or give the port for HTTP, usually 4318", speak(Protocol::Grpc)),
            ),
            Spoken::Tls if !is_https => Finding::broken(
                RECEIVER,
                format!("an empty {request}: no answer, for the port speaks TLS alone"),
                "begin the endpoint with https://",
            ),
            Spoken::Http1 if is_https => Finding::broken(
                RECEIVER,
                format!("an empty {request}: no answer, for the port speaks HTTP without TLS"),
                "begin the endpoint with http://",
            ),
            _ => {
                let text = reason::of_http(self.target, timeout, error);
                let (evidence, advice) = split(&text);
                Finding::broken(RECEIVER, evidence, advice)
            }
        }
    }

    /// Only to whom we would talk ourselves.
    fn listen(&self) -> Spoken {
        if super::proxy(self.settings, self.target).is_some() {
            return Spoken::Unknown;
        }
        let stream = reach::connect(self.target.host(), self.target.port());
        stream.map_or(Spoken::Unknown, reach::spoken)
    }
}

fn seen(response: &Response<Vec<u8>>) -> Answer<'_> {
    Answer { status: response.status(), headers: response.headers(), body: response.body() }
}
