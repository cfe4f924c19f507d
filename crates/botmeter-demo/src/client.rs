//! A client of OpenAI-compatible providers that says in types what went wrong.

mod base_url;
mod error;
mod events;
mod key;
mod tls;
mod wire;

use std::time::Duration;

use bytes::Bytes;
use http::header::{ACCEPT, AUTHORIZATION, CONTENT_TYPE, USER_AGENT};
use http::{HeaderValue, Request, Response};
use http_body_util::{BodyExt, Full, LengthLimitError, Limited};
use hyper::body::Incoming;
use hyper_rustls::{HttpsConnector, HttpsConnectorBuilder};
use hyper_util::client::legacy::Client as HttpClient;
use hyper_util::client::legacy::connect::HttpConnector;
use hyper_util::rt::TokioExecutor;
use rustls::{ClientConfig, RootCertStore};
use tokio::time::timeout;

pub use self::base_url::{BaseUrl, BaseUrlError};
pub use self::error::{CallError, Refusal};
pub use self::key::Key;

use self::events::Events;
use self::wire::{Chunk, Completion, request_body};

/// The largest answer that is read. A chat completion is some kilobytes.
const LARGEST_ANSWER: usize = 4 << 20;

/// The largest body of a refusal that is read.
const LARGEST_REFUSAL: usize = 64 << 10;

/// Talks to one provider. Connections are kept and used again.
#[derive(Debug)]
pub struct Client {
    http: HttpClient<HttpsConnector<HttpConnector>, Full<Bytes>>,
    settings: Settings,
    authorization: Option<HeaderValue>,
}

/// Which provider, as whom, and how patiently.
#[derive(Debug, Clone)]
pub struct Settings {
    /// Where the provider is.
    pub base_url: BaseUrl,
    /// The key that it asks for, if it does.
    pub key: Option<Key>,
    /// How long one call may take from the first byte sent to the last byte read.
    pub timeout: Duration,
}

/// One question to a model.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Chat<'a> {
    /// The model's name as the provider knows it.
    pub model: &'a str,
    /// What the user says.
    pub prompt: &'a str,
    /// The most tokens that the answer may have; none leaves it to the provider.
    pub most_tokens: Option<u32>,
}

/// A whole answer.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Reply {
    /// What the model wrote.
    pub text: String,
    /// What it cost in tokens, if the provider said so. Not said is not zero.
    pub usage: Option<TokenUsage>,
}

/// Tokens as the OpenAI API counts them: the cached ones are part of the prompt, those of
/// reasoning are part of the completion.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct TokenUsage {
    /// Tokens that the model read.
    pub prompt: u64,
    /// Tokens that the model wrote.
    pub completion: u64,
    /// Tokens of the prompt that the provider had kept from earlier calls.
    pub cached: u64,
    /// Tokens of the prompt that the provider keeps for later calls, where it says so.
    pub cache_written: u64,
    /// Tokens of the completion that the model thought and did not show.
    pub reasoning: u64,
}

impl Client {
    /// Prepares to talk to a provider; nothing is sent yet.
    ///
    /// # Errors
    ///
    /// A key that no header can carry, and, for an `https` URL, a machine that trusts nobody.
    pub fn new(settings: Settings) -> anyhow::Result<Self> {
        // Reading the machine's certificates takes a moment that plain http need not wait for.
        let tls = if settings.base_url.tls() {
            tls::system()?
        } else {
            tls::only(RootCertStore::empty())?
        };
        Self::with_tls(settings, tls)
    }

    fn with_tls(settings: Settings, tls: ClientConfig) -> anyhow::Result<Self> {
        let authorization = settings.key.as_ref().map(Key::authorization).transpose()?;
        let mut tcp = HttpConnector::new();
        tcp.enforce_http(false);
        tcp.set_nodelay(true);
        let connector = HttpsConnectorBuilder::new()
            .with_tls_config(tls)
            .https_or_http()
            .enable_http1()
            .wrap_connector(tcp);
        let http = HttpClient::builder(TokioExecutor::new()).build(connector);
        Ok(Self { http, settings, authorization })
    }

    /// Asks and waits for the answer in one piece.
    ///
    /// # Errors
    ///
    /// [`CallError`] tells a refusal, a timeout, a broken connection and a body that is no answer
    /// apart.
    pub async fn chat(&self, chat: &Chat<'_>) -> Result<Reply, CallError> {
        self.in_time(async {
            let response = self.send(chat, false).await?;
            self.read_completion(response.into_body()).await
        })
        .await
    }

    /// Asks, calls back as soon as the model has begun to write, and waits for the end.
    ///
    /// # Errors
    ///
    /// As [`chat`](Self::chat); the call may also fail after `first_token` was called.
    pub async fn chat_streaming(
        &self,
        chat: &Chat<'_>,
        first_token: impl FnOnce(),
    ) -> Result<Reply, CallError> {
        self.in_time(async {
            let response = self.send(chat, true).await?;
            self.read_stream(response.into_body(), first_token).await
        })
        .await
    }

    async fn in_time(
        &self,
        call: impl Future<Output = Result<Reply, CallError>>,
    ) -> Result<Reply, CallError> {
        let after = self.settings.timeout;
        timeout(after, call).await.unwrap_or(Err(CallError::TimedOut { after }))
    }

    /// Sends the request and returns the response if its status is good.
    async fn send(&self, chat: &Chat<'_>, stream: bool) -> Result<Response<Incoming>, CallError> {
        let body = request_body(chat, stream).to_string();
        let accept = if stream { "text/event-stream" } else { "application/json" };
        let mut request = Request::post(self.settings.base_url.chat())
            .header(CONTENT_TYPE, "application/json")
            .header(ACCEPT, accept)
            .header(USER_AGENT, "botmeter-demo")
            .body(Full::from(body))
            .map_err(|error| CallError::network(error.into()))?;
        if let Some(authorization) = &self.authorization {
            request.headers_mut().insert(AUTHORIZATION, authorization.clone());
        }

        let response =
            self.http.request(request).await.map_err(|error| CallError::network(error.into()))?;
        if response.status().is_success() {
            return Ok(response);
        }
        let (head, body) = response.into_parts();
        // The status alone says enough when the body cannot be read.
        let body = Limited::new(body, LARGEST_REFUSAL).collect().await;
        let body = body.map(http_body_util::Collected::to_bytes).unwrap_or_default();
        Err(CallError::refused(head.status.as_u16(), &head.headers, &body, self.key()))
    }

    async fn read_completion(&self, body: Incoming) -> Result<Reply, CallError> {
        let body = match Limited::new(body, LARGEST_ANSWER).collect().await {
            Ok(body) => body.to_bytes(),
            Err(error) if error.is::<LengthLimitError>() => return Err(self.too_large()),
            Err(error) => return Err(CallError::network(error)),
        };
        let completion: Completion = serde_json::from_slice(&body).map_err(|error| {
            let reason = format!("answer is not a chat completion: {error}");
            CallError::malformed(reason, &body, self.key())
        })?;
        let Some(choice) = completion.choices.into_iter().next() else {
            return Err(CallError::malformed("answer has no choices", &body, self.key()));
        };
        let text = choice.message.content.unwrap_or_default();
        Ok(Reply { text, usage: completion.usage.map(Into::into) })
    }

    async fn read_stream(
        &self,
        mut body: Incoming,
        first_token: impl FnOnce(),
    ) -> Result<Reply, CallError> {
        let mut first_token = Some(first_token);
        let mut events = Events::default();
        let mut reply = Reply { text: String::new(), usage: None };
        let mut finished = false;
        while let Some(frame) = body.frame().await {
            let frame = frame.map_err(|error| CallError::network(error.into()))?;
            let Ok(bytes) = frame.into_data() else { continue };
            for event in events.push(&bytes) {
                if event == b"[DONE]" {
                    drain(body);
                    return Ok(reply);
                }
                let chunk = self.read_chunk(&event)?;
                if let Some(usage) = chunk.usage {
                    reply.usage = Some(usage.into());
                }
                if let Some(choice) = chunk.choices.into_iter().next() {
                    if choice.delta.has_token()
                        && let Some(first_token) = first_token.take()
                    {
                        first_token();
                    }
                    reply.text.push_str(choice.delta.content.as_deref().unwrap_or_default());
                    finished |= choice.finish_reason.is_some();
                }
            }
            if reply.text.len() + events.pending() > LARGEST_ANSWER {
                return Err(self.too_large());
            }
        }
        // Some providers leave out the mark of the end.
        if finished {
            return Ok(reply);
        }
        let reason = "streamed answer ended before it was complete";
        Err(CallError::malformed(reason, &events.into_rest(), self.key()))
    }

    fn read_chunk(&self, event: &[u8]) -> Result<Chunk, CallError> {
        let chunk: Chunk = serde_json::from_slice(event).map_err(|error| {
            let reason = format!("streamed event is not a chunk of a chat completion: {error}");
            CallError::malformed(reason, event, self.key())
        })?;
        match chunk.error {
            Some(error) => Err(CallError::refused_in_stream(error, self.key())),
            None => Ok(chunk),
        }
    }

    fn too_large(&self) -> CallError {
        let reason = format!("answer has more than {} MiB", LARGEST_ANSWER >> 20);
        CallError::malformed(reason, &[], self.key())
    }

    fn key(&self) -> Option<&Key> {
        self.settings.key.as_ref()
    }
}

/// Reads what follows the mark of the end, outside of the call, so that the connection can be
/// used again and a provider that keeps it open delays nobody.
fn drain(body: Incoming) {
    tokio::spawn(timeout(Duration::from_secs(1), Limited::new(body, LARGEST_REFUSAL).collect()));
}
