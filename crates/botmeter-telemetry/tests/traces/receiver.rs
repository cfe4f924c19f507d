//! A receiver of spans in this process, which decodes what arrives and can be
//! told to misbehave.

use std::{
    convert::Infallible,
    fmt::Write,
    future::pending,
    io::Read,
    net::{Ipv4Addr, SocketAddr, TcpListener},
    sync::{Arc, Mutex, MutexGuard, PoisonError},
    thread,
    time::{Duration, Instant},
};

use flate2::read::GzDecoder;
use http_body_util::{BodyExt, Full};
use hyper::{
    Request, Response,
    body::{Bytes, Incoming},
    service::service_fn,
};
use hyper_util::{
    rt::{TokioExecutor, TokioIo},
    service::TowerToHyperService,
};
use opentelemetry_proto::tonic::{
    collector::trace::v1::{
        ExportTracePartialSuccess, ExportTraceServiceRequest, ExportTraceServiceResponse,
        trace_service_server::{TraceService, TraceServiceServer},
    },
    common::v1::{AnyValue, KeyValue, any_value::Value},
    trace::v1::{Span, span::SpanKind, status::StatusCode},
};
use prost::Message;
use tokio::{net::TcpStream, runtime::Runtime};
use tonic::{Code, Status, codec::CompressionEncoding};

/// Long enough for a busy machine.
pub(crate) const SOON: Duration = Duration::from_secs(20);

pub(crate) struct Receiver {
    address: SocketAddr,
    is_grpc: bool,
    state: Arc<State>,
    runtime: Option<Runtime>,
}

/// What is done with a push. What is not accepted is not kept.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Behavior {
    Accept,
    /// Says that some spans were rejected.
    Reject(i64),
    /// Answers with this status; for gRPC, with this code.
    Answer(u16),
    /// Reads and never answers.
    Hang,
}

struct State {
    behavior: Mutex<Behavior>,
    pushes: Mutex<Vec<Push>>,
    arrived: Mutex<usize>,
}

/// A push that was accepted.
#[derive(Clone, Debug)]
pub(crate) struct Push {
    pub(crate) path: String,
    pub(crate) headers: Vec<(String, String)>,
    pub(crate) request: ExportTraceServiceRequest,
}

impl Receiver {
    pub(crate) fn http() -> Self {
        Self::start((Ipv4Addr::LOCALHOST, 0).into(), false)
    }

    pub(crate) fn grpc() -> Self {
        Self::start((Ipv4Addr::LOCALHOST, 0).into(), true)
    }

    /// One by HTTP at this address.
    pub(crate) fn http_at(address: SocketAddr) -> Self {
        Self::start(address, false)
    }

    fn start(address: SocketAddr, is_grpc: bool) -> Self {
        let listener = TcpListener::bind(address).unwrap();
        listener.set_nonblocking(true).unwrap();
        let address = listener.local_addr().unwrap();
        let state = Arc::new(State {
            behavior: Mutex::new(Behavior::Accept),
            pushes: Mutex::default(),
            arrived: Mutex::default(),
        });
        let runtime = tokio::runtime::Builder::new_multi_thread()
            .worker_threads(1)
            .enable_all()
            .build()
            .unwrap();
        runtime.spawn(serve(listener, is_grpc, Arc::clone(&state)));
        Self { address, is_grpc, state, runtime: Some(runtime) }
    }

    pub(crate) fn address(&self) -> SocketAddr {
        self.address
    }

    /// Without the path.
    pub(crate) fn base(&self) -> String {
        format!("http://{}", self.address)
    }

    /// As messages name it.
    pub(crate) fn endpoint(&self) -> String {
        if self.is_grpc { self.base() } else { format!("{}/v1/traces", self.base()) }
    }

    pub(crate) fn behave(&self, behavior: Behavior) {
        *lock(&self.state.behavior) = behavior;
    }

    pub(crate) fn pushes(&self) -> Vec<Push> {
        lock(&self.state.pushes).clone()
    }

    /// How many pushes arrived, accepted or not.
    pub(crate) fn arrived(&self) -> usize {
        *lock(&self.state.arrived)
    }

    /// All spans that were accepted.
    pub(crate) fn spans(&self) -> Vec<Span> {
        self.pushes()
            .into_iter()
            .flat_map(|push| push.request.resource_spans)
            .flat_map(|resource| resource.scope_spans)
            .flat_map(|scope| scope.spans)
            .collect()
    }

    /// The one span of this name.
    #[track_caller]
    pub(crate) fn span(&self, name: &str) -> Span {
        let spans = self.spans();
        let found: Vec<&Span> = spans.iter().filter(|span| span.name == name).collect();
        assert_eq!(found.len(), 1, "{name} in {spans:#?}");
        found[0].clone()
    }
}

impl Drop for Receiver {
    fn drop(&mut self) {
        if let Some(runtime) = self.runtime.take() {
            runtime.shutdown_background();
        }
    }
}

/// Polls until something is so.
#[track_caller]
pub(crate) fn eventually(what: &str, mut is_so: impl FnMut() -> bool) {
    let begin = Instant::now();
    while !is_so() {
        assert!(begin.elapsed() < SOON, "not within {SOON:?}: {what}");
        thread::sleep(Duration::from_millis(5));
    }
}

/// What a span says, but for times and ids.
pub(crate) fn reading(span: &Span) -> String {
    let mut text = format!("{} [{}]", span.name, kind(span));
    let status = span.status.clone().unwrap_or_default();
    match status.code() {
        StatusCode::Unset => {}
        StatusCode::Ok => text.push_str(" ok"),
        StatusCode::Error => write!(text, " error {:?}", status.message).unwrap(),
    }
    text.push_str(&attributes(&span.attributes));
    for event in &span.events {
        write!(
            text,
            "\n  * {}{}",
            event.name,
            attributes(&event.attributes).replace("\n ", "\n   ")
        )
        .unwrap();
    }
    text
}

/// One in each line, in the order of their keys.
pub(crate) fn attributes(attributes: &[KeyValue]) -> String {
    let mut lines: Vec<String> = attributes
        .iter()
        .map(|KeyValue { key, value, .. }| format!("\n  {key}={}", shown(value.as_ref())))
        .collect();
    lines.sort_unstable();
    lines.concat()
}

fn shown(value: Option<&AnyValue>) -> String {
    match value.and_then(|value| value.value.as_ref()) {
        Some(Value::StringValue(text)) => format!("{text:?}"),
        Some(Value::IntValue(number)) => number.to_string(),
        Some(Value::DoubleValue(number)) => format!("{number:?}"),
        Some(Value::BoolValue(is)) => is.to_string(),
        other => format!("{other:?}"),
    }
}

fn kind(span: &Span) -> &'static str {
    match span.kind() {
        SpanKind::Client => "client",
        SpanKind::Internal => "internal",
        _ => "another kind",
    }
}

async fn serve(listener: TcpListener, is_grpc: bool, state: Arc<State>) {
    let listener = tokio::net::TcpListener::from_std(listener).unwrap();
    while let Ok((stream, _)) = listener.accept().await {
        let state = Arc::clone(&state);
        if is_grpc {
            tokio::spawn(by_grpc(stream, state));
        } else {
            tokio::spawn(by_http(stream, state));
        }
    }
}

async fn by_http(stream: TcpStream, state: Arc<State>) {
    let service = service_fn(move |request| answer(request, Arc::clone(&state)));
    let _ended = hyper::server::conn::http1::Builder::new()
        .serve_connection(TokioIo::new(stream), service)
        .await;
}

async fn by_grpc(stream: TcpStream, state: Arc<State>) {
    let service = TraceServiceServer::new(Grpc(state)).accept_compressed(CompressionEncoding::Gzip);
    let _ended = hyper::server::conn::http2::Builder::new(TokioExecutor::new())
        .serve_connection(TokioIo::new(stream), TowerToHyperService::new(service))
        .await;
}

async fn answer(
    request: Request<Incoming>,
    state: Arc<State>,
) -> Result<Response<Full<Bytes>>, Infallible> {
    let (parts, body) = request.into_parts();
    let body = body.collect().await.unwrap().to_bytes();
    let status = match state.arrived() {
        Behavior::Accept => 200,
        Behavior::Reject(spans) => return Ok(proto(Some(rejected(spans)))),
        Behavior::Answer(status) => status,
        Behavior::Hang => pending().await,
    };
    if status != 200 || parts.uri.path() != "/v1/traces" {
        let status = if status == 200 { 404 } else { status };
        return Ok(Response::builder().status(status).body(Full::default()).unwrap());
    }
    let headers = pairs(&parts.headers);
    let mut unzipped = Vec::new();
    let is_zipped = headers.iter().any(|pair| pair == &("content-encoding".into(), "gzip".into()));
    let body = if is_zipped {
        GzDecoder::new(&body[..]).read_to_end(&mut unzipped).unwrap();
        &unzipped
    } else {
        &body[..]
    };
    let request = ExportTraceServiceRequest::decode(body).unwrap();
    state.keep(Push { path: parts.uri.path().to_owned(), headers, request });
    Ok(proto(None))
}

fn proto(partial_success: Option<ExportTracePartialSuccess>) -> Response<Full<Bytes>> {
    let body = ExportTraceServiceResponse { partial_success }.encode_to_vec();
    Response::builder()
        .header("content-type", "application/x-protobuf")
        .body(Full::from(body))
        .unwrap()
}

fn rejected(spans: i64) -> ExportTracePartialSuccess {
    ExportTracePartialSuccess { rejected_spans: spans, error_message: "too old".to_owned() }
}

fn pairs(headers: &hyper::HeaderMap) -> Vec<(String, String)> {
    headers
        .iter()
        .map(|(name, value)| (name.to_string(), value.to_str().unwrap().to_owned()))
        .collect()
}

struct Grpc(Arc<State>);

#[tonic::async_trait]
impl TraceService for Grpc {
    async fn export(
        &self,
        request: tonic::Request<ExportTraceServiceRequest>,
    ) -> Result<tonic::Response<ExportTraceServiceResponse>, Status> {
        match self.0.arrived() {
            Behavior::Accept => {}
            Behavior::Reject(spans) => {
                let partial_success = Some(rejected(spans));
                return Ok(ExportTraceServiceResponse { partial_success }.into());
            }
            Behavior::Answer(code) => {
                return Err(Status::new(Code::from_i32(code.into()), "told to fail"));
            }
            Behavior::Hang => pending().await,
        }
        let headers = pairs(&request.metadata().clone().into_headers());
        let path = "gRPC".to_owned();
        self.0.keep(Push { path, headers, request: request.into_inner() });
        Ok(ExportTraceServiceResponse::default().into())
    }
}

impl State {
    fn arrived(&self) -> Behavior {
        *lock(&self.arrived) += 1;
        *lock(&self.behavior)
    }

    fn keep(&self, push: Push) {
        lock(&self.pushes).push(push);
    }
}

fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}
