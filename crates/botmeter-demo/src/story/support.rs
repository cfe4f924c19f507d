//! The bot `support` answers tickets: it sorts them, looks something up, and writes a mail.

use std::sync::Arc;
use std::time::Duration;

use botmeter_narrative::Narrative;
use serde::Deserialize;

use super::json::ask;
use super::mailbox::Ticket;
use super::round::Round;
use super::trouble::Trouble;
use super::world::World;

/// How often the bot looks into the mailbox.
const LOOK: Duration = Duration::from_millis(1500);

#[derive(Debug)]
pub(super) struct Support {
    mails: Round,
}

/// What the model is to say about a ticket.
#[derive(Debug, Deserialize)]
struct Sorted {
    topic: String,
}

impl Support {
    pub(super) const fn new() -> Self {
        Self { mails: Round::of(40) }
    }

    /// Looks into the mailbox at intervals, and begins a run for each ticket in it.
    pub(super) async fn work(self: Arc<Self>, world: Arc<World>) {
        while world.rest(LOOK).await {
            while let Some(ticket) = world.mailbox.take() {
                let (support, at) = (Arc::clone(&self), Arc::clone(&world));
                world.tasks.spawn(async move { support.attend_to(&at, ticket).await });
                world.model.room().await;
            }
        }
    }

    async fn attend_to(&self, world: &World, ticket: Ticket) {
        let run = self.answer(world, &ticket.text);
        let result = world.bots.bot("support").observe_with(run, Trouble::kind).await;
        world.mailbox.answered(ticket.id, result.is_ok());
    }

    async fn answer(&self, world: &World, text: &str) -> Result<(), Trouble> {
        let narrative = world.narratives.narrative("answer_ticket");
        let acts = narrative.clone();
        let answer = narrative.observe(async move {
            let topic = acts.act("sort").observe(sort(world, &acts, text)).await?;
            // On the heap, or everything around it would grow with it.
            let look_up = Box::pin(world.docs.look_up(world, &topic));
            let page = acts.act("look_up").observe(look_up).await?;
            let prompt =
                format!("Answer the ticket in two sentences.\nTicket: {text}\nKnown: {page}");
            acts.act("answer").observe(world.insist(&prompt)).await
        });
        answer.await?;
        world.http.observe_tool("send_mail", self.send_mail(world)).await
    }

    async fn send_mail(&self, world: &World) -> Result<(), Trouble> {
        world.takes(40..200).await;
        match self.mails.next() {
            7 => Err(Trouble::Platform("the mail server takes no more mails for now")),
            _ => Ok(()),
        }
    }
}

/// What the ticket is about.
async fn sort(world: &World, acts: &Narrative, text: &str) -> Result<String, Trouble> {
    let prompt = format!(
        "You sort support tickets. Answer with JSON such as {{\"topic\":\"billing\"}} and nothing \
         else.\nTicket: {text}"
    );
    let sorted: Sorted = ask(world, acts, &prompt).await?;
    Ok(sorted.topic)
}
