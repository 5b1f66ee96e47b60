//! A worded message as Discord's messages: text, picture, buttons and menus. Pure.

use serde_json::{Value, json};

use super::components::{Labels, rows};
use super::http::Upload;
use crate::channels::text;
use crate::wording::Worded;

/// The most characters of a message's text, of an embed's, and of a picture's description.
const MOST_TEXT: usize = 2_000;
const MOST_EMBEDDED: usize = 4_096;
const MOST_DESCRIPTION: usize = 1_024;

/// How a text is shown.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Form {
    /// As the text of one or more messages.
    Text,
    /// In a frame of its own, if it fits into one.
    Framed,
}

/// A picture with what it says in words.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Pictured {
    pub(super) file: Upload,
    pub(super) alternative: String,
}

/// One message of Discord's.
#[derive(Debug, Clone, PartialEq, Default)]
pub(super) struct Part {
    content: String,
    framed: Option<String>,
    picture: Option<Pictured>,
    rows: Vec<Value>,
}

impl Part {
    /// A text alone.
    pub(super) fn text(content: String) -> Self {
        Self {
            content,
            ..Self::default()
        }
    }

    /// The message's body: everything that it shows, so that an edit leaves nothing of before.
    pub(super) fn body(&self) -> Value {
        let mut embeds = Vec::new();
        if let Some(framed) = &self.framed {
            embeds.push(json!({ "description": framed }));
        }
        let mut attachments = Vec::new();
        if let Some(picture) = &self.picture {
            let name = picture.file.name;
            let address = format!("attachment://{name}");
            embeds.push(json!({ "image": { "url": address } }));
            attachments.push(json!({
                "id": "0", "filename": name,
                "description": text::shortened(&picture.alternative, MOST_DESCRIPTION),
            }));
        }
        json!({
            "content": self.content, "embeds": embeds, "attachments": attachments,
            "components": self.rows, "allowed_mentions": { "parse": [] },
        })
    }

    pub(super) fn files(&self) -> Vec<Upload> {
        let picture = self.picture.iter();
        picture.map(|picture| picture.file.clone()).collect()
    }

    /// Without buttons, where those are what is refused.
    pub(super) fn without_components(mut self) -> Self {
        self.rows.clear();
        self
    }
}

/// The messages that show it, in order: the picture stands with the first, what can be pressed under
/// the last.
pub(super) fn lay_out(
    worded: &Worded,
    form: Form,
    picture: Option<Pictured>,
    labels: &Labels<'_>,
) -> Vec<Part> {
    let mut paragraphs = worded.paragraphs.clone();
    paragraphs.extend(labels.photo_hint.clone().filter(|_| worded.wants_photo));
    let framed = match form {
        Form::Text => None,
        Form::Framed => {
            let mut whole = text::parts(&paragraphs, MOST_EMBEDDED);
            (whole.len() == 1).then(|| whole.remove(0))
        }
    };
    let mut parts: Vec<Part> = match framed {
        Some(framed) => vec![Part {
            framed: Some(framed),
            ..Part::default()
        }],
        None => text::parts(&paragraphs, MOST_TEXT)
            .into_iter()
            .map(Part::text)
            .collect(),
    };
    if parts.is_empty() {
        parts.push(Part::default());
    }
    parts[0].picture = picture;
    if let Some(last) = parts.last_mut() {
        last.rows = rows(worded, labels);
    }
    parts
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use super::super::press::PressIds;
    use super::*;
    use crate::domain::consultation::{Button, Language};

    fn labels(ids: &PressIds) -> Labels<'_> {
        Labels {
            ids,
            person: 7,
            language: Language::Korean,
            choose: "choose".to_owned(),
            write: "write".to_owned(),
            photo_hint: None,
        }
    }

    fn ids() -> PressIds {
        PressIds::new("a token".to_owned().into())
    }

    fn worded(paragraphs: &[String]) -> Worded {
        Worded {
            paragraphs: paragraphs.to_vec(),
            buttons: vec![vec![(Button::Tips, "Tips".to_owned())]],
            ..Worded::default()
        }
    }

    #[test]
    fn a_long_text_is_split_and_its_buttons_stand_under_the_last_part() {
        let long = worded(&["가".repeat(1_900), "나".repeat(1_900)]);
        let parts = lay_out(&long, Form::Text, None, &labels(&ids()));
        let bodies: Vec<Value> = parts.iter().map(Part::body).collect();
        assert_eq!(bodies.len(), 2);
        assert_eq!(bodies[0]["components"], json!([]));
        assert_eq!(bodies[1]["components"].as_array().unwrap().len(), 1);
        assert_eq!(
            bodies[1]["content"].as_str().unwrap().chars().count(),
            1_900
        );
        assert_eq!(bodies[0]["allowed_mentions"], json!({ "parse": [] }));
    }

    #[test]
    fn a_framed_text_stays_in_one_piece_while_it_fits() {
        let long = worded(&["가".repeat(1_900), "나".repeat(1_900)]);
        let parts = lay_out(&long, Form::Framed, None, &labels(&ids()));
        assert_eq!(parts.len(), 1);
        let body = parts[0].body();
        assert_eq!(body["content"], "");
        let shown = body["embeds"][0]["description"].as_str().unwrap();
        assert_eq!(shown.chars().count(), 3_802);
        let longer = worded(&["가".repeat(1_900), "나".repeat(1_900), "다".repeat(400)]);
        assert_eq!(
            lay_out(&longer, Form::Framed, None, &labels(&ids())).len(),
            3
        );
    }

    #[test]
    fn a_picture_is_attached_described_and_shown() {
        let picture = Pictured {
            file: Upload {
                name: "card.png",
                bytes: Arc::from(*b"png"),
            },
            alternative: "a card".to_owned(),
        };
        let parts = lay_out(
            &worded(&["here".to_owned()]),
            Form::Text,
            Some(picture),
            &labels(&ids()),
        );
        let body = parts[0].body();
        assert_eq!(body["embeds"][0]["image"]["url"], "attachment://card.png");
        assert_eq!(body["attachments"][0]["id"], "0");
        assert_eq!(body["attachments"][0]["description"], "a card");
        assert_eq!(parts[0].files().len(), 1);
    }

    #[test]
    fn how_to_send_a_photo_is_told_only_where_one_is_wanted() {
        let ids = ids();
        let mut labels = labels(&ids);
        labels.photo_hint = Some("use the command".to_owned());
        let mut wanting = worded(&["send one".to_owned()]);
        let told = lay_out(&wanting, Form::Text, None, &labels);
        assert_eq!(told[0].body()["content"], "send one");
        wanting.wants_photo = true;
        let told = lay_out(&wanting, Form::Text, None, &labels);
        assert_eq!(told[0].body()["content"], "send one\n\nuse the command");
    }
}
