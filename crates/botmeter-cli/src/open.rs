//! `botmeter open`: what was kept, as it was.

use std::{path::Path, process::ExitCode, sync::Arc, time::Duration};

use botmeter_board::Board;
use botmeter_live::Bots;

use crate::{failure::Failure, keep, options::Open, serve};

/// Shows a file until somebody ends it.
pub(crate) fn run(boards: Vec<Board>, options: &Open) -> Result<ExitCode, Failure> {
    let hosts = serve::hosts(&options.place)?;
    let bots = Arc::new(opened(boards, &options.file, options.memory)?);
    serve::until_stopped(options.place.listen, hosts, bots, || Ok(()))?;
    Ok(ExitCode::SUCCESS)
}

/// The bots of a file.
pub(crate) fn opened(boards: Vec<Board>, file: &Path, memory: u64) -> Result<Bots, Failure> {
    let kept = keep::load(file, memory)?;
    let shown = file.display();
    let kept =
        kept.ok_or_else(|| Failure::to(format_args!("open {shown}: there is no such file")))?;
    let names = kept.bots().map(|(job, instance)| (job.to_owned(), instance.to_owned()));
    let names: Vec<_> = names.collect();
    let interval = kept.interval().unwrap_or(Duration::from_secs(5));
    let bots = Bots::new(boards, names, memory, interval, 0).restored(kept);
    let bots = bots.map_err(|error| Failure::because(format_args!("use {shown}"), &error))?;
    // There would be nothing to draw, and nothing comes any more.
    if !bots.has_heard() {
        return Err(Failure::to(format_args!(
            "use {shown}: nothing was read before it was kept; go on from it with `botmeter watch \
             --keep {shown}`, or give another file"
        )));
    }
    Ok(bots)
}
