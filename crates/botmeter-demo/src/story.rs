//! A day of a small software project in which bots do most of the work.
//!
//! People chat and write tickets over an API; a bot replies, another one answers the tickets with
//! the help of a docs server. A writer makes posts for the blog, which a curator judges and a
//! publisher publishes. A crew of workers takes tasks from a plan, builds and tests them, and
//! merges what is good. All of them ask models, and now and then something goes wrong.
//!
//! Each actor has a file of its own. It does its work and tells the instruments about it; nothing
//! here records a number that did not happen.

mod api;
mod blog;
mod chat;
mod crew;
mod docs;
mod docs_server;
mod editors;
mod ending;
mod json;
mod loopback;
mod mailbox;
mod plan;
mod repository;
mod round;
mod server;
mod support;
mod tasks;
mod trouble;
mod turns;
mod visitors;
mod worker;
mod world;
mod writer;

use std::net::{Ipv4Addr, SocketAddr};
use std::sync::{Arc, Mutex};
use std::time::Duration;

use anyhow::Context;
use botmeter_bot::Bots;
use botmeter_http::Http;
use botmeter_llm::Llm;
use botmeter_narrative::Narratives;
use botmeter_orchestrator::Orchestrator;
use botmeter_pipeline::Pipelines;
use fastrand::Rng;
use tokio::net::TcpListener;

use self::blog::Blog;
use self::crew::Crew;
use self::docs::Docs;
use self::ending::Ending;
use self::loopback::Loopback;
use self::mailbox::Mailbox;
use self::plan::Plan;
use self::server::Server;
use self::support::Support;
use self::tasks::Tasks;
use self::visitors::Visitors;
use self::world::World;
use crate::model::Model;

/// Requests to the API that are still under way when everybody has gone get this long.
const LAST_REQUESTS: Duration = Duration::from_secs(1);

/// All domains that the story tells about.
pub type Domains = (Llm, Bots, Narratives, Pipelines, Orchestrator, Http);

/// A story that has been set up and not begun.
#[derive(Debug)]
pub struct Story {
    world: Arc<World>,
    listener: TcpListener,
    address: SocketAddr,
    ending: Ending,
}

impl Story {
    /// Sets up a story around these models, which record their calls themselves. Its API gets a
    /// free port of this machine.
    ///
    /// # Errors
    ///
    /// The operating system's reason if there is no port to listen on.
    pub async fn set_up(model: Model, domains: Domains) -> anyhow::Result<Self> {
        let (_, bots, narratives, pipelines, orchestrator, http) = domains;
        let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0))
            .await
            .context("failed to listen on a free port of 127.0.0.1 for the API")?;
        let address = listener.local_addr().context("failed to read the API's own address")?;
        let (ending, end) = Ending::new();
        let world = World {
            rng: Mutex::new(Rng::with_seed(model.habits().seed)),
            model,
            loopback: Loopback::new(format!("http://{address}")),
            docs: Docs::default(),
            mailbox: Mailbox::of(bots.bot("support")),
            blog: Blog::new(pipelines.pipeline("blog")),
            plan: Plan::new(),
            bots,
            narratives,
            orchestrator,
            http,
            tasks: Tasks::default(),
            end,
        };
        Ok(Self { world: Arc::new(world), listener, address, ending })
    }

    /// Where its API will be served.
    pub fn api_address(&self) -> SocketAddr {
        self.address
    }

    /// Tells the story until the end, and then gives what is under way this time. Who needs longer
    /// is cut off and recorded as cancelled.
    pub async fn tell(self, end: impl Future<Output = ()>, grace: Duration) {
        let Self { world, listener, address: _, ending } = self;
        let server = Server::start(listener, api::routes(Arc::clone(&world)));
        begin(&world);
        end.await;
        ending.tell();
        // Whoever is cut off may still wait for an answer, so that the server ends last.
        world.tasks.end(grace).await;
        server.end(LAST_REQUESTS).await;
    }
}

/// All actors begin.
fn begin(world: &Arc<World>) {
    let tasks = &world.tasks;
    let visitors = Arc::new(Visitors::new());
    tasks.spawn(turns::give(Arc::clone(world), Arc::clone(&visitors)));
    let at = Arc::clone(world);
    tasks.spawn(async move { visitors.look_around(&at).await });

    tasks.spawn(Arc::new(Support::new()).work(Arc::clone(world)));
    let at = Arc::clone(world);
    tasks.spawn(async move { at.docs.watch(&at).await });

    let at = Arc::clone(world);
    tasks.spawn(async move { editors::curate(&at).await });
    let at = Arc::clone(world);
    tasks.spawn(async move { editors::publish(&at).await });

    let crew = Arc::new(Crew::for_tasks(turns::tasks_per_second(world.model.habits().rate)));
    tasks.spawn(Arc::clone(&crew).dispatch(Arc::clone(world)));
    let at = Arc::clone(world);
    tasks.spawn(async move { crew.direct(&at).await });
}
