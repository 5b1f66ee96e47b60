//! Gate 6: the text rests on its evidence: what it names, what it says it used, what it is about.
//!
//! What it is about is told by the beginnings of its words. A rewording of the evidence has few that
//! neither the evidence nor the list of common words holds; advice from elsewhere has many, whatever
//! it is about, and so this also stops what no list of forbidden words thought of.

use super::hangul::is_letter;
use super::reading::{Grounds, Reading};
use super::vocabulary::Topic;
use super::words::CommonWords;
use super::{Draft, Gate, Refusal};
use crate::advice::ground::Ground;
use crate::domain::consultation::Language;

/// The least share of known words in the whole text, and in one sentence, in per cent.
const LEAST_IN_TEXT: usize = 65;
const LEAST_IN_SENTENCE: usize = 55;

/// A sentence with fewer words than this tells too little by itself, unless it has no known word.
const SENTENCE_WORDS: usize = 3;

/// The most unknown words in a row.
const MOST_UNKNOWN: usize = 2;

/// The words that need no evidence.
#[derive(Debug)]
pub(super) struct Common {
    korean: Beginnings,
    english: Beginnings,
    products_ko: Vec<String>,
    products_en: Vec<String>,
}

impl Common {
    pub(super) fn new(words: &CommonWords) -> Self {
        let of = |words: &[String], language| {
            let mut beginnings = Beginnings::default();
            for (_, beginning) in words.iter().flat_map(|word| self::words(word, language)) {
                beginnings.add(beginning);
            }
            beginnings
        };
        Self {
            korean: of(&words.ko, Language::Korean),
            english: of(&words.en, Language::English),
            products_ko: words.products_ko.clone(),
            products_en: words.products_en.clone(),
        }
    }

    pub(super) fn check(
        &self,
        draft: &Draft,
        reading: &Reading,
        grounds: &Grounds,
        ground: &Ground,
    ) -> Result<(), Refusal> {
        let refuse = |reason| Err(Gate::Grounding.refuses(reason));
        if ground.evidence.is_empty() {
            return refuse("no-evidence");
        }
        let mut ingredients = reading.findings.iter();
        if ingredients.any(|finding| finding.topic == Topic::Ingredient && !grounds.names(finding))
        {
            return refuse(Topic::Ingredient.id());
        }
        let is_given = |id: &String| ground.evidence.iter().any(|piece| piece.id == *id);
        if !draft.used.iter().all(is_given) {
            return refuse("used");
        }
        self.check_words(reading, grounds, ground.language)
    }

    /// Whether the words are those of the evidence, or common.
    fn check_words(
        &self,
        reading: &Reading,
        grounds: &Grounds,
        language: Language,
    ) -> Result<(), Refusal> {
        let off_topic = Err(Gate::Grounding.refuses("off-topic"));
        let (common, products) = match language {
            Language::Korean => (&self.korean, &self.products_ko),
            Language::English => (&self.english, &self.products_en),
        };
        let mut beginnings = common.clone();
        for piece in &grounds.pieces {
            for sentence in piece.folding.spaced() {
                for (_, beginning) in words(sentence, language) {
                    beginnings.add(beginning);
                }
            }
        }
        let (mut known, mut all) = (0, 0);
        for sentence in reading.folding.spaced() {
            let (mut known_here, mut all_here, mut unknown) = (0, 0, 0);
            for (word, beginning) in words(sentence, language) {
                let is_known = beginnings.hold(beginning);
                if (unknown > 0 || !is_known)
                    && let Some(at) = products
                        .iter()
                        .find_map(|product| word.find(product.as_str()))
                    && if at == 0 { unknown > 0 } else { !is_known }
                {
                    return Err(Gate::Grounding.refuses("product"));
                }
                all_here += 1;
                known_here += usize::from(is_known);
                unknown = if is_known { 0 } else { unknown + 1 };
                if unknown > MOST_UNKNOWN {
                    return off_topic;
                }
            }
            let is_foreign = all_here > 0 && known_here == 0;
            let is_strange = known_here * 100 < all_here * LEAST_IN_SENTENCE;
            if is_foreign || (is_strange && all_here >= SENTENCE_WORDS) {
                return off_topic;
            }
            known += known_here;
            all += all_here;
        }
        if known * 100 < all * LEAST_IN_TEXT {
            return off_topic;
        }
        Ok(())
    }
}

/// Every word that is long enough to mean something, with its beginning: two syllables, four letters.
fn words(sentence: &str, language: Language) -> impl Iterator<Item = (&str, &str)> {
    let length = match language {
        Language::Korean => 2,
        Language::English => 4,
    };
    sentence
        .split(|letter: char| !is_letter(letter))
        .filter_map(move |word| {
            let (at, last) = word.char_indices().nth(length - 1)?;
            Some((word, &word[..at + last.len_utf8()]))
        })
}

/// A set of beginnings, as bits by hash: quick to copy and to fill. Few of its bits are set, so that
/// an unknown word is taken for a known one once in a hundred times.
#[derive(Clone)]
struct Beginnings(Box<[u64; 1024]>);

impl std::fmt::Debug for Beginnings {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        formatter.write_str("Beginnings(..)")
    }
}

impl Default for Beginnings {
    fn default() -> Self {
        Self(Box::new([0; 1024]))
    }
}

impl Beginnings {
    fn add(&mut self, beginning: &str) {
        let (row, bit) = Self::place(beginning);
        self.0[row] |= bit;
    }

    fn hold(&self, beginning: &str) -> bool {
        let (row, bit) = Self::place(beginning);
        self.0[row] & bit != 0
    }

    /// The bytes as one number, multiplied once: the upper bits are well mixed then.
    fn place(beginning: &str) -> (usize, u64) {
        let packed = beginning.bytes().fold(0_u64, |packed, byte| {
            packed.rotate_left(8) ^ u64::from(byte)
        });
        let hash = packed.wrapping_mul(0x9e37_79b9_7f4a_7c15);
        ((hash >> 54) as usize, 1 << ((hash >> 48) % 64))
    }
}
