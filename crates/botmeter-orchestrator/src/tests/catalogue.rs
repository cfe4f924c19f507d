//! The names that dashboards were promised.

use botmeter_core::{Descriptor, Registered, buckets};

use crate::Orchestrator;

const PROMISED: &str = "\
active_workers UpDownCounter worker_profile
director_cycle_duration_seconds Histogram WORK
dispatch_loop_cycle_duration_seconds Histogram WORK
dispatch_loop_iterations_total Counter
dispatch_tasks_dispatched_per_cycle Histogram COUNT
dispatch_worker_completions_per_cycle Histogram COUNT
git_active_merges UpDownCounter
git_checkout_duration_seconds Histogram FAST
git_conflict_resolution_duration_seconds Histogram WORK
git_conflict_resolution_total Counter result method
git_conflicts_per_merge Histogram COUNT
git_files_modified_per_merge Histogram COUNT
git_lock_wait_duration_seconds Histogram WORK
git_merge_duration_seconds Histogram WORK
git_merge_queue_depth Gauge
git_merge_total Counter result
git_worktree_creation_duration_seconds Histogram FAST
git_worktree_operations_total Counter operation result
hitl_escalation_total Counter reason
task_completion_total Counter worker_profile status
task_execution_duration_seconds Histogram WORK worker_profile phase
task_retries Histogram COUNT
task_retry_total Counter phase attempt
tasks_by_state Gauge status";

#[test]
fn every_instrument_is_called_as_promised() {
    let registered = Registered::of::<Orchestrator>();
    let mut lines: Vec<String> = registered.instruments.into_iter().map(line).collect();
    lines.sort();
    assert_eq!(lines.join("\n"), PROMISED);
}

fn line(descriptor: &'static Descriptor) -> String {
    let mut line = format!("{} {:?}", descriptor.prometheus_name(), descriptor.kind());
    let bounds = [("FAST", buckets::FAST), ("WORK", buckets::WORK), ("COUNT", buckets::COUNT)];
    for (name, _) in bounds.iter().filter(|(_, bounds)| *bounds == descriptor.buckets()) {
        line = format!("{line} {name}");
    }
    for label in descriptor.labels() {
        line = format!("{line} {}", label.key());
    }
    line
}

#[test]
fn the_values_of_closed_labels_are_promised_too() {
    fn values<L: Copy>(all: &[L], text: fn(L) -> &'static str) -> String {
        all.iter().map(|value| text(*value)).collect::<Vec<_>>().join(" ")
    }
    use crate::{MergeResult, Operation, Phase, ResolutionMethod, TaskState, TaskStatus};
    assert_eq!(values(MergeResult::ALL, MergeResult::as_str), "success conflict error");
    assert_eq!(values(ResolutionMethod::ALL, ResolutionMethod::as_str), "llm auto manual");
    assert_eq!(values(Operation::ALL, Operation::as_str), "create cleanup");
    assert_eq!(values(Phase::ALL, Phase::as_str), "plan build test");
    assert_eq!(values(TaskStatus::ALL, TaskStatus::as_str), "success failed retry error cancelled");
    assert_eq!(
        values(TaskState::ALL, TaskState::as_str),
        "planned ready active awaiting_qa complete failed waiting_human blocked"
    );
}
