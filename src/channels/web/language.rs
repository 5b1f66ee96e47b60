//! The language of a request.

use axum::http::{HeaderMap, header};

use crate::domain::consultation::Language;

/// The language that the request asks for most; Dupi's default where it asks for none of ours.
/// The page asks in the language of the conversation.
pub(super) fn asked_for(headers: &HeaderMap) -> Language {
    headers
        .get(header::ACCEPT_LANGUAGE)
        .and_then(|value| value.to_str().ok())
        .and_then(preferred)
        .unwrap_or_default()
}

/// The language of ours with the highest weight; the first of equals.
fn preferred(accepted: &str) -> Option<Language> {
    let mut best: Option<(Language, f32)> = None;
    for range in accepted.split(',') {
        let mut parts = range.split(';').map(str::trim);
        let tag = parts.next().unwrap_or_default();
        let weight = parts
            .find_map(|part| part.strip_prefix("q="))
            .map_or(Some(1.0), |weight| weight.parse().ok())
            .unwrap_or(0.0);
        if let Some(language) = Language::from_tag(tag)
            && weight > best.map_or(0.0, |(_, weight)| weight)
        {
            best = Some((language, weight));
        }
    }
    best.map(|(language, _)| language)
}

#[cfg(test)]
mod tests {
    use super::preferred;
    use crate::domain::consultation::Language;

    #[test]
    fn the_weightiest_language_of_ours_is_preferred() {
        let cases = [
            ("en-US,en;q=0.9,ko;q=0.8", Some(Language::English)),
            ("de,ko-KR;q=0.7,en;q=0.3", Some(Language::Korean)),
            ("en;q=0.2, ko ; q=0.2", Some(Language::English)),
            ("fr, de;q=0.5, *;q=0.1", None),
            ("en;q=zero", None),
            ("en;q=0", None),
            ("", None),
        ];
        for (accepted, expected) in cases {
            assert_eq!(preferred(accepted), expected, "{accepted}");
        }
    }
}
