//! Lines on standard error, for programs without a subscriber.

use std::{
    fmt::{self, Write as _},
    io::{self, Write as _},
    mem::take,
    sync::{Condvar, Mutex, MutexGuard, PoisonError},
    thread,
    time::{Duration, Instant},
};

use super::Detail;

/// How many lines a minute has. What is wrong is said once, so more than that
/// is something that happens over and over.
const MOST_LINES: u32 = 20;
const MINUTE: Duration = Duration::from_mins(1);

/// How long one who records waits for a line to be written: as long as a thread
/// takes to come by, not as long as somebody takes to read a full pipe.
const PATIENCE: Duration = Duration::from_millis(200);

/// Says it on standard error, unless too much was said there.
pub fn aloud(level: &str, words: fmt::Arguments<'_>, details: &[(&str, &dyn Detail)]) {
    let line = line(level, words, details);
    let mut desk = desk();
    let lines = desk.rate.lines(&line, Instant::now());
    if lines.is_empty() {
        return;
    }
    desk.waiting.push_str(&lines);
    if !desk.is_writing {
        desk.is_writing = true;
        let writer = thread::Builder::new().name("botmeter-stderr".to_owned());
        if writer.spawn(write_all).is_err() {
            // What waits goes with the next line, if a thread can be had then.
            desk.is_writing = false;
            return;
        }
    }
    if desk.is_stuck {
        return;
    }
    let written = WRITTEN.wait_timeout_while(desk, PATIENCE, |desk| desk.is_writing);
    let (mut desk, _) = written.unwrap_or_else(PoisonError::into_inner);
    desk.is_stuck = desk.is_writing;
}

/// What is to be written, and by whom.
struct Desk {
    rate: Rate,
    waiting: String,
    /// A thread writes what waits.
    is_writing: bool,
    /// Somebody has waited in vain, so nobody else has to.
    is_stuck: bool,
}

static DESK: Mutex<Desk> = Mutex::new(Desk {
    rate: Rate::NEW,
    waiting: String::new(),
    is_writing: false,
    is_stuck: false,
});
static WRITTEN: Condvar = Condvar::new();

fn desk() -> MutexGuard<'static, Desk> {
    DESK.lock().unwrap_or_else(PoisonError::into_inner)
}

fn write_all() {
    loop {
        let lines = take(&mut desk().waiting);
        // There is nobody left to tell that it cannot be told.
        let _unheard = io::stderr().write_all(lines.as_bytes());
        let mut desk = desk();
        if desk.waiting.is_empty() {
            (desk.is_writing, desk.is_stuck) = (false, false);
            WRITTEN.notify_all();
            return;
        }
    }
}

/// One line, whatever it quotes: a terminal obeys control characters.
fn line(level: &str, words: fmt::Arguments<'_>, details: &[(&str, &dyn Detail)]) -> String {
    let mut line = format!("botmeter {}: {words}", level.to_uppercase());
    let shown = details.iter().filter_map(|(name, detail)| Some((name, detail.shown()?)));
    for (at, (name, shown)) in shown.enumerate() {
        let comma = if at == 0 { ";" } else { "" };
        // Writing to a string cannot fail.
        let _written = write!(line, "{comma} {name}={shown:?}");
    }
    line.chars().map(|c| if c.is_control() { ' ' } else { c }).collect()
}

/// How much was said in this minute.
struct Rate {
    began: Option<Instant>,
    said: u32,
    left_out: u64,
}

impl Rate {
    const NEW: Self = Self { began: None, said: 0, left_out: 0 };

    /// What may be said of this line now, and of those that were left out.
    fn lines(&mut self, line: &str, now: Instant) -> String {
        let is_over = |began| now.saturating_duration_since(began) >= MINUTE;
        let mut lines = String::new();
        if self.began.is_none_or(is_over) {
            if self.left_out > 0 {
                lines = format!("botmeter WARN: {} problems were not said here\n", self.left_out);
            }
            *self = Self { began: Some(now), ..Self::NEW };
        }
        if self.said == MOST_LINES {
            self.left_out += 1;
            return lines;
        }
        self.said += 1;
        lines.push_str(line);
        lines.push('\n');
        if self.said == MOST_LINES {
            lines.push_str(
                "botmeter WARN: that is all for this minute: a subscriber of `tracing` hears the \
                 rest\n",
            );
        }
        lines
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_line_is_one_line_whatever_it_quotes() {
        let details: [(&str, &dyn Detail); 4] = [
            ("label", &"mo\ndel"),
            ("limit", &100_usize),
            ("none", &None::<u64>),
            ("n", &Some(2_u64)),
        ];
        let line = line("warn", format_args!("it said \u{1b}[2J\n\"{}\"", "no"), &details);
        assert_eq!(line, "botmeter WARN: it said  [2J \"no\"; label=\"mo\\ndel\" limit=100 n=2");
    }

    #[test]
    fn a_minute_has_so_many_lines_and_the_next_says_how_many_are_missing() {
        let mut rate = Rate::NEW;
        let begin = Instant::now();
        let mut say = |after: Duration| rate.lines("a line", begin + after);
        for at in 1..MOST_LINES {
            assert_eq!(say(Duration::from_secs((at - 1).into())), "a line\n");
        }
        let last = say(Duration::from_secs(30));
        assert!(last.starts_with("a line\n") && last.lines().count() == 2, "{last}");
        assert_eq!(
            (say(Duration::from_secs(31)), say(Duration::from_secs(59))),
            Default::default()
        );
        assert_eq!(say(MINUTE), "botmeter WARN: 2 problems were not said here\na line\n");
        assert_eq!(say(MINUTE), "a line\n");
    }
}
