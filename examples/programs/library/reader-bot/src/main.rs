//! Reads words from standard input and prints the papers about them. The
//! library that searches is a plugin, of which the start knows nothing.

use std::{error::Error, io};

use botmeter::{Telemetry, llm::Llm};
use paper_search::{Papers, Searches};

fn main() -> Result<(), Box<dyn Error>> {
    let (telemetry, _llm) = Telemetry::builder("reader-bot").start::<Llm>()?;
    let papers = plugin(&telemetry)?;
    for line in io::stdin().lines() {
        println!("{}", papers.search(&line?).join(", "));
    }
    telemetry.end();
    Ok(())
}

fn plugin(telemetry: &Telemetry) -> Result<Papers, botmeter::Error> {
    let searches = telemetry.register::<Searches>()?;
    Ok(Papers::new(["On meters", "On bots", "On meters of bots"]).recorded(searches))
}
