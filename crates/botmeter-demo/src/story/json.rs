//! JSON in the replies of models, who like to wrap it in other text.

use botmeter_narrative::Narrative;
use serde::de::DeserializeOwned;

use super::trouble::Trouble;
use super::world::World;

/// Asks a model for JSON, and once more if the reply is of no use.
pub(super) async fn ask<T: DeserializeOwned>(
    world: &World,
    narrative: &Narrative,
    prompt: &str,
) -> Result<T, Trouble> {
    let first = world.insist(prompt).await?;
    match narrative.json(extract(&first)) {
        Err(_) => narrative.json(extract(&world.insist(prompt).await?)),
        wanted => wanted,
    }
}

/// Reads what stands between the first and the last brace.
pub(super) fn extract<T: DeserializeOwned>(reply: &str) -> Result<T, Trouble> {
    let object = reply.find('{').zip(reply.rfind('}')).and_then(|(from, to)| reply.get(from..=to));
    object
        .and_then(|object| serde_json::from_str(object).ok())
        .ok_or_else(|| Trouble::Useless(reply.chars().take(80).collect()))
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;

    use super::*;

    fn read(reply: &str) -> Result<u8, String> {
        let object: BTreeMap<String, u8> = extract(reply).map_err(|error| error.to_string())?;
        Ok(object["score"])
    }

    #[test]
    fn text_around_the_json_is_left_out() {
        assert_eq!(read(r#"{"score":7}"#), Ok(7));
        assert_eq!(read("Sure!\n```json\n{\"score\": 7}\n```\n"), Ok(7));
    }

    #[test]
    fn what_is_no_json_is_quoted() {
        for reply in ["", "}{", "seven", r#"{"score":7... and so on"#, r#"{"score":"seven"}"#] {
            let message = format!("read JSON from the model's reply {reply:?}");
            assert_eq!(read(reply), Err(message));
        }
    }
}
