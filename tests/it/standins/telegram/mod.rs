//! The stand-in for Telegram: what it delivers, refuses, spoils and finds.

mod chats;
mod delivery;
mod faults;
mod library;
mod refusals;
mod rules;

use std::io::Cursor;

use image::{ImageFormat, RgbImage};
use reqwest::Client;
use reqwest::multipart::Form;
use serde_json::{Value, json};

use crate::support::telegram::{Person, TelegramStandIn};

/// A bot without any library, so that it can do what no library would.
struct BareBot {
    http: Client,
    base: String,
    token: String,
}

impl BareBot {
    fn of(telegram: &TelegramStandIn) -> Self {
        Self {
            http: Client::new(),
            base: telegram.base(),
            token: telegram.token().to_owned(),
        }
    }

    fn address(&self, method: &str) -> String {
        format!("{}/bot{}/{method}", self.base, self.token)
    }

    async fn tries(&self, method: &str, fields: &Value) -> Result<(u16, Value), reqwest::Error> {
        let request = self.http.post(self.address(method)).json(fields);
        let answer = request.send().await?;
        Ok((answer.status().as_u16(), answer.json().await?))
    }

    async fn calls(&self, method: &str, fields: Value) -> (u16, Value) {
        self.tries(method, &fields)
            .await
            .expect("the stand-in answers")
    }

    /// What it got, where a refusal ends the test.
    async fn does(&self, method: &str, fields: Value) -> Value {
        let (status, answer) = self.calls(method, fields).await;
        assert_eq!(status, 200, "{method}: {answer}");
        answer["result"].clone()
    }

    /// Why it was refused.
    async fn is_refused(&self, method: &str, fields: Value) -> String {
        let (status, answer) = self.calls(method, fields).await;
        assert_eq!(answer["ok"], false, "{method}: {answer}");
        assert_eq!(answer["error_code"], status);
        answer["description"]
            .as_str()
            .expect("a refusal says why")
            .to_owned()
    }

    async fn uploads(&self, method: &str, form: Form) -> (u16, Value) {
        let request = self.http.post(self.address(method)).multipart(form);
        let answer = request.send().await.expect("the stand-in answers");
        let status = answer.status().as_u16();
        (status, answer.json().await.expect("the answer is JSON"))
    }

    async fn updates(&self, offset: i64) -> Vec<Value> {
        let fields = json!({ "offset": offset, "timeout": 0 });
        let updates = self.does("getUpdates", fields).await;
        updates.as_array().expect("updates are a list").clone()
    }

    async fn says(&self, chat: i64, text: &str) -> i64 {
        let sent = self
            .does("sendMessage", json!({ "chat_id": chat, "text": text }))
            .await;
        sent["message_id"].as_i64().expect("a message has an id")
    }
}

/// A person who has said hello.
fn anna(telegram: &TelegramStandIn) -> Person {
    let anna = telegram.person(7, "Anna", Some("ko"));
    anna.says("/start");
    anna
}

fn one_button(label: &str, data: &str) -> Value {
    json!({ "inline_keyboard": [[{ "text": label, "callback_data": data }]] })
}

fn picture(side: u32) -> Vec<u8> {
    let mut written = Cursor::new(Vec::new());
    RgbImage::from_fn(side, side, |x, y| {
        image::Rgb([x, y, 90].map(|value| value.to_le_bytes()[0]))
    })
    .write_to(&mut written, ImageFormat::Png)
    .expect("a picture in memory can be written");
    written.into_inner()
}

fn ids(updates: &[Value]) -> Vec<i64> {
    updates
        .iter()
        .map(|update| update["update_id"].as_i64().expect("an update has an id"))
        .collect()
}
