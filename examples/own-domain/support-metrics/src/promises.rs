//! What was promised for each queue: a panel and an alert, made from data.

use std::time::Duration;

use botmeter_board::{Alert, Board, Example, Limit, Panel, Row, Severity, Show, last, said};

use crate::{Queue, instruments::OPEN};

/// How many tickets of a queue may be open, as a file or a database says.
pub struct Promise {
    /// The queue.
    pub queue: String,
    /// What its alert is called, one word such as `SupportBillingWaits`.
    pub alert: String,
    /// How many tickets may be open.
    pub open: f64,
    /// Who promised it.
    pub team: String,
}

/// The board with a row of promises, and an alert for each.
pub fn with_promises(mut board: Board, promises: &[Promise]) -> Board {
    if let Some(dashboard) = board.dashboards.first_mut() {
        let panels: Vec<_> = promises.iter().map(Promise::panel).collect();
        dashboard.rows.push(Row::open("Promises", panels));
    }
    board.alerts(promises.iter().map(Promise::alert))
}

impl Promise {
    fn title(&self) -> String {
        format!("Open tickets of {}", self.queue)
    }

    fn limit(&self) -> Limit {
        Limit::because(self.open, format!("{} promised that no more are open", self.team))
    }

    fn panel(&self) -> Panel {
        let about = format!(
            "Tickets of {} that have not ended. Above the line, ask {} what holds them up.",
            self.queue, self.team
        );
        Panel::time_series(self.title(), about, Show::Count)
            .draw(last(&OPEN).with::<Queue>(&self.queue).all().named(self.queue.clone()))
            .limit(&self.limit())
    }

    fn alert(&self) -> Alert {
        let open = |tickets| {
            let half_an_hour = Example::after(Duration::from_mins(30));
            half_an_hour.holds(&OPEN, (&self.queue,), tickets)
        };
        let many = self.open + 1.0;
        let when = last(&OPEN).with::<Queue>(&self.queue).by::<(Queue,)>().above(&self.limit());
        Alert::new(self.alert.clone(), Severity::Warning, when)
            .held_for(Duration::from_mins(10))
            .says(
                format!("More tickets of {{queue}} are open than {} promised.", self.team),
                "{value} tickets of {queue} in {job} are open.",
                Show::Count,
            )
            .runbook(&[format!("Ask {} what holds the tickets up.", self.team)])
            .panel(self.title())
            .tested(
                open(many).fires::<(Queue,)>((&self.queue,), said(Show::Count, many)),
                open(self.open),
            )
    }
}
