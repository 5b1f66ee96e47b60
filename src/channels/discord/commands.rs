//! The commands as Discord is told of them, and whether it knows them already.

use serde_json::{Map, Value, json};

use super::http::{Call, CallError};
use super::wire::{Counted, Wire};
use crate::domain::consultation::{Command, Language};
use crate::wording::Wording;

/// How many photos one command takes: as many as a consultation.
const PHOTOS: usize = 4;

/// What of a command is ours to say; Discord adds the rest.
const FIELDS: [&str; 7] = [
    "name",
    "name_localizations",
    "description",
    "description_localizations",
    "options",
    "integration_types",
    "contexts",
];

/// Every command, in the order in which they are shown.
pub(super) fn wanted(wording: &Wording) -> Value {
    let commands = Command::ALL.into_iter().map(|command| {
        let (id, about) = (command.id(), format!("messenger-command-{}", command.id()));
        let name = format!("messenger-command-name-{id}");
        let mut form = json!({
            "type": 1, "name": id,
            "name_localizations": local(wording, &name, ""),
            "description": told(wording, Language::English, &about),
            "description_localizations": local(wording, &about, ""),
            // On servers and for people who install it for themselves; everywhere they can type.
            "integration_types": [0, 1], "contexts": [0, 1, 2],
        });
        if command == Command::Consult {
            form["options"] = (1..=PHOTOS).map(|number| photo(wording, number)).collect();
        }
        form
    });
    commands.collect()
}

/// Option by option: the first is plain, the others are numbered.
fn photo(wording: &Wording, number: usize) -> Value {
    let suffix = if number == 1 {
        String::new()
    } else {
        number.to_string()
    };
    let about = "discord-option-photo-description";
    json!({
        "type": 11, "name": format!("photo{suffix}"), "required": false,
        "name_localizations": local(wording, "discord-option-photo", &suffix),
        "description": told(wording, Language::English, about),
        "description_localizations": local(wording, about, ""),
    })
}

fn told(wording: &Wording, language: Language, key: &str) -> String {
    wording.phrases().phrase(language, key, &[])
}

/// In Korean; every other language reads the English default.
fn local(wording: &Wording, key: &str, suffix: &str) -> Value {
    let text = told(wording, Language::Korean, key);
    json!({ "ko": format!("{text}{suffix}") })
}

/// Whether Discord knows just these commands.
pub(super) fn are_known(known: &Value, wanted: &Value) -> bool {
    let sorted = |commands: &Value| {
        let list = commands.as_array().into_iter().flatten();
        let mut ours: Vec<Value> = list.map(own).collect();
        ours.sort_by_key(|command| command["name"].to_string());
        ours
    };
    sorted(known) == sorted(wanted)
}

/// A command without what Discord adds to it and without what says nothing.
fn own(command: &Value) -> Value {
    let fields = FIELDS.iter().filter_map(|field| {
        let value = match &command[field] {
            Value::Null => return None,
            Value::Array(items) if items.is_empty() => return None,
            Value::Array(items) if *field == "options" => items.iter().map(own).collect(),
            Value::Array(items) => {
                let mut items = items.clone();
                items.sort_by_key(ToString::to_string);
                items.into()
            }
            other => other.clone(),
        };
        Some(((*field).to_owned(), value))
    });
    let mut own: Map<String, Value> = fields.collect();
    own.insert(
        "type".to_owned(),
        command["type"].as_u64().unwrap_or(1).into(),
    );
    Value::Object(own)
}

/// The commands that Discord knows.
pub(super) async fn known(wire: &Wire, application: u64) -> Result<Value, CallError> {
    let path = format!("/applications/{application}/commands?with_localizations=true");
    wire.call(Counted::Alone, Call::get(path)).await
}

/// Tells Discord of the commands, if it does not know them.
pub(super) async fn register(
    wire: &Wire,
    application: u64,
    wording: &Wording,
) -> Result<(), CallError> {
    let wanted = wanted(wording);
    if are_known(&known(wire, application).await?, &wanted) {
        return Ok(());
    }
    let path = format!("/applications/{application}/commands");
    wire.call(Counted::Alone, Call::put(path, wanted)).await?;
    tracing::info!("Registered the commands with Discord");
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn as_discord_tells(wanted: &Value) -> Value {
        let mut known = wanted.clone();
        for command in known.as_array_mut().unwrap() {
            command["id"] = json!("1");
            command["version"] = json!("2");
            command["nsfw"] = json!(false);
            command["contexts"] = json!([2, 0, 1]);
            if command["options"].is_null() {
                command["options"] = json!([]);
            }
            for option in command["options"].as_array_mut().unwrap() {
                option.as_object_mut().unwrap().remove("required");
            }
        }
        known.as_array_mut().unwrap().reverse();
        known
    }

    #[test]
    fn commands_are_registered_only_when_something_of_ours_differs() {
        let wanted = wanted(&Wording::embedded().unwrap());
        let known = as_discord_tells(&wanted);
        assert!(are_known(&known, &wanted));
        let mut other = known.clone();
        other[0]["name_localizations"]["ko"] = json!("다른이름");
        assert!(!are_known(&other, &wanted));
        let mut fewer = known.clone();
        fewer.as_array_mut().unwrap().pop();
        assert!(!are_known(&fewer, &wanted));
        let mut other = known;
        other[0]["integration_types"] = json!([0]);
        assert!(!are_known(&other, &wanted));
        assert!(!are_known(&json!([]), &wanted));
    }

    #[test]
    fn names_are_in_korean_too_and_consulting_takes_photos() {
        let wanted = wanted(&Wording::embedded().unwrap());
        let consult = &wanted[0];
        assert_eq!(consult["name"], "consult");
        assert_eq!(consult["name_localizations"]["ko"], "상담");
        let names: Vec<&Value> = consult["options"]
            .as_array()
            .unwrap()
            .iter()
            .map(|option| &option["name_localizations"]["ko"])
            .collect();
        assert_eq!(names, ["사진", "사진2", "사진3", "사진4"]);
    }
}
