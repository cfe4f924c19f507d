//! What series that follow each other have in common.

use std::{ops::Range, sync::Arc};

use super::labels::{Label, Labels};

/// Where the last series stands in what is written. They are sorted, so the
/// next one begins with much of the same, and one copy of that takes less than
/// one of each label.
#[derive(Debug, Default)]
pub struct Alike {
    start: usize,
    /// Where the labels begin.
    head: usize,
    /// The labels by their places in memory, and where each ends. They stay
    /// where they are, because a store keeps its labels.
    labels: Vec<(usize, usize)>,
}

impl Alike {
    /// Begins the next series, at `start`: what it has in common with the last
    /// one, to be copied there, and the labels that come behind that.
    pub fn next<'a>(&mut self, start: usize, labels: &'a Labels) -> (Range<usize>, &'a Labels) {
        let pairs = labels.iter().zip(&self.labels);
        let is_same =
            |(label, (place, _)): &(&Arc<Label>, &(usize, usize))| place_of(label) == *place;
        let count = pairs.take_while(is_same).count();
        self.labels.truncate(count);
        let common = self.whole();
        let moved = start - self.start;
        self.start = start;
        self.head += moved;
        self.labels.iter_mut().for_each(|(_, end)| *end += moved);
        (common, &labels[count..])
    }

    /// What stands before the labels of the next series ends here.
    pub fn head_ends(&mut self, end: usize) {
        self.head = end;
    }

    /// The label of the next series that comes next ends here.
    pub fn label_ends(&mut self, label: &Arc<Label>, end: usize) {
        self.labels.push((place_of(label), end));
    }

    /// Where its labels stand.
    pub fn labels(&self) -> Range<usize> {
        self.head..self.labels.last().map_or(self.head, |(_, end)| *end)
    }

    /// Where it stands up to its last label.
    pub fn whole(&self) -> Range<usize> {
        self.start..self.labels().end
    }
}

fn place_of(label: &Arc<Label>) -> usize {
    Arc::as_ptr(label).addr()
}
