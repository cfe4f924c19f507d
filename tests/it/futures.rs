//! What observing a future adds to its size.

use std::{fmt, future::pending};

use botmeter_bot::Bots;
use botmeter_core::{Discard, Domain, Meter};
use botmeter_http::{Http, McpMethod};
use botmeter_llm::{Llm, Provider, Reply, Usage};
use botmeter_narrative::Narratives;
use botmeter_pipeline::{Pipelines, Stage};

struct Silent;

impl Reply for Silent {
    fn usage(&self) -> Usage {
        Usage::unknown()
    }
}

/// As large as the futures of a real bot are: a whole conversation within.
async fn large() -> Result<Silent, fmt::Error> {
    let state = [0_u8; 8192];
    pending::<()>().await;
    std::hint::black_box(&state);
    Ok(Silent)
}

/// Room for a guard, its span and the future's place, not for the future again.
const MOST: usize = 384;

#[test]
fn an_observed_future_is_as_large_as_itself_and_its_guard() {
    let meter = Meter::new(Discard);
    let (llm, bots, narratives, pipelines, http) = (
        Llm::register(&meter),
        Bots::register(&meter),
        Narratives::register(&meter),
        Pipelines::register(&meter),
        Http::register(&meter),
    );
    let size = size_of_val(&large());
    assert!(size >= 8192);
    let observed = [
        ("llm", size_of_val(&llm.observe(Provider::OpenAi, "gpt-4o", large()))),
        ("model", size_of_val(&llm.model(Provider::OpenAi, "gpt-4o").observe(large()))),
        ("bots", size_of_val(&bots.observe("newsletter", large()))),
        ("bot", size_of_val(&bots.bot("newsletter").observe(large()))),
        ("narratives", size_of_val(&narratives.observe("report", large()))),
        ("act", size_of_val(&narratives.narrative("report").act("outline").observe(large()))),
        ("pipeline", size_of_val(&pipelines.pipeline("blog").observe(Stage::Curation, large()))),
        ("tool", size_of_val(&http.observe_tool("search", large()))),
        ("mcp", size_of_val(&http.observe_mcp(McpMethod::ToolsCall, large()))),
    ];
    for (what, observed) in observed {
        assert!(observed <= size + MOST, "{what}: {observed} bytes around {size}");
    }
}
