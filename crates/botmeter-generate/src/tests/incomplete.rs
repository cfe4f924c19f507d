//! A part of a board that its constructor does not ask for is asked for by the
//! generator.

use botmeter_board::{Alert, Dashboard, Limit, Objective, Severity, highest};
use expect_test::expect;

use super::{problems_of, refusals::refused};
use crate::sample::{self, Queue, WAITING};

#[test]
fn what_was_not_said_of_an_alert_is_asked_for() {
    refused(
        |board| {
            let when = highest(&WAITING).by::<(Queue,)>().above(&sample::TOO_MANY);
            board.alerts[0] = Alert::new("MailWaits", Severity::Warning, when);
        },
        &expect![[r#"
            alert MailWaits: an example records something; give one after which it fires and one after which it does not to `tested`
            alert MailWaits: has no panel; name the one that shows it with `panel`
            alert MailWaits: has no runbook; say what to look at and what to do with `runbook`
            alert MailWaits: has no summary or no description; say what is wrong with `says`"#]],
    );
    for part in [
        |alert: &mut Alert| alert.summary = " ".into(),
        |alert: &mut Alert| alert.description = "".into(),
        |alert: &mut Alert| alert.runbook = vec![" ".into()],
        |alert: &mut Alert| alert.panel = "".into(),
        |alert: &mut Alert| alert.fires.example.feeds.clear(),
        |alert: &mut Alert| alert.is_quiet.feeds.clear(),
    ] {
        let problems = problems_of(|board| part(&mut board.alerts[0]));
        assert_eq!(problems.len(), 1, "{problems:#?}");
    }
}

#[test]
fn what_was_not_said_of_an_objective_is_asked_for() {
    refused(
        |board| {
            let Objective { measure, .. } = board.objectives[0].clone();
            let target = Limit::new(0.99, " ");
            board.objectives[0] = Objective::new("mail_lost", &target, measure);
        },
        &expect![[r#"
            alert : the name is one word that starts with a capital, such as QueueStalled
            objective mail_lost: has no panel; name the one that shows it with `panel`
            objective mail_lost: has no runbook; say what to look at and what to do with `runbook`
            objective mail_lost: its alerts have no name or no summary; say both with `alert`
            objective mail_lost: one event alone would be a share of everything; say of how many events it speaks with `of_at_least`, 1 or more
            objective mail_lost: the limit 0.99 has no reason"#]],
    );
    for part in [
        |objective: &mut Objective| objective.target.reason = "".into(),
        |objective: &mut Objective| objective.summary = " ".into(),
        |objective: &mut Objective| objective.floor = Limit::new(0.0, ""),
        |objective: &mut Objective| objective.floor.reason = " ".into(),
        |objective: &mut Objective| objective.runbook.clear(),
        |objective: &mut Objective| objective.panel = "".into(),
    ] {
        let problems = problems_of(|board| part(&mut board.objectives[0]));
        assert_eq!(problems.len(), 1, "{problems:#?}");
    }
}

#[test]
fn what_was_not_said_of_a_dashboard_is_asked_for() {
    refused(
        |board| board.dashboards.push(Dashboard::new("mail-two", "", " ")),
        &expect![[r#"
        dashboard mail-two: has no description; `new` takes the question that it answers
        dashboard mail-two: there are 0 panels; have 1 to 40
        dashboard mail-two: there is no title"#]],
    );
}
