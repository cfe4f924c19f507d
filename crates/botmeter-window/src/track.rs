//! Groups of an answer at many moments.

use std::collections::BTreeMap;

use crate::{Labels, Row};

/// One group of an answer at many moments.
#[derive(Clone, Debug, PartialEq)]
pub struct Track {
    /// The labels of the group.
    pub labels: Labels,
    /// A value for each moment, where there is one.
    pub values: Vec<Option<f64>>,
}

impl Track {
    /// The groups of answers, a list of rows for each moment, in the order of
    /// their labels.
    pub fn of(rows: Vec<Vec<Row>>) -> Vec<Self> {
        let count = rows.len();
        let mut tracks: BTreeMap<Labels, Vec<Option<f64>>> = BTreeMap::new();
        for (moment, rows) in rows.into_iter().enumerate() {
            for Row { labels, value } in rows {
                let values = tracks.entry(labels).or_insert_with(|| vec![None; count]);
                if let Some(place) = values.get_mut(moment) {
                    *place = Some(value);
                }
            }
        }
        tracks.into_iter().map(|(labels, values)| Self { labels, values }).collect()
    }
}
