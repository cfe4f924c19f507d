//! Every feature of every crate, each alone.
//!
//! The workspace as a whole builds with the features of all its members
//! together, which hides what a crate lacks on its own.

use anyhow::Result;

use crate::repository;

/// One crate with one of its features, or with none.
#[derive(Debug)]
pub struct Alone {
    /// What is checked, for the report.
    pub name: String,
    /// The arguments that choose it.
    pub arguments: Vec<String>,
}

/// Each crate without features, and with each of its features alone.
///
/// # Errors
///
/// When cargo cannot read the manifests.
pub fn each_alone() -> Result<Vec<Alone>> {
    let mut all = Vec::new();
    for package in repository::crates()? {
        let name = package.name.to_string();
        let base = ["--package", &name, "--no-default-features"].map(str::to_owned).to_vec();
        all.push(Alone { name: format!("{name} alone"), arguments: base.clone() });
        for feature in package.features.keys().filter(|feature| *feature != "default") {
            let mut arguments = base.clone();
            arguments.extend(["--features".to_owned(), feature.clone()]);
            all.push(Alone { name: format!("{name} with {feature} alone"), arguments });
        }
    }
    Ok(all)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_features_of_a_crate_are_among_them() {
        let all = each_alone().unwrap();
        for name in ["botmeter-core alone", "botmeter-export with scrape alone"] {
            assert!(all.iter().any(|alone| alone.name == name), "{name} is missing");
        }
    }
}
