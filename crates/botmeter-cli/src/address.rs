//! Addresses of servers that somebody gives.

use crate::{doctor::web::base, failure::Failure};

/// The base of the address that an option gives, without a slash at its end.
pub(crate) fn server(option: &str, url: &str, example: &str) -> Result<String, Failure> {
    let authority = url.split_once("://").map_or(url, |(_, rest)| rest);
    let authority = authority.split(['/', '?', '#']).next().unwrap_or_default();
    if authority.contains('@') {
        // It would be shown on the page, and in the list of processes.
        return Err(Failure::to(format_args!(
            "use the address of {option}: a user or a password cannot be given; write it like \
             {example}"
        )));
    }
    if url.contains(['?', '#']) {
        return Err(Failure::to(format_args!(
            "use the address of {option}: give its base alone, such as {example}"
        )));
    }
    base(url).map_err(|_| {
        Failure::to(format_args!("use {url:?} as the address of {option}: write it like {example}"))
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_address_has_no_password_and_is_a_base() {
        let read = |url| server("--jaeger", url, "http://localhost:16686");
        assert_eq!(read("https://jaeger.example/base/").unwrap(), "https://jaeger.example/base");
        for wrong in
            ["http://me:secret@a:1", "http://secret@a", "localhost:9090", "http://a/?x=secret", ""]
        {
            let error = read(wrong).unwrap_err().to_string();
            assert!(error.contains("--jaeger") && error.contains(":16686"), "{wrong}: {error}");
            assert!(!error.contains("secret"), "{error}");
        }
    }
}
