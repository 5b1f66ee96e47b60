//! Messages that wait to be sent.

use serde::{Deserialize, Serialize};

use super::conversation::ConsentRecord;
use super::guidance::GuidanceRecord;
use super::names::{Name, is_false};
use super::photo::{AfterPhotoRecord, AlbumPhotoRecord, UnusableRecord};
use super::scalp::{AnswersRecord, GradesRecord, ModelRecord};
use super::writing::{AnsweredRecord, RateableRecord, WordedAdviceRecord};
use crate::domain::consultation::{
    AfterTips, Asking, Card, ConsultationNumber, Expected, Message, Purpose, ResultSummary,
};
use crate::domain::guidance::RedFlag;
use crate::domain::scalp::{Question, Region, ScalpType, Verdict};

#[derive(Debug, Serialize, Deserialize)]
#[serde(tag = "message", rename_all = "snake_case")]
pub(super) enum MessageRecord {
    Hello,
    AskAge,
    AskConsent {
        purpose: Name<Purpose>,
    },
    TooYoung,
    ConsentRefused {
        purpose: Name<Purpose>,
    },
    GeneralTips {
        then: Name<AfterTips>,
    },
    PhotoGuide,
    AskRegion,
    AskPhoto {
        region: Name<Region>,
        left: usize,
    },
    PhotoReceived {
        number: usize,
        #[serde(default, skip_serializing_if = "is_false")]
        is_region_open: bool,
        then: AfterPhotoRecord,
    },
    PhotoJudged {
        number: usize,
        verdict: Name<Verdict>,
        is_soft: bool,
        #[serde(default, skip_serializing_if = "is_false")]
        is_region_open: bool,
        then: AfterPhotoRecord,
    },
    Album {
        photos: Vec<AlbumPhotoRecord>,
        then: AfterPhotoRecord,
    },
    AskRegionOf {
        number: usize,
    },
    RegionAssigned {
        number: usize,
        region: Name<Region>,
    },
    PhotoFailed {
        number: usize,
        then: AfterPhotoRecord,
    },
    PhotoUnusable {
        reason: UnusableRecord,
    },
    TooManyPhotos {
        limit: usize,
    },
    Ask {
        question: Name<Question>,
        answers: AnswersRecord,
        asking: Name<Asking>,
    },
    AnswersReview {
        answers: AnswersRecord,
    },
    AnswersKept,
    SurveyDone,
    WordsCut {
        kept: usize,
    },
    PreparingResult,
    NoUsablePhoto,
    Result {
        summary: Box<SummaryRecord>,
        /// The number of the consultation whose card it is.
        card: Option<u32>,
    },
    Guidance {
        guidance: GuidanceRecord,
        consultation: u32,
        #[serde(default, skip_serializing_if = "Option::is_none")]
        advice: Option<Box<RateableRecord<WordedAdviceRecord>>>,
    },
    InviteQuestion,
    Answering,
    ManyAreAsking,
    Answer {
        answer: AnsweredRecord,
        #[serde(default, skip_serializing_if = "is_false")]
        sees_dermatologist: bool,
    },
    OffTopic,
    OneQuestionAtATime,
    QuestionsUsedUp {
        limit: u32,
    },
    RatingKept,
    RedFlagNotice {
        red_flags: Vec<Name<RedFlag>>,
    },
    AskErase,
    EraseDeclined,
    NotUnderstood {
        expected: Name<Expected>,
    },
    CouldNotErase,
    AnswerChanged,
    ChooseLanguage,
    Help,
    Privacy {
        consents: Vec<ConsentRecord>,
    },
    ConsentWithdrawn {
        purpose: Name<Purpose>,
    },
    ConsultationCancelled,
    SurveyStopped,
    NothingToCancel,
}

#[derive(Debug, Serialize, Deserialize)]
pub(super) struct SummaryRecord {
    consultation: u32,
    grades: GradesRecord,
    scalp_type: Name<ScalpType>,
    regions: Vec<Name<Region>>,
    spots: usize,
    model: ModelRecord,
}

impl From<&Message> for MessageRecord {
    #[expect(
        clippy::too_many_lines,
        reason = "a list of everything is as long as it is"
    )]
    fn from(message: &Message) -> Self {
        match message {
            Message::Hello => Self::Hello,
            Message::AskAge => Self::AskAge,
            Message::AskConsent(purpose) => Self::AskConsent {
                purpose: Name(*purpose),
            },
            Message::TooYoung => Self::TooYoung,
            Message::ConsentRefused(purpose) => Self::ConsentRefused {
                purpose: Name(*purpose),
            },
            Message::GeneralTips { then } => Self::GeneralTips { then: Name(*then) },
            Message::PhotoGuide => Self::PhotoGuide,
            Message::AskRegion => Self::AskRegion,
            Message::AskPhoto { region, left } => Self::AskPhoto {
                region: Name(*region),
                left: *left,
            },
            Message::PhotoReceived {
                number,
                is_region_open,
                then,
            } => Self::PhotoReceived {
                number: *number,
                is_region_open: *is_region_open,
                then: (*then).into(),
            },
            Message::PhotoJudged {
                number,
                verdict,
                is_soft,
                is_region_open,
                then,
            } => Self::PhotoJudged {
                number: *number,
                is_region_open: *is_region_open,
                verdict: Name(*verdict),
                is_soft: *is_soft,
                then: (*then).into(),
            },
            Message::Album { photos, then } => Self::Album {
                photos: photos.iter().copied().map(Into::into).collect(),
                then: (*then).into(),
            },
            Message::AskRegionOf { number } => Self::AskRegionOf { number: *number },
            Message::RegionAssigned { number, region } => Self::RegionAssigned {
                number: *number,
                region: Name(*region),
            },
            Message::PhotoFailed { number, then } => Self::PhotoFailed {
                number: *number,
                then: (*then).into(),
            },
            Message::PhotoUnusable(reason) => Self::PhotoUnusable {
                reason: (*reason).into(),
            },
            Message::TooManyPhotos { limit } => Self::TooManyPhotos { limit: *limit },
            Message::Ask {
                question,
                answers,
                asking,
            } => Self::Ask {
                question: Name(*question),
                answers: answers.into(),
                asking: Name(*asking),
            },
            Message::AnswersReview { answers } => Self::AnswersReview {
                answers: answers.into(),
            },
            Message::AnswersKept => Self::AnswersKept,
            Message::SurveyDone => Self::SurveyDone,
            Message::WordsCut { kept } => Self::WordsCut { kept: *kept },
            Message::PreparingResult => Self::PreparingResult,
            Message::NoUsablePhoto => Self::NoUsablePhoto,
            Message::Result { summary, card } => Self::Result {
                summary: Box::new(summary.into()),
                card: card.map(|card| card.consultation.0),
            },
            Message::Guidance {
                guidance,
                consultation,
                advice,
            } => Self::Guidance {
                guidance: guidance.into(),
                consultation: consultation.0,
                advice: advice.as_ref().map(|advice| Box::new((&**advice).into())),
            },
            Message::InviteQuestion => Self::InviteQuestion,
            Message::Answering => Self::Answering,
            Message::ManyAreAsking => Self::ManyAreAsking,
            Message::Answer {
                answer,
                sees_dermatologist,
            } => Self::Answer {
                answer: answer.into(),
                sees_dermatologist: *sees_dermatologist,
            },
            Message::OffTopic => Self::OffTopic,
            Message::OneQuestionAtATime => Self::OneQuestionAtATime,
            Message::QuestionsUsedUp { limit } => Self::QuestionsUsedUp { limit: *limit },
            Message::RatingKept => Self::RatingKept,
            Message::RedFlagNotice { red_flags } => Self::RedFlagNotice {
                red_flags: red_flags.iter().copied().map(Name).collect(),
            },
            Message::AskErase => Self::AskErase,
            Message::EraseDeclined => Self::EraseDeclined,
            Message::NotUnderstood(expected) => Self::NotUnderstood {
                expected: Name(*expected),
            },
            Message::CouldNotErase => Self::CouldNotErase,
            Message::AnswerChanged => Self::AnswerChanged,
            Message::ChooseLanguage => Self::ChooseLanguage,
            Message::Help => Self::Help,
            Message::Privacy { consents } => Self::Privacy {
                consents: consents.iter().map(Into::into).collect(),
            },
            Message::ConsentWithdrawn(purpose) => Self::ConsentWithdrawn {
                purpose: Name(*purpose),
            },
            Message::ConsultationCancelled => Self::ConsultationCancelled,
            Message::SurveyStopped => Self::SurveyStopped,
            Message::NothingToCancel => Self::NothingToCancel,
        }
    }
}

impl From<MessageRecord> for Message {
    #[expect(
        clippy::too_many_lines,
        reason = "one arm a message: a look-up table, which the compiler keeps complete"
    )]
    fn from(record: MessageRecord) -> Self {
        match record {
            MessageRecord::Hello => Self::Hello,
            MessageRecord::AskAge => Self::AskAge,
            MessageRecord::AskConsent { purpose } => Self::AskConsent(purpose.0),
            MessageRecord::TooYoung => Self::TooYoung,
            MessageRecord::ConsentRefused { purpose } => Self::ConsentRefused(purpose.0),
            MessageRecord::GeneralTips { then } => Self::GeneralTips { then: then.0 },
            MessageRecord::PhotoGuide => Self::PhotoGuide,
            MessageRecord::AskRegion => Self::AskRegion,
            MessageRecord::AskPhoto { region, left } => Self::AskPhoto {
                region: region.0,
                left,
            },
            MessageRecord::PhotoReceived {
                number,
                is_region_open,
                then,
            } => Self::PhotoReceived {
                number,
                is_region_open,
                then: then.into(),
            },
            MessageRecord::PhotoJudged {
                number,
                verdict,
                is_soft,
                is_region_open,
                then,
            } => Self::PhotoJudged {
                number,
                is_region_open,
                verdict: verdict.0,
                is_soft,
                then: then.into(),
            },
            MessageRecord::Album { photos, then } => Self::Album {
                photos: photos.into_iter().map(Into::into).collect(),
                then: then.into(),
            },
            MessageRecord::AskRegionOf { number } => Self::AskRegionOf { number },
            MessageRecord::RegionAssigned { number, region } => Self::RegionAssigned {
                number,
                region: region.0,
            },
            MessageRecord::PhotoFailed { number, then } => Self::PhotoFailed {
                number,
                then: then.into(),
            },
            MessageRecord::PhotoUnusable { reason } => Self::PhotoUnusable(reason.into()),
            MessageRecord::TooManyPhotos { limit } => Self::TooManyPhotos { limit },
            MessageRecord::Ask {
                question,
                answers,
                asking,
            } => Self::Ask {
                question: question.0,
                answers: answers.into(),
                asking: asking.0,
            },
            MessageRecord::AnswersReview { answers } => Self::AnswersReview {
                answers: answers.into(),
            },
            MessageRecord::AnswersKept => Self::AnswersKept,
            MessageRecord::SurveyDone => Self::SurveyDone,
            MessageRecord::WordsCut { kept } => Self::WordsCut { kept },
            MessageRecord::PreparingResult => Self::PreparingResult,
            MessageRecord::NoUsablePhoto => Self::NoUsablePhoto,
            MessageRecord::Result { summary, card } => Self::Result {
                summary: (*summary).into(),
                card: card.map(|number| Card {
                    consultation: ConsultationNumber(number),
                }),
            },
            MessageRecord::Guidance {
                guidance,
                consultation,
                advice,
            } => Self::Guidance {
                guidance: guidance.into(),
                consultation: ConsultationNumber(consultation),
                advice: advice.map(|advice| Box::new((*advice).into())),
            },
            MessageRecord::InviteQuestion => Self::InviteQuestion,
            MessageRecord::Answering => Self::Answering,
            MessageRecord::ManyAreAsking => Self::ManyAreAsking,
            MessageRecord::Answer {
                answer,
                sees_dermatologist,
            } => Self::Answer {
                answer: answer.into(),
                sees_dermatologist,
            },
            MessageRecord::OffTopic => Self::OffTopic,
            MessageRecord::OneQuestionAtATime => Self::OneQuestionAtATime,
            MessageRecord::QuestionsUsedUp { limit } => Self::QuestionsUsedUp { limit },
            MessageRecord::RatingKept => Self::RatingKept,
            MessageRecord::RedFlagNotice { red_flags } => Self::RedFlagNotice {
                red_flags: red_flags.into_iter().map(|flag| flag.0).collect(),
            },
            MessageRecord::AskErase => Self::AskErase,
            MessageRecord::EraseDeclined => Self::EraseDeclined,
            MessageRecord::NotUnderstood { expected } => Self::NotUnderstood(expected.0),
            MessageRecord::CouldNotErase => Self::CouldNotErase,
            MessageRecord::AnswerChanged => Self::AnswerChanged,
            MessageRecord::ChooseLanguage => Self::ChooseLanguage,
            MessageRecord::Help => Self::Help,
            MessageRecord::Privacy { consents } => Self::Privacy {
                consents: consents.into_iter().map(Into::into).collect(),
            },
            MessageRecord::ConsentWithdrawn { purpose } => Self::ConsentWithdrawn(purpose.0),
            MessageRecord::ConsultationCancelled => Self::ConsultationCancelled,
            MessageRecord::SurveyStopped => Self::SurveyStopped,
            MessageRecord::NothingToCancel => Self::NothingToCancel,
        }
    }
}

impl From<&ResultSummary> for SummaryRecord {
    fn from(summary: &ResultSummary) -> Self {
        Self {
            consultation: summary.consultation.0,
            grades: (&summary.grades).into(),
            scalp_type: Name(summary.scalp_type),
            regions: summary.regions.iter().copied().map(Name).collect(),
            spots: summary.spots,
            model: (&summary.model).into(),
        }
    }
}

impl From<SummaryRecord> for ResultSummary {
    fn from(record: SummaryRecord) -> Self {
        Self {
            consultation: ConsultationNumber(record.consultation),
            grades: record.grades.into(),
            scalp_type: record.scalp_type.0,
            regions: record.regions.into_iter().map(|region| region.0).collect(),
            spots: record.spots,
            model: record.model.into(),
        }
    }
}
