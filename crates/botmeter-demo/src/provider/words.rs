//! What the models write, one piece for each token.

use std::sync::atomic::{AtomicU64, Ordering};

use fastrand::Rng;
use serde_json::{Deserializer, Map, Value};

/// One answer in JSON out of this many cannot be read, as happens with any model.
const UNREADABLE: u64 = 12;

/// Characters of JSON that make a token.
const PER_TOKEN: usize = 4;

const WORDS: [&str; 24] = [
    "the", "bot", "found", "three", "new", "posts", "about", "today's", "release", "and", "wrote",
    "a", "short", "summary", "for", "each", "channel", "with", "links", "to", "every", "source",
    "it", "read",
];

/// Writes the answers.
#[derive(Debug, Default)]
pub(super) struct Writer {
    answers_in_json: AtomicU64,
}

impl Writer {
    /// The answer to a prompt: JSON if the prompt asks for it and shows an example, else so many
    /// words of prose.
    pub(super) fn answer(&self, prompt: &str, seed: u64, visible_tokens: u64) -> Vec<String> {
        let Some(example) = example(prompt) else { return prose(seed, visible_tokens) };
        let mut json = alike(&example, &mut Rng::with_seed(seed)).to_string();
        // Counted and not drawn, so that nobody waits long for the first one.
        if self.answers_in_json.fetch_add(1, Ordering::Relaxed) % UNREADABLE == UNREADABLE / 2 {
            json.truncate(json.len() / 2);
            json.push_str("... and so on");
        }
        let letters: Vec<char> = json.chars().collect();
        letters.chunks(PER_TOKEN).map(|letters| letters.iter().collect()).collect()
    }
}

/// Text that reads like the notes of a bot, one word for each token.
pub(super) fn prose(seed: u64, count: u64) -> Vec<String> {
    let mut rng = Rng::with_seed(seed);
    (0..count)
        .map(|place| {
            let word = word(&mut rng);
            if place == 0 { word.to_owned() } else { format!(" {word}") }
        })
        .collect()
}

/// The first object in a prompt that asks for JSON.
fn example(prompt: &str) -> Option<Value> {
    let (_, rest) = prompt.split_once("JSON")?;
    let object = &rest[rest.find('{')?..];
    Deserializer::from_str(object).into_iter().next()?.ok()
}

/// Something of the same shape.
fn alike(example: &Value, rng: &mut Rng) -> Value {
    match example {
        Value::String(_) => format!("{} {}", word(rng), word(rng)).into(),
        Value::Number(_) => rng.u8(1..=10).into(),
        Value::Array(items) => items.iter().map(|item| alike(item, rng)).collect(),
        Value::Object(fields) => {
            let fields = fields.iter().map(|(name, value)| (name.clone(), alike(value, rng)));
            Value::Object(fields.collect::<Map<_, _>>())
        }
        Value::Bool(_) | Value::Null => example.clone(),
    }
}

fn word(rng: &mut Rng) -> &'static str {
    WORDS[rng.usize(..WORDS.len())]
}

#[cfg(test)]
mod tests {
    use super::*;

    const PROMPT: &str = r#"Judge {both}. Answer with JSON such as {"scores":[7,2]}, no more {}."#;

    #[test]
    fn prose_has_as_many_words_as_tokens() {
        let words = Writer::default().answer("Answer with {one} word.", 1, 5);
        assert_eq!((words.len(), words.concat().split(' ').count()), (5, 5));
    }

    #[test]
    fn json_has_the_shape_of_the_example() {
        let words = Writer::default().answer(PROMPT, 7, 90);
        let answer: Value = serde_json::from_str(&words.concat()).unwrap();
        let scores = answer["scores"].as_array().unwrap();
        assert_eq!(scores.len(), 2);
        assert!(scores.iter().all(|score| (1..=10).contains(&score.as_u64().unwrap())), "{answer}");
        assert_eq!(answer.as_object().unwrap().len(), 1);
    }

    #[test]
    fn one_answer_in_twelve_is_cut_short() {
        let writer = Writer::default();
        let is_readable =
            |seed| serde_json::from_str::<Value>(&writer.answer(PROMPT, seed, 90).concat()).is_ok();
        assert_eq!((0..120).filter(|seed| !is_readable(*seed)).count(), 10);
    }
}
