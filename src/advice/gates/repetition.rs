//! Gate 4: nothing is said over and over.
//!
//! Three kinds: a sentence twice, a stretch of letters three times and oftener than the evidence has
//! it, and a short piece again and again without a break. The evidence repeats phrases such as
//! `라벨에 적힌 대로`; a text may do so as often.

use super::folding::Folding;
use super::reading::{Grounds, Reading};
use super::{Gate, Refusal};

/// Letters of a stretch: about eight tokens of a Korean tokenizer, or eight English words.
const KOREAN_STRETCH: usize = 12;
const ENGLISH_STRETCH: usize = 36;

/// How often a stretch may stand in a text.
const MOST_TIMES: usize = 2;

/// A sentence shorter than this, in letters, may stand twice.
const SHORT: usize = 4;

/// The longest piece that is looked for again directly behind itself; longer ones are stretches.
const LONGEST_PIECE: usize = 12;

pub(super) fn check(reading: &Reading, grounds: &Grounds) -> Result<(), Refusal> {
    let refuse = |reason| Err(Gate::Repetition.refuses(reason));
    if has_sentence_twice(&reading.folding) {
        return refuse("sentence");
    }
    let letters = letters(&reading.folding);
    if has_loop(&letters) {
        return refuse("loop");
    }
    let is_korean = letters.iter().filter(|letter| !letter.is_ascii()).count() * 2 > letters.len();
    let stretch = if is_korean {
        KOREAN_STRETCH
    } else {
        ENGLISH_STRETCH
    };
    for (start, times) in repeated(&letters, stretch) {
        let text: String = letters[start..start + stretch].iter().collect();
        let own = grounds
            .pieces
            .iter()
            .map(|piece| count(piece.folding.squeezed(), &text))
            .sum();
        if times > MOST_TIMES.max(own) {
            return refuse("stretch");
        }
    }
    Ok(())
}

fn letters(folding: &Folding) -> Vec<char> {
    let letters = folding.squeezed().chars();
    letters.filter(|letter| *letter != '\n').collect()
}

fn has_sentence_twice(folding: &Folding) -> bool {
    let mut sentences: Vec<&str> = folding
        .squeezed_sentences()
        .filter(|sentence| sentence.chars().count() >= SHORT)
        .collect();
    sentences.sort_unstable();
    sentences.windows(2).any(|pair| pair[0] == pair[1])
}

/// Whether a short piece stands three times in a row, or one letter six times.
fn has_loop(letters: &[char]) -> bool {
    (1..=LONGEST_PIECE).any(|piece| {
        let needed = if piece == 1 { 5 } else { 2 * piece };
        let mut run = 0;
        letters
            .iter()
            .zip(letters.iter().skip(piece))
            .any(|(one, next)| {
                run = if one == next { run + 1 } else { 0 };
                run >= needed
            })
    })
}

/// Stretches that stand more than [`MOST_TIMES`]: where one of them begins, and how often it stands.
fn repeated(letters: &[char], stretch: usize) -> Vec<(usize, usize)> {
    let mut places: Vec<(u64, usize)> = hashes(letters, stretch).zip(0..).collect();
    places.sort_unstable();
    places
        .chunk_by(|one, next| one.0 == next.0)
        .filter(|same| same.len() > MOST_TIMES)
        .map(|same| (same[0].1, same.len()))
        .collect()
}

/// A rolling hash of every stretch.
fn hashes(letters: &[char], stretch: usize) -> impl Iterator<Item = u64> {
    const BASE: u64 = 0x9e37_79b9_7f4a_7c15;
    let lead = (1..stretch).fold(1_u64, |power, _| power.wrapping_mul(BASE));
    let mut hash = 0_u64;
    letters
        .iter()
        .enumerate()
        .filter_map(move |(index, letter)| {
            if let Some(first) = index.checked_sub(stretch) {
                hash = hash.wrapping_sub(lead.wrapping_mul(u64::from(letters[first])));
            }
            hash = hash.wrapping_mul(BASE).wrapping_add(u64::from(*letter));
            (index + 1 >= stretch).then_some(hash)
        })
}

fn count(text: &str, part: &str) -> usize {
    text.match_indices(part).count()
}
