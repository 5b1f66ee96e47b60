//! One sample of everything that is stored, in every shape it can have.

use std::collections::BTreeSet;

use uuid::Uuid;

use super::EntryContent;
use crate::domain::consultation::{
    AfterPhoto, AfterTips, Asking, Card, Consent, Consultation, ConsultationNumber, Conversation,
    Effect, Expected, Language, Message, Photo, PhotoState, Purpose, ResultSummary, Slot, Stage,
    Unusable,
};
use crate::domain::guidance::{CareLevel, Fixed, Guidance, Modifier, RedFlag, Snippet};
use crate::domain::scalp::{
    Answer, Answers, Choice, Condition, Grade, Grades, Heatmap, Heatmaps, Judgement, ModelIdentity,
    PhotoId, Question, Region, ScalpType, Severity, Verdict, View,
};
use crate::ports::Utterance;

pub(super) fn photo_id(number: u128) -> PhotoId {
    PhotoId(Uuid::from_u128(number))
}

fn model() -> ModelIdentity {
    ModelIdentity {
        id: "sample/1".to_owned(),
        is_demonstration: true,
        trained_on: "Generated \"images\" only.".to_owned(),
    }
}

pub(super) fn grades() -> Grades {
    Grades::new(std::array::from_fn(|index| Grade {
        severity: Severity::ALL[index % 4],
        probabilities: [0.1, 0.2, 0.3, 0.4],
        confidence: 1.0 / 3.0,
        is_certain: index != 2,
    }))
}

fn judgement(verdict: Verdict) -> Box<Judgement> {
    let is_graded = verdict == Verdict::Graded;
    Box::new(Judgement {
        verdict,
        view: is_graded.then_some(View {
            close_up: 0.7,
            from_afar: 0.2,
            other: 0.1,
        }),
        grades: is_graded.then(grades),
        is_soft: is_graded,
        model: model(),
    })
}

/// Every choice of every question, each question in one of its ways to be answered.
fn answers() -> Answers {
    let all = Question::ALL
        .into_iter()
        .filter(|question| question.choices().next().is_some())
        .fold(Answers::default(), |answers, question| {
            let chosen: BTreeSet<Choice> = question.choices().collect();
            answers.with(question, Answer::Chosen(chosen))
        });
    all.with(
        Question::FreeLine,
        Answer::Words("간지러워요 <b>\"\\\n😀".to_owned()),
    )
}

pub(super) fn sparse_answers() -> Answers {
    Answers::default()
        .with(Question::AgeBand, Answer::Skipped)
        .with(Question::RedFlags, Answer::Chosen(BTreeSet::new()))
}

pub(super) fn consultation() -> Consultation {
    let states = Verdict::ALL
        .into_iter()
        .map(|verdict| PhotoState::Judged(judgement(verdict)))
        .chain([PhotoState::Waiting, PhotoState::Failed]);
    Consultation {
        photos: (0..)
            .zip(states)
            .map(|(number, state)| Photo {
                id: photo_id(number),
                region: Region::ALL[usize::try_from(number).unwrap() % Region::ALL.len()],
                state,
                album: None,
            })
            .collect(),
        answers: answers(),
        red_flags: RedFlag::ALL.into_iter().collect(),
        ..Consultation::new(ConsultationNumber(3))
    }
}

fn stages() -> Vec<Stage> {
    let empty = Consultation::new(ConsultationNumber(1));
    let mut stages = vec![
        Stage::AwaitingFirstContact,
        Stage::AwaitingLanguage,
        Stage::AwaitingAge,
        Stage::AwaitingConsent {
            purpose: Purpose::Basic,
        },
        Stage::AwaitingConsent {
            purpose: Purpose::Sensitive,
        },
        Stage::AwaitingChangeOfMind,
        Stage::AwaitingRegion {
            consultation: empty.clone(),
        },
        Stage::AwaitingPhoto {
            consultation: Consultation {
                answers: sparse_answers(),
                ..empty
            },
            region: Region::Unknown,
        },
        Stage::AwaitingGrades {
            consultation: consultation(),
            region: Region::Left,
        },
        Stage::AwaitingCard {
            consultation: consultation(),
            region: Region::Right,
        },
        Stage::AwaitingWish {
            consultation: consultation(),
            region: Region::Back,
        },
        Stage::AwaitingCorrection {
            consultation: consultation(),
            region: Region::Crown,
            question: None,
            draft: BTreeSet::new(),
        },
        Stage::AwaitingCorrection {
            consultation: consultation(),
            region: Region::Crown,
            question: Some(Question::Products),
            draft: BTreeSet::new(),
        },
    ];
    stages.extend(
        Question::ALL
            .into_iter()
            .map(|question| Stage::AwaitingAnswer {
                consultation: Consultation::new(ConsultationNumber(2)),
                region: Region::Crown,
                question,
                draft: BTreeSet::new(),
            }),
    );
    let then = Box::new(Stage::AwaitingPhoto {
        consultation: consultation(),
        region: Region::Crown,
    });
    stages.push(Stage::AwaitingEraseConfirmation { then });
    stages.push(Stage::Closed);
    stages
}

pub(super) fn conversations() -> Vec<Conversation> {
    stages()
        .into_iter()
        .enumerate()
        .map(|(number, stage)| Conversation {
            language: Language::ALL[number % Language::ALL.len()],
            consents: [Purpose::Basic, Purpose::Sensitive]
                .into_iter()
                .take(number % 3)
                .map(|purpose| Consent {
                    purpose,
                    version: 1,
                    given_at: "2026-11-23T12:34:56.789012345Z".parse().unwrap(),
                })
                .collect(),
            consultations: u32::try_from(number).unwrap(),
            stage,
            ..Conversation::new(Language::Korean)
        })
        .collect()
}

fn summary(scalp_type: ScalpType) -> ResultSummary {
    ResultSummary {
        consultation: ConsultationNumber(3),
        grades: grades(),
        scalp_type,
        regions: Region::ALL.to_vec(),
        spots: 4,
        model: model(),
    }
}

pub(super) fn guidance(care_level: CareLevel) -> Guidance {
    let snippet = |(condition, severity)| Snippet {
        condition,
        severity,
        is_certain: severity == Severity::Mild,
    };
    Guidance {
        care_level,
        red_flags: RedFlag::ALL.into_iter().collect(),
        fixed: Fixed::ALL.to_vec(),
        snippets: Condition::ALL
            .into_iter()
            .zip(Severity::ALL.into_iter().cycle())
            .map(snippet)
            .collect(),
        modifiers: Modifier::ALL.to_vec(),
    }
}

#[expect(
    clippy::too_many_lines,
    reason = "a list of everything is as long as it is"
)]
fn messages() -> Vec<Message> {
    let mut messages = vec![
        Message::Hello,
        Message::AskAge,
        Message::AskConsent(Purpose::Basic),
        Message::TooYoung,
        Message::ConsentRefused(Purpose::Sensitive),
        Message::GeneralTips {
            then: AfterTips::OfferConsent,
        },
        Message::GeneralTips {
            then: AfterTips::OfferConsultation,
        },
        Message::PhotoGuide,
        Message::AskRegion,
        Message::AskPhoto {
            region: Region::Crown,
            left: 4,
        },
        Message::PhotoReceived {
            number: 1,
            is_region_open: false,
            then: AfterPhoto::OfferMore {
                left: 3,
                can_go_on: true,
            },
        },
        Message::PhotoFailed {
            number: 2,
            then: AfterPhoto::Nothing,
        },
        Message::TooManyPhotos { limit: 4 },
        Message::Ask {
            question: Question::Sex,
            answers: answers(),
            asking: Asking::InTurn,
        },
        Message::Ask {
            question: Question::FreeLine,
            answers: sparse_answers(),
            asking: Asking::Again,
        },
        Message::AnswersReview { answers: answers() },
        Message::AnswersKept,
        Message::SurveyDone,
        Message::WordsCut { kept: 500 },
        Message::PreparingResult,
        Message::NoUsablePhoto,
        Message::Result {
            summary: summary(ScalpType::Mixed),
            card: None,
        },
        Message::RedFlagNotice {
            red_flags: RedFlag::ALL.into_iter().collect(),
        },
        Message::AskErase,
        Message::EraseDeclined,
        Message::CouldNotErase,
    ];
    messages.extend(Verdict::ALL.map(|verdict| Message::PhotoJudged {
        number: 1,
        verdict,
        is_soft: verdict == Verdict::Graded,
        is_region_open: false,
        then: AfterPhoto::Nothing,
    }));
    messages.extend(
        [
            Unusable::ConsentMissing,
            Unusable::Unreadable,
            Unusable::Empty,
            Unusable::Heic,
            Unusable::TooManyBytes {
                limit_megabytes: 20,
            },
            Unusable::TooManyPixels {
                limit_megapixels: 120,
            },
            Unusable::TooSmall { needed_pixels: 160 },
            Unusable::NotStored,
        ]
        .map(Message::PhotoUnusable),
    );
    messages.extend(ScalpType::ALL.map(|scalp_type| Message::Result {
        summary: summary(scalp_type),
        card: Some(Card {
            consultation: ConsultationNumber(3),
        }),
    }));
    messages.extend(CareLevel::ALL.map(|care_level| Message::Guidance {
        guidance: guidance(care_level),
        consultation: ConsultationNumber(3),
        advice: None,
    }));
    messages.extend(
        [
            Expected::Button,
            Expected::Region,
            Expected::Photo,
            Expected::Patience,
        ]
        .map(Message::NotUnderstood),
    );
    messages
}

pub(super) fn effects() -> Vec<Effect> {
    let slots = [
        None,
        Some(Slot::Survey {
            consultation: ConsultationNumber(3),
            opening: 0,
        }),
        Some(Slot::Photo(photo_id(7))),
        Some(Slot::Result(ConsultationNumber(3))),
        Some(Slot::Guidance {
            consultation: ConsultationNumber(3),
            telling: 0,
        }),
    ];
    let mut effects: Vec<Effect> = messages()
        .into_iter()
        .enumerate()
        .map(|(number, message)| Effect::Send {
            message: Box::new(message),
            language: Language::ALL[number % Language::ALL.len()],
            slot: slots[number % slots.len()],
        })
        .collect();
    effects.extend([
        Effect::GradePhoto { photo: photo_id(1) },
        Effect::DrawCard {
            summary: Box::new(summary(ScalpType::Good)),
            photo: photo_id(1),
            language: Language::English,
        },
        Effect::ForgetPhotos {
            photos: vec![photo_id(1), photo_id(u128::MAX)],
        },
        Effect::ForgetPhotos { photos: Vec::new() },
        Effect::ErasePerson,
    ]);
    effects
}

pub(super) fn entries() -> Vec<EntryContent> {
    vec![
        EntryContent::Person(Utterance::Text("네 <script> \"😀\"".to_owned())),
        EntryContent::Person(Utterance::Photo(photo_id(9))),
        EntryContent::Dupi {
            content: "{\"paragraphs\":[\"안녕하세요\"]}".to_owned(),
        },
    ]
}

pub(super) fn heatmaps() -> Vec<Heatmaps> {
    vec![Heatmaps {
        maps: std::array::from_fn(|index| Heatmap {
            width: 3,
            height: 2,
            values: vec![0, 255, 128, 1, 2, u8::try_from(index).unwrap()],
        }),
        covers: [0.0, 0.125, 1.0, 0.75],
    }]
}
