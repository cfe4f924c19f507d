//! The names that dashboards were promised.

use botmeter_core::Registered;

use super::Bench;
use crate::{EscalationReason, Orchestrator, Phase, ResolutionMethod, TaskState};

const PROMISED: &str = "\
active_workers UpDownCounter [worker_profile<=32]
director_cycle_duration_seconds Histogram WORK
dispatch_loop_cycle_duration_seconds Histogram WORK
dispatch_loop_iterations_total Counter
dispatch_tasks_dispatched_per_cycle Histogram COUNT
dispatch_worker_completions_per_cycle Histogram COUNT
git_active_merges UpDownCounter
git_checkout_duration_seconds Histogram FAST
git_conflict_resolution_duration_seconds Histogram WORK
git_conflict_resolution_total Counter [result=success|error|cancelled method=llm|auto|manual]
git_conflicts_per_merge Histogram COUNT
git_files_modified_per_merge Histogram COUNT
git_lock_wait_duration_seconds Histogram WORK
git_merge_duration_seconds Histogram WORK
git_merge_queue_depth Gauge
git_merge_total Counter [result=success|conflict|error]
git_worktree_creation_duration_seconds Histogram FAST
git_worktree_operations_total Counter [operation=create|cleanup result=success|error|cancelled]
hitl_escalation_total Counter [reason=retries_exhausted|merge_conflict|unclear_task|approval|missing_access|budget_exhausted|timeout|safety|other]
task_completion_total Counter [worker_profile<=32 status=success|failed|retry|error|cancelled]
task_execution_duration_seconds Histogram [worker_profile<=32 phase=plan|build|test] WORK
task_retries Histogram COUNT
task_retry_total Counter [phase=plan|build|test attempt=1|2|3|4|5+]
tasks_by_state Gauge [status=planned|ready|active|awaiting_qa|complete|failed|waiting_human|blocked]";

#[test]
fn every_instrument_is_called_as_promised() {
    let registered = Registered::of::<Orchestrator>().instruments;
    let mut lines: Vec<String> = registered.iter().map(ToString::to_string).collect();
    lines.sort();
    assert_eq!(lines.join("\n"), PROMISED);
}

#[test]
fn every_instrument_is_fed_by_some_event() {
    let bench = Bench::new();
    let orchestrator = &bench.orchestrator;
    let (_waiting, _merging) = (orchestrator.merge(), orchestrator.merge().locked());
    let mut merge = orchestrator.merge().locked();
    merge.found_conflicts(1);
    merge.finish(2);
    orchestrator.resolve_conflict(ResolutionMethod::Llm).finish();
    orchestrator.checkout().finish();
    orchestrator.create_worktree().finish();
    let worker = orchestrator.worker("coder");
    let mut task = worker.task();
    task.phase(Phase::Build).finish();
    task.retry(Phase::Build);
    task.finish();
    orchestrator.set_tasks([(TaskState::Ready, 1)]);
    orchestrator.escalate(EscalationReason::Approval);
    orchestrator.director_cycle().finish();
    let mut cycle = orchestrator.dispatch_cycle();
    cycle.dispatched(1);
    cycle.completed(1);
    cycle.finish();
    assert_eq!(bench.memory.unfed::<Orchestrator>(), [""; 0], "\n{}", bench.memory.text());
}
