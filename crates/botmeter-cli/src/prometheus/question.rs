//! Questions to a Prometheus.

/// One question, as it is asked.
#[derive(Clone, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub(super) struct Question {
    pub(super) query: String,
    pub(super) moments: Moments,
}

/// For when it is asked, in milliseconds.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub(super) enum Moments {
    One(i64),
    Many { first: i64, step: i64, last: i64 },
}

impl Moments {
    /// These, which are equally far apart; nothing if there is none.
    pub(super) fn of(moments: &[i64]) -> Option<Self> {
        match moments {
            [] => None,
            [at] => Some(Self::One(*at)),
            [first, second, ..] => {
                let last = moments.last().copied().unwrap_or(*second);
                Some(Self::Many { first: *first, step: second - first, last })
            }
        }
    }

    pub(super) fn count(self) -> usize {
        match self {
            Self::One(_) => 1,
            Self::Many { first, step, last } => {
                usize::try_from((last - first) / step.max(1) + 1).unwrap_or(0)
            }
        }
    }

    /// Which of the moments this is, in seconds.
    pub(super) fn place(self, seconds: f64) -> Option<usize> {
        match self {
            Self::One(_) => Some(0),
            Self::Many { first, step, .. } => {
                let place = (seconds * 1000.0 - first as f64) / step.max(1) as f64;
                let is_whole = (place - place.round()).abs() < 1e-3 && place > -0.5;
                #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "some")]
                is_whole.then(|| place.round() as usize)
            }
        }
    }
}
