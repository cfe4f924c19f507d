//! A window as bytes, for a file that survives its program.

mod bytes;
#[cfg(test)]
mod tests;

use std::{error, fmt, time::Duration};

use crate::{
    AlertState, History, Labels, Rules, Scrape,
    history::{Contents, Stretch},
};
use bytes::{Reader, Writer};

/// What comes first in every file, with the number of its format.
const HEAD: &str = "botmeter window ";
const FORMAT: &str = "1";

/// Everything that is known of bots: samples, and the states of alerts.
///
/// ```
/// use botmeter_window::{Bounds, History, Kept, Rules, Scrape, exposition::{Format, Page}};
///
/// let board = botmeter_telemetry::board();
/// let mut history = History::new(Bounds::default());
/// let mut bot = Scrape::new(&mut history, "mail", "127.0.0.1:9464");
/// let mut rules = [Rules::of(&board, &mut history)];
/// bot.read(&mut history, 15_000, &Page::read("runs_total 3\n", Format::Text)?)?;
/// rules[0].evaluate(&mut history, 15_000)?;
/// let file = Kept::of(&history, &rules, &[bot]).to_bytes();
///
/// // In another process:
/// let kept = Kept::read(&file, 1_000_000)?;
/// let mut history = History::new(Bounds::default());
/// let names = kept.bots().map(|(job, instance)| (job.to_owned(), instance.to_owned()));
/// let names: Vec<_> = names.collect();
/// let bots = names.into_iter();
/// let mut bots: Vec<_> =
///     bots.map(|(job, instance)| Scrape::new(&mut history, job, instance)).collect();
/// let mut rules = [Rules::of(&board, &mut history)];
/// kept.restore(&mut history, &mut rules, &mut bots)?;
/// assert_eq!((bots[0].last_read(), history.newest()), (Some(15_000), Some(15_000)));
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Clone, Debug, PartialEq)]
pub struct Kept {
    sources: Vec<Source>,
    own: Contents,
    past: Option<Contents>,
}

/// Who wrote the samples of a target.
#[derive(Clone, Debug, Default, PartialEq)]
struct Source {
    who: Who,
    /// When a bot was last read, or a rule evaluated.
    last: Option<i64>,
    /// The states of an alert.
    active: Vec<(Labels, AlertState, f64)>,
}

#[derive(Clone, Debug, Default, PartialEq)]
enum Who {
    /// Somebody whom nobody knows any more.
    #[default]
    Nobody,
    Bot {
        job: String,
        instance: String,
    },
    Rule {
        name: String,
        labels: Vec<(String, String)>,
    },
}

/// Why bytes are no window.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum BadWindow {
    /// Something else.
    Foreign,
    /// A window in another format.
    OtherFormat(String),
    /// Changed or cut off.
    Damaged,
    /// There are more samples or series than there is room for.
    TooLarge,
}

impl Kept {
    /// What is known now.
    pub fn of(history: &History, rules: &[Rules], bots: &[Scrape]) -> Self {
        let mut sources = vec![Source::default(); history.targets()];
        let mut put = |target: usize, source| {
            if let Some(place) = sources.get_mut(target) {
                *place = source;
            }
        };
        for bot in bots {
            let (job, instance) = (bot.job().to_owned(), bot.instance().to_owned());
            let who = Who::Bot { job, instance };
            let last = bot.last_read();
            put(bot.target().number(), Source { who, last, active: Vec::new() });
        }
        for rule in rules.iter().flat_map(Rules::kept) {
            let labels = rule.labels.iter();
            let labels = labels.map(|(key, value)| ((*key).to_owned(), value.clone())).collect();
            let who = Who::Rule { name: rule.name.to_owned(), labels };
            put(rule.target.number(), Source { who, last: rule.evaluated, active: rule.active });
        }
        let (own, past) = history.contents();
        Self { sources, own, past }
    }

    /// The bots that it knows, by job and instance.
    pub fn bots(&self) -> impl Iterator<Item = (&str, &str)> {
        self.sources.iter().filter_map(|source| match &source.who {
            Who::Bot { job, instance } => Some((&**job, &**instance)),
            Who::Nobody | Who::Rule { .. } => None,
        })
    }

    /// How far apart its bots were read: half of the readings of the one that
    /// was read most are closer together.
    pub fn interval(&self) -> Option<Duration> {
        let times = self.own.times.iter().max_by_key(|times| times.len())?;
        let mut gaps: Vec<_> = times.windows(2).map(|pair| pair[1].abs_diff(pair[0])).collect();
        gaps.sort_unstable();
        gaps.get(gaps.len() / 2).copied().map(Duration::from_millis)
    }

    /// Puts it into a history that is empty, and into those who go on to write
    /// into it. Samples of bots and rules that are no more are kept beside.
    ///
    /// # Errors
    ///
    /// If it contradicts itself, or there is no room for its newest moment; then
    /// the history is of no use.
    pub fn restore(
        self,
        history: &mut History,
        rules: &mut [Rules],
        bots: &mut [Scrape],
    ) -> Result<(), BadWindow> {
        let Self { sources, own, past } = self;
        let mut targets = Vec::new();
        for Source { who, last, active } in sources {
            let known = match &who {
                Who::Nobody => None,
                Who::Bot { job, instance } => {
                    let mut bots = bots.iter_mut();
                    let bot = bots.find(|bot| bot.job() == job && bot.instance() == instance);
                    bot.map(|bot| bot.restore(last))
                }
                Who::Rule { name, labels } => {
                    let mut rules = rules.iter_mut();
                    rules.find_map(|rules| rules.restore(name, labels, last, &active))
                }
            };
            targets.push(known.unwrap_or_else(|| history.add_bygone()));
        }
        history.restore(&targets, own, past).ok_or(BadWindow::Damaged)?;
        // With many series, the labels alone may take all the room there is.
        if history.is_forgetful() { Err(BadWindow::TooLarge) } else { Ok(()) }
    }

    /// As the bytes of a file.
    pub fn to_bytes(&self) -> Vec<u8> {
        let mut body = Writer::default();
        body.list(&self.sources, |body, source| source.write(body));
        write_contents(&mut body, &self.own);
        body.number(u64::from(self.past.is_some()));
        if let Some(past) = &self.past {
            write_contents(&mut body, past);
        }
        let body = body.finish();
        let mut file = format!("{HEAD}{FORMAT}\n").into_bytes();
        file.extend(checksum(&body).to_le_bytes());
        file.extend(body);
        file
    }

    /// Reads the bytes of a file with so many samples at most.
    ///
    /// # Errors
    ///
    /// If it is no whole window of this format, or has more samples.
    pub fn read(file: &[u8], most: usize) -> Result<Self, BadWindow> {
        let rest = file.strip_prefix(HEAD.as_bytes()).ok_or(BadWindow::Foreign)?;
        let end = rest.iter().take(20).position(|byte| *byte == b'\n').ok_or(BadWindow::Foreign)?;
        let format = String::from_utf8_lossy(&rest[..end]);
        if format != FORMAT {
            return Err(BadWindow::OtherFormat(format.into_owned()));
        }
        let (sum, body) = rest[end + 1..].split_first_chunk().ok_or(BadWindow::Damaged)?;
        if u64::from_le_bytes(*sum) != checksum(body) {
            return Err(BadWindow::Damaged);
        }
        let mut reader = Reader::new(body, most);
        let kept = Self::read_body(&mut reader);
        match kept.filter(|_| reader.is_at_end()) {
            Some(kept) => Ok(kept),
            None if reader.is_overfull() => Err(BadWindow::TooLarge),
            None => Err(BadWindow::Damaged),
        }
    }

    fn read_body(body: &mut Reader<'_>) -> Option<Self> {
        let sources = body.list(Source::read)?;
        let own = read_contents(body)?;
        let past = if body.number()? == 0 { None } else { Some(read_contents(body)?) };
        Some(Self { sources, own, past })
    }
}

impl Source {
    fn write(&self, body: &mut Writer) {
        match &self.who {
            Who::Nobody => body.number(0),
            Who::Bot { job, instance } => {
                body.number(1);
                body.text(job);
                body.text(instance);
            }
            Who::Rule { name, labels } => {
                body.number(2);
                body.text(name);
                body.list(labels, |body, (key, value)| {
                    body.text(key);
                    body.text(value);
                });
            }
        }
        body.list(self.last.as_slice(), |body, last| body.signed(*last));
        body.list(&self.active, |body, (labels, state, value)| {
            write_labels(body, labels);
            let (word, first, second) = match *state {
                AlertState::Pending { since } => (0, since, 0),
                AlertState::Firing { since, fired } => (1, since, fired),
                AlertState::Resolved { since } => (2, since, 0),
            };
            body.number(word);
            body.signed(first);
            body.signed(second);
            body.values([*value]);
        });
    }

    fn read(body: &mut Reader<'_>) -> Option<Self> {
        let who = match body.number()? {
            0 => Who::Nobody,
            1 => Who::Bot { job: body.text()?.to_owned(), instance: body.text()?.to_owned() },
            2 => {
                let name = body.text()?.to_owned();
                let pair = |body: &mut Reader<'_>| {
                    Some((body.text()?.to_owned(), body.text()?.to_owned()))
                };
                Who::Rule { name, labels: body.list(pair)? }
            }
            _ => return None,
        };
        let last = body.list(Reader::signed)?.first().copied();
        let active = body.list(|body| {
            let labels = read_labels(body)?;
            let (word, first, second) = (body.number()?, body.signed()?, body.signed()?);
            let state = match word {
                0 => AlertState::Pending { since: first },
                1 => AlertState::Firing { since: first, fired: second },
                2 => AlertState::Resolved { since: first },
                _ => return None,
            };
            Some((labels, state, *body.values()?.first()?))
        })?;
        Some(Self { who, last, active })
    }
}

fn write_labels(body: &mut Writer, labels: &Labels) {
    let pairs: Vec<_> = labels.pairs().collect();
    body.list(&pairs, |body, (key, value)| {
        body.text(key);
        body.text(value);
    });
}

fn read_labels(body: &mut Reader<'_>) -> Option<Labels> {
    let pairs = body.list(|body| Some((body.text()?, body.text()?)))?;
    Some(Labels::from_pairs(pairs))
}

fn write_contents(body: &mut Writer, contents: &Contents) {
    let Contents { times, series, has_forgotten } = contents;
    body.number(u64::from(*has_forgotten));
    body.list(times, |body, times| {
        let mut last = 0;
        body.list(times, |body, at| {
            body.signed(at.wrapping_sub(last));
            last = *at;
        });
    });
    body.list(series, |body, Stretch { labels, target, first, values }| {
        write_labels(body, labels);
        body.number(*target as u64);
        body.number(*first as u64);
        body.values(values.iter().copied());
    });
}

fn read_contents(body: &mut Reader<'_>) -> Option<Contents> {
    let has_forgotten = body.number()? != 0;
    let times = body.list(|body| {
        let mut last: i64 = 0;
        body.list(|body| {
            last = last.checked_add(body.signed()?)?;
            Some(last)
        })
    })?;
    let series = body.list(|body| {
        let labels = read_labels(body)?;
        let (target, first) = (body.number()?.try_into().ok()?, body.number()?.try_into().ok()?);
        Some(Stretch { labels, target, first, values: body.values()? })
    })?;
    Some(Contents { times, series, has_forgotten })
}

/// FNV-1a: finds what was cut off or has flipped, and is no protection against
/// people.
fn checksum(bytes: &[u8]) -> u64 {
    bytes.iter().fold(0xcbf2_9ce4_8422_2325, |sum, byte| {
        (sum ^ u64::from(*byte)).wrapping_mul(0x0100_0000_01b3)
    })
}

impl fmt::Display for BadWindow {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("read the window: ")?;
        match self {
            Self::Foreign => f.write_str("it is something else; give a file that was kept"),
            Self::OtherFormat(format) => write!(
                f,
                "it is in format {format:?}, and this program reads {FORMAT}; use the version that \
                 wrote it"
            ),
            Self::Damaged => f.write_str("it was changed or cut off; take a copy, or begin anew"),
            Self::TooLarge => f.write_str(
                "it has more samples or series than there is room for; allow more memory",
            ),
        }
    }
}

impl error::Error for BadWindow {}
