//! Where a message stands that is edited in place.

use super::ConsultationNumber;
use crate::domain::scalp::PhotoId;

/// A place in the conversation that holds one message at a time: a newer message for the same slot
/// takes the place of the older one, where the channel can edit.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Slot {
    /// The survey of one consultation. It moves to a new place, with a higher `opening`, when the
    /// person asks to go on.
    Survey {
        consultation: ConsultationNumber,
        opening: u32,
    },
    /// The review of the answers and their correction, a new place for every opening.
    Review {
        consultation: ConsultationNumber,
        opening: u32,
    },
    /// What becomes of one photo.
    Photo(PhotoId),
    /// What becomes of the photos that came together, by the first of them.
    Album(PhotoId),
    /// Which region a photo shows.
    Region(PhotoId),
    /// The waiting for the result, and then the result.
    Result(ConsultationNumber),
    /// The guidance under the result: a new place, with a higher `telling`, whenever it is told again.
    Guidance {
        consultation: ConsultationNumber,
        telling: u32,
    },
    /// The answer to the question of that number.
    Answer(u32),
}

impl Slot {
    /// A short name, unique in the conversation and the same for ever.
    pub fn id(self) -> String {
        match self {
            Self::Survey {
                consultation,
                opening: 0,
            } => format!("survey:{}", consultation.0),
            Self::Survey {
                consultation,
                opening,
            } => format!("survey:{}:{opening}", consultation.0),
            Self::Review {
                consultation,
                opening,
            } => format!("review:{}:{opening}", consultation.0),
            Self::Photo(photo) => format!("photo:{}", photo.0),
            Self::Album(first) => format!("album:{}", first.0),
            Self::Region(photo) => format!("region:{}", photo.0),
            Self::Result(consultation) => format!("result:{}", consultation.0),
            Self::Guidance {
                consultation,
                telling,
            } => format!("guidance:{}:{telling}", consultation.0),
            Self::Answer(question) => format!("answer:{question}"),
        }
    }
}
