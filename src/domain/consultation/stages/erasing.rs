//! Erasing everything: asked twice, then final.

use super::super::step::Turn;
use super::super::{Button, Command, Effect, Event, Message, Stage};

pub(in super::super) fn awaiting_erase_confirmation(
    turn: &mut Turn,
    then: Stage,
    event: Event,
) -> Stage {
    match event {
        Event::Pressed(Button::ConfirmErase) => {
            turn.order(Effect::ErasePerson);
            Stage::Closed
        }
        Event::Pressed(Button::DeclineErase) => {
            turn.say(Message::EraseDeclined);
            turn.ask_anew(then)
        }
        // Pressed twice.
        Event::Pressed(Button::Erase) => Stage::AwaitingEraseConfirmation {
            then: Box::new(then),
        },
        // Outcomes go on behind the question.
        Event::PhotoJudged { .. }
        | Event::PhotoGradingFailed { .. }
        | Event::CardDrawn { .. }
        | Event::CardFailed { .. }
        | Event::ErasingFailed
        | Event::Written(_) => Stage::AwaitingEraseConfirmation {
            then: Box::new(turn.take(then, event)),
        },
        // Commands are obeyed before; going on with the consultation is a no.
        Event::Opened { .. }
        | Event::FilesAnnounced(_)
        | Event::Pressed(_)
        | Event::Chosen { .. }
        | Event::Marked { .. }
        | Event::Commanded(_)
        | Event::Said(_)
        | Event::PhotoArrived(_)
        | Event::AlbumArrived { .. }
        | Event::PhotoTurnedAway(_) => turn.take(then, event),
    }
}

pub(in super::super) fn closed(turn: &mut Turn, event: Event) -> Stage {
    match event {
        Event::ErasingFailed => turn.say(Message::CouldNotErase),
        Event::Pressed(Button::Erase | Button::ConfirmErase)
        | Event::Commanded(Command::Delete) => turn.order(Effect::ErasePerson),
        Event::AlbumArrived { photos, .. } => turn.order(Effect::ForgetPhotos { photos }),
        Event::PhotoArrived(photo)
        | Event::PhotoJudged { photo, .. }
        | Event::PhotoGradingFailed { photo } => turn.order(Effect::ForgetPhotos {
            photos: vec![photo],
        }),
        Event::Opened { .. }
        | Event::FilesAnnounced(_)
        | Event::Pressed(_)
        | Event::Chosen { .. }
        | Event::Marked { .. }
        | Event::Commanded(_)
        | Event::Said(_)
        | Event::PhotoTurnedAway(_)
        | Event::CardDrawn { .. }
        | Event::CardFailed { .. }
        | Event::Written(_) => {}
    }
    Stage::Closed
}
