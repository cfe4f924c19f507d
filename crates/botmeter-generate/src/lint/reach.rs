//! Alerts that could never fire, or would always do.

use std::{collections::HashMap, time::Duration};

use botmeter_board::{
    Comparison, Expr, Fold, Function, Matcher, Part, Sample, Selection, Window, spelt,
};
use botmeter_core::Kind;

use crate::{Catalogue, Options, Problem};

/// Conditions that cannot be met, or cannot but be met, and times that nobody
/// can look back over.
pub(super) fn alerts(catalogue: &Catalogue, options: &Options) -> Vec<Problem> {
    let mut problems = Vec::new();
    let boards = catalogue.entries.iter().map(|entry| &entry.board);
    let kept: Kept<'_> = boards
        .flat_map(|board| &board.recordings)
        .map(|recording| (recording.name.as_str(), &recording.expr))
        .collect();
    for alert in catalogue.entries.iter().flat_map(|entry| &entry.board.alerts) {
        let place = format!("alert {}", alert.name);
        let mut object = |what: String| problems.push(Problem::new(&place, what));
        conditions(&alert.when.expr, &kept, &mut object);
        let of_kept =
            |name: &str| kept.get(name).map_or(Duration::ZERO, |of| of.reach(&|_| Duration::ZERO));
        let longest = alert.when.expr.reach(&of_kept).max(alert.hold);
        if longest > options.retention {
            object(format!(
                "looks back over {}, which is longer than Prometheus keeps samples, {}",
                spelt(longest),
                spelt(options.retention)
            ));
        }
    }
    problems
}

/// What rules record, by its name.
type Kept<'a> = HashMap<&'a str, &'a Expr>;

/// What a result lies between, as far as that is certain.
#[derive(Clone, Copy, Debug, Default)]
struct Range {
    lowest: Option<f64>,
    highest: Option<f64>,
}

const FROM_ZERO: Range = Range { lowest: Some(0.0), highest: None };

fn conditions(expr: &Expr, kept: &Kept<'_>, object: &mut impl FnMut(String)) {
    match expr {
        Expr::And(a, b) | Expr::AndJob(a, b) => {
            conditions(a, kept, object);
            if !asks_for_any(b, kept) {
                conditions(b, kept, object);
            }
        }
        Expr::Compare(of, comparison, limit) => match &**limit {
            Expr::Number(limit) => compared(range(of, kept), *comparison, *limit, object),
            Expr::Multiply(_, times) => {
                if let Expr::Number(times) = **times
                    && times <= 0.0
                {
                    object(format!(
                        "compares with {times} times something; take a number above zero"
                    ));
                }
            }
            _ => {}
        },
        _ => {}
    }
}

/// Whether it holds for whatever there is, so that something else is alerted on
/// only where there is any of it.
fn asks_for_any(expr: &Expr, kept: &Kept<'_>) -> bool {
    let Expr::Compare(of, Comparison::AtLeast, limit) = expr else { return false };
    matches!(**limit, Expr::Number(limit) if range(of, kept).lowest == Some(limit))
}

fn compared(of: Range, comparison: Comparison, limit: f64, object: &mut impl FnMut(String)) {
    let Range { lowest, highest } = of;
    let (never, always) = match comparison {
        Comparison::Above => {
            (highest.filter(|high| *high <= limit), lowest.filter(|low| *low > limit))
        }
        Comparison::AtLeast => {
            (highest.filter(|high| *high < limit), lowest.filter(|low| *low >= limit))
        }
        Comparison::Below => {
            (lowest.filter(|low| *low >= limit), highest.filter(|high| *high < limit))
        }
        Comparison::AtMost => {
            (lowest.filter(|low| *low > limit), highest.filter(|high| *high <= limit))
        }
    };
    let words = match comparison {
        Comparison::Above => "above",
        Comparison::Below => "below",
        Comparison::AtLeast => "at least",
        Comparison::AtMost => "at most",
    };
    for (end, how) in [(never, "never"), (always, "always")] {
        if let Some(end) = end {
            let side = if highest == Some(end) { "highest" } else { "lowest" };
            object(format!("is {how} {words} {limit}: the {side} that there can be is {end}"));
        }
    }
}

fn range(expr: &Expr, kept: &Kept<'_>) -> Range {
    match expr {
        Expr::Fold { of, .. } if only_grows(of) => FROM_ZERO,
        // Prometheus answers with the highest bound for what lies above it, and
        // with a part of the lowest for what lies below that.
        Expr::Quantile { quantile, of, .. } => {
            let bounds = of.selection.instrument.buckets();
            let lowest = bounds.first().filter(|first| **first > 0.0).map(|first| first * quantile);
            Range { lowest, highest: bounds.last().copied() }
        }
        // What has not happened within the window is not there.
        Expr::Since(of) => Range { lowest: Some(0.0), highest: remembered(of) },
        // That there is a result at all is the news.
        Expr::Vanished { .. } => Range { lowest: None, highest: Some(1.0) },
        Expr::Divide(a, b) if is_part(a, b) || is_share(a, b) => {
            Range { lowest: Some(0.0), highest: Some(1.0) }
        }
        Expr::Add(a, b) | Expr::Multiply(a, b) | Expr::Divide(a, b) | Expr::OrZero(a, b) => {
            let is_from_zero = |expr: &Expr| range(expr, kept).lowest.is_some_and(|low| low >= 0.0);
            if is_from_zero(a) && is_from_zero(b) { FROM_ZERO } else { Range::default() }
        }
        Expr::Number(number) => Range { lowest: Some(*number), highest: Some(*number) },
        Expr::Top { of, .. } => range(of, kept),
        // What is recorded of what is recorded is not looked into, so that this
        // ends also where a rule asks for itself.
        Expr::Recorded { name, .. } => {
            kept.get(name.as_str()).map_or_else(Range::default, |of| range(of, &Kept::new()))
        }
        _ => Range::default(),
    }
}

fn only_grows(Sample { selection, function, .. }: &Sample) -> bool {
    let is_change = matches!(function, Function::Rate | Function::Increase | Function::Changes);
    is_change || matches!(selection.instrument.kind(), Kind::Counter | Kind::FloatCounter)
}

/// For how many seconds a time is known.
fn remembered(expr: &Expr) -> Option<f64> {
    match expr {
        Expr::Fold {
            of: Sample { function: Function::Last, window: Window::Of(window), .. },
            ..
        } => Some(window.as_secs_f64()),
        _ => None,
    }
}

/// Whether the first is zero where there is only the second, as shares have it,
/// also of events that are counted by another instrument.
fn is_share(part: &Expr, whole: &Expr) -> bool {
    matches!(part, Expr::OrZero(_, of) if **of == *whole)
}

/// Whether every event of the first is one of the second, too.
fn is_part(part: &Expr, whole: &Expr) -> bool {
    match (part, whole) {
        (Expr::OrZero(part, _), whole) => is_part(part, whole),
        (part, Expr::OrZero(whole, _)) => is_part(part, whole),
        (part, Expr::Add(a, b)) => is_part(part, a) || is_part(part, b),
        (
            Expr::Fold { fold: Fold::Sum, by: by_part, of: part },
            Expr::Fold { fold: Fold::Sum, by: by_whole, of: whole },
        ) => {
            only_grows(part)
                && by_part == by_whole
                && (part.function, part.window, part.offset)
                    == (whole.function, whole.window, whole.offset)
                && is_among(&part.selection, &whole.selection)
        }
        _ => false,
    }
}

fn is_among(part: &Selection, whole: &Selection) -> bool {
    let is_counted = match (part.part, whole.part) {
        (Part::Bucket(_), Part::Count) => true,
        (a, b) => a == b && a != Part::Sum,
    };
    let is_implied = |of_whole: &Matcher| {
        part.matchers.iter().any(|of_part| {
            let excludes = of_part.is_wanted
                && !of_whole.is_wanted
                && of_part.key == of_whole.key
                && !of_part.values.iter().any(|value| of_whole.values.contains(value));
            of_part == of_whole || excludes
        })
    };
    part.instrument == whole.instrument && is_counted && whole.matchers.iter().all(is_implied)
}
