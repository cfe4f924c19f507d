//! Metrics of agent orchestrators: git merges, tasks, workers, dispatch.
#![doc = include_str!("../README.md")]

#[cfg(feature = "board")]
pub mod board;
mod dispatch;
mod git;
pub mod instruments;
mod labels;
mod merge;
mod orchestrator;
mod profile;
mod task;
mod timing;

pub use botmeter_core as core;
pub use dispatch::DispatchCycle;
pub use git::{ChangingWorktree, Resolution, Resolving, WorktreeChange};
pub use labels::{
    Attempt, EscalationReason, MergeResult, Operation, OperationResult, Phase, ResolutionMethod,
    TaskState, TaskStatus, WorkerProfile,
};
pub use merge::{Merge, WaitingMerge};
pub use orchestrator::Orchestrator;
pub use profile::{ProfileHandle, Worker};
pub use task::Task;
pub use timing::Timing;

#[cfg(test)]
mod tests;
