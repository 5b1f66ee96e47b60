//! What is worded, asked and rated.

use jiff::civil::Date;
use serde::{Deserialize, Serialize};

use super::guidance::GuidanceRecord;
use super::names::Name;
use super::scalp::{AnswersRecord, GradesRecord};
use crate::domain::consultation::{
    Advice, Answered, AwaitedAnswer, DailyCount, Language, Rateable, Rated, RatedKind, RatingMark,
    Writings,
};
use crate::domain::guidance::{
    AdviceBrief, Exchange, PassageId, QuestionBrief, WordedAdvice, Writer,
};

#[derive(Debug, Serialize, Deserialize)]
pub(super) struct WriterRecord {
    model: String,
    prompts: u32,
}

#[derive(Debug, Serialize, Deserialize)]
pub(super) struct WordedAdviceRecord {
    summary: String,
    today: Vec<String>,
    week: Vec<String>,
    avoid: Vec<String>,
    writer: WriterRecord,
}

/// A text that may be rated under the mark of that number.
#[derive(Debug, Serialize, Deserialize)]
pub(super) struct RateableRecord<T> {
    text: T,
    mark: u32,
}

#[derive(Debug, Serialize, Deserialize)]
#[serde(tag = "answered", rename_all = "snake_case")]
pub(super) enum AnsweredRecord {
    Worded(RateableRecord<String>),
    Prepared(RateableRecord<Vec<String>>),
}

#[derive(Debug, Serialize, Deserialize)]
pub(super) struct RatedRecord {
    number: u32,
    kind: Name<RatedKind>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    writer: Option<WriterRecord>,
}

#[derive(Debug, Default, Serialize, Deserialize)]
pub(super) struct DailyCountRecord {
    day: Option<Day>,
    count: u32,
}

#[derive(Debug, Default, Serialize, Deserialize)]
pub(super) struct WritingsRecord {
    #[serde(default)]
    advice: AdviceRecord,
    orders: u32,
    tellings: u32,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    awaited: Option<AwaitedRecord>,
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    earlier: Vec<ExchangeRecord>,
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    last_passages: Vec<String>,
}

#[derive(Debug, Default, Serialize, Deserialize)]
#[serde(tag = "advice", rename_all = "snake_case")]
enum AdviceRecord {
    #[default]
    Unworded,
    Awaited {
        language: Name<Language>,
    },
    Worded {
        language: Name<Language>,
        number: u32,
        text: Box<WordedAdviceRecord>,
    },
}

#[derive(Debug, Serialize, Deserialize)]
struct AwaitedRecord {
    number: u32,
    question: String,
    passages: Vec<String>,
}

#[derive(Debug, Serialize, Deserialize)]
struct ExchangeRecord {
    question: String,
    answer: String,
}

#[derive(Debug, Serialize, Deserialize)]
pub(super) struct BriefRecord {
    guidance: GuidanceRecord,
    grades: Option<GradesRecord>,
    answers: AnswersRecord,
}

#[derive(Debug, Serialize, Deserialize)]
pub(super) struct QuestionRecord {
    question: String,
    passages: Vec<String>,
    about: BriefRecord,
    earlier: Vec<ExchangeRecord>,
}

/// A day, as 2026-11-28.
#[derive(Debug, Clone, Copy, Serialize, Deserialize)]
#[serde(into = "String", try_from = "String")]
struct Day(Date);

impl From<Day> for String {
    fn from(day: Day) -> Self {
        day.0.to_string()
    }
}

impl TryFrom<String> for Day {
    type Error = jiff::Error;

    fn try_from(text: String) -> Result<Self, Self::Error> {
        text.parse().map(Self)
    }
}

fn ids(passages: &[PassageId]) -> Vec<String> {
    passages.iter().map(|passage| passage.0.clone()).collect()
}

fn passages(ids: Vec<String>) -> Vec<PassageId> {
    ids.into_iter().map(PassageId).collect()
}

impl WritingsRecord {
    /// Whether there is nothing to keep.
    pub(super) fn is_empty(&self) -> bool {
        matches!(self.advice, AdviceRecord::Unworded)
            && self.orders == 0
            && self.tellings == 0
            && self.awaited.is_none()
            && self.earlier.is_empty()
            && self.last_passages.is_empty()
    }
}

impl DailyCountRecord {
    /// Whether there is nothing to keep.
    pub(super) const fn is_empty(&self) -> bool {
        self.count == 0
    }
}

impl From<&Writer> for WriterRecord {
    fn from(writer: &Writer) -> Self {
        Self {
            model: writer.model.clone(),
            prompts: writer.prompts,
        }
    }
}

impl From<WriterRecord> for Writer {
    fn from(record: WriterRecord) -> Self {
        Self {
            model: record.model,
            prompts: record.prompts,
        }
    }
}

impl From<&WordedAdvice> for WordedAdviceRecord {
    fn from(advice: &WordedAdvice) -> Self {
        Self {
            summary: advice.summary.clone(),
            today: advice.today.clone(),
            week: advice.week.clone(),
            avoid: advice.avoid.clone(),
            writer: (&advice.writer).into(),
        }
    }
}

impl From<WordedAdviceRecord> for WordedAdvice {
    fn from(record: WordedAdviceRecord) -> Self {
        Self {
            summary: record.summary,
            today: record.today,
            week: record.week,
            avoid: record.avoid,
            writer: record.writer.into(),
        }
    }
}

impl From<&Rateable<WordedAdvice>> for RateableRecord<WordedAdviceRecord> {
    fn from(advice: &Rateable<WordedAdvice>) -> Self {
        Self {
            text: (&advice.text).into(),
            mark: advice.mark.number(),
        }
    }
}

impl From<RateableRecord<WordedAdviceRecord>> for Rateable<WordedAdvice> {
    fn from(record: RateableRecord<WordedAdviceRecord>) -> Self {
        Self {
            text: record.text.into(),
            mark: RatingMark::of(record.mark),
        }
    }
}

impl From<&Answered> for AnsweredRecord {
    fn from(answered: &Answered) -> Self {
        match answered {
            Answered::Worded(text) => Self::Worded(RateableRecord {
                text: text.text.clone(),
                mark: text.mark.number(),
            }),
            Answered::Prepared(prepared) => Self::Prepared(RateableRecord {
                text: ids(&prepared.text),
                mark: prepared.mark.number(),
            }),
        }
    }
}

impl From<AnsweredRecord> for Answered {
    fn from(record: AnsweredRecord) -> Self {
        match record {
            AnsweredRecord::Worded(text) => Self::Worded(Rateable {
                text: text.text,
                mark: RatingMark::of(text.mark),
            }),
            AnsweredRecord::Prepared(prepared) => Self::Prepared(Rateable {
                text: passages(prepared.text),
                mark: RatingMark::of(prepared.mark),
            }),
        }
    }
}

impl From<&Rated> for RatedRecord {
    fn from(rated: &Rated) -> Self {
        Self {
            number: rated.number,
            kind: Name(rated.kind),
            writer: rated.writer.as_ref().map(Into::into),
        }
    }
}

impl From<RatedRecord> for Rated {
    fn from(record: RatedRecord) -> Self {
        Self {
            number: record.number,
            kind: record.kind.0,
            writer: record.writer.map(Into::into),
        }
    }
}

impl From<DailyCount> for DailyCountRecord {
    fn from(count: DailyCount) -> Self {
        Self {
            day: count.day.map(Day),
            count: count.count,
        }
    }
}

impl From<DailyCountRecord> for DailyCount {
    fn from(record: DailyCountRecord) -> Self {
        Self {
            day: record.day.map(|day| day.0),
            count: record.count,
        }
    }
}

impl From<&Advice> for AdviceRecord {
    fn from(advice: &Advice) -> Self {
        match advice {
            Advice::Unworded => Self::Unworded,
            Advice::Awaited { language } => Self::Awaited {
                language: Name(*language),
            },
            Advice::Worded {
                language,
                number,
                advice,
            } => Self::Worded {
                language: Name(*language),
                number: *number,
                text: Box::new((&**advice).into()),
            },
        }
    }
}

impl From<AdviceRecord> for Advice {
    fn from(record: AdviceRecord) -> Self {
        match record {
            AdviceRecord::Unworded => Self::Unworded,
            AdviceRecord::Awaited { language } => Self::Awaited {
                language: language.0,
            },
            AdviceRecord::Worded {
                language,
                number,
                text,
            } => Self::Worded {
                language: language.0,
                number,
                advice: Box::new((*text).into()),
            },
        }
    }
}

impl From<&Exchange> for ExchangeRecord {
    fn from(exchange: &Exchange) -> Self {
        Self {
            question: exchange.question.clone(),
            answer: exchange.answer.clone(),
        }
    }
}

impl From<ExchangeRecord> for Exchange {
    fn from(record: ExchangeRecord) -> Self {
        Self {
            question: record.question,
            answer: record.answer,
        }
    }
}

impl From<&Writings> for WritingsRecord {
    fn from(writings: &Writings) -> Self {
        Self {
            advice: (&writings.advice).into(),
            orders: writings.orders,
            tellings: writings.tellings,
            awaited: writings.awaited.as_ref().map(|awaited| AwaitedRecord {
                number: awaited.number,
                question: awaited.question.clone(),
                passages: ids(&awaited.passages),
            }),
            earlier: writings.earlier.iter().map(Into::into).collect(),
            last_passages: ids(&writings.last_passages),
        }
    }
}

impl From<WritingsRecord> for Writings {
    fn from(record: WritingsRecord) -> Self {
        Self {
            advice: record.advice.into(),
            orders: record.orders,
            tellings: record.tellings,
            awaited: record.awaited.map(|awaited| AwaitedAnswer {
                number: awaited.number,
                question: awaited.question,
                passages: passages(awaited.passages),
            }),
            earlier: record.earlier.into_iter().map(Into::into).collect(),
            last_passages: passages(record.last_passages),
        }
    }
}

impl From<&AdviceBrief> for BriefRecord {
    fn from(brief: &AdviceBrief) -> Self {
        Self {
            guidance: (&brief.guidance).into(),
            grades: brief.grades.as_ref().map(Into::into),
            answers: (&brief.answers).into(),
        }
    }
}

impl From<BriefRecord> for AdviceBrief {
    fn from(record: BriefRecord) -> Self {
        Self {
            guidance: record.guidance.into(),
            grades: record.grades.map(Into::into),
            answers: record.answers.into(),
        }
    }
}

impl From<&QuestionBrief> for QuestionRecord {
    fn from(brief: &QuestionBrief) -> Self {
        Self {
            question: brief.question.clone(),
            passages: ids(&brief.passages),
            about: (&brief.about).into(),
            earlier: brief.earlier.iter().map(Into::into).collect(),
        }
    }
}

impl From<QuestionRecord> for QuestionBrief {
    fn from(record: QuestionRecord) -> Self {
        Self {
            question: record.question,
            passages: passages(record.passages),
            about: record.about.into(),
            earlier: record.earlier.into_iter().map(Into::into).collect(),
        }
    }
}
