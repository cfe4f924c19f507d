//! Reading the page of a bot over HTTP.

use std::time::Duration;

use botmeter_window::exposition::{Format, Page};

use crate::web::{Silence, agent};

/// The most that is read of a page.
const MOST_BYTES: u64 = 64 << 20;

/// How long an answer may take, at most: as long as Prometheus waits.
const PATIENCE: Duration = Duration::from_secs(10);

/// As Prometheus asks, for what each bot of ours has.
const ACCEPT: &str =
    "text/plain;version=0.0.4;q=0.9,application/openmetrics-text;version=1.0.0;q=0.5,*/*;q=0.1";

/// What reads pages.
#[derive(Debug)]
pub(crate) struct Fetcher {
    agent: ureq::Agent,
    patience: Duration,
}

impl Fetcher {
    /// A reader that is done before the next reading.
    pub(crate) fn new(interval: Duration) -> Self {
        let patience = PATIENCE.min(interval.mul_f64(0.9));
        Self { agent: agent(patience, None), patience }
    }

    /// What the page at this address says, or why it cannot be read, and what
    /// to do.
    pub(crate) fn read(&self, url: &str) -> Result<Page, String> {
        let failed = |error| self.explained(error);
        let mut answer = self.agent.get(url).header("accept", ACCEPT).call().map_err(failed)?;
        let status = answer.status();
        if status != http::StatusCode::OK {
            return Err(format!("the answer is {status}; is {url} the page of a bot?"));
        }
        let header = answer.headers().get("content-type").and_then(|value| value.to_str().ok());
        let kind = header.unwrap_or("text/plain").to_owned();
        let format = Format::of_content_type(&kind)
            .ok_or_else(|| format!("{url} is no page of metrics but {kind}; is the path right?"))?;
        let body = answer.body_mut().with_config().limit(MOST_BYTES).read_to_vec();
        let text = String::from_utf8(body.map_err(failed)?)
            .map_err(|_| format!("{url} is not in UTF-8; is it the page of a bot?"))?;
        let page = Page::read(&text, format).map_err(|error| format!("failed to {error}"))?;
        if page.families.is_empty() {
            return Err(format!("{url} is an empty page; was its telemetry started?"));
        }
        Ok(page)
    }

    fn explained(&self, error: ureq::Error) -> String {
        if let ureq::Error::BodyExceedsLimit(_) = error {
            let most = MOST_BYTES >> 20;
            return format!("the page is longer than {most} MiB; is it the page of a bot?");
        }
        match Silence::of(error) {
            Silence::Refused => {
                "connection refused: nothing listens there; does the bot run, and is the port right?"
                    .to_owned()
            }
            Silence::UnknownName => {
                "nobody knows the name of the host; is it spelled right?".to_owned()
            }
            Silence::TooLate => {
                format!("no answer within {}", humantime::format_duration(self.patience))
            }
            Silence::Other(why) => why,
        }
    }
}
