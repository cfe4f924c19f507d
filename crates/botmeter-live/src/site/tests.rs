//! What is answered, and when.

use std::{
    sync::{
        Condvar, Mutex,
        atomic::{AtomicUsize, Ordering},
    },
    thread::{self, ScopedJoinHandle},
    time::{Duration, Instant},
};

use botmeter_view::Answers;
use botmeter_window::{
    Bounds, History,
    exposition::{Format, Page},
};
use http::{Request, Version};

use super::*;
use crate::{Elsewhere, News};

fn ask(site: &Site, target: &str) -> Response<Bytes> {
    let request = Request::get(target).header("host", "localhost").body(()).unwrap();
    site.answer(&request.into_parts().0)
}

#[test]
fn before_the_first_reading_a_page_says_so_and_comes_by_itself() {
    let own = ("mail".to_owned(), "a:1".to_owned());
    let boards = vec![botmeter_telemetry::board()];
    let bots = Bots::new(boards, [own], 1 << 20, Duration::from_secs(5), 1_000);
    let bots = Arc::new(bots);
    let site = Site::new(Arc::clone(&bots), Hosts::default());
    let early = ask(&site, "/");
    assert_eq!(early.status(), 503);
    assert_eq!(early.headers()["refresh"], "1");
    assert!(early.body().starts_with(b"nothing was read yet"), "{early:?}");
    assert_eq!(ask(&site, "/style.css").status(), 200);

    // That it could not be read is something to show.
    bots.hear(2_000, vec![Err("nobody is there".to_owned())]).unwrap();
    let page = ask(&site, "/");
    let text = String::from_utf8(page.body().to_vec()).unwrap();
    assert!(text.contains("nobody is there"), "{text}");
    let read = Page::read("build_info{version=\"1\"} 1\n", Format::Text).unwrap();
    bots.hear(3_000, vec![Ok(read)]).unwrap();
    assert_eq!(ask(&site, "/").status(), 200);
}

#[test]
fn what_is_here_is_what_is_answered() {
    let bots = Bots::new(Vec::new(), [], 1 << 20, Duration::from_secs(5), 1_000);
    let site = Site::new(Arc::new(bots), Hosts::default());
    for path in PATHS.iter().copied().chain(["/nothing", "/metrics", "/panel"]) {
        let answer = ask(&site, path);
        let is_there = !answer.body().starts_with(b"here is nothing");
        assert_eq!(is_there, site.has(path), "{path}: {answer:?}");
    }
}

#[test]
fn a_page_with_more_series_than_fit_says_so_and_shows_the_others() {
    let own = ("mail".to_owned(), "a:1".to_owned());
    let boards = vec![botmeter_telemetry::board()];
    let bots = Bots::new(boards, [own], 1 << 20, Duration::from_secs(5), 1_000);
    let bots = Arc::new(bots);
    let site = Site::new(Arc::clone(&bots), Hosts::default());
    let series = (0..1_000).map(|number| format!("made_up{{number=\"{number}\"}} 1\n"));
    let told = format!("build_info{{version=\"1.2.3\"}} 1\n{}", series.collect::<String>());
    let told = Page::read(&told, Format::Text).unwrap();
    for reading in 1..=100 {
        bots.hear(1_000 + 5_000 * reading, vec![Ok(told.clone())]).unwrap();
    }
    let page = ask(&site, "/");
    let text = String::from_utf8(page.body().to_vec()).unwrap();
    assert!(text.contains("version 1.2.3"), "{text}");
    // Its own series, and `up`.
    let said = "773 of its samples are left out: there is memory for 229 series (--memory or \
                Live::memory allows more), and each is taken once";
    assert!(text.contains(said), "{text}");
    // Beyond a number of them, no memory helps.
    let large = Bots::new(Vec::new(), [], 1 << 30, Duration::from_secs(5), 1_000);
    assert_eq!(large.most(), "100000 series are the most");
    assert_eq!(bots.covered(), Duration::from_secs(5 * 99));
}

/// Answers nothing, and not before it is let go.
#[derive(Debug, Default)]
struct Slow {
    is_free: Mutex<bool>,
    freed: Condvar,
    asked: AtomicUsize,
    drawing: AtomicUsize,
    most: AtomicUsize,
}

impl Elsewhere for Slow {
    fn answers(&self, _: &mut dyn FnMut(&dyn Answers)) -> Box<dyn Answers> {
        self.asked.fetch_add(1, Ordering::SeqCst);
        let drawing = self.drawing.fetch_add(1, Ordering::SeqCst) + 1;
        self.most.fetch_max(drawing, Ordering::SeqCst);
        let is_free = self.is_free.lock().unwrap();
        let long = Duration::from_mins(1);
        drop(self.freed.wait_timeout_while(is_free, long, |is_free| !*is_free).unwrap());
        self.drawing.fetch_sub(1, Ordering::SeqCst);
        Box::new(History::new(Bounds { samples: 0, series: 0 }))
    }
}

impl Slow {
    /// A site that draws as slowly as this, one at a time.
    fn site(self: &Arc<Self>) -> Site {
        let elsewhere = Arc::clone(self);
        let bots = Arc::new(Bots::of(Vec::new(), elsewhere, Duration::from_secs(5), 1_000));
        let news = News { at: 2_000, oldest: Some(1_000), pace: None, is_blind: false };
        bots.tell(news, &mut |_, _| botmeter_window::Heard::Nothing);
        Site::new(bots, Hosts::default()).one_at_a_time()
    }

    fn let_go(&self) {
        *self.is_free.lock().unwrap() = true;
        self.freed.notify_all();
    }
}

fn eventually(what: &str, is_so: &dyn Fn() -> bool) {
    let deadline = Instant::now() + Duration::from_mins(1);
    while !is_so() {
        assert!(Instant::now() < deadline, "{what}");
        thread::sleep(Duration::from_millis(5));
    }
}

#[test]
fn pages_are_drawn_one_at_a_time_and_nothing_else_waits_for_them() {
    let slow = Arc::new(Slow::default());
    let site = slow.site();
    let known = format!("\"{:x}-{}\"", site.began, site.bots.rounds());
    let known = Request::get("/").header("host", "localhost").header("if-none-match", known);
    let known = known.body(()).unwrap().into_parts().0;
    let answers: Vec<_> = thread::scope(|scope| {
        let asked = || ask(&site, "/").status().as_u16();
        let askers: Vec<_> = (0..40).map(|_| scope.spawn(asked)).collect();
        eventually("a page is drawn", &|| slow.asked.load(Ordering::SeqCst) > 0);
        let left = || askers.iter().filter(|asker| asker.is_finished()).count();
        eventually("those beyond the queue are sent away", &|| left() == 7);
        assert_eq!(ask(&site, "/style.css").status(), 200);
        assert_eq!(site.answer(&known).status(), 304);
        for nothing in ["/alert?called=Nothing", "/panel.csv?panel=nothing", "/?dashboard=no"] {
            assert_eq!(ask(&site, nothing).status(), 404, "{nothing}");
        }
        slow.let_go();
        askers.into_iter().map(ScopedJoinHandle::join).map(Result::unwrap).collect()
    });
    let with = |status| answers.iter().filter(|answer| **answer == status).count();
    assert_eq!((with(200), with(503)), (33, 7));
    assert_eq!(slow.most.load(Ordering::SeqCst), 1);
}

#[test]
fn nothing_is_drawn_for_somebody_who_left_while_another_had_the_turn() {
    let slow = Arc::new(Slow::default());
    let site = slow.site();
    let request = Request::get("/").header("host", "localhost").body(()).unwrap();
    let (request, ()) = request.into_parts();
    assert_eq!(site.at_once(&request).map(|answer| answer.status()), None);
    thread::scope(|scope| {
        let first = scope.spawn(|| ask(&site, "/").status());
        eventually("a page is drawn", &|| slow.asked.load(Ordering::SeqCst) == 1);
        let left = scope.spawn(|| site.answer_while(&request, &|| false));
        slow.let_go();
        assert_eq!(first.join().unwrap(), 200);
        assert!(left.join().unwrap().body().starts_with(b"nobody waits for this"));
    });
    assert_eq!(slow.asked.load(Ordering::SeqCst), 1);
}

#[test]
fn what_is_not_drawn_does_not_wait_for_those_who_hear_and_draw() {
    let bots = Bots::new(Vec::new(), [], 1 << 20, Duration::from_secs(5), 1_000);
    let bots = Arc::new(bots);
    bots.hear(2_000, Vec::new()).unwrap();
    let site = Site::new(Arc::clone(&bots), Hosts::default());
    let tag = ask(&site, "/").headers()["etag"].clone();
    let known = Request::get("/").header("host", "localhost").header("if-none-match", tag);
    let (known, ()) = known.body(()).unwrap().into_parts();
    thread::scope(|scope| {
        let mut hearing = None;
        let mut answering = None;
        // As while a page is drawn, and somebody waits to tell what is new.
        bots.with_rules(|_| {
            hearing = Some(scope.spawn(|| bots.hear(3_000, Vec::new())));
            thread::sleep(Duration::from_millis(50));
            let answering = answering.insert(scope.spawn(|| site.at_once(&known)));
            eventually("it is answered", &|| answering.is_finished());
        });
        let answer = answering.unwrap().join().unwrap();
        assert_eq!(answer.map(|answer| answer.status().as_u16()), Some(304));
        hearing.unwrap().join().unwrap().unwrap();
    });
    assert!(site.at_once(&known).is_none());
}

/// What a server of HTTP/2 makes of a request has no header `Host`.
#[test]
fn by_http_2_the_target_names_the_host() {
    let bots = Bots::new(Vec::new(), [], 1 << 20, Duration::from_secs(5), 1_000);
    let site = Site::new(Arc::new(bots), Hosts::default());
    let status = |version: Version, target: &str, hosts: &[&str]| {
        let mut request = Request::get(target).version(version);
        for host in hosts {
            request = request.header("host", *host);
        }
        site.answer(&request.body(()).unwrap().into_parts().0).status().as_u16()
    };
    let (here, elsewhere) = ("http://localhost/style.css", "http://evil.example/style.css");
    for (version, target, hosts, expected) in [
        (Version::HTTP_2, here, &[][..], 200),
        (Version::HTTP_3, here, &[], 200),
        (Version::HTTP_2, elsewhere, &[], 421),
        (Version::HTTP_2, elsewhere, &["localhost"], 421),
        (Version::HTTP_2, "/style.css", &["localhost"], 200),
        (Version::HTTP_2, "/style.css", &[], 400),
        (Version::HTTP_2, here, &["localhost", "localhost"], 400),
        (Version::HTTP_11, here, &[], 400),
    ] {
        assert_eq!(status(version, target, hosts), expected, "{version:?} {target} {hosts:?}");
    }
}
