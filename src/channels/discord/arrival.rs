//! What Discord tells of a person, as far as we use it. Pure.
//!
//! It is read leniently from Discord's own form, so that a field that is new or left out elsewhere
//! does not lose what a person did.

use serde::Deserialize;
use serde_json::Value;

use super::greeting::EPHEMERAL;
use crate::domain::consultation::{Command, Language};

/// Something that a person did.
#[derive(Clone, PartialEq, Eq)]
pub(super) struct Arrival {
    /// Unique, and growing with time.
    pub(super) id: u64,
    pub(super) person: u64,
    pub(super) language: Option<Language>,
    pub(super) venue: Venue,
    pub(super) deed: Deed,
}

impl std::fmt::Debug for Arrival {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        formatter.write_str("Arrival(…)")
    }
}

/// Where it was done.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Venue {
    /// In the direct-message channel with us.
    Direct(u64),
    /// Where others are too.
    Shared(u64),
}

/// What was done.
#[derive(Clone, PartialEq, Eq)]
pub(super) enum Deed {
    Commanded {
        handle: Handle,
        command: Command,
        files: Vec<Attached>,
    },
    /// A button was pressed, or something was chosen in a menu.
    Pressed {
        handle: Handle,
        message: u64,
        custom_id: String,
        values: Vec<String>,
    },
    Filled {
        handle: Handle,
        /// Under which the window was opened.
        message: Option<u64>,
        custom_id: String,
        text: String,
    },
    Wrote {
        text: String,
        files: Vec<Attached>,
    },
    /// Not ours: it is acknowledged and nothing more.
    Strange {
        handle: Handle,
    },
}

/// By what an interaction is answered.
#[derive(Clone, PartialEq, Eq)]
pub(super) struct Handle {
    pub(super) application: u64,
    pub(super) token: String,
}

/// A file that was sent along.
#[derive(Clone, PartialEq, Eq)]
pub(super) struct Attached {
    pub(super) address: String,
    pub(super) bytes: u64,
}

impl std::fmt::Debug for Attached {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        formatter.write_str("Attached(…)")
    }
}

#[derive(Deserialize)]
#[serde(untagged)]
enum Snowflake {
    Text(String),
    Number(u64),
}

fn snowflake<'de, D: serde::Deserializer<'de>>(deserializer: D) -> Result<u64, D::Error> {
    match Snowflake::deserialize(deserializer)? {
        Snowflake::Text(text) => text.parse().map_err(serde::de::Error::custom),
        Snowflake::Number(number) => Ok(number),
    }
}

#[derive(Deserialize)]
struct Id {
    #[serde(deserialize_with = "snowflake")]
    id: u64,
    #[serde(default)]
    bot: Option<bool>,
}

#[derive(Deserialize)]
struct Member {
    user: Id,
}

#[derive(Deserialize)]
struct Channel {
    #[serde(rename = "type")]
    kind: Option<u8>,
}

#[derive(Deserialize)]
struct Interaction {
    #[serde(deserialize_with = "snowflake")]
    id: u64,
    #[serde(deserialize_with = "snowflake")]
    application_id: u64,
    #[serde(rename = "type")]
    kind: u8,
    token: String,
    #[serde(deserialize_with = "snowflake")]
    channel_id: u64,
    #[serde(default)]
    channel: Option<Channel>,
    #[serde(default)]
    guild_id: Option<Value>,
    #[serde(default)]
    context: Option<u8>,
    #[serde(default)]
    member: Option<Member>,
    #[serde(default)]
    user: Option<Id>,
    #[serde(default)]
    locale: Option<String>,
    #[serde(default)]
    message: Option<Shown>,
    #[serde(default)]
    data: Value,
}

/// The message under which something was pressed.
#[derive(Deserialize)]
struct Shown {
    #[serde(deserialize_with = "snowflake")]
    id: u64,
    #[serde(default)]
    flags: Option<u64>,
}

#[derive(Deserialize)]
struct Written {
    #[serde(deserialize_with = "snowflake")]
    id: u64,
    #[serde(deserialize_with = "snowflake")]
    channel_id: u64,
    author: Id,
    #[serde(default)]
    webhook_id: Option<Value>,
    #[serde(default)]
    guild_id: Option<Value>,
    #[serde(default, rename = "type")]
    kind: u8,
    #[serde(default)]
    content: String,
    #[serde(default)]
    attachments: Vec<Value>,
}

/// Reads an interaction.
pub(super) fn of_interaction(data: &Value) -> Result<Arrival, serde_json::Error> {
    let told = Interaction::deserialize(data)?;
    let is_in_guild = told.guild_id.as_ref().is_some_and(|guild| !guild.is_null());
    let person = match (&told.member, &told.user) {
        (Some(member), _) if is_in_guild => member.user.id,
        (_, Some(user)) => user.id,
        (Some(member), None) => member.user.id,
        (None, None) => return Err(serde::de::Error::missing_field("user")),
    };
    // Where it was shown to one person aside, others are there: so it is in the direct messages of two
    // people, of whose windows the context is not told.
    let is_aside = told
        .message
        .as_ref()
        .is_some_and(|message| message.flags.is_some_and(|flags| flags & EPHEMERAL != 0));
    let is_direct = if let Some(context) = told.context {
        context == 1
    } else {
        let kind = told.channel.as_ref().and_then(|one| one.kind);
        !is_in_guild && kind == Some(1) && !is_aside
    };
    let venue = if is_direct {
        Venue::Direct(told.channel_id)
    } else {
        Venue::Shared(told.channel_id)
    };
    let handle = Handle {
        application: told.application_id,
        token: told.token,
    };
    let data = &told.data;
    let text = |name: &str| data[name].as_str().unwrap_or_default().to_owned();
    let command = Command::from_id(data["name"].as_str().unwrap_or_default());
    let deed = match (told.kind, command, &told.message) {
        (2, Some(command), _) => Deed::Commanded {
            handle,
            command,
            files: attached_to_command(data),
        },
        (3, _, Some(message)) => Deed::Pressed {
            handle,
            message: message.id,
            custom_id: text("custom_id"),
            values: list(&data["values"])
                .filter_map(|value| value.as_str().map(str::to_owned))
                .collect(),
        },
        (5, _, message) => Deed::Filled {
            handle,
            message: message.as_ref().map(|message| message.id),
            custom_id: text("custom_id"),
            text: filled(data),
        },
        _ => Deed::Strange { handle },
    };
    Ok(Arrival {
        id: told.id,
        person,
        language: told.locale.as_deref().and_then(Language::from_tag),
        venue,
        deed,
    })
}

/// Reads a message; `None` for whatever no person said to us alone.
pub(super) fn of_message(data: &Value) -> Result<Option<Arrival>, serde_json::Error> {
    const ORDINARY: u8 = 0;
    const ANSWERING: u8 = 19;
    let told = Written::deserialize(data)?;
    let is_given = |value: &Option<Value>| value.as_ref().is_some_and(|value| !value.is_null());
    let is_ours = told.author.bot != Some(true)
        && !is_given(&told.webhook_id)
        && !is_given(&told.guild_id)
        && matches!(told.kind, ORDINARY | ANSWERING);
    let files: Vec<Attached> = told.attachments.iter().filter_map(attached).collect();
    if !is_ours || (told.content.trim().is_empty() && files.is_empty()) {
        return Ok(None);
    }
    Ok(Some(Arrival {
        id: told.id,
        person: told.author.id,
        language: None,
        venue: Venue::Direct(told.channel_id),
        deed: Deed::Wrote {
            text: told.content,
            files,
        },
    }))
}

fn list(value: &Value) -> impl Iterator<Item = &Value> {
    value.as_array().into_iter().flatten()
}

fn attached(file: &Value) -> Option<Attached> {
    Some(Attached {
        address: file["url"].as_str()?.to_owned(),
        bytes: file["size"].as_u64().unwrap_or(0),
    })
}

/// In the order of the options.
fn attached_to_command(data: &Value) -> Vec<Attached> {
    let files = &data["resolved"]["attachments"];
    list(&data["options"])
        .filter_map(|option| {
            let id = match &option["value"] {
                Value::String(text) => text.clone(),
                Value::Number(number) => number.to_string(),
                _ => return None,
            };
            attached(&files[id])
        })
        .collect()
}

/// What was written into a window: the first field that holds something, wherever it stands.
fn filled(data: &Value) -> String {
    let rows = list(&data["components"]);
    let fields = rows.flat_map(|row| list(&row["components"]).chain([&row["component"]]));
    fields
        .filter_map(|field| field["value"].as_str())
        .find(|text| !text.trim().is_empty())
        .unwrap_or_default()
        .to_owned()
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn interaction(kind: u8, data: &Value) -> Value {
        json!({
            "id": "1187000000000000001", "application_id": "5", "type": kind, "token": "secret",
            "channel_id": "60", "locale": "ko", "data": data,
        })
    }

    fn in_guild(mut told: Value) -> Value {
        told["guild_id"] = json!("9");
        told["member"] = json!({ "user": { "id": "7" } });
        told["context"] = json!(0);
        told
    }

    /// serenity leaves the context of a window out.
    #[test]
    fn a_window_in_the_direct_messages_of_two_people_is_answered_aside() {
        let mut told = interaction(5, &json!({ "custom_id": "x", "components": [] }));
        told["user"] = json!({ "id": "7" });
        told["channel"] = json!({ "type": 1 });
        told["message"] = json!({ "id": "44", "flags": 64 });
        assert_eq!(of_interaction(&told).unwrap().venue, Venue::Shared(60));
        told["message"] = json!({ "id": "44", "flags": 0 });
        assert_eq!(of_interaction(&told).unwrap().venue, Venue::Direct(60));
        told["message"] = json!({ "id": "44" });
        assert_eq!(of_interaction(&told).unwrap().venue, Venue::Direct(60));
    }

    #[test]
    fn a_command_brings_its_files_in_order() {
        let told = in_guild(interaction(
            2,
            &json!({
                "name": "consult",
                "options": [
                    { "name": "photo2", "type": 11, "value": "31" },
                    { "name": "photo", "type": 11, "value": "30" },
                ],
                "resolved": { "attachments": {
                    "30": { "url": "https://a", "size": 1 }, "31": { "url": "https://b", "size": 2 },
                } },
            }),
        ));
        let arrival = of_interaction(&told).unwrap();
        assert_eq!(arrival.person, 7);
        assert_eq!(arrival.venue, Venue::Shared(60));
        assert_eq!(arrival.language, Some(Language::Korean));
        let Deed::Commanded { command, files, .. } = arrival.deed else {
            panic!("not a command");
        };
        assert_eq!(command, Command::Consult);
        let addresses: Vec<&str> = files.iter().map(|file| file.address.as_str()).collect();
        assert_eq!(addresses, ["https://b", "https://a"]);
    }

    #[test]
    fn a_press_in_a_direct_message_is_known_with_and_without_a_context() {
        let mut told = interaction(3, &json!({ "custom_id": "abc", "values": ["x"] }));
        told["user"] = json!({ "id": "7" });
        told["message"] = json!({ "id": "44" });
        told["channel"] = json!({ "id": "60", "type": 1 });
        let arrival = of_interaction(&told).unwrap();
        assert_eq!(arrival.venue, Venue::Direct(60));
        assert!(
            matches!(&arrival.deed, Deed::Pressed { message: 44, values, .. } if values == &["x"])
        );
        told["context"] = json!(2);
        assert_eq!(of_interaction(&told).unwrap().venue, Venue::Shared(60));
    }

    #[test]
    fn a_filled_window_brings_its_words() {
        let mut told = interaction(
            5,
            &json!({ "custom_id": "w", "components": [
                { "type": 1, "components": [{ "type": 4, "custom_id": "w", "value": "dry" }] }
            ] }),
        );
        told["user"] = json!({ "id": 7 });
        let arrival = of_interaction(&told).unwrap();
        assert!(matches!(&arrival.deed, Deed::Filled { text, message: None, .. } if text == "dry"));
    }

    #[test]
    fn what_is_not_ours_is_acknowledged_and_nothing_else() {
        let told = in_guild(interaction(2, &json!({ "name": "gone" })));
        let arrival = of_interaction(&told).unwrap();
        assert!(matches!(arrival.deed, Deed::Strange { .. }));
        assert!(of_interaction(&json!({ "id": "1" })).is_err());
    }

    #[test]
    fn only_what_a_person_writes_to_us_alone_counts() {
        let told = json!({
            "id": "1", "channel_id": "60", "author": { "id": "7" }, "content": "hello",
            "attachments": [{ "id": "3", "url": "https://a", "size": 12 }],
        });
        let arrival = of_message(&told).unwrap().unwrap();
        assert!(matches!(&arrival.deed, Deed::Wrote { files, .. } if files[0].bytes == 12));
        for (name, value) in [
            ("guild_id", json!("9")),
            ("webhook_id", json!("9")),
            ("author", json!({ "id": "7", "bot": true })),
            ("type", json!(7)),
        ] {
            let mut other = told.clone();
            other[name] = value;
            assert!(of_message(&other).unwrap().is_none(), "{name}");
        }
    }
}
