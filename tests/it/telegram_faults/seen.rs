//! Comparing what persons see, and telling which messages may stand there twice.

use std::collections::BTreeSet;

use serde_json::Value;

use crate::support::telegram::{Author, Call, Outcome, Person, Seen, TelegramStandIn};

/// Something in a chat, without what differs from one run to the next.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Line {
    /// Not compared.
    id: Option<i64>,
    text: String,
}

/// The chat as the person sees it. Keyboards are compared under the newest message only: taking them
/// away from the older ones is done as well as it can be.
pub(super) fn shown(person: &Person) -> Vec<Line> {
    let seen = person.sees();
    let newest = seen.iter().rev().find_map(|one| match one {
        Seen::Message(message) if message.author == Author::Bot => Some(message.message_id),
        Seen::Message(_) | Seen::Notice(_) => None,
    });
    let lines = seen.iter().map(|one| match one {
        Seen::Notice(notice) => Line {
            id: None,
            text: format!("({:?}) {}", notice.manner, notice.text),
        },
        Seen::Message(message) => {
            let mut text = String::from(match message.author {
                Author::Bot => "",
                Author::Person(_) => "> ",
            });
            if message.photo.is_some() {
                text.push_str("<photo>");
            }
            let words = message.text.iter().chain(&message.caption);
            text.extend(words.map(String::as_str));
            if Some(message.message_id) == newest {
                let buttons = message.buttons.iter().flatten();
                text.extend(buttons.map(|button| format!(" [{}]", button.label)));
            }
            Line {
                id: Some(message.message_id),
                text,
            }
        }
    });
    lines.collect()
}

pub(super) fn texts(lines: &[Line]) -> Vec<&str> {
    lines.iter().map(|line| line.text.as_str()).collect()
}

/// Checks that `seen` is as `expected`, but for messages in `doubtful` that stand there once more
/// than they should; tells how many of those there are.
pub(super) fn assert_same(expected: &[Line], seen: &[Line], doubtful: &BTreeSet<i64>) -> usize {
    // How many of the expected lines can be accounted for by what was seen so far.
    let mut reached = BTreeSet::from([0]);
    for line in seen {
        let may_be_doubled = line.id.is_some_and(|id| doubtful.contains(&id));
        let mut next = BTreeSet::new();
        for count in reached {
            if expected.get(count).is_some_and(|one| one.text == line.text) {
                next.insert(count + 1);
            }
            if may_be_doubled {
                next.insert(count);
            }
        }
        reached = next;
    }
    assert!(
        reached.contains(&expected.len()),
        "expected {:#?}\nseen {:#?}\nof which may be doubled {doubtful:?}",
        texts(expected),
        seen,
    );
    seen.len() - expected.len()
}

/// The messages in that chat of which no process may know: their call was the last of its kind
/// before a process died, or its answer never arrived.
pub(super) fn cut_off(telegram: &TelegramStandIn, person: &Person) -> BTreeSet<i64> {
    cut_off_in(&telegram.calls(), person)
}

/// As [`cut_off`], for many persons in the same calls.
pub(super) fn cut_off_in(calls: &[Call], person: &Person) -> BTreeSet<i64> {
    // Every process asks for its name first.
    let lives = calls.split(|call| call.method == "getMe");
    let mut doubtful = BTreeSet::new();
    let mut lives = lives.peekable();
    while let Some(life) = lives.next() {
        let made: Vec<(i64, Outcome)> = life
            .iter()
            .filter(|call| is_to(call, person))
            .filter_map(|call| Some((made_message(call)?, call.outcome)))
            .collect();
        let lost = made.iter().filter(|(_, outcome)| *outcome == Outcome::Lost);
        doubtful.extend(lost.map(|(message, _)| *message));
        if lives.peek().is_some() {
            doubtful.extend(made.last().map(|(message, _)| *message));
        }
    }
    doubtful
}

fn is_to(call: &Call, person: &Person) -> bool {
    let chat = &call.params["chat_id"];
    let chat = chat.as_i64().or_else(|| chat.as_str()?.parse().ok());
    chat == Some(person.id())
}

/// The message that a call made, if it was carried out.
pub(super) fn made_message(call: &Call) -> Option<i64> {
    let makes = matches!(call.method.as_str(), "sendMessage" | "sendPhoto");
    let is_done = call.answer["ok"] == Value::Bool(true);
    if makes && is_done {
        call.answer["result"]["message_id"].as_i64()
    } else {
        None
    }
}
