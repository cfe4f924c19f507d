//! The modules of a crate, and which of them name which others.

use std::{
    collections::{BTreeMap, BTreeSet},
    path::PathBuf,
};

/// The names of modules from the crate's root.
pub(super) type Path = Vec<String>;

/// Which module names which other one, and where first.
pub(super) type Edges = BTreeMap<(Path, Path), Place>;

/// A line of source.
#[derive(Clone)]
pub(super) struct Place {
    pub(super) file: PathBuf,
    pub(super) line: usize,
    pub(super) text: String,
}

/// All modules of a crate.
#[derive(Default)]
pub(super) struct Modules(BTreeMap<Path, Module>);

/// What stands in a module.
#[derive(Default)]
pub(super) struct Module {
    pub(super) items: BTreeSet<String>,
    /// What `use` gives a name to.
    pub(super) names: Vec<(String, Path)>,
    pub(super) globs: Vec<Path>,
    /// Each path in the code.
    pub(super) mentions: Vec<(Path, Place)>,
}

/// Where a path leads.
struct Found {
    module: Path,
    /// Not so where a macro may have made what is asked for.
    is_sure: bool,
}

impl Modules {
    /// This module, made if it is new.
    pub(super) fn module(&mut self, at: &[String]) -> &mut Module {
        self.0.entry(at.to_vec()).or_default()
    }

    pub(super) fn edges(&self) -> Edges {
        let mut edges = Edges::new();
        for (from, module) in &self.0 {
            for (path, place) in &module.mentions {
                if let Some(Found { module: to, .. }) = self.find(from, path, &mut Vec::new()) {
                    edges.entry((from.clone(), to)).or_insert_with(|| place.clone());
                }
            }
        }
        edges
    }

    /// The module of what a path names; nothing if it is of another crate.
    fn find(&self, from: &Path, path: &[String], tried: &mut Vec<(Path, String)>) -> Option<Found> {
        let mut at = from.clone();
        let mut is_inside = false;
        for (index, segment) in path.iter().enumerate() {
            match segment.as_str() {
                "crate" => at.clear(),
                "super" => drop(at.pop()),
                "self" => {}
                _ => {
                    let child: Path = at.iter().chain([segment]).cloned().collect();
                    if self.0.contains_key(&child) {
                        at = child;
                    } else {
                        let rest = &path[index + 1..];
                        let found = self.find_item(&at, segment, rest, tried);
                        let unknown = || Found { module: at.clone(), is_sure: false };
                        return found.or_else(|| is_inside.then(unknown));
                    }
                }
            }
            is_inside = true;
        }
        Some(Found { module: at, is_sure: true })
    }

    fn find_item(
        &self,
        at: &Path,
        name: &str,
        rest: &[String],
        tried: &mut Vec<(Path, String)>,
    ) -> Option<Found> {
        let Module { items, names, globs, .. } = self.0.get(at)?;
        if items.contains(name) {
            return Some(Found { module: at.clone(), is_sure: true });
        }
        // `use name::name` names another crate, and globs may go round.
        let step = (at.clone(), name.to_owned());
        if tried.contains(&step) {
            return None;
        }
        tried.push(step);
        for (_, path) in names.iter().filter(|(known, _)| known == name) {
            if let Some(found) = self.find(at, &[path, rest].concat(), tried) {
                return Some(found);
            }
        }
        globs.iter().find_map(|glob| {
            let path = [glob.as_slice(), &[name.to_owned()], rest].concat();
            self.find(at, &path, tried).filter(|found| found.is_sure)
        })
    }
}
