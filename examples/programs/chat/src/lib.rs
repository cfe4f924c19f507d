//! Chats with a model by way of `async-openai`, counted.

mod chat;
mod conversions;

pub use chat::Chat;
pub use conversions::{config, usage};
