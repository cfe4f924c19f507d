//! What a bridge is told.

#![cfg(test)]

use std::{
    sync::{Arc, Mutex, OnceLock},
    thread,
};

use botmeter_core::{
    Backend, Bound, Bridge, Gauge, Instrument, Memory, Meter, Sink, Unit,
    store::{Family, Labels},
};

static BUSY: Instrument<Gauge, ()> = Instrument::gauge("bot.busy", Unit::NONE, "Busy.");

/// Is told where a gauge stands; the first time, another thread moves it on
/// before that is noted.
#[derive(Clone, Debug, Default)]
struct Slow(Arc<State>);

#[derive(Debug, Default)]
struct State {
    moved: OnceLock<Gauge>,
    stands: Mutex<Vec<f64>>,
}

impl Sink<f64> for Slow {
    fn record(&self, value: f64) {
        if value.to_bits() == 1.0_f64.to_bits() {
            let gauge = self.0.moved.get().unwrap();
            thread::scope(|scope| scope.spawn(|| gauge.step(1.0)).join().unwrap());
        }
        self.0.stands.lock().unwrap().push(value);
    }
}

impl Bridge for Slow {
    fn gauge(&self, _: &Family, _: &Labels) -> Bound<f64> {
        Bound::to(self.clone())
    }
}

impl Backend for Slow {
    fn bridge(&self) -> Option<Arc<dyn Bridge>> {
        Some(Arc::new(self.clone()))
    }
}

#[test]
fn a_gauge_that_two_threads_move_at_once_ends_where_ours_does() {
    let (slow, memory) = (Slow::default(), Memory::new());
    let meter = Meter::of(&[Arc::new(slow.clone()), Arc::new(memory.clone())]);
    let busy = BUSY.bind(&meter, ());
    slow.0.moved.set(busy.clone()).unwrap();
    busy.step(1.0);
    assert_eq!(memory.value("bot_busy", &[]), Some(2.0));
    assert_eq!(slow.0.stands.lock().unwrap().last(), Some(&2.0), "{:?}", slow.0.stands);
}
