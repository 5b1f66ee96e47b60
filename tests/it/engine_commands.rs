//! Commands: from every stage, and what each of them does there.

use dupi::domain::consultation::{
    Button, Command, Consultation, Conversation, Effect, Event, Language, Message, Stage, Step,
};
use dupi::domain::scalp::{Answers, Choice, Question};
use jiff::Timestamp;

use crate::support::examples::{all_answers, all_stages};

const NOW: Timestamp = Timestamp::UNIX_EPOCH;

fn commanded(stage: Stage, command: Command) -> Step {
    let conversation = Conversation {
        stage,
        consultations: 1,
        ..Conversation::new(Language::Korean)
    };
    conversation.step(Event::Commanded(command), NOW)
}

fn said(step: &Step) -> Vec<&Message> {
    step.effects
        .iter()
        .filter_map(|effect| match effect {
            Effect::Send { message, .. } => Some(message.as_ref()),
            _ => None,
        })
        .collect()
}

fn open_stages() -> impl Iterator<Item = Stage> {
    all_stages()
        .into_iter()
        .filter(|stage| !matches!(stage, Stage::AwaitingFirstContact | Stage::Closed))
}

fn under_way(stage: &Stage) -> Option<&Consultation> {
    match stage {
        Stage::AwaitingRegion { consultation }
        | Stage::AwaitingPhoto { consultation, .. }
        | Stage::AwaitingAnswer { consultation, .. }
        | Stage::AwaitingGrades { consultation, .. }
        | Stage::AwaitingCard { consultation, .. } => Some(consultation),
        _ => None,
    }
}

#[test]
fn every_command_is_answered_in_every_stage_but_the_closed_one() {
    for command in Command::ALL {
        for stage in open_stages().chain([Stage::AwaitingFirstContact]) {
            let step = commanded(stage.clone(), command);
            assert!(!said(&step).is_empty(), "{command:?} at {stage:?}");
        }
        assert_eq!(
            said(&commanded(Stage::Closed, command)),
            Vec::<&Message>::new()
        );
    }
}

#[test]
fn the_first_contact_begins_with_hello_whatever_is_commanded() {
    for command in Command::ALL {
        let step = commanded(Stage::AwaitingFirstContact, command);
        assert_eq!(step.conversation.stage, Stage::AwaitingLanguage);
        assert_eq!(said(&step).last(), Some(&&Message::Hello));
        let is_answered = match command {
            Command::Help => said(&step).contains(&&Message::Help),
            Command::Privacy => said(&step).contains(&&Message::Privacy {
                consents: Vec::new(),
            }),
            Command::Consult | Command::Delete | Command::Language | Command::Cancel => {
                said(&step).len() == 1
            }
        };
        assert!(is_answered, "{command:?}: {:?}", step.effects);
    }
}

#[test]
fn help_privacy_and_language_change_nothing() {
    for stage in open_stages() {
        for command in [Command::Help, Command::Privacy, Command::Language] {
            let step = commanded(stage.clone(), command);
            assert_eq!(step.conversation.stage, stage);
            assert_eq!(said(&step).len(), 1);
        }
    }
}

#[test]
fn deleting_is_asked_once_more_and_a_second_command_is_no_confirmation() {
    for stage in open_stages() {
        let asked = commanded(stage.clone(), Command::Delete);
        assert_eq!(said(&asked), [&Message::AskErase]);
        let again = asked
            .conversation
            .clone()
            .step(Event::Commanded(Command::Delete), NOW);
        assert_eq!(again.conversation, asked.conversation);
        assert_eq!(said(&again), [&Message::AskErase]);
        let confirmed = again
            .conversation
            .step(Event::Pressed(Button::ConfirmErase), NOW);
        assert_eq!(confirmed.effects, [Effect::ErasePerson]);
        if !matches!(stage, Stage::AwaitingEraseConfirmation { .. }) {
            let cancelled = asked
                .conversation
                .step(Event::Commanded(Command::Cancel), NOW);
            assert_eq!(said(&cancelled).first(), Some(&&Message::EraseDeclined));
        }
    }
}

#[test]
fn consulting_goes_on_where_the_person_is() {
    for stage in open_stages().filter(|stage| under_way(stage).is_some()) {
        let step = commanded(stage.clone(), Command::Consult);
        let (before, after) = (under_way(&stage), under_way(&step.conversation.stage));
        assert_eq!(
            before.map(|before| (&before.photos, &before.answers, before.number)),
            after.map(|after| (&after.photos, &after.answers, after.number)),
        );
        assert_eq!(said(&step).len(), 1, "{stage:?}");
    }
}

#[test]
fn a_survey_that_goes_on_stands_in_a_new_place() {
    for stage in open_stages() {
        if !matches!(stage, Stage::AwaitingAnswer { .. }) {
            continue;
        }
        let once = commanded(stage, Command::Consult);
        let twice = once
            .conversation
            .step(Event::Commanded(Command::Consult), NOW);
        let slot = |effects: &[Effect]| match effects {
            [
                Effect::Send {
                    slot: Some(slot), ..
                },
            ] => *slot,
            other => panic!("{other:?}"),
        };
        assert_ne!(slot(&once.effects), slot(&twice.effects));
    }
}

#[test]
fn consulting_after_a_result_begins_the_next_consultation_with_the_habits_known() {
    for stage in open_stages() {
        let Stage::AwaitingWish { consultation, .. } = &stage else {
            continue;
        };
        let habits = consultation.answers.habits();
        let step = commanded(stage, Command::Consult);
        let next = under_way(&step.conversation.stage).expect("a new consultation");
        assert_eq!(next.number.0, 2);
        assert_eq!((&next.answers, &next.known), (&habits, &habits));
        assert_eq!(said(&step), [&Message::PhotoGuide]);
    }
}

#[test]
fn cancelling_keeps_nothing_of_the_consultation_under_way() {
    for mut stage in open_stages().filter(|stage| under_way(stage).is_some()) {
        let known = Answers::default().with(
            Question::Sex,
            dupi::domain::scalp::Answer::Chosen([Choice::Female].into()),
        );
        match &mut stage {
            Stage::AwaitingRegion { consultation }
            | Stage::AwaitingPhoto { consultation, .. }
            | Stage::AwaitingAnswer { consultation, .. }
            | Stage::AwaitingGrades { consultation, .. }
            | Stage::AwaitingCard { consultation, .. } => {
                consultation.answers = all_answers();
                consultation.known = known.clone();
            }
            _ => unreachable!("all others are left out"),
        }
        let photos: Vec<_> = under_way(&stage)
            .expect("under way")
            .photos
            .iter()
            .map(|photo| photo.id)
            .collect();
        let step = commanded(stage, Command::Cancel);
        assert_eq!(
            step.conversation.stage,
            Stage::AwaitingReturn { habits: known }
        );
        assert_eq!(
            step.effects.contains(&Effect::ForgetPhotos {
                photos: photos.clone()
            }),
            !photos.is_empty()
        );
        assert_eq!(said(&step).last(), Some(&&Message::ConsultationCancelled));
        let anew = step
            .conversation
            .step(Event::Pressed(Button::NewConsultation), NOW);
        let next = under_way(&anew.conversation.stage).expect("a new consultation");
        assert_eq!((next.number.0, next.photos.len()), (2, 0));
    }
}

#[test]
fn where_there_is_nothing_to_cancel_a_kind_word_is_said_and_nothing_changes() {
    for stage in open_stages().filter(|stage| under_way(stage).is_none()) {
        match stage {
            Stage::AwaitingCorrection { .. } => {
                let step = commanded(stage, Command::Cancel);
                assert_eq!(said(&step), [&Message::AnswersKept]);
            }
            Stage::AwaitingEraseConfirmation { then } => {
                let stage = Stage::AwaitingEraseConfirmation { then };
                let step = commanded(stage, Command::Cancel);
                assert_eq!(said(&step).first(), Some(&&Message::EraseDeclined));
                assert!(!step.effects.contains(&Effect::ErasePerson));
            }
            other => {
                let step = commanded(other.clone(), Command::Cancel);
                assert_eq!(said(&step), [&Message::NothingToCancel]);
                assert_eq!(step.conversation.stage, other);
            }
        }
    }
}

#[test]
fn tips_after_a_consultation_was_stopped_offer_a_new_one_only() {
    let stage = Stage::AwaitingReturn {
        habits: Answers::default(),
    };
    let conversation = Conversation {
        stage,
        ..Conversation::new(Language::Korean)
    };
    let step = conversation.step(Event::Pressed(Button::Tips), NOW);
    let said = said(&step);
    assert_eq!(said.len(), 1);
    let buttons = said[0].controls().buttons.concat();
    assert_eq!(buttons, [Button::NewConsultation]);
}
