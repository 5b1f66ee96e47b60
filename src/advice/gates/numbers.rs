//! Quantities in a sentence: doses, strengths, prices, times, telephone numbers, and bare numbers.
//!
//! A number in digits is always a quantity. A number in words is one where it counts what matters:
//! tablets, drops, per cents, months, times a day. So `한 번 더` and `one of them` are none.
//! Every quantity must be in the evidence; see [`Quantity::licenses`].

use super::figures::{Number, count, english_number, korean_number, number, telephone};
use super::hangul::{is_letter_or_digit, is_syllable};
use super::measures::{self, Measure};

/// What a quantity counts. Lengths of time are made comparable: a month is four weeks, as the
/// knowledge base uses the two for each other.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Unit {
    Percent,
    Milligrams,
    Millilitres,
    /// Tablets, capsules, sachets.
    Pieces,
    Drops,
    Spoons,
    /// How often, in so many days; 0 where nothing is said of days.
    TimesIn {
        days: u32,
    },
    Seconds,
    Days,
    Won,
    Dollars,
    Telephone,
    Bare,
}

impl Unit {
    /// The word for it in a refusal.
    pub(super) const fn id(self) -> &'static str {
        match self {
            Self::Percent
            | Self::Milligrams
            | Self::Millilitres
            | Self::Pieces
            | Self::Drops
            | Self::Spoons => "dose",
            Self::TimesIn { .. } => "frequency",
            Self::Seconds | Self::Days => "duration",
            Self::Won | Self::Dollars => "price",
            Self::Telephone => "phone",
            Self::Bare => "number",
        }
    }

    /// Whether even the evidence cannot license it.
    pub(super) const fn is_never_said(self) -> bool {
        matches!(self, Self::Won | Self::Dollars | Self::Telephone)
    }
}

/// How much weight a quantity has.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Weight {
    /// It must be in the evidence.
    Firm,
    /// So common (`매일`, `일주일`, `a month`) that it matters beside a medicine or ingredient only.
    Loose,
    /// What the person said of their own habits (`하루 두 번 감으신다고`); as [`Self::Loose`].
    Habit,
}

/// A number, or a range, of something.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Quantity {
    /// In thousandths.
    pub(super) low: u64,
    pub(super) high: u64,
    pub(super) unit: Unit,
    pub(super) weight: Weight,
}

impl Quantity {
    /// Whether this one, of the evidence, allows the other: the same unit, and within its range.
    pub(super) fn licenses(&self, other: &Self) -> bool {
        !self.unit.is_never_said()
            && self.unit == other.unit
            && self.low <= other.low
            && other.high <= self.high
    }
}

/// The quantities of one folded sentence (small letters, single blanks, plain dashes).
pub(super) fn quantities(sentence: &str) -> Vec<Quantity> {
    let mut scanner = Scanner {
        text: sentence,
        at: 0,
        found: Vec::new(),
    };
    scanner.scan();
    scanner.found
}

struct Scanner<'a> {
    text: &'a str,
    at: usize,
    found: Vec<Quantity>,
}

impl<'a> Scanner<'a> {
    fn rest(&self) -> &'a str {
        &self.text[self.at..]
    }

    fn scan(&mut self) {
        let mut before = ' ';
        while let Some(letter) = self.rest().chars().next() {
            let from = self.at;
            if letter.is_ascii_digit() {
                self.digits(before);
            } else if letter.is_ascii_alphabetic() {
                if !is_letter_or_digit(before) {
                    self.english(before);
                }
            } else if is_syllable(letter) {
                if !is_letter_or_digit(before) && measures::may_count(letter) {
                    self.korean();
                }
            } else if !letter.is_ascii() && letter.is_numeric() {
                self.add(0, 0, Unit::Bare, Weight::Firm);
            }
            if self.at == from {
                self.at += letter.len_utf8();
            }
            before = self.text[..self.at].chars().next_back().unwrap_or(' ');
        }
    }

    fn add(&mut self, low: u64, high: u64, unit: Unit, weight: Weight) {
        self.found.push(Quantity {
            low,
            high,
            unit,
            weight,
        });
    }

    /// At a digit.
    fn digits(&mut self, before: char) {
        if let Some(bytes) = telephone(self.rest()) {
            self.add(0, 0, Unit::Telephone, Weight::Firm);
            self.at += bytes;
            return;
        }
        let number = number(self.rest());
        self.at += number.bytes;
        match before {
            '$' | '€' => return self.add(number.low, number.high, Unit::Dollars, Weight::Firm),
            '₩' => return self.add(number.low, number.high, Unit::Won, Weight::Firm),
            _ => {}
        }
        if self.skip_age_band(number) {
            return;
        }
        match measures::after_number(self.rest()) {
            Some((measure, bytes)) => {
                self.at += bytes;
                self.measured(number, measure, Weight::Firm);
            }
            None => self.add(number.low, number.high, Unit::Bare, Weight::Firm),
        }
    }

    /// `30대`, `your 30s`: the person's own age band.
    fn skip_age_band(&mut self, number: Number) -> bool {
        let is_band = |value| (10_000..=90_000).contains(&value) && value % 10_000 == 0;
        let rest = self.rest();
        let is_followed = rest.starts_with('대')
            || (rest.starts_with('s') && !rest[1..].starts_with(|next: char| next.is_alphabetic()));
        is_band(number.low) && is_band(number.high) && is_followed
    }

    /// A number with its measure, both behind `at` already.
    fn measured(&mut self, number: Number, measure: Measure, weight: Weight) {
        let (low, high) = (number.low * measure.factor, number.high * measure.factor);
        match measure.unit {
            Unit::TimesIn { days } => {
                let days = if days == 0 { self.days_after() } else { days };
                self.add(low, high, Unit::TimesIn { days }, self.habit_or(weight));
            }
            Unit::Days if number.low == number.high => {
                let days = u32::try_from(low / 1_000).unwrap_or(u32::MAX);
                if !self.times_in(days) {
                    self.add(low, high, Unit::Days, weight);
                }
            }
            unit => self.add(low, high, unit, weight),
        }
    }

    /// After the words for a span of days: `에 두 번`, `3회`.
    fn times_in(&mut self, days: u32) -> bool {
        let rest = self.rest();
        let joined = ["에", "당", "마다"]
            .iter()
            .find_map(|joint| rest.strip_prefix(joint))
            .unwrap_or(rest)
            .trim_start();
        let Some(count) = count(joined) else {
            return false;
        };
        let counter = joined[count.bytes..].trim_start();
        let Some(after) = ["번", "회", "차례"]
            .iter()
            .find_map(|counter_word| counter.strip_prefix(counter_word))
        else {
            return false;
        };
        self.at = self.text.len() - after.len();
        let weight = self.habit_or(Weight::Firm);
        self.add(count.low, count.high, Unit::TimesIn { days }, weight);
        true
    }

    /// English: `a day`, `per week`, `daily`; 0 if nothing of the kind follows.
    fn days_after(&mut self) -> u32 {
        let rest = self.rest();
        match measures::english_period(rest) {
            Some((days, bytes)) => {
                self.at += bytes;
                days
            }
            None => 0,
        }
    }

    /// Whether the person is reminded of a habit rather than told to have one.
    fn habit_or(&self, weight: Weight) -> Weight {
        let after: String = self.rest().chars().take(14).collect();
        let before = &self.text[..self.at];
        let is_habit = measures::HABIT_AFTER
            .iter()
            .any(|word| after.contains(word))
            || measures::HABIT_BEFORE
                .iter()
                .any(|word| before.contains(word));
        if is_habit { Weight::Habit } else { weight }
    }

    /// At the beginning of a Korean word.
    fn korean(&mut self) {
        let rest = self.rest();
        if let Some((days, loose, bytes)) = measures::korean_period(rest) {
            self.at += bytes;
            if !self.times_in(days) {
                match loose {
                    Some(unit) => {
                        let amount = if unit == Unit::Days {
                            u64::from(days) * 1_000
                        } else {
                            1_000
                        };
                        self.add(amount, amount, unit, Weight::Loose);
                    }
                    None => self.at -= bytes,
                }
            }
            if self.rest() != rest {
                return;
            }
        }
        let Some(number) = korean_number(rest) else {
            return;
        };
        if let Some((measure, bytes)) = measures::after_korean_word(
            &rest[number.bytes..],
            &rest[..number.bytes],
            number.is_sino,
        ) {
            self.at += number.bytes + bytes;
            let number = number.value;
            self.measured(number, measure, Weight::Firm);
        }
    }

    /// At the beginning of an English word.
    fn english(&mut self, before: char) {
        let rest = self.rest();
        if before == '\'' {
            return;
        }
        if let Some((days, bytes)) = measures::english_habit(rest) {
            self.at += bytes;
            let weight = if days == 2 {
                Weight::Firm
            } else {
                Weight::Loose
            };
            let weight = self.habit_or(weight);
            return self.add(1_000, 1_000, Unit::TimesIn { days }, weight);
        }
        if let Some((times, bytes)) = measures::english_times(rest) {
            self.at += bytes;
            let days = self.days_after();
            if days == 0 {
                self.at -= bytes;
            } else {
                let weight = self.habit_or(Weight::Firm);
                self.add(times, times, Unit::TimesIn { days }, weight);
            }
            return;
        }
        let Some((low, high, bytes)) = english_number(rest) else {
            return;
        };
        let Some((measure, measure_bytes)) = measures::after_number(&rest[bytes..]) else {
            return;
        };
        let number = Number { low, high, bytes };
        let is_single = low == 1_000 && high == 1_000;
        let weight = match measure.unit {
            Unit::Days if is_single && measure.factor == 1 => return,
            Unit::Days if is_single && measure.factor <= 28 => Weight::Loose,
            Unit::Seconds if is_single => return,
            _ => Weight::Firm,
        };
        self.at += bytes + measure_bytes;
        self.measured(number, measure, weight);
    }
}
