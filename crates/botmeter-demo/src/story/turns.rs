//! Who is up next: at random moments, somebody wants something of somebody.

use std::sync::Arc;
use std::time::Duration;

use fastrand::Rng;
use tokio::time::{Instant, sleep_until};

use super::visitors::Visitors;
use super::world::World;
use super::writer::Writer;

/// What is wanted.
#[derive(Debug, Clone, Copy)]
enum Turn {
    /// An answer in the chat: one call.
    Chat,
    /// A ticket: two calls, and a further one if the first was of no use.
    Ticket,
    /// A post: two calls, and its part of one when it is judged with others.
    Post,
    /// A task for the crew: two calls, and one for each time that it is built again.
    Task,
}

const ORDER: [Turn; 20] = [
    Turn::Chat,
    Turn::Ticket,
    Turn::Post,
    Turn::Task,
    Turn::Chat,
    Turn::Chat,
    Turn::Task,
    Turn::Ticket,
    Turn::Chat,
    Turn::Post,
    Turn::Chat,
    Turn::Task,
    Turn::Ticket,
    Turn::Chat,
    Turn::Chat,
    Turn::Post,
    Turn::Task,
    Turn::Ticket,
    Turn::Chat,
    Turn::Chat,
];

/// Calls that a turn takes on average, by the order above.
const CALLS: f64 = 1.6;

/// Tasks that the crew gets in a second, at so many calls in a second.
pub(super) fn tasks_per_second(rate: f64) -> f64 {
    let tasks = ORDER.iter().filter(|turn| matches!(turn, Turn::Task)).count();
    rate / CALLS * tasks as f64 / ORDER.len() as f64
}

/// Gives turns until the story ends.
pub(super) async fn give(world: Arc<World>, visitors: Arc<Visitors>) {
    let writer = Arc::new(Writer::new());
    let mut order = ORDER.iter().cycle();
    let mut next = Instant::now();
    loop {
        let moment = async {
            sleep_until(next).await;
            world.model.room().await;
        };
        tokio::select! {
            biased;
            () = world.end.comes() => break,
            () = moment => {}
        }
        let (at, visitors) = (Arc::clone(&world), Arc::clone(&visitors));
        match order.next() {
            Some(Turn::Ticket) => {
                world.tasks.spawn(async move { visitors.write_ticket(&at).await });
            }
            Some(Turn::Post) if world.blog.has_room() => {
                let writer = Arc::clone(&writer);
                world.tasks.spawn(async move { writer.write(&at).await });
            }
            Some(Turn::Task) if world.plan.add() => {}
            // Whoever finds nobody with time asks in the chat.
            _ => world.tasks.spawn(async move { visitors.chat(&at).await }),
        }
        let pause = pause(world.model.habits().rate / CALLS, &mut world.rng());
        // Whoever had to wait for a place does not make up for it.
        next = next.max(Instant::now()) + pause;
    }
}

/// The time until the next event of a Poisson process: people do not come at regular intervals.
fn pause(rate: f64, rng: &mut Rng) -> Duration {
    let seconds = -(1.0 - rng.f64()).ln() / rate;
    Duration::try_from_secs_f64(seconds).unwrap_or(Duration::MAX)
}
