//! What can go wrong in the story, and what it is called in the metrics of bots.

use std::error::Error;
use std::fmt;
use std::io;
use std::time::Duration;

use botmeter_bot::ErrorKind;
use botmeter_llm::ErrorKind as CallKind;

use crate::client::CallError;
use crate::model::why;

/// Why a bot did not do its job.
#[derive(Debug)]
pub(super) enum Trouble {
    /// The model gave no answer.
    Model(CallError),
    /// The model's answer was not the JSON that was wanted.
    Useless(String),
    /// A tool said that it failed, or could not be reached.
    Tool(String),
    /// Something did not end in time.
    Slow(Duration),
    /// The service that the bot acts on refused.
    Platform(&'static str),
    /// Nothing could be saved.
    Storage(io::Error),
}

impl Trouble {
    /// The label of the failure. What is wrong with a key or a model's name is wrong with the set
    /// up of the bot.
    pub(super) fn kind(&self) -> ErrorKind {
        match self {
            Self::Model(error) => match why(error) {
                CallKind::Timeout => ErrorKind::Timeout,
                CallKind::Auth | CallKind::InvalidRequest => ErrorKind::Config,
                _ => ErrorKind::Llm,
            },
            Self::Useless(_) => ErrorKind::Llm,
            Self::Tool(_) => ErrorKind::Tool,
            Self::Slow(_) => ErrorKind::Timeout,
            Self::Platform(_) => ErrorKind::Platform,
            Self::Storage(_) => ErrorKind::Storage,
        }
    }
}

impl fmt::Display for Trouble {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Model(_) => f.write_str("ask the model"),
            Self::Useless(reply) => write!(f, "read JSON from the model's reply {reply:?}"),
            Self::Tool(message) => write!(f, "call the tool: {message}"),
            Self::Slow(after) => write!(f, "wait for the tool: no answer within {after:?}"),
            Self::Platform(message) => write!(f, "publish: {message}"),
            Self::Storage(_) => f.write_str("save"),
        }
    }
}

impl Error for Trouble {
    fn source(&self) -> Option<&(dyn Error + 'static)> {
        match self {
            Self::Model(error) => Some(error),
            Self::Storage(error) => Some(error),
            Self::Useless(_) | Self::Tool(_) | Self::Slow(_) | Self::Platform(_) => None,
        }
    }
}

impl From<CallError> for Trouble {
    fn from(error: CallError) -> Self {
        Self::Model(error)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::client::Refusal;

    #[test]
    fn a_failed_call_is_told_by_who_can_mend_it() {
        let refused = |status| {
            let message = String::new();
            Trouble::from(CallError::Refused(Refusal {
                status,
                code: None,
                message,
                retry_after: None,
            }))
        };
        assert_eq!(refused(401).kind(), ErrorKind::Config);
        assert_eq!(refused(404).kind(), ErrorKind::Config);
        assert_eq!(refused(500).kind(), ErrorKind::Llm);
        let late = CallError::TimedOut { after: Duration::from_secs(1) };
        assert_eq!(Trouble::from(late).kind(), ErrorKind::Timeout);
    }
}
