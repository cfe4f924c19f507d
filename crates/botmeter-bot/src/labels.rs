//! The labels of bot runs.

use botmeter_core::{closed_label, open_label};

open_label! {
    /// The bot, as the program names it.
    pub struct BotName: "bot", limit 64;
}

closed_label! {
    /// Why a run failed, by what the bot relied on.
    ///
    /// A program's own error tells its kind in one of three ways: the program
    /// writes `impl From<&MyError> for ErrorKind`, or the kind is among the
    /// causes of the error, or [`ErrorKind::of`] recognizes one of them.
    pub enum ErrorKind: "error_type" {
        /// A model provider failed or refused.
        Llm => "llm",
        /// A tool failed.
        Tool => "tool",
        /// A file, a database or a cache failed.
        Storage => "storage",
        /// The service that the bot acts on failed or refused: a chat, a
        /// mailing service, a code host.
        Platform => "platform",
        /// Something took too long.
        Timeout => "timeout",
        /// The bot is set up wrongly.
        Config => "config",
        /// None of the above: a fault of the bot itself, a panic among them.
        Internal => "internal",
    }
}
