//! What a subscriber sees of calls. What arrives at a receiver of traces is
//! tested with the exporter, in botmeter-core.
//!
//! Alone in its process: a place in the program that makes spans remembers
//! whether anybody wants them, and other tests have no subscriber.

#![cfg(test)]

use std::{
    convert::Infallible,
    sync::{Arc, Mutex},
};

use botmeter_llm::{
    Driver, Llm, Metered, Provider, Reply, Usage,
    core::{Domain, Memory, Meter},
};
use futures_util::{StreamExt, stream};
use tracing::{Subscriber, span};
use tracing_subscriber::{
    Layer,
    layer::{Context, SubscriberExt},
    registry::LookupSpan,
};

/// Each span with those above it, in the order of their beginnings.
#[derive(Clone, Default)]
struct Seen(Arc<Mutex<Vec<String>>>);

impl<S: Subscriber + for<'a> LookupSpan<'a>> Layer<S> for Seen {
    fn on_new_span(&self, _: &span::Attributes<'_>, id: &span::Id, context: Context<'_, S>) {
        let span = context.span(id).expect("it is there");
        let names: Vec<&str> = span.scope().from_root().map(|span| span.name()).collect();
        self.0.lock().expect("nobody panics").push(names.join(" > "));
    }
}

struct Asks;

struct Nothing;

impl Reply for Nothing {
    fn usage(&self) -> Usage {
        Usage::unknown()
    }
}

impl Driver for Asks {
    type Request = ();
    type Reply = Nothing;
    type Error = Infallible;

    fn provider(&self) -> Provider {
        Provider::Other
    }

    fn model<'a>(&'a self, (): &'a ()) -> &'a str {
        "echo"
    }

    async fn generate(&self, (): ()) -> Result<Nothing, Infallible> {
        tokio::task::yield_now().await;
        tracing::info_span!("POST").in_scope(|| {});
        Ok(Nothing)
    }
}

#[tokio::test]
async fn what_a_driver_traces_is_below_its_call() {
    let seen = Seen::default();
    let subscriber = tracing_subscriber::registry().with(seen.clone());
    let _guard = tracing::subscriber::set_default(subscriber);
    let memory = Memory::new();
    let llm = Llm::register(&Meter::new(memory.clone()));
    let Ok(Nothing) = Metered::new(Asks, &llm).generate(()).await;
    let Ok(Nothing) = llm.observe(Provider::Other, "echo", Asks.generate(())).await;
    let told = std::mem::take(&mut *seen.0.lock().expect("nobody panics"));
    assert_eq!(told, ["chat", "chat > POST", "chat", "chat > POST"]);
    let succeeded = || {
        let labels = [("provider", "other"), ("model", "echo"), ("status", "success")];
        memory.value("llm_requests_total", &labels)
    };
    assert_eq!(succeeded(), Some(2.0));

    let chunks = || {
        let trace = |_: &_| tracing::info_span!("chunk").in_scope(|| {});
        stream::iter([Ok::<(), Infallible>(())]).inspect(trace)
    };
    let open = async { Asks.generate(()).await.map(|Nothing| chunks()) };
    let Ok(chunks) = llm.observe_stream(Provider::Other, "echo", open, |(), _| ()).await;
    assert_eq!(chunks.count().await, 1);
    let told = std::mem::take(&mut *seen.0.lock().expect("nobody panics"));
    assert_eq!(told, ["chat", "chat > POST", "chat > chunk"]);

    llm.start_unspanned(Provider::Other, "echo").finish(&Usage::unknown());
    llm.model(Provider::Other, "echo").start_unspanned().finish(&Usage::unknown());
    assert_eq!(*seen.0.lock().expect("nobody panics"), [""; 0]);
    assert_eq!(succeeded(), Some(5.0));
}
