//! Answers that are kept from one page to the next.
//!
//! What a moment that lies back was asked is answered alike for as long as
//! nothing is told of a time that is not later, and nothing is forgotten that
//! the answer came from. So each further page has to ask for new moments alone.

mod ring;
#[cfg(test)]
mod tests;

use std::{
    hash::{Hash, Hasher},
    mem,
    ops::Range,
    sync::{Arc, Mutex, PoisonError},
    time::Duration,
};

use botmeter_board::{Expr, Scope, Window};
use botmeter_core::label::LabelInfo;

use crate::{Chosen, Place, Track, lately::Lately};
pub(crate) use ring::{Ring, Roots};

/// The answers to many questions, within a bound.
#[derive(Debug)]
pub(crate) struct Rings(Mutex<Kept>);

#[derive(Debug)]
struct Kept {
    rings: Lately<Asked, Arc<Mutex<Ring>>>,
    /// The newest time that there is an answer of.
    newest: i64,
}

/// A question for a line: what is asked, and where.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Asked {
    expr: Expr,
    place: Where,
    step: i64,
}

/// What of a place an answer depends on.
#[derive(Clone, Debug, PartialEq)]
enum Where {
    Rule,
    Panel {
        scope: Scope,
        /// The labels of variables that have a choice.
        variables: Vec<LabelInfo>,
        chosen: Chosen,
        rate_interval: Duration,
        /// All that is shown, if that is asked for.
        shown: Option<Duration>,
    },
}

/// Times that are multiples of the length between two of them.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Grid {
    step: i64,
    numbers: Range<i64>,
}

impl Rings {
    /// Nothing yet, and never more than so many bytes, about.
    pub(crate) fn new(bytes: usize) -> Self {
        Self(Mutex::new(Kept { rings: Lately::new(bytes), newest: i64::MIN }))
    }

    /// The same bound, and nothing in it.
    pub(crate) fn emptied(self) -> Self {
        let Kept { rings, .. } = self.0.into_inner().unwrap_or_else(PoisonError::into_inner);
        Self::new(rings.limit())
    }

    /// The answers on a grid, after those that are missing were found. Whoever
    /// asks the same meanwhile waits for that.
    pub(crate) fn ask(
        &self,
        asked: Asked,
        grid: &Grid,
        find_missing: impl FnOnce(&mut Ring),
    ) -> Vec<Track> {
        let kept = || self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let ring = kept().ring(&asked);
        let mut told = ring.lock().unwrap_or_else(PoisonError::into_inner);
        told.cover(&grid.numbers());
        find_missing(&mut told);
        let tracks = told.tracks(grid.numbers());
        let weight = asked.weight() + told.weight();
        drop(told);
        let mut kept = kept();
        kept.newest = kept.newest.max(grid.time(grid.numbers.end - 1));
        kept.rings.put(asked, weight, ring);
        tracks
    }

    /// Forgets answers of this time and later, because more is known of it now.
    pub(crate) fn cut(&mut self, at: i64) {
        let kept = self.0.get_mut().unwrap_or_else(PoisonError::into_inner);
        // Nearly always, what is told is new.
        if at > kept.newest {
            return;
        }
        kept.newest = at - 1;
        for (asked, ring) in kept.rings.iter() {
            let mut ring = ring.lock().unwrap_or_else(PoisonError::into_inner);
            ring.cut(at.div_euclid(asked.step) + i64::from(at.rem_euclid(asked.step) != 0));
        }
    }
}

impl Kept {
    fn ring(&mut self, asked: &Asked) -> Arc<Mutex<Ring>> {
        self.rings.get(asked).unwrap_or_else(|| {
            let ring = Arc::default();
            self.rings.put(asked.clone(), asked.weight(), Arc::clone(&ring));
            ring
        })
    }
}

impl Asked {
    pub(crate) fn of(expr: &Expr, place: &Place<'_>, grid: &Grid) -> Self {
        let place = match place {
            Place::Rule => Where::Rule,
            Place::Panel(view) => {
                let variables = view.variables.iter().map(|variable| variable.label);
                Where::Panel {
                    scope: view.scope,
                    variables: variables.filter(|label| view.chosen.is_of(label.key())).collect(),
                    chosen: view.chosen.clone(),
                    rate_interval: view.rate_interval,
                    shown: expr.looks_over(Window::Shown).then_some(view.shown),
                }
            }
        };
        Self { expr: expr.clone(), place, step: grid.step }
    }

    /// How many bytes it takes to remember, about: each choice on a page is
    /// another question.
    fn weight(&self) -> usize {
        let own = 2 * size_of::<Self>() + self.expr.walk().len() * size_of::<Expr>();
        match &self.place {
            Where::Rule => own,
            Where::Panel { variables, chosen, .. } => {
                own + size_of_val(variables.as_slice()) + chosen.weight()
            }
        }
    }
}

/// Numbers of boards are never NaN.
impl Eq for Asked {}

impl Hash for Asked {
    fn hash<H: Hasher>(&self, state: &mut H) {
        self.step.hash(state);
        if let Where::Panel { chosen, .. } = &self.place {
            chosen.hash(state);
        }
        for expr in self.expr.walk() {
            mem::discriminant(expr).hash(state);
        }
        for selection in self.expr.selections() {
            selection.instrument.name().hash(state);
        }
    }
}

impl Grid {
    /// The grid of these times, if they are on one and follow each other.
    pub(crate) fn of(moments: &[i64]) -> Option<Self> {
        let [first, second, ..] = *moments else { return None };
        let step = second.checked_sub(first).filter(|step| *step > 0 && first % step == 0)?;
        let is_even = moments.windows(2).all(|pair| pair[1].checked_sub(pair[0]) == Some(step));
        let first = first / step;
        let numbers = first..first + i64::try_from(moments.len()).ok()?;
        is_even.then_some(Self { step, numbers })
    }

    pub(crate) fn numbers(&self) -> Range<i64> {
        self.numbers.clone()
    }

    /// The time of a number.
    pub(crate) fn time(&self, number: i64) -> i64 {
        number * self.step
    }
}
