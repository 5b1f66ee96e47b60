//! What the knowledge base holds about a question.
//!
//! A question is about an entry if it holds one of the entry's words: white space never matters in
//! Korean, where people write `머리감는법` and `머리 감는 법`. Which entry fits best is decided by BM25 over
//! pairs of syllables, since Korean words change at their ends. What no entry has a word for is not
//! answered, however much it looks like a question.

use std::collections::HashMap;

use bm25::{Document, SearchEngine, SearchEngineBuilder, Tokenizer};
use serde::Deserialize;

use crate::domain::guidance::{PassageId, Topic};
use crate::domain::scalp::Condition;

/// How many topics one question can have.
const MOST_TOPICS: usize = 6;

/// The words of `prompts/knowledge/questions.toml`.
#[derive(Deserialize)]
pub(super) struct Words {
    follow_up_ko: Vec<String>,
    follow_up_en: Vec<String>,
    #[serde(rename = "condition")]
    conditions: Vec<Asked>,
    #[serde(rename = "question")]
    questions: Vec<Asked>,
    #[serde(rename = "ingredient_words")]
    ingredients: Vec<Asked>,
}

/// An entry, and the words by which a question is recognised as being about it.
#[derive(Deserialize)]
struct Asked {
    id: String,
    ask_ko: Vec<String>,
    ask_en: Vec<String>,
}

/// Finds topics.
pub(super) struct Topics {
    entries: Vec<Entry>,
    follow_ups: Vec<Word>,
    index: SearchEngine<u32, u32, SyllablePairs>,
}

struct Entry {
    topic: Topic,
    words: Vec<Word>,
}

/// A word, folded as questions are.
enum Word {
    /// Looked for in the question without white space.
    Korean(String),
    /// Looked for at the beginnings of words; with a blank at its end, as a whole word.
    Latin(String),
}

impl std::fmt::Debug for Topics {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(formatter, "Topics({} entries)", self.entries.len())
    }
}

impl Topics {
    /// Over those words; `None` if they name a condition that does not exist.
    pub(super) fn new(words: Words) -> Option<Self> {
        let mut entries = Vec::new();
        for asked in words.conditions {
            let condition = Condition::from_id(&asked.id)?;
            entries.push(Entry::of(Topic::Condition(condition), &asked));
        }
        for asked in words.questions.iter().chain(&words.ingredients) {
            let topic = Topic::Passage(PassageId(asked.id.clone()));
            entries.push(Entry::of(topic, asked));
        }
        let documents = (0..).zip(&entries).map(|(number, entry)| {
            let words: Vec<&str> = entry.words.iter().map(Word::text).collect();
            Document::new(number, words.join(" "))
        });
        let documents: Vec<Document<u32>> = documents.collect();
        let index = SearchEngineBuilder::with_tokenizer_and_documents(SyllablePairs, documents);
        Some(Self {
            follow_ups: words_of(&words.follow_up_ko, &words.follow_up_en),
            index: index.build(),
            entries,
        })
    }

    /// What the question is about, the best first. A question that only makes sense after another one is
    /// about [`Topic::Earlier`].
    pub(super) fn of(&self, question: &str) -> Vec<Topic> {
        let question = Folded::of(question);
        let scores: HashMap<u32, f32> = self
            .index
            .search(&question.squeezed, None)
            .into_iter()
            .map(|found| (found.document.id, found.score))
            .collect();
        let mut found: Vec<(bool, usize, f32, &Entry)> = (0..)
            .zip(&self.entries)
            .filter_map(|(number, entry): (u32, &Entry)| {
                let longest = entry.words.iter().filter(|word| question.holds(word));
                let longest = longest.map(|word| word.text().chars().count()).max()?;
                let score = scores.get(&number).copied().unwrap_or(0.0);
                let is_general = matches!(entry.topic, Topic::Condition(_));
                Some((is_general, longest, score, entry))
            })
            .collect();
        // What is asked about a condition says more than the condition, and the longer the word that was
        // recognised, the more it says.
        found.sort_by(|left, right| {
            let by_kind_and_word = (left.0, right.1).cmp(&(right.0, left.1));
            by_kind_and_word.then(right.2.total_cmp(&left.2))
        });
        let topics: Vec<Topic> = found
            .into_iter()
            .map(|(.., entry)| entry.topic.clone())
            .take(MOST_TOPICS)
            .collect();
        if topics.is_empty() && self.follow_ups.iter().any(|word| question.holds(word)) {
            return vec![Topic::Earlier];
        }
        topics
    }
}

impl Entry {
    fn of(topic: Topic, asked: &Asked) -> Self {
        Self {
            topic,
            words: words_of(&asked.ask_ko, &asked.ask_en),
        }
    }
}

fn words_of(korean: &[String], latin: &[String]) -> Vec<Word> {
    let korean = korean.iter().map(|word| Word::Korean(squeezed(word)));
    let latin = latin.iter().map(|word| Word::Latin(word.to_lowercase()));
    korean.chain(latin).collect()
}

impl Word {
    fn text(&self) -> &str {
        match self {
            Self::Korean(text) | Self::Latin(text) => text,
        }
    }
}

/// A question as it is searched.
struct Folded {
    squeezed: String,
    /// Lower case, words parted by one blank each, with a blank before the first and after the last.
    spaced: String,
}

impl Folded {
    fn of(question: &str) -> Self {
        let lower = question.to_lowercase();
        let words = lower.split(|character: char| !character.is_alphanumeric() && character != '-');
        let words: Vec<&str> = words.filter(|word| !word.is_empty()).collect();
        Self {
            squeezed: squeezed(question),
            spaced: format!(" {} ", words.join(" ")),
        }
    }

    fn holds(&self, word: &Word) -> bool {
        match word {
            Word::Korean(text) => self.squeezed.contains(text),
            Word::Latin(text) => self.spaced.contains(&format!(" {text}")),
        }
    }
}

fn squeezed(text: &str) -> String {
    let kept = text.chars().filter(|character| !character.is_whitespace());
    kept.flat_map(char::to_lowercase).collect()
}

/// Words of Latin letters as they are, everything else by pairs of characters that follow each other, as
/// is usual for languages that do not part words.
struct SyllablePairs;

impl Tokenizer for SyllablePairs {
    fn tokenize(&self, text: &str) -> Vec<String> {
        let mut tokens = Vec::new();
        let words = text.split(|character: char| !character.is_alphanumeric());
        for word in words.filter(|word| !word.is_empty()) {
            if word.is_ascii() {
                tokens.push(word.to_lowercase());
                continue;
            }
            let characters: Vec<char> = word.chars().collect();
            match characters.as_slice() {
                [only] => tokens.push(only.to_string()),
                several => tokens.extend(several.windows(2).map(String::from_iter)),
            }
        }
        tokens
    }
}
