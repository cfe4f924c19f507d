//! Series that anybody names, with limits in front of them.

mod names;

use crate::{
    Error, Meter, Recorder,
    label::{Clean, MAX_VALUE_BYTES, OTHER},
    problem,
    store::{Family, Identity, Labels, apart, pairs},
};

pub use names::MAX_FOREIGN_NAMES;

/// The most series of one name that others make; events of later ones are
/// recorded under `other`.
pub const MAX_FOREIGN_SERIES: usize = 2000;

/// How many sets of label keys `other` may stand under; one more has no labels.
const SURPLUS_SERIES: usize = 100;

impl Meter {
    /// A handle as of [`foreign`](Self::foreign) for names and labels that come
    /// from anybody.
    ///
    /// Values of labels are made [`Clean`]. Once the name has
    /// [`MAX_FOREIGN_SERIES`], the values of new ones become `other`. What is
    /// changed so is counted in `telemetry_overflow_total`, event by event, and
    /// logged the first time.
    ///
    /// # Errors
    ///
    /// As of `foreign`, and when the store does not admit the name
    /// [within limits](crate::Store::admit_within_limits).
    pub fn foreign_within_limits<'a, H: Recorder>(
        &self,
        identity: Identity,
        labels: impl IntoIterator<Item = (&'a str, &'a str)>,
    ) -> Result<H, Error> {
        let family = self.store().admit_within_limits(identity.clone())?;
        let labels: Vec<_> =
            labels.into_iter().map(|(key, value)| (key, Clean::of(value))).collect();
        let (labels, is_surplus) = within_limit(&family, &labels);
        self.bind_foreign(identity, pairs(&labels), is_surplus)
    }
}

/// The labels to record under, and whether a limit changed them. What becomes
/// `other` must not be kept anywhere, or the memory would grow all the same.
fn within_limit(family: &Family, given: &[(&str, Clean<'_>)]) -> (Box<Labels>, bool) {
    let fits = |labels: &Labels, limit| family.len() < limit || family.has(labels);
    let labels = apart(given.iter().map(|(key, value)| (*key, value.as_str())));
    let name = family.identity().prometheus_name();
    if fits(&labels, MAX_FOREIGN_SERIES) {
        let cut = given.iter().find(|(_, value)| value.is_cut());
        if let Some((label, _)) = cut
            && family.is_newly_cut()
        {
            problem!(
                warn,
                name = name,
                label = *label,
                limit_bytes = MAX_VALUE_BYTES,
                "a label value of another library is longer than it may be: it was cut, and \
                     what was cut off is told apart by a number; events are counted in \
                     telemetry_overflow_total"
            );
        }
        return (labels, cut.is_some());
    }
    if family.is_newly_full() {
        problem!(
            warn,
            name = name,
            limit = MAX_FOREIGN_SERIES,
            "a name of another library has as many series as it may: the label values of \
                 others become `other`, and their events are counted in telemetry_overflow_total; \
                 see what is put into its labels"
        );
    }
    let others = apart(given.iter().map(|(key, _)| (*key, OTHER)));
    let fits = fits(&others, MAX_FOREIGN_SERIES + SURPLUS_SERIES);
    (if fits { others } else { Box::default() }, true)
}
