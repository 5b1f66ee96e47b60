//! One call to Discord's HTTP API, and what came of it.
//!
//! serenity's own calls hide how long a refusal wants us to wait and put whole requests into log
//! spans, so only its gateway is used. Nothing here waits, repeats a call or knows what it says, and
//! no error names an address, because addresses hold tokens.

use std::sync::Arc;
use std::time::Duration;

use discord_http::header::{AUTHORIZATION, CONTENT_TYPE, HeaderMap, HeaderValue, USER_AGENT};
use discord_http::multipart::{Form, Part};
use discord_http::redirect::Policy;
use discord_http::{Client, Method, Response};
use secrecy::{ExposeSecret as _, SecretString};
use serde_json::Value;

/// Where the API is unless told otherwise.
const DISCORD: &str = "https://discord.com";
const VERSION: &str = "/api/v10";
const CALLED: &str = concat!("DiscordBot (dupi, ", env!("CARGO_PKG_VERSION"), ")");

/// How long a call may take; sending a message has 20 seconds for all its calls.
const PATIENCE: Duration = Duration::from_secs(8);
const PATIENCE_WITH_FILES: Duration = Duration::from_secs(15);
const PATIENCE_TO_CONNECT: Duration = Duration::from_secs(5);

/// The wait after a 429 that does not tell how long.
const UNTOLD_WAIT: Duration = Duration::from_secs(5);
const LONGEST_WAIT: Duration = Duration::from_hours(1);

/// A file that goes along with a message.
#[derive(Clone, PartialEq, Eq)]
pub(super) struct Upload {
    pub(super) name: &'static str,
    pub(super) bytes: Arc<[u8]>,
}

impl std::fmt::Debug for Upload {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(formatter, "Upload({}, …)", self.name)
    }
}

/// One call.
#[derive(Clone)]
pub(super) struct Call {
    method: Method,
    path: String,
    body: Option<Value>,
    files: Vec<Upload>,
    patience: Duration,
}

impl Call {
    pub(super) fn get(path: impl Into<String>) -> Self {
        Self::new(Method::GET, path.into(), None)
    }

    pub(super) fn post(path: impl Into<String>, body: Value) -> Self {
        Self::new(Method::POST, path.into(), Some(body))
    }

    pub(super) fn put(path: impl Into<String>, body: Value) -> Self {
        Self::new(Method::PUT, path.into(), Some(body))
    }

    pub(super) fn patch(path: impl Into<String>, body: Value) -> Self {
        Self::new(Method::PATCH, path.into(), Some(body))
    }

    pub(super) fn delete(path: impl Into<String>) -> Self {
        Self::new(Method::DELETE, path.into(), None)
    }

    fn new(method: Method, path: String, body: Option<Value>) -> Self {
        Self {
            method,
            path,
            body,
            files: Vec::new(),
            patience: PATIENCE,
        }
    }

    pub(super) fn with_files(mut self, files: Vec<Upload>) -> Self {
        if !files.is_empty() {
            self.patience = PATIENCE_WITH_FILES;
        }
        self.files = files;
        self
    }

    /// Waits no longer than this.
    pub(super) fn within(mut self, patience: Duration) -> Self {
        self.patience = patience;
        self
    }
}

/// What a call brought.
#[derive(Debug)]
pub(super) struct Answer {
    /// Null where there is none, or where it was lost on the way after all was done.
    pub(super) body: Value,
    /// This was the last call of its kind for so long, as the headers tell.
    pub(super) spent_for: Option<Duration>,
}

/// Why a call brought nothing.
#[derive(Debug, thiserror::Error)]
pub(super) enum CallError {
    #[error("Discord asks to wait for {} ms", after.as_millis())]
    SlowDown { after: Duration, everywhere: bool },
    /// `code` is Discord's own, `reason` tells what is wrong where, without what was sent.
    #[error("Discord refused with status {status}, code {code}: {reason}")]
    Refused {
        status: u16,
        code: i64,
        reason: String,
    },
    #[error("Discord failed with status {status}")]
    Broken { status: u16 },
    #[error("Discord cannot be reached")]
    Unreachable(#[source] discord_http::Error),
    /// Too many calls wait already.
    #[error("too many calls wait, the turn would come in {} ms", after.as_millis())]
    Crowded { after: Duration },
    /// The service is shutting down, or the token is refused.
    #[error("no more calls are made")]
    Stopped,
}

impl CallError {
    /// Discord's code of a refusal.
    pub(super) fn code(&self) -> Option<i64> {
        match self {
            Self::Refused { code, .. } => Some(*code),
            Self::SlowDown { .. }
            | Self::Broken { .. }
            | Self::Unreachable(_)
            | Self::Crowded { .. }
            | Self::Stopped => None,
        }
    }

    /// The bot's token is not known (any more).
    pub(super) fn is_unauthorized(&self) -> bool {
        matches!(self, Self::Refused { status: 401, .. })
    }

    /// What was called is not there any more, or not for us.
    pub(super) fn is_about_the_place(&self) -> bool {
        matches!(
            self,
            Self::Refused {
                status: 403 | 404,
                ..
            }
        )
    }
}

/// Discord's HTTP API, with the bot's token.
pub(super) struct DiscordHttp {
    client: Client,
    base: String,
    authorization: SecretString,
}

impl std::fmt::Debug for DiscordHttp {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(formatter, "DiscordHttp({}, …)", self.base)
    }
}

impl DiscordHttp {
    pub(super) fn new(
        token: &SecretString,
        api_url: Option<&str>,
    ) -> Result<Self, discord_http::Error> {
        let client = Client::builder()
            .use_rustls_tls()
            .connect_timeout(PATIENCE_TO_CONNECT)
            // A file's address is checked before it is fetched, so nobody may lead elsewhere.
            .redirect(Policy::none())
            .build()?;
        Ok(Self {
            client,
            base: api_url.unwrap_or(DISCORD).trim_end_matches('/').to_owned(),
            authorization: format!("Bot {}", token.expose_secret().trim()).into(),
        })
    }

    /// For files: the same client, without the token.
    pub(super) fn client(&self) -> &Client {
        &self.client
    }

    pub(super) async fn call(&self, call: Call) -> Result<Answer, CallError> {
        let address = format!("{}{VERSION}{}", self.base, call.path);
        let method = call.method.clone();
        let mut authorization = HeaderValue::from_str(self.authorization.expose_secret())
            .unwrap_or(HeaderValue::from_static("Bot"));
        authorization.set_sensitive(true);
        let mut request = self
            .client
            .request(call.method, address)
            .timeout(call.patience)
            .header(USER_AGENT, CALLED)
            .header(AUTHORIZATION, authorization);
        let written = call.body.map(|body| body.to_string());
        if call.files.is_empty() {
            if let Some(written) = written {
                request = request
                    .header(CONTENT_TYPE, "application/json")
                    .body(written);
            }
        } else {
            let mut form = Form::new().text("payload_json", written.unwrap_or_default());
            for (number, file) in call.files.into_iter().enumerate() {
                let part = Part::bytes(file.bytes.to_vec())
                    .file_name(file.name)
                    .mime_str("image/png")
                    .map_err(unreachable)?;
                form = form.part(format!("files[{number}]"), part);
            }
            request = request.multipart(form);
        }
        understood(request.send().await.map_err(unreachable)?, &method).await
    }
}

fn unreachable(error: discord_http::Error) -> CallError {
    CallError::Unreachable(error.without_url())
}

async fn understood(response: Response, method: &Method) -> Result<Answer, CallError> {
    let status = response.status();
    let headers = response.headers().clone();
    let body: Value = match response.bytes().await {
        Ok(bytes) => serde_json::from_slice(&bytes).unwrap_or(Value::Null),
        // It is done, as the head says: done again it would be there twice.
        Err(error) if status.is_success() && method != Method::GET => {
            tracing::info!(error = %error.without_url(), "The answer to a call that was done is lost");
            Value::Null
        }
        Err(error) => return Err(unreachable(error)),
    };
    if status.is_success() {
        return Ok(Answer {
            body,
            spent_for: spent_for(&headers),
        });
    }
    Err(match status.as_u16() {
        429 => slow_down(&headers, &body),
        status if status >= 500 => CallError::Broken { status },
        status => CallError::Refused {
            status,
            code: body["code"].as_i64().unwrap_or(0),
            reason: reason(&body),
        },
    })
}

fn seconds(headers: &HeaderMap, name: &str) -> Option<f64> {
    headers.get(name)?.to_str().ok()?.parse().ok()
}

fn wait(seconds: f64) -> Duration {
    Duration::try_from_secs_f64(seconds)
        .unwrap_or(UNTOLD_WAIT)
        .min(LONGEST_WAIT)
}

fn spent_for(headers: &HeaderMap) -> Option<Duration> {
    let is_spent = headers
        .get("x-ratelimit-remaining")
        .is_some_and(|left| left == "0");
    is_spent
        .then(|| seconds(headers, "x-ratelimit-reset-after"))
        .flatten()
        .map(wait)
}

fn slow_down(headers: &HeaderMap, body: &Value) -> CallError {
    let told_by_discord = body["retry_after"].as_f64();
    let told = told_by_discord.or_else(|| seconds(headers, "retry-after"));
    // What does not come from Discord itself stands before it and bars this host from everything.
    let is_barred = told_by_discord.is_none();
    CallError::SlowDown {
        after: told.map_or(UNTOLD_WAIT, wait),
        everywhere: is_barred
            || body["global"] == true
            || headers.contains_key("x-ratelimit-global"),
    }
}

/// Where something is wrong, and Discord's name for it. Its sentences may repeat what was sent.
fn reason(body: &Value) -> String {
    fn gather(path: &str, value: &Value, found: &mut Vec<String>) {
        let Some(fields) = value.as_object() else {
            return;
        };
        for (name, inner) in fields {
            if name == "_errors" {
                let codes = inner.as_array().into_iter().flatten();
                let codes = codes.filter_map(|error| error["code"].as_str());
                found.extend(codes.map(|code| format!("{path}: {code}")));
            } else if path.is_empty() {
                gather(name, inner, found);
            } else {
                gather(&format!("{path}.{name}"), inner, found);
            }
        }
    }
    let mut found = Vec::new();
    gather("", &body["errors"], &mut found);
    if found.is_empty() {
        let message = body["message"].as_str().unwrap_or("without a reason");
        return message.chars().take(100).collect();
    }
    found.truncate(5);
    found.join(", ")
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn a_refusal_tells_where_and_not_what() {
        let body = json!({ "code": 50_035, "message": "Invalid Form Body", "errors": {
            "components": { "0": { "components": { "1": { "label": { "_errors": [
                { "code": "BASE_TYPE_MAX_LENGTH", "message": "`my scalp` is too long" }
            ] } } } } } } });
        assert_eq!(
            reason(&body),
            "components.0.components.1.label: BASE_TYPE_MAX_LENGTH"
        );
        assert_eq!(
            reason(&json!({ "message": "Unknown Message" })),
            "Unknown Message"
        );
    }

    #[test]
    fn a_wait_is_taken_from_the_body_then_the_headers_and_is_bounded() {
        let after = |headers: &HeaderMap, body| match slow_down(headers, &body) {
            CallError::SlowDown { after, everywhere } => (after.as_millis(), everywhere),
            other => panic!("{other}"),
        };
        let mut headers = HeaderMap::new();
        // Without Discord's own body it is the door before Discord that is shut, for all calls.
        assert_eq!(after(&headers, json!({})), (5_000, true));
        headers.insert("retry-after", HeaderValue::from_static("3"));
        assert_eq!(after(&headers, Value::Null), (3_000, true));
        let body = json!({ "retry_after": 0.25, "global": true });
        assert_eq!(after(&headers, body), (250, true));
        assert_eq!(
            after(&headers, json!({ "retry_after": 1e30 })),
            (5_000, false)
        );
        assert_eq!(
            after(&headers, json!({ "retry_after": 1e7 })),
            (3_600_000, false)
        );
    }

    #[test]
    fn the_last_call_of_a_window_is_known_by_its_headers() {
        let mut headers = HeaderMap::new();
        headers.insert("x-ratelimit-reset-after", HeaderValue::from_static("1.5"));
        headers.insert("x-ratelimit-remaining", HeaderValue::from_static("1"));
        assert_eq!(spent_for(&headers), None);
        headers.insert("x-ratelimit-remaining", HeaderValue::from_static("0"));
        assert_eq!(spent_for(&headers), Some(Duration::from_millis(1_500)));
    }
}
