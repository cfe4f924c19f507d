//! The example of a client library whose calls are counted: its steps.

use std::process::Command;

use anyhow::Result;

use crate::outside::Outside;

const EXAMPLE: Outside = Outside { folder: "examples/async-openai" };

/// What has to pass in the example, each with its name.
///
/// # Errors
///
/// When cargo cannot tell where it builds.
pub fn steps() -> Result<[(&'static str, Command); 3]> {
    let lint = ["--locked", "--all-targets", "--", "--deny", "warnings"];
    Ok([
        ("example of a client: format", EXAMPLE.cargo("fmt", &["--check"])?),
        ("example of a client: lints", EXAMPLE.cargo("clippy", &lint)?),
        ("example of a client: tests", EXAMPLE.cargo("test", &["--locked"])?),
    ])
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::outside::tests::compared;

    #[test]
    fn the_example_is_built_with_the_versions_of_the_workspace_and_with_the_client() {
        let (other, foreign) = compared(EXAMPLE);
        let folder = EXAMPLE.folder;
        assert!(
            other.is_empty(),
            "these are not as in Cargo.lock: {other:#?}\n\
             run `cp Cargo.lock {folder}/ && cargo tree --manifest-path {folder}/Cargo.toml`"
        );
        assert!(foreign.iter().any(|name| name.starts_with("async-openai ")), "{foreign:?}");
    }
}
