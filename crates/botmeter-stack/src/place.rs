//! Where things are: the configuration, the variables, and the data of servers
//! that run without containers.

use std::path::{Path, PathBuf};

use anyhow::{Context, Result, ensure};
use botmeter_generate::{Catalogue, Mode, Options, generate};

use crate::{
    files::{self, Owner},
    machine::Machine,
    report::note,
};

/// The command that stands in the rules and dashboards.
const COMMAND: &str = "botmeter stack up";

/// The domains that have a page of their own at [`REFERENCE`].
const SHIPPED: &[&str] =
    &["bot", "http", "llm", "narrative", "orchestrator", "pipeline", "telemetry"];

/// Where the runbooks of the shipped domains are.
const REFERENCE: &str = "https://github.com/botmeter/botmeter/blob/main/dashboards/reference";

/// The paths that the commands share.
#[derive(Clone, Debug)]
pub(crate) struct Place {
    /// What holds the next two.
    pub(crate) folder: PathBuf,
    /// The configuration.
    pub(crate) compose: PathBuf,
    /// The rules and dashboards, where compose.yaml looks for them as well.
    pub(crate) dashboards: PathBuf,
    /// The file of variables.
    pub(crate) env_file: PathBuf,
    /// Where the stack without containers runs.
    pub(crate) run: PathBuf,
}

impl Place {
    /// The usual places, unless a person has said otherwise.
    ///
    /// # Errors
    ///
    /// When there is no place.
    pub(crate) fn new(
        folder: Option<&Path>,
        env_file: Option<&Path>,
        run: Option<&Path>,
    ) -> Result<Self> {
        let place = |said: Option<&Path>, what: &str| {
            let path = match said {
                Some(path) => path.to_owned(),
                None => Machine::of_this_process().data()?,
            };
            // Servers and Compose are started in other folders.
            std::path::absolute(path).with_context(|| format!("failed to find {what}"))
        };
        let folder = place(folder, "the folder of the configuration")?;
        let compose = folder.join("compose");
        let env_file = env_file.map_or_else(|| compose.join(".env"), Path::to_owned);
        Ok(Self {
            dashboards: folder.join("dashboards"),
            env_file: place(Some(&env_file), "the file of variables")?,
            run: place(run, "the folder of the stack")?,
            compose,
            folder,
        })
    }

    /// Sees to it that there is a configuration: one that a person keeps is used
    /// as it is, else that of this program is put there. Which files were
    /// renewed, by paths in the folder.
    ///
    /// # Errors
    ///
    /// When the folder holds something else, or cannot be written.
    pub(crate) fn prepare(&self) -> Result<Vec<String>> {
        match Owner::of(&self.compose)? {
            Owner::Person => {
                ensure!(
                    self.dashboards.join("prometheus").is_dir(),
                    "there are no rules in {}: put the generated dashboards beside {}, or choose \
                     an empty folder with --folder",
                    self.dashboards.join("prometheus").display(),
                    self.compose.display()
                );
                Ok(Vec::new())
            }
            Owner::Program => {
                let unpacked = files::unpack(&self.compose)?;
                for path in unpacked.kept {
                    note(&format!(
                        "{} is not that of botmeter {}, because somebody has changed it: it stays; \
                         to take the new one, move it away and say `{COMMAND}` again",
                        path.display(),
                        env!("CARGO_PKG_VERSION")
                    ));
                }
                Ok(unpacked.written.into_iter().map(|name| format!("compose/{name}")).collect())
            }
        }
    }

    /// Writes the rules and dashboards of this catalogue, with links to a
    /// Grafana at this port. Which files were renewed, by paths in the folder.
    ///
    /// # Errors
    ///
    /// When a board makes no sense, or the folder holds other files or cannot be
    /// written.
    pub(crate) fn draw(&self, catalogue: &Catalogue, grafana: u16) -> Result<Vec<String>> {
        let has = |domain: &&str| catalogue.domains().any(|own| own == *domain);
        let options = Options::new(COMMAND)
            .grafana_url(format!("http://localhost:{grafana}"))
            .reference_of(SHIPPED.iter().copied().filter(has), REFERENCE);
        let files = generate(catalogue, &options).context("the boards have problems")?;
        let report = files.apply(&self.dashboards, Mode::Write)?;
        let renewed = report.written.into_iter().chain(report.removed);
        Ok(renewed.map(|path| format!("dashboards/{path}")).collect())
    }

    /// Whether the demo can be built here.
    ///
    /// # Errors
    ///
    /// When it cannot, with what to do.
    pub(crate) fn has_demo(&self) -> Result<()> {
        ensure!(
            self.folder.join("crates/botmeter-demo").is_dir(),
            "the profile demo builds the demo from a clone of botmeter, and {} is none: say `cargo \
             botmeter stack up --profile demo` in a clone, or leave the profile out and start a \
             bot of your own",
            self.folder.display()
        );
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use std::{collections::BTreeMap, fs};

    use botmeter_board::{Board, Dashboard, Panel, Row, Show, rate};
    use botmeter_catalogue::catalogue;
    use botmeter_core::{Counter, Domain, Instrument, Meter, Unit};

    use super::*;

    static SENT: Instrument<Counter, ()> =
        Instrument::counter("mail.sent", Unit::of("{mail}"), "Mails that were sent.");

    /// A domain of somebody else.
    struct Mail {
        _sent: Counter,
    }

    impl Domain for Mail {
        const NAME: &'static str = "mail";
        type Config = ();

        fn register_with(meter: &Meter, (): ()) -> Self {
            Self { _sent: SENT.bind(meter, ()) }
        }
    }

    fn board() -> Board {
        let sent = Panel::time_series(
            "Mails",
            "Mails sent per minute. A sudden silence means that the queue is stuck.",
            Show::PerMinute,
        )
        .draw(rate(&SENT).all().per_minute());
        let mail = Dashboard::new("mail-out", "Mail", "Does mail get out?").tags(&["mail"]);
        Board::new().dashboard(mail.rows([Row::open("Overview", [sent])]))
    }

    fn place(folder: &Path) -> Place {
        Place::new(Some(folder), None, Some(folder)).unwrap()
    }

    /// The files under a folder that a server reads, by their path.
    fn texts(folder: &Path) -> BTreeMap<PathBuf, String> {
        let mut found = BTreeMap::new();
        for inner in ["grafana", "prometheus"] {
            for entry in fs::read_dir(folder.join(inner)).unwrap() {
                let path = entry.unwrap().path();
                if path.is_file() {
                    let text = fs::read_to_string(&path).unwrap();
                    found.insert(path.strip_prefix(folder).unwrap().to_owned(), text);
                }
            }
        }
        found
    }

    #[test]
    fn what_is_drawn_is_what_the_repository_has_but_for_the_command() {
        let folder = tempfile::tempdir().unwrap();
        let place = place(folder.path());
        place.draw(&catalogue(), 3000).unwrap();
        let ours = texts(&Path::new(env!("CARGO_MANIFEST_DIR")).join("../../dashboards"));
        let mut drawn = texts(&place.dashboards);
        assert!(drawn.len() > 12, "{:?}", drawn.keys());
        for text in drawn.values_mut() {
            *text = text.replace(COMMAND, "cargo xtask dashboards");
        }
        assert_eq!(drawn, ours);
        // A Grafana elsewhere is where alerts lead to.
        place.draw(&catalogue(), 4000).unwrap();
        assert!(texts(&place.dashboards).values().any(|text| text.contains("localhost:4000/d/")));
    }

    #[test]
    fn boards_of_ones_own_are_among_them_and_take_no_runbook_from_others() {
        let folder = tempfile::tempdir().unwrap();
        let place = place(folder.path());
        place.draw(&catalogue().domain::<Mail>(board()), 3000).unwrap();
        let drawn = texts(&place.dashboards);
        assert!(drawn[Path::new("grafana/mail-out.json")].contains("rate(mail_sent_total{"));
        assert!(drawn[Path::new("prometheus/llm.rules.yml")].contains(REFERENCE));
        // Without it, its files go.
        place.draw(&catalogue(), 3000).unwrap();
        let drawn = texts(&place.dashboards);
        assert!(!drawn.contains_key(Path::new("grafana/mail-out.json")));
    }

    #[test]
    fn every_shipped_domain_has_its_page() {
        let all = catalogue();
        assert_eq!(all.domains().collect::<Vec<_>>(), SHIPPED);
    }

    #[test]
    fn a_file_of_a_person_among_the_dashboards_is_named() {
        let folder = tempfile::tempdir().unwrap();
        let place = place(folder.path());
        fs::create_dir_all(place.dashboards.join("grafana")).unwrap();
        fs::write(place.dashboards.join("grafana/mine.json"), "{}").unwrap();
        let error = format!("{:#}", place.draw(&catalogue(), 3000).unwrap_err());
        assert!(error.contains("grafana/mine.json: was not generated; move it out"), "{error}");
    }

    #[test]
    fn a_configuration_without_rules_is_no_whole_one() {
        let folder = tempfile::tempdir().unwrap();
        let place = place(folder.path());
        fs::create_dir_all(&place.compose).unwrap();
        fs::write(place.compose.join("compose.yaml"), "name: botmeter\n").unwrap();
        let error = place.prepare().unwrap_err().to_string();
        assert!(error.starts_with("there are no rules in "), "{error}");
    }
}
