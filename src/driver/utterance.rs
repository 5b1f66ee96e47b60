//! What a person is seen to have said, for channels that show their own history.

use crate::domain::consultation::{Button, Language, Words};
use crate::ports::Utterance;
use crate::wording::Wording;

/// The label of a button that answers something. The survey shows its answers in its own place, and
/// buttons of the page (language, erasing) say nothing in the conversation.
pub(super) fn of_button(
    wording: &Wording,
    button: Button,
    language: Language,
) -> Option<Utterance> {
    let language = match button {
        Button::Speak(spoken) => spoken,
        Button::Done(_) | Button::Skip(_) | Button::Back(_) | Button::Rate(..) => return None,
        Button::OldEnough
        | Button::TooYoung
        | Button::Agree(_)
        | Button::Refuse(_)
        | Button::Tips
        | Button::BeginAgain
        | Button::ShowRegion(_)
        | Button::RegionOf(_)
        | Button::Assign(..)
        | Button::ChangeRegion
        | Button::PhotosDone
        | Button::ReviewAnswers
        | Button::Correct(_)
        | Button::KeepAnswers
        | Button::NewConsultation
        | Button::AskQuestion
        | Button::Withdraw(_)
        | Button::Erase
        | Button::ConfirmErase
        | Button::DeclineErase => language,
    };
    Some(Utterance::Text(wording.button(button, language)))
}

/// What was written, as far as it is kept.
pub(super) fn of_words(words: &Words) -> Option<Utterance> {
    (!words.text.is_empty()).then(|| Utterance::Text(words.text.clone()))
}
