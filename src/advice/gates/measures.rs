//! The words for units and spans of time, Korean and English: tables, and how they are looked up.

use super::numbers::Unit;

/// A unit, and how many of it one of the written ones is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Measure {
    pub(super) unit: Unit,
    pub(super) factor: u64,
}

const TIMES: Unit = Unit::TimesIn { days: 0 };

/// Korean measures; longer ones before those that they begin with. The last field holds letters
/// which, where they follow, make another word of it (`3정도`, `두 주먹`).
const KOREAN: &[(&str, Unit, u64, &str)] = &[
    ("퍼센트", Unit::Percent, 1, ""),
    ("프로", Unit::Percent, 1, "그필젝페바"),
    ("밀리그램", Unit::Milligrams, 1, ""),
    ("밀리그람", Unit::Milligrams, 1, ""),
    ("킬로그램", Unit::Milligrams, 1_000_000, ""),
    ("그램", Unit::Milligrams, 1_000, ""),
    ("그람", Unit::Milligrams, 1_000, ""),
    ("밀리리터", Unit::Millilitres, 1, ""),
    ("밀리", Unit::Millilitres, 1, ""),
    ("리터", Unit::Millilitres, 1_000, ""),
    ("알", Unit::Pieces, 1, "갱코아"),
    ("정", Unit::Pieces, 1, "도말수상"),
    ("캡슐", Unit::Pieces, 1, ""),
    ("봉지", Unit::Pieces, 1, ""),
    ("앰플", Unit::Pieces, 1, ""),
    ("포씩", Unit::Pieces, 1, ""),
    ("방울", Unit::Drops, 1, ""),
    ("스푼", Unit::Spoons, 1, ""),
    ("숟가락", Unit::Spoons, 1, ""),
    ("숟갈", Unit::Spoons, 1, ""),
    ("큰술", Unit::Spoons, 3, ""),
    ("작은술", Unit::Spoons, 1, ""),
    ("티스푼", Unit::Spoons, 1, ""),
    ("컵", Unit::Spoons, 40, ""),
    ("펌프", Unit::Spoons, 1, ""),
    ("만 원", Unit::Won, 10_000, ""),
    ("만원", Unit::Won, 10_000, ""),
    ("원", Unit::Won, 1, "형인하칙"),
    ("달러", Unit::Dollars, 1, ""),
    ("시간", Unit::Seconds, 3_600, ""),
    ("분", Unit::Seconds, 60, "의홍위"),
    ("초", Unit::Seconds, 1, "록기반음"),
    ("주일", Unit::Days, 7, ""),
    ("주", Unit::Days, 7, "먹문제장위변름로요"),
    ("개월", Unit::Days, 28, ""),
    ("달", Unit::Days, 28, "걀콤"),
    ("년", Unit::Days, 365, ""),
    ("해 동안", Unit::Days, 365, ""),
    ("일", Unit::Days, 1, "반상정"),
    ("차례", TIMES, 1, ""),
    ("회", TIMES, 1, "원사복색"),
    ("번", TIMES, 1, "째호"),
];

/// English measures; a plural `s` may follow, and then the word must end.
const ENGLISH: &[(&str, Unit, u64)] = &[
    ("percent", Unit::Percent, 1),
    ("per cent", Unit::Percent, 1),
    ("mg", Unit::Milligrams, 1),
    ("milligram", Unit::Milligrams, 1),
    ("g", Unit::Milligrams, 1_000),
    ("gram", Unit::Milligrams, 1_000),
    ("kg", Unit::Milligrams, 1_000_000),
    ("mcg", Unit::Pieces, 1),
    ("μg", Unit::Pieces, 1),
    ("iu", Unit::Pieces, 1),
    ("ml", Unit::Millilitres, 1),
    ("cc", Unit::Millilitres, 1),
    ("millilitre", Unit::Millilitres, 1),
    ("milliliter", Unit::Millilitres, 1),
    ("tablet", Unit::Pieces, 1),
    ("pill", Unit::Pieces, 1),
    ("capsule", Unit::Pieces, 1),
    ("drop", Unit::Drops, 1),
    ("teaspoon", Unit::Spoons, 1),
    ("tablespoon", Unit::Spoons, 3),
    ("spoonful", Unit::Spoons, 1),
    ("tsp", Unit::Spoons, 1),
    ("tbsp", Unit::Spoons, 3),
    ("cup", Unit::Spoons, 40),
    ("pump", Unit::Spoons, 1),
    ("time", TIMES, 1),
    ("x", TIMES, 1),
    ("second", Unit::Seconds, 1),
    ("sec", Unit::Seconds, 1),
    ("minute", Unit::Seconds, 60),
    ("min", Unit::Seconds, 60),
    ("hour", Unit::Seconds, 3_600),
    ("hr", Unit::Seconds, 3_600),
    ("day", Unit::Days, 1),
    ("week", Unit::Days, 7),
    ("month", Unit::Days, 28),
    ("year", Unit::Days, 365),
    ("dollar", Unit::Dollars, 1),
    ("usd", Unit::Dollars, 1),
    ("euro", Unit::Dollars, 1),
    ("won", Unit::Won, 1),
    ("krw", Unit::Won, 1),
];

/// The measure that follows a number in digits, or in English words, and its length in bytes.
pub(super) fn after_number(text: &str) -> Option<(Measure, usize)> {
    if let Some(rest) = text.trim_start().strip_prefix('%') {
        let measure = Measure {
            unit: Unit::Percent,
            factor: 1,
        };
        return Some((measure, text.len() - rest.len()));
    }
    let word = text.strip_prefix([' ', '-']).unwrap_or(text);
    let skipped = text.len() - word.len();
    let found = match word.chars().next() {
        Some(first) if first.is_ascii_alphabetic() || first == 'μ' => english(word),
        Some(_) => korean(word, |_| true),
        None => None,
    };
    found.map(|(measure, bytes)| (measure, skipped + bytes))
}

/// The measure that follows a Korean number in words: only where the two mean a quantity.
///
/// Numbers of Chinese origin (일, 이, 삼) are parts of many other words, so less is believed of them.
pub(super) fn after_korean_word(
    text: &str,
    number: &str,
    is_sino: bool,
) -> Option<(Measure, usize)> {
    let word = text.strip_prefix(' ').unwrap_or(text);
    let (measure, bytes) = korean(word, |unit| match unit {
        Unit::Percent
        | Unit::Milligrams
        | Unit::Millilitres
        | Unit::Won
        | Unit::Days
        | Unit::Seconds => true,
        Unit::Pieces | Unit::Drops | Unit::Spoons => !is_sino,
        Unit::TimesIn { .. } | Unit::Dollars | Unit::Telephone | Unit::Bare => false,
    })?;
    let written = &word[..bytes];
    let fits = match written {
        // 이 주, 일 년, 이 분, 일 초: mostly other words.
        "주" | "주일" | "달" | "시간" | "해 동안" => !is_sino,
        "개월" | "년" => is_sino,
        // 세정 is washing, 두정 the crown: only where a blank or 씩 tells.
        "정" => word.len() < text.len() || word[bytes..].starts_with('씩'),
        "일" => false,
        // 이 분 is a person; 이십 분 is not.
        "분" | "초" => is_sino && !matches!(number, "이" | "일" | "사" | "구"),
        _ => true,
    };
    fits.then_some((measure, text.len() - word.len() + bytes))
}

fn korean(word: &str, is_wanted: impl Fn(Unit) -> bool) -> Option<(Measure, usize)> {
    KOREAN
        .iter()
        .filter(|(_, unit, ..)| is_wanted(*unit))
        .find(|(name, _, _, not_before)| {
            word.strip_prefix(name)
                .is_some_and(|rest| !rest.starts_with(|next: char| not_before.contains(next)))
        })
        .map(|(name, unit, factor, _)| {
            let measure = Measure {
                unit: *unit,
                factor: *factor,
            };
            (measure, name.len())
        })
}

fn english(word: &str) -> Option<(Measure, usize)> {
    ENGLISH.iter().find_map(|(name, unit, factor)| {
        let rest = word.strip_prefix(name)?;
        let rest = rest.strip_prefix('s').unwrap_or(rest);
        let is_whole = !rest.starts_with(|next: char| next.is_ascii_alphanumeric());
        is_whole.then(|| {
            let measure = Measure {
                unit: *unit,
                factor: *factor,
            };
            (measure, word.len() - rest.len())
        })
    })
}

/// Spans of days in which something is done so many times, and what each is where it stands alone.
const KOREAN_PERIODS: &[(&str, u32, Option<Unit>)] = &[
    ("하루", 1, None),
    ("일일", 1, None),
    ("매일", 1, Some(Unit::TimesIn { days: 1 })),
    ("날마다", 1, Some(Unit::TimesIn { days: 1 })),
    ("이틀", 2, None),
    ("사흘", 3, None),
    ("나흘", 4, None),
    ("일주일", 7, Some(Unit::Days)),
    ("한 주", 7, None),
    ("한주", 7, None),
    ("매주", 7, Some(Unit::TimesIn { days: 7 })),
    ("주", 7, None),
    ("한 달", 28, Some(Unit::Days)),
    ("한달", 28, Some(Unit::Days)),
    ("매달", 28, None),
    ("월", 28, None),
];

/// Whether a Korean word that begins so may count anything.
pub(super) fn may_count(first: char) -> bool {
    "하일매날이사나한주월두서네대예열세석넉다여아스반영삼오육칠팔구십백천만".contains(first)
}

/// A span of days at the beginning: its days, what it is on its own, and its length in bytes.
pub(super) fn korean_period(text: &str) -> Option<(u32, Option<Unit>, usize)> {
    KOREAN_PERIODS
        .iter()
        .find(|(name, ..)| text.starts_with(name))
        .map(|(name, days, loose)| (*days, *loose, name.len()))
}

/// English spans after a number of times: `a day`, `per week`, `daily`.
pub(super) fn english_period(text: &str) -> Option<(u32, usize)> {
    let word = text.trim_start();
    let skipped = text.len() - word.len();
    for (name, days) in [("daily", 1), ("weekly", 7), ("monthly", 28)] {
        if word.starts_with(name) {
            return Some((days, skipped + name.len()));
        }
    }
    let rest = ["a ", "per ", "each ", "every ", "in a "]
        .iter()
        .find_map(|joint| word.strip_prefix(joint))?;
    for (name, days) in [
        ("other day", 2),
        ("day", 1),
        ("night", 1),
        ("morning", 1),
        ("evening", 1),
        ("week", 7),
        ("month", 28),
        ("year", 365),
    ] {
        if rest.starts_with(name) {
            return Some((days, text.len() - rest.len() + name.len()));
        }
    }
    None
}

/// `daily`, `every day`, `every other day` on their own: in how many days, and the length.
pub(super) fn english_habit(text: &str) -> Option<(u32, usize)> {
    [
        ("every other day", 2),
        ("every second day", 2),
        ("every day", 1),
        ("each day", 1),
        ("everyday use", 1),
        ("every night", 1),
        ("every morning", 1),
        ("every week", 7),
        ("daily", 1),
        ("nightly", 1),
        ("weekly", 7),
    ]
    .into_iter()
    .find(|(name, _)| text.starts_with(name))
    .map(|(name, days)| (days, name.len()))
}

/// `once`, `twice`: in thousandths.
pub(super) fn english_times(text: &str) -> Option<(u64, usize)> {
    [("once", 1_000), ("twice", 2_000), ("thrice", 3_000)]
        .into_iter()
        .find(|(name, _)| {
            text.strip_prefix(name)
                .is_some_and(|rest| rest.starts_with(' '))
        })
        .map(|(name, times)| (times, name.len()))
}

/// What follows where a person's own habit is told: `하루 두 번 감으신다고 하셨는데`.
pub(super) const HABIT_AFTER: [&str; 8] = [
    "신다고",
    "신다면",
    "시니",
    "계시",
    "셨",
    "시는데",
    "시는군",
    "시는 편",
];

/// What goes before it in English.
pub(super) const HABIT_BEFORE: [&str; 8] = [
    "you said",
    "you told",
    "you mentioned",
    "since you",
    "as you",
    "because you",
    "if you",
    "you currently",
];
