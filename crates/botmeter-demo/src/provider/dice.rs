//! Draws what happens to each call from one seeded source of random numbers.

use std::sync::{Mutex, PoisonError};
use std::time::Duration;

use fastrand::Rng;

use super::profile::{Faults, Latency, Profile, Share};

/// The 95th percentile of the standard normal distribution.
const Z_95: f64 = 1.644_853_626_951_472_2;

/// Decides the fate of one call after the other.
///
/// Every call takes the same number of random numbers whatever becomes of it, so that raising one
/// share leaves the latencies of all other calls as they were.
#[derive(Debug)]
pub(super) struct Dice {
    rng: Mutex<Rng>,
    faults: Faults,
    first_token: Latency,
    per_token: Latency,
}

/// What happens to one call.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) struct Plan {
    pub(super) fate: Fate,
    pub(super) first_token: Duration,
    pub(super) per_token: Duration,
    /// Tokens of the text that the caller gets to see.
    pub(super) visible_tokens: u64,
    /// Tokens that the model thinks before it writes; they are billed as completion.
    pub(super) reasoning_tokens: u64,
    /// Part of the prompt that the provider had seen before.
    pub(super) cached: Share,
    /// Where the random words of the text start.
    pub(super) text_seed: u64,
}

/// One call goes well or goes wrong in one way.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Fate {
    Answered,
    RateLimited,
    ServerError,
    Unauthorized,
    Filtered,
    Malformed,
    Hangs,
    Dropped,
}

impl Dice {
    pub(super) fn new(profile: &Profile) -> Self {
        Self {
            rng: Mutex::new(Rng::with_seed(profile.seed)),
            faults: profile.faults,
            first_token: profile.first_token,
            per_token: profile.per_token,
        }
    }

    pub(super) fn roll(&self) -> Plan {
        // A panic elsewhere leaves the numbers as random as they were.
        let mut rng = self.rng.lock().unwrap_or_else(PoisonError::into_inner);
        let fate = fate(&self.faults, rng.f64());
        let first_token = duration(self.first_token, &mut rng);
        let per_token = duration(self.per_token, &mut rng);
        let visible_tokens = rng.u64(12..=90);
        let thought = rng.u64(20..=200);
        let reasoning_tokens = if rng.u8(0..3) == 0 { thought } else { 0 };
        let remembered = rng.f64() * 0.8;
        let cached =
            if rng.bool() { Share::new(remembered).unwrap_or(Share::NONE) } else { Share::NONE };
        let text_seed = rng.u64(..);
        Plan { fate, first_token, per_token, visible_tokens, reasoning_tokens, cached, text_seed }
    }
}

/// Lays the shares end to end from 0 and finds where the number, which is below 1, falls.
fn fate(faults: &Faults, number: f64) -> Fate {
    let mut end = 0.0;
    for (share, fate) in [
        (faults.rate_limited, Fate::RateLimited),
        (faults.server_errors, Fate::ServerError),
        (faults.unauthorized, Fate::Unauthorized),
        (faults.filtered, Fate::Filtered),
        (faults.malformed, Fate::Malformed),
        (faults.hangs, Fate::Hangs),
        (faults.dropped, Fate::Dropped),
    ] {
        end += share.get();
        if number < end {
            return fate;
        }
    }
    Fate::Answered
}

fn duration(latency: Latency, rng: &mut Rng) -> Duration {
    let normal = standard_normal(rng);
    let sigma = latency.spread.ln() / Z_95;
    let seconds = latency.median.as_secs_f64() * (sigma * normal).exp();
    // Only a spread beyond anything sensible leaves the range of a duration.
    Duration::try_from_secs_f64(seconds).unwrap_or(Duration::MAX)
}

/// One normally distributed number by the method of Box and Muller.
fn standard_normal(rng: &mut Rng) -> f64 {
    let radius = (-2.0 * (1.0 - rng.f64()).ln()).sqrt();
    let angle = std::f64::consts::TAU * rng.f64();
    radius * angle.cos()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn plans(profile: &Profile, calls: usize) -> Vec<Plan> {
        let dice = Dice::new(profile);
        (0..calls).map(|_| dice.roll()).collect()
    }

    #[test]
    fn the_same_seed_gives_the_same_fates() {
        let faults = Faults {
            rate_limited: Share::new(0.3).unwrap(),
            hangs: Share::new(0.3).unwrap(),
            ..Faults::none()
        };
        let profile = Profile { faults, seed: 7, ..Profile::default() };
        assert_eq!(plans(&profile, 100), plans(&profile, 100));
        assert_ne!(plans(&profile, 100), plans(&Profile { seed: 8, ..profile.clone() }, 100));
    }

    #[test]
    fn a_share_changes_only_who_fails() {
        let calm = plans(&Profile::default(), 50);
        let faults = Faults { dropped: Share::ALL, ..Faults::none() };
        let stormy = plans(&Profile { faults, ..Profile::default() }, 50);
        for (calm, stormy) in calm.iter().zip(&stormy) {
            assert_eq!(stormy.fate, Fate::Dropped);
            assert_eq!(&Plan { fate: Fate::Answered, ..*stormy }, calm);
        }
    }

    #[test]
    fn faults_come_as_often_as_their_share_says() {
        let share = |share| Share::new(share).unwrap();
        let faults = Faults {
            rate_limited: share(0.1),
            server_errors: share(0.05),
            unauthorized: share(0.02),
            filtered: share(0.03),
            malformed: share(0.2),
            hangs: share(0.15),
            dropped: share(0.25),
        };
        let plans = plans(&Profile { faults, ..Profile::default() }, 20_000);
        for (fate, expected) in [
            (Fate::RateLimited, 0.1),
            (Fate::ServerError, 0.05),
            (Fate::Unauthorized, 0.02),
            (Fate::Filtered, 0.03),
            (Fate::Malformed, 0.2),
            (Fate::Hangs, 0.15),
            (Fate::Dropped, 0.25),
            (Fate::Answered, 0.2),
        ] {
            let seen = plans.iter().filter(|plan| plan.fate == fate).count() as f64 / 20_000.0;
            assert!((seen - expected).abs() < 0.01, "{fate:?}: {seen} instead of {expected}");
        }
    }

    #[test]
    fn latencies_have_the_median_and_the_spread_that_were_asked_for() {
        let first_token = Latency { median: Duration::from_millis(200), spread: 4.0 };
        let profile = Profile { first_token, ..Profile::default() };
        let mut seen: Vec<f64> =
            plans(&profile, 20_000).iter().map(|plan| plan.first_token.as_secs_f64()).collect();
        seen.sort_by(f64::total_cmp);
        let (median, p95) = (seen[10_000], seen[19_000]);
        assert!((median - 0.2).abs() < 0.01, "median {median}");
        assert!((p95 - 0.8).abs() < 0.05, "95th percentile {p95}");
    }

    #[test]
    fn a_spread_of_one_is_always_the_median() {
        let first_token = Latency::always(Duration::from_millis(3));
        let profile = Profile { first_token, ..Profile::default() };
        for plan in plans(&profile, 100) {
            assert_eq!(plan.first_token, Duration::from_millis(3));
        }
    }
}
