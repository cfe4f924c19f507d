//! What was measured, by name.

use std::{env, fs, path::Path};

use serde_json::{Map, Value, json};

#[derive(Default)]
pub(crate) struct Figures(Map<String, Value>);

impl Figures {
    #[expect(clippy::print_stdout, reason = "a benchmark talks to the person who runs it")]
    pub(crate) fn add(&mut self, name: String, unit: &str, value: f64) {
        println!("{name:70} {value:>14.1} {unit}");
        self.0.insert(name, json!({ "unit": unit, "value": value }));
    }

    /// To a file in the folder that is asked for, if one is.
    pub(crate) fn write(&self, file: &str) {
        if let Some(folder) = env::var_os("BENCH_FIGURES") {
            let text = serde_json::to_string(&self.0).unwrap();
            fs::write(Path::new(&folder).join(file), text).unwrap();
        }
    }
}
