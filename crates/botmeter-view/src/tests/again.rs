//! Pages that are drawn again and again: what is kept of answers changes none.

use std::time::Duration;

use botmeter_board::{Board, Dashboard, Panel, Row, Show, increase, last};
use botmeter_core::buckets;
use botmeter_window::{Bounds, Chosen, History, Kept, Labels, Rules, Scrape, Target, exposition};
use fastrand::Rng;

use super::{Queue, SENT, WAITING, board};
use crate::{Clock, Frame, Page, Source, Which};

/// How often the bots are read.
const ROUNDS: u32 = 100;

/// So many samples that the oldest go again and again, and some of what lies
/// back far as well.
const OWN: Bounds = Bounds { samples: 1500, series: 400 };
const PAST: usize = 400;

/// Lines that are told apart by little.
fn alike() -> Board {
    let panel = |title| Panel::time_series(title, "What is asked alike.", Show::Count);
    let waiting = || last(&WAITING).by::<(Queue,)>();
    let panels = [
        panel("Everywhere").draw(waiting()),
        panel("By job").per_job().draw(waiting()),
        panel("By instance").per_instance().draw(waiting()),
        panel("All the time").draw(increase(&SENT).all()),
        panel("Lately").draw(increase(&SENT).over(Duration::from_mins(5)).all()),
        panel("Before").draw(last(&WAITING).ago(Duration::from_mins(2)).all()),
    ];
    let dashboard = Dashboard::new("much-alike", "Alike", "What differs?");
    Board::new().dashboard(dashboard.rows([Row::open("Alike", panels)]))
}

/// What is known, once with answers that are kept and once without.
struct Watcher {
    boards: Vec<Board>,
    history: History,
    rules: Vec<Rules>,
    scrapes: Vec<Scrape>,
    /// Whose readings are older than those of the others when they come.
    late: Target,
}

impl Watcher {
    fn new(answers: Option<usize>) -> Self {
        let boards = vec![board(), alike(), botmeter_telemetry::board()];
        let mut history = History::new(OWN).with_past(Duration::from_secs(20), PAST);
        if let Some(bytes) = answers {
            history = history.with_answers(bytes);
        }
        let scrapes = vec![Scrape::new(&mut history, "mail", "a:1")];
        let rules = boards.iter().map(|board| Rules::of(board, &mut history)).collect();
        let late = history.add_target();
        Self { boards, history, rules, scrapes, late }
    }

    /// The same as another process would know it, which had drawn a page
    /// before it read the file.
    fn restored(&self, answers: Option<usize>, frame: &Frame) -> Self {
        let kept = Kept::of(&self.history, &self.rules, &self.scrapes).to_bytes();
        let mut next = Self::new(answers);
        for scrape in &self.scrapes[1..] {
            next.scrapes.push(Scrape::new(&mut next.history, scrape.job(), scrape.instance()));
        }
        next.page(frame);
        let kept = Kept::read(&kept, 100_000).unwrap();
        kept.restore(&mut next.history, &mut next.rules, &mut next.scrapes).unwrap();
        next
    }

    fn hear(&mut self, at: i64, told: &[Option<exposition::Page>]) {
        for (scrape, told) in self.scrapes.iter_mut().zip(told) {
            match told {
                Some(page) => scrape.read(&mut self.history, at, page),
                None => scrape.failed(&mut self.history, at, "gone"),
            }
            .unwrap();
        }
        for rules in &mut self.rules {
            rules.evaluate(&mut self.history, at).unwrap();
        }
    }

    /// As text, because NaN is not equal to itself.
    fn page(&self, frame: &Frame) -> String {
        let source = Source {
            boards: &self.boards,
            rules: &self.rules,
            scrapes: &self.scrapes,
            answers: &self.history,
            oldest: self.history.oldest(),
            now: frame.end,
        };
        format!("{:?}", Page::of(&source, frame, Which::All))
    }
}

/// A bot that works, restarts, and loses and finds queues.
struct Bot {
    began: f64,
    version: u32,
    queues: Vec<(&'static str, f64)>,
}

impl Bot {
    fn next(&mut self, rng: &mut Rng, at: i64) -> Option<exposition::Page> {
        if rng.u8(..25) == 0 {
            self.began = at as f64 / 1000.0;
            self.version += u32::from(rng.bool());
            self.queues.clear();
        }
        if rng.u8(..10) == 0 {
            let new = ["out", "in", "junk", "a\\\\b"][rng.usize(..4)];
            match self.queues.iter().position(|(name, _)| *name == new) {
                Some(place) => drop(self.queues.remove(place)),
                None => self.queues.push((new, 0.0)),
            }
        }
        let mut text = format!(
            "build_info{{version=\"{}\"}} 1\nprocess_start_time_seconds {}\n",
            self.version, self.began
        );
        for (_, sent) in &mut self.queues {
            *sent += f64::from(rng.u8(..4)) * 0.1;
        }
        let mut add = |name: &str, labels: &str, value: f64| {
            text.extend([name, "{", labels, "} ", &value.to_string(), "\n"]);
        };
        for (queue, sent) in &self.queues {
            let queue = format!("queue=\"{queue}\"");
            add("mail_sent_total", &format!("{queue},status=\"success\""), *sent);
        }
        for (queue, sent) in &self.queues {
            let queue = format!("queue=\"{queue}\"");
            add("mail_waiting", &queue, if *sent > 3.0 { f64::NAN } else { sent * 40.0 });
        }
        for (queue, sent) in &self.queues {
            let bounds = buckets::FAST.iter().map(f64::to_string).chain(["+Inf".to_owned()]);
            for (place, bound) in bounds.enumerate() {
                let labels = format!("queue=\"{queue}\",le=\"{bound}\"");
                add("mail_duration_seconds_bucket", &labels, sent * (place as f64).min(6.0));
            }
        }
        // Some readings fail.
        (rng.u8(..12) > 0).then(|| exposition::Page::read(&text, exposition::Format::Text).unwrap())
    }
}

/// What somebody looks at: mostly the same as before, at the newest moment.
fn looks(rng: &mut Rng, frame: &mut Frame, now: i64) {
    frame.end = now;
    if rng.u8(..8) > 0 {
        return;
    }
    frame.shown = Duration::from_mins([1, 5, 15, 60, 360][rng.usize(..5)]);
    frame.scrape = Duration::from_secs([5, 5, 15][rng.usize(..3)]);
    frame.chosen = match rng.u8(..4) {
        0 => Chosen::default().only("queue", ["out"]),
        1 => Chosen::default().only("queue", ["in", "junk"]).only("job", ["mail"]),
        2 => Chosen::default().only("instance", ["b:1"]),
        _ => Chosen::default(),
    };
    if rng.u8(..3) == 0 {
        frame.end -= rng.i64(0..600_000);
    }
}

/// Draws pages of both in the same rounds; `bytes` is how much is kept.
fn live(seed: u64, bytes: usize) {
    let rng = &mut Rng::with_seed(seed);
    let mut watchers = [Watcher::new(None), Watcher::new(Some(bytes))];
    let began = || Bot { began: 1_795_270_000.0, version: 1, queues: vec![("out", 0.0)] };
    let mut bots = vec![began()];
    let mut at = 1_795_270_200_000;
    let mut frame = Frame {
        end: at,
        shown: Duration::from_mins(15),
        scrape: Duration::from_secs(5),
        chosen: Chosen::default(),
        clock: Clock::Wall { east: 0 },
    };
    for round in 0..ROUNDS {
        // Readings are late, and a machine sleeps now and then.
        at += if rng.u8(..30) == 0 { rng.i64(60_000..900_000) } else { rng.i64(4_000..6_000) };
        if round == 20 {
            bots.push(began());
            for watcher in &mut watchers {
                watcher.scrapes.push(Scrape::new(&mut watcher.history, "mail", "b:1"));
            }
        }
        let told: Vec<_> = bots.iter_mut().map(|bot| bot.next(rng, at)).collect();
        let late = rng.u8(..6) == 0;
        looks(rng, &mut frame, at);
        for watcher in &mut watchers {
            watcher.hear(at, &told);
            if late {
                let labels = [("job", "mail"), ("instance", "c:1"), ("queue", "out")];
                let waits = (Labels::of("mail_waiting", labels), f64::from(round));
                // What was shown a moment ago was not all.
                watcher.history.append(watcher.late, at - 8_000, [waits]).unwrap();
            }
        }
        let [plain, keeping] = [&watchers[0], &watchers[1]].map(|watcher| watcher.page(&frame));
        if plain != keeping {
            let pairs = plain.bytes().zip(keeping.bytes());
            let place = pairs.take_while(|(a, b)| a == b).count();
            let part = |page: &str| {
                page.chars().skip(place.saturating_sub(80)).take(200).collect::<String>()
            };
            let parts = [part(&plain), part(&keeping)];
            panic!("seed {seed}, round {round}, {frame:?}: {parts:#?}");
        }
        if round == 60 {
            let [plain, keeping] = &watchers;
            watchers = [plain.restored(None, &frame), keeping.restored(Some(bytes), &frame)];
        }
    }
}

#[test]
fn pages_are_the_same_with_answers_that_were_kept() {
    for seed in 0..2 {
        live(seed, 4 << 20);
    }
}

#[test]
fn pages_are_the_same_where_there_is_room_for_few_answers() {
    live(7, 60_000);
}
