//! Which page of which bot is read.

use std::{collections::BTreeSet, str::FromStr};

use http::Uri;

use crate::failure::Failure;

/// A page, and what its bot is called, if somebody said so.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Target {
    pub(crate) job: Option<String>,
    pub(crate) url: String,
    /// Host and port, as Prometheus labels it.
    pub(crate) instance: String,
}

impl FromStr for Target {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        let (job, url) = match text.split_once('=') {
            Some((job, url)) if !job.contains(['/', ':', '?']) => (Some(job), url),
            _ => (None, text),
        };
        if job.is_some_and(|job| job.trim().is_empty()) {
            return Err("a name stands before =; write it like mail=127.0.0.1:9464".to_owned());
        }
        let url = if url.contains("://") { url.to_owned() } else { format!("http://{url}") };
        let wrong = |why: &str| format!("{why}; write it like http://127.0.0.1:9464/metrics");
        let uri: Uri = url.parse().map_err(|error| wrong(&format!("{error}")))?;
        let port = match uri.scheme_str() {
            Some("http") => 80,
            Some("https") => 443,
            Some(other) => return Err(wrong(&format!("{other} is not read"))),
            None => return Err(wrong("it has no host")),
        };
        let authority = uri.authority().ok_or_else(|| wrong("it has no host"))?;
        if authority.as_str().contains('@') {
            // It would be shown on the page, and in the list of processes.
            return Err(wrong("a user or a password cannot be given"));
        }
        let host = authority.host();
        if host.is_empty() {
            return Err(wrong("it has no host"));
        }
        let port = match authority.as_str().strip_prefix(host) {
            Some("") => port,
            _ => authority.port_u16().ok_or_else(|| wrong("its port is none"))?,
        };
        let scheme = uri.scheme_str().unwrap_or("http");
        let path = match uri.path_and_query().map_or("/", |path| path.as_str()) {
            "/" => "/metrics",
            path => path,
        };
        Ok(Self {
            job: job.map(str::to_owned),
            url: format!("{scheme}://{host}:{port}{path}"),
            instance: format!("{host}:{port}"),
        })
    }
}

/// Gives the bots without a name this one, and refuses two that could not be
/// told apart.
pub(crate) fn named(targets: &[Target], job: &str) -> Result<Vec<(String, Target)>, Failure> {
    let mut seen = BTreeSet::new();
    let named = targets.iter().map(|target| {
        let job = target.job.clone().unwrap_or_else(|| job.to_owned());
        if seen.insert((job.clone(), target.instance.clone())) {
            return Ok((job, target.clone()));
        }
        Err(Failure::to(format_args!(
            "tell two bots {job:?} at {} apart; give each a name of its own, such as a={}",
            target.instance, target.url
        )))
    });
    named.collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(text: &str) -> (Option<String>, String, String) {
        let target: Target = text.parse().unwrap();
        (target.job, target.url, target.instance)
    }

    #[test]
    fn what_is_left_out_of_a_url_is_filled_in() {
        let cases = [
            ("http://127.0.0.1:9464/metrics", None, "http://127.0.0.1:9464/metrics"),
            ("localhost:9464", None, "http://localhost:9464/metrics"),
            ("mail=[::1]:1/own?a=b", Some("mail"), "http://[::1]:1/own?a=b"),
            ("https://bots.example/", None, "https://bots.example:443/metrics"),
            ("http://a/p?x=y", None, "http://a:80/p?x=y"),
        ];
        for (text, job, url) in cases {
            let (found, address, instance) = read(text);
            assert_eq!((found.as_deref(), address.as_str()), (job, url), "{text}");
            assert!(url.contains(&format!("//{instance}/")), "{instance}");
        }
    }

    #[test]
    fn what_is_no_page_is_refused_with_an_example() {
        let wrong = [
            "",
            "=127.0.0.1:1",
            "ftp://a/",
            "http://",
            "http://a:port/",
            "http://a:70000/",
            "http://me:secret@a/",
            "a b",
        ];
        for text in wrong {
            let error = text.parse::<Target>().unwrap_err();
            assert!(error.contains("127.0.0.1:9464"), "{text}: {error}");
            assert!(!error.contains("secret"), "{error}");
        }
    }

    #[test]
    fn two_bots_that_nothing_tells_apart_are_refused() {
        let targets = ["a:1", "b:1", "x=a:1"].map(|text| text.parse().unwrap());
        let jobs: Vec<_> =
            named(&targets, "bot").unwrap().into_iter().map(|(job, _)| job).collect();
        assert_eq!(jobs, ["bot", "bot", "x"]);
        let error = named(&[targets[0].clone(), targets[0].clone()], "bot").unwrap_err();
        assert!(error.to_string().contains("a:1 apart"), "{error}");
    }
}
