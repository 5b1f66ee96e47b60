//! Whoever words what the rules chose.

use async_trait::async_trait;

use crate::domain::consultation::Language;
use crate::domain::guidance::{AdviceBrief, QuestionBrief, WordedAdvice, WordedAnswer};

/// Words guidance and answers. What it hands back may be shown as it is. Dropping a call that is under
/// way takes it back.
#[async_trait]
pub trait AdviceWriter: Send + Sync {
    /// The guidance in warm sentences.
    async fn advise(
        &self,
        brief: &AdviceBrief,
        language: Language,
    ) -> Result<WordedAdvice, WritingError>;

    /// The answer to a person's own question.
    async fn answer(
        &self,
        brief: &QuestionBrief,
        language: Language,
    ) -> Result<WordedAnswer, WritingError>;

    /// How many others would be served before a call that is made now.
    fn ahead(&self) -> usize;
}

/// Why there is no text. The prepared sentences are shown then, and nobody is told of an error.
#[derive(Debug, thiserror::Error)]
pub enum WritingError {
    /// No model is set up, or not for this language.
    #[error("no language model is set up for this")]
    NotSetUp,
    /// The model could not be asked, or did not answer in time.
    #[error("the language model did not answer")]
    Unanswered(#[source] Box<dyn std::error::Error + Send + Sync>),
    /// Nothing that may be shown came of it: a gate and its reason, never the text.
    #[error("the language model's text was refused: {gate}")]
    Refused { gate: String },
    /// What is to be said is more than the model can read.
    #[error("the prompt needs about {needed} tokens and the model reads {context}")]
    TooLong { needed: usize, context: u32 },
}
