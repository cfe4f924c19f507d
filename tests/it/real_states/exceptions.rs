//! Where a panel is otherwise than the rule has it, and why.

use super::{
    expected::Is,
    states::State::{self, Dead, Fleet, Fresh, Idle, Quiet, WithoutErrors, WithoutStreams},
};

/// Panels that are otherwise than the rule has it.
pub(super) struct Exception {
    pub(super) state: State,
    pub(super) is: Is,
    pub(super) why: &'static str,
    /// The address of a dashboard, and titles.
    pub(super) panels: &'static [(&'static str, &'static [&'static str])],
}

const OWN: &str = "the telemetry tells of itself from the start";
const CLOSED: &str = "counted by values that are known before, so at zero from the start";
const BACK: &str = "it looks back to when something happened";

pub(super) const EXCEPTIONS: &[Exception] = &[
    Exception {
        state: Fresh,
        is: Is::Value,
        why: OWN,
        panels: &[
            (
                "telemetry",
                &[
                    "Instances now",
                    "Oldest sign of life",
                    "Failed exports",
                    "Dropped measurements",
                    "Events past a limit",
                    "Series",
                    "Exports",
                    "Time since the last sign of life",
                    "Share of failed exports",
                    "Export duration (p95)",
                    "Distribution of export durations",
                    "Time since the last export",
                    "Instruments with most series",
                    "Series by job",
                    "Events past a limit, by instrument",
                    "Dropped measurements by reason",
                    "Instances",
                    "Starts per running instance",
                    "Uptime",
                ],
            ),
            (
                "overview",
                &["Firing alerts", "Alerts over time", "Exports", "Time since the last export"],
            ),
        ],
    },
    Exception {
        state: Fresh,
        is: Is::Value,
        why: CLOSED,
        panels: &[
            (
                "agent-orchestrator",
                &[
                    "Active merges",
                    "Escalations",
                    "Merge results",
                    "Retries by phase",
                    "Retries after the fourth",
                    "Escalations by reason",
                    "Merge queue",
                    "Most merges at once",
                    "Attempts to resolve conflicts",
                    "Dispatch rounds",
                    "Worktrees made and removed",
                    "Failed operations on worktrees",
                ],
            ),
            ("overview", &["Waiting in pipelines and for merges"]),
        ],
    },
    Exception {
        state: Idle,
        is: Is::Value,
        why: BACK,
        panels: &[
            ("bot-health", &["Failed runs", "Budget left: failed runs", "Budget left: slow runs"]),
            ("llm-api-health", &["Budget left: failed calls", "Budget left: slow calls"]),
            ("narrative-performance", &["Successful runs", "JSON of no use"]),
            ("agent-orchestrator", &["Failed tasks by worker", "Conflict share of merges"]),
            ("content-pipeline", &["Acceptance by pipeline"]),
        ],
    },
    Exception {
        state: Idle,
        is: Is::Value,
        why: "the time of what happened last",
        panels: &[
            ("bot-health", &["Longest without success", "Time since success"]),
            ("content-pipeline", &["Longest without publication", "Time since publication"]),
            ("overview", &["Oldest success of a bot", "Time since success"]),
        ],
    },
    Exception {
        state: Idle,
        is: Is::Value,
        why: "its rows are counts, which are zero",
        panels: &[
            ("bot-health", &["Distribution of durations"]),
            ("http-and-tools", &["Distribution of response time"]),
            ("llm-api-health", &["Distribution of latency"]),
            ("narrative-performance", &["Distribution of acts"]),
            ("content-pipeline", &["Distribution of latencies"]),
        ],
    },
    Exception {
        state: Idle,
        is: Is::Value,
        why: "the telemetry goes on",
        panels: &[
            (
                "telemetry",
                &[
                    "Oldest sign of life",
                    "Failed exports",
                    "Time since the last sign of life",
                    "Share of failed exports",
                    "Export duration (p95)",
                    "Distribution of export durations",
                    "Time since the last export",
                    "Uptime",
                ],
            ),
            ("overview", &["Time since the last export"]),
        ],
    },
    Exception {
        state: Idle,
        is: Is::Text,
        why: "for each of none there is no number",
        panels: &[
            ("llm-api-health", &["Retries per request", "Tokens per request", "Cost per request"]),
            (
                "agent-orchestrator",
                &["Retries per task", "Conflicts and files per merge", "Tasks per dispatch round"],
            ),
        ],
    },
    Exception {
        state: WithoutErrors,
        is: Is::Text,
        why: "there were no conflicts to resolve",
        panels: &[("agent-orchestrator", &["Conflict resolution time"])],
    },
    Exception {
        state: WithoutStreams,
        is: Is::Text,
        why: "it is a time of streams",
        panels: &[(
            "llm-api-health",
            &["Time to first token (p95)", "Time per output token (p95)"],
        )],
    },
    Exception {
        state: Quiet,
        is: Is::Text,
        why: "the process before told it, and this one has nothing to tell yet",
        panels: &[
            (
                "bot-health",
                &[
                    "Under way",
                    "Longest queue",
                    "Longest without success",
                    "Most failures in a row",
                ],
            ),
            ("http-and-tools", &["Requests in flight"]),
            ("llm-api-health", &["Calls in flight"]),
            ("narrative-performance", &["Under way"]),
            (
                "agent-orchestrator",
                &["Active tasks", "Workers at work", "Tasks that wait for a human"],
            ),
            ("content-pipeline", &["Longest queue", "Longest without publication"]),
            ("overview", &["Oldest success of a bot", "Time since success"]),
        ],
    },
    Exception {
        state: Dead,
        is: Is::Value,
        why: BACK,
        panels: &[
            (
                "bot-health",
                &[
                    "Failed runs",
                    "Budget left: failed runs",
                    "Error budget",
                    "Budget left: slow runs",
                    "Latency budget",
                    "Queue depth in an hour",
                ],
            ),
            (
                "llm-api-health",
                &[
                    "Cost of the last 24 hours",
                    "Calls without a price in the last hour",
                    "Budget left: failed calls",
                    "Budget left: slow calls",
                    "Error budget: failed calls",
                    "Error budget: slow calls",
                ],
            ),
            ("narrative-performance", &["Successful runs", "JSON of no use"]),
            (
                "agent-orchestrator",
                &[
                    "Failed tasks by worker",
                    "Retries after the fourth",
                    "Most merges at once",
                    "Conflict share of merges",
                ],
            ),
            ("content-pipeline", &["Acceptance by pipeline", "Backlog in an hour"]),
            ("telemetry", &["Time since the last sign of life"]),
            ("overview", &["LLM cost in 24 hours"]),
        ],
    },
    Exception {
        state: Fleet,
        is: Is::Text,
        why: "it began eight minutes ago, and no whole hour was recorded since",
        panels: &[
            ("bot-health", &["Budget left: failed runs", "Budget left: slow runs"]),
            ("llm-api-health", &["Budget left: failed calls", "Budget left: slow calls"]),
        ],
    },
    Exception {
        state: Dead,
        is: Is::Value,
        why: "the alert about it fires",
        panels: &[("overview", &["What fires", "Firing alerts", "Alerts over time"])],
    },
    Exception {
        state: WithoutErrors,
        is: Is::Text,
        why: "nothing is wrong",
        panels: &[("overview", &["What fires"])],
    },
];
