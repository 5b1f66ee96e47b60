//! Gate 5: nothing is claimed, ordered, prescribed, sold or recommended that must not be.
//!
//! Claims are refused wherever they stand, but in a sentence quoted from the evidence. Names (diseases, medicines, procedures, remedies) and
//! quantities pass if the evidence holds them, and a quantity beside a medicine or an ingredient
//! only if one piece of evidence holds both: that is what keeps `하루 한 번` with the washing and
//! away from the tablets.

use super::numbers::{Quantity, Weight};
use super::reading::{Grounds, Reading};
use super::vocabulary::{Finding, Topic, Vocabulary};
use super::{Draft, Gate, Refusal};

/// Refused unless the evidence has the very sentence, in the order in which it is looked for.
const NEVER: [Topic; 11] = [
    Topic::Diagnosis,
    Topic::Medicine,
    Topic::Treatment,
    Topic::Promise,
    Topic::Harm,
    Topic::Brand,
    Topic::Clinic,
    Topic::Price,
    Topic::Contact,
    Topic::Source,
    Topic::Rude,
];

/// Refused unless the evidence names it.
const UNLESS_GIVEN: [Topic; 5] = [
    Topic::Drug,
    Topic::Disease,
    Topic::Procedure,
    Topic::Remedy,
    Topic::Supplement,
];

pub(super) fn check(
    draft: &Draft,
    reading: &Reading,
    grounds: &Grounds,
    vocabulary: &Vocabulary,
) -> Result<(), Refusal> {
    let refuse = |reason| Err(Gate::Claims.refuses(reason));
    for topic in NEVER {
        let is_refused = reading.findings.iter().any(|finding| {
            let is_warned_of = topic == Topic::Harm && finding.sentence >= reading.to_avoid;
            finding.topic == topic && !is_warned_of && !reading.is_quoted(finding.sentence, grounds)
        });
        if is_refused {
            return refuse(topic.id());
        }
    }
    for finding in reading
        .findings
        .iter()
        .filter(|finding| finding.topic == Topic::Disease)
    {
        if is_diagnosed(finding, reading, vocabulary)
            && !reading.is_quoted(finding.sentence, grounds)
        {
            return refuse(Topic::Diagnosis.id());
        }
    }
    for (sentence, quantity) in &reading.quantities {
        if let Some(reason) = objection(quantity, *sentence, reading, grounds) {
            return refuse(reason);
        }
    }
    for topic in UNLESS_GIVEN {
        let mut findings = reading.findings.iter();
        if findings.any(|finding| finding.topic == topic && !grounds.names(finding)) {
            return refuse(topic.id());
        }
    }
    if reading.finds(Topic::Place)
        && (names_clinic(reading, vocabulary)
            || draft
                .texts()
                .any(|text| names_english_clinic(text, vocabulary)))
    {
        return refuse(Topic::Clinic.id());
    }
    if reading.folding.spaced().any(has_address) {
        return refuse("address");
    }
    Ok(())
}

/// Why a quantity may not stand in its sentence.
fn objection(
    quantity: &Quantity,
    sentence: usize,
    reading: &Reading,
    grounds: &Grounds,
) -> Option<&'static str> {
    if quantity.unit.is_never_said() {
        return Some(quantity.unit.id());
    }
    let mut substances = reading.findings.iter().filter(|finding| {
        finding.sentence == sentence && matches!(finding.topic, Topic::Drug | Topic::Ingredient)
    });
    let is_mixed = substances.any(|substance| {
        let mut pieces = grounds.pieces.iter();
        !pieces.any(|piece| piece.names(substance) && piece.holds(quantity))
    });
    if is_mixed {
        return Some("dose");
    }
    match quantity.weight {
        Weight::Firm => {
            let words = reading.folding.spaced().nth(sentence).unwrap_or_default();
            (!grounds.hold(quantity, words)).then_some(quantity.unit.id())
        }
        Weight::Loose | Weight::Habit => None,
    }
}

/// Whether the name of a disease is said of the person.
fn is_diagnosed(disease: &Finding, reading: &Reading, vocabulary: &Vocabulary) -> bool {
    let text = reading.folding.squeezed();
    let after = &text[disease.range.end..];
    let claims = &vocabulary.diagnosed;
    if claims
        .after_ko
        .iter()
        .any(|claim| after.starts_with(claim.as_str()))
    {
        return true;
    }
    let mut before = &text[..disease.range.start];
    while let Some(shorter) = ARTICLES
        .iter()
        .find_map(|article| before.strip_suffix(article))
    {
        before = shorter;
    }
    claims.before_en.iter().any(|claim| {
        before.strip_suffix(claim.as_str()).is_some_and(|lead| {
            !claims
                .unless_en
                .iter()
                .any(|word| lead.ends_with(word.as_str()))
        })
    })
}

/// What may stand between `you have` and the name.
const ARTICLES: [&str; 12] = [
    "mild", "severe", "moderate", "early", "slight", "active", "some", "clear", "your", "an", "a",
    "the",
];

/// Whether a place where doctors are is named: `연세모피부과`, `강남 피부과`.
fn names_clinic(reading: &Reading, vocabulary: &Vocabulary) -> bool {
    let words = &vocabulary.clinic_words;
    let mut sentences = reading.folding.spaced().enumerate();
    sentences.any(|(index, sentence)| {
        if !reading.finds_in(Topic::Place, index) {
            return false;
        }
        let mut before = "";
        sentence.split([' ', ',', '·', '/']).any(|token| {
            let place = std::mem::replace(&mut before, token);
            let Some(at) = words
                .ko
                .iter()
                .filter_map(|word| token.find(word.as_str()))
                .min()
            else {
                return false;
            };
            let is_mark = |letter: char| !letter.is_alphanumeric() && letter != '○';
            let name = token[..at].trim_start_matches(is_mark);
            if name.is_empty() {
                words
                    .places_ko
                    .iter()
                    .any(|known| place.starts_with(known.as_str()))
            } else {
                !words.before_ko.iter().any(|known| known == name)
            }
        })
    })
}

/// `Mayo Clinic`, `Seoul Skin Hospital`: a capital before the word, too.
fn names_english_clinic(text: &str, vocabulary: &Vocabulary) -> bool {
    let words = &vocabulary.clinic_words;
    let mut before = "";
    text.split(|letter: char| !letter.is_ascii_alphabetic())
        .filter(|word| !word.is_empty())
        .any(|word| {
            let name = std::mem::replace(&mut before, word);
            let is_capital =
                |word: &str| word.starts_with(|letter: char| letter.is_ascii_uppercase());
            words
                .en
                .iter()
                .any(|known| word.eq_ignore_ascii_case(known))
                && is_capital(word)
                && is_capital(name)
                && !words.before_en.iter().any(|known| known == name)
        })
}

/// Endings of host names.
const DOMAINS: [&str; 18] = [
    "com", "net", "org", "kr", "io", "co", "me", "shop", "biz", "info", "ai", "dev", "app", "ly",
    "gl", "store", "clinic", "health",
];

/// A web or mail address.
fn has_address(sentence: &str) -> bool {
    let inner = sentence.trim_end_matches('.').bytes();
    let mut signs = inner.filter(|byte| matches!(byte, b'/' | b'@' | b'.'));
    if signs.next().is_none() {
        return false;
    }
    sentence.contains("://")
        || sentence.contains("www.")
        || sentence.contains('@')
        || sentence.match_indices('.').any(|(at, _)| {
            let host = sentence[..at].chars().next_back();
            let ending = &sentence[at + 1..];
            let length = ending.bytes().take_while(u8::is_ascii_alphabetic).count();
            host.is_some_and(|letter| letter.is_ascii_alphanumeric())
                && DOMAINS.contains(&&ending[..length])
        })
}
