//! What stands beneath async-openai: sends its requests, and lets through only what it can digest.
//!
//! A refusal never reaches async-openai, which would lose its status and log its body; it becomes a
//! [`CallError`] here. Of a success only clean events, or JSON, pass. There is no retry, no
//! redirect, and no proxy from the environment.
//!
//! The sending client is the one that the messengers use, with its ring and its own root
//! certificates; the library's newer one only carries requests and answers, so that the program
//! needs no second set of TLS crates, and no process-wide choice of one.

use std::convert::Infallible;
use std::future::Future;
use std::pin::Pin;
use std::task::{Context, Poll};
use std::time::Duration;

use async_openai::config::Config;
use async_openai::error::OpenAIError;
use async_openai::middleware::HttpRequestFactory;
use discord_http as sending;
use futures_util::stream::{self, Stream};
use http::header::{AUTHORIZATION, CONTENT_TYPE, HeaderMap, HeaderValue, RETRY_AFTER};
use secrecy::{ExposeSecret as _, SecretString};
use serde::de::IgnoredAny;

use super::frames::{Frames, Shape};
use super::refusal;
use crate::advice::call::{
    CallError, Deadline, Deadlines, Malformation, ServerSettings, SettingsProblem,
};

/// The most of a refusal that is looked at, in bytes.
const MOST_OF_A_REFUSAL: usize = 8 * 1024;
/// The longest that a refusal's body is waited for: its status is what matters.
const PATIENCE_WITH_A_REFUSAL: Duration = Duration::from_secs(1);
/// The most that a list of models may have, in bytes.
const MOST_OF_A_LIST: usize = 1024 * 1024;
/// Connections are not used again after that: uvicorn, which vLLM and llama-cpp-python stand on, and
/// llama.cpp drop theirs after 5 s, and a call must not meet one that is just being dropped.
const LONGEST_IDLE: Duration = Duration::from_secs(4);

/// async-openai's client with our service beneath it.
pub(in crate::advice::call) type Client = async_openai::Client<Endpoint>;

/// A client for the server of the settings.
pub(in crate::advice::call) fn client(settings: &ServerSettings) -> Result<Client, CallError> {
    let endpoint = Endpoint::of(settings)?;
    // It builds requests and sends none.
    let carrying = reqwest::Client::builder().no_proxy().build();
    let carrying = carrying.map_err(|_| unusable(SettingsProblem::Client))?;
    let transport = Transport::new(&settings.deadlines)?;
    Ok(Client::build(carrying, endpoint).with_http_service(transport))
}

/// What went wrong, as it was said beneath async-openai.
pub(in crate::advice::call) fn understood(error: OpenAIError) -> CallError {
    let error = match error {
        OpenAIError::Boxed(error) => error.downcast::<CallError>().ok(),
        // A request that could not even be built.
        OpenAIError::Reqwest(_) => return CallError::Connection,
        OpenAIError::ApiError(_)
        | OpenAIError::JSONDeserialize(..)
        | OpenAIError::FileSaveError(_)
        | OpenAIError::FileReadError(_)
        | OpenAIError::StreamError(_)
        | OpenAIError::InvalidArgument(_) => None,
    };
    // All that could make async-openai itself fail is kept from it.
    let unexpected = CallError::Malformed {
        reason: Malformation::NotJson,
        received: 0,
    };
    error.map_or(unexpected, |error| *error)
}

fn unusable(problem: SettingsProblem) -> CallError {
    CallError::Settings { problem }
}

/// Where the server is. The library's own settings would read the environment.
#[derive(Clone)]
pub(in crate::advice::call) struct Endpoint {
    base: String,
    key: SecretString,
    headers: HeaderMap,
}

impl std::fmt::Debug for Endpoint {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        formatter.write_str("Endpoint(..)")
    }
}

impl Endpoint {
    fn of(settings: &ServerSettings) -> Result<Self, CallError> {
        let base = settings.base_url.trim().trim_end_matches('/');
        let address = sending::Url::parse(base).ok();
        let is_usable = address.is_some_and(|address| {
            matches!(address.scheme(), "http" | "https")
                && address.has_host()
                && address.query().is_none()
                && address.fragment().is_none()
        });
        if !is_usable {
            return Err(unusable(SettingsProblem::Address));
        }
        let mut headers = HeaderMap::new();
        let key = settings.api_key.clone();
        if let Some(key) = &key {
            let bearer = format!("Bearer {}", key.expose_secret().trim());
            let mut bearer =
                HeaderValue::try_from(bearer).map_err(|_| unusable(SettingsProblem::Key))?;
            bearer.set_sensitive(true);
            headers.insert(AUTHORIZATION, bearer);
        }
        Ok(Self {
            base: base.to_owned(),
            key: key.unwrap_or_default(),
            headers,
        })
    }
}

impl Config for Endpoint {
    fn headers(&self) -> HeaderMap {
        self.headers.clone()
    }

    fn url(&self, path: &str) -> String {
        format!("{}{path}", self.base)
    }

    fn query(&self) -> Vec<(&str, &str)> {
        Vec::new()
    }

    fn api_base(&self) -> &str {
        &self.base
    }

    fn api_key(&self) -> &SecretString {
        &self.key
    }
}

/// The service beneath async-openai.
#[derive(Debug, Clone)]
struct Transport {
    client: sending::Client,
}

impl Transport {
    fn new(deadlines: &Deadlines) -> Result<Self, CallError> {
        let client = sending::Client::builder()
            .use_rustls_tls()
            .connect_timeout(deadlines.connect)
            .pool_idle_timeout(LONGEST_IDLE)
            .redirect(sending::redirect::Policy::none())
            .no_proxy()
            .build()
            .map_err(|_| unusable(SettingsProblem::Client))?;
        Ok(Self { client })
    }

    async fn send(self, factory: HttpRequestFactory) -> Result<reqwest::Response, OpenAIError> {
        let request = factory.build().await?;
        let is_stream = request.method() == http::Method::POST;
        let mut sent = sending::Request::new(request.method().clone(), request.url().clone());
        *sent.headers_mut() = request.headers().clone();
        *sent.body_mut() = request
            .body()
            .and_then(reqwest::Body::as_bytes)
            .map(|bytes| bytes.to_vec().into());
        let response = self.client.execute(sent).await;
        let response = response.map_err(|error| boxed(unreachable(&error)))?;
        if !response.status().is_success() {
            return Err(boxed(refused(response).await));
        }
        let body = if is_stream {
            reqwest::Body::wrap_stream(events(response))
        } else {
            json(response).await.map_err(boxed)?.into()
        };
        Ok(http::Response::new(body).into())
    }
}

impl tower_service::Service<HttpRequestFactory> for Transport {
    type Response = reqwest::Response;
    type Error = OpenAIError;
    type Future = Pin<Box<dyn Future<Output = Result<Self::Response, Self::Error>> + Send>>;

    fn poll_ready(&mut self, _: &mut Context<'_>) -> Poll<Result<(), Self::Error>> {
        Poll::Ready(Ok(()))
    }

    fn call(&mut self, factory: HttpRequestFactory) -> Self::Future {
        Box::pin(self.clone().send(factory))
    }
}

fn boxed(error: CallError) -> OpenAIError {
    OpenAIError::Boxed(Box::new(error))
}

fn unreachable(error: &sending::Error) -> CallError {
    // The client has no other limit than that for connecting.
    if error.is_timeout() {
        let deadline = Deadline::Connect;
        return CallError::Late { deadline };
    }
    CallError::Connection
}

/// Understands a refusal, and drops its body.
async fn refused(mut response: sending::Response) -> CallError {
    let status = response.status().as_u16();
    let retry_after = response.headers().get(RETRY_AFTER).cloned();
    let retry_after = retry_after.as_ref().and_then(|value| value.to_str().ok());
    let mut body = Vec::new();
    let reading = async {
        while let Ok(Some(bytes)) = response.chunk().await {
            body.extend_from_slice(&bytes);
            if body.len() > MOST_OF_A_REFUSAL {
                break;
            }
        }
    };
    // Whatever has come by then will do.
    let _ = tokio::time::timeout(PATIENCE_WITH_A_REFUSAL, reading).await;
    body.truncate(MOST_OF_A_REFUSAL);
    refusal::read(status, retry_after, &body)
}

/// A success that is no stream: whole, and sure to be JSON.
async fn json(mut response: sending::Response) -> Result<Vec<u8>, CallError> {
    let malformed = |reason| CallError::Malformed {
        reason,
        received: 0,
    };
    let mut body = Vec::new();
    loop {
        match response.chunk().await {
            Ok(Some(bytes)) => body.extend_from_slice(&bytes),
            Ok(None) => break,
            Err(_) => return Err(malformed(Malformation::CutOff)),
        }
        if body.len() > MOST_OF_A_LIST {
            return Err(malformed(Malformation::TooLong));
        }
    }
    match serde_json::from_slice::<IgnoredAny>(&body) {
        Ok(_) => Ok(body),
        Err(_) => Err(malformed(Malformation::NotJson)),
    }
}

/// A success as clean events. It ends with the server's last event, however long that stays.
fn events(
    response: sending::Response,
) -> impl Stream<Item = Result<Vec<u8>, Infallible>> + Send + 'static {
    let content_type = response.headers().get(CONTENT_TYPE);
    let content_type = content_type.and_then(|value| value.to_str().ok());
    let frames = Frames::new(Shape::of(content_type.unwrap_or_default()));
    stream::unfold((response, frames), |(mut response, mut frames)| async {
        while !frames.is_over() {
            let events = match response.chunk().await {
                Ok(Some(bytes)) => frames.take(&bytes),
                Ok(None) => frames.end(),
                Err(_) => frames.break_off(),
            };
            if !events.is_empty() {
                return Some((Ok(events), (response, frames)));
            }
        }
        None
    })
}
