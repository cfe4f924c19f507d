//! One layer after another up to the first that is broken, with an end.

use std::{
    future::Future,
    pin::Pin,
    sync::mpsc,
    task::{Context, Poll},
    time::{Duration, Instant},
};

use botmeter_export::finding::{Finding, Verdict};

use crate::{
    answer::{self, in_background},
    diagnosis::Diagnosis,
    wait::wait,
};

/// A layer, and how to look at it. Looking may block.
pub(super) struct Layer {
    name: &'static str,
    look: Box<dyn FnOnce() -> Finding + Send>,
}

impl Layer {
    pub(super) fn new(name: &'static str, look: impl FnOnce() -> Finding + Send + 'static) -> Self {
        Self { name, look: Box::new(look) }
    }
}

/// The diagnosis, to be awaited or waited for.
#[derive(Debug)]
pub(super) struct Answer {
    answer: answer::Answer<Diagnosis>,
    names: Vec<&'static str>,
}

impl Answer {
    pub(super) fn wait(self) -> Diagnosis {
        // Resolved at the deadline at the latest, so this cannot hang.
        wait(self)
    }
}

impl Future for Answer {
    type Output = Diagnosis;

    fn poll(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<Diagnosis> {
        Pin::new(&mut self.answer).poll(context).map(|answer| {
            answer.unwrap_or_else(|| completed(Vec::new(), &self.names, DIED, REPEAT))
        })
    }
}

const DIED: &str = "the thread that looks could not be had or ended early";
const REPEAT: &str = "repeat it; if it happens again, the machine has no threads left";

/// Looks at each layer on a thread of its own. The answer comes at the
/// deadline at the latest, with the layer that holds everything up.
pub(super) fn walk(layers: Vec<Layer>, deadline: Duration) -> Answer {
    let names: Vec<&'static str> = layers.iter().map(|layer| layer.name).collect();
    let (found, findings) = mpsc::channel();
    let end = Instant::now() + deadline;
    let look = move || {
        for layer in layers {
            let finding = (layer.look)();
            let is_broken = finding.verdict == Verdict::Broken;
            if found.send(finding).is_err() || is_broken {
                break;
            }
        }
    };
    let known = names.clone();
    // Without a thread, the channel closes, and the answer says so.
    in_background("botmeter-doctor", look);
    let collect = move || collect(&findings, &known, end, deadline);
    Answer { answer: answer::Answer::of("botmeter-wait", collect), names }
}

fn collect(
    findings: &mpsc::Receiver<Finding>,
    names: &[&'static str],
    end: Instant,
    deadline: Duration,
) -> Diagnosis {
    let mut found: Vec<Finding> = Vec::new();
    while found.len() < names.len() {
        match findings.recv_timeout(end.saturating_duration_since(Instant::now())) {
            Ok(finding) => found.push(finding),
            Err(mpsc::RecvTimeoutError::Disconnected) => {
                return completed(found, names, DIED, REPEAT);
            }
            Err(mpsc::RecvTimeoutError::Timeout) => {
                let late = format!("nothing known within {:.1} s", deadline.as_secs_f64());
                return completed(
                    found,
                    names,
                    &late,
                    "find out what this layer waits for: the network, a disk, a busy machine",
                );
            }
        }
    }
    Diagnosis::new(found)
}

/// One finding for each layer. If none is broken yet, the first without a
/// finding is, for the reason given.
fn completed(
    mut found: Vec<Finding>,
    names: &[&'static str],
    evidence: &str,
    remedy: &str,
) -> Diagnosis {
    for name in &names[found.len()..] {
        let is_over = found.iter().any(|finding| finding.verdict == Verdict::Broken);
        found.push(if is_over {
            Finding::unseen(name)
        } else {
            Finding::broken(name, evidence, remedy)
        });
    }
    Diagnosis::new(found)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn ok(name: &'static str) -> Layer {
        Layer::new(name, move || Finding::ok(name, "fine"))
    }

    fn verdicts(diagnosis: &Diagnosis) -> Vec<(&str, Verdict)> {
        let findings = diagnosis.findings().iter();
        findings.map(|finding| (finding.layer, finding.verdict)).collect()
    }

    #[test]
    fn it_stops_at_the_first_broken_layer() {
        let layers = vec![
            ok("a"),
            Layer::new("b", || Finding::broken("b", "gone", "bring it back")),
            Layer::new("c", || panic!("nobody must look at this")),
        ];
        let diagnosis = walk(layers, Duration::from_secs(20)).wait();
        let expected = [("a", Verdict::Ok), ("b", Verdict::Broken), ("c", Verdict::Skipped)];
        assert_eq!(verdicts(&diagnosis), expected);
    }

    #[test]
    fn a_layer_that_hangs_is_the_broken_one_at_the_deadline() {
        let (stop, stopped) = mpsc::channel::<()>();
        let hangs = move || {
            let _ended = stopped.recv();
            Finding::ok("b", "too late")
        };
        let layers = vec![ok("a"), Layer::new("b", hangs), ok("c")];
        let start = Instant::now();
        let diagnosis = walk(layers, Duration::from_millis(100)).wait();
        assert!(start.elapsed() < Duration::from_secs(10), "{:?}", start.elapsed());
        let expected = [("a", Verdict::Ok), ("b", Verdict::Broken), ("c", Verdict::Skipped)];
        assert_eq!(verdicts(&diagnosis), expected);
        assert_eq!(diagnosis.findings()[1].evidence, "nothing known within 0.1 s");
        drop(stop);
    }

    #[test]
    fn a_look_that_panics_is_told() {
        let layers = vec![ok("a"), Layer::new("b", || panic!("on purpose"))];
        let diagnosis = walk(layers, Duration::from_secs(20)).wait();
        assert_eq!(verdicts(&diagnosis), [("a", Verdict::Ok), ("b", Verdict::Broken)]);
        assert_eq!(diagnosis.findings()[1].evidence, DIED);
    }
}
