//! Whether the machine has the memory for so many bots.

use std::fs;

use anyhow::{Result, ensure};

use super::report::bytes;
use crate::terminal::say;

/// An error if the stores would need more than is there.
pub(super) fn suffices(bots: u32, series: f64, each: f64) -> Result<()> {
    if let Some(available) = available() {
        return judge(f64::from(bots), series, each, available);
    }
    let needed = bytes(f64::from(bots) * series * each);
    say(format_args!(
        "note: the stores need about {needed} of memory, and how much this machine has cannot be \
         told"
    ));
    Ok(())
}

fn judge(bots: f64, series: f64, each: f64, available: f64) -> Result<()> {
    let needed = bots * series * each;
    ensure!(
        needed <= available,
        "{bots} bots with {series} series each need about {} of memory by docs/scaling.md, and \
         this machine has {} to give: ask for {} bots at most, or take a larger machine",
        bytes(needed),
        bytes(available),
        (available / series / each).floor()
    );
    Ok(())
}

/// What the system would give without swapping, where it says so.
fn available() -> Option<f64> {
    let text = fs::read_to_string("/proc/meminfo").ok()?;
    let line = text.lines().find_map(|line| line.strip_prefix("MemAvailable:"))?;
    let kibibytes: f64 = line.trim().strip_suffix(" kB")?.parse().ok()?;
    Some(kibibytes * 1024.0)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn too_many_bots_are_refused_with_how_many_would_do() {
        judge(1000.0, 413.0, 7000.0, 24e9).unwrap();
        let error = judge(1e6, 413.0, 7000.0, 24e9).unwrap_err().to_string();
        assert_eq!(
            error,
            "1000000 bots with 413 series each need about 2.9 TB of memory by docs/scaling.md, \
             and this machine has 24 GB to give: ask for 8301 bots at most, or take a larger \
             machine"
        );
    }
}
