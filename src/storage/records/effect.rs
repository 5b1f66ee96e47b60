//! Effects that wait to be carried out.

use serde::{Deserialize, Serialize};

use super::message::{MessageRecord, SummaryRecord};
use super::names::{Id, Name};
use super::slot::SlotRecord;
use super::writing::{BriefRecord, QuestionRecord, RatedRecord};
use crate::domain::consultation::{ConsultationNumber, Effect, FileReference, Language, SentFile};
use crate::domain::scalp::PhotoId;

#[derive(Debug, Serialize, Deserialize)]
#[serde(tag = "effect", rename_all = "snake_case")]
pub(super) enum EffectRecord {
    Send {
        message: Box<MessageRecord>,
        language: Name<Language>,
        slot: Option<SlotRecord>,
    },
    GradePhoto {
        photo: Id,
    },
    DrawCard {
        summary: Box<SummaryRecord>,
        photo: Id,
        language: Name<Language>,
    },
    FetchPhotos {
        files: Vec<SentFileRecord>,
        #[serde(default, skip_serializing_if = "Option::is_none")]
        sent_in: Option<u32>,
    },
    ForgetPhotos {
        photos: Vec<Id>,
    },
    ForgetCards {
        consultations: Vec<u32>,
    },
    WriteAdvice {
        consultation: u32,
        order: u32,
        brief: Box<BriefRecord>,
        language: Name<Language>,
    },
    AnswerQuestion {
        question: u32,
        brief: Box<QuestionRecord>,
        language: Name<Language>,
    },
    KeepRating {
        rated: RatedRecord,
        is_helpful: bool,
    },
    ErasePerson,
}

/// A file that is with its channel.
#[derive(Debug, Serialize, Deserialize)]
pub(super) struct SentFileRecord {
    photo: Id,
    reference: String,
}

impl From<&SentFile> for SentFileRecord {
    fn from(sent: &SentFile) -> Self {
        Self {
            photo: Id(sent.photo.0),
            reference: sent.file.0.clone(),
        }
    }
}

impl From<SentFileRecord> for SentFile {
    fn from(record: SentFileRecord) -> Self {
        Self {
            photo: PhotoId(record.photo.0),
            file: FileReference(record.reference),
        }
    }
}

impl From<&Effect> for EffectRecord {
    fn from(effect: &Effect) -> Self {
        match effect {
            Effect::Send {
                message,
                language,
                slot,
            } => Self::Send {
                message: Box::new((&**message).into()),
                language: Name(*language),
                slot: slot.map(Into::into),
            },
            Effect::GradePhoto { photo } => Self::GradePhoto { photo: Id(photo.0) },
            Effect::DrawCard {
                summary,
                photo,
                language,
            } => Self::DrawCard {
                summary: Box::new((&**summary).into()),
                photo: Id(photo.0),
                language: Name(*language),
            },
            Effect::FetchPhotos { files, sent_in } => Self::FetchPhotos {
                files: files.iter().map(Into::into).collect(),
                sent_in: sent_in.map(|consultation| consultation.0),
            },
            Effect::ForgetPhotos { photos } => Self::ForgetPhotos {
                photos: photos.iter().map(|photo| Id(photo.0)).collect(),
            },
            Effect::ForgetCards { consultations } => Self::ForgetCards {
                consultations: consultations.iter().map(|number| number.0).collect(),
            },
            Effect::WriteAdvice {
                consultation,
                order,
                brief,
                language,
            } => Self::WriteAdvice {
                consultation: consultation.0,
                order: *order,
                brief: Box::new((&**brief).into()),
                language: Name(*language),
            },
            Effect::AnswerQuestion {
                question,
                brief,
                language,
            } => Self::AnswerQuestion {
                question: *question,
                brief: Box::new((&**brief).into()),
                language: Name(*language),
            },
            Effect::KeepRating { rated, is_helpful } => Self::KeepRating {
                rated: rated.into(),
                is_helpful: *is_helpful,
            },
            Effect::ErasePerson => Self::ErasePerson,
        }
    }
}

impl From<EffectRecord> for Effect {
    fn from(record: EffectRecord) -> Self {
        match record {
            EffectRecord::Send {
                message,
                language,
                slot,
            } => Self::Send {
                message: Box::new((*message).into()),
                language: language.0,
                slot: slot.map(Into::into),
            },
            EffectRecord::GradePhoto { photo } => Self::GradePhoto {
                photo: PhotoId(photo.0),
            },
            EffectRecord::DrawCard {
                summary,
                photo,
                language,
            } => Self::DrawCard {
                summary: Box::new((*summary).into()),
                photo: PhotoId(photo.0),
                language: language.0,
            },
            EffectRecord::FetchPhotos { files, sent_in } => Self::FetchPhotos {
                files: files.into_iter().map(Into::into).collect(),
                sent_in: sent_in.map(ConsultationNumber),
            },
            EffectRecord::ForgetPhotos { photos } => Self::ForgetPhotos {
                photos: photos.into_iter().map(|photo| PhotoId(photo.0)).collect(),
            },
            EffectRecord::ForgetCards { consultations } => Self::ForgetCards {
                consultations: consultations.into_iter().map(ConsultationNumber).collect(),
            },
            EffectRecord::WriteAdvice {
                consultation,
                order,
                brief,
                language,
            } => Self::WriteAdvice {
                consultation: ConsultationNumber(consultation),
                order,
                brief: Box::new((*brief).into()),
                language: language.0,
            },
            EffectRecord::AnswerQuestion {
                question,
                brief,
                language,
            } => Self::AnswerQuestion {
                question,
                brief: Box::new((*brief).into()),
                language: language.0,
            },
            EffectRecord::KeepRating { rated, is_helpful } => Self::KeepRating {
                rated: rated.into(),
                is_helpful,
            },
            EffectRecord::ErasePerson => Self::ErasePerson,
        }
    }
}
