//! What a person is told to do: from severities and answers to a care level, red flags and snippets.
//!
//! Pure, and without a sentence: a [`Guidance`] names what applies, and `prompts/knowledge/` holds
//! the words under the same ids. Two promises are kept here and tested: raising a severity never
//! lowers the care level, and any severity 3 or red flag carries the see-a-dermatologist line.

mod care_level;
mod plan;
mod red_flags;
mod writing;

pub use care_level::CareLevel;
pub use plan::{Fixed, Guidance, Modifier, Snippet, advise};
pub use red_flags::{RedFlag, RedFlags, TriggerWords, Triggers};
pub use writing::{
    AdviceBrief, Exchange, PassageId, QuestionBrief, Topic, WordedAdvice, WordedAnswer, Writer,
};
