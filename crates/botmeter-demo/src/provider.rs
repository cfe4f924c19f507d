//! A model provider on this machine, for runs without a key and without the internet.
//!
//! It speaks the part of the OpenAI API that the demo needs: `POST /v1/chat/completions`, in one
//! piece or streamed, and `GET /v1/models`. It takes its time like a model does, counts tokens,
//! and fails as often as its [`Profile`] says, so that every panel has something to show.

mod dice;
mod profile;
mod wire;
mod words;

use std::io;
use std::net::{Ipv4Addr, SocketAddr};
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

use anyhow::Context;
use axum::Router;
use axum::body::Body;
use axum::extract::State;
use axum::response::Response;
use axum::routing::{get, post};
use axum::serve::ListenerExt;
use bytes::Bytes;
use futures_util::stream;
use http::{StatusCode, header};
use tokio::net::TcpListener;
use tokio::sync::watch;
use tokio::task::{JoinHandle, yield_now};
use tokio::time::{sleep, timeout};

pub use self::profile::{
    DEFAULT_MODELS, Faults, Latency, Profile, ProfileError, Share, TRIAL_MODEL,
};

use self::dice::{Dice, Fate, Plan};
use self::wire::{Answer, ChatRequest, Frame, error_body, malformed_body, models_body};
use self::words::Writer;

/// A provider that is listening.
///
/// Dropping it ends it at once; [`shutdown`](Self::shutdown) lets the answers that are under way
/// end first.
///
/// ```
/// use botmeter_demo::provider::{Profile, Provider};
///
/// # #[tokio::main(flavor = "current_thread")]
/// # async fn main() -> anyhow::Result<()> {
/// let provider = Provider::start(Profile::default()).await?;
/// assert!(provider.base_url().starts_with("http://127.0.0.1:"));
/// provider.shutdown(std::time::Duration::from_secs(1)).await;
/// # Ok(())
/// # }
/// ```
#[derive(Debug)]
pub struct Provider {
    address: SocketAddr,
    service: Arc<Service>,
    ending: watch::Sender<bool>,
    server: JoinHandle<io::Result<()>>,
}

impl Provider {
    /// Listens on a free port of 127.0.0.1 and answers as the profile says.
    ///
    /// # Errors
    ///
    /// A profile that no provider can follow, and the operating system's reason if there is no
    /// port to listen on.
    pub async fn start(profile: Profile) -> anyhow::Result<Self> {
        profile.check().context("failed to start the built-in provider")?;
        let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0))
            .await
            .context("failed to listen on a free port of 127.0.0.1 for the built-in provider")?;
        let address = listener.local_addr().context("failed to read the provider's own address")?;

        let (ending, ended) = watch::channel(false);
        let service = Arc::new(Service {
            dice: Dice::new(&profile),
            writer: Writer::default(),
            profile,
            calls: AtomicU64::new(0),
            ended: ended.clone(),
        });
        let routes = Router::new()
            .route("/v1/chat/completions", post(complete))
            .route("/v1/models", get(list_models))
            .fallback(unknown_path)
            .with_state(Arc::clone(&service));
        // Tokens are small, and must not wait for each other to fill a packet.
        let listener = listener.tap_io(|connection| drop(connection.set_nodelay(true)));
        let server = axum::serve(listener, routes).with_graceful_shutdown(true_at_last(ended));
        let server = tokio::spawn(server.into_future());
        Ok(Self { address, service, ending, server })
    }

    /// Where it listens.
    pub fn address(&self) -> SocketAddr {
        self.address
    }

    /// What a client is given as its base URL, such as `http://127.0.0.1:41234/v1`.
    pub fn base_url(&self) -> String {
        format!("http://{}/v1", self.address)
    }

    /// How many calls it has taken, whatever became of them.
    pub fn calls(&self) -> u64 {
        self.service.calls.load(Ordering::Relaxed)
    }

    /// Takes no more calls, ends those that hang, and gives the others until the deadline.
    /// Returns whether all of them ended in time; those that did not are cut off.
    pub async fn shutdown(mut self, deadline: Duration) -> bool {
        self.ending.send_replace(true);
        timeout(deadline, &mut self.server).await.is_ok()
    }
}

impl Drop for Provider {
    fn drop(&mut self) {
        self.ending.send_replace(true);
        self.server.abort();
    }
}

#[derive(Debug)]
struct Service {
    profile: Profile,
    dice: Dice,
    writer: Writer,
    calls: AtomicU64,
    ended: watch::Receiver<bool>,
}

async fn complete(State(service): State<Arc<Service>>, body: Bytes) -> Response {
    service.calls.fetch_add(1, Ordering::Relaxed);
    let request: ChatRequest = match serde_json::from_slice(&body) {
        Ok(request) => request,
        Err(error) => {
            let message = format!("the request body is not a chat completion request: {error}");
            return invalid_request(StatusCode::BAD_REQUEST, None, &message);
        }
    };
    let models = &service.profile.models;
    let Some(place) = models.iter().position(|name| *name == request.model) else {
        let message = format!(
            "the model {:?} does not exist; there are {}",
            request.model,
            models.join(", ")
        );
        return invalid_request(StatusCode::NOT_FOUND, Some("model_not_found"), &message);
    };
    let (tokens, most) = (request.prompt_tokens(), service.profile.context_tokens);
    if tokens > most {
        let message = format!("the prompt has {tokens} tokens, but the model reads at most {most}");
        let code = Some("context_length_exceeded");
        return invalid_request(StatusCode::BAD_REQUEST, code, &message);
    }
    service.answer(&request, slowed(service.dice.roll(), place)).await
}

impl Service {
    async fn answer(&self, request: &ChatRequest, plan: Plan) -> Response {
        // A request is refused before the model starts, so only an answer takes the model's time.
        match plan.fate {
            Fate::RateLimited => self.rate_limited(),
            Fate::ServerError => {
                let message = "the server had an error while processing the request";
                let body = error_body("server_error", None, message);
                json_response(StatusCode::INTERNAL_SERVER_ERROR, body.into())
            }
            Fate::Unauthorized => {
                let message = "the key given with the request is not valid";
                let body = error_body("invalid_request_error", Some("invalid_api_key"), message);
                json_response(StatusCode::UNAUTHORIZED, body.into())
            }
            Fate::Filtered => {
                let message = "the content management policy filtered the request";
                invalid_request(StatusCode::BAD_REQUEST, Some("content_filter"), message)
            }
            Fate::Hangs => {
                true_at_last(self.ended.clone()).await;
                let body = error_body("server_error", None, "the provider is shutting down");
                json_response(StatusCode::SERVICE_UNAVAILABLE, body.into())
            }
            Fate::Malformed => {
                sleep(plan.first_token).await;
                let body = malformed_body(plan.text_seed);
                if request.stream {
                    event_response(Body::from(format!("data: {body}\n\n")))
                } else {
                    json_response(StatusCode::OK, body.into())
                }
            }
            Fate::Answered | Fate::Dropped => {
                let seed = plan.text_seed;
                let words = self.writer.answer(request.prompt(), seed, plan.visible_tokens);
                let answer = Answer::new(request, &plan, words);
                sleep(plan.first_token).await;
                if request.stream {
                    streamed(answer.frames(plan.per_token), plan.fate)
                } else {
                    sleep(plan.per_token.saturating_mul(answer.tokens())).await;
                    in_one_piece(answer.body(), plan.fate)
                }
            }
        }
    }

    fn rate_limited(&self) -> Response {
        let wait = self.profile.retry_after;
        let seconds = wait.as_secs() + u64::from(wait.subsec_nanos() > 0);
        let message = "the rate limit of the account is reached";
        let body = error_body("rate_limit_error", Some("rate_limit_exceeded"), message);
        let mut response = json_response(StatusCode::TOO_MANY_REQUESTS, body.into());
        response.headers_mut().insert(header::RETRY_AFTER, seconds.into());
        response
    }
}

async fn list_models(State(service): State<Arc<Service>>) -> Response {
    json_response(StatusCode::OK, models_body(&service.profile.models).into())
}

async fn unknown_path() -> Response {
    let message = "there is nothing here; the provider serves /v1/chat/completions and /v1/models";
    invalid_request(StatusCode::NOT_FOUND, None, message)
}

/// Bigger models are slower.
fn slowed(plan: Plan, place: usize) -> Plan {
    let factor = u32::try_from(place).unwrap_or(u32::MAX).saturating_add(2);
    let slow = |duration: Duration| duration.saturating_mul(factor) / 2;
    Plan { first_token: slow(plan.first_token), per_token: slow(plan.per_token), ..plan }
}

fn in_one_piece(body: Bytes, fate: Fate) -> Response {
    if fate != Fate::Dropped {
        return json_response(StatusCode::OK, body.into());
    }
    // The header promises all of it, so that the caller cannot take the half for the whole.
    let length = body.len();
    let half = Frame { pause: Duration::ZERO, bytes: body.slice(..length / 2) };
    let mut response = json_response(StatusCode::OK, body_of(vec![half], Fate::Dropped));
    response.headers_mut().insert(header::CONTENT_LENGTH, length.into());
    response
}

fn streamed(mut frames: Vec<Frame>, fate: Fate) -> Response {
    if fate == Fate::Dropped {
        frames.truncate(frames.len() / 2);
    }
    event_response(body_of(frames, fate))
}

/// Sends each frame after its pause, and then ends the body or cuts the connection.
fn body_of(frames: Vec<Frame>, fate: Fate) -> Body {
    let frames = frames.into_iter().map(Some).chain((fate == Fate::Dropped).then_some(None));
    Body::from_stream(stream::unfold(frames, async |mut frames| {
        let Some(frame) = frames.next()? else {
            // The server sends what it holds back only when it has to wait for more.
            yield_now().await;
            return Some((Err(io::Error::from(io::ErrorKind::ConnectionAborted)), frames));
        };
        // The shortest sleep is a millisecond, which is long for no pause.
        if !frame.pause.is_zero() {
            sleep(frame.pause).await;
        }
        Some((Ok(frame.bytes), frames))
    }))
}

fn invalid_request(status: StatusCode, code: Option<&str>, message: &str) -> Response {
    json_response(status, error_body("invalid_request_error", code, message).into())
}

fn json_response(status: StatusCode, body: Body) -> Response {
    respond(status, "application/json", body)
}

fn event_response(body: Body) -> Response {
    respond(StatusCode::OK, "text/event-stream", body)
}

fn respond(status: StatusCode, content_type: &'static str, body: Body) -> Response {
    let mut response = Response::new(body);
    *response.status_mut() = status;
    let content_type = header::HeaderValue::from_static(content_type);
    response.headers_mut().insert(header::CONTENT_TYPE, content_type);
    response
}

/// Waits until the provider is told to end. A provider that was dropped has ended, too.
async fn true_at_last(mut ended: watch::Receiver<bool>) {
    drop(ended.wait_for(|ended| *ended).await);
}
