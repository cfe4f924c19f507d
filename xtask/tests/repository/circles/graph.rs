//! Which nodes of a graph need each other, and why.

use std::{
    collections::{BTreeMap, BTreeSet, VecDeque},
    fmt,
};

use super::modules::{Edges, Path, Place};

/// From a node to another, by what ties it there.
type Graph = BTreeMap<String, BTreeMap<String, Place>>;

/// Modules of which each needs all others.
pub(super) struct Circle {
    pub(super) modules: Vec<String>,
    /// The shortest way round from each of them, each way once.
    ways: Vec<Vec<(String, String, Place)>>,
}

impl fmt::Display for Circle {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} need each other", self.modules.join(", "))?;
        for way in &self.ways {
            let names: Vec<&str> = way.iter().map(|(from, ..)| from.as_str()).collect();
            write!(f, "\n  {} → {}", names.join(" → "), names[0])?;
            for (from, to, Place { file, line, text }) in way {
                write!(f, "\n    {from} → {to}  {}:{line}: {text}", file.display())?;
            }
        }
        Ok(())
    }
}

/// The circles among the children of each module.
pub(super) fn circles(edges: &Edges) -> Vec<Circle> {
    let mut levels: BTreeMap<&[String], Graph> = BTreeMap::new();
    for ((from, to), place) in edges {
        let shared = from.iter().zip(to).take_while(|(a, b)| a == b).count();
        if let (Some(a), Some(b)) = (sibling(from, shared), sibling(to, shared)) {
            let graph = levels.entry(&from[..shared]).or_default();
            graph.entry(a).or_default().entry(b).or_insert_with(|| place.clone());
        }
    }
    levels.values().flat_map(strongly_connected).collect()
}

/// Nothing for the parent itself.
fn sibling(path: &Path, shared: usize) -> Option<String> {
    path.get(..=shared).map(|path| path.join("::"))
}

fn strongly_connected(graph: &Graph) -> Vec<Circle> {
    let mut found = Vec::new();
    let mut seen = BTreeSet::new();
    for node in graph.keys() {
        if !seen.insert(node) {
            continue;
        }
        let is_tied = |other: &&String| {
            way(graph, node, other).is_some() && way(graph, other, node).is_some()
        };
        let modules: Vec<&String> = graph.keys().filter(is_tied).collect();
        if modules.is_empty() {
            continue;
        }
        seen.extend(&modules);
        // The same way round from another start is the same one.
        let mut ways = BTreeMap::new();
        for way in modules.iter().filter_map(|node| way(graph, node, node)) {
            let round: BTreeSet<String> = way.iter().map(|(from, ..)| from.clone()).collect();
            ways.entry(round).or_insert(way);
        }
        let modules = modules.into_iter().cloned().collect();
        found.push(Circle { modules, ways: ways.into_values().collect() });
    }
    found
}

/// The shortest way from one node to another, of at least one edge.
fn way(graph: &Graph, from: &str, to: &str) -> Option<Vec<(String, String, Place)>> {
    let mut before: BTreeMap<&str, (&str, &Place)> = BTreeMap::new();
    let mut next = VecDeque::from([from]);
    while let Some(node) = next.pop_front() {
        for (other, place) in graph.get(node).into_iter().flatten() {
            if !before.contains_key(other.as_str()) {
                before.insert(other, (node, place));
                next.push_back(other);
            }
        }
    }
    let mut way = Vec::new();
    let mut at = to;
    loop {
        let (node, place) = *before.get(at)?;
        way.push((node.to_owned(), at.to_owned(), place.clone()));
        at = node;
        if at == from {
            way.reverse();
            return Some(way);
        }
    }
}
