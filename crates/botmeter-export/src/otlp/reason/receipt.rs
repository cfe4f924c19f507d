//! What an answer by HTTP says, if it says anything.

use std::borrow::Cow;

use http::{HeaderMap, header};

use crate::otlp::wire::{Field, fields};

/// What an answer with a success says.
pub(in super::super) enum Receipt {
    /// What the protocol asks for.
    Otlp(Option<Rejected>),
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
        let decoded = partial_success(body);
        if is_protobuf(headers) {
            return decoded.map_or_else(|Garbled| Self::Garbled, Self::Otlp);
        }
        let words: Vec<u8> =
            body.iter().copied().filter(|byte| !byte.is_ascii_whitespace()).collect();
        match (words.as_slice(), decoded) {
            (b"" | b"{}" | br#"{"partialSuccess":{}}"#, _) => Self::Consent,
            (_, Ok(rejected)) if content_type.is_empty() => Self::Otlp(rejected),
            _ => Self::Words,
        }
    }
}

/// What a receiver did not take of a push that it took.
pub(in super::super) struct Rejected {
    pub(in super::super) count: i64,
    pub(in super::super) message: String,
}

/// It is no protobuf, or not what it should be.
#[derive(Debug)]
pub(in super::super) struct Garbled;

/// What an answer in protobuf says was not taken: `partial_success` of metrics
/// and of spans have the same fields.
pub(in super::super) fn partial_success(body: &[u8]) -> Result<Option<Rejected>, Garbled> {
    let mut rejected = None;
    for field in fields(body) {
        if let (1, Field::Bytes(partial)) = field.ok_or(Garbled)? {
            rejected = Some(Rejected::of(partial).ok_or(Garbled)?);
        }
    }
    Ok(rejected)
}

impl Rejected {
    fn of(partial: &[u8]) -> Option<Self> {
        let (mut count, mut message) = (0, "");
        for field in fields(partial) {
            match field? {
                (1, Field::Varint(n)) => count = n.cast_signed(),
                (2, Field::Bytes(text)) => message = std::str::from_utf8(text).ok()?,
                (1 | 2, _) => return None,
                _ => {}
            }
        }
        Some(Self { count, message: message.to_owned() })
    }
}

/// What a receiver sends with an error is a `google.rpc.Status`, of which only
/// the message is for people.
pub(in super::super) fn error_text<'a>(headers: &HeaderMap, body: &'a [u8]) -> Cow<'a, [u8]> {
    if !is_protobuf(headers) {
        return Cow::Borrowed(body);
    }
    let mut message: &[u8] = b"";
    for field in fields(body) {
        match field {
            Some((2, Field::Bytes(text))) => message = text,
            Some(_) => {}
            None => return Cow::Borrowed(body),
        }
    }
    Cow::Borrowed(message)
}

fn is_protobuf(headers: &HeaderMap) -> bool {
    let content_type = content_type(headers);
    ["application/x-protobuf", "application/protobuf"].iter().any(|it| content_type.starts_with(it))
}

pub(in super::super) fn content_type(headers: &HeaderMap) -> String {
    let value = headers.get(header::CONTENT_TYPE).and_then(|value| value.to_str().ok());
    value.unwrap_or_default().to_ascii_lowercase()
}
