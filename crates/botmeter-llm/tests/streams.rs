//! Streams of any client: each way in which they go wrong, and what is counted.

#![cfg(test)]

use std::{
    cell::RefCell,
    future::{Future, ready},
    io,
    panic::{self, AssertUnwindSafe},
    pin::{Pin, pin},
    task::{Context, Poll, Waker},
};

use botmeter_llm::{
    ErrorKind, Llm, LlmConfig, Price, PriceBook, Provider, Seen, Usage,
    core::{Memory, Meter},
};
use futures_util::{Stream, StreamExt, stream};

const MODEL: &str = "gpt-4o";

type Chunk = (&'static str, Option<Usage>);

struct Bench {
    memory: Memory,
    llm: Llm,
}

impl Bench {
    fn new() -> Self {
        let memory = Memory::new();
        let price = Price::per_million(1.0, 1.0).unwrap();
        let prices = PriceBook::new().with(Provider::OpenAi, MODEL, price);
        let config = LlmConfig::new().prices(prices);
        let llm = Llm::with_config(&Meter::new(memory.clone()), config);
        Self { memory, llm }
    }

    /// What came of the calls, with less text.
    #[track_caller]
    fn check(&self, expected: &[&str]) {
        let moved = self.memory.moved();
        let shorter = |line: &String| {
            line.replace("provider=\"openai\",model=\"gpt-4o\"", "…").replace(",}", "}")
        };
        let told = ["llm_requests", "llm_errors", "llm_cost", "llm_tokens_total", "llm_time_to"];
        let moved: Vec<String> = moved
            .iter()
            .filter(|line| told.iter().any(|name| line.starts_with(name)))
            .map(shorter)
            .collect();
        assert_eq!(moved, expected, "\n{}", self.memory.text());
    }
}

fn look(chunk: &Chunk, seen: &mut Seen<'_>) {
    match chunk.0 {
        "" => {}
        "." => seen.finish(),
        _ => seen.token(),
    }
    seen.usage(chunk.1);
}

fn usage(prompt: u64, completion: u64) -> Usage {
    Usage::including_cache(prompt, completion)
}

fn cut() -> io::Error {
    io::ErrorKind::ConnectionReset.into()
}

/// The stream, observed.
async fn observed<S: Stream<Item = io::Result<Chunk>>>(
    bench: &Bench,
    chunks: S,
) -> impl Stream<Item = io::Result<Chunk>> + use<S> {
    let open = ready(io::Result::Ok(chunks));
    bench.llm.observe_stream(Provider::OpenAi, MODEL, open, look).await.unwrap()
}

const FINISHED: [&str; 4] = [
    "llm_cost_dollars_total{…} 0.000014",
    "llm_requests_total{…,status=\"success\"} 1",
    "llm_time_to_first_token_seconds_count{…} 1",
    "llm_tokens_total{…} 14",
];

#[tokio::test]
async fn a_stream_that_ends_is_finished_and_has_the_same_items() {
    let bench = Bench::new();
    let items =
        || stream::iter([Ok(("", None)), Ok(("hello", None)), Ok(("", Some(usage(12, 2))))]);
    let chunks = observed(&bench, items()).await;
    bench.check(&["llm_requests_in_flight{…} 1"]);
    assert_eq!(chunks.size_hint(), items().size_hint());
    let all: Vec<Chunk> = chunks.map(Result::unwrap).collect().await;
    assert_eq!(all, [("", None), ("hello", None), ("", Some(usage(12, 2)))]);
    bench.check(&FINISHED);
}

#[tokio::test]
async fn a_stream_without_usage_is_unpriced() {
    let bench = Bench::new();
    observed(&bench, stream::iter([Ok(("hello", None))])).await.count().await;
    bench.check(&[
        "llm_cost_unpriced_total{…} 1",
        "llm_requests_total{…,status=\"success\"} 1",
        "llm_time_to_first_token_seconds_count{…} 1",
    ]);

    let bench = Bench::new();
    observed(&bench, stream::iter([Ok(("", None))])).await.count().await;
    bench.check(&["llm_cost_unpriced_total{…} 1", "llm_requests_total{…,status=\"success\"} 1"]);
}

#[tokio::test]
async fn a_stream_that_is_dropped_is_cancelled_and_billed_by_what_was_seen() {
    let bench = Bench::new();
    let endless = || stream::repeat_with(|| Ok(("hello", None)));
    let mut chunks = Box::pin(observed(&bench, endless()).await);
    chunks.next().await.unwrap().unwrap();
    drop(chunks);
    bench.check(&[
        "llm_cost_unpriced_total{…} 1",
        "llm_requests_total{…,status=\"cancelled\"} 1",
        "llm_time_to_first_token_seconds_count{…} 1",
    ]);

    let bench = Bench::new();
    let told = stream::iter([Ok(("", Some(usage(12, 2))))]).chain(endless());
    let mut chunks = observed(&bench, told).await;
    chunks.next().await.unwrap().unwrap();
    drop(chunks);
    bench.check(&[
        "llm_cost_dollars_total{…} 0.000014",
        "llm_requests_total{…,status=\"cancelled\"} 1",
        "llm_tokens_total{…} 14",
    ]);

    // Nothing came of it.
    let bench = Bench::new();
    drop(observed(&bench, endless()).await);
    bench.check(&["llm_requests_total{…,status=\"cancelled\"} 1"]);
}

#[tokio::test]
async fn a_stream_that_is_not_read_past_its_last_chunk_is_finished() {
    let bench = Bench::new();
    let items = [Ok(("hello", None)), Ok((".", None)), Ok(("", Some(usage(12, 2))))];
    let mut chunks = observed(&bench, stream::iter(items).chain(stream::pending())).await;
    for _ in 0..3 {
        chunks.next().await.unwrap().unwrap();
    }
    bench.check(&["llm_requests_in_flight{…} 1", "llm_time_to_first_token_seconds_count{…} 1"]);
    drop(chunks);
    bench.check(&FINISHED);
}

#[tokio::test]
async fn a_stream_that_errs_is_failed_once_even_if_it_goes_on() {
    let bench = Bench::new();
    let items = [
        Ok(("hello", Some(usage(12, 2)))),
        Err(cut()),
        Ok(("again", Some(usage(1000, 1000)))),
        Err(cut()),
        Ok((".", None)),
    ];
    let mut chunks = observed(&bench, stream::iter(items)).await;
    chunks.next().await.unwrap().unwrap();
    assert!(chunks.next().await.unwrap().is_err());
    let failed = [
        "llm_cost_dollars_total{…} 0.000014",
        "llm_errors_total{…,error_type=\"network\"} 1",
        "llm_requests_total{…,status=\"error\"} 1",
        "llm_time_to_first_token_seconds_count{…} 1",
        "llm_tokens_total{…} 14",
    ];
    bench.check(&failed);
    assert_eq!(chunks.next().await.unwrap().unwrap().0, "again");
    assert!(chunks.next().await.unwrap().is_err());
    assert_eq!(chunks.next().await.unwrap().unwrap().0, ".");
    assert!(chunks.next().await.is_none());
    drop(chunks);
    bench.check(&failed);
}

#[tokio::test]
async fn usage_that_shrinks_or_cannot_be_leaves_the_largest() {
    let bench = Bench::new();
    let items = [
        // As Anthropic does: the prompt first, the completion with each chunk.
        ("hello", Some(Usage::excluding_cache(400, 1).cache_read(600))),
        ("", Some(Usage::excluding_cache(0, 40))),
        ("", Some(Usage::including_cache(-1, 30))),
        ("", Some(Usage::including_cache(7, 30))),
        ("", None),
    ];
    observed(&bench, stream::iter(items.map(Ok))).await.count().await;
    let tokens = |name| {
        let labels = [("provider", "openai"), ("model", MODEL)];
        bench.memory.value(name, &labels)
    };
    assert_eq!(tokens("llm_tokens_prompt_total"), Some(1000.0));
    assert_eq!(tokens("llm_tokens_cache_read_total"), Some(600.0));
    assert_eq!(tokens("llm_tokens_completion_total"), Some(40.0));
}

/// Ends, and begins again.
struct EndsTwice(u32);

impl Stream for EndsTwice {
    type Item = io::Result<Chunk>;

    fn poll_next(mut self: Pin<&mut Self>, _: &mut Context<'_>) -> Poll<Option<Self::Item>> {
        self.0 += 1;
        assert!(self.0 < 3, "polled past its end");
        Poll::Ready((self.0 == 1).then_some(Ok(("hello", Some(usage(12, 2))))))
    }
}

#[tokio::test]
async fn a_stream_that_is_polled_past_its_end_stays_there() {
    let bench = Bench::new();
    let mut chunks = observed(&bench, EndsTwice(0)).await;
    assert!(chunks.next().await.is_some());
    for _ in 0..3 {
        assert!(chunks.next().await.is_none());
        assert_eq!(chunks.size_hint(), (0, Some(0)));
    }
    drop(chunks);
    bench.check(&FINISHED);
}

/// Polls it, and whether it panicked.
fn panics(chunks: Pin<&mut impl Stream>) -> bool {
    let mut context = Context::from_waker(Waker::noop());
    let hook = panic::take_hook();
    panic::set_hook(Box::new(|_| ()));
    let polled = panic::catch_unwind(AssertUnwindSafe(|| {
        let _ = chunks.poll_next(&mut context).is_ready();
    }));
    panic::set_hook(hook);
    polled.is_err()
}

const PANICKED: [&str; 4] = [
    "llm_cost_unpriced_total{…} 1",
    "llm_errors_total{…,error_type=\"unknown\"} 1",
    "llm_requests_total{…,status=\"error\"} 1",
    "llm_time_to_first_token_seconds_count{…} 1",
];

#[tokio::test]
async fn a_panic_of_the_stream_or_of_the_closure_is_an_error_even_if_it_is_caught() {
    let bench = Bench::new();
    let items = stream::iter([0, 1]).map(|n| {
        assert_eq!(n, 0, "on purpose");
        Ok(("hello", None))
    });
    let mut chunks = Box::pin(observed(&bench, items).await);
    chunks.next().await.unwrap().unwrap();
    assert!(panics(chunks.as_mut()));
    drop(chunks);
    bench.check(&PANICKED);

    let bench = Bench::new();
    let look = |_: &Chunk, seen: &mut Seen<'_>| {
        seen.token();
        panic!("on purpose");
    };
    let open = ready(io::Result::Ok(stream::iter([io::Result::Ok(("hello", None))])));
    let chunks = bench.llm.observe_stream(Provider::OpenAi, MODEL, open, look).await.unwrap();
    let mut chunks = Box::pin(chunks);
    assert!(panics(chunks.as_mut()));
    assert!(chunks.next().await.is_none());
    drop(chunks);
    bench.check(&PANICKED);
}

#[tokio::test]
async fn a_stream_that_does_not_open_is_failed_or_cancelled_and_one_that_nobody_asks_for_is_nothing()
 {
    type Chunks = stream::Empty<anyhow::Result<Chunk>>;
    let bench = Bench::new();
    let refused = ready(Err::<Chunks, _>(anyhow::Error::from(cut()).context("ask")));
    let model = bench.llm.model(Provider::OpenAi, MODEL);
    let error = model.observe_stream(refused, look).await.err().unwrap();
    assert_eq!(error.to_string(), "ask");
    bench.check(&[
        "llm_errors_total{…,error_type=\"network\"} 1",
        "llm_requests_total{…,status=\"error\"} 1",
    ]);

    let bench = Bench::new();
    let model = bench.llm.model(Provider::OpenAi, MODEL);
    let never = std::future::pending::<Result<Chunks, Box<dyn std::error::Error>>>();
    let mut opening = Box::pin(model.observe_stream(never, look));
    assert!(opening.as_mut().poll(&mut Context::from_waker(Waker::noop())).is_pending());
    bench.check(&["llm_requests_in_flight{…} 1"]);
    drop(opening);
    bench.check(&["llm_requests_total{…,status=\"cancelled\"} 1"]);

    let bench = Bench::new();
    let nobody = ready(io::Result::Ok(stream::empty::<io::Result<Chunk>>()));
    drop(bench.llm.observe_stream(Provider::OpenAi, MODEL, nobody, look));
    bench.check(&[]);
}

/// Notes when it is dropped.
struct Noted<'a>(&'a RefCell<Vec<&'static str>>, &'a Memory);

impl Drop for Noted<'_> {
    fn drop(&mut self) {
        let labels = [("provider", "openai"), ("model", MODEL)];
        let in_flight = self.1.value("llm_requests_in_flight", &labels);
        let note = if in_flight == Some(1.0) { "in its call" } else { "after its call" };
        self.0.borrow_mut().push(note);
    }
}

#[tokio::test]
async fn what_a_stream_holds_goes_before_its_call_ends() {
    let bench = Bench::new();
    let notes = RefCell::new(Vec::new());
    let noting = || {
        let held = Noted(&notes, &bench.memory);
        stream::iter([Ok(("hello", None))]).inspect(move |_| {
            let _ = &held;
        })
    };
    let ended = observed(&bench, noting()).await;
    let mut ended = pin!(ended);
    while ended.next().await.is_some() {}
    assert_eq!(notes.take(), ["in its call"]);
    drop(observed(&bench, noting()).await);
    assert_eq!(notes.take(), ["in its call"]);
}

#[tokio::test]
async fn a_reply_of_any_client_is_counted_with_any_error() {
    struct Reply(u32, u32);
    let bench = Bench::new();
    let usage = |reply: &Reply| Usage::including_cache(reply.0, reply.1);
    let reply = ready(anyhow::Ok(Reply(12, 2)));
    bench.llm.observe_with(Provider::OpenAi, MODEL, reply, usage).await.unwrap();
    bench.check(&[
        "llm_cost_dollars_total{…} 0.000014",
        "llm_requests_total{…,status=\"success\"} 1",
        "llm_tokens_total{…} 14",
    ]);

    let bench = Bench::new();
    let sent = ready(Err::<Reply, Box<dyn std::error::Error + Send + Sync>>(Box::new(cut())));
    assert!(bench.llm.observe_with(Provider::OpenAi, MODEL, sent, usage).await.is_err());
    let kept = ready(Err::<Reply, Box<dyn std::error::Error>>(Box::new(cut())));
    let model = bench.llm.model(Provider::OpenAi, MODEL);
    assert!(model.observe_with(kept, usage).await.is_err());
    let context = ready(Err::<Reply, _>(anyhow::Error::from(cut()).context("ask")));
    assert!(model.observe_with(context, usage).await.is_err());
    let own = ready(Err::<Reply, _>(ErrorKind::Network));
    assert!(model.observe_with(own, |_| None).await.is_err());
    bench.check(&[
        "llm_errors_total{…,error_type=\"network\"} 4",
        "llm_requests_total{…,status=\"error\"} 4",
    ]);
}
