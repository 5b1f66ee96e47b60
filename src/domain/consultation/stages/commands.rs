//! Commands: they mean the same in every stage.

use super::super::step::Turn;
use super::super::{Button, Command, Consultation, Effect, Event, Message, Stage};
use super::{result, writing};

/// The stage after a command. Only a conversation that is open obeys.
pub(in super::super) fn obey(turn: &mut Turn, stage: Stage, command: Command) -> Stage {
    match command {
        Command::Consult => consult(turn, stage),
        Command::Delete => delete(turn, stage),
        Command::Cancel => cancel(turn, stage),
        Command::Privacy | Command::Language | Command::Help => {
            tell(turn, command);
            stage
        }
    }
}

/// Answers a command that changes nothing.
pub(in super::super) fn tell(turn: &mut Turn, command: Command) {
    match command {
        Command::Privacy => turn.say(Message::Privacy {
            consents: turn.consents().to_vec(),
        }),
        Command::Language => turn.say(Message::ChooseLanguage),
        Command::Help => turn.say(Message::Help),
        Command::Consult | Command::Delete | Command::Cancel => {}
    }
}

/// On where the person is; anew where a consultation is finished or was stopped.
fn consult(turn: &mut Turn, stage: Stage) -> Stage {
    match stage {
        Stage::AwaitingWish {
            mut consultation, ..
        }
        | Stage::AwaitingCorrection {
            mut consultation, ..
        } => {
            writing::leave(turn, &mut consultation);
            result::begin_anew(turn, consultation.answers.habits())
        }
        Stage::AwaitingReturn { habits } => result::begin_anew(turn, habits),
        Stage::AwaitingChangeOfMind => turn.take(
            Stage::AwaitingChangeOfMind,
            Event::Pressed(Button::BeginAgain),
        ),
        // Going on with the consultation is a no.
        Stage::AwaitingEraseConfirmation { then } => consult(turn, *then),
        other @ (Stage::AwaitingFirstContact
        | Stage::AwaitingLanguage
        | Stage::AwaitingAge
        | Stage::AwaitingConsent { .. }
        | Stage::AwaitingRegion { .. }
        | Stage::AwaitingPhoto { .. }
        | Stage::AwaitingAnswer { .. }
        | Stage::AwaitingGrades { .. }
        | Stage::AwaitingCard { .. }
        | Stage::Closed) => turn.ask_anew(other),
    }
}

/// A command that is given twice is no confirmation: the question is asked again.
fn delete(turn: &mut Turn, stage: Stage) -> Stage {
    turn.say(Message::AskErase);
    match stage {
        asked @ Stage::AwaitingEraseConfirmation { .. } => asked,
        other @ (Stage::AwaitingFirstContact
        | Stage::AwaitingLanguage
        | Stage::AwaitingAge
        | Stage::AwaitingConsent { .. }
        | Stage::AwaitingChangeOfMind
        | Stage::AwaitingRegion { .. }
        | Stage::AwaitingPhoto { .. }
        | Stage::AwaitingAnswer { .. }
        | Stage::AwaitingGrades { .. }
        | Stage::AwaitingCard { .. }
        | Stage::AwaitingWish { .. }
        | Stage::AwaitingCorrection { .. }
        | Stage::AwaitingReturn { .. }
        | Stage::Closed) => Stage::AwaitingEraseConfirmation {
            then: Box::new(other),
        },
    }
}

/// Stops the consultation under way. After its result there is nothing left to stop.
fn cancel(turn: &mut Turn, stage: Stage) -> Stage {
    match stage {
        Stage::AwaitingAnswer { consultation, .. } => {
            turn.say_in(Some(consultation.survey_slot()), Message::SurveyStopped);
            stop(turn, consultation)
        }
        Stage::AwaitingRegion { consultation }
        | Stage::AwaitingPhoto { consultation, .. }
        | Stage::AwaitingGrades { consultation, .. }
        | Stage::AwaitingCard { consultation, .. } => stop(turn, consultation),
        correcting @ Stage::AwaitingCorrection { .. } => {
            turn.take(correcting, Event::Pressed(Button::KeepAnswers))
        }
        erasing @ Stage::AwaitingEraseConfirmation { .. } => {
            turn.take(erasing, Event::Pressed(Button::DeclineErase))
        }
        other @ (Stage::AwaitingFirstContact
        | Stage::AwaitingLanguage
        | Stage::AwaitingAge
        | Stage::AwaitingConsent { .. }
        | Stage::AwaitingChangeOfMind
        | Stage::AwaitingWish { .. }
        | Stage::AwaitingReturn { .. }
        | Stage::Closed) => {
            turn.say(Message::NothingToCancel);
            other
        }
    }
}

fn stop(turn: &mut Turn, consultation: Consultation) -> Stage {
    let photos: Vec<_> = consultation.photos.iter().map(|photo| photo.id).collect();
    if !photos.is_empty() {
        turn.order(Effect::ForgetPhotos { photos });
    }
    turn.say(Message::ConsultationCancelled);
    Stage::AwaitingReturn {
        habits: consultation.known,
    }
}
