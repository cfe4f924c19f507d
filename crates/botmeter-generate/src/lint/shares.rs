//! Shares that count what was called off, which is neither good nor bad.
//!
//! Such a share gets better by cancellations, and two boards that count them
//! differently say different things of the same hour.

use botmeter_board::{Expr, Matcher, Selection};
use botmeter_core::label::{LabelInfo, Values};

/// The label values of events that were called off; 499 is that of a request
/// whose client went away.
const CALLED_OFF: [&str; 2] = ["cancelled", "499"];

pub(super) fn shares(expr: &Expr, object: &mut impl FnMut(String)) {
    for expr in expr.walk() {
        let Expr::Divide(part, whole) = expr else { continue };
        let part = if let Expr::OrZero(part, _) = &**part { part } else { part };
        if let (Expr::Fold { of: part, .. }, Expr::Fold { of: whole, .. }) = (&**part, &**whole)
            && let Some(value) = called_off(&part.selection, &whole.selection)
        {
            object(format!(
                "a share of {} counts those that are `{value}`, which are neither good nor bad; \
                 leave them out with `not_counting`",
                whole.selection.instrument.name()
            ));
        }
    }
}

/// The value of what was called off that the whole counts, although the part is
/// a choice of something else.
fn called_off(part: &Selection, whole: &Selection) -> Option<&'static str> {
    let has = |matcher: &Matcher, value: &str| matcher.values.iter().any(|text| text == value);
    let is_chosen =
        |value: &str| part.matchers.iter().any(|matcher| matcher.is_wanted && has(matcher, value));
    // A text of an open label, such as one queue, says nothing of how they ended.
    let ends = |matcher: &Matcher| {
        let mut labels = part.instrument.labels().iter();
        let is_closed = |label: &LabelInfo| matches!(label.values(), Values::Closed(_));
        labels.any(|label| label.key() == matcher.key && is_closed(label))
    };
    if !part.matchers.iter().any(ends) {
        return None;
    }
    whole.instrument.labels().iter().find_map(|label| {
        let Values::Closed(values) = label.values() else { return None };
        let admits = |matcher: &Matcher, value: &str| {
            matcher.key != label.key() || has(matcher, value) == matcher.is_wanted
        };
        CALLED_OFF.into_iter().find(|value| {
            values.contains(value)
                && whole.matchers.iter().all(|matcher| admits(matcher, value))
                && !is_chosen(value)
        })
    })
}
