//! What tests see of a program from outside: what it pushes, what it serves and
//! what it logs.

#![expect(
    clippy::expect_used,
    clippy::unwrap_used,
    clippy::missing_panics_doc,
    reason = "a test fails by panicking"
)]

mod logs;
mod receiver;
pub mod scraper;

pub use self::logs::logged;
pub use self::receiver::{AUTHORITY, Behavior, Builder, Push, Receiver};
