//! What a consultation knows of texts that are worded for it: the guidance, answers to questions, and
//! what may be rated.

use jiff::Timestamp;
use jiff::civil::Date;
use jiff::tz::Offset;

use super::{Language, RatingMark};
use crate::domain::guidance::{Exchange, PassageId, WordedAdvice, Writer};

/// The wording of one consultation's guidance.
#[derive(Debug, Clone, PartialEq, Default)]
pub enum Advice {
    /// Nobody was asked, or nothing came of it: the passages stand.
    #[default]
    Unworded,
    /// It is being worded, in that language.
    Awaited { language: Language },
    /// It was worded; `number` tells it from other texts that may be rated.
    Worded {
        language: Language,
        number: u32,
        advice: Box<WordedAdvice>,
    },
}

/// What was written, and asked, in one consultation after its result.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Writings {
    pub advice: Advice,
    /// How often the guidance was to be worded: an outcome of an earlier time is late.
    pub orders: u32,
    /// How often the guidance was told, each time in a place of its own.
    pub tellings: u32,
    /// The question that is being answered.
    pub awaited: Option<AwaitedAnswer>,
    /// The last questions with their answers, oldest first; at most [`Writings::REMEMBERED`].
    pub earlier: Vec<Exchange>,
    /// What the last question was answered from.
    pub last_passages: Vec<PassageId>,
}

impl Writings {
    /// How many texts are ordered for the guidance of one consultation, however often it changes.
    pub const MOST_ORDERS: u32 = 10;
    /// How many questions are remembered, for "and how often?" to be understood.
    pub const REMEMBERED: usize = 3;
    /// How much of an answer is remembered, in characters.
    pub const REMEMBERED_CHARACTERS: usize = 300;
}

/// A question on its way to an answer.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct AwaitedAnswer {
    /// Counts the texts of the conversation that may be rated.
    pub number: u32,
    pub question: String,
    /// The answer if none is worded.
    pub passages: Vec<PassageId>,
}

/// How many questions were asked on one day.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct DailyCount {
    /// The day in Korea, where the people are; `None` before the first question.
    pub day: Option<Date>,
    pub count: u32,
}

impl DailyCount {
    /// How many questions a person may ask on one day: enough for anybody who wants to know, and an
    /// end for whoever wants to keep a model busy.
    pub const LIMIT: u32 = 20;

    /// Whether one more may be asked.
    pub fn has_room(self, now: Timestamp) -> bool {
        self.day != Some(day(now)) || self.count < Self::LIMIT
    }

    /// One more was asked.
    #[must_use]
    pub fn one_more(self, now: Timestamp) -> Self {
        let today = Some(day(now));
        Self {
            day: today,
            count: if self.day == today { self.count + 1 } else { 1 },
        }
    }
}

/// The day in Korea, which has known no other offset since 1988.
fn day(now: Timestamp) -> Date {
    const KOREA: Offset = Offset::constant(9);
    KOREA.to_datetime(now).date()
}

/// What a text that may be rated is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum RatedKind {
    Advice,
    Answer,
}

impl RatedKind {
    /// Every kind.
    pub const ALL: [Self; 2] = [Self::Advice, Self::Answer];

    /// The name used in records.
    pub const fn id(self) -> &'static str {
        match self {
            Self::Advice => "advice",
            Self::Answer => "answer",
        }
    }
}

/// A text that may be rated, without the text.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Rated {
    pub number: u32,
    pub kind: RatedKind,
    /// `None` for passages as they stand.
    pub writer: Option<Writer>,
}

impl Rated {
    /// How many of the latest texts can be rated.
    pub const REMEMBERED: usize = 8;

    /// The mark under which it is told apart.
    pub fn mark(&self) -> RatingMark {
        RatingMark::of(self.number)
    }
}

#[cfg(test)]
mod tests {
    use super::DailyCount;

    #[test]
    fn a_new_day_begins_at_midnight_in_korea() {
        let before = "2026-11-28T14:59:59Z".parse().unwrap();
        let after = "2026-11-28T15:00:00Z".parse().unwrap();
        let mut asked = DailyCount::default();
        for _ in 0..DailyCount::LIMIT {
            assert!(asked.has_room(before));
            asked = asked.one_more(before);
        }
        assert!(!asked.has_room(before));
        assert!(asked.has_room(after));
        assert_eq!(asked.one_more(after).count, 1);
    }
}
