//! Answers at many moments, of which those that are known are not found again.

use botmeter_board::Expr;

use super::{Evaluator, Plans};
use crate::{
    History, Place, Track,
    rings::{Asked, Grid},
};

impl History {
    /// What the query gives at each of these times, group by group, in the
    /// order of their labels.
    ///
    /// What was answered once is not found again for as long as it stays so,
    /// if the history keeps [answers](Self::with_answers), and the times are
    /// multiples of the length between two of them.
    pub fn tracks(&self, expr: &Expr, moments: &[i64], place: &Place<'_>) -> Vec<Track> {
        let (Some(rings), Some(grid)) = (self.rings(), Grid::of(moments)) else {
            return Track::of(self.ask_over(expr, moments, place));
        };
        rings.ask(Asked::of(expr, place, &grid), &grid, |ring| {
            let plans = Plans::default();
            for number in ring.missing(grid.numbers(), |roots| self.stands(roots)) {
                let evaluator = Evaluator::new(self, grid.time(number), place, &plans);
                let rows = evaluator.value(expr).into_rows();
                ring.put(number, evaluator.roots.get(), rows);
            }
        })
    }
}
