//! What a program knows about its own errors, and about those of its client.

use std::{error::Error, fmt, sync::Arc};

use super::{causes, unharmed};
use crate::ErrorKind;

/// An error that knows its kind.
///
/// It is asked before anything else, if
/// [`LlmConfig::classify`](crate::LlmConfig::classify) names its type.
///
/// ```
/// # use botmeter_llm::core::{Memory, Meter};
/// use botmeter_llm::{Classify, ErrorKind, Llm, LlmConfig};
/// use std::{error::Error, fmt};
///
/// #[derive(Debug)]
/// enum AskError {
///     OutOfTokens,
///     Other(std::io::Error),
/// }
///
/// impl Classify for AskError {
///     fn error_kind(&self) -> Option<ErrorKind> {
///         match self {
///             Self::OutOfTokens => Some(ErrorKind::ContextLength),
///             // What caused it tells more.
///             Self::Other(_) => None,
///         }
///     }
/// }
/// # impl fmt::Display for AskError {
/// #     fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result { f.write_str("ask") }
/// # }
/// # impl Error for AskError {
/// #     fn source(&self) -> Option<&(dyn Error + 'static)> {
/// #         match self { Self::OutOfTokens => None, Self::Other(error) => Some(error) }
/// #     }
/// # }
///
/// let meter = Meter::new(Memory::new());
/// let llm = Llm::with_config(&meter, LlmConfig::new().classify::<AskError>());
/// assert_eq!(llm.kind_of(&AskError::OutOfTokens), ErrorKind::ContextLength);
/// let reset = AskError::Other(std::io::ErrorKind::ConnectionReset.into());
/// assert_eq!(llm.kind_of(&reset), ErrorKind::Network);
/// ```
pub trait Classify {
    /// The kind, if the error knows it; nothing if its causes or its text
    /// tell more. A panic counts as nothing.
    fn error_kind(&self) -> Option<ErrorKind>;
}

/// Asked of each error in a chain, in the order in which they were given.
#[derive(Clone, Default)]
pub(crate) struct Classifiers(Vec<Arc<Ask>>);

type Ask = dyn Fn(&(dyn Error + 'static)) -> Option<ErrorKind> + Send + Sync;

impl Classifiers {
    /// Asks this of all errors of the type.
    pub(crate) fn add<E: Error + 'static>(
        &mut self,
        kind_of: impl Fn(&E) -> Option<ErrorKind> + Send + Sync + 'static,
    ) {
        self.0.push(Arc::new(move |cause| kind_of(cause.downcast_ref()?)));
    }

    pub(crate) fn kind_of(&self, error: &(dyn Error + 'static)) -> ErrorKind {
        let told = unharmed(|| causes(error).find_map(|cause| self.ask(cause))).flatten();
        told.unwrap_or_else(|| ErrorKind::of(error))
    }

    fn ask(&self, cause: &(dyn Error + 'static)) -> Option<ErrorKind> {
        self.0.iter().find_map(|ask| unharmed(|| ask(cause)).flatten())
    }
}

impl fmt::Debug for Classifiers {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} classifiers", self.0.len())
    }
}
