//! The bots `curator` and `publisher`: the other stages of the pipeline `blog`.

use std::time::Duration;

use botmeter_pipeline::Stage;
use serde::Deserialize;

use super::blog::Post;
use super::json::ask;
use super::round::Round;
use super::trouble::Trouble;
use super::world::World;

/// How often the curator looks for something to judge.
const CURATION: Duration = Duration::from_millis(2500);

/// Posts that the curator judges at once.
const MOST: usize = 12;

/// The lowest score, of 10, of a post that is published.
const GOOD_ENOUGH: u32 = 5;

/// How often the publisher looks for something to publish.
const PUBLICATION: Duration = Duration::from_secs(2);

/// What the model is to say about posts.
#[derive(Debug, Deserialize)]
struct Scores {
    scores: Vec<u32>,
}

/// Judges posts at intervals.
pub(super) async fn curate(world: &World) {
    while world.rest(CURATION).await {
        let posts = world.blog.take_written(MOST);
        if posts.is_empty() {
            continue;
        }
        let pass = world.blog.pipeline.observe(Stage::Curation, judge(world, &posts));
        match world.bots.bot("curator").observe_with(pass, Trouble::kind).await {
            Ok(scores) => {
                let all = posts.len();
                // A post that the model forgot has not convinced it.
                let scores = scores.into_iter().chain(std::iter::repeat(0));
                let chosen = posts.into_iter().zip(scores);
                let chosen = chosen.filter(|(_, score)| *score >= GOOD_ENOUGH);
                let chosen: Vec<Post> = chosen.map(|(post, _)| post).collect();
                let rejected = all - chosen.len();
                world.blog.judge(chosen, rejected);
            }
            Err(_) => world.blog.put_back_written(posts),
        }
    }
}

async fn judge(world: &World, posts: &[Post]) -> Result<Vec<u32>, Trouble> {
    let example: Vec<String> = (1..=posts.len()).map(|place| (place % 10).to_string()).collect();
    let texts: Vec<String> =
        posts.iter().map(|post| format!("{}: {}", post.title, post.text)).collect();
    let prompt = format!(
        "Give each of these {} posts a score from 1 to 10. Answer with JSON such as \
         {{\"scores\":[{}]}} and nothing else.\n{}",
        posts.len(),
        example.join(","),
        texts.join("\n")
    );
    let narrative = world.narratives.narrative("judge_posts");
    let acts = narrative.clone();
    let scores = narrative.observe(async move {
        let judge = acts.act("judge").observe(async {
            let scores: Scores = ask(world, &acts, &prompt).await?;
            Ok(scores.scores)
        });
        judge.await
    });
    scores.await
}

/// Publishes chosen posts at intervals.
pub(super) async fn publish(world: &World) {
    let passes = Round::of(12);
    while world.rest(PUBLICATION).await {
        let posts = world.blog.take_chosen();
        if posts.is_empty() {
            continue;
        }
        let is_refused = passes.next() == 3;
        let post = async {
            world.takes(80..400).await;
            if is_refused {
                return Err(Trouble::Platform("the blog's server is in maintenance"));
            }
            Ok(())
        };
        let post = world.http.observe_tool("post_to_blog", post);
        let pass = world.blog.pipeline.observe(Stage::Publication, post);
        match world.bots.bot("publisher").observe_with(pass, Trouble::kind).await {
            Ok(()) => world.blog.publish(posts),
            Err(_) => world.blog.put_back_chosen(posts),
        }
    }
}
