//! A played bot, by plain HTTP and WebSocket, and serenity's own client against the stand-in.
#![expect(
    clippy::unwrap_used,
    reason = "a test that cannot go on ends where it stands"
)]

mod conversations;
mod gateway;
mod library;
mod refusals;
mod troubles;

use std::time::Duration;

use futures_util::{SinkExt as _, StreamExt as _};
use reqwest::multipart::{Form, Part};
use serde_json::{Value, json};
use tokio::net::TcpStream;
use tokio_tungstenite::tungstenite::Message;
use tokio_tungstenite::{MaybeTlsStream, WebSocketStream, connect_async};

use crate::support::discord::DiscordStandIn;

/// Guilds, guild messages and direct messages.
const INTENTS: u64 = 1 | (1 << 9) | (1 << 12);
const PICTURE: &[u8] = b"not really a picture, but these very bytes";

/// A bot that does exactly what a test says.
struct PlayedBot {
    http: reqwest::Client,
    api: String,
    token: String,
    application: u64,
}

impl PlayedBot {
    fn of(discord: &DiscordStandIn) -> Self {
        Self {
            http: reqwest::Client::new(),
            api: discord.api_url().to_owned(),
            token: format!("Bot {}", discord.token()),
            application: discord.application_id(),
        }
    }

    fn request(&self, method: &str, path: &str) -> reqwest::RequestBuilder {
        let method = method.parse().unwrap();
        let address = format!("{}/api/v10{path}", self.api);
        let request = self
            .http
            .request(method, address)
            .header("authorization", &self.token);
        request.timeout(Duration::from_secs(10))
    }

    async fn asks(&self, method: &str, path: &str, body: Value) -> (u16, Value) {
        let mut request = self.request(method, path);
        if !body.is_null() {
            request = request.json(&body);
        }
        answer(request.send().await.unwrap()).await
    }

    async fn uploads(
        &self,
        method: &str,
        path: &str,
        body: &Value,
        file: (&str, &[u8]),
    ) -> (u16, Value) {
        let part = Part::bytes(file.1.to_vec()).file_name(file.0.to_owned());
        let form = Form::new()
            .part("files[0]", part)
            .text("payload_json", body.to_string());
        answer(
            self.request(method, path)
                .multipart(form)
                .send()
                .await
                .unwrap(),
        )
        .await
    }

    async fn registers(&self, commands: Value) {
        let path = format!("/applications/{}/commands", self.application);
        let (status, body) = self.asks("PUT", &path, commands).await;
        assert_eq!(status, 200, "{body}");
    }

    async fn answers(&self, event: &Value, body: Value) -> (u16, Value) {
        let path = format!(
            "/interactions/{}/{}/callback",
            event["id"].as_str().unwrap(),
            event["token"].as_str().unwrap()
        );
        self.asks("POST", &path, body).await
    }

    /// The path of an interaction's replies.
    fn replies(&self, event: &Value) -> String {
        format!(
            "/webhooks/{}/{}",
            self.application,
            event["token"].as_str().unwrap()
        )
    }
}

async fn answer(response: reqwest::Response) -> (u16, Value) {
    let status = response.status().as_u16();
    let bytes = response.bytes().await.unwrap();
    (status, serde_json::from_slice(&bytes).unwrap_or_default())
}

fn consult() -> Value {
    json!([{
        "name": "consult", "description": "Begin a consultation",
        "name_localizations": { "ko": "상담" },
        "description_localizations": { "ko": "상담을 시작합니다" },
        "options": [{
            "type": 11, "name": "photo", "description": "A photo of your scalp",
            "name_localizations": { "ko": "사진" },
            "description_localizations": { "ko": "두피 사진" },
        }, {
            "type": 3, "name": "note", "description": "Anything to add",
        }],
    }])
}

fn button(label: &str, id: &str) -> Value {
    json!({ "type": 2, "style": 1, "label": label, "custom_id": id })
}

fn row(parts: &[Value]) -> Value {
    json!([{ "type": 1, "components": parts }])
}

/// A gateway connection of the played bot.
struct Line {
    socket: WebSocketStream<MaybeTlsStream<TcpStream>>,
    token: String,
    sequence: u64,
}

impl Line {
    /// Connects and hears HELLO.
    async fn open(bot: &PlayedBot) -> Self {
        let (status, body) = bot.asks("GET", "/gateway/bot", Value::Null).await;
        assert_eq!(status, 200);
        let address = format!("{}/?v=10&encoding=json", body["url"].as_str().unwrap());
        let (socket, _) = connect_async(address).await.unwrap();
        let token = bot.token.trim_start_matches("Bot ").to_owned();
        let mut line = Self {
            socket,
            token,
            sequence: 0,
        };
        assert_eq!(line.hears().await.unwrap()["op"], 10);
        line
    }

    /// Connects and logs in on the only shard.
    async fn login(bot: &PlayedBot) -> (Self, Value) {
        Self::login_on(bot, (0, 1)).await
    }

    async fn login_on(bot: &PlayedBot, shard: (u64, u64)) -> (Self, Value) {
        let mut line = Self::open(bot).await;
        line.identifies(json!([shard.0, shard.1]), INTENTS).await;
        let ready = line.event("READY").await;
        (line, ready)
    }

    async fn identifies(&mut self, shard: Value, intents: u64) {
        let token = self.token.clone();
        let data = json!({
            "token": token, "intents": intents, "shard": shard, "compress": true,
            "properties": { "os": "linux", "browser": "played", "device": "played" },
        });
        self.says(2, data).await;
    }

    async fn resumes(&mut self, session: &Value, seen: u64) {
        let data = json!({ "token": self.token, "session_id": session, "seq": seen });
        self.says(6, data).await;
    }

    async fn says(&mut self, op: u8, data: Value) {
        let text = json!({ "op": op, "d": data }).to_string();
        self.socket.send(Message::Text(text)).await.unwrap();
    }

    /// The next payload, or the code with which the connection ended (0 without one).
    async fn hears(&mut self) -> Result<Value, u16> {
        let heard = tokio::time::timeout(Duration::from_secs(10), self.socket.next()).await;
        match heard.expect("the gateway says something in time") {
            Some(Ok(Message::Text(text))) => {
                let payload: Value = serde_json::from_str(&text).unwrap();
                self.sequence = payload["s"].as_u64().unwrap_or(self.sequence);
                Ok(payload)
            }
            Some(Ok(Message::Close(frame))) => Err(frame.map_or(0, |frame| frame.code.into())),
            _ => Err(0),
        }
    }

    /// The data of the next event of this name.
    async fn event(&mut self, name: &str) -> Value {
        loop {
            let payload = self.hears().await.expect("the connection is open");
            if payload["t"] == name {
                return payload["d"].clone();
            }
        }
    }

    /// How the connection ends.
    async fn end(&mut self) -> u16 {
        loop {
            if let Err(code) = self.hears().await {
                return code;
            }
        }
    }
}

/// Logged in, with the command registered.
async fn consulting(discord: &DiscordStandIn) -> (PlayedBot, Line) {
    let bot = PlayedBot::of(discord);
    bot.registers(consult()).await;
    let (line, _) = Line::login(&bot).await;
    (bot, line)
}
