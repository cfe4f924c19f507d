//! The story as a whole, told quickly.

use std::time::{Duration, Instant};

use botmeter_demo::model::{Habits, Model};
use botmeter_demo::provider::{Faults, Latency, Profile, Provider, Share};
use botmeter_demo::story::{Domains, Story};
use botmeter_llm::Provider as Label;
use botmeter_llm::core::{Configs, Domains as _, Memory, Meter};

use crate::{client, quick};

const HABITS: fn() -> Habits = || Habits {
    provider: Label::OpenAi,
    is_own: true,
    models: vec!["small".into()],
    trial: None,
    rate: 60.0,
    concurrency: 64,
    streaming: Share::NONE,
    seed: 1,
};

/// Gauges of what is under way, which is nothing in the end.
const UNDER_WAY: [&str; 6] = [
    "active_workers",
    "bot_active",
    "git_active_merges",
    "http_requests_in_flight",
    "llm_requests_in_flight",
    "narrative_active",
];

/// Tells a story until its record has what the test waits for.
async fn told(profile: Profile, grace: Duration, enough: impl Fn(&Memory) -> bool) -> Memory {
    let provider = Provider::start(profile).await.unwrap();
    let memory = Memory::new();
    let domains = Domains::make(&Meter::new(memory.clone()), &Configs::default());
    let client = client(&provider.base_url(), None, Duration::from_secs(30));
    let model = Model::new(client, domains.0.clone(), HABITS());
    let story = Story::set_up(model, domains).await.unwrap();
    let end = async {
        let deadline = Instant::now() + Duration::from_secs(40);
        while !enough(&memory) {
            assert!(Instant::now() < deadline, "{}", memory.text());
            tokio::time::sleep(Duration::from_millis(20)).await;
        }
    };
    story.tell(end, grace).await;
    memory
}

/// The sum of the series of a name that have all of these labels; all of them count something.
fn count(memory: &Memory, name: &str, labels: &[&str]) -> i64 {
    let text = memory.text();
    let samples = text.lines().filter_map(|line| line.strip_prefix(name)?.rsplit_once(' '));
    let of_name = samples.filter(|(rest, _)| rest.is_empty() || rest.starts_with('{'));
    of_name
        .filter(|(rest, _)| labels.iter().all(|label| rest.contains(label)))
        .map(|(_, value)| value.parse::<i64>().unwrap())
        .sum()
}

fn assert_nothing_is_under_way(memory: &Memory) {
    for gauge in UNDER_WAY {
        assert_eq!(count(memory, gauge, &[]), 0, "{gauge} of\n{}", memory.text());
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_recorded_fits_together() {
    let first_token = Latency::always(Duration::from_millis(400));
    let panicked = ["bot=\"writer\"", "error_type=\"internal\""];
    let memory = told(
        Profile { first_token, context_tokens: 8_000, ..quick() },
        Duration::from_secs(20),
        |memory| {
            count(memory, "bot_failures_total", &panicked) > 0
                && count(memory, "pipeline_published_total", &[]) > 0
                && count(memory, "git_merge_total", &["conflict"]) > 0
                && count(memory, "bot_executions_total", &["chat", "cancelled"]) > 0
                && count(memory, "bot_failures_total", &["support", "timeout"]) > 0
        },
    )
    .await;
    assert_nothing_is_under_way(&memory);
    let count = |name: &str, labels: &[&str]| count(&memory, name, labels);

    // Each run of a bot that has a narrative runs it once.
    for (bot, narrative) in [
        ("chat", "chat_reply"),
        ("writer", "write_post"),
        ("curator", "judge_posts"),
        ("support", "answer_ticket"),
    ] {
        let runs = count("bot_executions_total", &[bot]);
        assert_eq!(runs, count("narrative_executions_total", &[narrative]), "{bot}");
    }
    assert_eq!(
        count("bot_executions_total", &["chat"]),
        count("http_requests_total", &["route=\"/chat\""]),
        "each chat is one request, also that of somebody who hung up"
    );
    assert_eq!(
        count("bot_executions_total", &["chat", "cancelled"]),
        count("http_requests_total", &["route=\"/chat\"", "status=\"499\""])
    );
    assert_eq!(
        count("mcp_client_operation_duration_seconds_count", &[]),
        count("http_requests_total", &["route=\"/mcp\""]),
    );
    assert_eq!(
        count("tool_calls_total", &["search_docs"]),
        count("mcp_client_operation_duration_seconds_count", &["tools/call"])
    );

    let generated = count("pipeline_generated_total", &[]);
    let (curated, rejected) =
        (count("pipeline_curated_total", &[]), count("pipeline_rejected_total", &[]));
    assert!(curated + rejected <= generated && rejected > 0, "{curated} {rejected} {generated}");
    assert!(count("pipeline_published_total", &[]) <= curated);
    let judged = generated - count("pipeline_queue_depth", &["stage=\"curation\""]);
    assert_eq!(judged, curated + rejected);

    let merges = count("git_merge_total", &[]);
    assert_eq!(count("git_lock_wait_duration_seconds_count", &[]), merges);
    assert_eq!(count("git_merge_duration_seconds_count", &[]), merges);
    let (made, removed) = (
        count("git_worktree_operations_total", &["create", "success"]),
        count("git_worktree_operations_total", &["cleanup"]),
    );
    let merged = count("git_merge_total", &["success"]);
    assert!(made >= removed && removed >= merged, "{made} {removed} {merged}");
}

#[tokio::test(flavor = "multi_thread")]
async fn whatever_outlasts_the_end_is_cancelled() {
    let faults = Faults { hangs: Share::ALL, ..Faults::none() };
    let profile = Profile { faults, ..quick() };
    let begun = |memory: &Memory| {
        count(memory, "llm_requests_in_flight", &[]) >= 40
            && count(memory, "active_workers", &[]) >= 2
    };
    let memory = told(profile, Duration::from_millis(50), begun).await;
    assert_nothing_is_under_way(&memory);
    assert!(count(&memory, "llm_requests_total", &["cancelled"]) >= 40, "{}", memory.text());
    assert!(count(&memory, "bot_executions_total", &["cancelled"]) >= 20, "{}", memory.text());
    assert!(count(&memory, "task_completion_total", &["cancelled"]) >= 2, "{}", memory.text());
    assert_eq!(count(&memory, "llm_errors_total", &["small"]), 0);
}
