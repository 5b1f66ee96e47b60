//! What a person sees: messages in order, with pictures, buttons and menus.

use std::fmt;

use serde_json::Value;

use super::world::{Author, EPHEMERAL, LOADING, MessageRecord, Place, World};

/// One message as a person sees it now.
#[derive(Clone, Debug)]
pub(crate) struct Sight {
    pub(crate) id: u64,
    pub(crate) place: Place,
    pub(crate) author: Author,
    pub(crate) content: String,
    pub(crate) embeds: Vec<SeenEmbed>,
    /// Names and bytes.
    pub(crate) files: Vec<(String, Vec<u8>)>,
    pub(crate) components: Vec<SeenComponent>,
    /// Only this person sees it.
    pub(crate) ephemeral: bool,
    pub(crate) edited: bool,
    /// The bot promised an answer, which is still to come.
    pub(crate) thinking: bool,
}

#[derive(Clone, Debug)]
pub(crate) struct SeenEmbed {
    pub(crate) title: String,
    pub(crate) description: String,
    pub(crate) fields: Vec<(String, String)>,
    pub(crate) footer: String,
    /// The bytes of its picture, if it is one of the message's files.
    pub(crate) image: Option<Vec<u8>>,
}

#[derive(Clone, Debug)]
pub(crate) struct SeenComponent {
    pub(crate) row: usize,
    /// What a button says, or what a menu asks.
    pub(crate) label: String,
    pub(crate) disabled: bool,
    /// What a menu offers, chosen ones first marked with `*`; a button has none.
    pub(crate) options: Vec<String>,
    pub(super) raw: Value,
}

/// A modal that stands open.
#[derive(Clone, Debug)]
pub(crate) struct SeenModal {
    pub(crate) title: String,
    /// The label of every input, in order.
    pub(crate) labels: Vec<String>,
}

fn text(value: &Value) -> String {
    value.as_str().unwrap_or_default().to_owned()
}

fn list(value: &Value) -> impl Iterator<Item = &Value> {
    value.as_array().into_iter().flatten()
}

impl World {
    /// Everything that this person sees, the oldest first.
    pub(super) fn seen_by(&self, person: u64) -> Vec<Sight> {
        let direct = self.person(person).direct_channel;
        let guilds = self.guilds.values().map(|guild| guild.channel);
        let mut there: Vec<_> = direct
            .into_iter()
            .chain(guilds)
            .flat_map(|channel| self.messages.of_channel(channel))
            .filter(|message| message.only_for.is_none_or(|only| only == person))
            .collect();
        there.sort_by_key(|message| message.id);
        there
            .into_iter()
            .map(|message| self.sight(message, direct))
            .collect()
    }

    fn sight(&self, message: &MessageRecord, direct: Option<u64>) -> Sight {
        let file = |id: &u64| (self.files[id].name.clone(), self.files[id].bytes.clone());
        Sight {
            id: message.id,
            place: if Some(message.channel) == direct {
                Place::Direct
            } else {
                Place::Channel(message.channel)
            },
            author: message.author.map_or(Author::Bot, |person| {
                Author::Person(self.person(person).name.clone())
            }),
            content: message.body.content.clone(),
            embeds: message
                .body
                .embeds
                .iter()
                .map(|embed| self.seen_embed(embed))
                .collect(),
            files: message.body.attachments.iter().map(file).collect(),
            components: seen_components(&message.body.components),
            ephemeral: message.flags & EPHEMERAL != 0,
            edited: message.edited.is_some(),
            thinking: message.flags & LOADING != 0,
        }
    }

    fn seen_embed(&self, embed: &Value) -> SeenEmbed {
        let address = text(&embed["image"]["url"]);
        let id = address
            .strip_prefix(&format!("{}/attachments/", self.base))
            .and_then(|rest| rest.split('/').nth(1)?.parse::<u64>().ok());
        SeenEmbed {
            title: text(&embed["title"]),
            description: text(&embed["description"]),
            fields: list(&embed["fields"])
                .map(|field| (text(&field["name"]), text(&field["value"])))
                .collect(),
            footer: text(&embed["footer"]["text"]),
            image: id
                .and_then(|id| self.files.get(&id))
                .map(|file| file.bytes.clone()),
        }
    }
}

fn seen_components(rows: &[Value]) -> Vec<SeenComponent> {
    let parts = rows
        .iter()
        .enumerate()
        .flat_map(|(row, parts)| list(&parts["components"]).map(move |part| (row, part)));
    parts
        .map(|(row, part)| SeenComponent {
            row,
            label: label(part),
            disabled: part["disabled"] == true,
            options: list(&part["options"])
                .map(|option| {
                    let mark = if option["default"] == true { "*" } else { "" };
                    format!("{mark}{}", text(&option["label"]))
                })
                .collect(),
            raw: part.clone(),
        })
        .collect()
}

fn label(part: &Value) -> String {
    let name = if part["type"] == 2 {
        "label"
    } else {
        "placeholder"
    };
    match part[name].as_str() {
        Some(label) if !label.is_empty() => label.to_owned(),
        _ => text(&part["emoji"]["name"]),
    }
}

impl SeenModal {
    pub(super) fn of(body: &Value) -> Self {
        Self {
            title: text(&body["title"]),
            labels: inputs(body).map(|input| text(&input["label"])).collect(),
        }
    }
}

/// The text inputs of a modal.
pub(super) fn inputs(body: &Value) -> impl Iterator<Item = &Value> {
    list(&body["components"]).flat_map(|row| list(&row["components"]))
}

/// For transcripts: no ids, no bytes.
impl fmt::Display for Sight {
    fn fmt(&self, page: &mut fmt::Formatter<'_>) -> fmt::Result {
        match &self.author {
            Author::Bot => write!(page, "[bot")?,
            Author::Person(name) => write!(page, "[{name}")?,
        }
        if self.place != Place::Direct {
            write!(page, ", in a guild")?;
        }
        for (is, word) in [
            (self.ephemeral, "ephemeral"),
            (self.edited, "edited"),
            (self.thinking, "thinking"),
        ] {
            if is {
                write!(page, ", {word}")?;
            }
        }
        writeln!(page, "] {}", self.content)?;
        for embed in &self.embeds {
            writeln!(page, "  | {}", embed.title)?;
            for line in embed.description.lines() {
                writeln!(page, "  | {line}")?;
            }
            for (name, value) in &embed.fields {
                writeln!(page, "  | {name}: {value}")?;
            }
            if embed.image.is_some() {
                writeln!(page, "  | (picture)")?;
            }
            if !embed.footer.is_empty() {
                writeln!(page, "  | _{}_", embed.footer)?;
            }
        }
        for (name, _) in &self.files {
            writeln!(page, "  @ {name}")?;
        }
        let mut last = None;
        for part in &self.components {
            if last != Some(part.row) {
                write!(page, "{}  ", if last.is_some() { "\n" } else { "" })?;
            }
            last = Some(part.row);
            let off = if part.disabled { " (off)" } else { "" };
            if part.raw["type"] == 2 {
                write!(page, "[{}{off}] ", part.label)?;
            } else {
                write!(page, "<{}{off}: {}> ", part.label, part.options.join(" / "))?;
            }
        }
        if last.is_some() {
            writeln!(page)?;
        }
        Ok(())
    }
}
