//! A job that cron starts every night: it has a model sum up each topic, and
//! ends. There is no runtime in it.

use std::{env, error::Error};

use botmeter::{
    Telemetry,
    llm::{Llm, Provider, Usage},
};
use serde_json::{Value, json};

const MODEL: &str = "llama3.2";
const TOPICS: [&str; 5] = ["billing", "delivery", "returns", "accounts", "praise"];

fn main() -> Result<(), Box<dyn Error>> {
    let (telemetry, llm) = Telemetry::builder("nightly-job").start::<Llm>()?;
    let url = env::var("OPENAI_BASE_URL")?;
    for topic in TOPICS {
        println!("{topic}: {}", sum_up(&llm, &url, topic)?);
    }
    telemetry.end();
    Ok(())
}

fn sum_up(llm: &Llm, url: &str, topic: &str) -> Result<String, Box<dyn Error>> {
    let call = llm.start(Provider::Ollama, MODEL);
    match ask(url, topic) {
        Ok(reply) => {
            call.finish(&usage(&reply));
            Ok(reply["choices"][0]["message"]["content"].to_string())
        }
        Err(error) => {
            call.fail(llm.kind_of(&error));
            Err(error)
        }
    }
}

fn ask(url: &str, topic: &str) -> Result<Value, Box<dyn Error>> {
    let question = format!("Sum up what customers wrote about {topic}.");
    let messages = json!([{ "role": "user", "content": question }]);
    let request = json!({ "model": MODEL, "messages": messages }).to_string();
    let post = ureq::post(format!("{url}/chat/completions"));
    let mut reply = post.content_type("application/json").send(request)?;
    Ok(serde_json::from_str(&reply.body_mut().read_to_string()?)?)
}

fn usage(reply: &Value) -> Usage {
    let tokens = |of: &str| reply["usage"][of].as_u64().unwrap_or(0);
    Usage::including_cache(tokens("prompt_tokens"), tokens("completion_tokens"))
}
