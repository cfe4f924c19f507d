//! What the queue keeps, hands over, and drops.

use std::{
    sync::{
        Mutex,
        atomic::{AtomicBool, AtomicUsize, Ordering},
        mpsc::{self, Receiver},
    },
    time::SystemTime,
};

use opentelemetry::{
    InstrumentationScope,
    trace::{SpanContext, SpanId, SpanKind, Status, TraceFlags, TraceId, TraceState},
};
use opentelemetry_sdk::trace::{SpanEvents, SpanLinks};

use super::*;
use botmeter_export::BackendKind;

const SOON: Duration = Duration::from_secs(20);
const NEVER: Duration = Duration::MAX;

fn span() -> SpanData {
    let now = SystemTime::now();
    SpanData {
        span_context: SpanContext::new(
            TraceId::from(1),
            SpanId::from(1),
            TraceFlags::SAMPLED,
            false,
            TraceState::default(),
        ),
        parent_span_id: SpanId::INVALID,
        parent_span_is_remote: false,
        span_kind: SpanKind::Internal,
        name: "one".into(),
        start_time: now,
        end_time: now,
        attributes: Vec::new(),
        dropped_attributes_count: 0,
        events: SpanEvents::default(),
        links: SpanLinks::default(),
        status: Status::Unset,
        instrumentation_scope: InstrumentationScope::default(),
    }
}

fn start(destination: impl Destination, batch_size: usize) -> (Queue, Exports) {
    let exports = Exports::new(BackendKind::Traces);
    let batching = Batching { delay: NEVER, queue_size: 100, batch_size };
    let queue =
        Queue::start(Box::new(destination), batching, exports.clone(), Guards::default()).unwrap();
    (queue, exports)
}

#[derive(Default)]
struct PanicsOnce(AtomicBool);

impl Destination for PanicsOnce {
    fn export(&self, _: Vec<SpanData>) -> Result<(), String> {
        assert!(self.0.swap(true, Ordering::Relaxed), "out of luck");
        Ok(())
    }
}

impl fmt::Display for PanicsOnce {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("nowhere")
    }
}

#[test]
fn a_panic_is_a_failure_of_one_export_and_not_the_end_of_all() {
    let (queue, exports) = start(PanicsOnce::default(), 10);
    queue.push(span());
    assert_eq!(
        queue.flush(SOON).unwrap_err().chain(),
        "deliver 1 spans: the exporter panicked, which is a bug; its message was printed"
    );
    queue.push(span());
    queue.flush(SOON).unwrap();
    queue.shutdown(SOON).unwrap();
    assert_eq!((exports.success_count(), exports.failure_count()), (1, 1));
}

/// Takes each batch when the test lets it.
struct Slow {
    may: Mutex<Receiver<()>>,
    exported: Arc<AtomicUsize>,
}

impl Destination for Slow {
    fn export(&self, spans: Vec<SpanData>) -> Result<(), String> {
        // The test may end first.
        let _over = self.may.lock().unwrap().recv();
        self.exported.fetch_add(spans.len(), Ordering::SeqCst);
        Ok(())
    }
}

impl fmt::Display for Slow {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a slow place")
    }
}

#[test]
fn a_shutdown_that_was_given_up_ends_with_the_batch_that_is_on_its_way() {
    let (let_go, may) = mpsc::channel();
    let exported = Arc::new(AtomicUsize::new(0));
    let (queue, _) = start(Slow { may: Mutex::new(may), exported: Arc::clone(&exported) }, 1);
    for _ in 0..3 {
        queue.push(span());
    }
    assert_eq!(
        queue.shutdown(Duration::from_millis(50)).unwrap_err().chain(),
        "deliver the last spans to a slow place in time: 3 spans are not delivered, without an \
         answer yet"
    );
    // From now on, nothing would hold up the others.
    drop(let_go);
    queue.shutdown(SOON).unwrap();
    assert_eq!(exported.load(Ordering::SeqCst), 1, "the other batches are given up");
}

#[test]
fn a_flush_waits_for_what_ended_before_it_and_not_for_what_ends_later() {
    let (let_go, may) = mpsc::channel();
    let exported = Arc::new(AtomicUsize::new(0));
    let (queue, _) = start(Slow { may: Mutex::new(may), exported: Arc::clone(&exported) }, 1);
    queue.push(span());
    let flushing = queue.clone();
    let flushed = thread::spawn(move || flushing.flush(SOON));
    while queue.0.lock().hurry == 0 {
        thread::yield_now();
    }
    queue.push(span());
    let_go.send(()).unwrap();
    flushed.join().unwrap().unwrap();
    assert_eq!(exported.load(Ordering::SeqCst), 1);
}

/// Keeps when spans began and ended.
#[derive(Clone, Default)]
struct Keeps(Arc<Mutex<Vec<(SystemTime, SystemTime)>>>);

impl Destination for Keeps {
    fn export(&self, spans: Vec<SpanData>) -> Result<(), String> {
        let times = spans.into_iter().map(|span| (span.start_time, span.end_time));
        self.0.lock().unwrap().extend(times);
        Ok(())
    }
}

impl fmt::Display for Keeps {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a list")
    }
}

/// Receivers refuse a negative duration, or show one of centuries.
#[test]
fn a_span_over_which_the_clock_was_set_back_ends_when_it_began() {
    let kept = Keeps::default();
    let (queue, _) = start(kept.clone(), 10);
    let now = SystemTime::now();
    let hour = Duration::from_hours(1);
    for end_time in [now - hour, now + hour] {
        queue.push(SpanData { start_time: now, end_time, ..span() });
    }
    queue.flush(SOON).unwrap();
    assert_eq!(*kept.0.lock().unwrap(), [(now, now), (now, now + hour)]);
}
