//! The domain itself.

use std::sync::Arc;

use botmeter_core::{Cause, Domain, Meter, Table};
use http::request::Parts;

use crate::{
    HttpLayer, McpCall, McpMethod, McpOperation, Method, Route, RouteHandle, ServedRequest, Tool,
    ToolCall, ToolHandle, UNMATCHED,
    instruments::{REQUESTS, TOOL_CALLS},
    mcp::Mcp,
    request, tool,
};

/// Requests served and tools called.
///
/// Made by `Telemetry` or by [`Domain::register`]. Cloning is cheap, and clones
/// count together.
#[derive(Clone, Debug)]
pub struct Http(Arc<State>);

#[derive(Debug)]
struct State {
    routes: Table<(Method, Route), Arc<request::Row>>,
    tools: Table<(Tool,), Arc<tool::Row>>,
    mcp: Arc<Mcp>,
}

impl Domain for Http {
    const NAME: &'static str = "http";
    type Config = ();

    fn register_with(meter: &Meter, (): ()) -> Self {
        Self(Arc::new(State {
            routes: Table::new(meter, &REQUESTS, |meter, (method, route)| {
                Arc::new(request::Row::bind(meter, method, route))
            }),
            tools: Table::new(meter, &TOOL_CALLS, |meter, (tool,)| {
                Arc::new(tool::Row::bind(meter, tool))
            }),
            mcp: Arc::new(Mcp::bind(meter)),
        }))
    }
}

/// Requests that are served.
impl Http {
    /// A tower layer that counts the requests of the service that it wraps.
    ///
    /// The function says which route a request belongs to: the pattern that
    /// its path matched, never the path itself, which has no limit. With axum
    /// it is `matched_path` (feature `axum`). Requests without a route count
    /// as [`UNMATCHED`](crate::UNMATCHED).
    ///
    /// ```
    /// # use botmeter_http::core::{Domain, Memory, Meter};
    /// use botmeter_http::Http;
    /// use tower::{Layer, ServiceExt, service_fn};
    ///
    /// # #[tokio::main(flavor = "current_thread")]
    /// # async fn main() -> Result<(), std::convert::Infallible> {
    /// # let memory = Memory::new();
    /// # let http = Http::register(&Meter::new(memory.clone()));
    /// let layer = http.layer(|request| match request.uri.path() {
    ///     "/healthz" => Some("/healthz"),
    ///     path if path.starts_with("/runs/") => Some("/runs/{id}"),
    ///     _ => None,
    /// });
    /// let service = layer.layer(service_fn(async |_: http::Request<String>| {
    ///     Ok::<_, std::convert::Infallible>(http::Response::new("it runs".to_owned()))
    /// }));
    ///
    /// let request = http::Request::get("/runs/7").body(String::new()).unwrap();
    /// let response = service.oneshot(request).await?;
    /// // The server sends the body, and then the request has ended.
    /// # let body = http_body_util::BodyExt::collect(response.into_body()).await?;
    /// # assert_eq!(body.to_bytes(), "it runs");
    ///
    /// let labels = [("method", "GET"), ("route", "/runs/{id}"), ("status", "200")];
    /// assert_eq!(memory.value("http_requests_total", &labels), Some(1.0));
    /// # Ok(())
    /// # }
    /// ```
    pub fn layer<F>(&self, route: F) -> HttpLayer<F>
    where
        F: Fn(&Parts) -> Option<&str> + Clone,
    {
        HttpLayer::new(self.clone(), route)
    }

    /// A request arrives, for servers that are no tower service. Without a
    /// route it counts as [`UNMATCHED`](crate::UNMATCHED).
    #[inline]
    pub fn start(&self, method: impl Into<Method>, route: Option<&str>) -> ServedRequest {
        let row = self.0.routes.row((method.into(), route.unwrap_or(UNMATCHED)));
        ServedRequest::start(Arc::clone(row))
    }

    /// A route whose series exist from now on, before the first request.
    pub fn route(&self, method: impl Into<Method>, route: &str) -> RouteHandle {
        RouteHandle::new(Arc::clone(self.0.routes.row((method.into(), route))))
    }
}

/// Tools that are called.
impl Http {
    /// A call of a tool starts.
    #[inline]
    pub fn start_tool(&self, tool: &str) -> ToolCall {
        self.tool(tool).start()
    }

    /// A tool whose series exist from now on, to start calls of it without
    /// looking it up.
    #[inline]
    pub fn tool(&self, tool: &str) -> ToolHandle {
        ToolHandle::new(Arc::clone(self.0.tools.row((tool,))))
    }

    /// Counts the call of a tool that this future makes: its result, its
    /// error, or its cancellation.
    ///
    /// # Errors
    ///
    /// The future's own.
    pub fn observe_tool<T, E, M, F>(
        &self,
        tool: &str,
        call: F,
    ) -> impl Future<Output = F::Output> + use<T, E, M, F>
    where
        F: Future<Output = Result<T, E>>,
        E: Cause<M>,
    {
        let tool = self.tool(tool);
        ToolCall::of_future(move || tool.start(), call)
    }

    /// An operation of an MCP client starts.
    #[inline]
    pub fn start_mcp(&self, method: McpMethod) -> McpCall {
        McpCall::start(McpOperation::new(Arc::clone(&self.0.mcp), method))
    }

    /// Counts the operation of an MCP client that this future makes: its
    /// result, its error, or its cancellation.
    ///
    /// # Errors
    ///
    /// The future's own.
    pub fn observe_mcp<T, E, M, F>(
        &self,
        method: McpMethod,
        operation: F,
    ) -> impl Future<Output = F::Output> + use<T, E, M, F>
    where
        F: Future<Output = Result<T, E>>,
        E: Cause<M>,
    {
        let http = self.clone();
        McpCall::of_future(move || http.start_mcp(method), operation)
    }
}
