//! A browser without a screen that goes through whole consultations.

use std::time::{Duration, Instant};

use anyhow::Context as _;
use reqwest::multipart::{Form, Part};
use reqwest::{Client, Response};
use serde_json::{Value, json};

/// How many photos a consultation has.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Photos {
    One,
    /// The second one comes in at the last question.
    Two,
}

/// How long a person waited.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Waits {
    /// From the last photo to the last byte of the card.
    pub(crate) card: Duration,
    /// From the result, which names the card, to the guidance.
    pub(crate) guidance: Duration,
    /// From the result to the same in a model's words, where one is set.
    pub(crate) worded: Option<Duration>,
}

/// The buttons before the first photo.
const BEFORE: [&str; 5] = [
    "speak:ko",
    "age:yes",
    "agree:basic",
    "agree:sensitive",
    "region:crown",
];

/// The buttons from the photo to the last question.
const SURVEY: [&str; 11] = [
    "photos-done",
    "skip:age",
    "skip:sex",
    "skip:shampoo-frequency",
    "skip:perm",
    "skip:dye",
    "skip:hair-state",
    "skip:products",
    "skip:custom-care",
    "skip:shampoo-priority",
    "skip:red-flags",
];

/// One session.
pub(crate) struct Browser {
    client: Client,
    url: String,
    deeds: usize,
}

impl Browser {
    pub(crate) fn new(url: &str) -> anyhow::Result<Self> {
        let client = Client::builder().cookie_store(true).build()?;
        Ok(Self {
            client,
            url: url.to_owned(),
            deeds: 0,
        })
    }

    /// The page.
    pub(crate) async fn page(&self) -> anyhow::Result<String> {
        let response = self.client.get(format!("{}/", self.url)).send().await?;
        Ok(response.error_for_status()?.text().await?)
    }

    /// A whole consultation in a new session, to the guidance.
    pub(crate) async fn consults(&mut self, photo: &[u8], photos: Photos) -> anyhow::Result<Waits> {
        let (waits, _) = self.consults_with(photo, photos).await?;
        Ok(waits)
    }

    /// As [`Self::consults`], and to a model's words that take the place of the guidance.
    pub(crate) async fn consults_worded(&mut self, photo: &[u8]) -> anyhow::Result<Waits> {
        let (waits, mut after) = self.consults_with(photo, Photos::One).await?;
        let is_worded = |entry: &Value| offers(entry, "helpful:");
        let mut taken = waits.guidance;
        // A writer that is at once there may have been faster than the stream.
        if !is_worded(&after.guidance) {
            let worded = after.events.until(is_worded);
            let worded = tokio::time::timeout(Duration::from_secs(10), worded).await;
            worded.context("the guidance is worded")??;
            taken = after.result.elapsed();
        }
        Ok(Waits {
            worded: Some(taken),
            ..waits
        })
    }

    /// A whole consultation, and where it stands.
    async fn consults_with(
        &mut self,
        photo: &[u8],
        photos: Photos,
    ) -> anyhow::Result<(Waits, After)> {
        self.post("open", json!({})).await?;
        let mut events = Events::of(self).await?;
        for token in BEFORE {
            self.press(token).await?;
        }
        let mut started = Instant::now();
        self.photo(photo).await?;
        for token in SURVEY {
            self.press(token).await?;
        }
        if photos == Photos::Two {
            // The first one is out of the way.
            events
                .until(|entry| entry["slot"].as_str().is_some_and(is_photo) && is_settled(entry))
                .await?;
            started = Instant::now();
            self.photo(photo).await?;
        }
        self.press("skip:free-line").await?;
        let entry = events
            .until(|entry| entry["content"]["picture"]["kind"] == "card")
            .await?;
        let result = Instant::now();
        let card = entry["content"]["picture"]["url"]
            .as_str()
            .context("a card has an address")?;
        let card = self.client.get(format!("{}{card}", self.url));
        let fetching = async {
            let bytes = card.send().await?.error_for_status()?.bytes().await?;
            anyhow::ensure!(bytes.starts_with(b"\x89PNG"), "the card is a picture");
            Ok(started.elapsed())
        };
        let reading = async {
            let entry = events.until(|entry| offers(entry, "review")).await?;
            anyhow::Ok((result.elapsed(), entry))
        };
        let (card, (waited, guidance)) = tokio::try_join!(fetching, reading)?;
        let waits = Waits {
            card,
            guidance: waited,
            worded: None,
        };
        let after = After {
            result,
            guidance,
            events,
        };
        Ok((waits, after))
    }

    async fn press(&mut self, token: &str) -> anyhow::Result<()> {
        self.post("press", json!({ "token": token })).await
    }

    async fn post(&mut self, path: &str, mut body: Value) -> anyhow::Result<()> {
        body["id"] = self.next_id().into();
        let request = self.client.post(format!("{}/{path}", self.url)).json(&body);
        request.send().await?.error_for_status()?;
        Ok(())
    }

    async fn photo(&mut self, bytes: &[u8]) -> anyhow::Result<()> {
        let file = Part::bytes(bytes.to_vec()).file_name("photo.jpg");
        let form = Form::new().text("id", self.next_id()).part("file", file);
        let request = self.client.post(format!("{}/photo", self.url));
        request.multipart(form).send().await?.error_for_status()?;
        Ok(())
    }

    fn next_id(&mut self) -> String {
        self.deeds += 1;
        format!("deed-{}", self.deeds)
    }
}

fn is_photo(slot: &str) -> bool {
    slot.starts_with("photo:")
}

fn is_settled(entry: &Value) -> bool {
    entry["content"]["is_working"] == false
}

/// A consultation that has come to the guidance.
struct After {
    /// When the result came.
    result: Instant,
    guidance: Value,
    /// What comes after the guidance.
    events: Events,
}

/// Whether a button is there whose token begins so.
fn offers(entry: &Value, token: &str) -> bool {
    let rows = entry["content"]["buttons"].as_array();
    let buttons = rows.into_iter().flatten().filter_map(Value::as_array);
    let mut tokens = buttons.flatten().filter_map(|one| one["token"].as_str());
    tokens.any(|one| one.starts_with(token))
}

/// The open event stream of a session.
struct Events {
    response: Response,
    /// What has come and was not looked at.
    bytes: Vec<u8>,
}

impl Events {
    async fn of(browser: &Browser) -> anyhow::Result<Self> {
        let request = browser.client.get(format!("{}/events", browser.url));
        Ok(Self {
            response: request.send().await?.error_for_status()?,
            bytes: Vec::new(),
        })
    }

    /// The next entry that is as wanted.
    async fn until(&mut self, wanted: impl Fn(&Value) -> bool) -> anyhow::Result<Value> {
        loop {
            while let Some(end) = self.bytes.windows(2).position(|pair| pair == b"\n\n") {
                let event: Vec<u8> = self.bytes.drain(..end + 2).collect();
                let entry = std::str::from_utf8(&event)?
                    .lines()
                    .find_map(|line| line.strip_prefix("data:"))
                    .and_then(|data| serde_json::from_str::<Value>(data.trim()).ok());
                if let Some(entry) = entry.filter(&wanted) {
                    return Ok(entry);
                }
            }
            let chunk = tokio::time::timeout(Duration::from_mins(1), self.response.chunk())
                .await
                .context("the service says something within a minute")??
                .context("the event stream goes on")?;
            self.bytes.extend_from_slice(&chunk);
        }
    }
}
