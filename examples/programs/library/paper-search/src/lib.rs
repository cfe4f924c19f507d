//! Finds the papers that have a word in their titles, and tells whoever wants
//! to know how that goes.

mod searches;

pub use searches::{Found, Searches};

/// Papers that can be searched.
#[derive(Debug, Default)]
pub struct Papers {
    titles: Vec<String>,
    searches: Searches,
}

impl Papers {
    /// The papers with these titles.
    pub fn new(titles: impl IntoIterator<Item = impl Into<String>>) -> Self {
        let titles = titles.into_iter().map(Into::into).collect();
        Self { titles, searches: Searches::default() }
    }

    /// Counts searches from now on, where the program has its metrics.
    #[must_use]
    pub fn recorded(self, searches: Searches) -> Self {
        Self { searches, ..self }
    }

    /// The titles that have this word.
    pub fn search(&self, word: &str) -> Vec<&str> {
        let search = self.searches.start();
        let is_found = |title: &&String| title.split(' ').any(|part| part == word);
        let found: Vec<&str> = self.titles.iter().filter(is_found).map(String::as_str).collect();
        search.end(if found.is_empty() { Found::Nothing } else { Found::Something });
        found
    }
}

#[cfg(test)]
mod tests;
