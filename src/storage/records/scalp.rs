//! Answers, grades and what was seen where.

use serde::{Deserialize, Serialize};

use super::names::{Name, SeverityNumber};
use crate::domain::scalp::{
    Answer, Answers, Choice, Condition, Grade, Grades, Heatmap, Heatmaps, Judgement, ModelIdentity,
    Question, Verdict, View,
};

/// In the order of asking.
#[derive(Debug, Default, Serialize, Deserialize)]
#[serde(transparent)]
pub(super) struct AnswersRecord(Vec<AnsweredRecord>);

impl AnswersRecord {
    pub(super) const fn is_empty(&self) -> bool {
        self.0.is_empty()
    }
}

#[derive(Debug, Serialize, Deserialize)]
struct AnsweredRecord {
    question: Name<Question>,
    #[serde(flatten)]
    answer: AnswerRecord,
}

#[derive(Debug, Serialize, Deserialize)]
#[serde(tag = "answer", rename_all = "snake_case")]
enum AnswerRecord {
    Chosen { choices: Vec<Name<Choice>> },
    Words { words: String },
    Skipped,
}

impl From<&Answers> for AnswersRecord {
    fn from(answers: &Answers) -> Self {
        Self(
            answers
                .iter()
                .map(|(question, answer)| AnsweredRecord {
                    question: Name(question),
                    answer: match answer {
                        Answer::Chosen(choices) => AnswerRecord::Chosen {
                            choices: choices.iter().copied().map(Name).collect(),
                        },
                        Answer::Words(words) => AnswerRecord::Words {
                            words: words.clone(),
                        },
                        Answer::Skipped => AnswerRecord::Skipped,
                    },
                })
                .collect(),
        )
    }
}

impl From<AnswersRecord> for Answers {
    fn from(record: AnswersRecord) -> Self {
        record
            .0
            .into_iter()
            .fold(Self::default(), |answers, answered| {
                let answer = match answered.answer {
                    AnswerRecord::Chosen { choices } => {
                        Answer::Chosen(choices.into_iter().map(|choice| choice.0).collect())
                    }
                    AnswerRecord::Words { words } => Answer::Words(words),
                    AnswerRecord::Skipped => Answer::Skipped,
                };
                answers.with(answered.question.0, answer)
            })
    }
}

/// In the dataset's order of conditions.
#[derive(Debug, Serialize, Deserialize)]
#[serde(transparent)]
pub(super) struct GradesRecord([GradeRecord; 6]);

#[derive(Debug, Clone, Serialize, Deserialize)]
struct GradeRecord {
    severity: SeverityNumber,
    probabilities: [Number; 4],
    confidence: Number,
    is_certain: bool,
}

impl From<&Grades> for GradesRecord {
    fn from(grades: &Grades) -> Self {
        Self(Condition::ALL.map(|condition| {
            let grade = grades.of(condition);
            GradeRecord {
                severity: SeverityNumber(grade.severity),
                probabilities: grade.probabilities.map(Number),
                confidence: Number(grade.confidence),
                is_certain: grade.is_certain,
            }
        }))
    }
}

impl From<GradesRecord> for Grades {
    fn from(record: GradesRecord) -> Self {
        Self::new(record.0.map(|grade| Grade {
            severity: grade.severity.0,
            probabilities: grade.probabilities.map(|number| number.0),
            confidence: grade.confidence.0,
            is_certain: grade.is_certain,
        }))
    }
}

/// A number out of a model. JSON knows no NaN and no infinity: they become `null` when written, and
/// NaN when read again, so that a strange model never makes a conversation unreadable.
#[derive(Debug, Clone, Copy, Serialize, Deserialize)]
#[serde(into = "f32", from = "Option<f32>")]
struct Number(f32);

impl From<Number> for f32 {
    fn from(number: Number) -> Self {
        number.0
    }
}

impl From<Option<f32>> for Number {
    fn from(number: Option<f32>) -> Self {
        Self(number.unwrap_or(f32::NAN))
    }
}

#[derive(Debug, Serialize, Deserialize)]
pub(super) struct ModelRecord {
    id: String,
    is_demonstration: bool,
    trained_on: String,
}

impl From<&ModelIdentity> for ModelRecord {
    fn from(model: &ModelIdentity) -> Self {
        Self {
            id: model.id.clone(),
            is_demonstration: model.is_demonstration,
            trained_on: model.trained_on.clone(),
        }
    }
}

impl From<ModelRecord> for ModelIdentity {
    fn from(record: ModelRecord) -> Self {
        Self {
            id: record.id,
            is_demonstration: record.is_demonstration,
            trained_on: record.trained_on,
        }
    }
}

#[derive(Debug, Serialize, Deserialize)]
pub(super) struct JudgementRecord {
    verdict: Name<Verdict>,
    view: Option<ViewRecord>,
    grades: Option<GradesRecord>,
    is_soft: bool,
    model: ModelRecord,
}

#[derive(Debug, Serialize, Deserialize)]
struct ViewRecord {
    close_up: Number,
    from_afar: Number,
    other: Number,
}

impl From<&Judgement> for JudgementRecord {
    fn from(judgement: &Judgement) -> Self {
        Self {
            verdict: Name(judgement.verdict),
            view: judgement.view.map(|view| ViewRecord {
                close_up: Number(view.close_up),
                from_afar: Number(view.from_afar),
                other: Number(view.other),
            }),
            grades: judgement.grades.as_ref().map(Into::into),
            is_soft: judgement.is_soft,
            model: (&judgement.model).into(),
        }
    }
}

impl From<JudgementRecord> for Judgement {
    fn from(record: JudgementRecord) -> Self {
        Self {
            verdict: record.verdict.0,
            view: record.view.map(|view| View {
                close_up: view.close_up.0,
                from_afar: view.from_afar.0,
                other: view.other.0,
            }),
            grades: record.grades.map(Into::into),
            is_soft: record.is_soft,
            model: record.model.into(),
        }
    }
}

/// In the dataset's order of conditions.
#[derive(Debug, Serialize, Deserialize)]
pub(super) struct HeatmapsRecord {
    maps: [HeatmapRecord; 6],
    covers: [Number; 4],
}

#[derive(Debug, Serialize, Deserialize)]
#[serde(try_from = "HeatmapFields")]
struct HeatmapRecord {
    width: u16,
    height: u16,
    values: Vec<u8>,
}

#[derive(Deserialize)]
struct HeatmapFields {
    width: u16,
    height: u16,
    values: Vec<u8>,
}

impl TryFrom<HeatmapFields> for HeatmapRecord {
    type Error = &'static str;

    fn try_from(fields: HeatmapFields) -> Result<Self, Self::Error> {
        if usize::from(fields.width) * usize::from(fields.height) != fields.values.len() {
            return Err("a heatmap has width times height values");
        }
        Ok(Self {
            width: fields.width,
            height: fields.height,
            values: fields.values,
        })
    }
}

impl From<&Heatmaps> for HeatmapsRecord {
    fn from(heatmaps: &Heatmaps) -> Self {
        Self {
            maps: heatmaps.maps.each_ref().map(|map| HeatmapRecord {
                width: map.width,
                height: map.height,
                values: map.values.clone(),
            }),
            covers: heatmaps.covers.map(Number),
        }
    }
}

impl From<HeatmapsRecord> for Heatmaps {
    fn from(record: HeatmapsRecord) -> Self {
        Self {
            maps: record.maps.map(|map| Heatmap {
                width: map.width,
                height: map.height,
                values: map.values,
            }),
            covers: record.covers.map(|number| number.0),
        }
    }
}
