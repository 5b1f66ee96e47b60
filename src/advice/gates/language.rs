//! Gate 3: the text is in the person's language, and is language at all.

use std::collections::HashSet;

use super::hangul::{is_ordinary, is_syllable};
use super::reading::Reading;
use super::words::LanguageWords;
use super::{Draft, Gate, Refusal};
use crate::advice::ground::Ground;
use crate::domain::consultation::Language;

/// The least share of letters in the person's own script, in per cent.
const LEAST_HANGUL: usize = 70;
const LEAST_LATIN: usize = 80;

/// The most Latin letters in a row in a Korean text, whatever marks stand between them.
const MOST_LATIN_IN_A_ROW: usize = 25;

/// A Latin word from this length on must be known in a Korean text.
const LATIN_WORD: usize = 3;

/// The most rare syllables, and letters among all marks, in per cent.
const MOST_RARE: usize = 4;
const LEAST_LETTERS: usize = 60;

/// The least share of words without which there is no English, in per cent.
const LEAST_FUNCTION_WORDS: usize = 10;

/// What tells a language.
#[derive(Debug)]
pub(super) struct Tongues {
    latin: HashSet<String>,
    function_words: HashSet<String>,
    polite_endings: Vec<String>,
}

/// The letters of a text by script.
#[derive(Debug, Default, PartialEq, Eq)]
struct Census {
    hangul: usize,
    rare: usize,
    latin: usize,
    /// Neither Hangul syllables nor plain Latin letters: Han, Kana, Cyrillic, single jamo …
    foreign: usize,
    digits: usize,
    marks: usize,
}

impl Census {
    fn of(text: &str) -> Self {
        let mut census = Self::default();
        for letter in text.chars() {
            if is_syllable(letter) {
                census.hangul += 1;
                census.rare += usize::from(!is_ordinary(letter));
            } else if letter.is_ascii_alphabetic() {
                census.latin += 1;
            } else if letter.is_alphabetic() {
                census.foreign += 1;
            } else if letter.is_numeric() {
                census.digits += 1;
            } else if !letter.is_whitespace() {
                census.marks += 1;
            }
        }
        census
    }

    const fn letters(&self) -> usize {
        self.hangul + self.latin + self.foreign
    }
}

impl Tongues {
    pub(super) fn new(words: &LanguageWords) -> Self {
        let set = |words: &[String]| words.iter().map(|word| word.to_lowercase()).collect();
        Self {
            latin: set(&words.latin),
            function_words: set(&words.function_words),
            polite_endings: words.polite_endings.clone(),
        }
    }

    pub(super) fn check(
        &self,
        draft: &Draft,
        reading: &Reading,
        ground: &Ground,
    ) -> Result<(), Refusal> {
        let refuse = |reason| Err(Gate::Language.refuses(reason));
        let mut all = Census::default();
        for text in draft.texts() {
            let census = Census::of(text);
            if census.foreign > 0 && has_foreign_letters(text, ground) {
                return refuse("script");
            }
            all.add(&census);
        }
        let visible = all.letters() + all.digits + all.marks;
        if visible == 0 || all.letters() * 100 < visible * LEAST_LETTERS {
            return refuse("marks");
        }
        match ground.language {
            Language::Korean => self.check_korean(draft, &all, reading, ground),
            Language::English => self.check_english(draft, &all),
        }
    }

    fn check_korean(
        &self,
        draft: &Draft,
        all: &Census,
        reading: &Reading,
        ground: &Ground,
    ) -> Result<(), Refusal> {
        let refuse = |reason| Err(Gate::Language.refuses(reason));
        if all.hangul * 100 < all.letters() * LEAST_HANGUL {
            return refuse("share");
        }
        if all.rare > 2 && all.rare * 100 > all.hangul * MOST_RARE {
            return refuse("gibberish");
        }
        if all.latin > 0
            && draft
                .texts()
                .any(|text| self.has_strange_latin(text, ground))
        {
            return refuse("latin");
        }
        let summary = &reading.sentences[..reading.in_summary];
        let polite = summary.iter().filter(|sentence| self.is_polite(sentence));
        if polite.count() * 2 < summary.len() {
            return refuse("sentences");
        }
        Ok(())
    }

    /// Latin words that neither the evidence holds nor everybody knows, or too many letters in a row.
    fn has_strange_latin(&self, text: &str, ground: &Ground) -> bool {
        let mut in_a_row = 0;
        for part in text.split_inclusive(|letter: char| !letter.is_ascii_alphabetic()) {
            let end = part.find(|letter: char| !letter.is_ascii_alphabetic());
            let word = &part[..end.unwrap_or(part.len())];
            if !word.is_empty() && !holds_word(ground, word) {
                if word.len() >= LATIN_WORD && !self.latin.contains(&word.to_lowercase()) {
                    return true;
                }
                in_a_row += word.len();
                if in_a_row > MOST_LATIN_IN_A_ROW {
                    return true;
                }
            }
            if part.chars().any(is_syllable) {
                in_a_row = 0;
            }
        }
        false
    }

    fn is_polite(&self, sentence: &str) -> bool {
        let words = sentence.trim_end_matches(|letter: char| !letter.is_alphanumeric());
        self.polite_endings
            .iter()
            .any(|ending| words.ends_with(ending.as_str()))
    }

    fn check_english(&self, draft: &Draft, all: &Census) -> Result<(), Refusal> {
        let refuse = |reason| Err(Gate::Language.refuses(reason));
        if all.latin * 100 < all.letters() * LEAST_LATIN {
            return refuse("share");
        }
        let words = draft
            .texts()
            .flat_map(|text| text.split(|letter: char| !letter.is_ascii_alphabetic()))
            .filter(|word| !word.is_empty());
        let (mut count, mut known) = (0, 0);
        for word in words {
            count += 1;
            known += usize::from(self.function_words.contains(&word.to_lowercase()));
        }
        if known * 100 < count * LEAST_FUNCTION_WORDS {
            return refuse("sentences");
        }
        Ok(())
    }
}

impl Census {
    const fn add(&mut self, other: &Self) {
        self.hangul += other.hangul;
        self.rare += other.rare;
        self.latin += other.latin;
        self.foreign += other.foreign;
        self.digits += other.digits;
        self.marks += other.marks;
    }
}

/// Whether a letter of another script stands there that the evidence does not hold.
fn has_foreign_letters(text: &str, ground: &Ground) -> bool {
    text.chars()
        .filter(|letter| {
            letter.is_alphabetic() && !letter.is_ascii_alphabetic() && !is_syllable(*letter)
        })
        .any(|letter| {
            !ground
                .evidence
                .iter()
                .any(|piece| piece.text.contains(letter))
        })
}

/// Whether the evidence holds a Latin word, in small or capital letters.
fn holds_word(ground: &Ground, word: &str) -> bool {
    ground.evidence.iter().any(|piece| {
        piece
            .text
            .split(|letter: char| !letter.is_ascii_alphabetic())
            .any(|own| own.eq_ignore_ascii_case(word))
    })
}
