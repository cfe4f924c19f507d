//! The one way in which tests wait.

use std::thread;
use std::time::{Duration, Instant};

use anyhow::{Result, bail};

/// Asks `probe` every 50 ms until it gives a value, and returns that.
///
/// The thread sleeps in between, so an async test calls this through
/// `spawn_blocking`. `description` says what is waited for, such as
/// `"the bot to be scraped"`.
///
/// # Errors
///
/// The first error of `probe`, at once: what may still turn out well is
/// `Ok(None)`. And the deadline, when it passes without a value; the probe is
/// asked once more after it, so a machine that stood still is not a failure.
pub fn eventually<T>(
    deadline: Duration,
    description: &str,
    mut probe: impl FnMut() -> Result<Option<T>>,
) -> Result<T> {
    let start = Instant::now();
    loop {
        let late = start.elapsed() >= deadline;
        if let Some(value) = probe()? {
            return Ok(value);
        }
        if late {
            bail!("waited {deadline:?} in vain for {description}");
        }
        thread::sleep(Duration::from_millis(50));
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn it_asks_until_there_is_a_value() {
        let mut asked = 0;
        let answer = eventually(Duration::from_mins(1), "the third time", || {
            asked += 1;
            Ok((asked == 3).then_some("now"))
        });
        assert_eq!((answer.ok(), asked), (Some("now"), 3));
    }

    #[test]
    fn it_asks_once_even_without_time() {
        let answer = eventually(Duration::ZERO, "a value", || Ok(Some(1)));
        assert_eq!(answer.ok(), Some(1));
    }

    #[test]
    fn an_error_ends_it_at_once() {
        let mut asked = 0;
        let answer = eventually::<()>(Duration::from_mins(1), "a value", || {
            asked += 1;
            bail!("no hope")
        });
        assert_eq!((answer.unwrap_err().to_string().as_str(), asked), ("no hope", 1));
    }

    #[test]
    fn the_deadline_says_what_was_waited_for() {
        let answer = eventually::<()>(Duration::from_millis(60), "the bot", || Ok(None));
        assert_eq!(answer.unwrap_err().to_string(), "waited 60ms in vain for the bot");
    }
}
