//! Alerts that could never fire, or would always do, are refused.

use std::time::Duration;

use botmeter_board::{Condition, Limit, Recorded, age, increase, quantile, share, share_of};
use expect_test::{Expect, expect};

use super::{options, problems_of, problems_with};
use crate::sample::{PAID, Queue, SENT, Status, TOO_MANY, TOOK, WAITING};

const QUARTER: Duration = Duration::from_mins(15);
const ALL: Limit = Limit::new(1.0, "all of them");
const NONE: Limit = Limit::new(0.0, "none of them");
const HIGHEST: Limit = Limit::new(10.5, "the highest bound");
const A_WEEK: Limit = Limit::new(604_800.0, "a week of seconds");
const LESS: Limit = Limit::new(-1.0, "less than none");

fn refused(when: Condition<(Queue,)>, expected: &Expect) {
    let problems = problems_of(|board| board.alerts[0].when = when.into());
    // The panel shows the limit of the sample's alert, which is gone now.
    let is_about = |problem: &&str| problem.starts_with("alert MailWaits: is ");
    let about: Vec<&str> = problems.iter().map(String::as_str).filter(is_about).collect();
    expected.assert_eq(&about.join("\n"));
}

fn errors() -> botmeter_board::Query<(Queue,)> {
    let errors = increase(&SENT).only(Status::Error).over(QUARTER).by::<(Queue,)>();
    share(errors, increase(&SENT).over(QUARTER).by())
}

#[test]
fn a_share_is_never_more_than_all() {
    refused(
        errors().above(&ALL),
        &expect!["alert MailWaits: is never above 1: the highest that there can be is 1"],
    );
    refused(errors().at_least(&ALL), &expect![""]);
    refused(
        errors().at_least(&TOO_MANY),
        &expect!["alert MailWaits: is never at least 100: the highest that there can be is 1"],
    );
}

#[test]
fn a_quantile_is_never_above_the_highest_bound() {
    let slow = || quantile(0.95, &TOOK).over(QUARTER).by::<(Queue,)>();
    refused(
        slow().above(&HIGHEST),
        &expect!["alert MailWaits: is never above 10.5: the highest that there can be is 10.5"],
    );
    refused(slow().at_least(&HIGHEST), &expect![""]);
}

#[test]
fn what_only_grows_is_never_below_zero_and_always_above_less() {
    let paid = || increase(&PAID).over(QUARTER).by::<(Queue,)>();
    refused(
        paid().below(&NONE),
        &expect!["alert MailWaits: is never below 0: the lowest that there can be is 0"],
    );
    refused(
        paid().above(&LESS),
        &expect!["alert MailWaits: is always above -1: the lowest that there can be is 0"],
    );
    refused(paid().at_most(&NONE), &expect![""]);
    refused(
        paid().at_least(&NONE),
        &expect!["alert MailWaits: is always at least 0: the lowest that there can be is 0"],
    );
    // A second condition may ask whether there is anything to go by.
    refused(errors().above(&NONE).and(paid().at_least(&NONE)), &expect![""]);
    refused(
        paid().above(&NONE).and(errors().above(&ALL)),
        &expect!["alert MailWaits: is never above 1: the highest that there can be is 1"],
    );
}

#[test]
fn what_is_recorded_of_what_only_grows_does_so_too() {
    let problems = problems_of(|board| {
        let spent = Recorded::new("mail_spent:increase1d", increase(&PAID).by::<(Queue,)>(), "A.");
        board.alerts[0].when = (spent.query() + spent.query() * 6.0).above(&LESS).into();
        board.recordings.push(spent.into());
    });
    let told = "alert MailWaits: is always above -1: the lowest that there can be is 0";
    assert!(problems.iter().any(|problem| problem == told), "{problems:#?}");
}

#[test]
fn a_quantile_is_no_less_than_its_part_of_the_lowest_bucket() {
    let slow = || quantile(0.5, &TOOK).over(QUARTER).by::<(Queue,)>();
    refused(
        slow().above(&NONE),
        &expect!["alert MailWaits: is always above 0: the lowest that there can be is 0.0025"],
    );
}

#[test]
fn a_share_of_what_another_instrument_counts_is_never_more_than_all() {
    let late =
        || share_of(&TOOK).counted_in(&SENT).that(Status::Error).over(QUARTER).by::<(Queue,)>();
    refused(
        late().above(&ALL).of_at_least(&ALL),
        &expect!["alert MailWaits: is never above 1: the highest that there can be is 1"],
    );
}

#[test]
fn a_time_is_known_for_no_longer_than_it_is_looked_back_over() {
    let silent = || age(&WAITING).over(QUARTER).by::<(Queue,)>();
    refused(
        silent().above(&A_WEEK),
        &expect!["alert MailWaits: is never above 604800: the highest that there can be is 900"],
    );
    refused(
        silent().above(&LESS),
        &expect!["alert MailWaits: is always above -1: the lowest that there can be is 0"],
    );
}

#[test]
fn a_comparison_is_with_some_times_of_something() {
    let paid = || increase(&PAID).over(QUARTER).by::<(Queue,)>();
    let problems = problems_of(|board| {
        board.alerts[0].when = paid().above_times(&NONE, paid()).into();
    });
    let expected = "alert MailWaits: compares with 0 times something; take a number above zero";
    assert!(problems.iter().any(|problem| problem == expected), "{problems:#?}");
}

#[test]
fn an_alert_looks_back_over_no_more_than_is_kept() {
    let week = Duration::from_hours(7 * 24);
    let short = options().retention(Duration::from_hours(3 * 24));
    let long = |board: &mut botmeter_board::Board| {
        board.alerts[0].when = increase(&PAID).over(week).by::<(Queue,)>().above(&TOO_MANY).into();
    };
    let problems = problems_with(&short, long);
    let expected =
        "alert MailWaits: looks back over 7d, which is longer than Prometheus keeps samples, 3d";
    assert!(problems.iter().any(|problem| problem == expected), "{problems:#?}");
    assert!(!problems_of(long).iter().any(|problem| problem.contains("looks back")));
    // What a rule records looks back as far as the rule does.
    let recorded = |board: &mut botmeter_board::Board| {
        let paid = increase(&PAID).over(week).by::<(Queue,)>();
        let paid = Recorded::new("mail_paid:increase7d", paid, "What a week costs.");
        board.alerts[0].when = paid.query().above(&TOO_MANY).into();
        board.recordings.push(paid.into());
    };
    let problems = problems_with(&short, recorded);
    assert!(problems.iter().any(|problem| problem == expected), "{problems:#?}");
}
