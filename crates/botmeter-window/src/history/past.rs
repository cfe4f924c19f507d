//! What is remembered for longer, at fewer moments.

use std::time::Duration;

use super::{Bounds, Contents, History};
use crate::{Labels, Target, milliseconds::milliseconds, rings::Roots};

/// A history with fewer moments, which lasts longer.
#[derive(Debug)]
pub(super) struct Past {
    pub(super) history: Box<History>,
    /// How far apart its moments are, at least.
    step: i64,
    /// When each target was last remembered.
    last: Vec<Option<i64>>,
}

/// Values are believed for five minutes, so moments that are further apart
/// would make holes of what never stopped.
const LONGEST_STEP: Duration = Duration::from_mins(4);

impl History {
    /// Remembers beyond its bounds what there was at moments that are so far
    /// apart, at most four minutes, in so many samples of their own.
    ///
    /// Queries that look further back than the history goes are answered from
    /// these moments alone, as long as they go back further than it does; with
    /// many series, there may be no room for that. What is asked within it is
    /// the same with and without them. A window of a day then begins up to one
    /// step late or early, and growth between the last moment and a restart that
    /// comes before the next is lost, as if the bot had been scraped so rarely.
    ///
    /// ```
    /// use std::time::Duration;
    ///
    /// use botmeter_window::{Bounds, History};
    ///
    /// // Some hours of everything, and three days at every fourth minute.
    /// let few = Bounds { samples: 16 << 20, ..Bounds::default() };
    /// let history = History::new(few).with_past(Duration::from_mins(4), 16 << 20);
    /// assert_eq!(history.oldest(), None);
    /// ```
    #[must_use]
    pub fn with_past(mut self, step: Duration, samples: usize) -> Self {
        // Whatever the finer one takes is taken.
        let bounds = Bounds { samples, series: usize::MAX };
        let mut history = Self::new(bounds).weighing_series(self.weight);
        history.targets.resize_with(self.targets.len(), Default::default);
        let last = vec![None; self.targets.len()];
        let step = milliseconds(step.min(LONGEST_STEP));
        self.past = Some(Past { history: Box::new(history), step, last });
        self
    }

    /// The history that goes back to this time, if one does: the finer one as
    /// long as it has forgotten nothing that is asked for.
    pub(crate) fn back_to(&self, since: i64) -> &Self {
        if self.is_gone(since) { self.longer().unwrap_or(self) } else { self }
    }

    /// What goes back further than this one, by a step at least: a past that
    /// holds less may lack a part of each of its moments.
    pub(super) fn longer(&self) -> Option<&Self> {
        let Past { history, step, .. } = self.past.as_ref()?;
        let is_longer = match (history.own_oldest(), self.own_oldest()) {
            (Some(past), Some(own)) => past <= own - step,
            (past, _) => past.is_some(),
        };
        is_longer.then_some(history)
    }

    /// Whether some of what there was after this time is forgotten.
    fn is_gone(&self, since: i64) -> bool {
        self.has_forgotten && self.own_oldest().is_none_or(|oldest| oldest > since)
    }

    /// Whether nothing is forgotten that an answer came from.
    pub(crate) fn stands(&self, roots: Roots) -> bool {
        // A past that has become the shorter one is asked no more, also where it
        // still has what it answered from.
        let is_there = |past: &Self| !past.is_gone(roots.past);
        let stands_there =
            roots.past == Roots::default().past || self.longer().is_some_and(is_there);
        stands_there && !self.is_gone(roots.own)
    }
}

impl Past {
    pub(super) fn add_target(&mut self) {
        self.history.add_target();
        self.last.push(None);
    }

    /// Goes on from these contents.
    pub(super) fn put(&mut self, targets: &[Target], contents: Contents) -> Option<()> {
        self.history.put(targets, contents)?;
        self.last = self.history.targets.iter().map(|it| it.timeline.newest()).collect();
        Some(())
    }

    /// Whether what a target tells at this time is to be remembered.
    pub(super) fn is_due(&self, target: Target, at: i64) -> bool {
        let last = self.last.get(target.0).copied().flatten();
        last.is_none_or(|last| at - last >= self.step)
    }

    pub(super) fn append(&mut self, target: Target, at: i64, samples: &[(Labels, f64)]) {
        // Times that the finer history took grow here as well.
        let told = self.history.append(target, at, samples.iter().cloned());
        if let Some(last) = self.last.get_mut(target.0).filter(|_| told.is_ok()) {
            *last = Some(at);
        }
    }
}
