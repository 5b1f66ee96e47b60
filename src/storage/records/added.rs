//! Samples of what came to version 1 later: new fields have defaults, new variants new names.

use super::samples::{consultation, sparse_answers};
use crate::domain::consultation::{
    Consent, Consultation, ConsultationNumber, Conversation, Effect, Language, Message, Purpose,
    Slot, Stage,
};
use crate::domain::scalp::{Choice, Question, Region};

pub(super) fn conversations() -> Vec<Conversation> {
    let moved = Consultation {
        known: sparse_answers(),
        openings: 3,
        ..consultation()
    };
    [
        Stage::AwaitingAnswer {
            consultation: moved.clone(),
            region: Region::Crown,
            question: Question::Products,
            draft: [Choice::ProductRinse, Choice::ProductSerum].into(),
        },
        Stage::AwaitingCorrection {
            consultation: moved,
            region: Region::Crown,
            question: Some(Question::HairState),
            draft: [Choice::HairWig].into(),
        },
        Stage::AwaitingReturn {
            habits: sparse_answers(),
        },
    ]
    .into_iter()
    .map(|stage| Conversation {
        stage,
        ..Conversation::new(Language::English)
    })
    .collect()
}

pub(super) fn effects() -> Vec<Effect> {
    let consultation = ConsultationNumber(3);
    let slots = [
        None,
        Some(Slot::Survey {
            consultation,
            opening: 2,
        }),
        Some(Slot::Review {
            consultation,
            opening: 1,
        }),
    ];
    [
        Message::AnswerChanged,
        Message::ChooseLanguage,
        Message::Help,
        Message::Privacy {
            consents: Vec::new(),
        },
        Message::Privacy {
            consents: [Purpose::Basic, Purpose::Sensitive]
                .map(|purpose| Consent {
                    purpose,
                    version: 1,
                    given_at: "2026-11-23T12:34:56.789012345Z".parse().unwrap(),
                })
                .to_vec(),
        },
        Message::ConsentWithdrawn(Purpose::Basic),
        Message::ConsentWithdrawn(Purpose::Sensitive),
        Message::ConsultationCancelled,
        Message::SurveyStopped,
        Message::NothingToCancel,
    ]
    .into_iter()
    .zip(slots.into_iter().cycle())
    .map(|(message, slot)| Effect::Send {
        message: Box::new(message),
        language: Language::Korean,
        slot,
    })
    .chain([Effect::ForgetCards {
        consultations: vec![ConsultationNumber(1), consultation],
    }])
    .collect()
}
