//! The labels of an orchestrator.

use std::error::Error;

use botmeter_core::{Outcome, Reason, closed_label, open_label};

closed_label! {
    /// What came of a merge.
    pub enum MergeResult: "result" {
        /// The branch is merged.
        Success => "success",
        /// Both sides had changed the same lines, and nobody resolved it.
        Conflict => "conflict",
        /// It could not be tried, or broke off.
        Error => "error",
    }
}

closed_label! {
    /// What came of an operation on the repository.
    pub enum OperationResult: "result" {
        /// It is done.
        Success => "success",
        /// It failed.
        Error => "error",
        /// It was given up before it ended.
        Cancelled => "cancelled",
    }
}

closed_label! {
    /// Who resolves a merge conflict.
    pub enum ResolutionMethod: "method" {
        /// A model.
        Llm => "llm",
        /// A rule, such as git's own `ours`, `theirs` or `union`.
        Auto => "auto",
        /// A human.
        Manual => "manual",
    }
}

closed_label! {
    /// What is done to a worktree.
    pub enum Operation: "operation" {
        /// It is made.
        Create => "create",
        /// It is removed.
        Cleanup => "cleanup",
    }
}

open_label! {
    /// What a worker is made for, such as `coder` or `tester`.
    pub struct WorkerProfile: "worker_profile", limit 32;
}

closed_label! {
    /// Which part of a task a worker is at.
    pub enum Phase: "phase" {
        /// It decides what to do.
        Plan => "plan",
        /// It does it.
        Build => "build",
        /// It checks what was done.
        Test => "test",
    }
}

closed_label! {
    /// How a task ended in the hands of one worker.
    pub enum TaskStatus: "status" {
        /// It is done.
        Success => "success",
        /// It was worked on to the end, and the result is no good.
        Failed => "failed",
        /// It went back into the queue, to be tried again.
        Retry => "retry",
        /// It could not be worked on: what the worker needs broke.
        Error => "error",
        /// It was given up before it ended.
        Cancelled => "cancelled",
    }
}

closed_label! {
    /// Where a task stands in the orchestrator's plan.
    ///
    /// The label is called `status` because existing dashboards ask for it so.
    pub enum TaskState: "status" {
        /// It waits for tasks that it depends on.
        Planned => "planned",
        /// It waits for a worker.
        Ready => "ready",
        /// A worker works on it.
        Active => "active",
        /// It is built and waits to be checked.
        AwaitingQa => "awaiting_qa",
        /// It is done.
        Complete => "complete",
        /// It is given up.
        Failed => "failed",
        /// It waits for a human.
        WaitingHuman => "waiting_human",
        /// It cannot go on, and waits for something other than a human.
        Blocked => "blocked",
    }
}

closed_label! {
    /// Which retry of a task it is.
    ///
    /// Closed at five: a task that is tried more often is stuck, and by how
    /// much is told by the distribution of `task_retries`.
    pub enum Attempt: "attempt" {
        /// The first retry.
        First => "1",
        /// The second retry.
        Second => "2",
        /// The third retry.
        Third => "3",
        /// The fourth retry.
        Fourth => "4",
        /// The fifth retry, or one after it.
        FifthOrLater => "5+",
    }
}

closed_label! {
    /// Why a human is asked to take over.
    pub enum EscalationReason: "reason" {
        /// It was tried as often as is allowed.
        RetriesExhausted => "retries_exhausted",
        /// A merge conflict that the orchestrator does not resolve itself.
        MergeConflict => "merge_conflict",
        /// The task says too little, or contradicts itself.
        UnclearTask => "unclear_task",
        /// Something that only a human may decide.
        Approval => "approval",
        /// A right, a key or a tool is missing.
        MissingAccess => "missing_access",
        /// The money or the tokens for it are used up.
        BudgetExhausted => "budget_exhausted",
        /// It took longer than is allowed.
        Timeout => "timeout",
        /// What the worker was about to do, or did, is not safe.
        Safety => "safety",
        /// None of the above.
        Other => "other",
    }
}

impl From<Outcome> for OperationResult {
    fn from(outcome: Outcome) -> Self {
        match outcome {
            Outcome::Finished => Self::Success,
            Outcome::Failed(()) => Self::Error,
            Outcome::Cancelled => Self::Cancelled,
        }
    }
}

/// What a task that did not succeed ended as.
impl Reason for TaskStatus {
    const PANIC: Self = Self::Error;

    fn of(_: &(dyn Error + 'static)) -> Self {
        Self::Error
    }
}

impl Attempt {
    /// The retry of this number; the first one is 1.
    pub(crate) fn of(retry: usize) -> Self {
        match retry {
            0 | 1 => Self::First,
            2 => Self::Second,
            3 => Self::Third,
            4 => Self::Fourth,
            _ => Self::FifthOrLater,
        }
    }
}
