//! Files from instruments and boards.
#![doc = include_str!("../README.md")]
//!
//! A small program of your own, such as an xtask, calls it for your domains:
//!
//! ```
//! use botmeter_board::{Board, Dashboard, Panel, Row, Show, rate};
//! use botmeter_core::{Counter, Domain, Instrument, Meter, Unit};
//! use botmeter_generate::{Catalogue, Mode, Options, generate};
//!
//! static SENT: Instrument<Counter, ()> =
//!     Instrument::counter("mail.sent", Unit::of("{mail}"), "Mails that were sent.");
//!
//! struct Mail(Counter);
//!
//! impl Domain for Mail {
//!     const NAME: &'static str = "mail";
//!     fn register(meter: &Meter) -> Self {
//!         Self(SENT.bind(meter, ()))
//!     }
//! }
//!
//! fn board() -> Board {
//!     let sent = Panel::time_series(
//!         "Mails",
//!         "Mails sent per minute. A sudden silence means that the queue is stuck.",
//!         Show::PerMinute,
//!     )
//!     .draw(rate(&SENT).all().per_minute());
//!     let dashboard = Dashboard {
//!         uid: "mail-out",
//!         title: "Mail",
//!         description: "Does mail get out?",
//!         tags: &["mail"],
//!         span_attributes: &[],
//!         variables: Vec::new(),
//!         rows: vec![Row::open("Overview", [sent])],
//!     };
//!     Board { dashboards: vec![dashboard], ..Board::default() }
//! }
//!
//! # let folder = tempfile::tempdir()?;
//! # let root = folder.path();
//! let catalogue = Catalogue::new().domain::<Mail>(board());
//! let files = generate(&catalogue, &Options::new("cargo xtask dashboards"))?;
//! files.apply(root, Mode::Write)?;
//! assert!(root.join("grafana/mail-out.json").exists());
//! files.apply(root, Mode::Check)?;
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```

mod catalogue;
mod definitions;
mod error;
mod files;
mod grafana;
mod lint;
mod model;
mod options;
mod promql;
mod reference;
mod rules;
#[cfg(test)]
mod sample;
#[cfg(test)]
mod tests;
mod yaml;

pub use catalogue::Catalogue;
pub use error::{Error, Problem};
pub use files::{Files, Mode, Report};
pub use options::Options;

use model::Model;

/// The files of a catalogue, checked.
///
/// - `grafana/<uid>.json`: a dashboard.
/// - `prometheus/<domain>.rules.yml`: recording and alerting rules.
/// - `prometheus/tests/<domain>.test.yml`: unit tests of the alerts, for
///   `promtool test rules`.
/// - `reference/<domain>.md`: what is recorded, shown and alerted on, with a
///   runbook section for each alert.
///
/// The same catalogue and options give the same bytes.
///
/// # Errors
///
/// All [problems](Error::problems) at once, if something of the boards makes
/// no sense: see the crate's documentation for what is checked.
pub fn generate(catalogue: &Catalogue, options: &Options) -> Result<Files, Error> {
    botmeter_core::instruments(&catalogue.registered())
        .map_err(|error| Error::because("generate from the catalogue", error))?;
    let model = Model::of(catalogue, options);
    let problems = lint::problems(catalogue, options, &model);
    if problems.is_empty() {
        model.files(options)
    } else {
        let count = problems.len();
        let what = format!("generate: {count} {}", if count == 1 { "problem" } else { "problems" });
        Err(Error::of(what, problems))
    }
}
