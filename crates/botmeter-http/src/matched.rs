//! The route of a request as axum matched it.

use axum::extract::MatchedPath;
use http::request::Parts;

/// The path of the route that axum matched, such as `/runs/{id}`.
///
/// For [`Http::layer`](crate::Http::layer) around the routes of a router:
///
/// ```
/// # use botmeter_http::core::{Domain, Memory, Meter};
/// use axum::{Router, routing::get};
/// use botmeter_http::{Http, matched_path};
///
/// # let http = Http::register(&Meter::new(Memory::new()));
/// let app: Router = Router::new()
///     .route("/runs/{id}", get(|| async { "it runs" }))
///     .layer(http.layer(matched_path));
/// ```
///
/// `Router::layer` runs after the routing, so the path is known, and also for
/// what no route matches, which counts as [`UNMATCHED`](crate::UNMATCHED). So
/// does a service that was added with `nest_service`, because its routes are
/// its own affair; give it a layer of its own, or a route.
pub fn matched_path(request: &Parts) -> Option<&str> {
    request.extensions.get::<MatchedPath>().map(MatchedPath::as_str)
}
