//! What the live page says.

use crate::{
    bot::{Bot, page},
    program::{Answer, Live, until},
};

#[test]
fn a_page_says_how_a_bot_is_and_what_it_does() {
    let bot = Bot::says(page(100, 0));
    let place = bot.place();
    let live = Live::start("watch", &["--interval", "1s", &format!("mail={place}")]);
    let first = live.until("/?dashboard=llm-api-health", "version 1.2.3");
    assert!(first.contains(&format!("<strong>mail</strong> <bdi class=\"key\">{place}</bdi>")));
    assert!(first.contains("Too early to tell whether an alert fires"), "{first}");
    // What it counted from then on is there at once.
    bot.answers("200 OK\r\ncontent-type: text/plain", page(160, 0));
    let csv = "/panel.csv?panel=llm-api-health--requests&range=300";
    let told = until("60 calls", || {
        let Answer { body, .. } = live.get(csv);
        let numbers = body.lines().skip(1).filter_map(|line| line.rsplit_once(',')?.1.parse().ok());
        let most = numbers.fold(0.0, f64::max);
        if most > 0.0 { Ok(body) } else { Err(body) }
    });
    assert!(told.starts_with("name,value\r\n") || told.starts_with("time,"), "{told}");
    let page = live.get("/?dashboard=llm-api-health").body;
    assert!(!page.contains("<i>4</i>") && page.contains("gpt &lt;i&gt;4&lt;/i&gt;"), "{page}");
}

#[test]
fn a_bot_that_cannot_be_read_is_told_with_why_and_since_when() {
    let bot = Bot::says(page(1, 0));
    let place = bot.place();
    let live = Live::start("watch", &["--interval", "1s", &place]);
    live.until("/", "version 1.2.3");
    let cases = [
        ("404 Not Found\r\ncontent-type: text/plain", "", "the answer is 404 Not Found"),
        ("200 OK\r\ncontent-type: text/html", "<p>hi", "is no page of metrics but text/html"),
        ("200 OK\r\ncontent-type: text/plain", "runs_total 1\nruns_", "failed to read line 2"),
        ("200 OK\r\ncontent-type: text/plain", "", "is an empty page"),
    ];
    for (head, body, said) in cases {
        bot.answers(head, body);
        let page = live.until("/", said);
        assert!(page.contains("1 of 1 bot cannot be read"), "{page}");
    }
    drop(bot);
    let page = live.until("/", "connection refused: nothing listens there");
    let heard = page.split("heard ").nth(1).unwrap();
    assert!(heard.contains(" s ago"), "{heard}");
}

#[test]
fn a_page_without_an_end_and_one_that_never_comes_are_given_up() {
    let endless = Bot::says("#".repeat(65 << 20));
    let live = Live::start("watch", &["--interval", "1m", &endless.place()]);
    live.until("/", "the page is longer than 64 MiB");
    let silent = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
    let place = silent.local_addr().unwrap().to_string();
    let live = Live::start("watch", &["--interval", "1s", &place]);
    live.until("/", "no answer within 900ms");
}

#[test]
fn what_of_a_page_is_not_taken_is_said() {
    // The reader writes `up` itself.
    let bot = Bot::says(page(1, 0) + "up 1\n");
    let live = Live::start("watch", &["--interval", "1s", &bot.place()]);
    let page = live.until("/", "1 of its samples are left out");
    assert!(page.contains("version 1.2.3") && !page.contains("cannot be read"), "{page}");
}

#[test]
fn several_bots_are_shown_and_chosen_by_their_labels() {
    let (one, other) = (Bot::says(page(1, 0)), Bot::says(page(1, 0)));
    let targets = [one.place(), format!("other={}", other.place())];
    let live =
        Live::start("watch", &["--job", "one", "--interval", "1s", &targets[0], &targets[1]]);
    let page = live.until("/", "<bdi>other</bdi>");
    for part in ["name=\"job\" value=\"one\"", "name=\"job\" value=\"other\""] {
        assert!(page.contains(part), "{part} in {page}");
    }
    let chosen = live.get("/?job=other&range=300").body;
    assert!(chosen.contains("value=\"other\" checked=\"checked\""), "{chosen}");
    assert!(chosen.contains("shows 5 min") && chosen.contains("job=other"), "{chosen}");
}

#[test]
fn a_page_that_is_known_is_not_sent_again_until_there_is_more() {
    let bot = Bot::says(page(1, 0));
    let live = Live::start("watch", &["--interval", "2s", &bot.place()]);
    live.until("/", "version 1.2.3");
    let first = live.get("/");
    let tag = first.header("etag").unwrap().to_owned();
    let known = format!("host: localhost\r\nif-none-match: {tag}\r\n");
    until("the same", || {
        let again = live.ask("GET", "/", &known);
        let is_next = again.status == 200 && again.header("etag") != Some(&tag);
        let is_same = again.status == 304 && again.body.is_empty();
        assert!(is_same || is_next, "{again:?}");
        if is_next { Ok(()) } else { Err("the same page".to_owned()) }
    });
}

#[test]
fn a_page_can_be_stopped_and_stands_still() {
    let bot = Bot::says(page(1, 0));
    let live = Live::start("watch", &["--interval", "1s", &bot.place()]);
    let page = live.until("/", "version 1.2.3");
    let address = page.split("class=\"pause\" href=\"").nth(1).unwrap().split('"').next().unwrap();
    let stopped = live.get(&format!("/{address}")).body;
    let time = |page: &str| {
        page.split("class=\"when\">").nth(1).unwrap().split('<').next().unwrap().to_owned()
    };
    assert!(!stopped.contains("data-every") && stopped.contains(">Go on<"), "{stopped}");
    until("a later page", || {
        let now = live.get("/").body;
        if time(&now) == time(&stopped) { Err(time(&now)) } else { Ok(()) }
    });
    assert_eq!(time(&live.get(&format!("/{address}")).body), time(&stopped));
}

#[cfg(unix)]
#[test]
fn ctrl_c_ends_it_at_once_and_well() {
    // One that never answers does not hold the end up.
    let silent = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
    let place = silent.local_addr().unwrap().to_string();
    let live = Live::start("watch", &["--interval", "1m", &place]);
    let began = std::time::Instant::now();
    let (code, _said) = live.interrupted();
    assert_eq!(code, Some(0));
    assert!(began.elapsed() < std::time::Duration::from_secs(5), "{:?}", began.elapsed());
}
