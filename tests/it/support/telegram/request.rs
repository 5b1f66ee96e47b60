//! One request as it came in, and its fields as their types, whether they came as JSON, as a form
//! or in the address.

use axum::RequestExt as _;
use axum::body::Bytes;
use axum::extract::{FromRequest as _, Multipart, Query, Request as HttpRequest};
use axum::http::header::CONTENT_TYPE;
use serde_json::{Map, Value};

use super::refusal::Refusal;

const STRUCTURED: [&str; 10] = [
    "reply_markup",
    "media",
    "commands",
    "scope",
    "allowed_updates",
    "reply_parameters",
    "entities",
    "caption_entities",
    "link_preview_options",
    "menu_button",
];
const SCALARS: [&str; 15] = [
    "chat_id",
    "message_id",
    "message_thread_id",
    "offset",
    "limit",
    "timeout",
    "cache_time",
    "max_connections",
    "show_alert",
    "disable_notification",
    "protect_content",
    "drop_pending_updates",
    "has_spoiler",
    "show_caption_above_media",
    "disable_content_type_detection",
];

/// A file that the bot handed in.
#[derive(Clone, Debug)]
pub(crate) struct Upload {
    /// The name of its part in the form.
    pub(crate) part: String,
    pub(crate) name: String,
    pub(crate) mime: Option<String>,
    pub(crate) bytes: Bytes,
}

/// How the fields were written, which tells what types they can have.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) enum Encoding {
    Json,
    Form,
}

#[derive(Clone, Debug)]
pub(super) struct Request {
    pub(super) encoding: Encoding,
    /// Exactly as they came.
    pub(super) raw: Map<String, Value>,
    /// With numbers and objects that were written as strings taken out of them.
    pub(super) fields: Map<String, Value>,
    pub(super) uploads: Vec<Upload>,
}

impl Request {
    pub(super) async fn read(mut http: HttpRequest) -> Result<Self, Refusal> {
        let unreadable = || Refusal::bad_request("can't parse the request");
        let kind = http
            .headers()
            .get(CONTENT_TYPE)
            .and_then(|value| value.to_str().ok())
            .unwrap_or_default()
            .to_owned();
        let Query(mut written) = http
            .extract_parts::<Query<Vec<(String, String)>>>()
            .await
            .map_err(|_| unreadable())?;
        let mut encoding = Encoding::Form;
        let mut raw = Map::new();
        let mut uploads = Vec::new();
        if kind.starts_with("application/json") {
            encoding = Encoding::Json;
            let body = Bytes::from_request(http, &())
                .await
                .map_err(|_| unreadable())?;
            if !body.is_empty() {
                raw = serde_json::from_slice(&body).map_err(|_| unreadable())?;
            }
        } else if kind.starts_with("multipart/form-data") {
            let form = Multipart::from_request(http, &())
                .await
                .map_err(|_| unreadable())?;
            let (texts, files) = parts(form).await.ok_or_else(unreadable)?;
            written.extend(texts);
            uploads = files;
        } else if kind.starts_with("application/x-www-form-urlencoded") {
            let axum::Form(fields) = axum::Form::<Vec<(String, String)>>::from_request(http, &())
                .await
                .map_err(|_| unreadable())?;
            written.extend(fields);
        }
        raw.extend(
            written
                .into_iter()
                .map(|(name, value)| (name, Value::String(value))),
        );
        Ok(Self {
            encoding,
            fields: raw
                .iter()
                .map(|(name, value)| (name.clone(), typed(name, value)))
                .collect(),
            raw,
            uploads,
        })
    }

    pub(super) fn text(&self, field: &str) -> Option<&str> {
        self.fields.get(field)?.as_str()
    }

    pub(super) fn integer(&self, field: &str) -> Option<i64> {
        self.fields.get(field)?.as_i64()
    }

    pub(super) fn flag(&self, field: &str) -> bool {
        self.fields.get(field).is_some_and(|value| value == true)
    }

    pub(super) fn structured(&self, field: &str) -> Option<&Value> {
        self.fields
            .get(field)
            .filter(|value| value.is_object() || value.is_array())
    }

    /// The file that `reference` means: `attach://part`, or the part of that name.
    pub(super) fn upload(&self, reference: &str) -> Option<&Upload> {
        let part = reference.strip_prefix("attach://").unwrap_or(reference);
        self.uploads.iter().find(|upload| upload.part == part)
    }
}

async fn parts(mut form: Multipart) -> Option<(Vec<(String, String)>, Vec<Upload>)> {
    let mut texts = Vec::new();
    let mut files = Vec::new();
    while let Some(part) = form.next_field().await.ok()? {
        let field = part.name()?.to_owned();
        let Some(name) = part.file_name().map(str::to_owned) else {
            texts.push((field, part.text().await.ok()?));
            continue;
        };
        files.push(Upload {
            part: field,
            name,
            mime: part.content_type().map(str::to_owned),
            bytes: part.bytes().await.ok()?,
        });
    }
    Some((texts, files))
}

fn typed(name: &str, value: &Value) -> Value {
    let read = value
        .as_str()
        .filter(|_| STRUCTURED.contains(&name) || SCALARS.contains(&name))
        .and_then(|text| serde_json::from_str::<Value>(text).ok());
    read.unwrap_or_else(|| value.clone())
}
