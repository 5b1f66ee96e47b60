//! What a model may word for a person, what it worded, and what a question may be answered from.
//!
//! The rules decide what is said; a model only turns it into warm sentences. So a text that was
//! worded never stands alone: header, care level, red flags and the see-a-dermatologist line are
//! added around it, and when there is no text, the passages themselves are shown.

use super::{CareLevel, Guidance, RedFlag};
use crate::domain::scalp::{Answers, Condition, Grades};

/// An entry of `prompts/knowledge/` by its id, as `dandruff-2` or `ketoconazole`.
#[derive(Debug, Clone, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct PassageId(pub String);

/// What was found in the knowledge base for a question.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub enum Topic {
    /// A condition: what fits depends on how strongly it shows.
    Condition(Condition),
    Passage(PassageId),
    /// What the question before was about.
    Earlier,
}

/// Where a text came from: told with what people think of it.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct Writer {
    /// The model's own name, as its server tells it.
    pub model: String,
    /// The version of the prompts.
    pub prompts: u32,
}

/// Guidance in a model's words, after every gate.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct WordedAdvice {
    pub summary: String,
    /// What can be done today.
    pub today: Vec<String>,
    /// What can be done in the weeks to come.
    pub week: Vec<String>,
    pub avoid: Vec<String>,
    pub writer: Writer,
}

/// An answer in a model's words, after every gate.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct WordedAnswer {
    pub text: String,
    pub writer: Writer,
}

/// What the wording of one person's guidance rests on. No id, name or place is in it.
#[derive(Debug, Clone, PartialEq)]
pub struct AdviceBrief {
    pub guidance: Guidance,
    /// `None` where every usable photo was taken from afar.
    pub grades: Option<Grades>,
    pub answers: Answers,
}

/// A question and its answer, as they are remembered.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Exchange {
    pub question: String,
    /// Shortened.
    pub answer: String,
}

/// What an answer to a person's own question rests on.
#[derive(Debug, Clone, PartialEq)]
pub struct QuestionBrief {
    pub question: String,
    /// What the answer may be taken from; shown as they stand when there is none. Never empty.
    pub passages: Vec<PassageId>,
    pub about: AdviceBrief,
    /// The questions before this one, oldest first; a few.
    pub earlier: Vec<Exchange>,
}

impl Guidance {
    /// Whether a model may word it. Where somebody has to be seen today, or is in distress, the
    /// prepared sentences stand alone.
    pub fn may_be_worded(&self) -> bool {
        self.care_level < CareLevel::CareToday && !self.red_flags.contains(&RedFlag::Distress)
    }
}

impl Topic {
    /// The passages for somebody with those grades; where a condition was not graded, those that hold for
    /// everybody. `earlier` are those of the question before.
    pub fn passages(&self, grades: Option<&Grades>, earlier: &[PassageId]) -> Vec<PassageId> {
        match self {
            Self::Passage(id) => vec![id.clone()],
            Self::Earlier => earlier.to_vec(),
            Self::Condition(condition) => match grades {
                Some(grades) => {
                    let severity = grades.of(*condition).severity;
                    vec![PassageId(format!(
                        "{}-{}",
                        condition.id(),
                        severity.number()
                    ))]
                }
                None => ungraded(*condition)
                    .iter()
                    .map(|id| PassageId((*id).to_owned()))
                    .collect(),
            },
        }
    }
}

/// Entries that say something of a condition without knowing how strongly it shows.
const fn ungraded(condition: Condition) -> &'static [&'static str] {
    match condition {
        Condition::FineScaling => &["wash_how", "shampoo_choice"],
        Condition::ExcessSebum => &["wash_how_often", "wash_how"],
        Condition::InterfollicularErythema => &["shampoo_choice", "when_to_see_a_doctor"],
        Condition::FollicularErythemaPustules => &["spots_care", "when_to_see_a_doctor"],
        Condition::Dandruff => &["dandruff_why", "shampoo_choice"],
        Condition::HairLoss => &["hair_fall_normal", "when_to_see_a_doctor"],
    }
}
