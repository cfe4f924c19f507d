//! Answers questions from standard input, one a line with its queue before a
//! colon, and shows at `/metrics` how that goes.

mod bot;
mod model;

use std::{error::Error, io};

use botmeter::{Telemetry, llm::Llm};
use support_metrics::Desk;

use crate::bot::Bot;

fn main() -> Result<(), Box<dyn Error>> {
    let (telemetry, (llm, desk)) = Telemetry::builder("support-bot").start::<(Llm, Desk)>()?;
    if let Some(address) = telemetry.scrape_address() {
        println!("metrics are at http://{address}/metrics");
    }
    let bot = Bot::new(llm, desk);
    for line in io::stdin().lines() {
        println!("{}", bot.answer(&line?));
    }
    telemetry.end();
    Ok(())
}
