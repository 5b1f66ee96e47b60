//! Samples of what came to version 1 later: new fields have defaults, new variants new names.

use super::samples::{consultation, photo_id, sparse_answers};
use crate::domain::consultation::{
    AfterPhoto, AlbumPhoto, Consent, Consultation, ConsultationNumber, Conversation, Effect,
    FileReference, Found, Language, Message, Purpose, SentFile, Slot, Stage,
};
use crate::domain::scalp::{Choice, Question, Region, Verdict};

pub(super) fn conversations() -> Vec<Conversation> {
    let mut moved = Consultation {
        known: sparse_answers(),
        openings: 3,
        ..consultation()
    };
    for photo in &mut moved.photos[..2] {
        photo.album = Some(photo_id(1));
    }
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

fn album() -> Vec<AlbumPhoto> {
    let found = [
        Found::Waiting,
        Found::Judged {
            verdict: Verdict::Blurred,
            is_soft: false,
        },
        Found::Judged {
            verdict: Verdict::Graded,
            is_soft: true,
        },
        Found::Failed,
    ];
    (1..)
        .zip(found)
        .zip(Region::ALL)
        .map(|((number, found), region)| AlbumPhoto {
            number,
            region,
            found,
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
        Some(Slot::Album(photo_id(4))),
        Some(Slot::Region(photo_id(5))),
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
        Message::AskRegionOf { number: 2 },
        Message::RegionAssigned {
            number: 2,
            region: Region::Left,
        },
        Message::PhotoReceived {
            number: 1,
            is_region_open: true,
            then: AfterPhoto::Nothing,
        },
        Message::PhotoJudged {
            number: 1,
            verdict: Verdict::FromAfar,
            is_soft: false,
            is_region_open: true,
            then: AfterPhoto::Nothing,
        },
        Message::Album {
            photos: album(),
            then: AfterPhoto::OfferMore {
                left: 1,
                can_go_on: true,
            },
        },
    ]
    .into_iter()
    .zip(slots.into_iter().cycle())
    .map(|(message, slot)| Effect::Send {
        message: Box::new(message),
        language: Language::Korean,
        slot,
    })
    .chain([
        Effect::ForgetCards {
            consultations: vec![ConsultationNumber(1), consultation],
        },
        Effect::FetchPhotos {
            files: vec![SentFile {
                photo: photo_id(4),
                file: FileReference("a reference".to_owned()),
            }],
            sent_in: None,
        },
    ])
    .collect()
}
