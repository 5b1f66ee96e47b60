//! A browser without a screen: the posts and the event stream of the web chat, over real HTTP.

use std::time::Duration;

use reqwest::multipart::{Form, Part};
use serde_json::{Value, json};
use tokio::time::timeout;

/// How long anything may take before a test gives up; generous, since machines are shared.
const PATIENCE: Duration = Duration::from_mins(1);

/// One thing a person does on the page.
#[derive(Debug, Clone)]
pub(crate) enum Deed<'a> {
    Open,
    /// A button's token.
    Press(&'a str),
    /// A question's id and the ids of choices.
    Choose(&'a str, &'a [&'a str]),
    Say(&'a str),
    Photo(Vec<u8>),
}

/// One browser with its session.
#[derive(Debug, Clone)]
pub(crate) struct Visitor {
    client: reqwest::Client,
    base: String,
}

impl Visitor {
    pub(crate) fn new(base: String) -> Self {
        let client = reqwest::Client::builder()
            .cookie_store(true)
            .build()
            .expect("a plain client is built");
        Self { client, base }
    }

    /// The same browser, after the server came back at another address.
    pub(crate) fn moves_to(&mut self, base: String) {
        self.base = base;
    }

    /// Does it once; the same id again is the same deed.
    pub(crate) async fn tries(&self, id: &str, deed: &Deed<'_>) -> reqwest::Result<Value> {
        let request = match deed {
            Deed::Open => self.post("open").json(&json!({ "id": id })),
            Deed::Press(token) => self
                .post("press")
                .json(&json!({ "id": id, "token": token })),
            Deed::Choose(question, choices) => self
                .post("choose")
                .json(&json!({ "id": id, "question": question, "choices": choices })),
            Deed::Say(text) => self.post("say").json(&json!({ "id": id, "text": text })),
            Deed::Photo(bytes) => self.post("photo").multipart(
                Form::new()
                    .text("id", id.to_owned())
                    .part("file", Part::bytes(bytes.clone()).file_name("photo.jpg")),
            ),
        };
        let response = request.timeout(PATIENCE).send().await?;
        response.error_for_status()?.json().await
    }

    fn post(&self, path: &str) -> reqwest::RequestBuilder {
        self.client
            .post(format!("{}/{path}", self.base))
            .header("accept-language", "ko")
    }

    /// A page or picture of the session.
    pub(crate) async fn gets(&self, path: &str) -> reqwest::Result<reqwest::Response> {
        self.client
            .get(format!("{}{path}", self.base))
            .timeout(PATIENCE)
            .send()
            .await
    }

    /// The history as it stands, in the order of positions.
    pub(crate) async fn history(&self) -> reqwest::Result<Vec<Value>> {
        let mut response = self.gets("/events?since=0").await?.error_for_status()?;
        let mut text = String::new();
        let mut bytes = Vec::new();
        while !text.contains("event: settled") && !text.contains("event:settled") {
            let Some(chunk) = response.chunk().await? else {
                break;
            };
            bytes.extend_from_slice(&chunk);
            text = String::from_utf8_lossy(&bytes).into_owned();
        }
        let mut entries: Vec<Value> = text
            .split("\n\n")
            .filter(|event| !event.contains("settled"))
            .filter_map(|event| event.lines().find_map(|line| line.strip_prefix("data:")))
            .filter_map(|data| serde_json::from_str(data.trim()).ok())
            .collect();
        entries.sort_by_key(|entry| entry["position"].as_u64());
        Ok(entries)
    }

    /// Waits until the history is as wanted, and returns it.
    pub(crate) async fn waits_until(
        &self,
        wanted: impl Fn(&[Value]) -> bool,
    ) -> reqwest::Result<Vec<Value>> {
        let waiting = async {
            loop {
                let history = self.history().await?;
                if wanted(&history) {
                    return Ok(history);
                }
                tokio::time::sleep(Duration::from_millis(20)).await;
            }
        };
        if let Ok(history) = timeout(PATIENCE, waiting).await {
            return history;
        }
        panic!("not as wanted in time: {:#?}", self.history().await)
    }
}
