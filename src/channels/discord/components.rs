//! Buttons and menus in at most five rows of at most five. Pure.

use serde_json::{Value, json};

use super::press::{Press, PressIds};
use crate::channels::text;
use crate::domain::consultation::{Button, Language, OwnWords};
use crate::domain::scalp::Selection;
use crate::wording::{Worded, WordedChoices};

const MOST_ROWS: usize = 5;
const MOST_IN_A_ROW: usize = 5;
const MOST_OPTIONS: usize = 25;
/// The most characters of a button, and of an option of a menu.
const MOST_OF_BUTTON: usize = 80;
const MOST_OF_OPTION: usize = 100;
const MOST_OF_PLACEHOLDER: usize = 150;

const PRIMARY: u8 = 1;
const SECONDARY: u8 = 2;
const DANGER: u8 = 4;

/// What stands on controls besides what the message words, and for whom they are.
#[derive(Debug, Clone)]
pub(super) struct Labels<'a> {
    pub(super) ids: &'a PressIds,
    pub(super) person: u64,
    pub(super) language: Language,
    /// What a menu says before anything is chosen.
    pub(super) choose: String,
    /// The button that opens the window for words.
    pub(super) write: String,
    /// How a photo is sent here, where that is not plain.
    pub(super) photo_hint: Option<String>,
}

/// The rows under a message.
pub(super) fn rows(worded: &Worded, labels: &Labels<'_>) -> Vec<Value> {
    let mut pressed: Vec<Vec<Value>> = Vec::new();
    if let Some(words) = worded.wants_words {
        let press = Press::Write(words, labels.language);
        pressed.push(vec![button(labels, press, &labels.write, PRIMARY)]);
    }
    for row in &worded.buttons {
        let one = |(pressed, label): &(Button, String)| {
            let press = match *pressed {
                // The window opens at once, instead of a message that asks for a press.
                Button::AskQuestion => Press::Write(OwnWords::Question, labels.language),
                other => Press::Button(other),
            };
            button(labels, press, label, style(*pressed))
        };
        pressed.push(row.iter().map(one).collect());
    }
    let mut rows = match &worded.choices {
        Some(choices) => choice_rows(choices, MOST_ROWS.saturating_sub(pressed.len()), labels),
        None => Vec::new(),
    };
    let room = MOST_ROWS - rows.len().min(MOST_ROWS);
    rows.extend(fitted(pressed, room));
    rows.into_iter()
        .filter(|row| !row.is_empty())
        .map(|row| json!({ "type": 1, "components": row }))
        .collect()
}

/// One choice by buttons where there is room for them, otherwise by a menu; several by a menu.
fn choice_rows(choices: &WordedChoices, room: usize, labels: &Labels<'_>) -> Vec<Vec<Value>> {
    let count = choices.offered.len();
    let needed = count.div_ceil(MOST_IN_A_ROW);
    if choices.selection != Selection::One || needed > room.max(1) {
        return vec![vec![menu(choices, labels)]];
    }
    let buttons: Vec<Value> = choices
        .offered
        .iter()
        .map(|offered| {
            let style = if offered.is_chosen {
                PRIMARY
            } else {
                SECONDARY
            };
            button(labels, Press::Choice(offered.choice), &offered.label, style)
        })
        .collect();
    evenly(&buttons, needed)
}

fn menu(choices: &WordedChoices, labels: &Labels<'_>) -> Value {
    let offered = choices.offered.iter().take(MOST_OPTIONS);
    let options: Vec<Value> = offered
        .map(|offered| {
            json!({
                "label": text::shortened(&offered.label, MOST_OF_OPTION),
                "value": labels.ids.id(labels.person, Press::Choice(offered.choice)),
                "default": offered.is_chosen,
            })
        })
        .collect();
    let (least, most) = match choices.selection {
        Selection::Several => (0, options.len()),
        Selection::One | Selection::Words => (1, 1),
    };
    json!({
        "type": 3, "custom_id": labels.ids.id(labels.person, Press::Menu(choices.question)),
        "placeholder": text::shortened(&labels.choose, MOST_OF_PLACEHOLDER),
        "min_values": least, "max_values": most, "options": options,
    })
}

fn button(labels: &Labels<'_>, press: Press, label: &str, style: u8) -> Value {
    json!({
        "type": 2, "style": style, "label": text::shortened(label, MOST_OF_BUTTON),
        "custom_id": labels.ids.id(labels.person, press),
    })
}

fn style(button: Button) -> u8 {
    match button {
        Button::OldEnough
        | Button::Agree(_)
        | Button::PhotosDone
        | Button::Done(_)
        | Button::NewConsultation => PRIMARY,
        Button::Erase | Button::ConfirmErase => DANGER,
        _ => SECONDARY,
    }
}

/// The rows as they are if they fit, else the same buttons in as few rows as there is room for.
fn fitted(rows: Vec<Vec<Value>>, room: usize) -> Vec<Vec<Value>> {
    let fits = rows.len() <= room && rows.iter().all(|row| row.len() <= MOST_IN_A_ROW);
    if fits {
        return rows;
    }
    let mut buttons: Vec<Value> = rows.into_iter().flatten().collect();
    buttons.truncate(room * MOST_IN_A_ROW);
    evenly(&buttons, room)
}

/// In at most that many rows, each as long as the others but the last.
fn evenly(buttons: &[Value], rows: usize) -> Vec<Vec<Value>> {
    let length = buttons.len().div_ceil(rows.max(1)).clamp(1, MOST_IN_A_ROW);
    buttons.chunks(length).map(<[Value]>::to_vec).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::consultation::{Asking, Message};
    use crate::domain::scalp::{Answers, Question};
    use crate::wording::Wording;

    fn shape(message: &Message) -> Vec<String> {
        let ids = PressIds::new("a token".to_owned().into());
        let labels = Labels {
            ids: &ids,
            person: 7,
            language: Language::English,
            choose: "choose".to_owned(),
            write: "write".to_owned(),
            photo_hint: None,
        };
        let worded = Wording::embedded()
            .unwrap()
            .words(message, Language::English);
        let rows = rows(&worded, &labels);
        let shown = rows.iter().map(|row| {
            let parts = row["components"].as_array().unwrap();
            let menu = parts[0]["type"] == 3;
            assert!(parts.len() <= if menu { 1 } else { MOST_IN_A_ROW });
            let count = parts[0]["options"].as_array().map_or(parts.len(), Vec::len);
            format!("{}{count}", if menu { "menu of " } else { "" })
        });
        shown.collect()
    }

    fn ask(question: Question) -> Message {
        Message::Ask {
            question,
            answers: Answers::default(),
            asking: Asking::InTurn,
        }
    }

    #[test]
    fn every_question_fits_into_five_rows() {
        for question in Question::ALL {
            assert!(shape(&ask(question)).len() <= MOST_ROWS, "{question:?}");
        }
        assert_eq!(shape(&ask(Question::AgeBand)), ["5", "4", "1"]);
        assert_eq!(shape(&ask(Question::ShampooPriority)), ["3", "3", "2"]);
        assert_eq!(shape(&ask(Question::RedFlags)), ["menu of 10", "1", "2"]);
        assert_eq!(shape(&ask(Question::FreeLine)), ["1", "2"]);
    }

    #[test]
    fn the_twelve_buttons_of_the_review_are_laid_anew() {
        let review = Message::AnswersReview {
            answers: Answers::default(),
        };
        assert_eq!(shape(&review), ["3", "3", "3", "3"]);
    }
}
