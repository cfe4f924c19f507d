//! Telling bots from the other programs that a Prometheus knows.

use std::time::Duration;

use botmeter_core::process::HEARTBEAT;

use crate::expr::{Expr, Fold, Function, Part, Sample, Selection, Window};

/// A series that is scraped every minute is seen in this time, whatever else
/// the expression looks at.
const SHORTEST: Duration = Duration::from_mins(5);

/// For how long the heartbeat is read where recorded series are looked at:
/// what they stand for may be days, and longer costs more than it tells.
const RECORDED: Duration = Duration::from_hours(6);

impl Expr {
    /// The same of bots alone: of the jobs that had a heartbeat within the
    /// time that the expression looks back over itself, so that it is told of a
    /// bot that has ended, too; where it looks at recorded series, of the jobs
    /// that had one within six hours.
    ///
    /// Others have series of these names, too: `http_requests_total` stands
    /// for half of all web servers. The heartbeat is botmeter's alone, so what
    /// asks for nothing else is left as it is.
    ///
    /// ```
    /// use botmeter_board::{Expr, Limit, Trigger, rate};
    /// # use botmeter_core::{Counter, Instrument, Unit};
    /// # static SENT: Instrument<Counter, ()> =
    /// #     Instrument::counter("mail.sent", Unit::of("{mail}"), "Mails that were sent.");
    ///
    /// const MANY: Limit = Limit::new(10.0, "the server sends no more");
    ///
    /// let when = Trigger::from(rate(&SENT).all().above(&MANY));
    /// assert!(matches!(when.expr.of_bots(), Expr::AndJob(..)));
    /// ```
    #[must_use]
    pub fn of_bots(self) -> Self {
        let heartbeat = HEARTBEAT.descriptor();
        let selections = self.selections();
        let is_own = !selections.is_empty()
            && selections.iter().all(|selection| selection.instrument == heartbeat);
        if is_own {
            return self;
        }
        let window = self.reach(&|_| RECORDED).max(SHORTEST);
        let selection =
            Selection { instrument: heartbeat, part: Part::Value, matchers: Vec::new() };
        let of = Sample {
            selection,
            function: Function::Last,
            window: Window::Of(window),
            offset: None,
        };
        let alive = Self::Fold { fold: Fold::Max, by: &[], of };
        Self::AndJob(self.into(), alive.into())
    }
}
