//! Questions of several choices, answered mark by mark, and the places that are edited for it.

use std::collections::BTreeSet;

use dupi::domain::consultation::{
    Button, Consultation, ConsultationNumber, Conversation, Effect, Event, Language, Mark, Message,
    Slot, Stage, Step,
};
use dupi::domain::scalp::{Answer, Answers, Choice, Question, Region};
use jiff::Timestamp;

use crate::support::examples::all_answers;

const NOW: Timestamp = Timestamp::UNIX_EPOCH;
const PRODUCTS: Question = Question::Products;

fn mark(choice: Choice, mark: Mark) -> Event {
    Event::Marked {
        question: choice.question(),
        choice,
        mark,
    }
}

fn surveyed(question: Question, answers: Answers) -> Conversation {
    // As the survey itself would ask it: from the question before, which is passed over.
    let before = question.previous().expect("not the first question");
    let asked = Conversation {
        stage: Stage::AwaitingAnswer {
            consultation: Consultation {
                answers,
                ..Consultation::new(ConsultationNumber(1))
            },
            region: Region::Crown,
            question: before,
            draft: BTreeSet::new(),
        },
        consultations: 1,
        ..Conversation::new(Language::Korean)
    };
    asked
        .step(Event::Pressed(Button::Skip(before)), NOW)
        .conversation
}

fn after(conversation: Conversation, events: impl IntoIterator<Item = Event>) -> Step {
    let first = Step {
        conversation,
        effects: Vec::new(),
    };
    events
        .into_iter()
        .fold(first, |step, event| step.conversation.step(event, NOW))
}

/// The one message of a step, with its slot and what it shows as chosen.
fn shown(step: &Step) -> (Slot, BTreeSet<Choice>) {
    let [
        Effect::Send {
            message,
            slot: Some(slot),
            ..
        },
    ] = &step.effects[..]
    else {
        panic!("{:?}", step.effects)
    };
    let choices = message.controls().choices.expect("a question with choices");
    (*slot, choices.chosen)
}

fn answers_of(conversation: &Conversation) -> &Answers {
    match &conversation.stage {
        Stage::AwaitingAnswer { consultation, .. }
        | Stage::AwaitingCorrection { consultation, .. }
        | Stage::AwaitingWish { consultation, .. } => &consultation.answers,
        other => panic!("{other:?}"),
    }
}

#[test]
fn marks_are_shown_in_the_same_place_and_taken_together() {
    let first = after(
        surveyed(PRODUCTS, Answers::default()),
        [mark(Choice::ProductRinse, Mark::On)],
    );
    let (place, chosen) = shown(&first);
    assert_eq!(chosen, [Choice::ProductRinse].into());
    let second = after(first.conversation, [mark(Choice::ProductSerum, Mark::On)]);
    assert_eq!(
        shown(&second),
        (place, [Choice::ProductRinse, Choice::ProductSerum].into())
    );
    let third = after(second.conversation, [mark(Choice::ProductRinse, Mark::Off)]);
    assert_eq!(shown(&third), (place, [Choice::ProductSerum].into()));
    assert_eq!(answers_of(&third.conversation).of(PRODUCTS), None);
    let taken = after(third.conversation, [Event::Pressed(Button::Done(PRODUCTS))]);
    assert_eq!(
        answers_of(&taken.conversation).of(PRODUCTS),
        Some(&Answer::Chosen([Choice::ProductSerum].into()))
    );
    let Stage::AwaitingAnswer { question, .. } = taken.conversation.stage else {
        panic!("the survey goes on")
    };
    assert_eq!(question, Question::CustomCare);
}

#[test]
fn the_same_mark_twice_changes_nothing_and_says_nothing() {
    for (before, again) in [
        (vec![mark(Choice::ProductRinse, Mark::On)], Mark::On),
        (Vec::new(), Mark::Off),
    ] {
        let once = after(surveyed(PRODUCTS, Answers::default()), before).conversation;
        let twice = after(once.clone(), [mark(Choice::ProductRinse, again)]);
        assert_eq!((twice.conversation, twice.effects), (once, vec![]));
    }
}

#[test]
fn a_mark_of_another_question_or_of_a_question_of_one_choice_is_nothing() {
    let several = surveyed(PRODUCTS, Answers::default());
    let single = surveyed(Question::CustomCare, Answers::default());
    for (asked, event) in [
        (&several, mark(Choice::HairWig, Mark::On)),
        (
            &several,
            Event::Marked {
                question: PRODUCTS,
                choice: Choice::HairWig,
                mark: Mark::On,
            },
        ),
        (&single, mark(Choice::CustomCareYes, Mark::On)),
        (&single, Event::Pressed(Button::Done(Question::CustomCare))),
        (&several, Event::Pressed(Button::Done(Question::HairState))),
    ] {
        let step = after(asked.clone(), [event]);
        assert_eq!((&step.conversation, step.effects), (asked, vec![]));
    }
}

#[test]
fn done_without_a_mark_means_none_of_these_and_a_doubled_done_takes_one_question() {
    let asked = surveyed(Question::HairState, Answers::default());
    let done = Event::Pressed(Button::Done(Question::HairState));
    let once = after(asked, [done.clone()]).conversation;
    assert_eq!(
        answers_of(&once).of(Question::HairState),
        Some(&Answer::Chosen(BTreeSet::new()))
    );
    assert_eq!(after(once.clone(), [done]).conversation, once);
}

#[test]
fn a_question_that_was_answered_before_begins_with_that_answer() {
    let answers = Answers::default().with(
        PRODUCTS,
        Answer::Chosen([Choice::ProductScaler, Choice::ProductSerum].into()),
    );
    let step = after(
        surveyed(PRODUCTS, answers),
        [mark(Choice::ProductSerum, Mark::Off)],
    );
    assert_eq!(shown(&step).1, [Choice::ProductScaler].into());
}

#[test]
fn everything_at_once_is_taken_whatever_was_marked() {
    let step = after(
        surveyed(PRODUCTS, Answers::default()),
        [
            mark(Choice::ProductRinse, Mark::On),
            Event::Chosen {
                question: PRODUCTS,
                choices: [Choice::ProductSerum].into(),
            },
        ],
    );
    assert_eq!(
        answers_of(&step.conversation).of(PRODUCTS),
        Some(&Answer::Chosen([Choice::ProductSerum].into()))
    );
}

#[test]
fn a_correction_is_marked_in_the_place_of_its_review_and_every_review_has_its_own() {
    let wish = Conversation {
        stage: Stage::AwaitingWish {
            consultation: Consultation {
                answers: all_answers(),
                ..Consultation::new(ConsultationNumber(1))
            },
            region: Region::Crown,
        },
        consultations: 1,
        ..Conversation::new(Language::Korean)
    };
    let review = Event::Pressed(Button::ReviewAnswers);
    let opened = after(wish, [review.clone()]);
    let [
        Effect::Send {
            slot: Some(place), ..
        },
    ] = opened.effects[..]
    else {
        panic!("{:?}", opened.effects)
    };
    let corrected = Event::Pressed(Button::Correct(PRODUCTS));
    let asked = after(opened.conversation, [corrected]);
    assert_eq!(shown(&asked), (place, BTreeSet::new()));
    let marked = after(asked.conversation, [mark(Choice::ProductRinse, Mark::On)]);
    assert_eq!(shown(&marked), (place, [Choice::ProductRinse].into()));
    let done = after(
        marked.conversation,
        [Event::Pressed(Button::Done(PRODUCTS))],
    );
    assert!(answers_of(&done.conversation).has(Choice::ProductRinse));
    let Some(Effect::Send { message, slot, .. }) = done.effects.first() else {
        panic!("{:?}", done.effects)
    };
    assert_eq!((&**message, *slot), (&Message::AnswerChanged, Some(place)));
    let again = after(done.conversation, [review]);
    let [Effect::Send { slot: next, .. }] = again.effects[..] else {
        panic!("{:?}", again.effects)
    };
    assert_ne!(next, Some(place));
}

#[test]
fn slots_have_short_names_that_differ() {
    let consultation = ConsultationNumber(1);
    let named = |opening| {
        [
            Slot::Survey {
                consultation,
                opening,
            },
            Slot::Review {
                consultation,
                opening,
            },
        ]
    };
    let slots = [named(0), named(1), named(12)].concat();
    let names: BTreeSet<String> = slots.iter().map(|slot| slot.id()).collect();
    assert_eq!(names.len(), slots.len());
    assert!(names.contains("survey:1"), "the name of older histories");
    assert!(names.iter().all(|name| name.is_ascii() && name.len() < 64));
}
