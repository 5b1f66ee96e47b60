//! The word lists in `prompts/gates/`, as they stand there. `README.md` beside them has the rules.

use aho_corasick::{AhoCorasick, AhoCorasickBuilder, AhoCorasickKind};
use serde::Deserialize;
use serde::de::DeserializeOwned;

const CLAIMS: &str = include_str!("../../../prompts/gates/claims.toml");
const NAMES: &str = include_str!("../../../prompts/gates/names.toml");
const LEVEL: &str = include_str!("../../../prompts/gates/level.toml");
const LEAKS: &str = include_str!("../../../prompts/gates/leaks.toml");
const COMMON: &str = include_str!("../../../prompts/gates/common.toml");
const PAIRS: &str = include_str!("../../../prompts/gates/pairs.toml");
const LANGUAGE: &str = include_str!("../../../prompts/gates/language.toml");

/// Why the embedded word lists cannot be used; found by a test, never by a person.
#[derive(Debug, thiserror::Error)]
pub enum GatesError {
    #[error("prompts/gates/{file} cannot be read")]
    Invalid {
        file: &'static str,
        #[source]
        source: Box<toml::de::Error>,
    },
    #[error("prompts/gates/{file} holds an entry without letters")]
    Empty { file: &'static str },
    #[error("the words of prompts/gates/{file} do not fit into an automaton")]
    Automaton {
        file: &'static str,
        #[source]
        source: Box<aho_corasick::BuildError>,
    },
}

/// Every list.
#[derive(Debug)]
pub(super) struct Lists {
    pub(super) claims: Claims,
    pub(super) names: Names,
    pub(super) level: Levels,
    pub(super) leaks: LeakWords,
    pub(super) language: LanguageWords,
    pub(super) common: CommonWords,
    pub(super) pairs: Vec<Pair>,
}

/// Words that are refused, and the innocent phrases that hold them.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Words {
    pub(super) ko: Vec<String>,
    pub(super) en: Vec<String>,
    #[serde(default)]
    pub(super) allow_ko: Vec<String>,
    #[serde(default)]
    pub(super) allow_en: Vec<String>,
}

/// Names of the same thing.
pub(super) type Synonyms = Vec<String>;

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Claims {
    pub(super) diagnosis: Words,
    pub(super) treatment: Words,
    pub(super) promise: Words,
    pub(super) medicine: Words,
    pub(super) harm: Words,
    pub(super) source: Words,
    pub(super) contact: Words,
    pub(super) price: Words,
    pub(super) rude: Words,
    pub(super) procedure: Words,
    pub(super) remedy: Words,
    pub(super) supplement: Words,
    /// What makes the name of a disease a diagnosis.
    pub(super) diagnosed: Diagnosed,
}

/// What makes the name of a disease a diagnosis.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Diagnosed {
    /// What follows the name in Korean; all three are written without blanks.
    pub(super) after_ko: Vec<String>,
    /// What goes before the name in English.
    pub(super) before_en: Vec<String>,
    /// What, before that, makes it a condition: `if you have`.
    pub(super) unless_en: Vec<String>,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Names {
    pub(super) disease: Vec<Synonyms>,
    pub(super) drug: Vec<Synonyms>,
    pub(super) ingredient: Vec<Synonyms>,
    pub(super) brand: Words,
    pub(super) clinic: Words,
    pub(super) clinic_words: ClinicWords,
}

/// How the name of a clinic is told from the word for one.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct ClinicWords {
    /// Words for places where doctors are.
    pub(super) ko: Vec<String>,
    /// What may be written directly before them without naming one.
    pub(super) before_ko: Vec<String>,
    /// Towns and quarters.
    pub(super) places_ko: Vec<String>,
    pub(super) en: Vec<String>,
    /// Words with a capital that name none.
    pub(super) before_en: Vec<String>,
}

/// What contradicts a care level.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Levels {
    pub(super) care: Words,
    pub(super) comfort: Words,
    pub(super) reassurance: Words,
    pub(super) delay: Words,
    pub(super) wait: Words,
    pub(super) alarm: Words,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct LeakWords {
    pub(super) tokens: Vec<String>,
    pub(super) roles: Vec<String>,
    pub(super) talk: Words,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct LanguageWords {
    /// Latin words that may stand in a Korean text.
    pub(super) latin: Vec<String>,
    /// Words without which there is no English.
    pub(super) function_words: Vec<String>,
    /// How a polite Korean sentence ends.
    pub(super) polite_endings: Vec<String>,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct Pairs {
    pair: Vec<Pair>,
}

/// Words of one sentence that are refused together.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Pair {
    pub(super) topic: PairTopic,
    pub(super) first: Vec<String>,
    pub(super) second: Vec<String>,
    /// What makes them innocent.
    pub(super) unless: Vec<String>,
}

/// What two words can be refused as.
#[derive(Debug, Clone, Copy, Deserialize)]
#[serde(rename_all = "lowercase")]
pub(super) enum PairTopic {
    Medicine,
    Comfort,
    Treatment,
}

/// Words that any text may use.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct CommonWords {
    /// What is sold.
    pub(super) products_ko: Vec<String>,
    pub(super) products_en: Vec<String>,
    pub(super) ko: Vec<String>,
    pub(super) en: Vec<String>,
}

impl Lists {
    pub(super) fn embedded() -> Result<Self, GatesError> {
        Ok(Self {
            claims: parsed("claims.toml", CLAIMS)?,
            names: parsed("names.toml", NAMES)?,
            level: parsed("level.toml", LEVEL)?,
            leaks: parsed("leaks.toml", LEAKS)?,
            language: parsed("language.toml", LANGUAGE)?,
            common: parsed("common.toml", COMMON)?,
            pairs: parsed::<Pairs>("pairs.toml", PAIRS)?.pair,
        })
    }
}

fn parsed<T: DeserializeOwned>(file: &'static str, content: &str) -> Result<T, GatesError> {
    toml::from_str(content).map_err(|source| GatesError::Invalid {
        file,
        source: Box::new(source),
    })
}

/// An automaton over all patterns, blind to the case of Latin letters.
pub(super) fn automaton(
    file: &'static str,
    patterns: &[String],
) -> Result<AhoCorasick, GatesError> {
    if patterns.iter().any(String::is_empty) {
        return Err(GatesError::Empty { file });
    }
    AhoCorasickBuilder::new()
        .ascii_case_insensitive(true)
        .kind(Some(AhoCorasickKind::ContiguousNFA))
        .build(patterns)
        .map_err(|source| GatesError::Automaton {
            file,
            source: Box::new(source),
        })
}
