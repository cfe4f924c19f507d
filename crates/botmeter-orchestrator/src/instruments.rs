//! The instruments of an orchestrator.

use botmeter_core::{Counter, Gauge, Histogram, Instrument, Unit, UpDownCounter, buckets};

use crate::labels::{
    Attempt, EscalationReason, MergeResult, Operation, OperationResult, Phase, ResolutionMethod,
    TaskState, TaskStatus, WorkerProfile,
};

/// How long merges take once they have the lock.
pub static MERGE_DURATION: Instrument<Histogram, ()> = Instrument::histogram(
    "git.merge.duration",
    Unit::SECONDS,
    "Time from getting the merge lock to the end of the merge, however it ended.",
    buckets::WORK,
);
/// How long checkouts take.
pub static CHECKOUT_DURATION: Instrument<Histogram, ()> = Instrument::histogram(
    "git.checkout.duration",
    Unit::SECONDS,
    "Time that a checkout of a branch took, failures included.",
    buckets::FAST,
);
/// How long it takes to resolve a conflict.
pub static RESOLUTION_DURATION: Instrument<Histogram, ()> = Instrument::histogram(
    "git.conflict_resolution.duration",
    Unit::SECONDS,
    "Time that an attempt to resolve a merge conflict took, failures included.",
    buckets::WORK,
);
/// How long it takes to make a worktree.
pub static WORKTREE_CREATION_DURATION: Instrument<Histogram, ()> = Instrument::histogram(
    "git.worktree.creation.duration",
    Unit::SECONDS,
    "Time that the creation of a worktree took, failures included.",
    buckets::FAST,
);
/// Merges by what came of them.
pub static MERGES: Instrument<Counter, (MergeResult,)> = Instrument::counter(
    "git.merge",
    Unit::of("{merge}"),
    "Merges of a worker's branch, counted once at their end, by what came of them.",
);
/// Attempts to resolve conflicts.
pub static RESOLUTIONS: Instrument<Counter, (OperationResult, ResolutionMethod)> =
    Instrument::counter(
        "git.conflict_resolution",
        Unit::of("{resolution}"),
        "Attempts to resolve a merge conflict, by who tried it and what came of it.",
    );
/// Worktrees made and removed.
pub static WORKTREE_OPERATIONS: Instrument<Counter, (Operation, OperationResult)> =
    Instrument::counter(
        "git.worktree.operations",
        Unit::of("{operation}"),
        "Worktrees made and removed, by what came of it.",
    );
/// Merges that hold the lock.
pub static ACTIVE_MERGES: Instrument<UpDownCounter, ()> = Instrument::up_down_counter(
    "git.active_merges",
    Unit::of("{merge}"),
    "Merges that hold the merge lock now; more than one at a time is a race.",
);
/// Merges that wait for the lock.
pub static MERGE_QUEUE_DEPTH: Instrument<Gauge, ()> = Instrument::gauge(
    "git.merge.queue_depth",
    Unit::of("{merge}"),
    "Merges that wait for the merge lock now.",
);
/// How long merges wait for the lock.
pub static LOCK_WAIT_DURATION: Instrument<Histogram, ()> = Instrument::histogram(
    "git.lock.wait.duration",
    Unit::SECONDS,
    "Time that a merge waited for the merge lock, whether it got it or gave up.",
    buckets::WORK,
);
/// How large merges are.
pub static FILES_MODIFIED: Instrument<Histogram, ()> = Instrument::histogram(
    "git.files_modified_per_merge",
    Unit::of("{file}"),
    "Files that a successful merge modified.",
    buckets::COUNT,
);
/// How many conflicts merges have.
pub static CONFLICTS: Instrument<Histogram, ()> = Instrument::histogram(
    "git.conflicts_per_merge",
    Unit::of("{conflict}"),
    "Conflicts that a merge ran into, those that were resolved included.",
    buckets::COUNT,
);

/// How long workers work on tasks.
pub static EXECUTION_DURATION: Instrument<Histogram, (WorkerProfile, Phase)> =
    Instrument::histogram(
        "task.execution.duration",
        Unit::SECONDS,
        "Time that a worker spent in one phase of a task, however the phase ended.",
        buckets::WORK,
    );
/// Tasks that left a worker's hands.
pub static COMPLETIONS: Instrument<Counter, (WorkerProfile, TaskStatus)> = Instrument::counter(
    "task.completion",
    Unit::of("{task}"),
    "Tasks that left the hands of a worker, counted once each time, by how they ended.",
);
/// How often tasks are retried.
pub static RETRIES: Instrument<Histogram, ()> = Instrument::histogram(
    "task.retries",
    Unit::of("{retry}"),
    "Retries that a task had had when it ended for good.",
    buckets::COUNT,
);
/// Tasks by where they stand.
pub static TASKS_BY_STATE: Instrument<Gauge, (TaskState,)> = Instrument::gauge(
    "tasks_by_state",
    Unit::of("{task}"),
    "Tasks in each state of the plan, as of the last snapshot.",
);
/// Workers at work.
pub static ACTIVE_WORKERS: Instrument<UpDownCounter, (WorkerProfile,)> =
    Instrument::up_down_counter(
        "active_workers",
        Unit::of("{worker}"),
        "Workers that are at work now.",
    );
/// Retries as they happen.
pub static TASK_RETRIES: Instrument<Counter, (Phase, Attempt)> = Instrument::counter(
    "task.retry",
    Unit::of("{retry}"),
    "Retries of tasks, by the phase that is tried again and by which retry it is.",
);
/// Tasks handed to a human.
pub static ESCALATIONS: Instrument<Counter, (EscalationReason,)> = Instrument::counter(
    "hitl.escalation",
    Unit::of("{escalation}"),
    "Times that a human was asked to take over, by the reason.",
);
/// How long the director thinks.
pub static DIRECTOR_CYCLE_DURATION: Instrument<Histogram, ()> = Instrument::histogram(
    "director.cycle.duration",
    Unit::SECONDS,
    "Time that the director took to look at the plan once and decide what is next.",
    buckets::WORK,
);

/// Rounds of the dispatch loop.
pub static DISPATCH_ITERATIONS: Instrument<Counter, ()> = Instrument::counter(
    "dispatch.loop.iterations",
    Unit::of("{iteration}"),
    "Rounds of the dispatch loop.",
);
/// How long rounds of the dispatch loop take.
pub static DISPATCH_CYCLE_DURATION: Instrument<Histogram, ()> = Instrument::histogram(
    "dispatch.loop.cycle.duration",
    Unit::SECONDS,
    "Time that one round of the dispatch loop took.",
    buckets::WORK,
);
/// Tasks per round.
pub static DISPATCHED: Instrument<Histogram, ()> = Instrument::histogram(
    "dispatch.tasks_dispatched_per_cycle",
    Unit::of("{task}"),
    "Tasks that one round of the dispatch loop handed to workers.",
    buckets::COUNT,
);
/// Completions per round.
pub static COMPLETED: Instrument<Histogram, ()> = Instrument::histogram(
    "dispatch.worker_completions_per_cycle",
    Unit::of("{completion}"),
    "Workers that one round of the dispatch loop found to have ended their task.",
    buckets::COUNT,
);
