//! What a thread logs meanwhile.
//!
//! One subscriber for the whole process, because `tracing` may forget a place
//! that logs for the first time while another thread has none.

use std::{
    cell::RefCell,
    io::{self, Write},
    sync::Once,
};

thread_local! {
    static LINES: RefCell<Vec<u8>> = const { RefCell::new(Vec::new()) };
}

/// The warnings and errors that this thread logs, without their time. Nothing
/// below them, or the spans of calls would be wanted in the whole process, and
/// other tests in it would measure what they cost.
pub fn logged(during: impl FnOnce()) -> String {
    static INSTALL: Once = Once::new();
    INSTALL.call_once(|| {
        let format = tracing_subscriber::fmt().with_ansi(false).without_time().with_target(false);
        format.with_max_level(tracing::Level::WARN).with_writer(|| ByThread).init();
    });
    LINES.take();
    during();
    String::from_utf8_lossy(&LINES.take()).into_owned()
}

struct ByThread;

impl Write for ByThread {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        LINES.with_borrow_mut(|lines| lines.extend_from_slice(bytes));
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}
