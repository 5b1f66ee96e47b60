//! Every job there is: how it runs, how often, and what is said when it is given up.
//!
//! The fixed names are [`Effect::name`].

use super::outcome::{Limits, Outcome};
use super::{
    JobPorts, draw_card, erase_person, fetch_photos, forget_cards, forget_photos, grade_photo,
    keep_rating, send, writing,
};
use crate::domain::consultation::{Effect, Event};
use crate::ports::ClaimedEffect;

pub(super) const fn limits(effect: &Effect) -> Limits {
    match effect {
        Effect::Send { .. } => send::LIMITS,
        Effect::GradePhoto { .. } => grade_photo::LIMITS,
        Effect::DrawCard { .. } => draw_card::LIMITS,
        Effect::FetchPhotos { .. } => fetch_photos::LIMITS,
        Effect::ForgetPhotos { .. } => forget_photos::LIMITS,
        Effect::ForgetCards { .. } => forget_cards::LIMITS,
        Effect::WriteAdvice { .. } | Effect::AnswerQuestion { .. } => writing::LIMITS,
        Effect::KeepRating { .. } => keep_rating::LIMITS,
        Effect::ErasePerson => erase_person::LIMITS,
    }
}

/// One try.
pub(super) async fn run(ports: &JobPorts, claimed: &ClaimedEffect) -> Outcome {
    let conversation = claimed.conversation;
    match &claimed.effect {
        Effect::Send {
            message,
            language,
            slot,
        } => send::run(ports, claimed, message, *language, *slot).await,
        Effect::GradePhoto { photo } => grade_photo::run(ports, conversation, *photo).await,
        Effect::DrawCard {
            summary,
            photo,
            language,
        } => draw_card::run(ports, conversation, summary, *photo, *language).await,
        Effect::FetchPhotos { files, sent_in } => {
            fetch_photos::run(ports, claimed, files, *sent_in).await
        }
        Effect::ForgetPhotos { photos } => forget_photos::run(ports, conversation, photos).await,
        Effect::ForgetCards { consultations } => {
            forget_cards::run(ports, conversation, consultations).await
        }
        Effect::WriteAdvice {
            consultation,
            order,
            brief,
            language,
        } => {
            let which = (*consultation, *order);
            writing::write_advice(ports, conversation, which, brief, *language).await
        }
        Effect::AnswerQuestion {
            question,
            brief,
            language,
        } => writing::answer_question(ports, conversation, *question, brief, *language).await,
        Effect::KeepRating { rated, is_helpful } => {
            keep_rating::run(ports, conversation, rated, *is_helpful).await
        }
        Effect::ErasePerson => erase_person::run(ports, claimed).await,
    }
}

/// What has happened when an effect is given up for good. There is no use in saying that nothing
/// could be said; and photos and cards that could not be forgotten are the operator's affair.
pub(super) fn failure(effect: &Effect) -> Option<Event> {
    match effect {
        Effect::Send { .. }
        | Effect::ForgetPhotos { .. }
        | Effect::ForgetCards { .. }
        | Effect::KeepRating { .. } => None,
        Effect::WriteAdvice {
            consultation,
            order,
            ..
        } => Some(writing::advice_failure(*consultation, *order)),
        Effect::AnswerQuestion { question, .. } => Some(writing::answer_failure(*question)),
        Effect::FetchPhotos { files, .. } => Some(fetch_photos::failure(files)),
        Effect::GradePhoto { photo } => Some(grade_photo::failure(*photo)),
        Effect::DrawCard { summary, .. } => Some(draw_card::failure(summary)),
        Effect::ErasePerson => Some(erase_person::failure()),
    }
}

#[cfg(test)]
mod tests {
    use super::super::runner::lease;
    use super::{
        draw_card, erase_person, fetch_photos, forget_cards, forget_photos, grade_photo,
        keep_rating, send, writing,
    };
    use crate::ports::Share;
    use std::time::Duration;

    /// A lease must outlive the try and the note of its outcome, or a job runs twice at once.
    #[test]
    fn every_deadline_ends_well_before_the_lease() {
        let usual = Duration::try_from(lease(Share::Work)).unwrap();
        let of_writing = Duration::try_from(lease(Share::Writing)).unwrap();
        assert!(writing::LIMITS.deadline + Duration::from_secs(10) <= of_writing);
        for limits in [
            send::LIMITS,
            grade_photo::LIMITS,
            draw_card::LIMITS,
            fetch_photos::LIMITS,
            forget_photos::LIMITS,
            forget_cards::LIMITS,
            keep_rating::LIMITS,
            erase_person::LIMITS,
        ] {
            assert!(limits.deadline + Duration::from_secs(10) <= usual);
        }
    }
}
