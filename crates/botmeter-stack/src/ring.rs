//! The ring of a fleet: the receivers that share the series between them.

use std::{fs, path::Path};

use anyhow::{Context, Result, ensure};
use serde_json::Value;

/// The profile that has a fleet of stores behind Prometheus.
pub(crate) const FLEET: &str = "fleet";

/// The receivers by their names in the network of the containers.
pub(crate) const RECEIVERS: [&str; 3] = ["receiver-0", "receiver-1", "receiver-2"];

/// Where a receiver of that name is, in there.
pub(crate) fn address(receiver: &str) -> String {
    format!("{receiver}:10901")
}

/// The text of the ring in a folder for the configuration.
///
/// # Errors
///
/// When it cannot be read, or does not name each receiver once: Thanos would
/// start all the same, and refuse or lose what falls to the others.
pub(crate) fn read(compose: &Path) -> Result<String> {
    let path = compose.join("thanos/hashring.json");
    let shown = path.display();
    let text = fs::read_to_string(&path).with_context(|| format!("failed to read {shown}"))?;
    let ring: Value = serde_json::from_str(&text)
        .with_context(|| format!("{shown} is no JSON: mend it, or move it away"))?;
    let rings = ring.as_array().into_iter().flatten();
    let mut named: Vec<&str> = rings
        .flat_map(|ring| ring["endpoints"].as_array().into_iter().flatten())
        .filter_map(|endpoint| endpoint["address"].as_str().or(endpoint.as_str()))
        .collect();
    named.sort_unstable();
    let all = RECEIVERS.map(address);
    ensure!(
        named == all,
        "{shown} has the endpoints {named:?}, and the receivers are {}: name each of them once",
        all.join(", ")
    );
    Ok(text)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn of(text: &str) -> Result<String> {
        let compose = tempfile::tempdir().unwrap();
        fs::create_dir(compose.path().join("thanos")).unwrap();
        fs::write(compose.path().join("thanos/hashring.json"), text).unwrap();
        read(compose.path()).map_err(|error| {
            let here = format!("{}/thanos/", compose.path().display());
            anyhow::Error::msg(format!("{error:#}").replace(&here, ""))
        })
    }

    #[test]
    fn the_ring_of_the_repository_is_whole() {
        let ring = include_str!("../compose/thanos/hashring.json");
        assert_eq!(of(ring).unwrap(), ring);
        // A receiver may be named without anything else.
        of(r#"[{"endpoints": ["receiver-2:10901", "receiver-0:10901", "receiver-1:10901"]}]"#)
            .unwrap();
    }

    #[test]
    fn a_ring_that_lacks_repeats_or_invents_a_receiver_is_named() {
        let whole = include_str!("../compose/thanos/hashring.json");
        for (receiver, other) in
            [("receiver-1", "receiver-0"), ("receiver-1", "receiver-7"), (":10901", ":10902")]
        {
            let error = of(&whole.replace(receiver, other)).unwrap_err().to_string();
            assert!(error.starts_with("hashring.json has the endpoints [\""), "{error}");
            let end = "and the receivers are receiver-0:10901, receiver-1:10901, \
                       receiver-2:10901: name each of them once";
            assert!(error.ends_with(end), "{error}");
        }
        assert!(of("[]").unwrap_err().to_string().contains("has the endpoints [], "));
        let error = of("[{").unwrap_err().to_string();
        assert!(error.starts_with("hashring.json is no JSON: mend it, or move it away: "));
    }
}
