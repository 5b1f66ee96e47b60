//! A draft and its evidence, read once for all gates.

use super::Draft;
use super::folding::Folding;
use super::hangul::is_letter;
use super::numbers::{Quantity, quantities};
use super::tidy::sentences;
use super::vocabulary::{Finding, Topic, Vocabulary};
use crate::advice::ground::Ground;

/// A draft, sentence by sentence.
#[derive(Debug)]
pub(super) struct Reading<'a> {
    pub(super) sentences: Vec<&'a str>,
    /// How many of them, from the first, are the summary's.
    pub(super) in_summary: usize,
    /// The first of those that say what to leave; they are last.
    pub(super) to_avoid: usize,
    pub(super) folding: Folding,
    pub(super) findings: Vec<Finding>,
    /// With the sentence that each stands in.
    pub(super) quantities: Vec<(usize, Quantity)>,
}

impl<'a> Reading<'a> {
    pub(super) fn of(draft: &'a Draft, vocabulary: &Vocabulary) -> Self {
        let sentences: Vec<&str> = draft.texts().flat_map(sentences).collect();
        let in_summary = self::sentences(&draft.summary).count();
        let avoided: usize = draft
            .avoid
            .iter()
            .map(|item| self::sentences(item).count())
            .sum();
        let to_avoid = sentences.len() - avoided;
        let folding = Folding::of(sentences.iter().copied());
        let quantities = folding
            .spaced()
            .enumerate()
            .flat_map(|(index, sentence)| quantities(sentence).into_iter().map(move |q| (index, q)))
            .collect();
        Self {
            findings: vocabulary.find(&folding),
            sentences,
            in_summary,
            to_avoid,
            folding,
            quantities,
        }
    }

    /// Whether a sentence stands in the evidence as it is.
    pub(super) fn is_quoted(&self, sentence: usize, grounds: &Grounds) -> bool {
        let words = self.folding.squeezed_sentences().nth(sentence);
        words.is_some_and(|words| {
            let mut pieces = grounds.pieces.iter();
            pieces.any(|piece| piece.folding.squeezed_sentences().any(|own| own == words))
        })
    }

    pub(super) fn finds(&self, topic: Topic) -> bool {
        self.findings.iter().any(|finding| finding.topic == topic)
    }

    pub(super) fn finds_in(&self, topic: Topic, sentence: usize) -> bool {
        self.findings
            .iter()
            .any(|finding| finding.topic == topic && finding.sentence == sentence)
    }
}

/// The evidence, piece by piece.
#[derive(Debug)]
pub(super) struct Grounds {
    pub(super) pieces: Vec<Piece>,
}

/// One piece of evidence.
#[derive(Debug)]
pub(super) struct Piece {
    pub(super) folding: Folding,
    pub(super) findings: Vec<Finding>,
    pub(super) quantities: Vec<Quantity>,
}

impl Grounds {
    pub(super) fn of(ground: &Ground, vocabulary: &Vocabulary) -> Self {
        let pieces = ground.evidence.iter().map(|evidence| {
            let folding = Folding::of(sentences(&evidence.text));
            Piece {
                findings: vocabulary.find(&folding),
                quantities: folding.spaced().flat_map(quantities).collect(),
                folding,
            }
        });
        Self {
            pieces: pieces.collect(),
        }
    }

    /// Whether a piece names the same thing, or says the same words.
    pub(super) fn names(&self, finding: &Finding) -> bool {
        self.pieces.iter().any(|piece| piece.names(finding))
    }

    /// Whether a piece holds the quantity and is about the same as the sentence that it stands in.
    pub(super) fn hold(&self, quantity: &Quantity, sentence: &str) -> bool {
        let about: Vec<&str> = stems(sentence).collect();
        let mut holding = self.pieces.iter().filter(|piece| piece.holds(quantity));
        holding.any(|piece| {
            let mut own = piece.folding.spaced().flat_map(stems);
            about.is_empty() || own.any(|stem| about.contains(&stem))
        })
    }
}

impl Piece {
    pub(super) fn names(&self, finding: &Finding) -> bool {
        self.findings
            .iter()
            .any(|own| own.topic == finding.topic && own.thing == finding.thing)
    }

    pub(super) fn holds(&self, quantity: &Quantity) -> bool {
        self.quantities.iter().any(|own| own.licenses(quantity))
    }
}

/// The first letters of the words that tell what a sentence is about: one syllable in Korean, whose
/// endings change (감고, 감아), four letters in English.
fn stems(sentence: &str) -> impl Iterator<Item = &str> {
    sentence
        .split(|letter: char| !is_letter(letter))
        .filter_map(|word| {
            let first = word.chars().next()?;
            let length = if first.is_ascii() { 4 } else { 1 };
            let is_word = word.chars().count() > 1;
            let end = word
                .char_indices()
                .nth(length - 1)
                .map(|(at, last)| at + last.len_utf8())?;
            Some(&word[..end]).filter(|stem| is_word && !EMPTY.contains(stem))
        })
}

/// Stems that tell nothing: of counting, and of any sentence.
const EMPTY: [&str; 60] = [
    "하", "이", "매", "일", "한", "두", "세", "네", "서", "다", "여", "열", "번", "주", "개", "달",
    "년", "분", "시", "초", "쯤", "정", "약", "있", "수", "것", "보", "해", "좋", "때", "또", "그",
    "및", "더", "안", "사", "라", "time", "days", "week", "mont", "minu", "hour", "once", "twic",
    "dail", "ever", "that", "this", "with", "your", "from", "then", "than", "when", "have", "will",
    "each", "abou", "unti",
];
