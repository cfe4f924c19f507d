//! Which bots a query is about, where a Prometheus knows more than those.

use super::quoted;

/// Which bots a query is about, and what tells them apart beside job and
/// instance: for a Prometheus that hears of several clusters or environments.
///
/// ```
/// use botmeter_board::{
///     Trigger, Limit,
///     promql::{Fleet, Place, render},
///     rate,
/// };
/// # use botmeter_core::{Counter, Instrument, Unit};
/// # static SENT: Instrument<Counter, ()> =
/// #     Instrument::counter("mail.sent", Unit::of("{mail}"), "Mails that were sent.");
///
/// const MANY: Limit = Limit::new(10.0, "the server sends no more");
///
/// let fleet = Fleet {
///     selected: vec![("environment".to_owned(), "production".to_owned())],
///     labels: vec!["cluster".to_owned()],
/// };
/// let when = Trigger::from(rate(&SENT).all().above(&MANY));
/// assert_eq!(
///     render(&when.expr, Place::Rule, &fleet),
///     "sum by (environment, cluster, job) \
///      (rate(mail_sent_total{environment=\"production\"}[5m])) > 10",
/// );
/// ```
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Fleet {
    /// Labels that all of its series have, each with its value.
    pub selected: Vec<(String, String)>,
    /// Labels by which jobs of one name are told apart, such as `cluster`, the
    /// widest first.
    pub labels: Vec<String>,
}

impl Fleet {
    /// The keys of the results of rules, beside the job.
    pub fn keys(&self) -> impl Iterator<Item = &str> {
        let selected = self.selected.iter().map(|(key, _)| key.as_str());
        selected.chain(self.labels.iter().map(String::as_str))
    }

    /// What selects its series.
    pub fn matchers(&self) -> impl Iterator<Item = String> {
        self.selected.iter().map(|(key, value)| format!("{key}={}", quoted(value)))
    }
}
