//! The places that messages go to.

use serde::{Deserialize, Serialize};

use super::names::{Id, is_zero};
use crate::domain::consultation::{ConsultationNumber, Slot};
use crate::domain::scalp::PhotoId;

#[derive(Debug, Serialize, Deserialize)]
#[serde(tag = "slot", rename_all = "snake_case")]
pub(super) enum SlotRecord {
    Survey {
        consultation: u32,
        #[serde(default, skip_serializing_if = "is_zero")]
        opening: u32,
    },
    Review {
        consultation: u32,
        opening: u32,
    },
    Photo {
        photo: Id,
    },
    Album {
        first: Id,
    },
    Region {
        photo: Id,
    },
    Result {
        consultation: u32,
    },
    Guidance {
        consultation: u32,
        #[serde(default, skip_serializing_if = "is_zero")]
        telling: u32,
    },
    Answer {
        question: u32,
    },
}

impl From<Slot> for SlotRecord {
    fn from(slot: Slot) -> Self {
        match slot {
            Slot::Survey {
                consultation,
                opening,
            } => Self::Survey {
                consultation: consultation.0,
                opening,
            },
            Slot::Review {
                consultation,
                opening,
            } => Self::Review {
                consultation: consultation.0,
                opening,
            },
            Slot::Photo(photo) => Self::Photo { photo: Id(photo.0) },
            Slot::Album(first) => Self::Album { first: Id(first.0) },
            Slot::Region(photo) => Self::Region { photo: Id(photo.0) },
            Slot::Result(number) => Self::Result {
                consultation: number.0,
            },
            Slot::Guidance {
                consultation,
                telling,
            } => Self::Guidance {
                consultation: consultation.0,
                telling,
            },
            Slot::Answer(question) => Self::Answer { question },
        }
    }
}

impl From<SlotRecord> for Slot {
    fn from(record: SlotRecord) -> Self {
        match record {
            SlotRecord::Survey {
                consultation,
                opening,
            } => Self::Survey {
                consultation: ConsultationNumber(consultation),
                opening,
            },
            SlotRecord::Review {
                consultation,
                opening,
            } => Self::Review {
                consultation: ConsultationNumber(consultation),
                opening,
            },
            SlotRecord::Photo { photo } => Self::Photo(PhotoId(photo.0)),
            SlotRecord::Album { first } => Self::Album(PhotoId(first.0)),
            SlotRecord::Region { photo } => Self::Region(PhotoId(photo.0)),
            SlotRecord::Result { consultation } => Self::Result(ConsultationNumber(consultation)),
            SlotRecord::Guidance {
                consultation,
                telling,
            } => Self::Guidance {
                consultation: ConsultationNumber(consultation),
                telling,
            },
            SlotRecord::Answer { question } => Self::Answer(question),
        }
    }
}
