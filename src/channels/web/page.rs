//! The page, its texts and its scripts, all embedded in the binary.

use std::collections::{BTreeMap, HashMap};
use std::sync::Arc;

use axum::extract::{Path, State};
use axum::http::{HeaderMap, HeaderValue, StatusCode, header};
use axum::response::{Html, IntoResponse, Response};
use serde::Serialize;
use sha2::{Digest as _, Sha256};

use super::refusal::Refusal;
use super::{Web, language};
use crate::domain::consultation::Language;
use crate::wording::Phrases;

/// The photo guide, SVG without words.
pub const PHOTO_GUIDE: &str = include_str!("assets/guide.svg");

const SHELL: &str = include_str!("assets/page.html");

/// Name, type and content of every asset.
const ASSETS: [(&str, &str, &str); 9] = [
    ("chat.css", CSS, include_str!("assets/chat.css")),
    ("chat.js", JAVASCRIPT, include_str!("assets/chat.js")),
    ("log.js", JAVASCRIPT, include_str!("assets/log.js")),
    (
        "controls.js",
        JAVASCRIPT,
        include_str!("assets/controls.js"),
    ),
    ("photos.js", JAVASCRIPT, include_str!("assets/photos.js")),
    ("texts.js", JAVASCRIPT, include_str!("assets/texts.js")),
    ("wire.js", JAVASCRIPT, include_str!("assets/wire.js")),
    ("guide.svg", SVG, PHOTO_GUIDE),
    ("logo.svg", SVG, include_str!("assets/logo.svg")),
];
const CSS: &str = "text/css; charset=utf-8";
const JAVASCRIPT: &str = "text/javascript; charset=utf-8";
const SVG: &str = "image/svg+xml";

/// The prefix of the page's own text keys, and of those that stay on the server.
const PREFIX: &str = "web-";
const SERVER_ONLY: &str = "web-error-";

/// The page in every language, ready to be served.
#[derive(Debug)]
pub struct Pages {
    shells: HashMap<Language, String>,
    /// The page's texts as JSON.
    texts: HashMap<Language, String>,
    /// By name: type, entity tag, content.
    assets: HashMap<&'static str, Asset>,
}

#[derive(Debug)]
struct Asset {
    content_type: &'static str,
    tag: HeaderValue,
    content: &'static str,
}

/// Why the embedded page cannot be used; found by a test, never by a person.
#[derive(Debug, thiserror::Error)]
pub enum PageError {
    #[error("assets/page.html is no template")]
    Template(#[from] minijinja::Error),
}

/// What the shell is filled with.
#[derive(Serialize)]
struct Filling<'a> {
    texts: &'a BTreeMap<String, String>,
    texts_as_json: &'a str,
}

impl Pages {
    /// The page in `assets/`, filled with the texts of every language.
    pub fn embedded(phrases: &Phrases) -> Result<Self, PageError> {
        let mut templates = minijinja::Environment::new();
        templates.set_undefined_behavior(minijinja::UndefinedBehavior::Strict);
        // The name's ending switches escaping on.
        templates.add_template("page.html", SHELL)?;
        let shell = templates.get_template("page.html")?;
        let mut shells = HashMap::new();
        let mut texts = HashMap::new();
        for language in Language::ALL {
            let own = own_texts(phrases, language);
            let texts_as_json = serde_json::to_string(&own).expect("a map of strings is JSON");
            let page = shell.render(minijinja::value::Serde(Filling {
                texts: &own,
                texts_as_json: &texts_as_json,
            }))?;
            shells.insert(language, page);
            texts.insert(language, texts_as_json);
        }
        let assets = ASSETS.into_iter().map(|(name, content_type, content)| {
            let digest = Sha256::digest(content);
            let tag = format!(
                "\"{:x}\"",
                u64::from_be_bytes(digest[..8].try_into().expect("8 bytes"))
            );
            let tag = HeaderValue::from_str(&tag).expect("hexadecimal digits make a header");
            (
                name,
                Asset {
                    content_type,
                    tag,
                    content,
                },
            )
        });
        Ok(Self {
            shells,
            texts,
            assets: assets.collect(),
        })
    }
}

/// The texts that the page shows itself, without their prefix.
fn own_texts(phrases: &Phrases, language: Language) -> BTreeMap<String, String> {
    phrases
        .keys(language)
        .into_iter()
        .filter(|key| !key.starts_with(SERVER_ONLY))
        .filter_map(|key| {
            let name = key.strip_prefix(PREFIX)?.to_owned();
            Some((name, phrases.phrase(language, &key, &[])))
        })
        .collect()
}

pub(super) async fn page(State(web): State<Arc<Web>>, headers: HeaderMap) -> Response {
    let language = language::asked_for(&headers);
    let page = web.channel.pages.shells[&language].clone();
    (
        [
            (header::CONTENT_LANGUAGE, language.id()),
            (header::VARY, "accept-language"),
        ],
        Html(page),
    )
        .into_response()
}

pub(super) async fn texts(State(web): State<Arc<Web>>, headers: HeaderMap) -> Response {
    let texts = web.channel.pages.texts[&language::asked_for(&headers)].clone();
    ([(header::CONTENT_TYPE, "application/json")], texts).into_response()
}

pub(super) async fn asset(
    State(web): State<Arc<Web>>,
    headers: HeaderMap,
    Path(name): Path<String>,
) -> Result<Response, Refusal> {
    let asset = web
        .channel
        .pages
        .assets
        .get(name.as_str())
        .ok_or(Refusal::NotFound)?;
    let keeping = [
        (header::CACHE_CONTROL, HeaderValue::from_static("no-cache")),
        (header::ETAG, asset.tag.clone()),
    ];
    if headers.get(header::IF_NONE_MATCH) == Some(&asset.tag) {
        return Ok((StatusCode::NOT_MODIFIED, keeping).into_response());
    }
    let content_type = HeaderValue::from_static(asset.content_type);
    Ok((
        keeping,
        [(header::CONTENT_TYPE, content_type)],
        asset.content,
    )
        .into_response())
}

#[cfg(test)]
mod tests {
    use super::{ASSETS, JAVASCRIPT, Pages, SHELL, own_texts};
    use crate::domain::consultation::Language;
    use crate::wording::Phrases;

    #[test]
    fn the_page_is_whole_in_every_language() {
        let phrases = Phrases::embedded().unwrap();
        let pages = Pages::embedded(&phrases).unwrap();
        for language in Language::ALL {
            let page = &pages.shells[&language];
            assert!(!page.contains('⟨'), "a text is missing in {language:?}");
            assert!(!page.contains("://"), "the page fetches nothing from afar");
        }
        let keys = |language| {
            own_texts(&phrases, language)
                .into_keys()
                .collect::<Vec<_>>()
        };
        assert_eq!(keys(Language::Korean), keys(Language::English));
    }

    #[test]
    fn the_scripts_use_only_texts_that_exist_and_none_is_left_over() {
        let texts = own_texts(&Phrases::embedded().unwrap(), Language::English);
        let scripts: String = ASSETS
            .into_iter()
            .filter(|(_, content_type, _)| *content_type == JAVASCRIPT)
            .map(|(_, _, content)| content)
            .collect();
        assert!(!scripts.contains("innerHTML"));
        let simple = ["text(\"", "tile(\""].into_iter().flat_map(|call| {
            let calls = scripts.split(call).skip(1);
            calls.filter_map(|rest| rest.split('"').next())
        });
        // speaking("tag", "class", "key")
        let speaking = scripts.split("speaking(\"").skip(1).filter_map(|rest| {
            let parts: Vec<&str> = rest.split('"').take(5).collect();
            (parts.get(3) == Some(&", ")).then(|| parts[4])
        });
        let used: Vec<&str> = simple.chain(speaking).collect();
        for key in &used {
            assert!(texts.contains_key(*key), "{key}");
        }
        for key in texts.keys() {
            let in_the_page = SHELL.contains(&format!("texts[\"{key}\"]"));
            assert!(in_the_page || used.contains(&key.as_str()), "{key}");
        }
    }
}
