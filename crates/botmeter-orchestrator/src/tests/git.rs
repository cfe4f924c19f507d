//! Merges and what belongs to them.

use std::{sync::Barrier, thread};

use super::{Bench, panicking};
use crate::{Merge, MergeResult, OperationResult, ResolutionMethod, WaitingMerge};

#[test]
fn a_merge_waits_then_merges_then_is_counted() {
    let bench = Bench::new();
    let waiting = bench.orchestrator.merge();
    bench.check(&["git_merge_queue_depth 1"]);
    let mut merge = waiting.locked();
    bench.check(&["git_active_merges 1", "git_lock_wait_duration_seconds_count 1"]);
    merge.found_conflicts(2);
    merge.found_conflicts(1);
    merge.finish(14);
    bench.check(&[
        "git_conflicts_per_merge_sum 3",
        "git_conflicts_per_merge_count 1",
        "git_files_modified_per_merge_sum 14",
        "git_files_modified_per_merge_count 1",
        "git_lock_wait_duration_seconds_count 1",
        "git_merge_duration_seconds_count 1",
        "git_merge_total{result=\"success\"} 1",
    ]);
}

#[test]
fn a_clean_merge_had_no_conflict_and_that_is_recorded() {
    let bench = Bench::new();
    bench.orchestrator.merge().locked().finish(0);
    bench.check(&[
        "git_conflicts_per_merge_count 1",
        "git_files_modified_per_merge_count 1",
        "git_lock_wait_duration_seconds_count 1",
        "git_merge_duration_seconds_count 1",
        "git_merge_total{result=\"success\"} 1",
    ]);
}

#[test]
fn a_merge_that_ends_in_conflict_had_at_least_one() {
    let bench = Bench::new();
    bench.orchestrator.merge().locked().conflict();
    bench.check(&[
        "git_conflicts_per_merge_sum 1",
        "git_conflicts_per_merge_count 1",
        "git_lock_wait_duration_seconds_count 1",
        "git_merge_duration_seconds_count 1",
        "git_merge_total{result=\"conflict\"} 1",
    ]);
}

#[test]
fn a_merge_that_fails_is_an_error_and_keeps_the_conflicts_it_found() {
    let bench = Bench::new();
    let mut merge = bench.orchestrator.merge().locked();
    merge.found_conflicts(4);
    merge.fail();
    bench.check(&[
        "git_conflicts_per_merge_sum 4",
        "git_conflicts_per_merge_count 1",
        "git_lock_wait_duration_seconds_count 1",
        "git_merge_duration_seconds_count 1",
        "git_merge_total{result=\"error\"} 1",
    ]);
}

#[test]
fn a_merge_that_gives_up_waiting_leaves_the_queue_and_counts_once() {
    let bench = Bench::new();
    drop(bench.orchestrator.merge());
    bench.check(&["git_lock_wait_duration_seconds_count 1", "git_merge_total{result=\"error\"} 1"]);
}

#[test]
fn a_panic_while_the_lock_is_held_is_an_error() {
    let bench = Bench::new();
    let orchestrator = bench.orchestrator.clone();
    panicking(|| {
        let _merge = orchestrator.merge().locked();
        panic!("on purpose");
    });
    bench.check(&[
        "git_lock_wait_duration_seconds_count 1",
        "git_merge_duration_seconds_count 1",
        "git_merge_total{result=\"error\"} 1",
    ]);
}

#[test]
fn merges_from_many_threads_leave_the_queue_empty() {
    const THREADS: usize = 8;
    let bench = Bench::new();
    let all_wait = Barrier::new(THREADS + 1);
    let all_seen = Barrier::new(THREADS + 1);
    thread::scope(|scope| {
        for _ in 0..THREADS {
            scope.spawn(|| {
                for _ in 0..200 {
                    bench.orchestrator.merge().locked().finish(1);
                }
                let waiting = bench.orchestrator.merge();
                all_wait.wait();
                all_seen.wait();
                waiting.locked().conflict();
            });
        }
        all_wait.wait();
        assert_eq!(bench.memory.value("git_merge_queue_depth", &[]), Some(8.0));
        all_seen.wait();
    });
    assert_eq!(bench.memory.value("git_merge_queue_depth", &[]), Some(0.0));
    assert_eq!(bench.memory.value("git_active_merges", &[]), Some(0.0));
    let total = |result| bench.memory.value("git_merge_total", &[("result", result)]);
    assert_eq!((total("success"), total("conflict")), (Some(1600.0), Some(8.0)));
}

#[test]
fn a_merge_may_go_to_another_thread() {
    fn is_sendable<T: Send + Sync + 'static>() {}
    is_sendable::<WaitingMerge>();
    is_sendable::<Merge>();
    let bench = Bench::new();
    let merge = bench.orchestrator.merge().locked();
    thread::spawn(move || merge.finish(1)).join().unwrap();
    assert_eq!(bench.memory.value("git_merge_total", &[("result", "success")]), Some(1.0));
}

#[test]
fn each_way_to_resolve_a_conflict_is_counted_apart() {
    let bench = Bench::new();
    let orchestrator = &bench.orchestrator;
    orchestrator.resolve_conflict(ResolutionMethod::Llm).finish();
    orchestrator.resolve_conflict(ResolutionMethod::Auto).fail();
    drop(orchestrator.resolve_conflict(ResolutionMethod::Manual));
    panicking(|| {
        let _resolution = orchestrator.resolve_conflict(ResolutionMethod::Llm);
        panic!("on purpose");
    });
    bench.check(&[
        "git_conflict_resolution_duration_seconds_count 4",
        "git_conflict_resolution_total{result=\"cancelled\",method=\"manual\"} 1",
        "git_conflict_resolution_total{result=\"error\",method=\"auto\"} 1",
        "git_conflict_resolution_total{result=\"error\",method=\"llm\"} 1",
        "git_conflict_resolution_total{result=\"success\",method=\"llm\"} 1",
    ]);
}

#[test]
fn worktrees_are_counted_and_their_creation_is_timed() {
    let bench = Bench::new();
    bench.orchestrator.create_worktree().finish();
    bench.orchestrator.create_worktree().fail();
    drop(bench.orchestrator.create_worktree());
    bench.orchestrator.clean_up_worktree().finish();
    bench.check(&[
        "git_worktree_creation_duration_seconds_count 3",
        "git_worktree_operations_total{operation=\"cleanup\",result=\"success\"} 1",
        "git_worktree_operations_total{operation=\"create\",result=\"cancelled\"} 1",
        "git_worktree_operations_total{operation=\"create\",result=\"error\"} 1",
        "git_worktree_operations_total{operation=\"create\",result=\"success\"} 1",
    ]);
}

#[test]
fn a_checkout_is_timed_however_it_ends() {
    let bench = Bench::new();
    bench.orchestrator.checkout().finish();
    drop(bench.orchestrator.checkout());
    bench.check(&["git_checkout_duration_seconds_count 2"]);
}

#[test]
fn results_start_from_zero() {
    let bench = Bench::new();
    for result in MergeResult::ALL {
        let labels = [("result", result.as_str())];
        assert_eq!(bench.memory.value("git_merge_total", &labels), Some(0.0));
    }
    for (method, result) in
        ResolutionMethod::ALL.iter().flat_map(|m| OperationResult::ALL.iter().map(move |r| (m, r)))
    {
        let labels = [("method", method.as_str()), ("result", result.as_str())];
        assert_eq!(bench.memory.value("git_conflict_resolution_total", &labels), Some(0.0));
    }
    assert_eq!(bench.memory.value("git_merge_queue_depth", &[]), Some(0.0));
    assert_eq!(bench.memory.value("git_active_merges", &[]), Some(0.0));
}
