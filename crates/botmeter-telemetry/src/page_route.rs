//! The page for scrapes as a route of axum.

use axum::{
    body::Body,
    http::{HeaderMap, Method, StatusCode},
    routing::{MethodRouter, get},
};
use botmeter_core::problem;

use crate::{on_bad::Route, telemetry::Telemetry};

impl Telemetry {
    /// The page for `GET` and `HEAD`, as a route of the application's own
    /// router; the feature `axum`, with `scrape`.
    ///
    /// Add it last: a layer is around the routes that were there before it,
    /// so what counts the application's requests does not count scrapes, and
    /// what asks for a password does not ask Prometheus.
    ///
    /// It is no router to be merged, because that would bring its answer to
    /// unknown paths along, outside of the layers, and what counts requests
    /// would not hear of them.
    ///
    /// ```
    /// use axum::{Router, routing::get};
    /// # use botmeter_telemetry::{Environment, Telemetry};
    ///
    /// let builder = Telemetry::builder("my-server").scrape_mounted();
    /// # let builder = builder.environment(Environment::default());
    /// let (telemetry, ()) = builder.start::<()>()?;
    /// let app: Router = Router::new()
    ///     .route("/", get(|| async { "hello" }))
    ///     // .layer(http.layer(matched_path))
    ///     .route("/metrics", telemetry.page_route());
    /// # tokio::runtime::Builder::new_current_thread().build()?.block_on(async {
    /// # use axum::{body::Body, extract::Request};
    /// # use tower::ServiceExt as _;
    /// # let request = Request::get("/metrics").body(Body::empty())?;
    /// # assert_eq!(app.oneshot(request).await?.status(), 200);
    /// # telemetry.end();
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// # })?;
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    ///
    /// Without a page, because the program did not ask for one with
    /// [`Builder::scrape_mounted`](crate::Builder::scrape_mounted) or telemetry
    /// is off, the answer is 404 with the reason, which is logged as well.
    pub fn page_route<S: Clone + Send + Sync + 'static>(&self) -> MethodRouter<S> {
        let Some(page) = self.page() else {
            let why = self.why_no_page();
            problem!(warn, "the program's own router has no page of metrics: {why}");
            return get(move || async move { nothing(why) });
        };
        let answer = |method: Method, headers: HeaderMap| async move {
            page.answer(&method, &headers).map(Body::new)
        };
        get(answer)
    }

    fn why_no_page(&self) -> &'static str {
        match &self.settings {
            None => "telemetry is off, because OTEL_SDK_DISABLED is true",
            Some(settings) if settings.lost.contains(&Route::Page) => {
                "a setting of it cannot be used, which the log of the start names"
            }
            Some(_) => "call `Builder::scrape_mounted` before the start",
        }
    }
}

fn nothing(why: &str) -> (StatusCode, String) {
    (StatusCode::NOT_FOUND, format!("there is no page of metrics: {why}\n"))
}
