//! Fluent texts, embedded in the binary.

use std::collections::HashMap;

use fluent_bundle::concurrent::FluentBundle;
use fluent_bundle::{FluentArgs, FluentResource, FluentValue};
use unic_langid::LanguageIdentifier;

use crate::domain::consultation::Language;

/// The texts of one language: file name and content.
type Files = &'static [(&'static str, &'static str)];

const KOREAN: Files = &[
    (
        "ko/consultation.ftl",
        include_str!("../../locales/ko/consultation.ftl"),
    ),
    ("ko/survey.ftl", include_str!("../../locales/ko/survey.ftl")),
    ("ko/card.ftl", include_str!("../../locales/ko/card.ftl")),
    ("ko/web.ftl", include_str!("../../locales/ko/web.ftl")),
    (
        "ko/messenger.ftl",
        include_str!("../../locales/ko/messenger.ftl"),
    ),
    (
        "ko/discord.ftl",
        include_str!("../../locales/ko/discord.ftl"),
    ),
];

const ENGLISH: Files = &[
    (
        "en/consultation.ftl",
        include_str!("../../locales/en/consultation.ftl"),
    ),
    ("en/survey.ftl", include_str!("../../locales/en/survey.ftl")),
    ("en/card.ftl", include_str!("../../locales/en/card.ftl")),
    ("en/web.ftl", include_str!("../../locales/en/web.ftl")),
    (
        "en/messenger.ftl",
        include_str!("../../locales/en/messenger.ftl"),
    ),
    (
        "en/discord.ftl",
        include_str!("../../locales/en/discord.ftl"),
    ),
];

const fn files(language: Language) -> Files {
    match language {
        Language::Korean => KOREAN,
        Language::English => ENGLISH,
    }
}

/// A value put into a phrase.
#[derive(Debug, Clone, PartialEq)]
pub enum Argument<'a> {
    Text(&'a str),
    Number(usize),
}

/// All phrases of all languages.
pub struct Phrases {
    bundles: HashMap<Language, FluentBundle<FluentResource>>,
}

impl std::fmt::Debug for Phrases {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        formatter.write_str("Phrases(…)")
    }
}

/// Why the embedded texts cannot be used; found by a test, never by a person.
#[derive(Debug, thiserror::Error)]
pub enum PhrasesError {
    #[error("locales/{file} is not valid Fluent: {reason}")]
    Invalid { file: &'static str, reason: String },
    #[error("locales/{file} repeats a key: {reason}")]
    Repeated { file: &'static str, reason: String },
}

impl Phrases {
    /// The texts in `locales/`.
    pub fn embedded() -> Result<Self, PhrasesError> {
        let mut bundles = HashMap::new();
        for language in Language::ALL {
            let tag: LanguageIdentifier = language.id().parse().expect("language tags are valid");
            let mut bundle = FluentBundle::new_concurrent(vec![tag]);
            // Isolation marks would show up in cards and copied text; all our texts run left to right.
            bundle.set_use_isolating(false);
            for (file, content) in files(language) {
                let resource =
                    FluentResource::try_new((*content).to_owned()).map_err(|(_, errors)| {
                        PhrasesError::Invalid {
                            file,
                            reason: format!("{errors:?}"),
                        }
                    })?;
                bundle
                    .add_resource(resource)
                    .map_err(|errors| PhrasesError::Repeated {
                        file,
                        reason: format!("{errors:?}"),
                    })?;
            }
            bundles.insert(language, bundle);
        }
        Ok(Self { bundles })
    }

    /// The phrase of that key. A missing key or argument is shown as the key itself, so that it is
    /// seen; tests walk every message in every language.
    pub fn phrase(
        &self,
        language: Language,
        key: &str,
        arguments: &[(&str, Argument<'_>)],
    ) -> String {
        self.find(language, key, arguments)
            .unwrap_or_else(|| format!("⟨{key}⟩"))
    }

    /// The phrase of that key, if there is one and all its arguments are given.
    pub fn find(
        &self,
        language: Language,
        key: &str,
        arguments: &[(&str, Argument<'_>)],
    ) -> Option<String> {
        let bundle = self.bundles.get(&language)?;
        let pattern = bundle.get_message(key)?.value()?;
        let mut values = FluentArgs::new();
        for (name, value) in arguments {
            match value {
                Argument::Text(text) => values.set(*name, FluentValue::from(*text)),
                Argument::Number(number) => values.set(*name, FluentValue::from(*number)),
            }
        }
        let mut errors = Vec::new();
        let text = bundle.format_pattern(pattern, Some(&values), &mut errors);
        errors.is_empty().then(|| text.into_owned())
    }

    /// Every key of a language, sorted.
    pub fn keys(&self, language: Language) -> Vec<String> {
        let mut keys: Vec<String> = files(language)
            .iter()
            .flat_map(|(_, content)| content.lines())
            .filter_map(|line| line.split_once('='))
            .map(|(key, _)| key)
            .filter(|key| key.starts_with(|first: char| first.is_ascii_alphabetic()))
            .map(|key| key.trim().to_owned())
            .collect();
        keys.sort();
        keys
    }
}
