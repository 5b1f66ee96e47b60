//! Where a conversation stands.

use serde::{Deserialize, Serialize};

use super::names::{At, Id, Name, is_zero};
use super::scalp::{AnswersRecord, JudgementRecord};
use super::writing::{DailyCountRecord, RatedRecord, WritingsRecord};
use crate::domain::consultation::{
    Consent, Consultation, ConsultationNumber, Conversation, Language, Photo, PhotoState, Purpose,
    Stage,
};
use crate::domain::guidance::RedFlag;
use crate::domain::scalp::{Choice, PhotoId, Question, Region};

#[derive(Debug, Serialize, Deserialize)]
pub(super) struct ConversationRecord {
    language: Name<Language>,
    consents: Vec<ConsentRecord>,
    consultations: u32,
    #[serde(default, skip_serializing_if = "is_zero")]
    texts: u32,
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    rateable: Vec<RatedRecord>,
    #[serde(default, skip_serializing_if = "DailyCountRecord::is_empty")]
    questions: DailyCountRecord,
    stage: StageRecord,
}

#[derive(Debug, Serialize, Deserialize)]
pub(super) struct ConsentRecord {
    purpose: Name<Purpose>,
    version: u16,
    given_at: At,
}

#[derive(Debug, Serialize, Deserialize)]
#[serde(tag = "awaiting", rename_all = "snake_case")]
enum StageRecord {
    FirstContact,
    Language,
    Age,
    Consent {
        purpose: Name<Purpose>,
    },
    ChangeOfMind,
    Region {
        consultation: ConsultationRecord,
    },
    Photo {
        consultation: ConsultationRecord,
        region: Name<Region>,
    },
    Answer {
        consultation: ConsultationRecord,
        region: Name<Region>,
        question: Name<Question>,
        #[serde(default, skip_serializing_if = "Vec::is_empty")]
        draft: Vec<Name<Choice>>,
    },
    Grades {
        consultation: ConsultationRecord,
        region: Name<Region>,
    },
    Card {
        consultation: ConsultationRecord,
        region: Name<Region>,
    },
    Wish {
        consultation: ConsultationRecord,
        region: Name<Region>,
    },
    Correction {
        consultation: ConsultationRecord,
        region: Name<Region>,
        question: Option<Name<Question>>,
        #[serde(default, skip_serializing_if = "Vec::is_empty")]
        draft: Vec<Name<Choice>>,
    },
    Return {
        habits: AnswersRecord,
    },
    EraseConfirmation {
        then: Box<StageRecord>,
    },
    /// Nothing: the conversation is closed.
    Nothing,
}

#[derive(Debug, Serialize, Deserialize)]
struct ConsultationRecord {
    number: u32,
    photos: Vec<PhotoRecord>,
    answers: AnswersRecord,
    #[serde(default, skip_serializing_if = "AnswersRecord::is_empty")]
    known: AnswersRecord,
    red_flags: Vec<Name<RedFlag>>,
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    heard: Vec<Name<RedFlag>>,
    #[serde(default, skip_serializing_if = "is_zero")]
    openings: u32,
    #[serde(default, skip_serializing_if = "WritingsRecord::is_empty")]
    writings: WritingsRecord,
}

#[derive(Debug, Serialize, Deserialize)]
struct PhotoRecord {
    id: Id,
    region: Name<Region>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    album: Option<Id>,
    #[serde(flatten)]
    state: PhotoStateRecord,
}

#[derive(Debug, Serialize, Deserialize)]
#[serde(tag = "state", rename_all = "snake_case")]
enum PhotoStateRecord {
    Waiting,
    Judged { judgement: Box<JudgementRecord> },
    Failed,
}

impl From<&Consent> for ConsentRecord {
    fn from(consent: &Consent) -> Self {
        Self {
            purpose: Name(consent.purpose),
            version: consent.version,
            given_at: At(consent.given_at),
        }
    }
}

impl From<ConsentRecord> for Consent {
    fn from(record: ConsentRecord) -> Self {
        Self {
            purpose: record.purpose.0,
            version: record.version,
            given_at: record.given_at.0,
        }
    }
}

impl From<&Conversation> for ConversationRecord {
    fn from(conversation: &Conversation) -> Self {
        Self {
            language: Name(conversation.language),
            consents: conversation.consents.iter().map(Into::into).collect(),
            consultations: conversation.consultations,
            texts: conversation.texts,
            rateable: conversation.rateable.iter().map(Into::into).collect(),
            questions: conversation.questions.into(),
            stage: (&conversation.stage).into(),
        }
    }
}

impl From<ConversationRecord> for Conversation {
    fn from(record: ConversationRecord) -> Self {
        Self {
            language: record.language.0,
            consents: record.consents.into_iter().map(Into::into).collect(),
            consultations: record.consultations,
            texts: record.texts,
            rateable: record.rateable.into_iter().map(Into::into).collect(),
            questions: record.questions.into(),
            stage: record.stage.into(),
        }
    }
}

impl From<&Stage> for StageRecord {
    fn from(stage: &Stage) -> Self {
        match stage {
            Stage::AwaitingFirstContact => Self::FirstContact,
            Stage::AwaitingLanguage => Self::Language,
            Stage::AwaitingAge => Self::Age,
            Stage::AwaitingConsent { purpose } => Self::Consent {
                purpose: Name(*purpose),
            },
            Stage::AwaitingChangeOfMind => Self::ChangeOfMind,
            Stage::AwaitingRegion { consultation } => Self::Region {
                consultation: consultation.into(),
            },
            Stage::AwaitingPhoto {
                consultation,
                region,
            } => Self::Photo {
                consultation: consultation.into(),
                region: Name(*region),
            },
            Stage::AwaitingAnswer {
                consultation,
                region,
                question,
                draft,
            } => Self::Answer {
                consultation: consultation.into(),
                region: Name(*region),
                question: Name(*question),
                draft: draft.iter().copied().map(Name).collect(),
            },
            Stage::AwaitingGrades {
                consultation,
                region,
            } => Self::Grades {
                consultation: consultation.into(),
                region: Name(*region),
            },
            Stage::AwaitingCard {
                consultation,
                region,
            } => Self::Card {
                consultation: consultation.into(),
                region: Name(*region),
            },
            Stage::AwaitingWish {
                consultation,
                region,
            } => Self::Wish {
                consultation: consultation.into(),
                region: Name(*region),
            },
            Stage::AwaitingCorrection {
                consultation,
                region,
                question,
                draft,
            } => Self::Correction {
                consultation: consultation.into(),
                region: Name(*region),
                question: question.map(Name),
                draft: draft.iter().copied().map(Name).collect(),
            },
            Stage::AwaitingReturn { habits } => Self::Return {
                habits: habits.into(),
            },
            Stage::AwaitingEraseConfirmation { then } => Self::EraseConfirmation {
                then: Box::new((&**then).into()),
            },
            Stage::Closed => Self::Nothing,
        }
    }
}

impl From<StageRecord> for Stage {
    fn from(record: StageRecord) -> Self {
        match record {
            StageRecord::FirstContact => Self::AwaitingFirstContact,
            StageRecord::Language => Self::AwaitingLanguage,
            StageRecord::Age => Self::AwaitingAge,
            StageRecord::Consent { purpose } => Self::AwaitingConsent { purpose: purpose.0 },
            StageRecord::ChangeOfMind => Self::AwaitingChangeOfMind,
            StageRecord::Region { consultation } => Self::AwaitingRegion {
                consultation: consultation.into(),
            },
            StageRecord::Photo {
                consultation,
                region,
            } => Self::AwaitingPhoto {
                consultation: consultation.into(),
                region: region.0,
            },
            StageRecord::Answer {
                consultation,
                region,
                question,
                draft,
            } => Self::AwaitingAnswer {
                consultation: consultation.into(),
                region: region.0,
                question: question.0,
                draft: draft.into_iter().map(|choice| choice.0).collect(),
            },
            StageRecord::Grades {
                consultation,
                region,
            } => Self::AwaitingGrades {
                consultation: consultation.into(),
                region: region.0,
            },
            StageRecord::Card {
                consultation,
                region,
            } => Self::AwaitingCard {
                consultation: consultation.into(),
                region: region.0,
            },
            StageRecord::Wish {
                consultation,
                region,
            } => Self::AwaitingWish {
                consultation: consultation.into(),
                region: region.0,
            },
            StageRecord::Correction {
                consultation,
                region,
                question,
                draft,
            } => Self::AwaitingCorrection {
                consultation: consultation.into(),
                region: region.0,
                question: question.map(|question| question.0),
                draft: draft.into_iter().map(|choice| choice.0).collect(),
            },
            StageRecord::Return { habits } => Self::AwaitingReturn {
                habits: habits.into(),
            },
            StageRecord::EraseConfirmation { then } => Self::AwaitingEraseConfirmation {
                then: Box::new((*then).into()),
            },
            StageRecord::Nothing => Self::Closed,
        }
    }
}

impl From<&Consultation> for ConsultationRecord {
    fn from(consultation: &Consultation) -> Self {
        Self {
            number: consultation.number.0,
            photos: consultation
                .photos
                .iter()
                .map(|photo| PhotoRecord {
                    id: Id(photo.id.0),
                    region: Name(photo.region),
                    album: photo.album.map(|first| Id(first.0)),
                    state: match &photo.state {
                        PhotoState::Waiting => PhotoStateRecord::Waiting,
                        PhotoState::Judged(judgement) => PhotoStateRecord::Judged {
                            judgement: Box::new((&**judgement).into()),
                        },
                        PhotoState::Failed => PhotoStateRecord::Failed,
                    },
                })
                .collect(),
            answers: (&consultation.answers).into(),
            known: (&consultation.known).into(),
            openings: consultation.openings,
            writings: (&consultation.writings).into(),
            red_flags: consultation.red_flags.iter().copied().map(Name).collect(),
            heard: consultation.heard.iter().copied().map(Name).collect(),
        }
    }
}

impl From<ConsultationRecord> for Consultation {
    fn from(record: ConsultationRecord) -> Self {
        Self {
            number: ConsultationNumber(record.number),
            photos: record
                .photos
                .into_iter()
                .map(|photo| Photo {
                    id: PhotoId(photo.id.0),
                    region: photo.region.0,
                    album: photo.album.map(|first| PhotoId(first.0)),
                    state: match photo.state {
                        PhotoStateRecord::Waiting => PhotoState::Waiting,
                        PhotoStateRecord::Judged { judgement } => {
                            PhotoState::Judged(Box::new((*judgement).into()))
                        }
                        PhotoStateRecord::Failed => PhotoState::Failed,
                    },
                })
                .collect(),
            answers: record.answers.into(),
            known: record.known.into(),
            openings: record.openings,
            writings: record.writings.into(),
            red_flags: record.red_flags.into_iter().map(|flag| flag.0).collect(),
            heard: record.heard.into_iter().map(|flag| flag.0).collect(),
        }
    }
}
