//! Reads what a model wrote: the JSON object that was asked for, or plain sentences.
//!
//! A model may have thought aloud before it (`<think>`), put it between code fences, led up to it
//! with a sentence, or gone on after it. All of that is dropped unread, and so are unknown keys.

use serde::Deserialize;

use super::tidy::is_finished;
use super::{Draft, Gate, Refusal, bounds};
use crate::advice::call::Finish;
use crate::advice::ground::Task;

/// Longer than any server writes within the most tokens that are asked for.
const MOST_BYTES: usize = 64 * 1024;

/// The most items of a list, and the most characters of one.
const MOST_ITEMS: usize = 4;
const MOST_ITEM_CHARACTERS: usize = 200;

/// The fields as they were written; nothing is cleaned yet.
pub(super) fn read(text: &str, finish: Finish, task: Task) -> Result<Draft, Refusal> {
    let refuse = |reason| Err(Gate::Completeness.refuses(reason));
    match finish {
        Finish::Stop => {}
        Finish::Length => return refuse("length"),
        Finish::Other => return refuse("finish"),
    }
    if text.len() > MOST_BYTES {
        return refuse("too-long");
    }
    let spoken = without_thoughts(text).trim();
    if spoken.is_empty() {
        return refuse("empty");
    }
    match object_start(spoken) {
        Some(start) => read_object(&spoken[start..], task),
        None if spoken.starts_with('{') && !spoken.starts_with("{{") => refuse("malformed"),
        None => Ok(Draft::of_prose(spoken)),
    }
}

/// What follows the model's thoughts; nothing if they never end.
fn without_thoughts(text: &str) -> &str {
    if let Some((_, spoken)) = text.rsplit_once("</think>") {
        return spoken;
    }
    match text.split_once("<think>") {
        Some((before, _)) => before,
        None => text,
    }
}

/// Where the first JSON object begins, if there is one.
fn object_start(text: &str) -> Option<usize> {
    text.match_indices('{')
        .find(|(at, _)| text[at + 1..].trim_start().starts_with('"'))
        .map(|(at, _)| at)
}

#[derive(Deserialize)]
struct AdviceObject {
    summary: String,
    #[serde(default)]
    today: Option<Items>,
    #[serde(default)]
    week: Option<Items>,
    #[serde(default)]
    avoid: Option<Items>,
    #[serde(default)]
    used: Option<Items>,
}

#[derive(Deserialize)]
struct AnswerObject {
    answer: String,
    #[serde(default)]
    used: Option<Items>,
}

/// A list; servers that cannot guide a model let it write a single item without brackets.
#[derive(Deserialize)]
#[serde(untagged)]
enum Items {
    Several(Vec<String>),
    One(String),
}

impl Items {
    fn into_list(items: Option<Self>) -> Vec<String> {
        match items {
            Some(Self::Several(list)) => list,
            Some(Self::One(item)) => vec![item],
            None => Vec::new(),
        }
    }

    /// Ids; a single string may hold several of them.
    fn into_ids(items: Option<Self>) -> Vec<String> {
        let mut ids: Vec<String> = Vec::new();
        for item in Self::into_list(items) {
            for id in item.split([',', ' ', '[', ']']) {
                if !id.is_empty() && !ids.iter().any(|known| known == id) {
                    ids.push(id.to_owned());
                }
            }
        }
        ids
    }
}

fn read_object(text: &str, task: Task) -> Result<Draft, Refusal> {
    match task {
        Task::Advice => first_object(text).map(|object: AdviceObject| Draft {
            summary: object.summary,
            today: Items::into_list(object.today),
            week: Items::into_list(object.week),
            avoid: Items::into_list(object.avoid),
            used: Items::into_ids(object.used),
        }),
        Task::Answer => first_object(text).map(|object: AnswerObject| Draft {
            used: Items::into_ids(object.used),
            ..Draft::of_prose(&object.answer)
        }),
    }
}

/// The first value; whatever follows it was never asked for.
fn first_object<'a, T: Deserialize<'a>>(text: &'a str) -> Result<T, Refusal> {
    let mut values = serde_json::Deserializer::from_str(text).into_iter();
    match values.next() {
        Some(Ok(object)) => Ok(object),
        Some(Err(error)) => Err(Gate::Completeness.refuses(match error.classify() {
            serde_json::error::Category::Eof => "cut",
            serde_json::error::Category::Syntax | serde_json::error::Category::Io => "malformed",
            serde_json::error::Category::Data => "shape",
        })),
        None => Err(Gate::Completeness.refuses("cut")),
    }
}

/// Whether there is neither too little nor too much of it, and whether it was written to the end.
pub(super) fn bound(draft: &Draft, task: Task) -> Result<(), Refusal> {
    let refuse = |reason| Err(Gate::Completeness.refuses(reason));
    let (least, most) = bounds(task);
    let characters = draft.characters();
    if draft.summary.chars().count() < least.min(10) || characters < least {
        return refuse("too-short");
    }
    if characters > most {
        return refuse("too-long");
    }
    for list in [&draft.today, &draft.week, &draft.avoid] {
        if list.len() > MOST_ITEMS {
            return refuse("items");
        }
        if list
            .iter()
            .any(|item| item.chars().count() > MOST_ITEM_CHARACTERS)
        {
            return refuse("item-too-long");
        }
    }
    if !is_finished(&draft.summary) {
        return refuse("unfinished");
    }
    Ok(())
}

impl Draft {
    pub(super) fn of_prose(text: &str) -> Self {
        Self {
            summary: text.to_owned(),
            today: Vec::new(),
            week: Vec::new(),
            avoid: Vec::new(),
            used: Vec::new(),
        }
    }

    /// The characters of everything that a person would read, with one between two texts.
    pub(super) fn characters(&self) -> usize {
        let characters: usize = self.texts().map(|text| text.chars().count() + 1).sum();
        characters.saturating_sub(1)
    }
}
