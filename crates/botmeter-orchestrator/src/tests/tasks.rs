//! Tasks, workers, and the loops.

use std::thread;

use super::{Bench, panicking};
use crate::{EscalationReason, Phase, Task, TaskState, TaskStatus, Worker};

#[test]
fn a_task_is_counted_with_its_phases_and_its_retries() {
    let bench = Bench::new();
    let worker = bench.orchestrator.worker("coder");
    bench.check(&["active_workers{worker_profile=\"coder\"} 1"]);
    let mut task = worker.task();
    task.phase(Phase::Plan).finish();
    drop(task.phase(Phase::Build));
    task.retry(Phase::Build);
    task.phase(Phase::Build).finish();
    task.retry(Phase::Test);
    assert_eq!(task.retries(), 2);
    task.finish();
    drop(worker);
    bench.check(&[
        "task_completion_total{worker_profile=\"coder\",status=\"success\"} 1",
        "task_execution_duration_seconds_count{worker_profile=\"coder\",phase=\"build\"} 2",
        "task_execution_duration_seconds_count{worker_profile=\"coder\",phase=\"plan\"} 1",
        "task_retries_sum 2",
        "task_retries_count 1",
        "task_retry_total{phase=\"build\",attempt=\"1\"} 1",
        "task_retry_total{phase=\"test\",attempt=\"2\"} 1",
    ]);
}

#[test]
fn a_task_that_goes_back_into_the_queue_keeps_its_retries() {
    let bench = Bench::new();
    let worker = bench.orchestrator.worker("coder");
    let mut retries = 0;
    for _ in 0..6 {
        retries = worker.task().after_retries(retries).requeue(Phase::Test);
    }
    worker.task().after_retries(retries).fail();
    drop(worker);
    bench.check(&[
        "task_completion_total{worker_profile=\"coder\",status=\"failed\"} 1",
        "task_completion_total{worker_profile=\"coder\",status=\"retry\"} 6",
        "task_retries_sum 6",
        "task_retries_count 1",
        "task_retry_total{phase=\"test\",attempt=\"1\"} 1",
        "task_retry_total{phase=\"test\",attempt=\"2\"} 1",
        "task_retry_total{phase=\"test\",attempt=\"3\"} 1",
        "task_retry_total{phase=\"test\",attempt=\"4\"} 1",
        "task_retry_total{phase=\"test\",attempt=\"5+\"} 2",
    ]);
}

#[test]
fn a_task_nobody_ends_is_cancelled_and_one_that_panics_is_an_error() {
    let bench = Bench::new();
    let orchestrator = bench.orchestrator.clone();
    drop(orchestrator.worker("tester").task());
    panicking(|| {
        let worker = orchestrator.worker("tester");
        let task = worker.task();
        let _phase = task.phase(Phase::Test);
        panic!("on purpose");
    });
    orchestrator.worker("tester").task().error();
    bench.check(&[
        "task_completion_total{worker_profile=\"tester\",status=\"cancelled\"} 1",
        "task_completion_total{worker_profile=\"tester\",status=\"error\"} 2",
        "task_execution_duration_seconds_count{worker_profile=\"tester\",phase=\"test\"} 1",
        "task_retries_count 3",
    ]);
}

#[test]
fn a_task_may_outlive_its_worker_and_change_threads() {
    fn is_sendable<T: Send + Sync + 'static>() {}
    is_sendable::<Worker>();
    is_sendable::<Task>();
    let bench = Bench::new();
    let task = bench.orchestrator.worker("coder").task();
    thread::spawn(move || task.finish()).join().unwrap();
    bench.check(&[
        "task_completion_total{worker_profile=\"coder\",status=\"success\"} 1",
        "task_retries_count 1",
    ]);
}

#[test]
fn workers_of_one_profile_add_up_over_threads() {
    let bench = Bench::new();
    let coder = bench.orchestrator.profile("coder");
    let kept = coder.worker();
    thread::scope(|scope| {
        for _ in 0..8 {
            scope.spawn(|| {
                for _ in 0..200 {
                    coder.worker().task().finish();
                }
            });
        }
    });
    let labels = [("worker_profile", "coder")];
    assert_eq!(bench.memory.value("active_workers", &labels), Some(1.0));
    drop(kept);
    assert_eq!(bench.memory.value("active_workers", &labels), Some(0.0));
    let done = [("worker_profile", "coder"), ("status", "success")];
    assert_eq!(bench.memory.value("task_completion_total", &done), Some(1600.0));
}

#[test]
fn a_known_profile_starts_from_zero_without_empty_histograms() {
    let bench = Bench::new();
    let _coder = bench.orchestrator.profile("coder");
    for status in TaskStatus::ALL {
        let labels = [("worker_profile", "coder"), ("status", status.as_str())];
        assert_eq!(bench.memory.value("task_completion_total", &labels), Some(0.0));
    }
    assert!(!bench.memory.text().contains("task_execution"), "{}", bench.memory.text());
}

#[test]
fn profiles_past_the_limit_are_other_and_odd_names_are_cleaned() {
    let bench = Bench::new();
    bench.orchestrator.worker("a\nb\\c").task().finish();
    bench.orchestrator.worker("").task().finish();
    for n in 0..40 {
        bench.orchestrator.worker(&format!("profile-{n}")).task().finish();
    }
    let done = |profile: &str| {
        let labels = [("worker_profile", profile), ("status", "success")];
        bench.memory.value("task_completion_total", &labels)
    };
    assert_eq!(done("unknown"), Some(1.0));
    assert_eq!(done("profile-29"), Some(1.0));
    assert_eq!(done("profile-30"), None);
    assert_eq!(done("other"), Some(10.0));
    assert!(!bench.memory.text().contains("a\nb"));
}

#[test]
fn before_the_first_snapshot_no_state_is_known() {
    let bench = Bench::new();
    assert!(!bench.memory.text().contains("tasks_by_state"), "{}", bench.memory.text());
    bench.orchestrator.set_tasks([]);
    for state in TaskState::ALL {
        let labels = [("status", state.as_str())];
        assert_eq!(bench.memory.value("tasks_by_state", &labels), Some(0.0));
    }
}

#[test]
fn a_snapshot_replaces_the_one_before() {
    let bench = Bench::new();
    bench.orchestrator.set_tasks([(TaskState::Planned, 5), (TaskState::Ready, 1)]);
    let plan = [TaskState::Active, TaskState::WaitingHuman, TaskState::Active];
    bench.orchestrator.set_tasks(plan.map(|state| (state, 1)));
    bench.check(&[
        "tasks_by_state{status=\"active\"} 2",
        "tasks_by_state{status=\"waiting_human\"} 1",
    ]);
}

#[test]
fn snapshots_from_many_threads_do_not_mix() {
    let bench = Bench::new();
    thread::scope(|scope| {
        for state in [TaskState::Planned, TaskState::Ready, TaskState::Blocked] {
            let orchestrator = &bench.orchestrator;
            scope.spawn(move || {
                for _ in 0..500 {
                    orchestrator.set_tasks([(state, 7)]);
                }
            });
        }
    });
    let values = TaskState::ALL
        .iter()
        .map(|state| bench.memory.value("tasks_by_state", &[("status", state.as_str())]).unwrap());
    assert!((values.sum::<f64>() - 7.0).abs() < f64::EPSILON, "{}", bench.memory.text());
}

#[test]
fn each_reason_to_ask_a_human_is_counted_apart() {
    let bench = Bench::new();
    for reason in EscalationReason::ALL {
        let labels = [("reason", reason.as_str())];
        assert_eq!(bench.memory.value("hitl_escalation_total", &labels), Some(0.0));
    }
    bench.orchestrator.escalate(EscalationReason::UnclearTask);
    bench.orchestrator.escalate(EscalationReason::Other);
    bench.check(&[
        "hitl_escalation_total{reason=\"other\"} 1",
        "hitl_escalation_total{reason=\"unclear_task\"} 1",
    ]);
}

#[test]
fn a_round_of_the_dispatch_loop_is_recorded_however_it_ends() {
    let bench = Bench::new();
    let mut cycle = bench.orchestrator.dispatch_cycle();
    cycle.dispatched(2);
    cycle.dispatched(1);
    cycle.completed(1);
    cycle.finish();
    panicking(|| {
        let mut cycle = bench.orchestrator.dispatch_cycle();
        cycle.dispatched(4);
        panic!("on purpose");
    });
    bench.check(&[
        "dispatch_loop_cycle_duration_seconds_count 2",
        "dispatch_loop_iterations_total 2",
        "dispatch_tasks_dispatched_per_cycle_sum 7",
        "dispatch_tasks_dispatched_per_cycle_count 2",
        "dispatch_worker_completions_per_cycle_sum 1",
        "dispatch_worker_completions_per_cycle_count 2",
    ]);
}

#[test]
fn the_director_is_timed() {
    let bench = Bench::new();
    bench.orchestrator.director_cycle().finish();
    bench.check(&["director_cycle_duration_seconds_count 1"]);
}
