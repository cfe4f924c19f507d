//! What a program chooses for its live page.

use super::Builder;
use crate::live::Live;

impl Builder {
    /// Serves the live page of this program at `/`, beside `/metrics`: what
    /// `botmeter watch` would show of it, with the dashboards and the alerts of
    /// these boards. Feature `live`.
    ///
    /// ```no_run
    /// use botmeter_telemetry::Telemetry;
    ///
    /// let builder = Telemetry::builder("my-bot").live([botmeter_llm::board::board()]);
    /// let (telemetry, llm) = builder.start::<botmeter_llm::Llm>()?;
    /// println!("live page: {}", telemetry.live_url().unwrap_or_default());
    /// # drop(llm);
    /// # Ok::<(), botmeter_core::Error>(())
    /// ```
    ///
    /// It is served where the page for scrapes is, which a program that only
    /// pushes has then as well, at `localhost:9464` unless the environment names
    /// another address. If the program's own server answers scrapes, it answers
    /// this page, too: see [`Telemetry::live`](crate::Telemetry::live). `BOTMETER_LIVE=false` turns it
    /// off.
    ///
    /// The program reads itself every five seconds, on a thread of its own, and
    /// keeps what it read in bounded memory. A program that dies takes its page
    /// along; `botmeter watch` tells that one died.
    pub fn live(mut self, live: impl Into<Live>) -> Self {
        let Live { boards, settings } = live.into();
        self.asked.live = Some(settings);
        self.boards = boards;
        self
    }
}
