//! What may be said on Discord where personal consultations are switched off. Pure.

use crate::domain::consultation::{Button, Message};

/// A message that was stored before personal consultations were switched off, and must not go out.
#[derive(Debug, thiserror::Error)]
#[error("personal messages are switched off: `discord.personal` is `off`")]
pub(super) struct SwitchedOff;

/// Whether it is general, or about what a person may always ask for: what is kept, and its end.
pub(super) fn is_always_said(message: &Message) -> bool {
    match message {
        Message::GeneralTips { .. }
        | Message::Help
        | Message::Privacy { .. }
        | Message::ConsentWithdrawn(_)
        | Message::AskErase
        | Message::EraseDeclined
        | Message::CouldNotErase => true,
        Message::Hello
        | Message::AskAge
        | Message::AskConsent(_)
        | Message::TooYoung
        | Message::ConsentRefused(_)
        | Message::PhotoGuide
        | Message::AskRegion
        | Message::AskPhoto { .. }
        | Message::PhotoReceived { .. }
        | Message::PhotoJudged { .. }
        | Message::Album { .. }
        | Message::AskRegionOf { .. }
        | Message::RegionAssigned { .. }
        | Message::PhotoFailed { .. }
        | Message::PhotoUnusable(_)
        | Message::TooManyPhotos { .. }
        | Message::Ask { .. }
        | Message::AnswersReview { .. }
        | Message::AnswersKept
        | Message::AnswerChanged
        | Message::SurveyDone
        | Message::WordsCut { .. }
        | Message::PreparingResult
        | Message::NoUsablePhoto
        | Message::Result { .. }
        | Message::Guidance { .. }
        | Message::InviteQuestion
        | Message::Answering
        | Message::ManyAreAsking
        | Message::Answer { .. }
        | Message::OffTopic
        | Message::OneQuestionAtATime
        | Message::QuestionsUsedUp { .. }
        | Message::RatingKept
        | Message::RedFlagNotice { .. }
        | Message::NotUnderstood(_)
        | Message::ChooseLanguage
        | Message::ConsultationCancelled
        | Message::SurveyStopped
        | Message::NothingToCancel => false,
    }
}

/// Whether a button does something that a person may always ask for.
pub(super) fn is_always_obeyed(button: Button) -> bool {
    matches!(
        button,
        Button::Erase | Button::ConfirmErase | Button::DeclineErase | Button::Withdraw(_)
    )
}
