//! Where a provider is.

use std::error::Error;
use std::fmt;
use std::str::FromStr;

use http::Uri;

/// The address that all of a provider's paths are appended to, such as
/// `https://api.openai.com/v1`.
///
/// A URL without a path gets `/v1`, which is where every OpenAI-compatible provider that has its
/// host to itself keeps the API.
///
/// ```
/// use botmeter_demo::client::BaseUrl;
///
/// let url: BaseUrl = "http://localhost:11434".parse().unwrap();
/// assert_eq!(url.to_string(), "http://localhost:11434/v1");
/// ```
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct BaseUrl {
    text: String,
    chat: Uri,
    host: String,
    tls: bool,
}

impl BaseUrl {
    /// Where chat completions are asked for.
    pub(super) fn chat(&self) -> &Uri {
        &self.chat
    }

    /// The name or the number of the host, without the port.
    pub fn host(&self) -> &str {
        &self.host
    }

    /// Whether the connection is encrypted.
    pub(super) fn tls(&self) -> bool {
        self.tls
    }
}

impl FromStr for BaseUrl {
    type Err = BaseUrlError;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let fail = |reason: &str| {
            // What stands before an `@` may be a password.
            let shown = text.rsplit_once('@').map_or(text, |(_, rest)| rest);
            Err(BaseUrlError(format!("provider URL {shown:?} {reason}")))
        };
        let Ok(uri) = text.parse::<Uri>() else {
            return fail(
                "is not a URL; write it like https://api.openai.com/v1 or http://localhost:11434/v1",
            );
        };
        let tls = match uri.scheme_str() {
            Some("https") => true,
            Some("http") => false,
            _ => return fail("does not begin with http:// or https://"),
        };
        let Some(authority) = uri.authority() else {
            return fail("has no host");
        };
        if authority.as_str().contains('@') {
            return fail("contains a user name or password; give the key with --provider-key");
        }
        if authority.host().is_empty() {
            return fail("has no host");
        }
        if authority.port_u16().is_none() && authority.as_str() != authority.host() {
            return fail("has a port that is not a number from 0 to 65535");
        }
        if uri.query().is_some() || text.contains('#') {
            return fail("has a query or a fragment; leave out everything from ? or # on");
        }
        let path = match uri.path().trim_end_matches('/') {
            "" => "/v1",
            path if path.ends_with("/chat/completions") => {
                return fail("names the path of one call; leave out /chat/completions");
            }
            path => path,
        };

        let text = format!("{}://{authority}{path}", if tls { "https" } else { "http" });
        match format!("{text}/chat/completions").parse() {
            Ok(chat) => Ok(Self { chat, host: authority.host().to_owned(), text, tls }),
            Err(_) => fail("is too long"),
        }
    }
}

impl fmt::Display for BaseUrl {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.text)
    }
}

/// A text that is not the address of a provider.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct BaseUrlError(String);

impl fmt::Display for BaseUrlError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl Error for BaseUrlError {}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn paths_are_appended_to_what_was_given() {
        for (given, chat) in [
            ("https://api.openai.com/v1", "https://api.openai.com/v1/chat/completions"),
            ("https://api.openai.com/v1/", "https://api.openai.com/v1/chat/completions"),
            ("https://api.openai.com", "https://api.openai.com/v1/chat/completions"),
            ("HTTPS://api.openai.com/", "https://api.openai.com/v1/chat/completions"),
            ("http://[::1]:8080/openai", "http://[::1]:8080/openai/chat/completions"),
            ("http://localhost:11434/v1", "http://localhost:11434/v1/chat/completions"),
        ] {
            assert_eq!(given.parse::<BaseUrl>().unwrap().chat().to_string(), chat, "{given}");
        }
    }

    #[test]
    fn what_is_not_an_address_is_quoted_and_refused() {
        for (given, reason) in [
            (
                "",
                "\"\" is not a URL; write it like https://api.openai.com/v1 or http://localhost:11434/v1",
            ),
            ("api.openai.com", "\"api.openai.com\" does not begin with http:// or https://"),
            ("localhost:8080", "\"localhost:8080\" does not begin with http:// or https://"),
            ("ftp://host/v1", "\"ftp://host/v1\" does not begin with http:// or https://"),
            (
                "http://host:99999/v1",
                "\"http://host:99999/v1\" has a port that is not a number from 0 to 65535",
            ),
            (
                "http://host/v1?key=1",
                "\"http://host/v1?key=1\" has a query or a fragment; leave out everything from ? or # on",
            ),
            (
                "http://host/v1#top",
                "\"http://host/v1#top\" has a query or a fragment; leave out everything from ? or # on",
            ),
            (
                "http://host/v1/chat/completions",
                "\"http://host/v1/chat/completions\" names the path of one call; leave out /chat/completions",
            ),
            (
                "https://me:secret@host/v1",
                "\"host/v1\" contains a user name or password; give the key with --provider-key",
            ),
        ] {
            let error = given.parse::<BaseUrl>().unwrap_err().to_string();
            assert_eq!(error, format!("provider URL {reason}"));
        }
    }
}
