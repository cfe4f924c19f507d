//! The ring of a fleet: the receivers that share the series between them.

use std::{fs, path::Path};

use anyhow::{Context, Result, bail, ensure};
use serde_json::{Value, json};

/// The profile that has a fleet of stores behind Prometheus.
pub(crate) const FLEET: &str = "fleet";

/// The receivers by their names in the network of the containers.
pub(crate) const RECEIVERS: [&str; 3] = ["receiver-0", "receiver-1", "receiver-2"];

/// Where a receiver of that name is, in there.
pub(crate) fn address(receiver: &str) -> String {
    format!("{receiver}:10901")
}

/// What else would refuse writes, or have one copy where two are meant.
const ONE_RING: &str = "and the stack sends everything as one tenant, each series to two \
                        receivers: give one ring with all three, and no tenants";

/// The text of the ring in a folder for the configuration.
///
/// # Errors
///
/// When it cannot be read, or is not one ring for everybody that names each
/// receiver once: Thanos would start all the same, and refuse or lose series.
pub(crate) fn read(compose: &Path) -> Result<String> {
    let path = compose.join("thanos/hashring.json");
    let shown = path.display();
    let text = fs::read_to_string(&path).with_context(|| format!("failed to read {shown}"))?;
    let ring: Value = serde_json::from_str(&text)
        .with_context(|| format!("{shown} is no JSON: mend it, or move it away"))?;
    let rings = ring.as_array().map(Vec::as_slice);
    let [ring] = rings.unwrap_or_default() else {
        let found =
            rings.map_or("is no list of rings".to_owned(), |it| format!("has {} rings", it.len()));
        bail!("{shown} {found}, {ONE_RING}");
    };
    let tenants = &ring["tenants"];
    ensure!(
        tenants.is_null() || tenants.as_array().is_some_and(Vec::is_empty),
        "{shown} has a ring for the tenants {tenants} alone, {ONE_RING}"
    );
    let mut named = Vec::new();
    for endpoint in ring["endpoints"].as_array().into_iter().flatten() {
        let address = endpoint["address"].as_str().or(endpoint.as_str());
        named.push(address.with_context(|| {
            format!(
                "{shown} has the endpoint {endpoint}, which has no address: write {}, and so on \
                 for each",
                json!({ "address": self::address(RECEIVERS[0]) })
            )
        })?);
    }
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
        let error = of("[{").unwrap_err().to_string();
        assert!(error.starts_with("hashring.json is no JSON: mend it, or move it away: "));
    }

    #[test]
    fn rings_that_would_lose_or_refuse_series_are_named() {
        let receivers = RECEIVERS.map(address);
        let [one, two, three] = &receivers;
        let one_ring = "and the stack sends everything as one tenant, each series to two \
                        receivers: give one ring with all three, and no tenants";
        for (text, expected) in [
            ("{}".to_owned(), format!("hashring.json is no list of rings, {one_ring}")),
            ("[]".to_owned(), format!("hashring.json has 0 rings, {one_ring}")),
            (
                json!([{ "endpoints": [one] }, { "endpoints": [two, three] }]).to_string(),
                format!("hashring.json has 2 rings, {one_ring}"),
            ),
            (
                json!([{ "tenants": ["team-a"], "endpoints": receivers }]).to_string(),
                format!("hashring.json has a ring for the tenants [\"team-a\"] alone, {one_ring}"),
            ),
            (
                json!([{ "tenants": "team-a", "endpoints": receivers }]).to_string(),
                format!("hashring.json has a ring for the tenants \"team-a\" alone, {one_ring}"),
            ),
            (
                json!([{ "endpoints": [one, two, { "addres": three }] }]).to_string(),
                "hashring.json has the endpoint {\"addres\":\"receiver-2:10901\"}, which has no \
                 address: write {\"address\":\"receiver-0:10901\"}, and so on for each"
                    .to_owned(),
            ),
            (
                json!([{ "endpoints": [one, two, three, 7] }]).to_string(),
                "hashring.json has the endpoint 7, which has no address: write {\"address\":\
                 \"receiver-0:10901\"}, and so on for each"
                    .to_owned(),
            ),
        ] {
            assert_eq!(of(&text).unwrap_err().to_string(), expected, "{text}");
        }
        let error = of("[{}]").unwrap_err().to_string();
        assert!(error.starts_with("hashring.json has the endpoints [], and "), "{error}");
        of(&json!([{ "tenants": null, "endpoints": receivers }]).to_string()).unwrap();
    }
}
