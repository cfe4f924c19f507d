//! Rates that a price lacks, said once.

use std::sync::atomic::{AtomicBool, Ordering};

use botmeter_core::problem;

use super::Price;
use crate::{Provider, Usage};

/// What is to be said of the price of one model. A call that needs a rate which
/// is not there is unpriced, and in the counter nobody sees why.
#[derive(Debug)]
pub(crate) struct Gaps {
    provider: Provider,
    model: Box<str>,
    is_read_known: AtomicBool,
    is_write_known: AtomicBool,
}

impl Gaps {
    pub(crate) fn new((provider, model): (Provider, &str)) -> Self {
        Self {
            provider,
            model: model.into(),
            is_read_known: AtomicBool::new(false),
            is_write_known: AtomicBool::new(false),
        }
    }

    /// Says which rates this usage needs and the price lacks.
    #[cold]
    pub(crate) fn look(&self, price: &Price, usage: &Usage) {
        let (read, write) = (usage.cache_read_tokens(), usage.cache_write_tokens());
        if read > 0 && price.cache_read.is_none() {
            self.say(&self.is_read_known, "read from", "cache_read");
        }
        if write > 0 && price.cache_write.is_none() {
            self.say(&self.is_write_known, "written to", "cache_write");
        }
    }

    fn say(&self, is_known: &AtomicBool, what: &str, rate: &str) {
        if is_known.swap(true, Ordering::Relaxed) {
            return;
        }
        problem!(
            warn,
            provider = self.provider.as_str(),
            model = &*self.model,
            "calls with tokens {what} the provider's cache are unpriced, because the price of \
             this model has no rate for them: add it with `Price::{rate}`, or as `{rate}` in a \
             file of prices"
        );
    }
}
