//! A stand-in for Discord that lets a bot log in and stay, and nothing more.

use std::time::Duration;

use axum::extract::{Request, State};
use axum::http::Method;
use axum::{Json, Router};
use futures_util::{SinkExt as _, StreamExt as _};
use serde_json::{Value, json};
use tokio::net::{TcpListener, TcpStream};
use tokio_tungstenite::tungstenite::Message;
use tokio_util::sync::CancellationToken;

/// In pieces, as nobody's token.
pub(crate) const TOKEN: [&str; 3] = ["NDI0Mg", ".", "stand-in.of-the-bench"];

const APPLICATION: &str = "1187000000000004242";
/// How often Discord itself asks for a heartbeat.
const HEARTBEAT: Duration = Duration::from_millis(41_250);

/// The running stand-in.
pub(crate) struct Discord {
    pub(crate) url: String,
    /// Cancelled when a bot has logged in.
    pub(crate) has_login: CancellationToken,
}

impl Discord {
    /// Listens on two free ports until the program ends.
    pub(crate) async fn start() -> anyhow::Result<Self> {
        let has_login = CancellationToken::new();
        let gateway = TcpListener::bind("127.0.0.1:0").await?;
        let gateway_url = format!("ws://{}", gateway.local_addr()?);
        tokio::spawn(listen(gateway, gateway_url.clone(), has_login.clone()));
        let listener = TcpListener::bind("127.0.0.1:0").await?;
        let url = format!("http://{}", listener.local_addr()?);
        let router = Router::new().fallback(answer).with_state(gateway_url);
        tokio::spawn(async move { axum::serve(listener, router).await });
        Ok(Self { url, has_login })
    }
}

async fn answer(State(gateway): State<String>, request: Request) -> Json<Value> {
    let path = request.uri().path();
    let told = if path.ends_with("/gateway") || path.ends_with("/gateway/bot") {
        json!({
            "url": gateway, "shards": 1,
            "session_start_limit": {
                "total": 1_000, "remaining": 999, "reset_after": 14_400_000, "max_concurrency": 1,
            },
        })
    } else if path.ends_with("/applications/@me") {
        json!({ "id": APPLICATION, "name": "dupi", "flags": 0, "bot": bot() })
    } else if path.ends_with("/users/@me") {
        bot()
    } else if path.ends_with("/commands") || request.method() == Method::PUT {
        json!([])
    } else {
        json!({})
    };
    Json(told)
}

fn bot() -> Value {
    json!({
        "id": APPLICATION, "username": "dupi", "discriminator": "4821", "global_name": null,
        "avatar": null, "bot": true, "verified": true, "flags": 0, "public_flags": 0,
        "mfa_enabled": false, "email": null, "locale": "en-US",
    })
}

async fn listen(listener: TcpListener, url: String, has_login: CancellationToken) {
    while let Ok((stream, _)) = listener.accept().await {
        let (url, has_login) = (url.clone(), has_login.clone());
        tokio::spawn(async move { attend(stream, &url, &has_login).await });
    }
}

/// One connection: hello, ready, and an answer to every heartbeat.
async fn attend(stream: TcpStream, url: &str, has_login: &CancellationToken) -> anyhow::Result<()> {
    let mut socket = tokio_tungstenite::accept_async(stream).await?;
    let hello = json!({
        "op": 10, "d": { "heartbeat_interval": HEARTBEAT.as_millis() }, "s": null, "t": null,
    });
    socket.send(Message::Text(hello.to_string())).await?;
    while let Some(heard) = socket.next().await {
        let Message::Text(text) = heard? else {
            continue;
        };
        let said: Value = serde_json::from_str(&text)?;
        let answer = match said["op"].as_u64() {
            Some(1) => json!({ "op": 11, "d": null, "s": null, "t": null }),
            Some(2) => {
                has_login.cancel();
                json!({ "op": 0, "t": "READY", "s": 1, "d": {
                    "v": 10, "user": bot(), "guilds": [], "session_id": "session", "shard": [0, 1],
                    "resume_gateway_url": url, "session_type": "normal", "_trace": [],
                    "application": { "id": APPLICATION, "flags": 0 },
                    "private_channels": [], "relationships": [], "presences": [],
                    "user_settings": {},
                } })
            }
            _ => continue,
        };
        socket.send(Message::Text(answer.to_string())).await?;
    }
    Ok(())
}
