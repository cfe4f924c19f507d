//! Sends mails, counts them, and draws the count on a page of its own.

use std::{thread, time::Duration};

use botmeter::{
    Telemetry,
    core::{Counter, Domain, Instrument, Meter, Unit},
};
use botmeter_board::{Board, Dashboard, Panel, Row, Show, rate};

static SENT: Instrument<Counter, ()> =
    Instrument::counter("mail.sent", Unit::of("{mail}"), "Mails that were sent.");

/// What the bot says about its mails.
struct Mail {
    sent: Counter,
}

impl Domain for Mail {
    const NAME: &'static str = "mail";
    type Config = ();

    fn register_with(meter: &Meter, (): ()) -> Self {
        Self { sent: SENT.bind(meter, ()) }
    }
}

fn board() -> Board {
    let sent = Panel::time_series(
        "Mails",
        "Mails sent per minute. A sudden silence means that the queue is stuck.",
        Show::PerMinute,
    )
    .draw(rate(&SENT).all().per_minute().named("sent"));
    Board::new().dashboard(
        Dashboard::new("mail-out", "Mail", "Does mail get out?")
            .rows([Row::open("Overview", [sent])]),
    )
}

fn main() -> Result<(), botmeter::Error> {
    let (telemetry, mail) = Telemetry::builder("mail-bot").live([board()]).start::<Mail>()?;
    println!("live page: {}", telemetry.live_url().unwrap_or_default());
    // Half an hour of sending: ten mails a second, in every other minute one.
    for second in 0..1_800 {
        mail.sent.add(if second / 60 % 2 == 0 { 10 } else { 1 });
        thread::sleep(Duration::from_secs(1));
    }
    telemetry.end();
    Ok(())
}
