//! Under which instance a telemetry pushes, so that no two of a process do
//! under the same.

use std::{
    collections::BTreeSet,
    sync::{Mutex, MutexGuard, PoisonError},
};

use botmeter_core::problem;
use botmeter_export::Resource;

/// What makes two pushes the same series to a receiver: the namespace, the
/// name and the instance of the service.
type Key = (Option<String>, String, String);

/// Those that push now.
static TAKEN: Mutex<BTreeSet<Key>> = Mutex::new(BTreeSet::new());

/// An identity that is taken until this is dropped; none if another telemetry
/// has it and the program insists.
#[derive(Debug)]
pub(crate) struct Identity(Option<Key>);

impl Identity {
    /// Takes the identity of this resource. If another telemetry of this
    /// process has it, the instance becomes the next that is free; one that
    /// the program gave in its code stays.
    pub(crate) fn take(resource: &mut Resource, is_of_code: bool) -> Self {
        let namespace = resource.attributes.iter().find(|(key, _)| key == "service.namespace");
        let namespace = namespace.map(|(_, value)| value.clone());
        let key = |instance: &str| {
            (namespace.clone(), resource.service_name.clone(), instance.to_owned())
        };
        let mut taken = lock();
        let wanted = key(&resource.instance_id);
        if taken.insert(wanted.clone()) {
            return Self(Some(wanted));
        }
        let (service, instance) = (&resource.service_name, &resource.instance_id);
        if is_of_code {
            drop(taken);
            problem!(
                warn,
                service = service,
                instance = instance,
                "another telemetry of this process pushes as this instance: where one receiver \
                 gets both, their counts overwrite each other; give each an instance of its own \
                 with `Builder::instance_id`"
            );
            return Self(None);
        }
        let mut number = 2;
        let pushed_as = loop {
            let other = format!("{instance}-{number}");
            if taken.insert(key(&other)) {
                break other;
            }
            number += 1;
        };
        drop(taken);
        problem!(
            warn,
            service = service,
            instance = instance,
            pushed_as = pushed_as,
            "another telemetry of this process pushes as this instance, so this one has a name of \
             its own: start one telemetry for all domains, or give each an instance with \
             `Builder::instance_id`"
        );
        let free = key(&pushed_as);
        resource.instance_id = pushed_as;
        Self(Some(free))
    }
}

impl Drop for Identity {
    fn drop(&mut self) {
        if let Some(key) = self.0.take() {
            lock().remove(&key);
        }
    }
}

fn lock() -> MutexGuard<'static, BTreeSet<Key>> {
    TAKEN.lock().unwrap_or_else(PoisonError::into_inner)
}
