//! Samples of what came to version 1 with texts that are worded, and with questions.

use super::added;
use super::samples::{consultation, grades, guidance, sparse_answers};
use crate::domain::consultation::{
    Advice, Answered, AwaitedAnswer, Consultation, ConsultationNumber, Conversation, DailyCount,
    Effect, Language, Message, Rateable, Rated, RatedKind, RatingMark, Slot, Stage, Writings,
};
use crate::domain::guidance::{
    AdviceBrief, CareLevel, Exchange, PassageId, QuestionBrief, WordedAdvice, Writer,
};
use crate::domain::scalp::Region;

fn writer() -> Writer {
    Writer {
        model: "a/model:latest".to_owned(),
        prompts: 3,
    }
}

fn advice() -> WordedAdvice {
    WordedAdvice {
        summary: "두피가 \"조금\" 기름져요.\n그래도 괜찮아요.".to_owned(),
        today: vec!["미지근한 물로 감기".to_owned(), String::new()],
        week: Vec::new(),
        avoid: vec!["긁기".to_owned()],
        writer: writer(),
    }
}

fn passages() -> Vec<PassageId> {
    ["dandruff-2", "dye_when"]
        .map(|id| PassageId(id.to_owned()))
        .to_vec()
}

fn exchange() -> Exchange {
    Exchange {
        question: "염색은 언제 해도 되나요?".to_owned(),
        answer: "가라앉은 뒤에요.".to_owned(),
    }
}

fn brief() -> AdviceBrief {
    AdviceBrief {
        guidance: guidance(CareLevel::HomeCare),
        grades: Some(grades()),
        answers: sparse_answers(),
    }
}

pub(super) fn conversations() -> Vec<Conversation> {
    let language = Language::English;
    let writings = [
        Writings {
            advice: Advice::Awaited { language },
            orders: 1,
            tellings: 1,
            awaited: Some(AwaitedAnswer {
                number: 7,
                question: "비듬은 왜 생겨요?".to_owned(),
                passages: passages(),
            }),
            ..Writings::default()
        },
        Writings {
            advice: Advice::Worded {
                language,
                number: 2,
                advice: Box::new(advice()),
            },
            orders: 2,
            tellings: 3,
            awaited: None,
            earlier: vec![exchange()],
            last_passages: passages(),
        },
    ];
    writings
        .into_iter()
        .map(|writings| Conversation {
            texts: 7,
            rateable: [Some(writer()), None]
                .into_iter()
                .zip(RatedKind::ALL)
                .zip(1..)
                .map(|((writer, kind), number)| Rated {
                    number,
                    kind,
                    writer,
                })
                .collect(),
            questions: DailyCount {
                day: Some("2026-11-28".parse().unwrap()),
                count: 5,
            },
            stage: Stage::AwaitingWish {
                consultation: Consultation {
                    writings,
                    ..consultation()
                },
                region: Region::Crown,
            },
            ..added::conversations().remove(0)
        })
        .collect()
}

pub(super) fn effects() -> Vec<Effect> {
    let mark = RatingMark::of(40);
    let slots = [
        Some(Slot::Guidance {
            consultation: ConsultationNumber(3),
            telling: 2,
        }),
        Some(Slot::Answer(7)),
        None,
    ];
    let answer = |answer, sees_dermatologist| Message::Answer {
        answer,
        sees_dermatologist,
    };
    let messages = [
        Message::Guidance {
            guidance: guidance(CareLevel::HomeCare),
            consultation: ConsultationNumber(3),
            advice: Some(Box::new(Rateable {
                text: advice(),
                mark,
            })),
        },
        answer(
            Answered::Worded(Rateable {
                text: "가라앉은 뒤에 해 주세요.".to_owned(),
                mark,
            }),
            true,
        ),
        answer(
            Answered::Prepared(Rateable {
                text: passages(),
                mark,
            }),
            false,
        ),
        Message::InviteQuestion,
        Message::Answering,
        Message::ManyAreAsking,
        Message::OffTopic,
        Message::OneQuestionAtATime,
        Message::QuestionsUsedUp { limit: 20 },
        Message::RatingKept,
    ];
    let sends = messages.into_iter().zip(slots.into_iter().cycle());
    let sends = sends.map(|(message, slot)| Effect::Send {
        message: Box::new(message),
        language: Language::Korean,
        slot,
    });
    sends
        .chain([
            Effect::WriteAdvice {
                consultation: ConsultationNumber(3),
                order: 2,
                brief: Box::new(brief()),
                language: Language::Korean,
            },
            Effect::AnswerQuestion {
                question: 7,
                brief: Box::new(QuestionBrief {
                    question: "비듬은 왜 생겨요?".to_owned(),
                    passages: passages(),
                    about: AdviceBrief {
                        grades: None,
                        ..brief()
                    },
                    earlier: vec![exchange()],
                }),
                language: Language::English,
            },
            Effect::KeepRating {
                rated: Rated {
                    number: 7,
                    kind: RatedKind::Answer,
                    writer: Some(writer()),
                },
                is_helpful: true,
            },
        ])
        .collect()
}
