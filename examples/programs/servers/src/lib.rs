//! What the tests of these programs put on the other side: a model provider, a
//! receiver of OTLP, and what runs a program between them.

mod http;
mod openai;
mod program;
mod provider;
mod receiver;

pub use http::get;
pub use openai::{refusal, reply, stream};
pub use program::{Program, Said, Served};
pub use provider::{Answer, Provider, nobody};
pub use receiver::Receiver;
