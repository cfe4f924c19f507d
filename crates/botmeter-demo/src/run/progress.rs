//! One line about what was recorded so far, read from the metrics themselves.

use std::fmt;

/// Sums over all that is told apart by labels.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) struct Progress {
    calls: f64,
    errors: f64,
    cancelled: f64,
    tokens: f64,
    dollars: f64,
    unpriced: f64,
    runs: f64,
    failed_runs: f64,
    posts: f64,
    merges: f64,
    requests: f64,
    tools: f64,
}

impl Progress {
    /// Reads a page in Prometheus' text format.
    pub(super) fn of(page: &str) -> Self {
        let calls = |status: &str| sum(page, "llm_requests_total", &format!("status=\"{status}\""));
        Self {
            calls: calls("success") + calls("error") + calls("cancelled"),
            errors: calls("error"),
            cancelled: calls("cancelled"),
            tokens: sum(page, "llm_tokens_total", ""),
            dollars: sum(page, "llm_cost_dollars_total", ""),
            unpriced: sum(page, "llm_cost_unpriced_total", ""),
            runs: sum(page, "bot_executions_total", ""),
            failed_runs: sum(page, "bot_executions_total", "status=\"error\""),
            posts: sum(page, "pipeline_published_total", ""),
            merges: sum(page, "git_merge_total", "result=\"success\""),
            requests: sum(page, "http_requests_total", ""),
            tools: sum(page, "tool_calls_total", ""),
        }
    }
}

impl fmt::Display for Progress {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { calls, errors, cancelled, tokens, dollars, unpriced, .. } = self;
        write!(
            f,
            "{calls} calls, {errors} errors, {cancelled} cancelled, {tokens} tokens, ${dollars:.4}"
        )?;
        if *unpriced > 0.0 {
            write!(f, " ({unpriced} calls without a known price)")?;
        }
        let Self { runs, failed_runs, posts, merges, requests, tools, .. } = self;
        write!(
            f,
            "; {runs} bot runs ({failed_runs} failed), {posts} posts published, {merges} branches \
             merged, {requests} requests served, {tools} tools called"
        )
    }
}

/// Adds up the series of a name that have the label.
fn sum(page: &str, name: &str, label: &str) -> f64 {
    page.lines()
        .filter_map(|line| line.strip_prefix(name)?.strip_prefix('{')?.rsplit_once("} "))
        .filter(|(labels, _)| labels.contains(label))
        .filter_map(|(_, value)| value.parse::<f64>().ok())
        // The sum of no floats is a negative zero, which would be shown.
        .fold(0.0, |sum, value| sum + value)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nothing_is_zero() {
        assert_eq!(
            Progress::of("").to_string(),
            "0 calls, 0 errors, 0 cancelled, 0 tokens, $0.0000; 0 bot runs (0 failed), 0 posts \
             published, 0 branches merged, 0 requests served, 0 tools called"
        );
    }

    #[test]
    fn a_page_becomes_a_line() {
        let page = "\
# TYPE llm_requests_total counter
llm_requests_total{provider=\"openai\",model=\"a\",status=\"success\"} 5
llm_requests_total{provider=\"openai\",model=\"b } c\",status=\"success\"} 2
llm_requests_total{provider=\"openai\",model=\"a\",status=\"error\"} 1
llm_requests_total{provider=\"openai\",model=\"a\",status=\"cancelled\"} 3
llm_tokens_prompt_total{provider=\"openai\",model=\"a\"} 70
llm_tokens_total{provider=\"openai\",model=\"a\"} 100
llm_cost_dollars_total{provider=\"openai\",model=\"a\"} 0.12345
llm_cost_unpriced_total{provider=\"openai\",model=\"a\"} 0
bot_executions_total{bot=\"chat\",status=\"success\"} 8
bot_executions_total{bot=\"chat\",status=\"error\"} 2
git_merge_total{result=\"success\"} 6
git_merge_total{result=\"conflict\"} 4
http_requests_total{method=\"GET\",route=\"/posts\",status=\"200\"} 20
pipeline_published_total{pipeline=\"blog\"} 7
tool_calls_total{tool=\"send_mail\",status=\"success\"} 9
";
        assert_eq!(
            Progress::of(page).to_string(),
            "11 calls, 1 errors, 3 cancelled, 100 tokens, $0.1235; 10 bot runs (2 failed), 7 posts \
             published, 6 branches merged, 20 requests served, 9 tools called"
        );
        let unpriced =
            page.replace("unpriced_total{provider=\"openai\",model=\"a\"} 0", "unpriced_total{} 4");
        let line = Progress::of(&unpriced).to_string();
        assert!(line.contains(", $0.1235 (4 calls without a known price); 10 bot runs "), "{line}");
    }
}
