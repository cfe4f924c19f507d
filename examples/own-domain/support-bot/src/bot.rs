//! What the bot does with a question.

use botmeter::llm::{Llm, Provider};
use support_metrics::{Desk, Reason};

use crate::model::{self, Reply};

const QUEUES: &[&str] = &["account", "billing"];
const HAND_OVER: &str = "A person will answer you.";

/// A bot that works at a support desk and asks a model.
pub struct Bot {
    llm: Llm,
    desk: Desk,
}

impl Bot {
    /// A bot that records what it does in these domains.
    pub fn new(llm: Llm, desk: Desk) -> Self {
        Self { llm, desk }
    }

    /// What the customer gets to read.
    pub fn answer(&self, line: &str) -> &'static str {
        let (queue, question) = match line.split_once(':') {
            Some((queue, question)) if QUEUES.contains(&queue) => (queue, question),
            // A question with a colon: what customers write never is a label.
            _ => ("general", line),
        };
        let ticket = self.desk.open(queue);
        if question.contains("a person") {
            ticket.hand_over(Reason::Asked);
            return HAND_OVER;
        }
        let call = self.llm.start(Provider::Other, model::NAME);
        match model::ask(question) {
            Ok(Reply { text: Some(text), usage }) => {
                call.finish(&usage);
                ticket.solve();
                text
            }
            Ok(Reply { text: None, usage }) => {
                call.finish(&usage);
                ticket.hand_over(Reason::Unsure);
                HAND_OVER
            }
            Err(kind) => {
                call.fail(kind);
                ticket.fail();
                "Something went wrong. Please ask again."
            }
        }
    }
}
