//! What a model's text is held to: the knowledge it was given, for whom, and what for.

use crate::domain::consultation::Language;
use crate::domain::guidance::CareLevel;

/// One piece of knowledge that a text may rest on.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Evidence {
    /// `K1`, `K2` … in the order of the prompt.
    pub id: String,
    /// The sentences of the knowledge base, in the person's language.
    pub text: String,
}

/// What a text is for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Task {
    /// The guidance under a result.
    Advice,
    /// The answer to a person's own question.
    Answer,
}

impl Task {
    /// The name used in logs and tables.
    pub const fn id(self) -> &'static str {
        match self {
            Self::Advice => "advice",
            Self::Answer => "answer",
        }
    }
}

/// What a model's text is held to.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Ground {
    pub task: Task,
    pub language: Language,
    pub care_level: CareLevel,
    pub evidence: Vec<Evidence>,
}
