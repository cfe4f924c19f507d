//! What is expected of every panel in every state: by rules, with the
//! exceptions, and which texts are right.

use botmeter_board::{Expr, Kind, Panel};

use super::{
    exceptions::{EXCEPTIONS, Exception},
    shown::{Seen, Shown},
    states::State::{
        self, Busy, Dead, Fleet, Fresh, Idle, Quiet, Restarted, WithoutErrors, WithoutStreams,
    },
};

/// Whether there is a value.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Is {
    Value,
    Text,
}

/// What most panels show.
fn rule(state: State, panel: &Panel) -> Is {
    match state {
        Busy | WithoutErrors | WithoutStreams | Restarted | Quiet | Fleet => Is::Value,
        // The counts of an hour without events are zero; there are no shares
        // and no times of them.
        Idle if panel.show.is_zero_without_data() => Is::Value,
        // What is counted by names that a program chooses is there from the
        // first event on, and what a process told is gone with it.
        Idle | Fresh | Dead => Is::Text,
    }
}

pub(super) fn expected(state: State, shown: &Shown<'_>) -> Is {
    let exception = EXCEPTIONS.iter().find(|it| it.state == state && it.is_of(shown));
    exception.map_or_else(|| rule(state, &shown.panel), |exception| exception.is)
}

impl Exception {
    fn is_of(&self, shown: &Shown<'_>) -> bool {
        self.places().any(|place| place == shown.place)
    }

    pub(super) fn places(&self) -> impl Iterator<Item = String> {
        let panels = self.panels.iter();
        panels.flat_map(|(uid, titles)| titles.iter().map(move |title| format!("{uid}: {title}")))
    }

    /// Whether the rule says the same of one of its panels.
    pub(super) fn is_idle(&self, shown: &Shown<'_>) -> bool {
        self.is_of(shown) && rule(self.state, &shown.panel) == self.is
    }
}

/// What stands in place of a value, and the states for which it is right.
pub(super) const TEXTS: &[(&str, &[State])] = &[
    // Nothing has happened, or not within the hour.
    ("0", &[Fresh, Quiet, Dead]),
    ("no traffic", &[Fresh, Idle, Dead]),
    ("no calls", &[Fresh, Idle, Dead]),
    ("no streamed calls", &[Fresh, Idle, WithoutStreams, Dead]),
    ("no requests", &[Fresh, Idle, Dead]),
    ("no operations", &[Fresh, Idle, Dead]),
    ("no runs", &[Fresh, Idle, Dead]),
    ("no acts", &[Fresh, Idle, Dead]),
    ("no JSON wanted", &[Fresh, Idle, Dead]),
    ("no passes", &[Fresh, Idle, Dead]),
    ("no pieces", &[Fresh, Dead]),
    ("none judged", &[Fresh, Idle, Dead]),
    ("no tasks", &[Fresh, Idle, Dead]),
    ("no builds", &[Fresh, Idle, Dead]),
    ("no merges", &[Fresh, Idle, Dead]),
    ("no conflicts", &[Fresh, Idle, WithoutErrors, Dead]),
    ("no rounds", &[Fresh, Idle, Dead]),
    ("no checkouts", &[Fresh, Idle, Dead]),
    // The process has not told it: because there was none, because that was
    // before its start, or because it tells nothing any more.
    ("no success reported", &[Fresh, Quiet, Dead]),
    ("no publication reported", &[Fresh, Quiet, Dead]),
    ("no queue reported", &[Fresh, Quiet, Dead]),
    ("no snapshot", &[Fresh, Quiet, Dead]),
    ("no alert fires, or Prometheus has none of the rules", &[Fresh, WithoutErrors]),
    // Nothing was recorded at a whole hour.
    ("no hour with calls on record", &[Fresh, Fleet]),
    ("no hour with runs on record", &[Fresh, Fleet]),
    // There is no process.
    ("no process reports", &[Dead]),
    ("no exports", &[Dead]),
];

/// Whether what stands in place of a value is right.
pub(super) fn is_right(text: &str, state: State, panel: &Panel) -> bool {
    let exprs = || panel.lines.iter().flat_map(|line| line.expr.walk());
    // None of nothing is not zero.
    let is_quotient =
        |expr: &Expr| matches!(expr, Expr::Divide(_, by) if !matches!(**by, Expr::Number(_)));
    if text == "0" && (panel.kind == Kind::Table || exprs().any(is_quotient)) {
        return false;
    }
    TEXTS.iter().any(|(known, states)| *known == text && states.contains(&state))
}

/// Whether something is seen that is expected of this panel in this state.
pub(super) fn fault(state: State, shown: &Shown<'_>, seen: &Seen) -> Option<String> {
    let Shown { place, panel, .. } = shown;
    match (expected(state, shown), seen) {
        (Is::Value, Seen::Value) => None,
        (Is::Text, Seen::Value) => Some(format!("{place} has a value for {state:?}")),
        (Is::Value, Seen::Text(text)) => {
            Some(format!("{place} has no value for {state:?}, and says {text:?}"))
        }
        (Is::Text, Seen::Text(text)) => (!is_right(text, state, panel))
            .then(|| format!("{place} says {text:?}, which is not right for {state:?}")),
    }
}
