//! Drivers: what talks to a provider, and how any of them is metered.

use std::{error::Error as StdError, future::Future};

use crate::{Llm, Provider, Reply, span::InSpan};

/// What talks to a model provider: a reply for a request.
///
/// Write `generate` as an `async fn`; its future has to be `Send`.
///
/// ```
/// # use botmeter_llm::core::{Domain, Memory, Meter};
/// use botmeter_llm::{Driver, Llm, Metered, Provider, Reply, Usage};
///
/// struct Echo;
/// struct Text(String);
///
/// impl Reply for Text {
///     fn usage(&self) -> Usage {
///         Usage::including_cache(self.0.len(), self.0.len())
///     }
/// }
///
/// impl Driver for Echo {
///     type Request = String;
///     type Reply = Text;
///     type Error = std::io::Error;
///
///     fn provider(&self) -> Provider {
///         Provider::Other
///     }
///
///     fn model<'a>(&'a self, _: &'a String) -> &'a str {
///         "echo"
///     }
///
///     async fn generate(&self, request: String) -> Result<Text, std::io::Error> {
///         Ok(Text(request))
///     }
/// }
///
/// # #[tokio::main(flavor = "current_thread")]
/// # async fn main() -> Result<(), std::io::Error> {
/// # let memory = Memory::new();
/// # let llm = Llm::register(&Meter::new(memory.clone()));
/// let echo = Metered::new(Echo, &llm);
/// assert_eq!(echo.generate("hello".to_owned()).await?.0, "hello");
/// # let labels = [("provider", "other"), ("model", "echo")];
/// # assert_eq!(memory.value("llm_tokens_total", &labels), Some(10.0));
/// # Ok(())
/// # }
/// ```
pub trait Driver: Send + Sync {
    /// What is asked.
    type Request: Send + Sync + 'static;
    /// What is answered.
    type Reply: Reply + Send;
    /// What goes wrong.
    type Error: StdError + Send + Sync + 'static;

    /// Who answers.
    fn provider(&self) -> Provider;

    /// The model that this request is for.
    fn model<'a>(&'a self, request: &'a Self::Request) -> &'a str;

    /// Asks the provider. Whoever implements it writes an `async fn`.
    ///
    /// # Errors
    ///
    /// When there is no reply.
    fn generate(
        &self,
        request: Self::Request,
    ) -> impl Future<Output = Result<Self::Reply, Self::Error>> + Send;
}

/// A driver whose calls are counted, and whose spans are below the call's.
#[derive(Clone, Debug)]
pub struct Metered<D> {
    driver: D,
    llm: Llm,
}

impl<D: Driver> Metered<D> {
    /// Counts the calls of this driver.
    pub fn new(driver: D, llm: &Llm) -> Self {
        Self { driver, llm: llm.clone() }
    }

    /// The driver itself.
    pub fn into_inner(self) -> D {
        self.driver
    }
}

impl<D: Driver> Driver for Metered<D> {
    type Request = D::Request;
    type Reply = D::Reply;
    type Error = D::Error;

    fn provider(&self) -> Provider {
        self.driver.provider()
    }

    fn model<'a>(&'a self, request: &'a Self::Request) -> &'a str {
        self.driver.model(request)
    }

    async fn generate(&self, request: Self::Request) -> Result<Self::Reply, Self::Error> {
        let call = self.llm.start(self.provider(), self.model(&request));
        let result = InSpan::new(call.span(), self.driver.generate(request)).await;
        match &result {
            Ok(reply) => call.finish(&reply.usage()),
            Err(error) => call.fail_because(error),
        }
        result
    }
}
