//! Taking a consent back: one press, and what was kept under it goes.

use super::super::step::Turn;
use super::super::{Effect, Message, Purpose, Stage};

/// Both purposes end with the photos, cards, answers and grades; a second press changes nothing.
pub(in super::super) fn withdraw(turn: &mut Turn, stage: Stage, purpose: Purpose) -> Stage {
    if !turn.withdraw_consent(purpose) {
        return stage;
    }
    let photos: Vec<_> = stage
        .consultation()
        .into_iter()
        .flat_map(|consultation| &consultation.photos)
        .map(|photo| photo.id)
        .collect();
    if !photos.is_empty() {
        turn.order(Effect::ForgetPhotos { photos });
    }
    let consultations = turn.every_consultation();
    if !consultations.is_empty() {
        turn.order(Effect::ForgetCards { consultations });
    }
    turn.say(Message::ConsentWithdrawn(purpose));
    Stage::AwaitingChangeOfMind
}
