//! People who use the API: they chat, write tickets, and look around.

use std::time::Duration;

use serde_json::json;
use tokio::time::timeout;

use super::round::Round;
use super::world::World;

const QUESTIONS: [&str; 4] = [
    "You write release notes. In one sentence, say that the login page loads faster now.",
    "You greet the members of a chat room about gardening. Write one friendly sentence.",
    "You know the docs. In one sentence, where does one find an old invoice?",
    "You name things. Suggest three names for a small robot that waters plants, without comment.",
];

const TICKETS: [&str; 4] = [
    "I cannot find my invoice of last month.",
    "The login page does not load since the release.",
    "Can the bot write to two channels at the same time?",
    "How do I get my money back?",
];

/// A line of a log, for somebody who sends all of it.
const LOG_LINE: &str = "2026-01-01T00:00:00Z INFO request served in 12 ms\n";

/// Lines of a log that no model of the demo's provider reads as a whole.
const LOG_LINES: usize = 800;

/// What somebody sends who is not welcome, and what nobody wrote.
const SCANNED: &str = "/wp-login.php";
const UNKNOWN_TICKET: &str = "/tickets/4096000";

/// The longest pause between two glances, in milliseconds.
const PAUSE: u64 = 400;

#[derive(Debug)]
pub(super) struct Visitors {
    chats: Round,
    tickets: Round,
    glances: Round,
}

impl Visitors {
    pub(super) const fn new() -> Self {
        Self { chats: Round::of(30), tickets: Round::of(32), glances: Round::of(12) }
    }

    /// Somebody asks the chat bot something, and hangs up early now and then.
    pub(super) async fn chat(&self, world: &World) {
        let number = self.chats.next();
        let body = json!({ "question": QUESTIONS[number % QUESTIONS.len()] });
        let talk = world.loopback.post("/chat", &body);
        let patience = match number {
            5 => world.some(100..300),
            // Longer than anything takes.
            _ => Duration::from_hours(1),
        };
        answered("chat", timeout(patience, talk).await.ok());
    }

    /// Somebody writes a ticket.
    pub(super) async fn write_ticket(&self, world: &World) {
        let number = self.tickets.next();
        let mut text = TICKETS[number % TICKETS.len()].to_owned();
        // With another provider, this would be paid for.
        if number == 3 && world.model.habits().is_own {
            text.push('\n');
            text.push_str(&LOG_LINE.repeat(LOG_LINES));
        }
        let letter = world.loopback.post("/tickets", &json!({ "text": text })).await;
        answered("a ticket", Some(letter));
    }

    /// People and machines that look at one thing or another, all the time.
    pub(super) async fn look_around(&self, world: &World) {
        while world.rest(world.some(0..PAUSE)).await {
            let own_ticket;
            let path = match self.glances.next() {
                1 | 7 => "/posts",
                3 | 9 => {
                    own_ticket = format!("/tickets/{}", world.mailbox.last());
                    &own_ticket
                }
                4 => "/reports/weekly",
                6 => UNKNOWN_TICKET,
                11 => SCANNED,
                _ => "/healthz",
            };
            answered("a glance", Some(world.loopback.get(path).await));
        }
    }
}

/// The status is recorded where the request is served. That there was no answer is told, because
/// then it may not be.
fn answered(what: &str, answer: Option<super::loopback::Answer>) {
    if let Some(Err(error)) = answer {
        tracing::warn!(error = format!("{error:#}"), what, "the demo's own API did not answer");
    }
}
