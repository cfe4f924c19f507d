//! What an answer by HTTP says, if it says anything.

use std::borrow::Cow;

use http::{HeaderMap, header};
use opentelemetry_proto::tonic::collector::metrics::v1::ExportMetricsServiceResponse;
use prost::Message;

/// What an answer with a success says.
pub(in super::super) enum Receipt {
    /// What the protocol asks for. The answer to spans has the same fields.
    Otlp(ExportMetricsServiceResponse),
    /// Nothing at all, or an empty object in JSON.
    Consent,
    /// It says that it is protobuf, and is something else.
    Garbled,
    /// A web page, such as one to log in.
    Page,
    /// Anything else, such as an error in JSON.
    Words,
}

impl Receipt {
    pub(in super::super) fn of(headers: &HeaderMap, body: &[u8]) -> Self {
        let content_type = content_type(headers);
        if content_type.contains("html") {
            return Self::Page;
        }
        let decoded = ExportMetricsServiceResponse::decode(body);
        if is_protobuf(headers) {
            return decoded.map_or(Self::Garbled, Self::Otlp);
        }
        let words: Vec<u8> =
            body.iter().copied().filter(|byte| !byte.is_ascii_whitespace()).collect();
        match (words.as_slice(), decoded) {
            (b"" | b"{}" | br#"{"partialSuccess":{}}"#, _) => Self::Consent,
            (_, Ok(response)) if content_type.is_empty() => Self::Otlp(response),
            _ => Self::Words,
        }
    }
}

/// What a receiver sends with an error: `google.rpc.Status`, of which only the
/// message is for people.
#[derive(Clone, PartialEq, prost::Message)]
struct RpcStatus {
    #[prost(string, tag = "2")]
    message: String,
}

pub(in super::super) fn error_text<'a>(headers: &HeaderMap, body: &'a [u8]) -> Cow<'a, [u8]> {
    match RpcStatus::decode(body) {
        Ok(status) if is_protobuf(headers) => Cow::Owned(status.message.into_bytes()),
        _ => Cow::Borrowed(body),
    }
}

fn is_protobuf(headers: &HeaderMap) -> bool {
    let content_type = content_type(headers);
    ["application/x-protobuf", "application/protobuf"].iter().any(|it| content_type.starts_with(it))
}

pub(in super::super) fn content_type(headers: &HeaderMap) -> String {
    let value = headers.get(header::CONTENT_TYPE).and_then(|value| value.to_str().ok());
    value.unwrap_or_default().to_ascii_lowercase()
}
