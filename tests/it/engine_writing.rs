//! Texts that are worded, questions, and what is thought of them.

use dupi::domain::consultation::{
    Advice, Answered, Button, Command, Consent, Consultation, ConsultationNumber, Conversation,
    DailyCount, Effect, Event, Expected, Helpful, Language, Message, Photo, PhotoState, Purpose,
    RatedKind, RatingMark, Slot, Stage, Step, Writings, Written,
};
use dupi::domain::guidance::{CareLevel, PassageId, RedFlag, Topic, WordedAnswer};
use dupi::domain::scalp::{Condition, Question, Region};
use jiff::Timestamp;

use crate::support::examples::{judgement, photo_id, question, worded_advice, words, writer};

const NOW: Timestamp = Timestamp::UNIX_EPOCH;

/// Somebody whose photo was graded so, at the last question of the survey.
fn before_the_result(numbers: [u8; 6]) -> Conversation {
    let consultation = Consultation {
        photos: vec![Photo {
            id: photo_id(1),
            region: Region::Crown,
            state: PhotoState::Judged(Box::new(judgement(numbers))),
            album: None,
        }],
        ..Consultation::new(ConsultationNumber(1))
    };
    Conversation {
        consents: [Purpose::Basic, Purpose::Sensitive]
            .map(|purpose| Consent {
                purpose,
                version: Consent::VERSION,
                given_at: NOW,
            })
            .to_vec(),
        consultations: 1,
        stage: Stage::AwaitingCard {
            consultation,
            region: Region::Crown,
        },
        ..Conversation::new(Language::Korean)
    }
}

/// After the result was told.
fn told(numbers: [u8; 6]) -> Step {
    let drawn = Event::CardDrawn {
        consultation: ConsultationNumber(1),
        spots: 1,
    };
    before_the_result(numbers).step(drawn, NOW)
}

fn said(step: &Step) -> Vec<&Message> {
    let messages = step.effects.iter().filter_map(|effect| match effect {
        Effect::Send { message, .. } => Some(&**message),
        _ => None,
    });
    messages.collect()
}

fn orders(step: &Step) -> usize {
    let is_order = |effect: &&Effect| matches!(effect, Effect::WriteAdvice { .. });
    step.effects.iter().filter(is_order).count()
}

fn about(id: &str) -> Vec<Topic> {
    vec![Topic::Passage(PassageId(id.to_owned()))]
}

fn advice_came(order: u32) -> Event {
    Event::Written(Written::Advice {
        consultation: ConsultationNumber(1),
        order,
        advice: Box::new(worded_advice()),
    })
}

fn answer_came(number: u32) -> Event {
    Event::Written(Written::Answer {
        question: number,
        answer: Box::new(WordedAnswer {
            text: "가라앉을 때까지 쉬어 주세요.".to_owned(),
            writer: writer(),
        }),
    })
}

#[test]
fn the_guidance_stands_at_once_and_is_worded_in_its_place() {
    let step = told([1, 0, 0, 0, 2, 0]);
    assert_eq!(orders(&step), 1);
    let Some(Message::Guidance { advice: None, .. }) = said(&step).last() else {
        panic!("{:?}", said(&step));
    };
    let worded = step.conversation.step(advice_came(1), NOW);
    let Effect::Send { message, slot, .. } = &worded.effects[0] else {
        panic!("{:?}", worded.effects);
    };
    assert_eq!(
        *slot,
        Some(Slot::Guidance {
            consultation: ConsultationNumber(1),
            telling: 1,
        })
    );
    assert!(matches!(
        &**message,
        Message::Guidance {
            advice: Some(_),
            ..
        }
    ));
    // A second time it is late.
    let again = worded.conversation.clone().step(advice_came(1), NOW);
    assert_eq!(again.effects, []);
    assert_eq!(again.conversation, worded.conversation);
}

#[test]
fn without_a_text_nothing_is_said() {
    let step = told([1, 0, 0, 0, 2, 0]);
    let nothing = step.conversation.step(
        Event::Written(Written::NoAdvice {
            consultation: ConsultationNumber(1),
            order: 1,
        }),
        NOW,
    );
    assert_eq!(nothing.effects, []);
}

#[test]
fn what_belongs_to_a_doctor_today_is_not_worded() {
    let mut conversation = before_the_result([1; 6]);
    let Stage::AwaitingCard { consultation, .. } = &mut conversation.stage else {
        panic!("a card is awaited");
    };
    consultation.red_flags.insert(RedFlag::FeverWithPus);
    let drawn = Event::CardDrawn {
        consultation: ConsultationNumber(1),
        spots: 1,
    };
    let step = conversation.step(drawn, NOW);
    assert_eq!(orders(&step), 0);
    let asked = step
        .conversation
        .step(question("염색은 언제?", about("dye_when")), NOW);
    let [
        Message::Answer {
            answer: Answered::Prepared(_),
            sees_dermatologist: true,
        },
    ] = said(&asked)[..]
    else {
        panic!("{:?}", said(&asked));
    };
}

#[test]
fn a_changed_answer_has_the_guidance_worded_anew_and_the_old_words_are_late() {
    let step = told([1, 0, 0, 0, 2, 0]);
    let correcting = step.conversation.step(
        Event::Pressed(Button::Correct(Question::ShampooFrequency)),
        NOW,
    );
    let skipped = Event::Pressed(Button::Skip(Question::ShampooFrequency));
    let corrected = correcting.conversation.step(skipped, NOW);
    assert_eq!(orders(&corrected), 1);
    let late = corrected.conversation.clone().step(advice_came(1), NOW);
    assert_eq!(late.effects, []);
    let in_time = corrected.conversation.step(advice_came(2), NOW);
    assert_eq!(said(&in_time).len(), 1);
}

#[test]
fn in_another_language_it_is_worded_anew() {
    let worded = told([1, 0, 0, 0, 2, 0])
        .conversation
        .step(advice_came(1), NOW);
    let english = Event::Pressed(Button::Speak(Language::English));
    let step = worded.conversation.step(english, NOW);
    assert_eq!(orders(&step), 1);
    assert!(matches!(
        said(&step)[..],
        [Message::Guidance { advice: None, .. }]
    ));
    let again = step.conversation.step(
        Event::Opened {
            language: Language::English,
        },
        NOW,
    );
    assert_eq!(orders(&again), 0, "it is being worded");
}

#[test]
fn a_question_is_answered_from_what_was_found_and_remembered() {
    let step = told([1, 0, 0, 0, 2, 0]);
    let topics = vec![
        Topic::Condition(Condition::Dandruff),
        Topic::Passage(PassageId("dye_when".to_owned())),
    ];
    let asked = step
        .conversation
        .step(question("비듬이 있는데 염색해도 되나요?", topics), NOW);
    let [
        Effect::Send { message, slot, .. },
        Effect::AnswerQuestion {
            question: number,
            brief,
            ..
        },
    ] = &asked.effects[..]
    else {
        panic!("{:?}", asked.effects);
    };
    assert_eq!(**message, Message::Answering);
    assert_eq!(*slot, Some(Slot::Answer(*number)));
    let ids: Vec<&str> = brief.passages.iter().map(|id| id.0.as_str()).collect();
    assert_eq!(ids, ["dandruff-2", "dye_when"], "the row of what was seen");

    let impatient = asked
        .conversation
        .clone()
        .step(question("염색은요?", about("dye_when")), NOW);
    assert_eq!(said(&impatient), [&Message::OneQuestionAtATime]);

    let queued = Event::Written(Written::AnswerQueued { question: *number });
    let queued = asked.conversation.clone().step(queued, NOW);
    assert_eq!(said(&queued), [&Message::ManyAreAsking]);

    let answered = asked.conversation.clone().step(answer_came(*number), NOW);
    assert!(matches!(
        said(&answered)[..],
        [Message::Answer {
            answer: Answered::Worded(_),
            sees_dermatologist: false
        }]
    ));
    let late = answered
        .conversation
        .clone()
        .step(answer_came(*number), NOW);
    assert_eq!(late.effects, []);

    // "And how often?" is about the same.
    let more = answered
        .conversation
        .step(question("그럼 얼마나 자주요?", vec![Topic::Earlier]), NOW);
    let Some(Effect::AnswerQuestion { brief, .. }) = more.effects.last() else {
        panic!("{:?}", more.effects);
    };
    assert_eq!(brief.passages.len(), 2);
    assert_eq!(brief.earlier.len(), 1);

    let none = Event::Written(Written::NoAnswer {
        question: number + 1,
    });
    let prepared = more.conversation.step(none, NOW);
    assert!(matches!(
        said(&prepared)[..],
        [Message::Answer {
            answer: Answered::Prepared(_),
            ..
        }]
    ));
}

#[test]
fn red_flags_in_a_question_override_everything() {
    let step = told([1, 0, 0, 0, 2, 0]);
    let mut asked = question("열이 나는데 염색해도 되나요?", about("dye_when"));
    if let Event::Said(words) = &mut asked {
        words.red_flags.insert(RedFlag::FeverWithPus);
    }
    let warned = step.conversation.step(asked, NOW);
    let [
        Message::RedFlagNotice { .. },
        Message::Guidance {
            guidance,
            advice: None,
            ..
        },
    ] = said(&warned)[..]
    else {
        panic!("{:?}", said(&warned));
    };
    assert_eq!(guidance.care_level, CareLevel::CareToday);
    assert_eq!(warned.effects.len(), 2, "no model is asked");
}

/// Words with a red flag that hold nothing else.
fn alarming() -> Event {
    words("열이 나고 고름이 나요", [RedFlag::FeverWithPus].into())
}

#[test]
fn what_was_worded_for_less_is_not_shown_to_somebody_who_has_to_be_seen() {
    let step = told([1, 0, 0, 0, 2, 0]);
    assert_eq!(orders(&step), 1);
    let warned = step.conversation.clone().step(alarming(), NOW);
    let late = warned.conversation.step(advice_came(1), NOW);
    assert_eq!(late.effects, []);

    let worded = step.conversation.step(advice_came(1), NOW);
    let warned = worded.conversation.step(alarming(), NOW);
    let opened = warned.conversation.step(
        Event::Opened {
            language: Language::Korean,
        },
        NOW,
    );
    assert!(matches!(
        said(&opened)[..],
        [Message::Guidance { advice: None, .. }]
    ));
}

#[test]
fn a_question_that_is_open_when_a_red_flag_shows_is_answered_with_what_is_here() {
    let asked = told([1, 0, 0, 0, 2, 0])
        .conversation
        .step(question("염색은 언제?", about("dye_when")), NOW);
    let warned = asked.conversation.step(alarming(), NOW);
    let [
        Message::RedFlagNotice { .. },
        Message::Answer {
            answer: Answered::Prepared(_),
            sees_dermatologist: true,
        },
        Message::Guidance { advice: None, .. },
    ] = said(&warned)[..]
    else {
        panic!("{:?}", said(&warned));
    };
    let late = warned.conversation.step(answer_came(1), NOW);
    assert_eq!(late.effects, []);
}

#[test]
fn what_was_heard_elsewhere_holds_when_the_free_line_is_changed() {
    let warned = told([1, 0, 0, 0, 2, 0]).conversation.step(alarming(), NOW);
    let correcting = Event::Pressed(Button::Correct(Question::FreeLine));
    let correcting = warned.conversation.step(correcting, NOW);
    let corrected = correcting
        .conversation
        .step(words("없어요", [].into()), NOW);
    let Some(Message::Guidance { guidance, .. }) = said(&corrected).last() else {
        panic!("{:?}", said(&corrected));
    };
    assert_eq!(guidance.care_level, CareLevel::CareToday);
}

#[test]
fn a_question_ends_the_review_or_is_answered_beside_it() {
    let step = told([1, 0, 0, 0, 2, 0]);
    let reviewing = step
        .conversation
        .step(Event::Pressed(Button::ReviewAnswers), NOW);
    let invited = reviewing
        .conversation
        .clone()
        .step(Event::Pressed(Button::AskQuestion), NOW);
    assert_eq!(said(&invited), [&Message::InviteQuestion]);
    for at in [invited, reviewing] {
        let asked = at
            .conversation
            .step(question("염색은 언제?", about("dye_when")), NOW);
        assert_eq!(said(&asked), [&Message::Answering]);
    }
}

#[test]
fn nothing_in_the_language_before_is_waited_for() {
    let asked = told([1, 0, 0, 0, 2, 0])
        .conversation
        .step(question("염색은 언제?", about("dye_when")), NOW);
    let english = || Event::Pressed(Button::Speak(Language::English));
    let translated = asked.conversation.step(english(), NOW);
    assert!(matches!(
        said(&translated)[..],
        [
            Message::Answer {
                answer: Answered::Prepared(_),
                ..
            },
            Message::Guidance { .. },
        ]
    ));
    let late = translated.conversation.step(answer_came(1), NOW);
    assert_eq!(late.effects, []);

    // Where the guidance is not told again, the text that comes is in the language before.
    let reviewing = told([1, 0, 0, 0, 2, 0])
        .conversation
        .step(Event::Pressed(Button::ReviewAnswers), NOW);
    let translated = reviewing.conversation.step(english(), NOW);
    let late = translated.conversation.step(advice_came(1), NOW);
    assert_eq!(late.effects, []);
}

#[test]
fn one_consultation_has_so_many_texts_worded() {
    let mut step = told([1, 0, 0, 0, 2, 0]);
    let mut ordered = orders(&step);
    let languages = [Language::English, Language::Korean].into_iter().cycle();
    for language in languages.take(30) {
        let speak = Event::Pressed(Button::Speak(language));
        step = step.conversation.step(speak, NOW);
        ordered += orders(&step);
    }
    assert_eq!(ordered, usize::try_from(Writings::MOST_ORDERS).unwrap());
}

#[test]
fn what_nothing_is_held_about_is_not_answered() {
    let step = told([1, 0, 0, 0, 2, 0]);
    let asked = step
        .conversation
        .step(question("오늘 날씨 어때요?", Vec::new()), NOW);
    assert_eq!(asked.effects.len(), 1);
    assert_eq!(said(&asked), [&Message::OffTopic]);
    let earlier = asked
        .conversation
        .step(question("그럼 왜요?", vec![Topic::Earlier]), NOW);
    assert_eq!(
        said(&earlier),
        [&Message::OffTopic],
        "nothing was asked before"
    );
    let empty = earlier.conversation.step(words("", [].into()), NOW);
    assert_eq!(said(&empty), [&Message::NotUnderstood(Expected::Button)]);
}

#[test]
fn a_day_has_so_many_questions() {
    let mut conversation = told([1, 0, 0, 0, 2, 0]).conversation;
    for number in 0..DailyCount::LIMIT {
        let asked = conversation.step(question("염색은 언제?", about("dye_when")), NOW);
        assert_eq!(said(&asked), [&Message::Answering], "question {number}");
        conversation = asked
            .conversation
            .step(answer_came(number + 1), NOW)
            .conversation;
    }
    let used_up = conversation
        .clone()
        .step(question("염색은 언제?", about("dye_when")), NOW);
    let limit = DailyCount::LIMIT;
    assert_eq!(said(&used_up), [&Message::QuestionsUsedUp { limit }]);
    let tomorrow = NOW + jiff::SignedDuration::from_hours(24);
    let asked = conversation.step(question("염색은 언제?", about("dye_when")), tomorrow);
    assert_eq!(said(&asked), [&Message::Answering]);
}

#[test]
fn whoever_goes_on_to_something_else_is_answered_first() {
    for event in [
        Event::Pressed(Button::NewConsultation),
        Event::Commanded(Command::Consult),
        Event::PhotoArrived(photo_id(9)),
    ] {
        let asked = told([1, 0, 0, 0, 2, 0])
            .conversation
            .step(question("염색은 언제?", about("dye_when")), NOW);
        let left = asked.conversation.step(event, NOW);
        assert!(matches!(
            said(&left)[0],
            Message::Answer {
                answer: Answered::Prepared(_),
                ..
            }
        ));
        let late = left.conversation.step(answer_came(1), NOW);
        assert_eq!(late.effects, []);
    }
}

#[test]
fn texts_are_rated_without_their_words_and_only_those_that_are_remembered() {
    let worded = told([1, 0, 0, 0, 2, 0])
        .conversation
        .step(advice_came(1), NOW);
    let rate = |mark| Event::Pressed(Button::Rate(Helpful::Yes, RatingMark::of(mark)));
    let rated = worded.conversation.clone().step(rate(1), NOW);
    let [
        Effect::KeepRating {
            rated: text,
            is_helpful: true,
        },
        Effect::Send { .. },
    ] = &rated.effects[..]
    else {
        panic!("{:?}", rated.effects);
    };
    assert_eq!(text.kind, RatedKind::Advice);
    assert_eq!(text.writer, Some(writer()));
    assert_eq!(said(&rated), [&Message::RatingKept]);
    let unknown = worded.conversation.step(rate(9), NOW);
    assert_eq!(unknown.effects, []);
}

#[test]
fn the_stage_keeps_what_was_worded() {
    let worded = told([1, 0, 0, 0, 2, 0])
        .conversation
        .step(advice_came(1), NOW);
    let Stage::AwaitingWish { consultation, .. } = &worded.conversation.stage else {
        panic!("the result was told");
    };
    assert!(matches!(
        consultation.writings.advice,
        Advice::Worded { .. }
    ));
    let opened = worded.conversation.step(
        Event::Opened {
            language: Language::Korean,
        },
        NOW,
    );
    assert!(matches!(
        said(&opened)[..],
        [Message::Guidance {
            advice: Some(_),
            ..
        }]
    ));
    assert_eq!(orders(&opened), 0);
}
