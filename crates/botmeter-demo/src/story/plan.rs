//! The plan of the crew: which tasks there are, and where each of them stands.

use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use botmeter_orchestrator::TaskState;
use tokio::time::Instant;

use super::round::Round;

/// Tasks that are open at the same time; a further one is not taken in.
const MOST_OPEN: usize = 40;

/// Tasks that are remembered after they were done or given up.
const MOST_CLOSED: usize = 40;

#[derive(Debug)]
pub(super) struct Plan {
    tasks: Mutex<Vec<Planned>>,
    courses: Round,
    numbers: Round,
}

/// A task as it stands in the plan.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Planned {
    pub(super) number: usize,
    pub(super) course: Course,
    pub(super) retries: usize,
    state: TaskState,
    /// Where it goes from there, after some time.
    then: Option<(Instant, TaskState)>,
}

/// What a task has in store.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Course {
    /// It is built and passes its tests.
    Plain,
    /// It says too little, and a human has to say more.
    Unclear,
    /// Its tests fail when it is built for the first time.
    Flawed,
    /// Its tests fail however often it is built.
    Hopeless,
    /// It changes something that only a human may allow.
    Delicate,
    /// Whoever wanted it takes it back while it is being built.
    Withdrawn,
}

impl Plan {
    pub(super) const fn new() -> Self {
        let tasks = Mutex::new(Vec::new());
        Self { tasks, courses: Round::of(16), numbers: Round::of(usize::MAX) }
    }

    /// Takes in a task that somebody wants, unless too many are open.
    pub(super) fn add(&self) -> bool {
        let mut tasks = self.lock();
        if tasks.iter().filter(|task| task.is_open()).count() >= MOST_OPEN {
            return false;
        }
        let course = match self.courses.next() {
            3 => Course::Unclear,
            5 => Course::Flawed,
            7 => Course::Delicate,
            9 => Course::Hopeless,
            11 => Course::Withdrawn,
            _ => Course::Plain,
        };
        let (number, state) = (self.numbers.next(), TaskState::Planned);
        tasks.push(Planned { number, course, retries: 0, state, then: None });
        true
    }

    /// Takes the oldest task that is in this state, and makes it active.
    pub(super) fn take(&self, state: TaskState) -> Option<Planned> {
        let mut tasks = self.lock();
        let task = tasks.iter_mut().find(|task| task.state == state)?;
        task.state = TaskState::Active;
        Some(*task)
    }

    /// A task that was taken comes back in this state.
    pub(super) fn put(&self, task: &Planned, state: TaskState) {
        self.replace(Planned { state, then: None, ..*task });
    }

    /// A task that was taken has to wait so long for somebody or something, and then goes on.
    pub(super) fn hold(&self, task: &Planned, state: TaskState, time: Duration, then: TaskState) {
        let then = Some((Instant::now() + time, then));
        self.replace(Planned { state, then, ..*task });
    }

    /// Looks at all tasks: what is planned becomes ready, what has waited goes on, and what is
    /// closed is forgotten in time.
    pub(super) fn review(&self) {
        let mut tasks = self.lock();
        let now = Instant::now();
        for task in tasks.iter_mut() {
            match task.then {
                Some((at, then)) if at <= now => (task.state, task.then) = (then, None),
                None if task.state == TaskState::Planned => task.state = TaskState::Ready,
                _ => {}
            }
        }
        let closed = tasks.iter().filter(|task| !task.is_open()).count();
        let mut surplus = closed.saturating_sub(MOST_CLOSED);
        tasks.retain(|task| {
            let is_surplus = surplus > 0 && !task.is_open();
            surplus -= usize::from(is_surplus);
            !is_surplus
        });
    }

    /// Where all tasks stand.
    pub(super) fn snapshot(&self) -> Vec<(TaskState, usize)> {
        self.lock().iter().map(|task| (task.state, 1)).collect()
    }

    fn replace(&self, changed: Planned) {
        let mut tasks = self.lock();
        if let Some(task) = tasks.iter_mut().find(|task| task.number == changed.number) {
            *task = changed;
        }
    }

    fn lock(&self) -> MutexGuard<'_, Vec<Planned>> {
        self.tasks.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Planned {
    fn is_open(&self) -> bool {
        !matches!(self.state, TaskState::Complete | TaskState::Failed)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_task_is_planned_ready_active_and_complete() {
        let plan = Plan::new();
        assert!(plan.add());
        assert_eq!(plan.take(TaskState::Ready), None);
        plan.review();
        let task = plan.take(TaskState::Ready).unwrap();
        assert_eq!((task.number, task.course), (1, Course::Plain));
        assert_eq!(plan.snapshot(), [(TaskState::Active, 1)]);
        plan.put(&task, TaskState::Complete);
        assert_eq!(plan.snapshot(), [(TaskState::Complete, 1)]);
    }

    #[test]
    fn a_task_that_waits_goes_on_when_its_time_has_come() {
        let plan = Plan::new();
        plan.add();
        plan.review();
        let task = plan.take(TaskState::Ready).unwrap();
        plan.hold(&task, TaskState::Blocked, Duration::from_hours(1), TaskState::Ready);
        plan.review();
        assert_eq!(plan.snapshot(), [(TaskState::Blocked, 1)]);
        plan.hold(&task, TaskState::Blocked, Duration::ZERO, TaskState::Ready);
        plan.review();
        assert_eq!(plan.snapshot(), [(TaskState::Ready, 1)]);
    }

    #[test]
    fn the_plan_has_room_for_so_many_and_forgets_what_is_closed() {
        let plan = Plan::new();
        let added = (0..100).filter(|_| plan.add()).count();
        assert_eq!(added, MOST_OPEN);
        for _ in 0..3 {
            plan.review();
            while let Some(task) = plan.take(TaskState::Ready) {
                plan.put(&task, TaskState::Complete);
            }
            while plan.add() {}
        }
        plan.review();
        let states = plan.snapshot();
        let closed = states.iter().filter(|(state, _)| *state == TaskState::Complete).count();
        assert_eq!((closed, states.len()), (MOST_CLOSED, MOST_CLOSED + MOST_OPEN));
    }
}
