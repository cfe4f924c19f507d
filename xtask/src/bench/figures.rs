//! What was measured.

use std::{collections::BTreeMap, fmt, fs, path::Path};

use anyhow::{Context, Result};
use serde::{Deserialize, Serialize};

/// All figures by name: a group, and a library in it.
#[derive(Debug, Deserialize, Serialize)]
pub(super) struct Figures(BTreeMap<String, Figure>);

#[derive(Clone, Debug, Deserialize, Serialize)]
pub(super) struct Figure {
    unit: String,
    pub(super) value: f64,
}

impl Figures {
    /// What the benchmarks left in this folder.
    pub(super) fn measured(folder: &Path) -> Result<Self> {
        let mut all = BTreeMap::new();
        for file in ["record.json", "export.json", "export_heap.json"] {
            let Self(figures) = Self::read(&folder.join(file))?;
            all.extend(figures);
        }
        Ok(Self(all))
    }

    pub(super) fn read(file: &Path) -> Result<Self> {
        let reading = || format!("failed to read the figures of {}", file.display());
        serde_json::from_str(&fs::read_to_string(file).with_context(reading)?).with_context(reading)
    }

    pub(super) fn get(&self, name: &str) -> Result<&Figure> {
        self.0.get(name).with_context(|| format!("nothing was measured of {name:?}"))
    }
}

impl fmt::Display for Figure {
    /// Three digits, in the unit that suits them.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (steps, base): (&[&str], f64) = match self.unit.as_str() {
            "ns" => (&[" ns", " µs", " ms", " s"], 1000.0),
            "bytes" => (&[" B", " KiB", " MiB", " GiB"], 1024.0),
            _ => (&["", "k", "M"], 1000.0),
        };
        let mut value = self.value;
        let mut step = 0;
        while value >= 999.5 && step + 1 < steps.len() {
            value /= base;
            step += 1;
        }
        let is_whole = value.fract() == 0.0 || value >= 99.95;
        let digits = if is_whole { 0 } else { 1 + usize::from(value < 9.995) };
        write!(f, "{value:.digits$}{}", steps[step])
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_figure_has_three_digits_in_the_unit_that_suits_it() {
        let shown = |value: f64, unit: &str| Figure { unit: unit.to_owned(), value }.to_string();
        assert_eq!(shown(4.917, "ns"), "4.92 ns");
        assert_eq!(shown(48.26, "ns"), "48.3 ns");
        assert_eq!(shown(239_890_000.0, "ns"), "240 ms");
        assert_eq!(shown(999.7, "ns"), "1.00 µs");
        assert_eq!(shown(65_536.0, "bytes"), "64 KiB");
        assert_eq!(shown(0.0, "allocations"), "0");
        assert_eq!(shown(2_700_059.0, "allocations"), "2.70M");
    }
}
