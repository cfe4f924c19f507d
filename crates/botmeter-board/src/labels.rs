//! Whether an instrument has the labels that a query names, told while
//! compiling.

use botmeter_core::label::{LabelInfo, Values};

/// Whether each wanted label is one of these.
pub(crate) const fn has_all(labels: &[LabelInfo], wanted: &[LabelInfo]) -> bool {
    let mut at = 0;
    while at < wanted.len() {
        if !has(labels, &wanted[at]) {
            return false;
        }
        at += 1;
    }
    true
}

const fn has(labels: &[LabelInfo], wanted: &LabelInfo) -> bool {
    let mut at = 0;
    while at < labels.len() {
        if is_same(&labels[at], wanted) {
            return true;
        }
        at += 1;
    }
    false
}

/// Two domains may use one key for different things, such as `status`, so the
/// values are compared as well.
const fn is_same(a: &LabelInfo, b: &LabelInfo) -> bool {
    if !is_same_text(a.key(), b.key()) {
        return false;
    }
    match (a.values(), b.values()) {
        (Values::Closed(a), Values::Closed(b)) => {
            if a.len() != b.len() {
                return false;
            }
            let mut at = 0;
            while at < a.len() {
                if !is_same_text(a[at], b[at]) {
                    return false;
                }
                at += 1;
            }
            true
        }
        (Values::Open { limit: a }, Values::Open { limit: b }) => a == b,
        _ => false,
    }
}

const fn is_same_text(a: &str, b: &str) -> bool {
    let (a, b) = (a.as_bytes(), b.as_bytes());
    if a.len() != b.len() {
        return false;
    }
    let mut at = 0;
    while at < a.len() {
        if a[at] != b[at] {
            return false;
        }
        at += 1;
    }
    true
}

#[cfg(test)]
mod tests {
    use super::*;

    const OPEN: LabelInfo = LabelInfo::new("model", Values::Open { limit: 100 });
    const NARROW: LabelInfo = LabelInfo::new("model", Values::Open { limit: 10 });
    const CLOSED: LabelInfo = LabelInfo::new("status", Values::Closed(&["success", "error"]));
    const OTHER: LabelInfo = LabelInfo::new("status", Values::Closed(&["success", "failed"]));
    const FEWER: LabelInfo = LabelInfo::new("status", Values::Closed(&["success"]));

    #[test]
    fn labels_of_one_key_differ_by_their_values() {
        assert!(has_all(&[OPEN, CLOSED], &[CLOSED, OPEN]));
        assert!(has_all(&[OPEN], &[]));
        for wanted in [NARROW, OTHER, FEWER] {
            assert!(!has_all(&[OPEN, CLOSED], &[wanted]), "{wanted:?}");
        }
        assert!(!has_all(&[LabelInfo::new("model", Values::Closed(&["a"]))], &[OPEN]));
    }
}
