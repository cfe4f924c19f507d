//! Which path answers what.

use http::{Method, Response, StatusCode};

use super::page::{PageBody, not_allowed, prose};

/// What a request asks for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Route {
    /// The metrics.
    Metrics,
    /// A sign of life.
    Health,
    /// Where the metrics are.
    Root,
    /// Something that is not here.
    Unknown,
}

impl Route {
    pub(super) fn of(path: &str) -> Self {
        match path {
            "/metrics" => Self::Metrics,
            "/healthz" => Self::Health,
            "/" => Self::Root,
            _ => Self::Unknown,
        }
    }

    /// Whether nobody else answers at its path.
    pub(super) fn is_own(self) -> bool {
        matches!(self, Self::Metrics | Self::Health)
    }

    /// The answer where nothing has to be rendered for it.
    pub(super) fn answer(self, method: &Method) -> Option<Response<PageBody>> {
        let is_read = method == Method::GET || method == Method::HEAD;
        match self {
            Self::Unknown => {
                let text = "there is nothing here; the metrics are at /metrics\n";
                Some(prose(method, StatusCode::NOT_FOUND, text))
            }
            _ if !is_read => Some(not_allowed()),
            Self::Health => Some(prose(method, StatusCode::OK, "ok\n")),
            Self::Root => {
                let text = "the metrics are at /metrics, a sign of life is at /healthz\n";
                Some(prose(method, StatusCode::OK, text))
            }
            Self::Metrics => None,
        }
    }
}
