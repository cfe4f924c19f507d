//! One push for several receivers, byte for byte.

use anyhow::Result;

use crate::http_server::{Answer, HttpServer, Request};
use crate::process::agent;

/// Hands every POST on to all of its receivers, so that they get the very same
/// measurements of one program.
#[derive(Debug)]
pub struct FanOut(HttpServer);

impl FanOut {
    /// To these bases of receivers.
    ///
    /// # Errors
    ///
    /// If there is no free port.
    pub fn to(receivers: &[String]) -> Result<Self> {
        let (receivers, agent) = (receivers.to_owned(), agent());
        let server = HttpServer::start(move |request| {
            let mut last = Answer { status: 503, content_type: String::new(), body: Vec::new() };
            for receiver in &receivers {
                last = hand_on(&agent, receiver, request).unwrap_or_else(|error| Answer {
                    status: 502,
                    content_type: "text/plain".to_owned(),
                    body: format!("{error:#}").into_bytes(),
                });
                if last.status != 200 {
                    return last;
                }
            }
            last
        })?;
        Ok(Self(server))
    }

    /// The base to which exporters append `/v1/metrics`.
    pub fn endpoint(&self) -> String {
        self.0.url()
    }
}

fn hand_on(agent: &ureq::Agent, receiver: &str, request: &Request) -> Result<Answer> {
    let mut onward = agent.post(format!("{receiver}{}", request.path));
    for name in ["content-type", "content-encoding"] {
        if let Some(value) = request.headers.get(name) {
            onward = onward.header(name, value);
        }
    }
    let mut response = onward.send(request.body.as_slice())?;
    let content_type = response.headers().get("content-type");
    let content_type = content_type.and_then(|value| value.to_str().ok()).unwrap_or_default();
    Ok(Answer {
        status: response.status().as_u16(),
        content_type: content_type.to_owned(),
        body: response.body_mut().read_to_vec()?,
    })
}
