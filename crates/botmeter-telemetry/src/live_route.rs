//! The live page as a route of axum.

use std::sync::Arc;

use axum::{
    body::Body,
    extract::Request,
    http::StatusCode,
    routing::{MethodRouter, get},
};
use botmeter_core::problem;
use botmeter_export::scrape::Beside;

use crate::{on_bad::Route, telemetry::Telemetry};

impl Telemetry {
    /// The live page for `GET` and `HEAD`, to be nested into the application's
    /// own router at a path that ends with a slash; the feature `axum`, with
    /// `live`. Add it last, behind the layers that should not count it.
    ///
    /// Whoever reaches the application's server may see it, because the page
    /// asks nobody for a password: where that server listens for other machines,
    /// put a layer in front that does, or leave the page out.
    ///
    /// ```
    /// use axum::Router;
    /// # use botmeter_telemetry::{Environment, Telemetry};
    ///
    /// let builder = Telemetry::builder("my-server").scrape_mounted().live([botmeter_llm::board::board()]);
    /// # let builder = builder.environment(Environment::default());
    /// let (telemetry, ()) = builder.start::<()>()?;
    /// let app: Router = Router::new().nest_service("/live/", telemetry.live_route());
    /// # tokio::runtime::Builder::new_current_thread().build()?.block_on(async {
    /// # use axum::{body::Body, extract::Request};
    /// # use tower::ServiceExt as _;
    /// # for path in ["/live/", "/live/style.css"] {
    /// #     let begin = std::time::Instant::now();
    /// #     let status = loop {
    /// #         let request = Request::get(path).header("host", "localhost").body(Body::empty())?;
    /// #         let status = app.clone().oneshot(request).await?.status();
    /// #         // Until the first reading.
    /// #         if status != 503 || begin.elapsed().as_secs() > 10 {
    /// #             break status;
    /// #         }
    /// #         std::thread::yield_now();
    /// #     };
    /// #     assert_eq!(status, 200, "{path}");
    /// # }
    /// # telemetry.end();
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// # })?;
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    ///
    /// Without a page, because [`Builder::live`](crate::Builder::live) was not
    /// called, the environment turned it off, or it could not be had, the answer
    /// is 404 with the reason, which is logged as well.
    pub fn live_route(&self) -> MethodRouter {
        let Some(page) = self.live() else {
            let why = self.why_no_live_page();
            problem!(warn, "the program's own router has no live page: {why}");
            return get(move || async move {
                (StatusCode::NOT_FOUND, format!("there is no live page: {why}\n"))
            });
        };
        get(|request: Request| async move {
            let (head, _body) = request.into_parts();
            if let Some(answer) = page.at_once(&head) {
                return answer.map(Body::from);
            }
            // Gone with this future, which is dropped when the client hangs up.
            let asker = Arc::new(());
            let waiting = Arc::downgrade(&asker);
            let drawn = move || Beside::answer(&page, &head, &|| waiting.strong_count() > 0);
            let drawn = tokio::task::spawn_blocking(drawn).await;
            drop(asker);
            drawn.unwrap_or_else(|_| botmeter_live::broken()).map(Body::from)
        })
    }

    fn why_no_live_page(&self) -> &'static str {
        match &self.settings {
            Some(settings) if settings.lost.contains(&Route::Live) => {
                "it was left out at the start, for the reason in the log"
            }
            _ => {
                "call `Builder::live` before the start, and do not turn it off with \
                 OTEL_SDK_DISABLED or BOTMETER_LIVE"
            }
        }
    }
}
