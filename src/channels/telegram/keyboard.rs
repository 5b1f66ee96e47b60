//! Choices and buttons as an inline keyboard.

use teloxide_core::types::{InlineKeyboardButton, InlineKeyboardMarkup};

use super::callbacks::{Callbacks, Key};
use crate::channels::text;
use crate::domain::consultation::Mark;
use crate::domain::scalp::Selection;
use crate::wording::{Worded, WordedChoice, WordedChoices};

/// More is not seen on a phone, even on a button as wide as the message.
const LONGEST_LABEL: usize = 64;
/// Labels up to these lengths stand three, or two, in a row.
const THREE_IN_A_ROW: usize = 8;
const TWO_IN_A_ROW: usize = 14;

/// The keyboard under a message; nothing where there is nothing to press.
pub(super) fn under(
    worded: &Worded,
    chat: i64,
    callbacks: &Callbacks,
) -> Option<InlineKeyboardMarkup> {
    let button = |label: &str, key| {
        InlineKeyboardButton::callback(
            text::shortened(label, LONGEST_LABEL),
            callbacks.id(chat, key),
        )
    };
    let mut rows: Vec<Vec<InlineKeyboardButton>> = Vec::new();
    if let Some(choices) = &worded.choices {
        for row in choice_rows(choices) {
            rows.push(row.iter().map(|(label, key)| button(label, *key)).collect());
        }
    }
    for row in &worded.buttons {
        let row: Vec<_> = row
            .iter()
            .map(|(pressed, label)| button(label, Key::Button(*pressed)))
            .collect();
        if !row.is_empty() {
            rows.push(row);
        }
    }
    (!rows.is_empty()).then(|| InlineKeyboardMarkup::new(rows))
}

fn choice_rows(choices: &WordedChoices) -> Vec<Vec<(String, Key)>> {
    let key: fn(&WordedChoice) -> (String, Key) = match choices.selection {
        Selection::One => |offered| (offered.label.clone(), Key::Choice(offered.choice)),
        Selection::Several => |offered| {
            let (sign, wanted) = if offered.is_chosen {
                ("☑", Mark::Off)
            } else {
                ("☐", Mark::On)
            };
            let label = format!("{sign} {}", offered.label);
            (label, Key::Mark(offered.choice, wanted))
        },
        Selection::Words => return Vec::new(),
    };
    let keys: Vec<(String, Key)> = choices.offered.iter().map(key).collect();
    let longest = keys.iter().map(|(label, _)| text::units(label)).max();
    let in_a_row = match longest.unwrap_or_default() {
        longest if longest <= THREE_IN_A_ROW => 3,
        longest if longest <= TWO_IN_A_ROW => 2,
        _ => 1,
    };
    keys.chunks(in_a_row).map(<[_]>::to_vec).collect()
}

#[cfg(test)]
mod tests {
    use secrecy::SecretString;

    use super::*;
    use crate::domain::consultation::{Asking, Button, Language, Message};
    use crate::domain::scalp::{Answer, Answers, Choice, Question};
    use crate::wording::Wording;

    fn labels(message: &Message) -> Vec<Vec<String>> {
        let worded = Wording::embedded()
            .unwrap()
            .words(message, Language::English);
        let callbacks = Callbacks::new(&SecretString::from("12:token"));
        let Some(keyboard) = under(&worded, 7, &callbacks) else {
            return Vec::new();
        };
        let rows = keyboard.inline_keyboard.into_iter();
        rows.map(|row| row.into_iter().map(|button| button.text).collect())
            .collect()
    }

    fn ask(question: Question, answers: Answers) -> Message {
        Message::Ask {
            question,
            answers,
            asking: Asking::InTurn,
        }
    }

    #[test]
    fn one_choice_stands_on_a_button() {
        let rows = labels(&ask(Question::Sex, Answers::default()));
        assert_eq!(rows[0], ["Male", "Female"]);
        assert_eq!(rows.len(), 2);
    }

    #[test]
    fn several_choices_show_what_is_marked_and_how_to_go_on() {
        let rows = labels(&ask(Question::HairState, Answers::default()));
        assert!(
            rows[..4]
                .iter()
                .flatten()
                .all(|label| label.starts_with("☐ "))
        );
        let none = rows[rows.len() - 2].clone();
        let answers = Answers::default().with(
            Question::HairState,
            Answer::Chosen([Choice::HairWig].into()),
        );
        let rows = labels(&ask(Question::HairState, answers));
        let marked = rows
            .iter()
            .flatten()
            .filter(|label| label.starts_with("☑ "));
        assert_eq!(marked.count(), 1);
        assert_ne!(rows[rows.len() - 2], none);
    }

    #[test]
    fn nothing_to_press_is_no_keyboard() {
        assert!(labels(&Message::PreparingResult).is_empty());
    }

    #[test]
    fn a_press_on_a_marked_choice_clears_it() {
        let callbacks = Callbacks::new(&SecretString::from("12:token"));
        let answers = Answers::default().with(
            Question::HairState,
            Answer::Chosen([Choice::HairDyed].into()),
        );
        let worded = Wording::embedded()
            .unwrap()
            .words(&ask(Question::HairState, answers), Language::Korean);
        let keyboard = under(&worded, 7, &callbacks).unwrap();
        let pressed = keyboard.inline_keyboard.iter().flatten().map(|button| {
            let teloxide_core::types::InlineKeyboardButtonKind::CallbackData(id) = &button.kind
            else {
                panic!("only callbacks stand here");
            };
            callbacks.resolve(7, id).unwrap()
        });
        let pressed: Vec<Key> = pressed.collect();
        assert!(pressed.contains(&Key::Mark(Choice::HairDyed, Mark::Off)));
        assert!(pressed.contains(&Key::Mark(Choice::HairWig, Mark::On)));
        assert!(pressed.contains(&Key::Button(Button::Done(Question::HairState))));
    }
}
