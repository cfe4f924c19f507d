//! `botmeter top`: live pictures of bots in the terminal.

mod ansi;
mod board;
mod chart;
mod look;
mod paint;
mod screen;
mod session;
#[cfg(test)]
mod tests;

use std::{
    io::{self, IsTerminal, Write},
    process::ExitCode,
    sync::{Arc, mpsc},
    thread,
    time::{Duration, Instant},
};

use botmeter_board::Board;
use botmeter_live::Bots;
use botmeter_view::{Address, Dashboard, Page, Picture, Which, text::clean};
use ratatui::{buffer::Buffer, layout::Rect, text::Span};

use crate::{
    color::is_colored,
    failure::Failure,
    open::opened,
    options::{Color, Top},
    rounds::Rounds,
    watch::{jaeger, rounds},
};
use look::Look;
use paint::Paint;

/// How large a screen is that nobody said the size of.
const SCREEN: (u16, u16) = (100, 30);

/// A page, and what its first numbers were before.
#[derive(Debug)]
struct Shown {
    page: Page,
    trends: Vec<Picture>,
}

/// Shows bots until somebody ends it; one screen alone, where there is no
/// terminal.
pub(crate) fn run(boards: Vec<Board>, options: &Top) -> Result<ExitCode, Failure> {
    let (bots, rounds) = if let Some(file) = &options.from {
        let bots = opened(boards, file, options.sources.memory)?;
        (Arc::new(bots.with_jaeger(jaeger(&options.sources)?)), None)
    } else {
        let rounds = rounds(boards, &options.sources, None)?;
        (Arc::clone(&rounds.bots), Some(rounds))
    };
    let address = Address {
        dashboard: options.dashboard.clone(),
        range: options.range,
        ..Address::default()
    };
    if let Some(uid) = &address.dashboard
        && !bots.dashboards().any(|it| it == uid)
    {
        let all: Vec<_> = bots.dashboards().collect();
        return Err(Failure::to(format_args!(
            "show the dashboard {uid:?}: there are {}",
            all.join(", ")
        )));
    }
    let look = Look { address, ..Look::default() };
    let paint = Paint { has_color: has_color(options.color) };
    if options.once || !io::stdout().is_terminal() {
        return once(&bots, rounds, &look, paint, options);
    }
    let (end, ended) = mpsc::channel();
    if let Some(rounds) = rounds {
        let spawned = thread::Builder::new()
            .name("botmeter-rounds".to_owned())
            .spawn(move || rounds.run(&ended, || false));
        drop(spawned.map_err(|error| Failure::because("start to read pages", &error))?);
    }
    session::run(&bots, look, paint)?;
    // A page that is slow is not waited for.
    drop::<mpsc::Sender<()>>(end);
    Ok(ExitCode::SUCCESS)
}

/// Whether the screen is painted: as somebody asked, or else where there is a
/// person who sees colors.
fn has_color(color: Color) -> bool {
    match color {
        Color::Always => true,
        Color::Never => false,
        Color::Auto => is_colored(&io::stdout()),
    }
}

/// Prints one screen; rates need two readings.
fn once(
    bots: &Bots,
    rounds: Option<Rounds>,
    look: &Look,
    paint: Paint,
    options: &Top,
) -> Result<ExitCode, Failure> {
    let is_read = rounds.is_some();
    if let Some(rounds) = rounds {
        // Who knows the past already is asked once.
        let own =
            if rounds.prometheus.is_some() { Duration::ZERO } else { options.sources.interval };
        let length = options.watch_for.unwrap_or(own);
        let (_end, ended) = mpsc::channel();
        let began = Instant::now();
        rounds.run(&ended, || began.elapsed() >= length);
    }
    let known = ratatui::crossterm::terminal::size().ok().filter(|_| io::stdout().is_terminal());
    let (width, height) = known.unwrap_or(SCREEN);
    let area = Rect::new(0, 0, options.width.unwrap_or(width), options.height.unwrap_or(height));
    let mut buffer = Buffer::empty(area);
    screen::draw(Some(&Shown::of(bots, &look.address)), look, paint, area, &mut buffer);
    // Whoever closed the pipe has seen enough.
    let mut out = io::stdout().lock();
    drop(out.write_all(ansi::text(&buffer, paint.has_color).as_bytes()).and_then(|()| out.flush()));
    let unread = if is_read { bots.unread() } else { Vec::new() };
    if unread.is_empty() {
        Ok(ExitCode::SUCCESS)
    } else {
        Err(Failure::to(format_args!("read {}", unread.join("; "))))
    }
}

impl Shown {
    fn of(bots: &Bots, address: &Address) -> Self {
        let uid = address.dashboard.as_deref().or_else(|| bots.first_dashboard());
        let page = bots.page(address, uid.map_or(Which::All, Which::One));
        Self { page, trends: uid.map(|uid| bots.trends(address, uid)).unwrap_or_default() }
    }

    /// Which dashboard is drawn.
    fn place(&self) -> usize {
        let mut dashboards = self.page.dashboards.iter();
        dashboards.position(|dashboard| dashboard.rows.is_some()).unwrap_or(0)
    }

    /// How many dashboards there are.
    fn count(&self) -> usize {
        self.page.dashboards.len().max(1)
    }

    fn dashboard(&self) -> Option<&Dashboard> {
        self.page.dashboards.get(self.place())
    }

    /// The panel that is chosen, and the dashboard that it is on.
    fn chosen(&self, look: &Look) -> Option<(&str, &Picture)> {
        let dashboard = self.dashboard()?;
        let panels = board::Board::of(dashboard).panels;
        let picture = panels.get(look.panel).or(panels.last())?;
        Some((&dashboard.uid, picture))
    }
}

/// At most so many columns of the text.
fn cut(text: &str, columns: usize) -> String {
    if Span::raw(text).width() <= columns {
        return text.to_owned();
    }
    let mut cut = String::new();
    let mut taken = 0;
    for c in text.chars() {
        taken += Span::raw(c.to_string()).width();
        if taken >= columns {
            break;
        }
        cut.push(c);
    }
    if columns > 0 {
        cut.push('…');
    }
    cut
}
