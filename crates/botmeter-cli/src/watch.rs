//! `botmeter watch`: live pictures of bots.

use std::{
    process::ExitCode,
    sync::{Arc, mpsc},
    thread,
};

use botmeter_board::Board;

use crate::{
    bots::Bots,
    failure::Failure,
    moments::Moments,
    options::{Sources, Watch},
    rounds::Rounds,
    say,
    serve::{self, Hosts},
    target::named,
};

/// Reads and serves until somebody ends it.
pub(crate) fn run(boards: Vec<Board>, options: &Watch) -> Result<ExitCode, Failure> {
    let hosts = Hosts::new(options.listen, &options.allowed_hosts)?;
    let rounds = rounds(boards, &options.sources)?;
    let stop = botmeter_telemetry::stop_requested()?;
    let runtime = tokio::runtime::Builder::new_multi_thread()
        .worker_threads(2)
        .enable_all()
        .build()
        .map_err(|error| Failure::because("start the server of the live page", &error))?;
    let listener = runtime.block_on(serve::listen(options.listen))?;
    let address = listener
        .local_addr()
        .map_err(|error| Failure::because("find the address of the live page", &error))?;
    say(format_args!("live page: http://{address}/"));
    for target in &rounds.targets {
        say(format_args!("reads: {}", target.url));
    }
    let (end, ended) = mpsc::channel();
    let bots = Arc::clone(&rounds.bots);
    let reader = thread::Builder::new()
        .name("botmeter-rounds".to_owned())
        .spawn(move || rounds.run(&ended, || false))
        .map_err(|error| Failure::because("start to read pages", &error))?;
    runtime.block_on(async {
        tokio::select! {
            () = serve::serve(listener, bots, hosts) => {}
            _signal = stop => {}
        }
    });
    drop(end);
    // A page that is slow is not waited for.
    drop(reader);
    runtime.shutdown_background();
    Ok(ExitCode::SUCCESS)
}

/// What reads these bots.
pub(crate) fn rounds(boards: Vec<Board>, sources: &Sources) -> Result<Rounds, Failure> {
    let named = named(&sources.targets, &sources.job)?;
    let mut moments = Moments::after(None);
    let names = named.iter().map(|(job, target)| (job.clone(), target.instance.clone()));
    let bots = Bots::new(boards, names, sources.memory, sources.interval, moments.next());
    let targets = named.into_iter().map(|(_, target)| target).collect();
    Ok(Rounds { bots: Arc::new(bots), targets, interval: sources.interval, moments })
}
