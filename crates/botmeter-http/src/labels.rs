//! The labels of requests, tools and MCP operations.

mod mcp_method;
mod status;

use botmeter_core::{closed_label, open_label};

pub use mcp_method::McpMethod;
pub use status::Status;

/// The route of requests that no route matched.
///
/// Never the path itself: a scanner asks for thousands of them.
pub const UNMATCHED: &str = "unmatched";

closed_label! {
    /// The method of a request.
    ///
    /// ```
    /// use botmeter_http::Method;
    ///
    /// assert_eq!(Method::from(&http::Method::PATCH), Method::Patch);
    /// assert_eq!(Method::named("PROPFIND"), Method::Other);
    /// ```
    pub enum Method: "method" {
        /// `CONNECT`.
        Connect => "CONNECT",
        /// `DELETE`.
        Delete => "DELETE",
        /// `GET`.
        Get => "GET",
        /// `HEAD`.
        Head => "HEAD",
        /// `OPTIONS`.
        Options => "OPTIONS",
        /// `PATCH`.
        Patch => "PATCH",
        /// `POST`.
        Post => "POST",
        /// `PUT`.
        Put => "PUT",
        /// `TRACE`.
        Trace => "TRACE",
        /// Any other: anybody can make one up.
        Other => "other",
    }
}

open_label! {
    /// The route that a request matched, such as `/runs/{id}`.
    pub struct Route: "route", limit 200;
}

open_label! {
    /// The name of a tool.
    pub struct Tool: "tool", limit 128;
}

impl Method {
    /// The method of this name. Methods are written in capitals; what is not
    /// is another method.
    pub fn named(name: &str) -> Self {
        let known = Self::ALL.iter().find(|method| method.as_str() == name);
        known.copied().unwrap_or(Self::Other)
    }
}

impl From<&http::Method> for Method {
    fn from(method: &http::Method) -> Self {
        match *method {
            http::Method::CONNECT => Self::Connect,
            http::Method::DELETE => Self::Delete,
            http::Method::GET => Self::Get,
            http::Method::HEAD => Self::Head,
            http::Method::OPTIONS => Self::Options,
            http::Method::PATCH => Self::Patch,
            http::Method::POST => Self::Post,
            http::Method::PUT => Self::Put,
            http::Method::TRACE => Self::Trace,
            _ => Self::Other,
        }
    }
}

impl From<http::Method> for Method {
    fn from(method: http::Method) -> Self {
        Self::from(&method)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_method_is_the_same_by_name_and_by_type() {
        for method in Method::ALL {
            let http = http::Method::from_bytes(method.as_str().as_bytes()).unwrap();
            assert_eq!(Method::from(&http), *method);
            assert_eq!(Method::named(method.as_str()), *method);
        }
        assert_eq!(Method::from(http::Method::from_bytes(b"get").unwrap()), Method::Other);
        assert_eq!(Method::named("get"), Method::Other);
    }
}
