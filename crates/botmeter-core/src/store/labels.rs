//! Labels of series, written down once for both encodings.

use std::{
    borrow::Borrow,
    cmp::Ordering,
    collections::BTreeSet,
    fmt,
    sync::{Arc, Mutex, PoisonError},
};

/// One label with its value, ready for the page and for OTLP.
///
/// All series of a store that have it share it.
pub struct Label {
    /// `key="value"`, escaped for the page.
    text: Box<str>,
    /// The message `KeyValue` of OTLP with the same, behind its length.
    attribute: Box<[u8]>,
    key_len: usize,
    value_len: usize,
}

impl Label {
    /// A label of this value.
    pub fn new(key: &str, value: &str) -> Self {
        Self {
            text: text_of(key, value).into(),
            attribute: attribute_of(key, value).into(),
            key_len: key.len(),
            value_len: value.len(),
        }
    }

    /// `key="value"`, with backslash, quote and line feed of the value
    /// escaped: as both formats of the page want it.
    pub fn text(&self) -> &str {
        &self.text
    }

    /// OTLP's `KeyValue` with key and value, a string, as a field of another
    /// message has it behind its tag: the length, and the message.
    pub fn attribute(&self) -> &[u8] {
        &self.attribute
    }

    /// The key.
    pub fn key(&self) -> &str {
        self.text.get(..self.key_len).unwrap_or_default()
    }

    /// The value as it was given.
    pub fn value(&self) -> &str {
        // The message ends with the value.
        let start = self.attribute.len() - self.value_len;
        std::str::from_utf8(&self.attribute[start..]).unwrap_or_default()
    }
}

impl fmt::Debug for Label {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.text)
    }
}

/// The labels of one series, in the order of its instrument.
pub type Labels = [Arc<Label>];

/// Labels that no store keeps, to look a series up by.
pub(crate) fn apart<'a>(pairs: impl IntoIterator<Item = (&'a str, &'a str)>) -> Box<Labels> {
    pairs.into_iter().map(|(key, value)| Arc::new(Label::new(key, value))).collect()
}

/// Keys and values.
pub fn pairs(labels: &Labels) -> impl Iterator<Item = (&str, &str)> {
    labels.iter().map(|label| (label.key(), label.value()))
}

/// As the page sorts series: by the text of their labels.
impl Ord for Label {
    fn cmp(&self, other: &Self) -> Ordering {
        self.text.cmp(&other.text)
    }
}

impl PartialOrd for Label {
    fn partial_cmp(&self, other: &Self) -> Option<Ordering> {
        Some(self.cmp(other))
    }
}

impl PartialEq for Label {
    fn eq(&self, other: &Self) -> bool {
        self.text == other.text
    }
}

impl Eq for Label {}

/// The labels that a store has, each once.
#[derive(Default)]
pub(super) struct Pairs(Mutex<BTreeSet<ByText>>);

impl Pairs {
    pub(super) fn labels<'a>(
        &self,
        pairs: impl IntoIterator<Item = (&'a str, &'a str)>,
    ) -> Box<Labels> {
        let mut known = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let shared = pairs.into_iter().map(|(key, value)| {
            let text = text_of(key, value);
            if let Some(label) = known.get(text.as_str()) {
                return Arc::clone(&label.0);
            }
            let label = Arc::new(Label::new(key, value));
            known.insert(ByText(Arc::clone(&label)));
            label
        });
        shared.collect()
    }
}

#[derive(PartialEq, Eq, PartialOrd, Ord)]
struct ByText(Arc<Label>);

impl Borrow<str> for ByText {
    fn borrow(&self) -> &str {
        &self.0.text
    }
}

fn text_of(key: &str, value: &str) -> String {
    let mut text = String::with_capacity(key.len() + value.len() + 3);
    text.push_str(key);
    text.push_str("=\"");
    for c in value.chars() {
        match c {
            '\\' => text.push_str("\\\\"),
            '"' => text.push_str("\\\""),
            '\n' => text.push_str("\\n"),
            _ => text.push(c),
        }
    }
    text.push('"');
    text
}

/// `KeyValue { 1: key, 2: AnyValue { 1: value } }`.
fn attribute_of(key: &str, value: &str) -> Vec<u8> {
    const FIELD_1: u8 = 1 << 3 | 2;
    const FIELD_2: u8 = 2 << 3 | 2;
    let mut any = Vec::with_capacity(value.len() + 6);
    any.push(FIELD_1);
    push_text(&mut any, value);
    let mut message = Vec::with_capacity(key.len() + any.len() + 12);
    message.push(FIELD_1);
    push_text(&mut message, key);
    message.push(FIELD_2);
    push_varint(&mut message, any.len() as u64);
    message.extend_from_slice(&any);
    let mut field = Vec::with_capacity(message.len() + 3);
    push_varint(&mut field, message.len() as u64);
    field.extend_from_slice(&message);
    field
}

fn push_text(message: &mut Vec<u8>, text: &str) {
    push_varint(message, text.len() as u64);
    message.extend_from_slice(text.as_bytes());
}

#[expect(clippy::cast_possible_truncation, reason = "seven bits at a time are what is wanted")]
fn push_varint(message: &mut Vec<u8>, mut n: u64) {
    while n >= 0x80 {
        message.push(n as u8 | 0x80);
        n >>= 7;
    }
    message.push(n as u8);
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    proptest! {
        #[test]
        fn key_and_value_are_read_back(value in any::<String>()) {
            let label = Label::new("model", &value);
            prop_assert_eq!((label.key(), label.value()), ("model", value.as_str()));
        }

        #[test]
        fn labels_are_sorted_as_their_texts_are(a in "[a\"\\\\ z]{0,3}", b in "[a\"\\\\ z]{0,3}") {
            let pairs = Pairs::default();
            let labels = |value: &str| pairs.labels([("x", value), ("y", "1")]);
            let text = |value: &str| format!("{},{}", text_of("x", value), text_of("y", "1"));
            prop_assert_eq!(labels(&a).cmp(&labels(&b)), text(&a).cmp(&text(&b)));
        }
    }

    #[test]
    fn a_pair_is_kept_once() {
        let pairs = Pairs::default();
        let (a, b) = (pairs.labels([("x", "1"), ("y", "2")]), pairs.labels([("x", "1")]));
        assert!(Arc::ptr_eq(&a[0], &b[0]));
    }
}
