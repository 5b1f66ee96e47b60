//! The gates: what a model wrote either passes all seven, in order, or no person ever sees it.
//!
//! Pure. Nothing here calls a model, logs, or hands out a text that it refused: a [`Refusal`] holds
//! fixed words only. The words that are refused are data, in `prompts/gates/`; what is a pattern
//! rather than a word (quantities, addresses, names of clinics) is code.
//! Begin at [`Gates::check`]. `draft` reads what was written, `leaks`, `language`, `repetition`,
//! `claims`, `grounding` and `level` are the gates, `vocabulary` finds listed words in a `folding`.

mod claims;
mod draft;
mod figures;
mod folding;
mod grounding;
mod hangul;
mod language;
mod leaks;
mod level;
mod measures;
mod numbers;
mod reading;
mod repetition;
mod tidy;
mod vocabulary;
mod words;

use std::fmt;

use crate::advice::call::Finish;
use crate::advice::ground::{Ground, Task};

use self::grounding::Common;
use self::language::Tongues;
use self::leaks::Leaks;
use self::reading::{Grounds, Reading};
pub(super) use self::tidy::is_invisible;
use self::vocabulary::Vocabulary;
pub use self::words::GatesError;

/// The seven gates, in order. The first four catch a model that has lost its thread, which another
/// try may mend; the last three catch one that says what it must not.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Gate {
    /// There is a whole text, of a bearable length and in the form that was asked for.
    Completeness,
    /// Nothing of a prompt or template shows.
    Leak,
    /// It is in the person's language.
    Language,
    /// Nothing is said over and over.
    Repetition,
    /// No diagnosis, dose, order to take a medicine, treatment claim, brand, clinic, price, address …
    Claims,
    /// Every ingredient named is in the evidence, and so is the subject.
    Grounding,
    /// Nothing contradicts the care level.
    Level,
}

impl Gate {
    /// Every gate, in order.
    pub const ALL: [Self; 7] = [
        Self::Completeness,
        Self::Leak,
        Self::Language,
        Self::Repetition,
        Self::Claims,
        Self::Grounding,
        Self::Level,
    ];

    /// The place in the order, from 1.
    pub const fn number(self) -> u8 {
        match self {
            Self::Completeness => 1,
            Self::Leak => 2,
            Self::Language => 3,
            Self::Repetition => 4,
            Self::Claims => 5,
            Self::Grounding => 6,
            Self::Level => 7,
        }
    }

    /// The name used in logs and tables.
    pub const fn id(self) -> &'static str {
        match self {
            Self::Completeness => "completeness",
            Self::Leak => "leak",
            Self::Language => "language",
            Self::Repetition => "repetition",
            Self::Claims => "claims",
            Self::Grounding => "grounding",
            Self::Level => "level",
        }
    }

    const fn refuses(self, reason: &'static str) -> Refusal {
        Refusal { gate: self, reason }
    }
}

/// Why a text was refused. It holds nothing of the text, so it may be logged and counted.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct Refusal {
    pub gate: Gate,
    /// A fixed word such as `dose` or `brand`.
    pub reason: &'static str,
}

impl Refusal {
    /// Whether another try, at temperature 0, may mend it.
    pub const fn earns_retry(&self) -> bool {
        match self.gate {
            Gate::Completeness | Gate::Leak | Gate::Language | Gate::Repetition => true,
            Gate::Claims | Gate::Grounding | Gate::Level => false,
        }
    }
}

impl fmt::Display for Refusal {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(formatter, "{}: {}", self.gate.id(), self.reason)
    }
}

/// What a model wrote, clean enough to be shown: composed, one blank between words, without markup.
/// For [`Task::Answer`] only the summary and `used` are filled, for prose the summary alone.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Draft {
    pub summary: String,
    pub today: Vec<String>,
    pub week: Vec<String>,
    pub avoid: Vec<String>,
    /// Ids of the evidence that the model says it used; all of them were given to it.
    pub used: Vec<String>,
}

impl Draft {
    /// Everything that a person would read, in reading order.
    fn texts(&self) -> impl Iterator<Item = &str> {
        std::iter::once(&self.summary)
            .chain(&self.today)
            .chain(&self.week)
            .chain(&self.avoid)
            .map(String::as_str)
    }
}

/// The gates with their word lists. Built once, shared by everybody.
#[derive(Debug)]
pub struct Gates {
    leaks: Leaks,
    tongues: Tongues,
    vocabulary: Vocabulary,
    common: Common,
}

impl Gates {
    /// The gates with the words of `prompts/gates/`.
    pub fn embedded() -> Result<Self, GatesError> {
        let lists = words::Lists::embedded()?;
        Ok(Self {
            leaks: Leaks::new(&lists.leaks)?,
            tongues: Tongues::new(&lists.language),
            vocabulary: Vocabulary::new(&lists)?,
            common: Common::new(&lists.common),
        })
    }

    /// Holds what a model wrote, be it the JSON object that was asked for or plain sentences, to its
    /// ground. The answer is the text as it may be shown, or the first gate that it fails.
    ///
    /// A word, number or name that the evidence itself holds is not refused, but for treatment
    /// claims, orders, brands, clinics, prices and addresses. An empty evidence licenses nothing, and
    /// every text fails [`Gate::Grounding`].
    pub fn check(&self, text: &str, finish: Finish, ground: &Ground) -> Result<Draft, Refusal> {
        let written = draft::read(text, finish, ground.task)?;
        let draft = self.leaks.cut(written, ground)?;
        draft::bound(&draft, ground.task)?;

        let reading = Reading::of(&draft, &self.vocabulary);
        self.leaks.find_talk(&reading)?;
        self.tongues.check(&draft, &reading, ground)?;
        let grounds = Grounds::of(ground, &self.vocabulary);
        repetition::check(&reading, &grounds)?;
        claims::check(&draft, &reading, &grounds, &self.vocabulary)?;
        self.common.check(&draft, &reading, &grounds, ground)?;
        level::check(&reading, &grounds, ground.care_level)?;
        Ok(draft)
    }
}

/// The least and most characters of everything that a person would read.
const fn bounds(task: Task) -> (usize, usize) {
    match task {
        Task::Advice => (30, 1_200),
        Task::Answer => (10, 800),
    }
}

#[cfg(test)]
mod tests;
