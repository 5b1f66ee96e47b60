//! The knowledge base: the words of guidance, by id, with the rule for each left in `domain`.
//!
//! `prompts/knowledge/README.md` tells what the files hold and how they were reviewed.

use std::collections::BTreeMap;
use std::sync::Arc;

use serde::Deserialize;

use super::topics::{self, Topics};
use crate::domain::consultation::Language;
use crate::domain::guidance::{PassageId, RedFlag, Topic, TriggerWords, Triggers};

const SNIPPETS: &str = include_str!("../../prompts/knowledge/snippets.toml");
const RED_FLAGS: &str = include_str!("../../prompts/knowledge/red_flags.toml");
const MODIFIERS: &str = include_str!("../../prompts/knowledge/modifiers.toml");
const FIXED: &str = include_str!("../../prompts/knowledge/fixed.toml");
const INGREDIENTS: &str = include_str!("../../prompts/knowledge/ingredients.toml");
const QUESTIONS: &str = include_str!("../../prompts/knowledge/questions.toml");
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
    /// Everything that a question can be answered with.
    passages: BTreeMap<String, Text>,
    /// Everything there is, by id.
    entries: BTreeMap<String, Text>,
    topics: Arc<Topics>,
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
    #[error("prompts/knowledge/questions.toml names a condition that does not exist")]
    UnknownCondition,
}

#[derive(Deserialize)]
struct Rows {
    #[serde(
        alias = "snippet",
        alias = "modifier",
        alias = "fixed",
        alias = "tip",
        alias = "red_flag",
        alias = "ingredient",
        alias = "question"
    )]
    rows: Vec<Row>,
}

/// What the rules need of a row; sources and review marks are for people.
#[derive(Deserialize)]
struct Row {
    id: String,
    ko: String,
    en: String,
    /// Of an ingredient, whose text does not name it.
    #[serde(default)]
    ko_name: Option<String>,
    #[serde(default)]
    en_name: Option<String>,
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
        let named = |name: &Option<String>, text: &String| match name {
            Some(name) => format!("{name}: {text}"),
            None => text.clone(),
        };
        Text {
            ko: named(&self.ko_name, &self.ko),
            en: named(&self.en_name, &self.en),
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
        let snippets = by_id(&rows("snippets.toml", SNIPPETS)?);
        let modifiers = by_id(&rows("modifiers.toml", MODIFIERS)?);
        let mut passages = by_id(&rows("ingredients.toml", INGREDIENTS)?);
        passages.extend(by_id(&rows("questions.toml", QUESTIONS)?));
        passages.extend(snippets.clone());
        passages.extend(modifiers.clone());
        let words: topics::Words =
            toml::from_str(QUESTIONS).map_err(|source| KnowledgeError::Invalid {
                file: "questions.toml",
                source: Box::new(source),
            })?;
        let tips = rows("general_tips.toml", TIPS)?;
        let fixed = by_id(&rows("fixed.toml", FIXED)?);
        let red_flags = by_id(&flags);
        let mut entries = passages.clone();
        for more in [by_id(&tips), fixed.clone(), red_flags.clone()] {
            entries.extend(more);
        }
        Ok(Self {
            snippets,
            red_flags,
            modifiers,
            entries,
            passages,
            topics: Arc::new(Topics::new(words).ok_or(KnowledgeError::UnknownCondition)?),
            fixed,
            tips: tips.iter().map(Row::text).collect(),
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

    /// What a question is answered with.
    pub fn passage(&self, id: &PassageId) -> Option<&Text> {
        self.passages.get(&id.0)
    }

    /// Any entry of the knowledge base.
    pub fn entry(&self, id: &str) -> Option<&Text> {
        self.entries.get(id)
    }

    /// Every entry with its id.
    pub fn entries(&self) -> impl Iterator<Item = (&str, &Text)> {
        self.entries.iter().map(|(id, text)| (id.as_str(), text))
    }

    /// What is held about a question, the best first; nothing where nothing is held.
    pub fn topics_of(&self, question: &str) -> Vec<Topic> {
        self.topics.of(question)
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
