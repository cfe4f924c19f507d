//! `botmeter watch`: live pictures of bots.

use std::{
    path::Path,
    process::ExitCode,
    sync::{Arc, mpsc},
    thread,
    time::{Duration, Instant},
};

use botmeter_board::Board;
use botmeter_live::{Bots, Moments};
use botmeter_window::Kept;

use crate::{
    address::server,
    check, complain,
    failure::Failure,
    keep,
    options::{Sources, Watch},
    prometheus::Prometheus,
    rounds::Rounds,
    say, serve,
    target::named,
};

/// How often what was read is kept.
const KEPT_EVERY: Duration = Duration::from_mins(1);

/// Reads and serves until somebody ends it.
pub(crate) fn run(boards: Vec<Board>, options: &Watch) -> Result<ExitCode, Failure> {
    let Watch { sources, place, keep: file, check } = options;
    if let Some(length) = check {
        return check::run(rounds(boards, sources, None)?, *length);
    }
    let hosts = serve::hosts(place)?;
    let file = file.as_deref();
    let kept = file.map_or(Ok(None), |file| keep::load(file, sources.memory))?;
    let rounds = rounds(boards, sources, kept)?;
    let bots = Arc::clone(&rounds.bots);
    let (end, ended) = mpsc::channel();
    serve::until_stopped(place.listen, hosts, Arc::clone(&bots), || {
        for target in &rounds.targets {
            say(format_args!("reads: {}", target.url));
        }
        if let Some(prometheus) = &rounds.prometheus {
            say(format_args!("asks: {}", prometheus.url()));
        }
        let file = file.map(Path::to_owned);
        thread::Builder::new()
            .name("botmeter-rounds".to_owned())
            .spawn(move || read(rounds, &ended, file.as_deref()))
            .map(drop)
            .map_err(|error| Failure::because("start to read pages", &error))
    })?;
    // A page that is slow is not waited for.
    drop(end);
    file.map_or(Ok(()), |file| keep::save(file, &bots.kept()))?;
    Ok(ExitCode::SUCCESS)
}

/// Reads until the end, and keeps what was read if there is a file for it.
fn read(rounds: Rounds, end: &mpsc::Receiver<()>, file: Option<&Path>) {
    let bots = Arc::clone(&rounds.bots);
    let mut saved = Instant::now();
    rounds.run(end, || {
        if let Some(file) = file
            && saved.elapsed() >= KEPT_EVERY
        {
            saved = Instant::now();
            if let Err(failure) = keep::save(file, &bots.kept()) {
                complain(format_args!("error: {failure}"));
            }
        }
        false
    });
}

/// What reads these bots, and goes on from what was kept of them.
pub(crate) fn rounds(
    boards: Vec<Board>,
    sources: &Sources,
    kept: Option<Kept>,
) -> Result<Rounds, Failure> {
    let jaeger = jaeger(sources)?;
    if let Some(url) = &sources.prometheus {
        let prometheus = Arc::new(Prometheus::new(url)?);
        let mut moments = Moments::after(None);
        let elsewhere = Arc::clone(&prometheus);
        let (targets, interval) = (Vec::new(), sources.interval);
        let bots = Bots::of(boards, elsewhere, interval, moments.now()).with_jaeger(jaeger);
        let bots = Arc::new(bots);
        return Ok(Rounds { bots, targets, prometheus: Some(prometheus), interval, moments });
    }
    let named = named(&sources.targets, &sources.job)?;
    let names = named.iter().map(|(job, target)| (job.clone(), target.instance.clone()));
    let now = Moments::after(None).now();
    let mut bots =
        Bots::new(boards, names, sources.memory, sources.interval, now).with_jaeger(jaeger);
    let mut last = None;
    if let Some(kept) = kept {
        bots = bots.restored(kept).map_err(Failure::to)?;
        last = Some(bots.at());
    }
    let targets = named.into_iter().map(|(_, target)| target).collect();
    let moments = Moments::after(last);
    let interval = sources.interval;
    Ok(Rounds { bots: Arc::new(bots), targets, prometheus: None, interval, moments })
}

/// Where traces are, if somebody said so.
pub(crate) fn jaeger(sources: &Sources) -> Result<Option<String>, Failure> {
    let url = sources.jaeger.as_deref();
    url.map(|url| server("--jaeger", url, "http://localhost:16686")).transpose()
}
