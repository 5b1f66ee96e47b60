//! Why a request was not done, as a status and a sentence in the person's language.
//!
//! A handler returns a [`Refusal`]; the door words it. No text of Rust's or a library's reaches a
//! person.

use axum::Json;
use axum::http::{StatusCode, header};
use axum::response::{IntoResponse, Response};
use serde::Serialize;

use crate::domain::consultation::Language;
use crate::ports::StoreError;
use crate::wording::{Argument, Phrases};

/// Why a request was not done.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Refusal {
    NotFound,
    /// Not what a page of ours sends.
    NotUnderstood,
    /// Asked for by a foreign page, or under a name that is not ours.
    Foreign,
    /// No conversation belongs to the request: erased, or the cookie is gone.
    NoConversation,
    TextTooLong,
    FileTooLarge {
        limit_megabytes: usize,
    },
    /// The file ended before its end.
    Interrupted,
    /// It may work in a moment.
    Unavailable,
    /// The disk is full, or may not be written.
    NotWritable,
    /// Something is broken; an operator has to look.
    Broken,
}

/// The body of a refusal.
#[derive(Serialize)]
struct Told {
    error: &'static str,
    text: String,
}

impl Refusal {
    /// The refusal that stands for a store's error, which is logged here.
    pub(super) fn of_store(error: &StoreError) -> Self {
        tracing::warn!(
            error = error as &(dyn std::error::Error + 'static),
            "A request of the web chat failed: {error}"
        );
        match error {
            StoreError::Unavailable(_) => Self::Unavailable,
            StoreError::NotWritable(_) => Self::NotWritable,
            StoreError::Unreadable { .. } | StoreError::Broken(_) => Self::Broken,
        }
    }

    /// The refusal that stands for a status that a library chose.
    fn of_status(status: StatusCode) -> Self {
        match status {
            StatusCode::NOT_FOUND => Self::NotFound,
            StatusCode::PAYLOAD_TOO_LARGE => Self::TextTooLong,
            status if status.is_server_error() => Self::Broken,
            _ => Self::NotUnderstood,
        }
    }

    const fn status(self) -> StatusCode {
        match self {
            Self::NotFound => StatusCode::NOT_FOUND,
            Self::NotUnderstood | Self::Interrupted => StatusCode::BAD_REQUEST,
            Self::Foreign => StatusCode::FORBIDDEN,
            Self::NoConversation => StatusCode::GONE,
            Self::TextTooLong | Self::FileTooLarge { .. } => StatusCode::PAYLOAD_TOO_LARGE,
            Self::Unavailable | Self::NotWritable => StatusCode::SERVICE_UNAVAILABLE,
            Self::Broken => StatusCode::INTERNAL_SERVER_ERROR,
        }
    }

    /// The fixed name on the wire.
    const fn id(self) -> &'static str {
        match self {
            Self::NotFound => "not_found",
            Self::NotUnderstood => "not_understood",
            Self::Foreign => "foreign",
            Self::NoConversation => "no_conversation",
            Self::TextTooLong => "text_too_long",
            Self::FileTooLarge { .. } => "file_too_large",
            Self::Interrupted => "interrupted",
            Self::Unavailable => "unavailable",
            Self::NotWritable => "not_writable",
            Self::Broken => "broken",
        }
    }

    fn text(self, phrases: &Phrases, language: Language) -> String {
        let phrase = |key: &str| phrases.phrase(language, key, &[]);
        match self {
            Self::NotFound => phrase("web-error-not-found"),
            Self::NotUnderstood => phrase("web-error-not-understood"),
            Self::Foreign => phrase("web-error-foreign"),
            Self::NoConversation => phrase("web-error-no-session"),
            Self::TextTooLong => phrase("web-error-text-too-long"),
            Self::FileTooLarge { limit_megabytes } => phrases.phrase(
                language,
                "web-error-file-too-large",
                &[("limit", Argument::Number(limit_megabytes))],
            ),
            Self::Interrupted => phrase("web-error-interrupted"),
            Self::Unavailable => phrase("web-error-unavailable"),
            Self::NotWritable => phrase("web-error-not-writable"),
            Self::Broken => phrase("web-error-unknown"),
        }
    }

    /// The response as a person's page gets it.
    fn told(self, phrases: &Phrases, language: Language) -> Response {
        let told = Told {
            error: self.id(),
            text: self.text(phrases, language),
        };
        let mut response = (self.status(), Json(told)).into_response();
        response.headers_mut().insert(
            header::CONTENT_LANGUAGE,
            language.id().parse().expect("a language tag is a header"),
        );
        response
    }
}

impl IntoResponse for Refusal {
    fn into_response(self) -> Response {
        let mut response = self.status().into_response();
        response.extensions_mut().insert(self);
        response
    }
}

/// Words a refusal, and whatever a library answered in its own words.
pub(super) fn worded(response: Response, phrases: &Phrases, language: Language) -> Response {
    let status = response.status();
    if !status.is_client_error() && !status.is_server_error() {
        return response;
    }
    response
        .extensions()
        .get::<Refusal>()
        .copied()
        .unwrap_or_else(|| Refusal::of_status(status))
        .told(phrases, language)
}

#[cfg(test)]
mod tests {
    use super::Refusal;
    use crate::domain::consultation::Language;
    use crate::wording::Phrases;

    #[test]
    fn every_refusal_has_its_sentence_in_every_language() {
        let phrases = Phrases::embedded().unwrap();
        for refusal in [
            Refusal::NotFound,
            Refusal::NotUnderstood,
            Refusal::Foreign,
            Refusal::NoConversation,
            Refusal::TextTooLong,
            Refusal::FileTooLarge {
                limit_megabytes: 20,
            },
            Refusal::Interrupted,
            Refusal::Unavailable,
            Refusal::NotWritable,
            Refusal::Broken,
        ] {
            for language in Language::ALL {
                let text = refusal.text(&phrases, language);
                assert!(!text.contains('⟨'), "{text}");
            }
        }
    }
}
