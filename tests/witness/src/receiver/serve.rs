//! The two protocols of the receiver.

use std::{
    future::pending,
    io::Read,
    net::TcpListener,
    sync::Arc,
    time::{Duration, SystemTime, UNIX_EPOCH},
};

use flate2::read::GzDecoder;
use http_body_util::{BodyExt, Full};
use hyper::{
    HeaderMap, Method, Request, Response,
    body::{Bytes, Incoming},
    header,
    service::{Service as _, service_fn},
};
use hyper_util::{
    rt::{TokioExecutor, TokioIo},
    service::TowerToHyperService,
};
use opentelemetry_proto::tonic::{
    collector::metrics::v1::{
        ExportMetricsPartialSuccess, ExportMetricsServiceRequest, ExportMetricsServiceResponse,
        metrics_service_server::{MetricsService, MetricsServiceServer},
    },
    metrics::v1::metric::Data,
};
use prost::Message;
use tokio::net::TcpStream;
use tonic::{Code, Status, codec::CompressionEncoding};

use super::{AUTHORITY, Behavior, Protocol, Push, State};

/// Serves every connection until its task is dropped.
pub(super) async fn connections(listener: TcpListener, protocol: Protocol, state: Arc<State>) {
    let listener = tokio::net::TcpListener::from_std(listener).expect("a runtime is there");
    while let Ok((stream, _)) = listener.accept().await {
        let state = Arc::clone(&state);
        if state.is_closing() {
            state.arrived();
            continue;
        }
        match protocol {
            Protocol::Http => tokio::spawn(serve_http(stream, state)),
            Protocol::Grpc => tokio::spawn(serve_grpc(stream, state)),
        };
    }
}

async fn serve_http(stream: TcpStream, state: Arc<State>) {
    let service = service_fn(move |request| answer(request, Arc::clone(&state)));
    // A client that goes away is not the receiver's trouble.
    let _ended = hyper::server::conn::http1::Builder::new()
        .serve_connection(TokioIo::new(stream), service)
        .await;
}

async fn serve_grpc(stream: TcpStream, state: Arc<State>) {
    let service = MetricsServiceServer::new(Grpc(state))
        .accept_compressed(CompressionEncoding::Gzip)
        .max_decoding_message_size(usize::MAX);
    let service = TowerToHyperService::new(service);
    let service = service_fn(move |request| service.call(with_authority(request)));
    let _ended = hyper::server::conn::http2::Builder::new(TokioExecutor::new())
        .serve_connection(TokioIo::new(stream), service)
        .await;
}

/// What HTTP/2 sends in the place of `Host`, put among the headers.
fn with_authority(mut request: Request<Incoming>) -> Request<Incoming> {
    let authority = request.uri().authority().map(|authority| authority.as_str().parse());
    if let Some(Ok(authority)) = authority {
        request.headers_mut().insert(AUTHORITY, authority);
    }
    request
}

/// Ends the connection.
type Closed = std::io::Error;

async fn answer(
    request: Request<Incoming>,
    state: Arc<State>,
) -> Result<Response<Full<Bytes>>, Closed> {
    let (parts, body) = request.into_parts();
    let body = body.collect().await.map_err(Closed::other)?.to_bytes();
    let behavior = state.arrived();
    match behavior {
        Behavior::AcceptUpTo(most) if body.len() > most => {
            return Ok(plain(413, "Request Entity Too Large"));
        }
        Behavior::Accept
        | Behavior::AcceptNoFuture
        | Behavior::AcceptAndClose
        | Behavior::AcceptUpTo(_) => {}
        Behavior::AcceptAfter(pause) => tokio::time::sleep(pause).await,
        Behavior::Reject { points, message } => return Ok(proto(Some(rejected(points, message)))),
        Behavior::Answer { status, headers, body } => {
            return Ok(headers
                .iter()
                .fold(Response::builder().status(status), |response, (name, value)| {
                    response.header(*name, *value)
                })
                .body(Full::from(body))
                .expect("the test gives a valid answer"));
        }
        Behavior::Hang => pending().await,
        Behavior::Close => return Err(Closed::other("told to close")),
    }
    if parts.uri.path() != "/v1/metrics" {
        return Ok(plain(404, "404 page not found"));
    }
    if parts.method != Method::POST {
        return Ok(plain(405, "POST only"));
    }
    match decode(&parts.headers, &body) {
        Ok(request) if matches!(behavior, Behavior::AcceptNoFuture) && is_ahead(&request) => {
            Ok(plain(400, TOO_FAR))
        }
        Ok(request) => {
            state.keep(Push { headers: pairs(&parts.headers), request });
            match behavior {
                Behavior::AcceptAndClose => Err(Closed::other("told to close")),
                _ => Ok(proto(None)),
            }
        }
        Err((status, text)) => Ok(plain(status, &text)),
    }
}

fn decode(headers: &HeaderMap, body: &[u8]) -> Result<ExportMetricsServiceRequest, (u16, String)> {
    let header = |name| headers.get(name).map_or("", |value| value.to_str().unwrap_or("?"));
    if header(header::CONTENT_TYPE) != "application/x-protobuf" {
        return Err((415, format!("content type {:?}", header(header::CONTENT_TYPE))));
    }
    let mut unzipped = Vec::new();
    let body = match header(header::CONTENT_ENCODING) {
        "" => body,
        "gzip" => {
            GzDecoder::new(body)
                .read_to_end(&mut unzipped)
                .map_err(|error| (400, error.to_string()))?;
            &unzipped
        }
        other => return Err((415, format!("content encoding {other:?}"))),
    };
    ExportMetricsServiceRequest::decode(body).map_err(|error| (400, error.to_string()))
}

/// What Prometheus says.
const TOO_FAR: &str = "out of bounds: timestamp is too far in the future";

fn is_ahead(request: &ExportMetricsServiceRequest) -> bool {
    let limit = SystemTime::now() + Duration::from_mins(10);
    let limit = limit.duration_since(UNIX_EPOCH).expect("the clock is right").as_nanos();
    let scopes = request.resource_metrics.iter().flat_map(|it| &it.scope_metrics);
    let is_ahead = |nanos: u64| u128::from(nanos) > limit;
    scopes.flat_map(|it| &it.metrics).any(|metric| match &metric.data {
        Some(Data::Gauge(it)) => it.data_points.iter().any(|it| is_ahead(it.time_unix_nano)),
        Some(Data::Sum(it)) => it.data_points.iter().any(|it| is_ahead(it.time_unix_nano)),
        Some(Data::Histogram(it)) => it.data_points.iter().any(|it| is_ahead(it.time_unix_nano)),
        _ => false,
    })
}

fn plain(status: u16, text: &str) -> Response<Full<Bytes>> {
    Response::builder()
        .status(status)
        .header(header::CONTENT_TYPE, "text/plain")
        .body(Full::from(text.to_owned()))
        .expect("a plain answer is valid")
}

fn proto(partial_success: Option<ExportMetricsPartialSuccess>) -> Response<Full<Bytes>> {
    let body = ExportMetricsServiceResponse { partial_success }.encode_to_vec();
    Response::builder()
        .header(header::CONTENT_TYPE, "application/x-protobuf")
        .body(Full::from(body))
        .expect("an answer of protobuf is valid")
}

fn rejected(points: i64, message: &str) -> ExportMetricsPartialSuccess {
    ExportMetricsPartialSuccess { rejected_data_points: points, error_message: message.to_owned() }
}

fn pairs(headers: &HeaderMap) -> Vec<(String, String)> {
    headers
        .iter()
        .map(|(name, value)| {
            (name.as_str().to_owned(), String::from_utf8_lossy(value.as_bytes()).into_owned())
        })
        .collect()
}

struct Grpc(Arc<State>);

#[tonic::async_trait]
impl MetricsService for Grpc {
    async fn export(
        &self,
        request: tonic::Request<ExportMetricsServiceRequest>,
    ) -> Result<tonic::Response<ExportMetricsServiceResponse>, Status> {
        let behavior = self.0.arrived();
        match behavior {
            Behavior::AcceptNoFuture if is_ahead(request.get_ref()) => {
                return Err(Status::invalid_argument(TOO_FAR));
            }
            Behavior::Accept | Behavior::AcceptNoFuture | Behavior::AcceptAndClose => {}
            Behavior::AcceptUpTo(most) => {
                // As servers in Go say it.
                let size = request.get_ref().encoded_len();
                if size > most {
                    return Err(Status::resource_exhausted(format!(
                        "grpc: received message larger than max ({size} vs. {most})"
                    )));
                }
            }
            Behavior::AcceptAfter(pause) => tokio::time::sleep(pause).await,
            Behavior::Reject { points, message } => {
                let partial_success = Some(rejected(points, message));
                return Ok(ExportMetricsServiceResponse { partial_success }.into());
            }
            Behavior::Answer { status, body, .. } => {
                return Err(Status::new(Code::from_i32(status.into()), body));
            }
            Behavior::Hang => pending().await,
            Behavior::Close => return Err(Status::unavailable("told to close")),
        }
        let headers = pairs(&request.metadata().clone().into_headers());
        self.0.keep(Push { headers, request: request.into_inner() });
        match behavior {
            Behavior::AcceptAndClose => Err(Status::unavailable("told to close")),
            _ => Ok(ExportMetricsServiceResponse::default().into()),
        }
    }
}
