//! Panels.

use crate::{Direction, Limit, Line, Objective, Show, Text};

/// One picture of a dashboard.
///
/// The description tells what is shown, what is good and what is bad, and what
/// to do.
#[derive(Clone, Debug, PartialEq)]
#[must_use = "a panel belongs into a row"]
#[non_exhaustive]
pub struct Panel {
    /// What it shows, unique in its dashboard. Links to it are made from the
    /// title, so they outlive panels added before it.
    pub title: Text,
    /// What it means.
    pub description: Text,
    /// How it is drawn.
    pub kind: Kind,
    /// What its numbers are.
    pub show: Show,
    /// What it draws.
    pub lines: Vec<Line>,
    /// Limits to show as lines; each is the limit of an alert.
    pub limits: Vec<Limit>,
    /// Limits to show that no alert has, and on which side of each it is time
    /// to look closer.
    pub advice: Vec<(Direction, Limit)>,
    /// Whether its axis goes up to its limits, however far below them its lines
    /// are: as it does for shares, and for how fast budgets burn.
    pub reaches_limits: bool,
    /// What each line stands for.
    pub scope: Scope,
    /// Width, of 24.
    pub width: u32,
    /// Height, in Grafana's units of 30 pixels.
    pub height: u32,
    /// What stands there when there is no data; by default 0 for what is
    /// counted, `no answer` for alerts, which are never without a number, and
    /// `no traffic` for the rest.
    pub without_data: Option<Text>,
    /// Whether each line leads to the traces of its service.
    pub has_traces: bool,
    /// The address of the dashboard that tells more, if it is another one.
    pub leads_to: Option<Text>,
}

/// How a panel is drawn.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    /// Lines over time.
    TimeSeries {
        /// On top of each other.
        is_stacked: bool,
        /// As bars.
        is_bars: bool,
    },
    /// One number now.
    Stat,
    /// One number on a dial.
    Gauge,
    /// One bar for each group.
    BarGauge,
    /// A distribution over time.
    Heatmap,
    /// A row for each group and a column for each query.
    Table,
    /// Colored bands over time.
    StateTimeline,
    /// The description itself.
    Text,
}

/// What one line of a panel stands for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Scope {
    /// All jobs and instances that are selected.
    Fleet,
    /// One job.
    Job,
    /// One instance of a job.
    Instance,
}

/// Where an error budget ends.
const SPENT: Limit = Limit::new(0.0, "more went wrong in the last 30 days than was to go wrong");

impl Panel {
    /// Lines over time.
    pub fn time_series(title: impl Into<Text>, description: impl Into<Text>, show: Show) -> Self {
        let kind = Kind::TimeSeries { is_stacked: false, is_bars: false };
        Self::new(title, description, kind, show, (12, 8))
    }

    /// One number.
    pub fn stat(title: impl Into<Text>, description: impl Into<Text>, show: Show) -> Self {
        Self::new(title, description, Kind::Stat, show, (4, 4))
    }

    /// One number on a dial. A ratio goes up to 1.
    pub fn gauge(title: impl Into<Text>, description: impl Into<Text>, show: Show) -> Self {
        Self::new(title, description, Kind::Gauge, show, (6, 6))
    }

    /// One bar for each group.
    pub fn bar_gauge(title: impl Into<Text>, description: impl Into<Text>, show: Show) -> Self {
        Self::new(title, description, Kind::BarGauge, show, (12, 8))
    }

    /// A distribution over time, drawn with [`heat`](crate::heat).
    pub fn heatmap(title: impl Into<Text>, description: impl Into<Text>, show: Show) -> Self {
        Self::new(title, description, Kind::Heatmap, show, (12, 8))
    }

    /// A row for each group and a column for each query, which all have the
    /// same labels.
    pub fn table(title: impl Into<Text>, description: impl Into<Text>) -> Self {
        Self::new(title, description, Kind::Table, Show::Count, (24, 8))
    }

    /// Bands over time, colored by the panel's limits.
    pub fn state_timeline(
        title: impl Into<Text>,
        description: impl Into<Text>,
        show: Show,
    ) -> Self {
        Self::new(title, description, Kind::StateTimeline, show, (24, 6))
    }

    /// A text in Markdown. In an address, `$kept` is the time that is shown and
    /// the bots that are chosen: `[Mail](/d/mail-out?$kept)`.
    pub fn text(title: impl Into<Text>, text: impl Into<Text>) -> Self {
        Self::new(title, text, Kind::Text, Show::Count, (24, 4))
    }

    /// How fast the error budget of an objective burns, with the factors at
    /// which its alerts fire.
    pub fn burn(
        title: impl Into<Text>,
        description: impl Into<Text>,
        objective: &Objective,
    ) -> Self {
        let mut panel = Self::time_series(title, description, Show::Count);
        panel.reaches_limits = true;
        panel.limits.extend(objective.windows.iter().map(|window| window.factor.clone()));
        if let (Some(first), Some(last)) = (objective.windows.first(), objective.windows.last()) {
            panel = panel
                .draw(objective.burn(first.short).named("short window"))
                .draw(objective.burn(first.long).named("long window"))
                .draw(objective.burn(last.short).named("slow burn"));
        }
        panel
    }

    /// Which part of an objective's error budget of the last 30 days is left.
    ///
    /// It is made of what rules record each hour, for jobs as a whole, whatever
    /// else is chosen; the description says so, and what stands there before
    /// the first hour.
    ///
    /// ```
    /// use botmeter_board::{Limit, Measure, Objective, Panel, share_of};
    /// # use botmeter_core::{Counter, Instrument, Status, Unit};
    /// # static SENT: Instrument<Counter, (Status,)> =
    /// #     Instrument::counter("mail.sent", Unit::of("{mail}"), "Mails that were sent.");
    ///
    /// let target = Limit::new(0.99, "one mail in a hundred may get lost");
    /// let lost = share_of(&SENT).that(Status::Error).not_counting(Status::Cancelled);
    /// let objective = Objective::new("mail_lost", &target, Measure::failures(lost));
    /// let panel = Panel::budget_left(
    ///     "Budget left",
    ///     "How much of the mail that may get lost in 30 days has not got lost yet.",
    ///     &objective,
    /// )
    /// .without_data("no hour with mail on record");
    /// assert_eq!(panel.lines.len(), 1);
    /// ```
    pub fn budget_left(
        title: impl Into<Text>,
        description: impl Into<Text>,
        objective: &Objective,
    ) -> Self {
        Self::stat(title, description, Show::Ratio)
            .draw(objective.budget_left())
            .advised_below(&SPENT)
    }

    fn new(
        title: impl Into<Text>,
        description: impl Into<Text>,
        kind: Kind,
        show: Show,
        (width, height): (u32, u32),
    ) -> Self {
        Self {
            title: title.into(),
            description: description.into(),
            kind,
            reaches_limits: show == Show::Ratio,
            show,
            lines: Vec::new(),
            limits: Vec::new(),
            advice: Vec::new(),
            scope: Scope::Fleet,
            width,
            height,
            without_data: None,
            has_traces: false,
            leads_to: None,
        }
    }

    /// Draws a query as well.
    pub fn draw(mut self, line: impl Into<Line>) -> Self {
        self.lines.push(line.into());
        self
    }

    /// Shows the limit of an alert.
    pub fn limit(mut self, limit: &Limit) -> Self {
        self.limits.push(limit.clone());
        self
    }

    /// Shows from where on somebody should look closer, although no alert
    /// fires there: as severe as a warning.
    pub fn advised_above(mut self, limit: &Limit) -> Self {
        self.advice.push((Direction::Up, limit.clone()));
        self
    }

    /// Shows below what somebody should look closer, although no alert fires
    /// there: as severe as a warning.
    pub fn advised_below(mut self, limit: &Limit) -> Self {
        self.advice.push((Direction::Down, limit.clone()));
        self
    }

    /// Lines on top of each other, for parts of one whole.
    pub fn stacked(mut self) -> Self {
        if let Kind::TimeSeries { is_stacked, .. } = &mut self.kind {
            *is_stacked = true;
        }
        self
    }

    /// Bars instead of lines, for events that are rare.
    pub fn bars(mut self) -> Self {
        if let Kind::TimeSeries { is_bars, .. } = &mut self.kind {
            *is_bars = true;
        }
        self
    }

    /// One line for each job.
    pub fn per_job(mut self) -> Self {
        self.scope = Scope::Job;
        self
    }

    /// One line for each instance of a job.
    pub fn per_instance(mut self) -> Self {
        self.scope = Scope::Instance;
        self
    }

    /// Each line leads to the traces of its service, so it stands for one job.
    pub fn with_traces(mut self) -> Self {
        self.has_traces = true;
        if self.scope == Scope::Fleet {
            self.scope = Scope::Job;
        }
        self
    }

    /// Leads to the dashboard of this address, with what is chosen and the
    /// time that is shown.
    pub fn leads_to(mut self, uid: impl Into<Text>) -> Self {
        self.leads_to = Some(uid.into());
        self
    }

    /// Width, of 24, and height, in Grafana's units of 30 pixels.
    pub fn size(mut self, width: u32, height: u32) -> Self {
        self.width = width;
        self.height = height;
        self
    }

    /// What stands there when there is no data.
    pub fn without_data(mut self, text: impl Into<Text>) -> Self {
        self.without_data = Some(text.into());
        self
    }
}
