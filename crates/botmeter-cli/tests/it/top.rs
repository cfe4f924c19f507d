//! Bots in the terminal, and where there is none.

use std::process::Stdio;

use crate::{
    bot::{Bot, page},
    program::{botmeter, ended},
};

fn text(bytes: Vec<u8>) -> String {
    String::from_utf8(bytes).unwrap()
}

#[test]
fn without_a_terminal_one_screen_is_printed() {
    let bot = Bot::says(page(9, 0));
    let place = bot.place();
    let output = ended(&["top", "--interval", "1s", &format!("mail={place}")]);
    assert_eq!(output.status.code(), Some(0), "{output:?}");
    let said = text(output.stdout);
    assert_eq!(said.lines().count(), 30, "{said}");
    assert!(said.starts_with(&format!("botmeter top   mail {place}   1.2.3")), "{said}");
    assert!(said.contains("\nALERTS  0 firing") && !said.contains('\u{1b}'), "{said}");
    assert!(said.lines().all(|line| line.chars().count() <= 100), "{said}");
}

#[test]
fn a_screen_has_the_size_and_the_colors_that_are_asked_for() {
    let bot = Bot::says(page(9, 0));
    let place = bot.place();
    let sizes = ["--width", "60", "--height", "12", "--color", "always"];
    let asked = ["top", "--interval", "1s", "--dashboard", "llm-api-health", &place];
    let output = ended(&asked.iter().chain(&sizes).copied().collect::<Vec<_>>());
    let said = text(output.stdout);
    assert_eq!(said.lines().count(), 12, "{said}");
    assert!(said.contains("\u{1b}[0;7m 4 LLM API health \u{1b}["), "{said}");
}

#[test]
fn a_bot_that_cannot_be_read_is_a_failure_that_says_why() {
    let output = ended(&["top", "--interval", "1s", "127.0.0.1:9"]);
    assert_eq!(output.status.code(), Some(1));
    let error = text(output.stderr);
    let why = "error: failed to read bot 127.0.0.1:9: connection refused";
    assert!(error.starts_with(why), "{error}");
    assert!(text(output.stdout).contains("!! connection refused"), "the screen says so, too");
    let output = ended(&["top", "--dashboard", "nothing", "127.0.0.1:9"]);
    assert_eq!(output.status.code(), Some(1));
    let error = text(output.stderr);
    assert!(error.contains("show the dashboard \"nothing\": there are overview, "), "{error}");
}

#[test]
fn a_pipe_that_closes_is_no_failure() {
    let bot = Bot::says(page(9, 0));
    let arguments = ["top", "--interval", "1s", &bot.place()];
    let mut command = botmeter(&arguments);
    let mut child = command.stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap();
    drop(child.stdout.take());
    let output = child.wait_with_output().unwrap();
    assert_eq!(output.status.code(), Some(0), "{output:?}");
    assert_eq!(text(output.stderr), "");
}

#[test]
fn a_window_that_was_kept_is_shown_as_it_was() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("kept.botmeter");
    let file = file.to_str().unwrap();
    let bot = Bot::says(page(9, 0));
    let live = crate::program::Live::start("watch", &["--keep", file, &bot.place()]);
    live.until("/", "version 1.2.3");
    live.interrupted();
    drop(bot);
    let print = || ended(&["top", "--once", "--from", file, "--height", "40"]);
    let (first, second) = (print(), print());
    assert!(first.status.success(), "{first:?}");
    assert_eq!(first.stdout, second.stdout, "what was is always the same");
    assert!(text(first.stdout).contains("1.2.3"));
}

/// In a terminal of its own, which `script` of util-linux gives.
#[cfg(target_os = "linux")]
mod terminal {
    use std::{
        io::{Read, Write},
        process::{Child, ChildStdin, Command},
        sync::mpsc,
        thread,
        time::{Duration, Instant},
    };

    use super::*;

    struct Terminal {
        child: Child,
        keys: ChildStdin,
        told: mpsc::Receiver<Vec<u8>>,
        said: String,
    }

    impl Terminal {
        /// A terminal of this size, in which the program runs, and then the
        /// state of the terminal is told.
        fn start((columns, rows): (u16, u16), arguments: &str) -> Self {
            let program = env!("CARGO_BIN_EXE_botmeter");
            let inside = format!(
                "stty cols {columns} rows {rows}; '{program}' {arguments}; \
                 echo \"code=$?\"; stty -a; echo over"
            );
            let mut script = Command::new("script");
            script.args(["-q", "-e", "-f", "-c", &inside, "/dev/null"]).env("TERM", "xterm");
            script.env_remove("NO_COLOR").stdin(Stdio::piped()).stdout(Stdio::piped());
            let mut child = script.spawn().unwrap();
            let (tell, told) = mpsc::channel();
            let mut out = child.stdout.take().unwrap();
            thread::spawn(move || {
                let mut bytes = [0; 4096];
                while let Ok(count @ 1..) = out.read(&mut bytes) {
                    drop(tell.send(bytes[..count].to_vec()));
                }
            });
            let keys = child.stdin.take().unwrap();
            Self { child, keys, told, said: String::new() }
        }

        /// What it said since the last time, once it says this.
        fn until(&mut self, text: &str) -> String {
            let deadline = Instant::now() + Duration::from_mins(1);
            while !self.said.contains(text) {
                assert!(Instant::now() < deadline, "{text:?} is not there: {:?}", self.said);
                if let Ok(bytes) = self.told.recv_timeout(Duration::from_millis(100)) {
                    self.said += &String::from_utf8_lossy(&bytes);
                }
            }
            let end = self.said.find(text).unwrap() + text.len();
            self.said.drain(..end).collect()
        }

        fn press(&mut self, keys: &[u8]) {
            self.keys.write_all(keys).unwrap();
            self.keys.flush().unwrap();
        }
    }

    impl Drop for Terminal {
        fn drop(&mut self) {
            drop(self.child.kill());
            drop(self.child.wait());
        }
    }

    const ENTERED: &str = "\u{1b}[?1049h";
    const LEFT: &str = "\u{1b}[?1049l";

    #[test]
    fn keys_work_and_ctrl_c_gives_the_terminal_back() {
        let bot = Bot::says(page(9, 0));
        let place = bot.place();
        let mut terminal = Terminal::start((100, 30), &format!("top --interval 1s {place}"));
        terminal.until(ENTERED);
        terminal.until("1.2.3");
        terminal.press(b"?");
        // What is on the screen already is not told again, so words come alone.
        terminal.until("ctrl-c");
        terminal.press(b"a");
        terminal.until("BOTS");
        terminal.press(b"ay");
        // In base64, as terminals take it.
        terminal.until("\u{1b}]52;c;");
        terminal.press(b"\x03");
        terminal.until(LEFT);
        terminal.until("code=0");
        let state = terminal.until("over");
        assert!(!state.contains("-icanon") && !state.contains("-echo "), "{state}");
    }

    #[test]
    fn it_ends_before_anything_was_read_and_in_the_smallest_terminal() {
        let silent = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
        let place = silent.local_addr().unwrap();
        for size in [(100, 30), (20, 5), (1, 1)] {
            let mut terminal = Terminal::start(size, &format!("top {place}"));
            terminal.until(ENTERED);
            terminal.press(b"q");
            terminal.until(LEFT);
            terminal.until("code=0");
        }
    }
}
