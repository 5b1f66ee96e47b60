//! From the first word to both consents.

use super::super::step::Turn;
use super::super::{
    AfterTips, Button, Command, Effect, Event, Expected, Message, Purpose, Stage, Unusable,
};
use super::commands;
use crate::domain::scalp::{Answers, PhotoId};

pub(in super::super) fn awaiting_first_contact(turn: &mut Turn, event: Event) -> Stage {
    match event {
        Event::Opened { language } => turn.language = language,
        Event::Said(words) => turn.warn(&words),
        Event::PhotoArrived(photo) => forget(turn, photo),
        Event::AlbumArrived { photos, .. } => turn.order(Effect::ForgetPhotos { photos }),
        // An outcome of what was ordered before everything was erased.
        Event::PhotoJudged { photo, .. } | Event::PhotoGradingFailed { photo } => {
            forget(turn, photo);
            return Stage::AwaitingFirstContact;
        }
        Event::CardDrawn { .. }
        | Event::CardFailed { .. }
        | Event::ErasingFailed
        | Event::Written(_) => {
            return Stage::AwaitingFirstContact;
        }
        // What Dupi is and what it keeps is told to everybody, before anything is asked.
        Event::Commanded(command @ (Command::Help | Command::Privacy)) => {
            commands::tell(turn, command);
        }
        Event::Commanded(
            Command::Consult | Command::Delete | Command::Language | Command::Cancel,
        )
        | Event::Pressed(_)
        | Event::Chosen { .. }
        | Event::Marked { .. }
        | Event::FilesAnnounced(_)
        | Event::PhotoTurnedAway(_) => {}
    }
    turn.say(Message::Hello);
    Stage::AwaitingLanguage
}

pub(in super::super) fn awaiting_language(turn: &mut Turn, event: Event) -> Stage {
    match event {
        Event::Pressed(Button::Speak(language)) => {
            turn.language = language;
            turn.say(Message::AskAge);
            Stage::AwaitingAge
        }
        other => {
            unwelcome(turn, other);
            Stage::AwaitingLanguage
        }
    }
}

pub(in super::super) fn awaiting_age(turn: &mut Turn, event: Event) -> Stage {
    match event {
        Event::Pressed(Button::OldEnough) => {
            turn.say(Message::AskConsent(Purpose::Basic));
            Stage::AwaitingConsent {
                purpose: Purpose::Basic,
            }
        }
        Event::Pressed(Button::TooYoung) => {
            turn.say(Message::TooYoung);
            Stage::AwaitingChangeOfMind
        }
        other => {
            unwelcome(turn, other);
            Stage::AwaitingAge
        }
    }
}

pub(in super::super) fn awaiting_consent(turn: &mut Turn, purpose: Purpose, event: Event) -> Stage {
    match (event, purpose) {
        (Event::Pressed(Button::Agree(Purpose::Basic)), Purpose::Basic) => {
            turn.keep_consent(Purpose::Basic);
            turn.say(Message::AskConsent(Purpose::Sensitive));
            Stage::AwaitingConsent {
                purpose: Purpose::Sensitive,
            }
        }
        (Event::Pressed(Button::Agree(Purpose::Sensitive)), Purpose::Sensitive) => {
            turn.keep_consent(Purpose::Sensitive);
            turn.say(Message::PhotoGuide);
            Stage::AwaitingRegion {
                consultation: turn.next_consultation(Answers::default()),
            }
        }
        (Event::Pressed(Button::Refuse(refused)), asked) if refused == asked => {
            turn.withdraw_all_consents();
            turn.say(Message::ConsentRefused(refused));
            Stage::AwaitingChangeOfMind
        }
        (other, purpose) => {
            unwelcome(turn, other);
            Stage::AwaitingConsent { purpose }
        }
    }
}

pub(in super::super) fn awaiting_change_of_mind(turn: &mut Turn, event: Event) -> Stage {
    match event {
        Event::Pressed(Button::BeginAgain) => {
            turn.say(Message::AskAge);
            Stage::AwaitingAge
        }
        Event::Pressed(Button::Tips) => {
            turn.say(Message::GeneralTips {
                then: AfterTips::OfferConsent,
            });
            Stage::AwaitingChangeOfMind
        }
        other => {
            unwelcome(turn, other);
            Stage::AwaitingChangeOfMind
        }
    }
}

/// Before both consents: a kind word for what cannot be done yet, and nothing is kept.
fn unwelcome(turn: &mut Turn, event: Event) {
    match event {
        Event::Said(words) => turn.answer_words(&words, Expected::Button),
        Event::PhotoArrived(photo) => {
            forget(turn, photo);
            turn.say(Message::PhotoUnusable(Unusable::ConsentMissing));
        }
        Event::AlbumArrived { photos, .. } => {
            turn.order(Effect::ForgetPhotos { photos });
            turn.say(Message::PhotoUnusable(Unusable::ConsentMissing));
        }
        Event::PhotoTurnedAway(unusable) => turn.say(Message::PhotoUnusable(unusable)),
        Event::PhotoJudged { photo, .. } | Event::PhotoGradingFailed { photo } => {
            forget(turn, photo);
        }
        // Late and doubled presses, and outcomes that nobody waits for.
        Event::Opened { .. }
        | Event::FilesAnnounced(_)
        | Event::Pressed(_)
        | Event::Chosen { .. }
        | Event::Marked { .. }
        | Event::Commanded(_)
        | Event::CardDrawn { .. }
        | Event::CardFailed { .. }
        | Event::ErasingFailed
        | Event::Written(_) => {}
    }
}

fn forget(turn: &mut Turn, photo: PhotoId) {
    turn.order(Effect::ForgetPhotos {
        photos: vec![photo],
    });
}
