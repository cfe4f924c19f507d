//! A receiver that cannot be relied on.

use std::{
    net::SocketAddr,
    sync::atomic::{AtomicBool, Ordering},
    thread,
    time::Duration,
};

use anyhow::Result;
use tokio::net::TcpSocket;

use super::chance::Chance;
use witness::{Behavior, Receiver};

/// A receiver of OTLP that is told to misbehave at random.
#[derive(Debug)]
pub(super) struct Unreliable {
    receiver: Option<Receiver>,
    address: SocketAddr,
    faults: [usize; KINDS.len()],
    /// Keeps the port for the times when nobody listens at it: without this,
    /// the system may give it to some connection meanwhile.
    _place: TcpSocket,
}

const KINDS: [&str; 6] = ["accept", "slow", "503", "hang", "close", "refuse"];

impl Unreliable {
    pub(super) fn start() -> Result<Self> {
        let place = TcpSocket::new_v4()?;
        place.set_reuseaddr(true)?;
        place.bind(([127, 0, 0, 1], 0).into())?;
        let address = place.local_addr()?;
        let receiver = Some(Receiver::http().at(address).start());
        Ok(Self { receiver, address, faults: [0; KINDS.len()], _place: place })
    }

    pub(super) fn receiver(&mut self) -> &Receiver {
        self.receiver.get_or_insert_with(|| Receiver::http().at(self.address).start())
    }

    /// One behavior after the other; in the end, everything is accepted.
    pub(super) fn run(&mut self, mut chance: Chance, is_over: &AtomicBool) {
        while !is_over.load(Ordering::Relaxed) {
            let kind = chance.below(KINDS.len());
            self.faults[kind] += 1;
            let behavior = match KINDS[kind] {
                "slow" => Behavior::AcceptAfter(Duration::from_millis(150)),
                "503" => Behavior::Answer { status: 503, headers: &[], body: "overloaded" },
                "hang" => Behavior::Hang,
                "close" => Behavior::Close,
                _ => Behavior::Accept,
            };
            if KINDS[kind] == "refuse" {
                self.receiver = None;
            } else {
                self.receiver().behave(behavior);
            }
            let millis = 50 + chance.below(450);
            thread::sleep(Duration::from_millis(millis as u64));
            // What was pushed is not to pile up here.
            self.receiver().forget();
        }
        self.receiver().behave(Behavior::Accept);
    }

    pub(super) fn report(&self) -> String {
        let all = KINDS.iter().zip(self.faults).map(|(kind, count)| format!("{kind} {count}"));
        all.collect::<Vec<_>>().join(", ")
    }
}
