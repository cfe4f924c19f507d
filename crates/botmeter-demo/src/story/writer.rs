//! The bot `writer` writes posts: the first stage of the pipeline `blog`.

use std::io;
use std::panic::resume_unwind;

use botmeter_narrative::{Act, Narrative};
use botmeter_pipeline::Stage;
use serde::Deserialize;

use super::blog::Post;
use super::json::{ask, extract};
use super::round::Round;
use super::trouble::Trouble;
use super::world::World;

/// A model that its provider has taken out of service.
const RETIRED: &str = "gpt-4-32k";

#[derive(Debug)]
pub(super) struct Writer {
    posts: Round,
}

/// What the model is to say about a post that is not written yet.
#[derive(Debug, Deserialize)]
struct Outline {
    title: String,
    headings: Vec<String>,
}

impl Writer {
    pub(super) const fn new() -> Self {
        Self { posts: Round::of(40) }
    }

    /// One run of the bot.
    pub(super) async fn write(&self, world: &World) {
        let number = self.posts.next();
        let narrative = world.narratives.narrative("write_post");
        let acts = narrative.clone();
        let post = narrative.observe(async move {
            let outline = acts.act("outline");
            // On the heap, or everything around it would grow with it.
            let outline = outline.observe(Box::pin(outline_of(world, &acts, number))).await?;
            Box::pin(draft_of(world, acts.act("draft"), &outline, number)).await
        });
        let pass = world.blog.pipeline.observe(Stage::Generation, async {
            let post = post.await?;
            world.blog.write(save(post, number)?);
            Ok(())
        });
        // What failed is recorded, and the writer goes on with the next post.
        drop(world.bots.bot("writer").observe_with(pass, Trouble::kind).await);
    }
}

async fn outline_of(world: &World, acts: &Narrative, number: usize) -> Result<Outline, Trouble> {
    let prompt = "You plan a post for the blog of a small software project. Answer with JSON such \
                  as {\"title\":\"What is new\",\"headings\":[\"Faster\",\"Safer\",\"Thanks\"]} \
                  and nothing else.";
    // Somebody edited the settings and took an old name.
    if number == 9 && world.model.habits().is_own {
        return acts.json(extract(&world.model.ask_of(RETIRED, prompt).await?));
    }
    ask(world, acts, prompt).await
}

async fn draft_of(
    world: &World,
    draft: Act,
    outline: &Outline,
    number: usize,
) -> Result<Post, Trouble> {
    let headings = outline.headings.join(", ");
    let prompt = format!("Write two sentences for a post with these headings: {headings}.");
    let text = draft.observe(async {
        if number == 4 {
            // A bug in the bot. It unwinds as any panic does, and the guards on its way see it,
            // but it comes without a message, which would look like a bug of the demo.
            resume_unwind(Box::new("the outline has no third heading"));
        }
        world.insist(&prompt).await
    });
    Ok(Post { title: outline.title.clone(), text: text.await? })
}

fn save(post: Post, number: usize) -> Result<Post, Trouble> {
    match number {
        13 => Err(Trouble::Storage(io::ErrorKind::StorageFull.into())),
        _ => Ok(post),
    }
}
