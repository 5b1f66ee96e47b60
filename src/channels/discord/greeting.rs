//! How something that a person did is acknowledged at once, and what becomes of it. Pure.

use std::collections::BTreeSet;

use serde_json::{Value, json};

use super::PersonalPlace;
use super::arrival::{Arrival, Attached, Deed, Handle, Venue};
use super::personal::is_always_obeyed;
use super::place::{Original, PASS_LASTS, Pass, Reply};
use super::press::{Press, PressIds};
use crate::domain::consultation::{Command, FileReference, Language, OwnWords};
use crate::domain::scalp::{Choice, Selection};
use crate::ports::InboundWhat;

/// Shown to one person, whoever else is there.
pub(super) const EPHEMERAL: u64 = 64;
/// The most characters of the words in the window; what is kept of them is decided elsewhere.
const MOST_WORDS: u64 = 2_000;

/// What a person gets to see at once, and what is to be handed in.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Greeting {
    pub(super) shown: Shown,
    pub(super) wish: Wish,
    /// How answers find the person, if the acknowledgement is taken.
    pub(super) reply: Reply,
}

/// The acknowledgement.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Shown {
    /// A message needs none.
    Nothing,
    /// "Thinking", until the first message takes its place.
    Thinking,
    /// The press was heard.
    Heard,
    /// The window for the person's own words.
    Window(OwnWords, Language),
    /// That it goes on in direct messages.
    GoOnInDirect,
    /// That nothing personal is done here, with general tips.
    Explanation,
    /// That we know nothing of the kind (any more).
    NothingKnown,
}

/// What to hand in.
#[derive(PartialEq, Eq)]
pub(super) enum Wish {
    Nothing,
    /// To begin, or to obey; with files.
    Command(Command, Vec<Attached>),
    /// A command that means something only to people whom we know.
    CommandIfKnown(Command),
    Do(InboundWhat),
    /// To begin with those whom nobody knows, otherwise to listen; with files.
    Listen {
        text: String,
        files: Vec<Attached>,
    },
    /// Nothing is handed in; the explanation goes to the direct-message channel.
    Explain {
        channel: u64,
    },
}

impl std::fmt::Debug for Wish {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        // What a person writes must not reach a log.
        match self {
            Self::Nothing => formatter.write_str("Nothing"),
            Self::Command(command, _) => write!(formatter, "Command({command:?}, …)"),
            Self::CommandIfKnown(command) => write!(formatter, "CommandIfKnown({command:?})"),
            Self::Do(what) => write!(formatter, "Do({what:?})"),
            Self::Listen { .. } => formatter.write_str("Listen(…)"),
            Self::Explain { .. } => formatter.write_str("Explain(…)"),
        }
    }
}

/// Decides about an arrival.
pub(super) fn greet(
    arrival: &Arrival,
    personal: PersonalPlace,
    ids: &PressIds,
    now: i64,
) -> Greeting {
    match &arrival.deed {
        Deed::Wrote { text, files } => wrote(arrival.venue, personal, text, files),
        Deed::Strange { .. } => nothing_known(),
        Deed::Commanded {
            handle,
            command,
            files,
        } => {
            let pass = pass(arrival, handle, Original::Awaited, now);
            let wish = match (personal, command) {
                (PersonalPlace::Off, Command::Delete | Command::Privacy) => {
                    Wish::CommandIfKnown(*command)
                }
                (PersonalPlace::Off, _) => return explanation(),
                (PersonalPlace::Ephemeral | PersonalPlace::Direct, command) => {
                    Wish::Command(*command, files.clone())
                }
            };
            answered(arrival.venue, personal, Shown::Thinking, wish, pass)
        }
        Deed::Pressed {
            handle,
            message,
            custom_id,
            values,
        } => {
            let press = ids.press(arrival.person, custom_id);
            if let Some(Press::Write(words, language)) = press
                && personal != PersonalPlace::Off
            {
                return Greeting {
                    shown: Shown::Window(words, language),
                    wish: Wish::Nothing,
                    reply: Reply::default(),
                };
            }
            let what = press.and_then(|press| pressed(press, arrival.person, values, ids));
            let is_obeyed = match &what {
                Some(InboundWhat::Pressed(button)) => is_always_obeyed(*button),
                Some(_) | None => false,
            };
            if personal == PersonalPlace::Off && !is_obeyed {
                return explanation();
            }
            let pass = pass(arrival, handle, Original::Standing(*message), now);
            match what {
                Some(what) => answered(arrival.venue, personal, Shown::Heard, Wish::Do(what), pass),
                // Of another token's time, or of a version that offered something else.
                None => nothing_known(),
            }
        }
        Deed::Filled {
            handle,
            message,
            custom_id,
            text,
        } => {
            if personal == PersonalPlace::Off {
                return explanation();
            }
            let is_ours = ids.press(arrival.person, custom_id) == Some(Press::Words);
            if !is_ours || text.trim().is_empty() {
                return nothing_known();
            }
            let wish = Wish::Do(InboundWhat::Said(text.clone()));
            let (shown, original) = match message {
                Some(message) => (Shown::Heard, Original::Standing(*message)),
                None => (Shown::Thinking, Original::Awaited),
            };
            let pass = pass(arrival, handle, original, now);
            answered(arrival.venue, personal, shown, wish, pass)
        }
    }
}

fn nothing_known() -> Greeting {
    Greeting {
        shown: Shown::NothingKnown,
        wish: Wish::Nothing,
        reply: Reply::default(),
    }
}

fn explanation() -> Greeting {
    Greeting {
        shown: Shown::Explanation,
        wish: Wish::Nothing,
        reply: Reply::default(),
    }
}

fn wrote(venue: Venue, personal: PersonalPlace, text: &str, files: &[Attached]) -> Greeting {
    let (Venue::Direct(channel) | Venue::Shared(channel)) = venue;
    let wish = match personal {
        PersonalPlace::Off => Wish::Explain { channel },
        PersonalPlace::Ephemeral | PersonalPlace::Direct => Wish::Listen {
            text: text.to_owned(),
            files: files.to_vec(),
        },
    };
    Greeting {
        shown: Shown::Nothing,
        wish,
        reply: Reply {
            direct: Some(channel),
            ..Reply::default()
        },
    }
}

/// With the way back that the venue and the setting ask for.
fn answered(
    venue: Venue,
    personal: PersonalPlace,
    shown: Shown,
    wish: Wish,
    pass: Pass,
) -> Greeting {
    match (venue, personal) {
        (Venue::Direct(channel), _) => Greeting {
            shown,
            wish,
            reply: Reply {
                direct: Some(channel),
                pass: Some(pass),
                ..Reply::default()
            },
        },
        (Venue::Shared(channel), PersonalPlace::Direct) => Greeting {
            shown: Shown::GoOnInDirect,
            wish,
            reply: Reply {
                aside: Some(Pass {
                    original: Original::Said,
                    ..pass
                }),
                guild_channel: Some(channel),
                ..Reply::default()
            },
        },
        (Venue::Shared(channel), PersonalPlace::Ephemeral | PersonalPlace::Off) => Greeting {
            shown,
            wish,
            reply: Reply {
                pass: Some(pass),
                guild_channel: Some(channel),
                ..Reply::default()
            },
        },
    }
}

fn pass(arrival: &Arrival, handle: &Handle, original: Original, now: i64) -> Pass {
    Pass {
        interaction: arrival.id,
        application: handle.application,
        token: handle.token.clone(),
        // By our own clock, wrong as it may be: Discord takes an acknowledgement within three seconds
        // only, and without it there is no pass.
        ends: now + PASS_LASTS,
        original,
    }
}

/// What a press means.
fn pressed(press: Press, person: u64, values: &[String], ids: &PressIds) -> Option<InboundWhat> {
    match press {
        Press::Button(button) => Some(InboundWhat::Pressed(button)),
        Press::Choice(choice) => Some(chosen(choice.question(), [choice])),
        Press::Menu(question) => {
            let choice = |value: &String| match ids.press(person, value) {
                Some(Press::Choice(choice)) if choice.question() == question => Some(choice),
                _ => None,
            };
            let choices: BTreeSet<Choice> = values.iter().map(choice).collect::<Option<_>>()?;
            let is_one = question.selection() == Selection::One;
            (!is_one || choices.len() == 1).then(|| chosen(question, choices))
        }
        Press::Write(..) | Press::Words => None,
    }
}

fn chosen(
    question: crate::domain::scalp::Question,
    choices: impl IntoIterator<Item = Choice>,
) -> InboundWhat {
    InboundWhat::Chosen {
        question,
        choices: choices.into_iter().collect(),
    }
}

/// How files are found again.
pub(super) fn references(files: &[Attached]) -> Vec<FileReference> {
    files
        .iter()
        .map(|file| FileReference(file.address.clone()))
        .collect()
}

/// The callback's body.
pub(super) fn callback(shown: &Shown, venue: Venue, texts: &Texts, id: &str) -> Option<Value> {
    let flags = match venue {
        Venue::Direct(_) => 0,
        Venue::Shared(_) => EPHEMERAL,
    };
    let said = |content: &str| {
        json!({ "type": 4, "data": {
            "content": content, "flags": flags, "allowed_mentions": { "parse": [] },
        } })
    };
    Some(match shown {
        Shown::Nothing => return None,
        Shown::Thinking => json!({ "type": 5, "data": { "flags": flags } }),
        Shown::Heard => json!({ "type": 6 }),
        Shown::Window(..) => json!({ "type": 9, "data": {
            "custom_id": id, "title": texts.title, "components": [{ "type": 1, "components": [{
                "type": 4, "custom_id": id, "style": 2, "label": texts.label,
                "min_length": 1, "max_length": MOST_WORDS, "required": true,
            }] }],
        } }),
        Shown::GoOnInDirect | Shown::Explanation | Shown::NothingKnown => said(&texts.said),
    })
}

/// The words of an acknowledgement.
#[derive(Debug, Default)]
pub(super) struct Texts {
    pub(super) said: String,
    pub(super) title: String,
    pub(super) label: String,
}

#[cfg(test)]
mod tests;
