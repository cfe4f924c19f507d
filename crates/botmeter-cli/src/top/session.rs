//! A terminal, from its first screen until it is given back.

use std::{
    io::{self, Write},
    sync::{
        Arc,
        atomic::{AtomicBool, Ordering},
        mpsc,
    },
    thread,
    time::Duration,
};

use base64::{Engine as _, engine::general_purpose::STANDARD};
use botmeter_live::Bots;
use botmeter_view::Address;
use ratatui::{
    DefaultTerminal,
    crossterm::event::{self, Event, KeyEventKind},
};

use super::{
    Shown,
    look::{Look, Then, View},
    paint::Paint,
    screen,
};
use crate::failure::Failure;

/// How soon something new is seen that no key asked for.
const TICK: Duration = Duration::from_millis(100);

/// Shows the bots until a key or a signal ends it, and gives the terminal
/// back.
pub(super) fn run(bots: &Arc<Bots>, look: Look, paint: Paint) -> Result<(), Failure> {
    let is_over = stop()?;
    let (asks, asked) = mpsc::channel::<Address>();
    let (tell, drawn) = mpsc::channel();
    let drawer = Arc::clone(bots);
    // A page takes a while, and keys do not wait for it.
    let spawned = thread::Builder::new().name("botmeter-drawer".to_owned()).spawn(move || {
        while let Ok(address) = asked.recv() {
            if tell.send(Shown::of(&drawer, &address)).is_err() {
                return;
            }
        }
    });
    drop(spawned.map_err(|error| Failure::because("start to draw pages", &error))?);
    let session = Session { bots, look, paint, shown: None, rounds: 0, is_wanted: false };
    let done = match ratatui::try_init() {
        Ok(terminal) => session.run(terminal, &asks, &drawn, &is_over),
        Err(error) => Err(error),
    };
    let restored = ratatui::try_restore();
    done.and(restored).map_err(|error| Failure::because("use the terminal", &error))
}

/// Becomes true once somebody asks the program to end from elsewhere.
fn stop() -> Result<Arc<AtomicBool>, Failure> {
    let stop = botmeter_telemetry::stop_requested()?;
    let is_over = Arc::new(AtomicBool::new(false));
    let told = Arc::clone(&is_over);
    let runtime = tokio::runtime::Builder::new_current_thread().build();
    let runtime = runtime.map_err(|error| Failure::because("listen for signals", &error))?;
    let spawned = thread::Builder::new().name("botmeter-signals".to_owned()).spawn(move || {
        runtime.block_on(async {
            let _signal = stop.await;
        });
        told.store(true, Ordering::Relaxed);
    });
    drop(spawned.map_err(|error| Failure::because("listen for signals", &error))?);
    Ok(is_over)
}

struct Session<'a> {
    bots: &'a Bots,
    look: Look,
    paint: Paint,
    shown: Option<Shown>,
    /// Which round was asked for last.
    rounds: u64,
    /// Whether there is something to be drawn beyond that.
    is_wanted: bool,
}

impl Session<'_> {
    fn run(
        mut self,
        mut terminal: DefaultTerminal,
        asks: &mpsc::Sender<Address>,
        drawn: &mpsc::Receiver<Shown>,
        is_over: &AtomicBool,
    ) -> io::Result<()> {
        let (mut is_busy, mut is_new) = (false, true);
        while !is_over.load(Ordering::Relaxed) {
            match drawn.try_recv() {
                Ok(shown) => {
                    (self.shown, is_busy, is_new) = (Some(shown), false, true);
                }
                Err(mpsc::TryRecvError::Empty) => {}
                Err(mpsc::TryRecvError::Disconnected) => {
                    return Err(io::Error::other("a page could not be drawn, which is a bug"));
                }
            }
            let rounds = self.bots.rounds();
            if !is_busy && (self.is_wanted || rounds != self.rounds) {
                (self.rounds, self.is_wanted) = (rounds, false);
                // Whether there is still somebody is seen above.
                is_busy = asks.send(self.look.address.clone()).is_ok();
            }
            if is_new {
                let (shown, look) = (self.shown.as_ref(), &self.look);
                let paint = self.paint;
                terminal.draw(|frame| {
                    screen::draw(shown, look, paint, frame.area(), frame.buffer_mut());
                })?;
                is_new = false;
            }
            if !event::poll(TICK)? {
                continue;
            }
            is_new = true;
            if let Event::Key(key) = event::read()?
                && key.kind != KeyEventKind::Release
            {
                match self.look.key(key, self.shown.as_ref()) {
                    Then::Nothing => {}
                    Then::Draw => self.is_wanted = true,
                    Then::Copy(place) => self.copy(&place)?,
                    Then::End => return Ok(()),
                }
            }
        }
        Ok(())
    }

    /// Hands the queries to the terminal, which may have a clipboard, and
    /// shows them, because it may have none.
    fn copy(&mut self, place: &str) -> io::Result<()> {
        let Some(query) = self.bots.promql(&self.look.address, place) else { return Ok(()) };
        let mut out = io::stdout();
        write!(out, "\u{1b}]52;c;{}\u{7}", STANDARD.encode(&query))?;
        out.flush()?;
        self.look.turn(View::Query(query));
        self.look.said = Some("copied, if this terminal lets programs copy".to_owned());
        Ok(())
    }
}
