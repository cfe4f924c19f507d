//! `botmeter report`: a page as one file.

use std::{
    process::ExitCode,
    sync::{Arc, mpsc},
    time::{Duration, Instant},
};

use botmeter_board::Board;
use botmeter_generate::Replacement;
use botmeter_live::Bots;
use botmeter_view::{Address, Which, html};

use crate::{
    failure::Failure,
    open::opened,
    options::Report,
    say,
    watch::{jaeger, rounds},
};

/// What a report shows at least.
const SHORTEST: Duration = Duration::from_mins(1);

/// Writes the file.
pub(crate) fn run(boards: Vec<Board>, options: &Report) -> Result<ExitCode, Failure> {
    let bots = match &options.from {
        Some(file) => {
            let bots = opened(boards, file, options.sources.memory)?;
            Arc::new(bots.with_jaeger(jaeger(&options.sources)?))
        }
        None => watched(boards, options)?,
    };
    let range = Some(bots.covered().max(SHORTEST));
    let page = bots.page(&Address { range, ..Address::default() }, Which::All);
    let text = html::page(&page, html::Form::File);
    let path = &options.out;
    let written = Replacement::write(path, text).and_then(Replacement::take_place);
    written.map_err(|error| Failure::because(format_args!("write {}", path.display()), &error))?;
    say(format_args!("wrote {}", path.display()));
    Ok(ExitCode::SUCCESS)
}

fn watched(boards: Vec<Board>, options: &Report) -> Result<Arc<Bots>, Failure> {
    let rounds = rounds(boards, &options.sources, None)?;
    let bots = Arc::clone(&rounds.bots);
    // Who knows the past already is not watched.
    let watch_for = if rounds.prometheus.is_some() { Duration::ZERO } else { options.watch_for };
    if !watch_for.is_zero() {
        say(format_args!("watches for {}", humantime::format_duration(watch_for)));
    }
    let (_end, ended) = mpsc::channel();
    let began = Instant::now();
    rounds.run(&ended, || began.elapsed() >= watch_for);
    // A report of nothing would look as if nothing was wrong.
    if bots.is_blind() {
        return Err(Failure::to(format_args!("read {}", bots.unread().join("; "))));
    }
    Ok(bots)
}
