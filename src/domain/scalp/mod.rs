//! The vocabulary: what can be seen on a scalp, how strongly, where, and what a person tells of it.
//!
//! Names and orders follow AI Hub's dataset of scalp images by type (dataSetSn 216). Values only:
//! nothing in here decides what follows from them.

mod answers;
mod grades;
mod photo;
mod scalp_type;

pub use answers::{Answer, Answers, Choice, Question, Selection};
pub use grades::{Condition, Grade, Grades, Severity};
pub use photo::{Heatmap, Heatmaps, Judgement, ModelIdentity, PhotoId, Region, Verdict, View};
pub use scalp_type::ScalpType;
