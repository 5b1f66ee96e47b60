//! Examples of everything that can be said, happen or be waited for, for tests that walk them all.

use std::collections::BTreeSet;

use dupi::domain::consultation::{
    AfterPhoto, AfterTips, AlbumPhoto, Answered, Asking, Button, Card, Command, Consent,
    Consultation, ConsultationNumber, Event, Expected, FileReference, Found, Language, Mark,
    Message, Photo, PhotoState, Purpose, Rateable, RatingMark, ResultSummary, SentFile, Stage,
    Unusable, Words, Written,
};
use dupi::domain::guidance::{
    PassageId, RedFlag, RedFlags, Topic, WordedAdvice, WordedAnswer, Writer, advise,
};
use dupi::domain::scalp::{
    Answer, Answers, Choice, Condition, Grade, Grades, Judgement, ModelIdentity, PhotoId, Question,
    Region, ScalpType, Selection, Severity, Verdict, View,
};
use uuid::Uuid;

pub(crate) fn photo_id(number: u128) -> PhotoId {
    PhotoId(Uuid::from_u128(number))
}

pub(crate) fn model() -> ModelIdentity {
    ModelIdentity {
        id: "fixed/1".to_owned(),
        is_demonstration: true,
        trained_on: "Nothing: the grades are fixed.".to_owned(),
    }
}

pub(crate) fn grade(severity: Severity) -> Grade {
    let mut probabilities = [0.02; 4];
    probabilities[usize::from(severity.number())] = 0.94;
    Grade {
        severity,
        probabilities,
        confidence: 0.94,
        is_certain: true,
    }
}

/// Grades by the dataset's numbers, in the dataset's order.
pub(crate) fn grades(numbers: [u8; 6]) -> Grades {
    Grades::new(
        numbers.map(|number| grade(Severity::from_number(number).expect("0 to 3 is a severity"))),
    )
}

pub(crate) fn judgement(numbers: [u8; 6]) -> Judgement {
    Judgement {
        verdict: Verdict::Graded,
        view: Some(View {
            close_up: 0.98,
            from_afar: 0.01,
            other: 0.01,
        }),
        grades: Some(grades(numbers)),
        is_soft: false,
        model: model(),
    }
}

pub(crate) fn refused(verdict: Verdict) -> Judgement {
    Judgement {
        verdict,
        view: None,
        grades: None,
        is_soft: false,
        model: model(),
    }
}

pub(crate) fn summary(numbers: [u8; 6]) -> ResultSummary {
    let grades = grades(numbers);
    ResultSummary {
        consultation: ConsultationNumber(1),
        scalp_type: ScalpType::of(&grades),
        grades,
        regions: vec![Region::Crown, Region::Back],
        spots: 2,
        model: model(),
    }
}

/// Both consents, given late in the evening of a day in Greenwich: the next day in Korea.
pub(crate) fn consents() -> Vec<Consent> {
    [Purpose::Basic, Purpose::Sensitive]
        .map(|purpose| Consent {
            purpose,
            version: 1,
            given_at: "2026-11-23T22:34:56Z".parse().expect("a point in time"),
        })
        .to_vec()
}

/// Every question answered: the first choice, or words.
pub(crate) fn all_answers() -> Answers {
    Question::ALL
        .into_iter()
        .fold(Answers::default(), |answers, question| {
            let answer = match question.selection() {
                Selection::One => Answer::Chosen(question.choices().take(1).collect()),
                Selection::Several => Answer::Chosen(BTreeSet::new()),
                Selection::Words => Answer::Words("가려워요".to_owned()),
            };
            answers.with(question, answer)
        })
}

#[expect(
    clippy::too_many_lines,
    reason = "a list of everything is as long as it is"
)]
pub(crate) fn all_messages() -> Vec<Message> {
    let more = AfterPhoto::OfferMore {
        left: 3,
        can_go_on: true,
    };
    let mut messages = vec![
        Message::Hello,
        Message::AskAge,
        Message::AskConsent(Purpose::Basic),
        Message::AskConsent(Purpose::Sensitive),
        Message::TooYoung,
        Message::ConsentRefused(Purpose::Basic),
        Message::ConsentRefused(Purpose::Sensitive),
        Message::GeneralTips {
            then: AfterTips::OfferConsent,
        },
        Message::GeneralTips {
            then: AfterTips::OfferConsultation,
        },
        Message::GeneralTips {
            then: AfterTips::OfferNewConsultation,
        },
        Message::PhotoGuide,
        Message::AskRegion,
        Message::PhotoReceived {
            number: 1,
            is_region_open: true,
            then: more,
        },
        Message::PhotoFailed {
            number: 2,
            then: AfterPhoto::Nothing,
        },
        Message::TooManyPhotos { limit: 4 },
        Message::AnswersReview {
            answers: all_answers(),
        },
        Message::AnswersKept,
        Message::AnswerChanged,
        Message::ChooseLanguage,
        Message::Help,
        Message::Privacy {
            consents: Vec::new(),
        },
        Message::Privacy {
            consents: consents(),
        },
        Message::ConsentWithdrawn(Purpose::Basic),
        Message::ConsentWithdrawn(Purpose::Sensitive),
        Message::ConsultationCancelled,
        Message::SurveyStopped,
        Message::NothingToCancel,
        Message::SurveyDone,
        Message::WordsCut { kept: Words::KEPT },
        Message::PreparingResult,
        Message::NoUsablePhoto,
        Message::AskErase,
        Message::EraseDeclined,
        Message::CouldNotErase,
        Message::RedFlagNotice {
            red_flags: RedFlag::ALL.into_iter().collect(),
        },
    ];
    messages.extend(
        Region::ALL
            .into_iter()
            .flat_map(|region| [1, 4].map(|left| Message::AskPhoto { region, left })),
    );
    for verdict in Verdict::ALL {
        for then in [
            more,
            AfterPhoto::Nothing,
            AfterPhoto::OfferMore {
                left: 0,
                can_go_on: true,
            },
        ] {
            messages.push(Message::PhotoJudged {
                number: 1,
                verdict,
                is_soft: true,
                is_region_open: then != AfterPhoto::Nothing,
                then,
            });
        }
    }
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
                limit_megapixels: 50,
            },
            Unusable::TooSmall { needed_pixels: 64 },
            Unusable::NotStored,
        ]
        .map(Message::PhotoUnusable),
    );
    for region in Region::ALL {
        messages.push(Message::RegionAssigned { number: 2, region });
    }
    messages.push(Message::AskRegionOf { number: 2 });
    let found = Verdict::ALL
        .map(|verdict| Found::Judged {
            verdict,
            is_soft: false,
        })
        .into_iter()
        .chain([
            Found::Failed,
            Found::Judged {
                verdict: Verdict::Graded,
                is_soft: true,
            },
        ]);
    let judged: Vec<AlbumPhoto> = (1..)
        .zip(found)
        .zip(Region::ALL.into_iter().cycle())
        .map(|((number, found), region)| AlbumPhoto {
            number,
            region,
            found,
        })
        .collect();
    let mut waiting = judged.clone();
    waiting[0].found = Found::Waiting;
    messages.extend([judged, waiting].map(|photos| Message::Album { photos, then: more }));
    for question in Question::ALL {
        for asking in [Asking::InTurn, Asking::Again] {
            messages.push(Message::Ask {
                question,
                answers: all_answers(),
                asking,
            });
        }
    }
    messages.extend(
        [
            Expected::Button,
            Expected::Region,
            Expected::Photo,
            Expected::Patience,
        ]
        .map(Message::NotUnderstood),
    );
    for numbers in [[0; 6], [1; 6], [2; 6], [3; 6], [0, 1, 2, 3, 0, 1]] {
        let card = (numbers[0] > 0).then_some(Card {
            consultation: ConsultationNumber(1),
        });
        messages.push(Message::Result {
            summary: summary(numbers),
            card,
        });
        for red_flags in [RedFlags::new(), RedFlag::ALL.into_iter().collect()] {
            messages.push(Message::Guidance {
                guidance: advise(Some(&grades(numbers)), &all_answers(), &red_flags, true),
                consultation: ConsultationNumber(1),
                advice: None,
            });
        }
    }
    messages.push(Message::Guidance {
        guidance: advise(None, &all_answers(), &RedFlags::new(), false),
        consultation: ConsultationNumber(1),
        advice: None,
    });
    messages.push(Message::Guidance {
        guidance: advise(
            Some(&grades([1; 6])),
            &all_answers(),
            &RedFlags::new(),
            true,
        ),
        consultation: ConsultationNumber(1),
        advice: Some(Box::new(Rateable {
            text: worded_advice(),
            mark: RatingMark::of(1),
        })),
    });
    for sees_dermatologist in [true, false] {
        messages.extend([
            Message::Answer {
                answer: Answered::Worded(Rateable {
                    text: "(5)".to_owned(),
                    mark: RatingMark::of(2),
                }),
                sees_dermatologist,
            },
            Message::Answer {
                answer: Answered::Prepared(Rateable {
                    text: vec![PassageId("dye_when".to_owned())],
                    mark: RatingMark::of(3),
                }),
                sees_dermatologist,
            },
        ]);
    }
    messages.extend([
        Message::InviteQuestion,
        Message::Answering,
        Message::ManyAreAsking,
        Message::OffTopic,
        Message::OneQuestionAtATime,
        Message::QuestionsUsedUp { limit: 20 },
        Message::RatingKept,
    ]);
    messages
}

fn photos() -> Vec<Photo> {
    vec![
        Photo {
            id: photo_id(1),
            region: Region::Crown,
            state: PhotoState::Judged(Box::new(judgement([0, 1, 2, 3, 0, 1]))),
            album: None,
        },
        Photo {
            id: photo_id(2),
            region: Region::Left,
            state: PhotoState::Waiting,
            album: None,
        },
        Photo {
            id: photo_id(3),
            region: Region::Left,
            state: PhotoState::Judged(Box::new(refused(Verdict::TooDark))),
            album: None,
        },
        Photo {
            id: photo_id(4),
            region: Region::Left,
            state: PhotoState::Failed,
            album: None,
        },
    ]
}

pub(crate) fn all_stages() -> Vec<Stage> {
    let region = Region::Crown;
    let empty = Consultation::new(ConsultationNumber(1));
    let full = Consultation {
        photos: photos(),
        answers: all_answers(),
        red_flags: [RedFlag::Distress].into(),
        ..empty.clone()
    };
    let judged = Consultation {
        photos: photos().into_iter().take(1).collect(),
        ..full.clone()
    };
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
        Stage::AwaitingReturn {
            habits: all_answers().habits(),
        },
        Stage::Closed,
    ];
    for consultation in [&empty, &full, &judged] {
        let consultation = || consultation.clone();
        stages.push(Stage::AwaitingRegion {
            consultation: consultation(),
        });
        stages.push(Stage::AwaitingPhoto {
            consultation: consultation(),
            region,
        });
        stages.extend(Question::ALL.map(|question| Stage::AwaitingAnswer {
            consultation: consultation(),
            region,
            question,
            draft: question.choices().take(1).collect(),
        }));
        stages.push(Stage::AwaitingGrades {
            consultation: consultation(),
            region,
        });
        stages.push(Stage::AwaitingCard {
            consultation: consultation(),
            region,
        });
        stages.push(Stage::AwaitingWish {
            consultation: consultation(),
            region,
        });
        stages.extend(
            [
                None,
                Some(Question::Sex),
                Some(Question::Products),
                Some(Question::FreeLine),
            ]
            .map(|question| Stage::AwaitingCorrection {
                consultation: consultation(),
                region,
                question,
                draft: BTreeSet::new(),
            }),
        );
    }
    let confirmations: Vec<Stage> = stages
        .iter()
        .filter(|stage| !matches!(stage, Stage::AwaitingFirstContact | Stage::Closed))
        .map(|stage| Stage::AwaitingEraseConfirmation {
            then: Box::new(stage.clone()),
        })
        .collect();
    stages.extend(confirmations);
    stages
}

pub(crate) fn words(text: &str, red_flags: RedFlags) -> Event {
    Event::Said(Words {
        text: text.to_owned(),
        red_flags,
        topics: Vec::new(),
        was_cut: false,
    })
}

/// Words about something that the knowledge base holds.
pub(crate) fn question(text: &str, topics: Vec<Topic>) -> Event {
    Event::Said(Words {
        text: text.to_owned(),
        red_flags: RedFlags::new(),
        topics,
        was_cut: false,
    })
}

pub(crate) fn writer() -> Writer {
    Writer {
        model: "tiny-ko".to_owned(),
        prompts: 1,
    }
}

/// Guidance as a model words it, in no language.
pub(crate) fn worded_advice() -> WordedAdvice {
    WordedAdvice {
        summary: "(1)".to_owned(),
        today: vec!["(2)".to_owned()],
        week: vec!["(3)".to_owned()],
        avoid: vec!["(4)".to_owned()],
        writer: writer(),
    }
}

#[expect(
    clippy::too_many_lines,
    reason = "a list of everything is as long as it is"
)]
pub(crate) fn all_events() -> Vec<Event> {
    let mut events = vec![
        Event::Opened {
            language: Language::English,
        },
        words("안녕하세요", RedFlags::new()),
        question(
            "염색은 언제 해도 되나요?",
            vec![
                Topic::Condition(Condition::Dandruff),
                Topic::Passage(PassageId("dye_when".to_owned())),
                Topic::Earlier,
            ],
        ),
        Event::Written(Written::Advice {
            consultation: ConsultationNumber(1),
            order: 1,
            advice: Box::new(worded_advice()),
        }),
        Event::Written(Written::NoAdvice {
            consultation: ConsultationNumber(1),
            order: 1,
        }),
        Event::Written(Written::Answer {
            question: 1,
            answer: Box::new(WordedAnswer {
                text: "쉬어 주세요.".to_owned(),
                writer: writer(),
            }),
        }),
        Event::Written(Written::NoAnswer { question: 1 }),
        Event::Written(Written::AnswerQueued { question: 1 }),
        words("", RedFlags::new()),
        words("열이 나고 고름이 나요", [RedFlag::FeverWithPus].into()),
        Event::PhotoTurnedAway(Unusable::Heic),
        Event::FilesAnnounced(vec![sent_file(7)]),
        Event::AlbumArrived {
            photos: vec![photo_id(8), photo_id(9)],
            turned_away: vec![Unusable::Empty],
        },
        Event::ErasingFailed,
    ];
    events.extend(Button::all().into_iter().map(Event::Pressed));
    events.extend(Command::ALL.map(Event::Commanded));
    for question in Question::ALL {
        events.push(Event::Chosen {
            question,
            choices: question.choices().take(1).collect(),
        });
        events.push(Event::Chosen {
            question,
            choices: BTreeSet::new(),
        });
        for mark in [Mark::On, Mark::Off] {
            events.extend(question.choices().take(2).map(|choice| Event::Marked {
                question,
                choice,
                mark,
            }));
        }
        // A choice of another question.
        events.push(Event::Chosen {
            question,
            choices: [Choice::PriorityPrice].into(),
        });
    }
    for (photos, turned_away) in [
        (
            vec![],
            vec![Unusable::Heic, Unusable::Heic, Unusable::Empty],
        ),
        (vec![8], vec![Unusable::Heic]),
        (vec![2, 7, 8], vec![]),
        (vec![5, 6, 7, 8, 9], vec![Unusable::Empty]),
    ] {
        events.push(Event::AlbumArrived {
            photos: photos.into_iter().map(photo_id).collect(),
            turned_away,
        });
    }
    for number in [1, 2, 3, 9] {
        let photo = photo_id(number);
        events.push(Event::PhotoArrived(photo));
        events.push(Event::PhotoJudged {
            photo,
            judgement: Box::new(judgement([3; 6])),
        });
        events.push(Event::PhotoJudged {
            photo,
            judgement: Box::new(refused(Verdict::FromAfar)),
        });
        events.push(Event::PhotoGradingFailed { photo });
    }
    for (number, spots) in [(1, 1), (1, 2), (7, 1)] {
        let consultation = ConsultationNumber(number);
        events.push(Event::CardDrawn {
            consultation,
            spots,
        });
        events.push(Event::CardFailed {
            consultation,
            spots,
        });
    }
    events
}

/// A file with its channel.
pub(crate) fn sent_file(number: u128) -> SentFile {
    SentFile {
        photo: photo_id(number),
        file: FileReference(format!("file {number}")),
    }
}
