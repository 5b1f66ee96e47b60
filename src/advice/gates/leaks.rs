//! Gate 2: nothing of a prompt, a template or a tokenizer shows.
//!
//! A text is cut at the first such token, and back to its last whole sentence; what is left may
//! still be good. Talk about prompts, models and rules is not cut but refused. Here a text is also
//! made tidy, because some tokens can be told by the beginning of a line only.

use aho_corasick::AhoCorasick;

use super::reading::Reading;
use super::tidy::{is_finished, tidy, whole_sentences};
use super::vocabulary::Topic;
use super::words::{GatesError, LeakWords, automaton};
use super::{Draft, Gate, Refusal, bounds};
use crate::advice::ground::{Ground, Task};

/// What betrays a template.
#[derive(Debug)]
pub(super) struct Leaks {
    tokens: AhoCorasick,
    /// Names of the parts of a prompt, in small letters, which end with a colon where they leak.
    roles: Vec<String>,
}

impl Leaks {
    pub(super) fn new(words: &LeakWords) -> Result<Self, GatesError> {
        Ok(Self {
            tokens: automaton("leaks.toml", &words.tokens)?,
            roles: words.roles.iter().map(|role| role.to_lowercase()).collect(),
        })
    }

    /// The draft without leaks, tidied. Items of which nothing is left are dropped.
    pub(super) fn cut(&self, draft: Draft, ground: &Ground) -> Result<Draft, Refusal> {
        let (least, _) = bounds(ground.task);
        let is_cut = self
            .first_in(&without_citations(&draft.summary, ground))
            .is_some()
            && !tidy(&draft.summary).is_empty();
        let clean = |text: &String| self.clean(text, ground);
        let list = |list: Vec<String>| -> Vec<String> {
            let cleaned = list.iter().map(clean);
            cleaned.filter(|item| !item.is_empty()).collect()
        };
        let draft = Draft {
            summary: clean(&draft.summary),
            today: list(draft.today),
            week: list(draft.week),
            avoid: list(draft.avoid),
            used: draft.used,
        };
        let enough = match ground.task {
            Task::Advice => draft.characters(),
            Task::Answer => draft.summary.chars().count(),
        };
        if is_cut && (draft.summary.is_empty() || enough < least) {
            return Err(Gate::Leak.refuses("token"));
        }
        Ok(draft)
    }

    fn clean(&self, text: &str, ground: &Ground) -> String {
        let text = without_citations(text, ground);
        match self.first_in(&text) {
            None => tidy(&text),
            Some(at) => {
                let kept = tidy(&text[..at]);
                if is_finished(&kept) {
                    kept
                } else {
                    whole_sentences(&kept).to_owned()
                }
            }
        }
    }

    /// Where the first leak begins.
    fn first_in(&self, text: &str) -> Option<usize> {
        let token = self.tokens.find(text).map(|found| found.start());
        let bracket = text.find(['{', '}', '[', ']', '\u{fffd}']);
        let tag = text
            .match_indices('<')
            .find(|(at, _)| text[at + 1..].starts_with(|next: char| !next.is_whitespace()))
            .map(|(at, _)| at);
        let id = evidence_id(text);
        [token, bracket, tag, id, self.first_role(text)]
            .into_iter()
            .flatten()
            .min()
    }

    /// Where the first line begins that names a part of a prompt.
    fn first_role(&self, text: &str) -> Option<usize> {
        let mut start = 0;
        for line in text.split('\n') {
            if self.is_role(line) {
                return Some(start);
            }
            start += line.len() + 1;
        }
        None
    }

    fn is_role(&self, line: &str) -> bool {
        const MARKS: [char; 9] = ['#', '*', '-', '>', '_', '`', '(', '"', '.'];
        let is_mark = |letter: char| letter.is_whitespace() || MARKS.contains(&letter);
        let line = line.trim_start_matches(is_mark);
        let (name, is_closed) = match line.find([':', '：']) {
            Some(at) => (&line[..at], true),
            None => (line, false),
        };
        let name = name.trim_end_matches(|letter: char| is_mark(letter) || letter == ')');
        if name.is_empty() || name.len() > 40 {
            return false;
        }
        // Without a colon only the names that ChatML writes into a line of their own.
        let is_lonely = || matches!(name, "system" | "user" | "assistant");
        (is_closed || is_lonely()) && {
            let name = name.to_lowercase();
            self.roles.contains(&name)
        }
    }

    /// Refuses talk about prompts, rules and models.
    #[expect(clippy::unused_self, reason = "a gate is asked, not a function")]
    pub(super) fn find_talk(&self, reading: &Reading) -> Result<(), Refusal> {
        if reading.finds(Topic::Talk) {
            return Err(Gate::Leak.refuses(Topic::Talk.id()));
        }
        Ok(())
    }
}

/// The most characters that references in one pair of brackets take up.
const LONGEST_CITATION: usize = 60;

/// The text without its references to given evidence in brackets: `[K1]`, `(K1, K2)`, `(근거 K1)`.
fn without_citations(text: &str, ground: &Ground) -> String {
    let mut kept = String::with_capacity(text.len());
    let mut rest = text;
    while let Some(open) = rest.find(['[', '(']) {
        let (before, bracket) = rest.split_at(open);
        let near = bracket.char_indices().take(LONGEST_CITATION);
        let close = near.skip(1).find(|(_, letter)| matches!(letter, ']' | ')'));
        let Some((close, _)) = close else {
            kept.push_str(before);
            kept.push_str(&bracket[..1]);
            rest = &bracket[1..];
            continue;
        };
        let inside = &bracket[1..close];
        kept.push_str(before);
        if cites(inside, ground) {
            kept.truncate(kept.trim_end().len());
            rest = &bracket[close + 1..];
        } else {
            kept.push_str(&bracket[..1]);
            rest = &bracket[1..];
        }
    }
    kept.push_str(rest);
    kept
}

fn cites(inside: &str, ground: &Ground) -> bool {
    let mut ids = inside
        .split([',', ' ', ':', '·'])
        .filter(|word| !word.is_empty() && *word != "근거" && *word != "참고")
        .peekable();
    ids.peek().is_some() && ids.all(|id| ground.evidence.iter().any(|piece| piece.id == id))
}

/// Where a bare id such as `K1` stands.
fn evidence_id(text: &str) -> Option<usize> {
    let bytes = text.as_bytes();
    let is_letter = |at: usize| bytes.get(at).is_some_and(u8::is_ascii_alphanumeric);
    text.match_indices('K').map(|(at, _)| at).find(|at| {
        bytes.get(at + 1).is_some_and(u8::is_ascii_digit) && (*at == 0 || !is_letter(at - 1))
    })
}
