//! What becomes of recordings and alerts over time.

use botmeter_board::{Alert as Rule, Limit, Line, Recorded, Severity, firing, firing_for, last};
use botmeter_core::{Gauge, Instrument, Unit};

use super::*;
use crate::{AlertState, Bounds};

static DEPTH: Instrument<Gauge, ()> =
    Instrument::gauge("queue.depth", Unit::of("{item}"), "What waits.");

const DEEP: Limit = Limit::new(5.0, "nobody waits for more than five");

const MINUTE: i64 = 60_000;

/// A queue whose recorded depth is alerted on.
struct Queue {
    history: History,
    page: Target,
    rules: Rules,
}

impl Queue {
    fn new() -> Self {
        let depth = Recorded::<()>::new("depth:sum", last(&DEPTH).all(), "What waits in all.");
        let alert = Rule::new("QueueDeep", Severity::Warning, depth.query().above(&DEEP))
            .held_for(Duration::from_mins(2));
        let board = Board::new().recordings([depth]).alerts([alert]);
        let mut history = History::new(Bounds::default());
        let page = history.add_target();
        let rules = Rules::of(&board, &mut history);
        Self { history, page, rules }
    }

    /// Reads the page, on which there may be a depth, and evaluates.
    fn read(&mut self, minute: i64, depth: Option<f64>) -> Vec<AlertState> {
        let series = Labels::of("queue_depth", [("job", "mail"), ("instance", "a")]);
        let depth = depth.map(|depth| (series, depth));
        self.history.append(self.page, minute * MINUTE, depth).unwrap();
        self.rules.evaluate(&mut self.history, minute * MINUTE).unwrap();
        self.rules.alerts().map(|alert| alert.state).collect()
    }

    fn ask(&self, minute: i64, expr: &Expr) -> Vec<Row> {
        self.history.ask(expr, minute * MINUTE, &Place::Rule)
    }

    fn firing(&self, minute: i64) -> Vec<Row> {
        // No program reports here, so there is no zero.
        self.ask(minute, &Line::from(firing(Severity::Warning)).expr)
    }
}

#[test]
fn what_is_recorded_is_read_at_once_and_ends_with_its_answer() {
    let recorded = Expr::Recorded { name: "job:depth:sum".to_owned(), by: &[], offset: None };
    let mut queue = Queue::new();
    // The alert reads the recording of the same evaluation.
    assert_eq!(queue.read(0, Some(6.0)).len(), 1);
    let rows = [Row::new(Labels::of("job:depth:sum", [("job", "mail")]), 6.0)];
    assert_eq!(queue.ask(0, &recorded), rows);
    assert_eq!(queue.ask(4, &recorded), rows);
    queue.read(1, None);
    assert_eq!(queue.ask(1, &recorded), []);
}

#[test]
fn an_alert_is_pending_then_fires_then_is_over_and_is_forgotten() {
    let mut queue = Queue::new();
    let since = 0;
    assert_eq!(queue.read(0, Some(6.0)), [AlertState::Pending { since }]);
    assert_eq!(queue.read(1, Some(7.0)), [AlertState::Pending { since }]);
    assert_eq!(queue.firing(1), []);
    assert_eq!(queue.ask(1, &Line::from(firing_for()).expr), []);
    let fires = AlertState::Firing { since, fired: 2 * MINUTE };
    assert_eq!(queue.read(2, Some(8.0)), [fires]);
    assert_eq!(queue.read(3, Some(9.0)), [fires]);
    let job = Labels::from_pairs([("job", "mail")]);
    assert_eq!(queue.firing(3), [Row::new(job, 1.0)]);
    let listed = queue.ask(3, &Line::from(firing_for()).expr);
    let seconds: Vec<_> = listed.iter().map(|row| row.value).collect();
    assert_eq!(seconds, [180.0], "it asks for attention since it is pending: {listed:?}");
    {
        let alert = queue.rules.alerts().next().unwrap();
        let pairs = [("alertname", "QueueDeep"), ("job", "mail"), ("severity", "warning")];
        assert_eq!((alert.labels, alert.value), (&Labels::from_pairs(pairs), 9.0));
    }
    let over = AlertState::Resolved { since: 4 * MINUTE };
    assert_eq!(queue.read(4, Some(5.0)), [over]);
    assert_eq!(queue.firing(4), []);
    assert_eq!(queue.read(19, None), [over]);
    assert_eq!(queue.read(20, None), []);
}

#[test]
fn one_evaluation_without_a_row_begins_anew() {
    let mut queue = Queue::new();
    queue.read(0, Some(6.0));
    assert_eq!(queue.read(1, Some(5.0)), []);
    assert_eq!(queue.read(2, Some(6.0)), [AlertState::Pending { since: 2 * MINUTE }]);
    queue.read(4, Some(6.0));
    queue.read(5, None);
    // What was over a moment ago is pending again.
    assert_eq!(queue.read(6, Some(6.0)), [AlertState::Pending { since: 6 * MINUTE }]);
}
