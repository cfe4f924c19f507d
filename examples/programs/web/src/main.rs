//! A service that looks words up, with counters of its own through the macros
//! of `metrics`, and a domain of its own.

mod words;

use std::{error::Error, sync::Arc};

use axum::{
    Router,
    extract::{Path, State},
    http::StatusCode,
    routing::get,
};
use botmeter::{
    Telemetry,
    http::{Http, matched_path},
};
use metrics::counter;
use tokio::net::TcpListener;

use crate::words::{Found, Words};

#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<(), Box<dyn Error>> {
    let (telemetry, (http, words)) =
        Telemetry::builder("words").scrape_mounted().metrics_macros().start::<(Http, Words)>()?;
    let app = Router::new()
        .route("/words/{word}", get(look_up))
        .with_state(Arc::new(words))
        .layer(http.layer(matched_path))
        .route("/metrics", telemetry.page_route());

    let listener = TcpListener::bind("127.0.0.1:0").await?;
    println!("http://{}", listener.local_addr()?);
    axum::serve(listener, app).await?;
    Ok(())
}

async fn look_up(
    State(words): State<Arc<Words>>,
    Path(word): Path<String>,
) -> Result<&'static str, StatusCode> {
    counter!("words_looked_up_total", "letters" => word.len().to_string()).increment(1);
    let meaning = match word.as_str() {
        "meter" => Some("what tells how much there was"),
        "bug" => panic!("nobody has looked into this one"),
        _ => None,
    };
    words.looked_up(if meaning.is_some() { Found::Yes } else { Found::No });
    meaning.ok_or(StatusCode::NOT_FOUND)
}
