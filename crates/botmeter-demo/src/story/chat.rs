//! The bot `chat` answers whoever asks something, while they wait for it.

use super::trouble::Trouble;
use super::world::World;

/// One run of the bot. It is dropped, and cancelled with everything in it, when the person who
/// asked hangs up.
pub(super) async fn reply(world: &World, question: &str) -> Result<String, Trouble> {
    let narrative = world.narratives.narrative("chat_reply");
    let acts = narrative.clone();
    let reply = async move { acts.act("reply").observe(world.ask(question)).await };
    let reply = narrative.observe(reply);
    world.bots.bot("chat").observe_with(reply, Trouble::kind).await
}
