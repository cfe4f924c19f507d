//! What was kept answers as before, and what was changed is refused.

use std::time::Duration;

use botmeter_board::{Scope, rate};
use botmeter_telemetry::self_observation::EXPORTS;
use proptest::prelude::*;

use super::*;
use crate::{
    Bounds, Chosen, Place, View,
    exposition::{Format, Page},
};

/// Everything that a program holds.
struct Lived {
    history: History,
    rules: [Rules; 1],
    bots: Vec<Scrape>,
}

impl Lived {
    fn begin(samples: usize, bots: &[&str]) -> Self {
        Self::within(Bounds { samples, series: 10_000 }, bots)
    }

    fn within(bounds: Bounds, bots: &[&str]) -> Self {
        let samples = bounds.samples;
        let mut history = History::new(bounds).with_past(Duration::from_mins(4), samples);
        let rules = [Rules::of(&botmeter_telemetry::board(), &mut history)];
        let bots = bots.iter().map(|job| Scrape::new(&mut history, *job, "a:1")).collect();
        Self { history, rules, bots }
    }

    /// Exports fail more and more, and one bot is silent at times.
    fn live(&mut self, minutes: std::ops::Range<i64>) {
        for minute in minutes {
            let at = minute * 60_000;
            let text = format!(
                "telemetry_exports_total{{backend=\"otlp\",status=\"error\"}} {}\n\
                 telemetry_exports_total{{backend=\"otlp\",status=\"success\"}} {}\n\
                 odd NaN\nfraction {}\n",
                minute * minute,
                minute,
                minute as f64 / 7.0
            );
            let page = Page::read(&text, Format::Text).unwrap();
            for (at_bot, bot) in self.bots.iter_mut().enumerate() {
                if at_bot == 1 && minute % 5 == 0 {
                    bot.failed(&mut self.history, at, "no answer").unwrap();
                } else {
                    bot.read(&mut self.history, at, &page).unwrap();
                }
            }
            self.rules[0].evaluate(&mut self.history, at).unwrap();
        }
    }

    fn kept(&self) -> Kept {
        Kept::of(&self.history, &self.rules, &self.bots)
    }

    /// All that can be asked, as text.
    fn told(&self, minute: i64) -> String {
        let at = minute * 60_000;
        let view = View {
            scope: Scope::Instance,
            variables: &[],
            chosen: &Chosen::default(),
            rate_interval: Duration::from_mins(5),
            shown: Duration::from_hours(1),
        };
        let asked = botmeter_board::Line::from(rate(&EXPORTS).all());
        let alerts: Vec<_> = self.rules[0].alerts().collect();
        let rates = self.history.ask(&asked.expr, at, &Place::Panel(view));
        format!("{rates:?} {alerts:?} {:?}", self.history.oldest())
    }
}

fn restored(file: &[u8], samples: usize, bots: &[&str]) -> Lived {
    let mut lived = Lived::begin(samples, bots);
    let kept = Kept::read(file, 1_000_000).unwrap();
    kept.restore(&mut lived.history, &mut lived.rules, &mut lived.bots).unwrap();
    lived
}

#[test]
fn a_window_goes_on_as_if_its_program_had_never_ended() {
    let mut whole = Lived::begin(20_000, &["one", "two"]);
    whole.live(1..200);
    let file = whole.kept().to_bytes();
    let mut next = restored(&file, 20_000, &["one", "two"]);
    assert_eq!(next.told(199), whole.told(199));
    assert!(whole.told(199).contains("Firing") || whole.told(199).contains("Pending"));
    for lived in [&mut whole, &mut next] {
        lived.live(200..260);
    }
    assert_eq!(next.told(259), whole.told(259));
    // NaN is compared by its bits.
    assert_eq!(next.kept().to_bytes(), whole.kept().to_bytes());
    let bytes = file.len() as f64 / whole.history.samples() as f64;
    assert!(bytes < 6.0, "{bytes} bytes a sample");
}

#[test]
fn a_smaller_window_and_other_bots_take_what_they_can() {
    let mut whole = Lived::begin(20_000, &["one", "two"]);
    whole.live(1..200);
    let file = whole.kept().to_bytes();
    let mut small = restored(&file, 2_000, &["two", "three"]);
    assert!(small.history.samples() <= 4_000, "{}", small.history.samples());
    assert_eq!(small.bots[0].last_read(), Some(199 * 60_000));
    assert_eq!(small.bots[1].last_read(), None);
    small.live(200..210);
    assert!(small.told(209).contains("three"), "{}", small.told(209));
    let error = Kept::read(&file, 100).unwrap_err();
    assert_eq!(error, BadWindow::TooLarge);
    let bots: Vec<_> =
        Kept::read(&file, 1_000_000).unwrap().bots().map(|(job, _)| job.to_owned()).collect();
    assert_eq!(bots, ["one", "two"]);
}

#[test]
fn bots_that_are_gone_leave_their_room_to_others() {
    // Four of the page, and what a scrape adds.
    let bounds = Bounds { samples: 20_000, series: 12 };
    let mut whole = Lived::within(bounds, &["one", "two"]);
    whole.live(1..4);
    let file = whole.kept().to_bytes();
    let mut lived = Lived::within(bounds, &["one", "three"]);
    let kept = Kept::read(&file, 1_000_000).unwrap();
    kept.restore(&mut lived.history, &mut lived.rules, &mut lived.bots).unwrap();
    let page = Page::read("a 1\nb 2\nc 3\nd 4\n", Format::Text).unwrap();
    let told = |lived: &mut Lived, bot: usize, at: i64| {
        lived.bots[bot].read(&mut lived.history, at, &page).unwrap().refused
    };
    assert_eq!(told(&mut lived, 1, 5 * 60_000), 0);
    // Those of one that is there still count.
    let mut lived = Lived::within(bounds, &["one", "two", "three"]);
    let kept = Kept::read(&file, 1_000_000).unwrap();
    kept.restore(&mut lived.history, &mut lived.rules, &mut lived.bots).unwrap();
    assert!(told(&mut lived, 2, 5 * 60_000) > 0);
}

#[test]
fn what_is_no_window_is_told_from_one_that_is_damaged() {
    let mut lived = Lived::begin(20_000, &["one"]);
    lived.live(1..20);
    let file = lived.kept().to_bytes();
    assert_eq!(Kept::read(b"", 10), Err(BadWindow::Foreign));
    assert_eq!(Kept::read(b"<html>", 10), Err(BadWindow::Foreign));
    assert_eq!(Kept::read(&b"botmeter window ".repeat(9), 10), Err(BadWindow::Foreign));
    let later = b"botmeter window 2\nwhatever";
    assert_eq!(Kept::read(later, 10), Err(BadWindow::OtherFormat("2".to_owned())));
    for length in [18, 20, 26, 27, file.len() / 2, file.len() - 1] {
        assert_eq!(Kept::read(&file[..length], 1_000_000), Err(BadWindow::Damaged), "{length}");
    }
}

proptest! {
    /// One who can count the checksum can write anything, and it must neither
    /// panic nor take memory beyond what was allowed.
    #[test]
    fn no_bytes_are_too_hostile(
        flips in proptest::collection::vec((0_usize..4000, any::<u8>()), 1..8),
        length in 0_usize..6000,
    ) {
        let mut lived = Lived::begin(20_000, &["one"]);
        lived.live(1..4);
        let mut body = lived.kept().to_bytes().split_off(26);
        for (at, byte) in flips {
            let at = at % body.len();
            body[at] = byte;
        }
        body.truncate(length);
        let mut file = b"botmeter window 1\n".to_vec();
        file.extend(checksum(&body).to_le_bytes());
        file.extend(body);
        if let Ok(kept) = Kept::read(&file, 100_000) {
            let mut lived = Lived::begin(20_000, &["one"]);
            if kept.restore(&mut lived.history, &mut lived.rules, &mut lived.bots).is_ok() {
                lived.told(4);
            }
        }
    }
}
