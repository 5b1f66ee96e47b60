//! The knowledge base: the words of guidance, by id, with the rule for each left in `domain`.
//!
//! `prompts/knowledge/README.md` tells what the files hold and how they were reviewed.

use std::collections::BTreeMap;

use serde::Deserialize;

use crate::domain::consultation::Language;
use crate::domain::guidance::{RedFlag, TriggerWords, Triggers};

const SNIPPETS: &str = include_str!("../../prompts/knowledge/snippets.toml");
const RED_FLAGS: &str = include_str!("../../prompts/knowledge/red_flags.toml");
const MODIFIERS: &str = include_str!("../../prompts/knowledge/modifiers.toml");
const FIXED: &str = include_str!("../../prompts/knowledge/fixed.toml");
const TIPS: &str = include_str!("../../prompts/knowledge/general_tips.toml");

/// A text in every language that Dupi speaks.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Text {
    ko: String,
    en: String,
}

impl Text {
    /// The text in one language.
    pub fn in_language(&self, language: Language) -> &str {
        match language {
            Language::Korean => &self.ko,
            Language::English => &self.en,
        }
    }
}

/// The knowledge base as the rules use it.
#[derive(Debug, Clone)]
pub struct Knowledge {
    snippets: BTreeMap<String, Text>,
    red_flags: BTreeMap<String, Text>,
    modifiers: BTreeMap<String, Text>,
    fixed: BTreeMap<String, Text>,
    tips: Vec<Text>,
    triggers: Triggers,
}

/// Why the embedded knowledge cannot be used; found by a test, never by a person.
#[derive(Debug, thiserror::Error)]
pub enum KnowledgeError {
    #[error("prompts/knowledge/{file} cannot be read")]
    Invalid {
        file: &'static str,
        #[source]
        source: Box<toml::de::Error>,
    },
    #[error("prompts/knowledge/red_flags.toml holds `{id}`, which no rule knows")]
    UnknownRedFlag { id: String },
}

#[derive(Deserialize)]
struct Rows {
    #[serde(
        alias = "snippet",
        alias = "modifier",
        alias = "fixed",
        alias = "tip",
        alias = "red_flag"
    )]
    rows: Vec<Row>,
}

/// What the rules need of a row; sources and review marks are for people.
#[derive(Deserialize)]
struct Row {
    id: String,
    ko: String,
    en: String,
    #[serde(default)]
    triggers_ko: Vec<String>,
    #[serde(default)]
    triggers_en: Vec<String>,
    #[serde(default)]
    exclude_ko: Vec<String>,
    #[serde(default)]
    exclude_en: Vec<String>,
}

impl Row {
    fn text(&self) -> Text {
        Text {
            ko: self.ko.clone(),
            en: self.en.clone(),
        }
    }
}

fn rows(file: &'static str, content: &str) -> Result<Vec<Row>, KnowledgeError> {
    let rows: Rows = toml::from_str(content).map_err(|source| KnowledgeError::Invalid {
        file,
        source: Box::new(source),
    })?;
    Ok(rows.rows)
}

fn by_id(rows: &[Row]) -> BTreeMap<String, Text> {
    rows.iter()
        .map(|row| (row.id.clone(), row.text()))
        .collect()
}

impl Knowledge {
    /// The files in `prompts/knowledge/`.
    pub fn embedded() -> Result<Self, KnowledgeError> {
        let flags = rows("red_flags.toml", RED_FLAGS)?;
        let mut triggers = Vec::new();
        for row in &flags {
            let flag = RedFlag::from_id(&row.id)
                .ok_or_else(|| KnowledgeError::UnknownRedFlag { id: row.id.clone() })?;
            let words = TriggerWords {
                triggers: [row.triggers_ko.clone(), row.triggers_en.clone()].concat(),
                excludes: [row.exclude_ko.clone(), row.exclude_en.clone()].concat(),
            };
            triggers.push((flag, words));
        }
        Ok(Self {
            snippets: by_id(&rows("snippets.toml", SNIPPETS)?),
            red_flags: by_id(&flags),
            modifiers: by_id(&rows("modifiers.toml", MODIFIERS)?),
            fixed: by_id(&rows("fixed.toml", FIXED)?),
            tips: rows("general_tips.toml", TIPS)?
                .iter()
                .map(Row::text)
                .collect(),
            triggers: Triggers::new(triggers),
        })
    }

    /// The row of a condition at a severity.
    pub fn snippet(&self, id: &str) -> Option<&Text> {
        self.snippets.get(id)
    }

    /// The text of a red flag.
    pub fn red_flag(&self, id: &str) -> Option<&Text> {
        self.red_flags.get(id)
    }

    /// The text of a survey modifier.
    pub fn modifier(&self, id: &str) -> Option<&Text> {
        self.modifiers.get(id)
    }

    /// A fixed sentence.
    pub fn fixed(&self, id: &str) -> Option<&Text> {
        self.fixed.get(id)
    }

    /// Tips for everybody, in order.
    pub fn tips(&self) -> &[Text] {
        &self.tips
    }

    /// The words that betray red flags.
    pub const fn triggers(&self) -> &Triggers {
        &self.triggers
    }
}
