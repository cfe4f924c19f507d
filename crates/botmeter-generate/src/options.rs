//! What depends on where the generated files are used.

use std::{collections::BTreeMap, time::Duration};

use botmeter_board::{Board, Scope, Variable};

use crate::{
    Catalogue,
    promql::{Fleet, Place},
};

/// What depends on where the generated files are used.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Options {
    /// The command that generates the files anew. It stands in each of them
    /// and in every complaint about them.
    pub command: String,
    /// Where the reference pages can be read; alerts have no links to their
    /// runbooks without.
    pub reference_url: Option<String>,
    /// Where the pages of some domains can be read, by domain, if that is
    /// somewhere else.
    pub references: BTreeMap<String, String>,
    /// Where Grafana is; alerts have no links to their panels without.
    pub grafana_url: Option<String>,
    /// How long Prometheus keeps samples; no rule may look further back.
    pub retention: Duration,
    /// Whether panels lead to traces in a Jaeger data source.
    pub has_traces: bool,
    /// The labels of the `PrometheusRule` and `PodMonitor` objects, by which a
    /// Prometheus operator selects them: keys and values. None by default.
    pub kubernetes_labels: Vec<(String, String)>,
    /// The labels of the pods that serve `/metrics`: keys and values.
    pub pod_labels: Vec<(String, String)>,
    /// The folder in Grafana that the dashboards are put into.
    pub grafana_folder: String,
    /// Which bots all queries are about, and what tells them apart beside job
    /// and instance: all, and nothing.
    pub fleet: Fleet,
    /// The addresses of the dashboards that show jobs as a whole, from series
    /// that rules record: none.
    pub recorded: Vec<String>,
    /// The tag that all dashboards have, and by which their menu finds them.
    pub tag: String,
    /// What else all dashboards can be found by.
    pub more_tags: Vec<String>,
    /// Whether the dashboards can be changed in Grafana.
    pub is_editable: bool,
    /// How much time the dashboards show at first.
    pub range: Duration,
    /// How often the dashboards ask anew; only when somebody wants it if there
    /// is nothing here.
    pub refresh: Option<Duration>,
}

impl Options {
    /// Prometheus' own retention of 15 days, and traces. Where alerts lead to
    /// is not known yet.
    pub fn new(command: impl Into<String>) -> Self {
        Self {
            command: command.into(),
            reference_url: None,
            references: BTreeMap::new(),
            grafana_url: None,
            retention: Duration::from_hours(15 * 24),
            has_traces: true,
            kubernetes_labels: Vec::new(),
            pod_labels: vec![("app.kubernetes.io/part-of".to_owned(), "botmeter".to_owned())],
            grafana_folder: "botmeter".to_owned(),
            fleet: Fleet::default(),
            recorded: Vec::new(),
            tag: "botmeter".to_owned(),
            more_tags: Vec::new(),
            is_editable: false,
            range: Duration::from_hours(1),
            refresh: Some(Duration::from_mins(1)),
        }
    }

    /// Where the reference pages can be read: alerts get the annotation
    /// `runbook_url`.
    #[must_use]
    pub fn reference_url(mut self, url: impl Into<String>) -> Self {
        self.reference_url = Some(url.into());
        self
    }

    /// Where the reference pages of these domains can be read: those that come
    /// from elsewhere may have theirs there already.
    ///
    /// Alerts of other domains lead where [`reference_url`](Self::reference_url)
    /// says, and nowhere without. A table of alerts has one link for all rows, so
    /// without it, it has one only if the pages of all domains with alerts are in
    /// one place.
    ///
    /// ```
    /// # use botmeter_generate::{Catalogue, generate};
    /// use botmeter_generate::Options;
    ///
    /// let options = Options::new("cargo xtask dashboards")
    ///     .reference_url("https://example.org/reference")
    ///     .reference_of(["telemetry"], "https://example.org/botmeter");
    /// # let board = botmeter_telemetry::board();
    /// # let catalogue = Catalogue::new().domain::<botmeter_telemetry::SelfObservation>(board);
    /// let files = generate(&catalogue, &options)?;
    /// let rules = files.text("prometheus/telemetry.rules.yml").unwrap_or_default();
    /// assert!(rules.contains("runbook_url: 'https://example.org/botmeter/telemetry.md#"));
    /// # Ok::<(), botmeter_generate::Error>(())
    /// ```
    #[must_use]
    pub fn reference_of(
        mut self,
        domains: impl IntoIterator<Item: Into<String>>,
        url: impl Into<String>,
    ) -> Self {
        let url = url.into();
        self.references.extend(domains.into_iter().map(|domain| (domain.into(), url.clone())));
        self
    }

    /// Where Grafana is: alerts get the annotation `dashboard_url`.
    #[must_use]
    pub fn grafana_url(mut self, url: impl Into<String>) -> Self {
        self.grafana_url = Some(url.into());
        self
    }

    /// Another retention.
    #[must_use]
    pub fn retention(mut self, retention: Duration) -> Self {
        self.retention = retention;
        self
    }

    /// No links to traces, where there is no Jaeger.
    #[must_use]
    pub fn without_traces(mut self) -> Self {
        self.has_traces = false;
        self
    }

    /// One more label of the `PrometheusRule` and `PodMonitor` objects, such as
    /// `release` with the name of the Helm release of kube-prometheus-stack.
    #[must_use]
    pub fn kubernetes_label(mut self, key: impl Into<String>, value: impl Into<String>) -> Self {
        self.kubernetes_labels.push((key.into(), value.into()));
        self
    }

    /// Another label of the pods that serve `/metrics`, instead of
    /// `app.kubernetes.io/part-of: botmeter`.
    #[must_use]
    pub fn pod_label(mut self, key: impl Into<String>, value: impl Into<String>) -> Self {
        self.pod_labels = vec![(key.into(), value.into())];
        self
    }

    /// Another folder in Grafana.
    #[must_use]
    pub fn grafana_folder(mut self, folder: impl Into<String>) -> Self {
        self.grafana_folder = folder.into();
        self
    }

    /// The bots alone whose series have this value of a label, in every query
    /// of dashboards and rules: for a Prometheus that hears of others as well.
    /// The alerts have the label, too.
    ///
    /// ```
    /// # use botmeter_generate::{Catalogue, generate};
    /// use botmeter_generate::Options;
    ///
    /// let options = Options::new("cargo xtask dashboards").selector("environment", "production");
    /// # let board = botmeter_telemetry::board();
    /// # let catalogue = Catalogue::new().domain::<botmeter_telemetry::SelfObservation>(board);
    /// let files = generate(&catalogue, &options)?;
    /// let rules = files.text("prometheus/telemetry.rules.yml").unwrap_or_default();
    /// assert!(rules.contains(r#"{environment="production""#));
    /// # Ok::<(), botmeter_generate::Error>(())
    /// ```
    #[must_use]
    pub fn selector(mut self, label: impl Into<String>, value: impl Into<String>) -> Self {
        self.fleet.selected.push((label.into(), value.into()));
        self
    }

    /// A label by which jobs of one name are told apart, such as `cluster`:
    /// it can be chosen on each dashboard, and rules look at each of its
    /// values by itself. Of several, the widest comes first.
    ///
    /// Series that lack it are together, so it does no harm where only some
    /// have it.
    ///
    /// ```
    /// use botmeter_generate::Options;
    ///
    /// let options = Options::new("cargo xtask dashboards")
    ///     .extra_label("cluster")
    ///     .extra_label("namespace");
    /// assert_eq!(options.fleet.labels, ["cluster", "namespace"]);
    /// ```
    #[must_use]
    pub fn extra_label(mut self, label: impl Into<String>) -> Self {
        self.fleet.labels.push(label.into());
        self
    }

    /// The dashboard of this address shows jobs as a whole: for hundreds of
    /// bots, whose series take long to add up each time that somebody looks.
    ///
    /// Its panels ask for series that the rules in
    /// `prometheus/recorded.rules.yml` record of all instances, and which have
    /// no label `instance`; so no instance can be chosen on it. Rates are those
    /// of the last five minutes, however little time is shown, unless a panel
    /// asks for another time. What cannot be
    /// recorded is asked of the instances, as elsewhere: see
    /// [`kept`](botmeter_board::promql::kept).
    ///
    /// ```
    /// # use botmeter_generate::{Catalogue, generate};
    /// use botmeter_generate::Options;
    ///
    /// let options = Options::new("cargo xtask dashboards").recorded("telemetry");
    /// # let board = botmeter_telemetry::board();
    /// # let catalogue = Catalogue::new().domain::<botmeter_telemetry::SelfObservation>(board);
    /// let files = generate(&catalogue, &options)?;
    /// let rules = files.text("prometheus/recorded.rules.yml").unwrap_or_default();
    /// assert!(rules.contains("job_backend_status:telemetry_exports:rate5m"));
    /// # Ok::<(), botmeter_generate::Error>(())
    /// ```
    #[must_use]
    pub fn recorded(mut self, dashboard: impl Into<String>) -> Self {
        self.recorded.push(dashboard.into());
        self
    }

    /// Another tag than `botmeter`, by which the menu of each dashboard finds
    /// the others: for those of one team among many.
    #[must_use]
    pub fn tag(mut self, tag: impl Into<String>) -> Self {
        self.tag = tag.into();
        self
    }

    /// One more tag, which all dashboards have.
    #[must_use]
    pub fn another_tag(mut self, tag: impl Into<String>) -> Self {
        self.more_tags.push(tag.into());
        self
    }

    /// Dashboards that can be changed in Grafana, to try something out: what is
    /// changed there is lost when the file is loaded again.
    #[must_use]
    pub fn editable(mut self) -> Self {
        self.is_editable = true;
        self
    }

    /// Another time that the dashboards show at first than the last hour.
    ///
    /// ```
    /// use std::time::Duration;
    ///
    /// use botmeter_generate::Options;
    ///
    /// let options = Options::new("cargo xtask dashboards")
    ///     .tag("checkout")
    ///     .range(Duration::from_hours(6))
    ///     .refresh(None);
    /// assert_eq!(options.refresh, None);
    /// ```
    #[must_use]
    pub fn range(mut self, range: Duration) -> Self {
        self.range = range;
        self
    }

    /// How often the dashboards ask anew, where each minute is too often or too
    /// rarely; with `None` only when somebody wants it.
    #[must_use]
    pub fn refresh(mut self, every: impl Into<Option<Duration>>) -> Self {
        self.refresh = every.into();
        self
    }

    /// Where the page of a domain can be read.
    pub(crate) fn reference(&self, domain: &str) -> Option<&str> {
        let url = self.references.get(domain).or(self.reference_url.as_ref())?;
        Some(url.trim_end_matches('/'))
    }

    /// The same, with the one place of all pages as `reference_url` if there is
    /// one, because that has the page that lists every alert.
    pub(crate) fn with_one_reference(&self, catalogue: &Catalogue) -> Self {
        let has_alerts = |board: &Board| !board.alerts.is_empty() || !board.objectives.is_empty();
        let alerting = catalogue.boards().filter(|(_, board)| has_alerts(board));
        let mut places = alerting.map(|(domain, _)| domain.and_then(|it| self.reference(it)));
        let first = places.next().flatten();
        let one = first.filter(|first| places.all(|place| place == Some(*first)));
        let reference_url = self.reference_url.clone().or_else(|| one.map(str::to_owned));
        Self { reference_url, ..self.clone() }
    }

    /// Whether the dashboard shows jobs as a whole.
    pub(crate) fn is_recorded(&self, dashboard: &str) -> bool {
        self.recorded.iter().any(|uid| uid == dashboard)
    }

    /// Where queries of the dashboard stand whose lines stand for this, and
    /// which follow these variables.
    pub(crate) fn place<'a>(
        &self,
        dashboard: &str,
        scope: Scope,
        variables: &'a [Variable],
    ) -> Place<'a> {
        if self.is_recorded(dashboard) {
            Place::Recorded { scope, variables }
        } else {
            Place::Panel { scope, variables }
        }
    }
}
