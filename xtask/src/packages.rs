//! `cargo xtask packages`: what is published, packaged and built as its users
//! get it.

use std::{
    fmt::Write,
    fs,
    net::{TcpStream, ToSocketAddrs},
    path::{Path, PathBuf},
    process::Command,
    time::Duration,
};

use anyhow::{Context, Result, ensure};
use cargo_metadata::Package;

use crate::{
    repository, servers,
    terminal::{say, succeed},
};

/// What a user looks for in a package beside the sources.
const FILES: [&str; 3] = ["README.md", "LICENSE-MIT", "LICENSE-APACHE"];

/// The crates that are published, by name.
///
/// # Errors
///
/// When cargo cannot read the manifests.
pub fn published() -> Result<Vec<Package>> {
    let is_published = |package: &Package| package.publish.as_ref().is_none_or(|to| !to.is_empty());
    Ok(repository::crates()?.into_iter().filter(is_published).collect())
}

/// Packages every published crate, unpacks the packages, and builds them with
/// all features, each with the others' packages; then goes through a release
/// without its end.
///
/// `cargo package` builds them, too, but keeps what it unpacked once: a crate
/// is then built with what another one was the last time.
///
/// # Errors
///
/// When a crate cannot be packaged, a package lacks a file, or does not build.
pub fn run() -> Result<()> {
    let (root, packages) = (repository::root(), published()?);
    let target = repository::metadata()?.target_directory.into_std_path_buf();
    // Then nothing below asks the registry about crates that it may not have.
    succeed(repository::cargo().arg("fetch"))?;
    let mut package = repository::cargo();
    // A checkout in which somebody works is packaged as it is.
    package.args(["package", "--offline", "--allow-dirty", "--no-verify"]);
    for published in &packages {
        package.args(["--package", published.name.as_str()]);
    }
    succeed(&mut package)?;

    let folder = unpack(&packages, &target.join("package"))?;
    fs::write(folder.join("Cargo.toml"), workspace(&packages))
        .context("failed to write the manifest of the unpacked packages")?;
    // The versions that are tested here, and so nothing to compile anew.
    fs::copy(root.join("Cargo.lock"), folder.join("Cargo.lock"))
        .context("failed to copy Cargo.lock to the unpacked packages")?;
    let mut build = repository::cargo();
    build.current_dir(&folder).env("CARGO_TARGET_DIR", &target);
    succeed(build.args(["check", "--offline", "--workspace", "--all-features"]))?;
    rehearse_release()
}

/// Where packages are published.
const REGISTRY: &str = "index.crates.io";

/// Does all of a release but for the upload, in the order of what depends on
/// what; without the registry, it says that it did not.
fn rehearse_release() -> Result<()> {
    if servers::required()? || is_registry_there() {
        // The packages themselves are built by the caller.
        return succeed(repository::cargo().args([
            "publish",
            "--dry-run",
            "--workspace",
            "--allow-dirty",
            "--no-verify",
        ]));
    }
    say(format_args!("skipped: `cargo publish --dry-run`, because {REGISTRY} cannot be reached"));
    Ok(())
}

fn is_registry_there() -> bool {
    let Ok(mut addresses) = (REGISTRY, 443).to_socket_addrs() else { return false };
    addresses.any(|address| TcpStream::connect_timeout(&address, Duration::from_secs(3)).is_ok())
}

/// Where a package is among those that are unpacked.
fn name(package: &Package) -> String {
    format!("{}-{}", package.name, package.version)
}

/// Unpacks what cargo left in a folder, and tells where.
fn unpack(packages: &[Package], from: &Path) -> Result<PathBuf> {
    let folder = from.join("unpacked");
    if folder.exists() {
        fs::remove_dir_all(&folder)
            .with_context(|| format!("failed to remove {}", folder.display()))?;
    }
    fs::create_dir_all(&folder)
        .with_context(|| format!("failed to create {}", folder.display()))?;
    for package in packages {
        let archive = from.join(format!("{}.crate", name(package)));
        // With the time of now: in packages all files are of one day, and cargo
        // would take what it built of the last ones for what it is to build.
        succeed(Command::new("tar").arg("-xzmf").arg(archive).arg("-C").arg(&folder))?;
        for file in FILES {
            let path = folder.join(name(package)).join(file);
            ensure!(path.is_file(), "the package of {} lacks {file}", package.name);
        }
    }
    Ok(folder)
}

/// The manifest of a workspace in which each package is found in place of the
/// one that crates.io would have.
fn workspace(packages: &[Package]) -> String {
    // The debug information of this workspace, for what both depend on to be
    // the same.
    let mut text = "[workspace]\nresolver = \"3\"\nmembers = [\"*-*.*.*\"]\n\n\
                    [profile.dev]\ndebug = \"line-tables-only\"\n\n[patch.crates-io]\n"
        .to_owned();
    for package in packages {
        // Writing to a string cannot fail.
        let _ = writeln!(text, "{} = {{ path = \"{}\" }}", package.name, name(package));
    }
    text
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use cargo_metadata::DependencyKind;

    use super::*;

    /// Those of crates.io that fit here; it refuses to list a crate under one
    /// that it does not know.
    const CATEGORIES: &[&str] = &[
        "development-tools::build-utils",
        "development-tools::profiling",
        "visualization",
        "web-programming::http-server",
    ];

    fn folder(package: &Package) -> PathBuf {
        package.manifest_path.parent().unwrap().as_std_path().to_owned()
    }

    fn page(package: &Package) -> String {
        fs::read_to_string(folder(package).join("README.md")).unwrap()
    }

    fn each(check: impl Fn(&str, &Package)) {
        let all = published().unwrap();
        assert!(all.len() >= 9, "only {} crates are published", all.len());
        for package in &all {
            check(package.name.as_str(), package);
        }
    }

    #[test]
    fn the_demo_is_not_published() {
        let names: Vec<String> =
            published().unwrap().into_iter().map(|package| package.name.to_string()).collect();
        assert!(!names.iter().any(|name| name == "botmeter-demo"), "{names:?}");
    }

    #[test]
    fn a_publishedcan_be_found_and_says_where_it_comes_from() {
        each(|name, package| {
            let description = package.description.as_deref().unwrap_or_default();
            assert!(
                description.ends_with('.'),
                "{name}: describe it in a sentence: {description:?}"
            );
            let repository = package.repository.as_deref();
            assert_eq!(repository, Some("https://github.com/botmeter/botmeter"), "{name}");
            assert_eq!(package.license.as_deref(), Some("MIT OR Apache-2.0"), "{name}");
            assert!(package.rust_version.is_some(), "{name}: add `rust-version.workspace = true`");

            let keywords: BTreeSet<&String> = package.keywords.iter().collect();
            assert_eq!(keywords.len(), package.keywords.len(), "{name}: a keyword is there twice");
            assert!((1..=5).contains(&keywords.len()), "{name}: give one to five keywords");
            for keyword in keywords {
                let is_fine = keyword.len() <= 20
                    && keyword.starts_with(|first: char| first.is_ascii_alphanumeric())
                    && keyword.bytes().all(|c| c.is_ascii_alphanumeric() || b"-_+".contains(&c));
                assert!(is_fine, "{name}: crates.io refuses the keyword {keyword:?}");
            }

            let categories = &package.categories;
            assert!((1..=5).contains(&categories.len()), "{name}: give one to five categories");
            for category in categories {
                let is_known = CATEGORIES.contains(&category.as_str());
                assert!(is_known, "{name}: is {category:?} one of crates.io's categories?");
            }
        });
    }

    #[test]
    fn a_crates_page_is_its_documentation_and_has_an_example_that_runs() {
        each(|name, package| {
            let readme = package.readme.as_ref().map(|path| path.as_str());
            assert_eq!(readme, Some("README.md"), "{name}: add `readme = \"README.md\"`");
            let page = page(package);
            assert!(page.starts_with(&format!("# {name}\n")), "{name}: the page has another title");
            let (_, example) = page
                .split_once("\n```rust\n")
                .unwrap_or_else(|| panic!("{name}: the page has no example that runs"));
            let shown = example.lines().take_while(|line| *line != "```");
            let shown = shown.filter(|line| *line != "#" && !line.starts_with("# ")).count();
            assert!(shown <= 10, "{name}: the first example has {shown} lines, 10 are enough");
            let library = fs::read_to_string(folder(package).join("src/lib.rs")).unwrap();
            let line = "#![doc = include_str!(\"../README.md\")]\n";
            assert!(library.contains(line), "{name}: add `{line}` to lib.rs; it runs the examples");
        });
    }

    #[test]
    fn docs_rs_shows_every_feature() {
        each(|name, package| {
            let shown = package.metadata.pointer("/docs/rs/all-features");
            let is_shown = shown.and_then(serde_json::Value::as_bool) == Some(true);
            assert!(is_shown, "{name}: add `all-features = true` to [package.metadata.docs.rs]");
        });
    }

    #[test]
    fn both_licenses_are_in_every_package() {
        each(|name, package| {
            for file in FILES.iter().filter(|file| file.starts_with("LICENSE")) {
                let ours = fs::read_to_string(repository::root().join(file)).unwrap();
                let theirs = fs::read_to_string(folder(package).join(file)).unwrap_or_default();
                assert!(ours == theirs, "{name}: link {file} to the one of the workspace");
            }
        });
    }

    /// Without a version, what is needed from the same workspace cannot be
    /// had from crates.io.
    #[test]
    fn what_is_needed_from_here_has_a_version() {
        each(|name, package| {
            for dependency in &package.dependencies {
                let is_needed = dependency.kind != DependencyKind::Development;
                if is_needed && dependency.path.is_some() {
                    let version = dependency.req.to_string();
                    assert_ne!(version, "*", "{name}: give {} a version", dependency.name);
                }
            }
        });
    }

    #[test]
    fn the_page_of_core_names_every_feature() {
        let all = published().unwrap();
        let core = all.iter().find(|package| package.name.as_str() == "botmeter-core").unwrap();
        let page = page(core);
        for feature in core.features.keys().filter(|feature| *feature != "default") {
            let is_named = page.contains(&format!("| `{feature}` |"));
            assert!(is_named, "say in botmeter-core's README.md what the feature {feature} adds");
        }
    }
}
