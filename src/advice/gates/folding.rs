//! A text as the word lists look at it: every spelling of a word made one.
//!
//! Compatibility forms are resolved (NFKC: full-width letters and digits, circled numbers), letters
//! are small, and what stands between letters is dropped, but where it stood is remembered: `발 모`
//! and `발·모` are found as 발모, while the end of 모발 and the beginning of 모두 are not.

use std::ops::Range;

use unicode_normalization::UnicodeNormalization as _;

use super::hangul::{is_letter_or_digit, is_plain};

/// Sentences, folded twice over.
#[derive(Debug, Default)]
pub(super) struct Folding {
    /// Letters and digits only; a line feed between sentences.
    squeezed: String,
    /// For every byte of `squeezed`: whether a character begins there that does not follow directly
    /// on the one before.
    gaps: Vec<bool>,
    /// Where each sentence ends in `squeezed`.
    squeezed_ends: Vec<usize>,
    /// Small letters, one blank between words, plain dashes; a line feed after every sentence.
    spaced: String,
    spaced_ends: Vec<usize>,
}

impl Folding {
    pub(super) fn of<'a>(sentences: impl IntoIterator<Item = &'a str>) -> Self {
        let mut folding = Self::default();
        for sentence in sentences {
            folding.add(sentence);
        }
        folding
    }

    fn add(&mut self, sentence: &str) {
        let bytes = sentence.len() + 1;
        self.squeezed.reserve(bytes);
        self.gaps.reserve(bytes);
        self.spaced.reserve(bytes);
        if is_plain(sentence) {
            self.add_letters(sentence.chars());
        } else {
            self.add_letters(sentence.nfkc().flat_map(char::to_lowercase));
        }
    }

    fn add_letters(&mut self, letters: impl Iterator<Item = char>) {
        let mut is_gap = true;
        for letter in letters.map(|letter| plain(letter.to_ascii_lowercase())) {
            if letter.is_whitespace() {
                is_gap = true;
                if !self.spaced.is_empty() && !self.spaced.ends_with([' ', '\n']) {
                    self.spaced.push(' ');
                }
                continue;
            }
            self.spaced.push(letter);
            if is_letter_or_digit(letter) {
                self.squeezed.push(letter);
                let from = self.gaps.len();
                self.gaps.resize(self.squeezed.len(), false);
                self.gaps[from] = is_gap;
                is_gap = false;
            } else {
                is_gap = true;
            }
        }
        self.squeezed.push('\n');
        self.gaps.push(false);
        self.squeezed_ends.push(self.squeezed.len());
        self.spaced.push('\n');
        self.spaced_ends.push(self.spaced.len());
    }

    pub(super) fn squeezed(&self) -> &str {
        &self.squeezed
    }

    /// Whether the character at that byte of [`Self::squeezed`] does not follow directly on another.
    pub(super) fn is_gap(&self, byte: usize) -> bool {
        self.gaps.get(byte).copied().unwrap_or(true)
    }

    /// The sentence that holds a byte of [`Self::squeezed`].
    pub(super) fn sentence_at(&self, byte: usize) -> usize {
        self.squeezed_ends.partition_point(|end| *end <= byte)
    }

    /// Every sentence with its blanks, in order.
    pub(super) fn spaced(&self) -> impl Iterator<Item = &str> {
        pieces(&self.spaced, &self.spaced_ends)
    }

    /// Every sentence without its blanks, in order.
    pub(super) fn squeezed_sentences(&self) -> impl Iterator<Item = &str> {
        pieces(&self.squeezed, &self.squeezed_ends)
    }

    /// A stretch of [`Self::squeezed`] that can be compared with others: where the gaps are.
    pub(super) fn gaps_in(&self, range: Range<usize>) -> impl Iterator<Item = (usize, bool)> {
        let start = range.start;
        self.squeezed[range]
            .char_indices()
            .skip(1)
            .map(move |(at, _)| (at, self.is_gap(start + at)))
    }
}

fn pieces<'a>(text: &'a str, ends: &'a [usize]) -> impl Iterator<Item = &'a str> {
    let starts = std::iter::once(0).chain(ends.iter().copied());
    starts
        .zip(ends)
        .map(|(start, end)| text[start..*end].trim_end())
}

/// Dashes and tildes of every make as one.
fn plain(letter: char) -> char {
    match letter {
        '\u{2010}'..='\u{2015}' | '\u{2212}' | '\u{ad}' => '-',
        '\u{223c}' | '\u{301c}' | '\u{2053}' => '~',
        '\u{2019}' | '\u{2018}' => '\'',
        letter => letter,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn blanks_and_marks_are_dropped_and_remembered() {
        let folding = Folding::of(["발 모·제 ５ＭＧ", "모발"]);
        assert_eq!(folding.squeezed(), "발모제5mg\n모발\n");
        let gaps: Vec<bool> = folding
            .squeezed()
            .char_indices()
            .map(|(at, _)| folding.is_gap(at))
            .collect();
        assert_eq!(
            gaps,
            [
                true, true, true, true, false, false, false, true, false, false
            ]
        );
        assert_eq!(
            folding.spaced().collect::<Vec<_>>(),
            ["발 모·제 5mg", "모발"]
        );
        assert_eq!(folding.sentence_at(0), 0);
        assert_eq!(folding.sentence_at("발모제5mg\n".len()), 1);
    }
}
