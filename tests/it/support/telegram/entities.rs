//! Formatted text as Telegram reads it: HTML to plain text with entities counted in UTF-16 units.

use serde_json::{Value, json};

use super::refusal::Refusal;
use super::request::Request;

const TAGS: [&str; 16] = [
    "b",
    "strong",
    "i",
    "em",
    "u",
    "ins",
    "s",
    "strike",
    "del",
    "code",
    "pre",
    "a",
    "span",
    "tg-spoiler",
    "tg-emoji",
    "blockquote",
];

/// Text as it stands in a chat.
#[derive(Clone, Debug, Default, PartialEq)]
pub(super) struct Formatted {
    pub(super) plain: String,
    pub(super) entities: Vec<Value>,
}

impl Formatted {
    /// As a bot hands it in: `field` with its `parse_mode`, or with the entities beside it.
    pub(super) fn read(request: &Request, field: &str, entities: &str) -> Result<Self, Refusal> {
        let source = request.text(field).unwrap_or_default();
        Self::parse(
            source,
            request.text("parse_mode"),
            request.structured(entities),
        )
    }

    pub(super) fn parse(
        source: &str,
        parse_mode: Option<&str>,
        entities: Option<&Value>,
    ) -> Result<Self, Refusal> {
        let formatted = match parse_mode {
            Some(mode) if mode.eq_ignore_ascii_case("html") => from_html(source)?,
            None | Some("") => Self {
                plain: source.to_owned(),
                entities: entities
                    .and_then(Value::as_array)
                    .cloned()
                    .unwrap_or_default(),
            },
            Some(_) => return Err(Refusal::bad_request("unsupported parse_mode")),
        };
        Ok(formatted.trimmed())
    }

    /// Telegram's measure of length.
    pub(super) fn units(&self) -> usize {
        utf16(&self.plain)
    }

    /// Space around a message is dropped, and entities move with the text.
    fn trimmed(self) -> Self {
        let plain = self.plain.trim().to_owned();
        let before = utf16(&self.plain) - utf16(self.plain.trim_start());
        let length = utf16(&plain);
        let entities = self
            .entities
            .into_iter()
            .filter_map(|mut entity| {
                let start = unit(&entity["offset"])?;
                let end = (start + unit(&entity["length"])?)
                    .saturating_sub(before)
                    .min(length);
                let start = start.saturating_sub(before);
                entity["offset"] = start.into();
                entity["length"] = end.checked_sub(start).filter(|left| *left > 0)?.into();
                Some(entity)
            })
            .collect();
        Self { plain, entities }
    }
}

/// The commands that Telegram's apps mark in what a person writes.
pub(super) fn commands_in(text: &str) -> Vec<Value> {
    let mut found = Vec::new();
    let mut start = 0;
    for word in text.split_inclusive(char::is_whitespace) {
        let command = word.trim_end();
        if is_command(command) {
            found.push(json!({
                "type": "bot_command",
                "offset": utf16(&text[..start]),
                "length": utf16(command),
            }));
        }
        start += word.len();
    }
    found
}

fn is_command(word: &str) -> bool {
    let is_name = |name: &str, longest: usize| {
        (1..=longest).contains(&name.len())
            && name
                .bytes()
                .all(|byte| byte.is_ascii_alphanumeric() || byte == b'_')
    };
    let Some(command) = word.strip_prefix('/') else {
        return false;
    };
    match command.split_once('@') {
        Some((name, bot)) => is_name(name, 32) && is_name(bot, 32),
        None => is_name(command, 32),
    }
}

pub(super) fn utf16(text: &str) -> usize {
    text.encode_utf16().count()
}

fn unit(value: &Value) -> Option<usize> {
    usize::try_from(value.as_u64()?).ok()
}

struct Open {
    tag: String,
    at: usize,
    start: usize,
    attributes: Vec<(String, String)>,
}

fn from_html(source: &str) -> Result<Formatted, Refusal> {
    let mut formatted = Formatted::default();
    let mut open: Vec<Open> = Vec::new();
    let mut rest = source;
    while let Some(next) = rest.chars().next() {
        let at = source.len() - rest.len();
        match next {
            '&' => {
                let (character, taken) = character_reference(rest);
                formatted.plain.push(character);
                rest = &rest[taken..];
            }
            '<' => {
                let end = rest.find('>').ok_or_else(|| {
                    cannot_parse(&format!("Unclosed start tag at byte offset {at}"))
                })?;
                let inside = &rest[1..end];
                rest = &rest[end + 1..];
                if let Some(name) = inside.strip_prefix('/') {
                    close(name.trim(), at, &mut open, &mut formatted)?;
                } else {
                    open.push(opened(inside, at, formatted.units())?);
                }
            }
            other => {
                formatted.plain.push(other);
                rest = &rest[other.len_utf8()..];
            }
        }
    }
    match open.pop() {
        Some(left) => Err(cannot_parse(&format!(
            "Can't find end tag corresponding to start tag \"{}\"",
            left.tag
        ))),
        None => Ok(formatted),
    }
}

fn opened(inside: &str, at: usize, start: usize) -> Result<Open, Refusal> {
    let (name, attributes) = inside
        .split_once(char::is_whitespace)
        .unwrap_or((inside, ""));
    let tag = name.to_ascii_lowercase();
    if !TAGS.contains(&tag.as_str()) {
        return Err(cannot_parse(&format!(
            "Unsupported start tag \"{tag}\" at byte offset {at}"
        )));
    }
    let attributes = attributes_of(attributes);
    let is_spoiler = attributes
        .iter()
        .any(|(name, value)| name == "class" && value == "tg-spoiler");
    if tag == "span" && !is_spoiler {
        return Err(cannot_parse(&format!(
            "Tag \"span\" must have class \"tg-spoiler\" at byte offset {at}"
        )));
    }
    Ok(Open {
        tag,
        at,
        start,
        attributes,
    })
}

fn close(
    name: &str,
    at: usize,
    open: &mut Vec<Open>,
    formatted: &mut Formatted,
) -> Result<(), Refusal> {
    let Some(last) = open.pop() else {
        return Err(cannot_parse(&format!(
            "Unexpected end tag at byte offset {at}"
        )));
    };
    if !name.is_empty() && !name.eq_ignore_ascii_case(&last.tag) {
        return Err(cannot_parse(&format!(
            "Unmatched end tag at byte offset {at}, expected \"</{}>\", found \"</{name}>\"",
            last.tag
        )));
    }
    let length = formatted.units() - last.start;
    if length > 0
        && let Some(mut entity) = entity_of(&last)
    {
        entity["offset"] = last.start.into();
        entity["length"] = length.into();
        // Outer ones come first, as they begin earlier or at the same place.
        let place = formatted
            .entities
            .iter()
            .position(|other| unit(&other["offset"]) >= Some(last.start))
            .unwrap_or(formatted.entities.len());
        formatted.entities.insert(place, entity);
    }
    debug_assert!(last.at < at, "a tag is opened before it is closed");
    Ok(())
}

fn entity_of(open: &Open) -> Option<Value> {
    let attribute = |wanted: &str| {
        open.attributes
            .iter()
            .find(|(name, _)| name == wanted)
            .map(|(_, value)| value.as_str())
    };
    let kind = match open.tag.as_str() {
        "b" | "strong" => "bold",
        "i" | "em" => "italic",
        "u" | "ins" => "underline",
        "s" | "strike" | "del" => "strikethrough",
        "code" => "code",
        "pre" => "pre",
        "blockquote" if attribute("expandable").is_some() => "expandable_blockquote",
        "blockquote" => "blockquote",
        "a" => return attribute("href").map(|url| json!({ "type": "text_link", "url": url })),
        "tg-emoji" => {
            return attribute("emoji-id")
                .map(|id| json!({ "type": "custom_emoji", "custom_emoji_id": id }));
        }
        _ => "spoiler",
    };
    Some(json!({ "type": kind }))
}

fn attributes_of(source: &str) -> Vec<(String, String)> {
    let mut found = Vec::new();
    let mut rest = source.trim();
    while !rest.is_empty() {
        let end = rest
            .find(|character: char| character == '=' || character.is_whitespace())
            .unwrap_or(rest.len());
        let name = rest[..end].to_ascii_lowercase();
        rest = rest[end..].trim_start();
        let mut value = "";
        if let Some(after) = rest.strip_prefix('=') {
            let after = after.trim_start();
            let quote = after.chars().next().filter(|first| "\"'".contains(*first));
            let (start, end) = match quote {
                Some(quote) => (1, after[1..].find(quote).map_or(after.len(), |end| end + 1)),
                None => (0, after.find(char::is_whitespace).unwrap_or(after.len())),
            };
            value = &after[start..end];
            rest = after[end..].trim_start_matches(['"', '\'']).trim_start();
        }
        found.push((name, unescaped(value)));
    }
    found
}

fn unescaped(source: &str) -> String {
    let mut plain = String::new();
    let mut rest = source;
    while let Some(next) = rest.chars().next() {
        let (character, taken) = if next == '&' {
            character_reference(rest)
        } else {
            (next, next.len_utf8())
        };
        plain.push(character);
        rest = &rest[taken..];
    }
    plain
}

/// The character that stands at the start of `source`, and how many bytes it took. Names that
/// Telegram does not know stay as they are written.
fn character_reference(source: &str) -> (char, usize) {
    let literal = ('&', 1);
    let Some(end) = source.find(';').filter(|end| *end <= 10) else {
        return literal;
    };
    let name = &source[1..end];
    let character = match name {
        "lt" => Some('<'),
        "gt" => Some('>'),
        "amp" => Some('&'),
        "quot" => Some('"'),
        _ => name
            .strip_prefix('#')
            .and_then(|number| match number.strip_prefix(['x', 'X']) {
                Some(hexadecimal) => u32::from_str_radix(hexadecimal, 16).ok(),
                None => number.parse().ok(),
            })
            .and_then(char::from_u32)
            .filter(|character| *character != '\0'),
    };
    character.map_or(literal, |character| (character, end + 1))
}

fn cannot_parse(why: &str) -> Refusal {
    Refusal::bad_request(format!("can't parse entities: {why}"))
}
