//! Pages that are read again and again.

use std::mem;

use crate::{
    Appended, History, Labels, OutOfOrder, Target,
    exposition::{Page, Sample},
};

/// A bot whose page is read again and again, and what was heard of it.
///
/// As Prometheus does, it gives each sample the labels `job` and `instance`
/// (a label of the page that is called so becomes `exported_job`), ends what
/// has left the page, ends everything when the page cannot be read, and writes
/// `up`. Times that a page gives its samples are not used: all of a page is as
/// of the moment at which it was read.
///
/// ```
/// use botmeter_window::{Bounds, History, Scrape, exposition::{Format, Page}};
///
/// let mut history = History::new(Bounds::default());
/// let mut bot = Scrape::new(&mut history, "mail", "127.0.0.1:9464");
/// let page = Page::read("runs_total 3\n", Format::Text)?;
/// // The run, and `up`.
/// assert_eq!(bot.read(&mut history, 15_000, &page)?.stored, 2);
/// // Now `up` is 0, and the runs have ended.
/// assert_eq!(bot.failed(&mut history, 30_000, "connection refused")?.ended, 1);
/// assert_eq!((bot.last_read(), bot.failure()), (Some(15_000), Some("connection refused")));
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Debug)]
pub struct Scrape {
    target: Target,
    job: String,
    instance: String,
    last_read: Option<i64>,
    failure: Option<String>,
    warning: Option<String>,
    /// The labels of what its page said, in the order of the page: most of
    /// them stand in the next one at the same place.
    labels: Vec<Labels>,
}

impl Scrape {
    /// A bot that is called so.
    pub fn new(history: &mut History, job: impl Into<String>, instance: impl Into<String>) -> Self {
        Self {
            target: history.add_target(),
            job: job.into(),
            instance: instance.into(),
            last_read: None,
            failure: None,
            warning: None,
            labels: Vec::new(),
        }
    }

    /// Its label `job`.
    pub fn job(&self) -> &str {
        &self.job
    }

    /// Its label `instance`.
    pub fn instance(&self) -> &str {
        &self.instance
    }

    /// When its page was last read well.
    pub fn last_read(&self) -> Option<i64> {
        self.last_read
    }

    /// Why it could not be read, if it could not when it last was tried.
    pub fn failure(&self) -> Option<&str> {
        self.failure.as_deref()
    }

    /// What is to be said of its page although it was read, such as that not
    /// all of it could be taken; until the next one.
    pub fn warn(&mut self, what: impl Into<String>) {
        self.warning = Some(what.into());
    }

    /// What was to be said of its page.
    pub fn warning(&self) -> Option<&str> {
        self.warning.as_deref()
    }

    pub(crate) fn target(&self) -> Target {
        self.target
    }

    /// It was last read then, by somebody else.
    pub(crate) fn restore(&mut self, last_read: Option<i64>) -> Target {
        self.last_read = last_read;
        self.target
    }

    /// What its page said at a time in milliseconds.
    ///
    /// # Errors
    ///
    /// If the time is not later than the one before; nothing is changed then.
    pub fn read(
        &mut self,
        history: &mut History,
        at: i64,
        page: &Page,
    ) -> Result<Appended, OutOfOrder> {
        let mut known = mem::take(&mut self.labels).into_iter();
        self.labels = page
            .samples()
            .map(|sample| match known.next() {
                Some(labels) if are_of(&labels, sample) => labels,
                _ => history.shared(self.labels(&sample.name, &sample.labels)),
            })
            .collect();
        let values = page.samples().map(|sample| sample.value);
        let samples = self.labels.iter().cloned().zip(values);
        let told =
            history.append(self.target, at, [(self.up(), 1.0)].into_iter().chain(samples))?;
        self.last_read = Some(at);
        (self.failure, self.warning) = (None, None);
        Ok(told)
    }

    /// Its page could not be read at a time in milliseconds.
    ///
    /// # Errors
    ///
    /// If the time is not later than the one before; nothing is changed then.
    pub fn failed(
        &mut self,
        history: &mut History,
        at: i64,
        why: impl Into<String>,
    ) -> Result<Appended, OutOfOrder> {
        let told = history.append(self.target, at, [(self.up(), 0.0)])?;
        (self.failure, self.warning) = (Some(why.into()), None);
        Ok(told)
    }

    fn up(&self) -> Labels {
        self.labels("up", &[])
    }

    fn labels(&self, name: &str, own: &[(String, String)]) -> Labels {
        let of_target = [("job", self.job.as_str()), ("instance", self.instance.as_str())];
        let is_taken = |key: &str| {
            of_target.iter().any(|(taken, _)| *taken == key) || own.iter().any(|(k, _)| k == key)
        };
        let renamed: Vec<_> = own
            .iter()
            .filter(|(key, _)| of_target.iter().any(|(taken, _)| taken == key))
            .map(|(key, value)| {
                let mut free = key.clone();
                while is_taken(&free) {
                    free.insert_str(0, "exported_");
                }
                (free, value)
            })
            .collect();
        let renamed = renamed.iter().map(|(key, value)| (key.as_str(), value.as_str()));
        let own = own.iter().map(|(key, value)| (key.as_str(), value.as_str()));
        // Of a key that is there twice, the first counts.
        Labels::of(name, of_target.into_iter().chain(renamed).chain(own))
    }
}

/// Whether a sample has these labels, as can be told at once.
fn are_of(labels: &Labels, sample: &Sample) -> bool {
    let Sample { name, labels: own, .. } = sample;
    // Beside its own: the name, the job and the instance.
    labels.len() == own.len() + 3
        && labels.name() == Some(name)
        && own.iter().all(|(key, value)| {
            !["job", "instance"].contains(&key.as_str()) && labels.get(key) == Some(value)
        })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{Bounds, exposition::Format};

    fn values(history: &History, name: &str, at: i64) -> Vec<(String, f64)> {
        let series = history.named(name);
        series
            .filter_map(|(series, timeline)| {
                let pairs = series.labels.pairs().filter(|(key, _)| *key != "__name__");
                let labels = pairs.map(|(key, value)| format!("{key}={value}"));
                Some((labels.collect::<Vec<_>>().join(" "), series.at(timeline, at)?))
            })
            .collect()
    }

    fn page(text: &str) -> Page {
        Page::read(text, Format::Text).unwrap()
    }

    #[test]
    fn what_leaves_the_page_ends_and_a_failure_ends_everything_but_up() {
        let mut history = History::new(Bounds::default());
        let mut bot = Scrape::new(&mut history, "mail", "a:1");
        bot.read(&mut history, 1000, &page("a 1\nb 2\n")).unwrap();
        bot.read(&mut history, 2000, &page("a 3\n")).unwrap();
        let labels = "instance=a:1 job=mail".to_owned();
        assert_eq!(values(&history, "a", 2000), [(labels.clone(), 3.0)]);
        assert_eq!(values(&history, "b", 1999), [(labels.clone(), 2.0)]);
        assert_eq!(values(&history, "b", 2000), []);
        bot.failed(&mut history, 3000, "gone").unwrap();
        assert_eq!(values(&history, "a", 3000), []);
        assert_eq!(values(&history, "up", 3000), [(labels.clone(), 0.0)]);
        bot.read(&mut history, 4000, &page("a 4\n")).unwrap();
        assert_eq!(values(&history, "up", 4000), [(labels.clone(), 1.0)]);
        assert_eq!(values(&history, "a", 4000), [(labels, 4.0)]);
        assert_eq!(bot.failure(), None);
        assert!(bot.failed(&mut history, 4000, "late").is_err());
        assert_eq!(bot.failure(), None, "what is refused changes nothing");
    }

    #[test]
    fn labels_of_the_page_make_room_for_those_of_the_target() {
        let mut history = History::new(Bounds::default());
        let mut bot = Scrape::new(&mut history, "mail", "a:1");
        let told = "a{job=\"x\",exported_job=\"y\",instance=\"z\"} 1\n";
        bot.read(&mut history, 1000, &page(told)).unwrap();
        let labels =
            "exported_exported_job=x exported_instance=z exported_job=y instance=a:1 job=mail";
        assert_eq!(values(&history, "a", 1000), [(labels.to_owned(), 1.0)]);
    }

    #[test]
    fn what_stood_at_a_place_before_says_nothing_of_what_stands_there_now() {
        let pages = [
            "a{x=\"1\"} 1\nb{exported_job=\"x\"} 1\nc 1\n",
            "a{x=\"2\"} 2\nb{job=\"mail\"} 2\nc 2\n",
            "b{exported_job=\"mail\"} 3\na{x=\"1\",y=\"\"} 3\nc 3\n",
            "a{y=\"1\"} 4\na{x=\"1\"} 4\nc 4\nb 4\n",
            "c 5\n",
            "a{x=\"1\"} 6\nc 6\n",
        ];
        let mut long = History::new(Bounds::default());
        let mut bot = Scrape::new(&mut long, "mail", "a:1");
        for (at, text) in (1..).zip(pages) {
            let mut short = History::new(Bounds::default());
            let mut other = Scrape::new(&mut short, "mail", "a:1");
            bot.read(&mut long, at, &page(text)).unwrap();
            other.read(&mut short, at, &page(text)).unwrap();
            for name in ["a", "b", "c", "up"] {
                let [mut own, mut new] = [&long, &short].map(|history| values(history, name, at));
                own.sort_by(|a, b| a.0.cmp(&b.0));
                new.sort_by(|a, b| a.0.cmp(&b.0));
                assert_eq!(own, new, "{name} of {text}");
            }
        }
    }
}
