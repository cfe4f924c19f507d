//! What makes no sense is refused, with all of its problems at once.

use std::time::Duration;

use botmeter_board::{
    BurnWindow, Limit, Line, Measure, OwnUnit, Panel, Row, Severity, Show, age, heat, increase,
    last, quantile, rate, ratio, share, share_of, within,
};
use expect_test::{Expect, expect};

use super::{options, problems_of, problems_with};
use crate::{
    Catalogue, generate,
    sample::{
        self, DESCRIPTION, LAST, Mail, OPEN, Queue, SENT, Status, TOO_FEW, TOOK, WAITING, WHOLE,
    },
};

/// A long window that is the short one.
const SWAPPED: &[BurnWindow] = &[BurnWindow::new(
    Duration::from_mins(5),
    Duration::from_hours(1),
    Limit::new(14.4, "it is so fast"),
    Severity::Critical,
)];

pub(super) fn refused(change: impl FnOnce(&mut botmeter_board::Board), expected: &Expect) {
    expected.assert_eq(&problems_of(change).join("\n"));
}

/// The problems of one more panel in the sample.
fn with_panel(panel: Panel, expected: &Expect) {
    refused(|board| board.dashboards[0].rows[0].panels.push(panel), expected);
}

#[test]
fn the_sample_is_in_order() {
    assert_eq!(problems_of(|_| {}), Vec::<String>::new());
}

#[test]
fn units_are_words_or_signs() {
    let show = Show::Own(OwnUnit::counted(" "));
    with_panel(
        Panel::stat("Unit", DESCRIPTION, show).draw(increase(&SENT).all()),
        &expect![[
            r#"dashboard mail-out panel "Unit": the unit " " is to be a word or a sign, without braces"#
        ]],
    );
    refused(
        |board| board.alerts[0].show = Show::Own(OwnUnit::grafana("watt", "{W}")),
        &expect![[r#"alert MailWaits: the unit "{W}" is to be a word or a sign, without braces"#]],
    );
}

#[test]
fn a_dashboard_has_an_address_and_a_title_of_its_own() {
    refused(
        |board| {
            let mut other = board.dashboards[0].clone();
            other.uid = "mail/out".into();
            board.dashboards.push(other);
        },
        &expect![[r#"
            dashboard mail/out: another dashboard has the title "Mail"
            dashboard mail/out: the uid has 8 to 40 letters, digits, dashes or underscores"#]],
    );
    refused(
        |board| board.dashboards.push(board.dashboards[0].clone()),
        &expect![[r#"
            dashboard mail-out: another dashboard has the ConfigMap botmeter-mail-out-dashboard; choose another uid
            dashboard mail-out: another dashboard has the title "Mail"
            dashboard mail-out: another dashboard has this uid"#]],
    );
}

#[test]
fn panels_have_room_and_numbers_of_their_own() {
    with_panel(
        Panel::stat("Sent", DESCRIPTION, Show::Count).draw(increase(&SENT).all()),
        &expect![[
            r#"dashboard mail-out panel "Sent": has the number of "Sent", 102012; give one of them another title"#
        ]],
    );
    with_panel(
        Panel::stat("Wide", DESCRIPTION, Show::Count).draw(increase(&SENT).all()).size(25, 4),
        &expect![[
            r#"dashboard mail-out panel "Wide": its size is 25 by 4 at column 0; the grid has 24 columns"#
        ]],
    );
    refused(
        |board| {
            let titles = (0..41).map(|n| format!("Panel {n}"));
            let panels: Vec<_> = titles
                .map(|title| {
                    Panel::stat(title, DESCRIPTION, Show::Count).draw(increase(&SENT).all())
                })
                .collect();
            board.dashboards[0].rows.push(Row::open("Many", panels));
        },
        &expect!["dashboard mail-out: there are 53 panels; have 1 to 40"],
    );
}

#[test]
fn a_panel_says_what_it_shows_and_asks_something() {
    with_panel(
        Panel::stat("Short", "Mails.", Show::Count).draw(increase(&SENT).all()),
        &expect![[
            r#"dashboard mail-out panel "Short": the description is "Mails."; say what is shown, what is good and bad, and what to do"#
        ]],
    );
    with_panel(
        Panel::stat("Silent", DESCRIPTION, Show::Count),
        &expect![[
            r#"dashboard mail-out panel "Silent": a text asks nothing, and every other panel asks something"#
        ]],
    );
}

#[test]
fn every_instrument_is_drawn_or_excused() {
    refused(
        |board| board.undrawn.clear(),
        &expect![
            "instrument mail_connections: is in no panel; draw it, or say why not in the board's `undrawn`"
        ],
    );
    with_panel(
        Panel::stat("Open", DESCRIPTION, Show::Count).draw(last(&OPEN).all()),
        &expect!["instrument mail_connections: is drawn, so it is not `undrawn`; take it out"],
    );
    refused(
        |board| board.undrawn[0].because = " ".into(),
        &expect!["instrument mail_connections: is `undrawn` without a reason"],
    );
}

#[test]
fn a_panel_asks_for_what_its_kind_can_show() {
    with_panel(
        Panel::time_series("Heat", DESCRIPTION, Show::Seconds).draw(heat(&TOOK)),
        &expect![[
            r#"dashboard mail-out panel "Heat": a heat map draws `heat`, and nothing else does"#
        ]],
    );
    with_panel(
        Panel::table("Mixed", DESCRIPTION)
            .draw(increase(&SENT).by::<(Queue,)>())
            .draw(increase(&SENT).by::<(Queue, Status)>()),
        &expect![[
            r#"dashboard mail-out panel "Mixed": the columns of a table have the same labels"#
        ]],
    );
    with_panel(
        Panel::time_series("Fixed", DESCRIPTION, Show::PerSecond)
            .draw(rate(&SENT).over(Duration::from_mins(5)).all()),
        &expect![[
            r#"dashboard mail-out panel "Fixed" query A: takes a rate over a fixed time instead of $__rate_interval"#
        ]],
    );
}

#[test]
fn a_bound_is_one_of_the_buckets_and_not_whole() {
    with_panel(
        Panel::stat("Within", DESCRIPTION, Show::Ratio).draw(within(3.0, &TOOK).all()),
        &expect![[
            r#"dashboard mail-out panel "Within" query A: selects the bucket 3 of mail_duration_seconds_bucket, which has [0.005, 0.01, 0.025, 0.05, 0.075, 0.1, 0.25, 0.5, 0.75, 1.5, 2.5, 5.5, 7.5, 10.5]"#
        ]],
    );
    with_panel(
        Panel::stat("Whole", DESCRIPTION, Show::Ratio).draw(within(1.0, &WHOLE).all()),
        &expect![[
            r#"dashboard mail-out panel "Whole" query A: selects the bucket 1 of mail_parts_bucket: the routes spell whole bounds differently"#
        ]],
    );
    with_panel(
        Panel::stat("Beyond", DESCRIPTION, Show::Seconds).draw(quantile(95.0, &TOOK).all()),
        &expect![[
            r#"dashboard mail-out panel "Beyond": the quantile 95 does not lie between 0 and 1"#
        ]],
    );
}

#[test]
fn only_times_have_an_age() {
    with_panel(
        Panel::stat("Age", DESCRIPTION, Show::Seconds).draw(age(&WAITING).all()),
        &expect![[
            r#"dashboard mail-out panel "Age": mail.waiting holds no time, so it has no age: its unit is not s"#
        ]],
    );
    assert_eq!(
        problems_of(|board| {
            let age = Panel::stat("Age", DESCRIPTION, Show::Seconds).draw(age(&LAST).all());
            board.dashboards[0].rows[0].panels.push(age);
        }),
        Vec::<String>::new()
    );
}

#[test]
fn the_limit_of_a_panel_is_that_of_an_alert() {
    with_panel(
        Panel::stat("Limit", DESCRIPTION, Show::Count)
            .draw(increase(&SENT).all())
            .limit(&Limit::new(7.0, "a whim")),
        &expect![[
            r#"dashboard mail-out panel "Limit": the limit 7 is that of no alert; compare with it in one, or advise with it"#
        ]],
    );
    with_panel(
        Panel::stat("Limits", DESCRIPTION, Show::Count)
            .draw(increase(&SENT).all())
            .limit(&sample::TOO_MANY)
            .limit(&TOO_FEW),
        &expect![[
            r#"dashboard mail-out panel "Limits": one limit is bad above and another is bad below; show one of them"#
        ]],
    );
    let advised = || {
        Panel::stat("Advice", DESCRIPTION, Show::Count)
            .draw(increase(&SENT).all())
            .advised_above(&Limit::new(7.0, "one a day"))
    };
    with_panel(advised(), &expect![[""]]);
    with_panel(
        advised().advised_above(&Limit::new(9.0, " ")),
        &expect![[
            r#"dashboard mail-out panel "Advice": the advice at 9 needs a number and a reason"#
        ]],
    );
    with_panel(
        advised().limit(&TOO_FEW),
        &expect![[
            r#"dashboard mail-out panel "Advice": one limit is bad above and another is bad below; show one of them"#
        ]],
    );
}

#[test]
fn an_alert_is_complete_and_leads_somewhere() {
    refused(
        |board| board.alerts[0].panel = "Nowhere".into(),
        &expect![[
            r#"alert MailWaits: leads to the panel "Nowhere", which no dashboard of its board has"#
        ]],
    );
    refused(
        |board| {
            board.alerts[0].summary = "{value} mails wait in {model}.".into();
            board.alerts[0].description = "Mail of {job} waits.".into();
        },
        &expect![[r#"
            alert MailWaits: the description does not show the {value}
            alert MailWaits: the summary names {value}; it can name {job}, {queue}
            alert MailWaits: the summary shows the value; one text stands for all occasions"#]],
    );
    refused(
        |board| board.alerts[0].name = "mail waits".into(),
        &expect![
            "alert mail waits: the name is one word that starts with a capital, such as QueueStalled"
        ],
    );
    refused(
        |board| board.alerts.push(board.alerts[0].clone()),
        &expect!["alert MailWaits: the domain mail has one of this name; rename one of them"],
    );
}

#[test]
fn an_example_fits_the_condition() {
    refused(
        |board| {
            board.alerts[0].fires =
                board.alerts[0].is_quiet.clone().fires::<(Status,)>((Status::Error,), "1");
        },
        &expect![
            "alert MailWaits: the example fires for other labels than the condition has; take the same tuple"
        ],
    );
    refused(
        |board| board.alerts[0].is_quiet.feeds.clear(),
        &expect![
            "alert MailWaits: an example records something; give one after which it fires and one after which it does not to `tested`"
        ],
    );
    refused(
        |board| {
            let ticks = board.alerts[0].is_quiet.clone().ticks(&WAITING, ("out",));
            board.alerts[0].is_quiet = ticks;
        },
        &expect![
            "alert MailWaits: the example ticks mail.waiting, which holds no time: its unit is not s"
        ],
    );
}

#[test]
fn a_rule_looks_back_over_a_time_of_its_own() {
    refused(
        |board| {
            board.alerts[0].when = increase(&SENT).by::<(Queue,)>().above(&sample::TOO_MANY).into();
        },
        &expect![
            "alert MailWaits: looks back over what a dashboard shows; a rule says how far: `over`"
        ],
    );
}

#[test]
fn an_objective_can_be_missed_and_its_alerts_can_fire() {
    refused(
        |board| board.objectives[0].target = Limit::new(0.9, "one in ten"),
        &expect![
            "objective mail_lost: burning 14.4 times too fast would need 144% of all events to go wrong; take a higher target or lower factors"
        ],
    );
    refused(
        |board| board.objectives[0].target = Limit::new(1.0, "nothing may get lost"),
        &expect!["objective mail_lost: the target is 1; it has to lie between 0 and 1"],
    );
    refused(
        |board| board.objectives[0].measure = sample::slow(3.0),
        &expect![[r#"
            objective mail_lost: 3 is not a bucket of mail.duration: [0.005, 0.01, 0.025, 0.05, 0.075, 0.1, 0.25, 0.5, 0.75, 1.5, 2.5, 5.5, 7.5, 10.5]
            recording job:mail_lost:bad_increase1h: selects the bucket 3 of mail_duration_seconds_bucket, which has [0.005, 0.01, 0.025, 0.05, 0.075, 0.1, 0.25, 0.5, 0.75, 1.5, 2.5, 5.5, 7.5, 10.5]
            recording job:mail_lost:ratio_rate1d: selects the bucket 3 of mail_duration_seconds_bucket, which has [0.005, 0.01, 0.025, 0.05, 0.075, 0.1, 0.25, 0.5, 0.75, 1.5, 2.5, 5.5, 7.5, 10.5]
            recording job:mail_lost:ratio_rate1h: selects the bucket 3 of mail_duration_seconds_bucket, which has [0.005, 0.01, 0.025, 0.05, 0.075, 0.1, 0.25, 0.5, 0.75, 1.5, 2.5, 5.5, 7.5, 10.5]
            recording job:mail_lost:ratio_rate2h: selects the bucket 3 of mail_duration_seconds_bucket, which has [0.005, 0.01, 0.025, 0.05, 0.075, 0.1, 0.25, 0.5, 0.75, 1.5, 2.5, 5.5, 7.5, 10.5]
            recording job:mail_lost:ratio_rate30m: selects the bucket 3 of mail_duration_seconds_bucket, which has [0.005, 0.01, 0.025, 0.05, 0.075, 0.1, 0.25, 0.5, 0.75, 1.5, 2.5, 5.5, 7.5, 10.5]
            recording job:mail_lost:ratio_rate3d: selects the bucket 3 of mail_duration_seconds_bucket, which has [0.005, 0.01, 0.025, 0.05, 0.075, 0.1, 0.25, 0.5, 0.75, 1.5, 2.5, 5.5, 7.5, 10.5]
            recording job:mail_lost:ratio_rate5m: selects the bucket 3 of mail_duration_seconds_bucket, which has [0.005, 0.01, 0.025, 0.05, 0.075, 0.1, 0.25, 0.5, 0.75, 1.5, 2.5, 5.5, 7.5, 10.5]
            recording job:mail_lost:ratio_rate6h: selects the bucket 3 of mail_duration_seconds_bucket, which has [0.005, 0.01, 0.025, 0.05, 0.075, 0.1, 0.25, 0.5, 0.75, 1.5, 2.5, 5.5, 7.5, 10.5]"#]],
    );
    assert_eq!(
        problems_of(|board| board.objectives[0].measure = sample::slow(2.5)),
        Vec::<String>::new()
    );
}

#[test]
fn a_window_is_no_longer_than_what_is_kept() {
    let options = options().retention(Duration::from_hours(24));
    expect!["objective mail_lost: the window of 3d is longer than Prometheus keeps samples, 1d"]
        .assert_eq(&problems_with(&options, |_| {}).join("\n"));
    refused(
        |board| board.objectives[0].windows = SWAPPED.into(),
        &expect![[r#"
            dashboard mail-out panel "Burn": the limit 14.4 is that of no alert; compare with it in one, or advise with it
            objective mail_lost: the short window is not shorter than 5m"#]],
    );
}

#[test]
fn a_domain_is_listed_once() {
    let catalogue =
        Catalogue::new().domain::<Mail>(sample::board()).domain::<Mail>(sample::board());
    let error = generate(&catalogue, &options()).unwrap_err();
    let cause = std::error::Error::source(&error).unwrap().to_string();
    assert_eq!(error.to_string(), "generate from the catalogue");
    assert!(cause.contains("\"mail\"") && cause.contains("registered already"), "{cause}");
}

#[test]
fn labels_that_a_cluster_would_refuse_are_named() {
    let options = options()
        .kubernetes_label("release", "mine or yours")
        .kubernetes_label("-", "x")
        .pod_label("Example.org/app", "bots");
    expect![[r#"
        option kubernetes label "-": a key has up to 63 letters, digits, dots, dashes or underscores, perhaps after a domain and a slash
        option kubernetes label "release": the value "mine or yours" is not up to 63 letters, digits, dots, dashes or underscores between a letter or digit and another
        option pod label "Example.org/app": a key has up to 63 letters, digits, dots, dashes or underscores, perhaps after a domain and a slash"#]]
    .assert_eq(&problems_with(&options, |_| {}).join("\n"));
}

#[test]
fn a_share_does_not_count_what_was_called_off() {
    let all = || rate(&SENT).all();
    let refused_line = |line: Line| {
        with_panel(
            Panel::time_series("Lost", DESCRIPTION, Show::Ratio).draw(line),
            &expect![[
                r#"dashboard mail-out panel "Lost": a share of mail.sent counts those that are `cancelled`, which are neither good nor bad; leave them out with `not_counting`"#
            ]],
        );
    };
    refused_line(share(rate(&SENT).only(Status::Error).all(), all()).into());
    refused_line(ratio(rate(&SENT).except(Status::Success).all(), all()).complement().into());
    refused_line(share_of(&SENT).that(Status::Error).by::<(Queue,)>().into());
    refused(
        |board| {
            board.objectives[0].measure = Measure::failures(share_of(&SENT).that(Status::Error));
        },
        &expect![[
            r#"objective mail_lost: a share of mail.sent counts those that are `cancelled`, which are neither good nor bad; leave them out with `not_counting`"#
        ]],
    );
    // A share of what was called off, one that leaves it out, and none.
    with_panel(
        Panel::time_series("Lost", DESCRIPTION, Show::Ratio)
            .draw(share_of(&SENT).that(Status::Cancelled).all())
            .draw(share_of(&SENT).that(Status::Error).not_counting(Status::Cancelled).all())
            .draw(ratio(all(), all())),
        &expect![[""]],
    );
}
