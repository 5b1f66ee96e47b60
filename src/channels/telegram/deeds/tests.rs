use serde_json::{Value, json};

use super::*;
use crate::domain::consultation::Button;

const NAME: &str = "DupiBot";

fn callbacks() -> Callbacks {
    Callbacks::new(&secrecy::SecretString::from("12:token"))
}

/// What a message with those fields means, in the private chat of person 7.
fn meaning(fields: &Value) -> Vec<Deed> {
    meanings(
        std::slice::from_ref(fields),
        &json!({ "id": 7, "type": "private", "first_name": "Anna" }),
    )
}

fn meanings(messages: &[Value], chat: &Value) -> Vec<Deed> {
    let updates: Vec<Update> = messages
        .iter()
        .zip(100..)
        .map(|(fields, id)| {
            let mut message = json!({
                "message_id": id,
                "date": 1_700_000_000,
                "chat": chat,
                "from": { "id": 7, "is_bot": false, "first_name": "Anna", "language_code": "en-GB" },
            });
            for (field, value) in fields.as_object().unwrap() {
                message[field] = value.clone();
            }
            let update = json!({ "update_id": id, "message": message });
            serde_json::from_str(&update.to_string()).unwrap()
        })
        .collect();
    let deeds = updates
        .iter()
        .map(|update| understand(update, NAME, &callbacks()));
    deeds.flatten().collect()
}

fn written(text: &str) -> Deed {
    let mut deeds = meaning(&json!({ "text": text }));
    assert_eq!(deeds.len(), 1);
    deeds.remove(0)
}

fn inbound(what: InboundWhat) -> Deed {
    Deed::Inbound { part: "", what }
}

fn file(size: u32, name: &str, kind: &str) -> Value {
    json!({ "document": {
        "file_id": "F", "file_unique_id": "U", "file_size": size, "file_name": name, "mime_type": kind,
    }})
}

#[test]
fn start_is_a_hello_and_its_payload_a_command() {
    let started = |command| Deed::Started {
        language: Language::English,
        command,
    };
    assert_eq!(written("/start"), started(None));
    assert_eq!(written("/start@dupibot"), started(None));
    assert_eq!(written("/start privacy"), started(Some(Command::Privacy)));
    assert_eq!(written("/start consult"), started(Some(Command::Consult)));
    assert_eq!(written("/start whatever-1"), started(None));
    assert_eq!(written("/start cancel"), started(None));
    assert_eq!(written("/Start"), started(None));
}

#[test]
fn commands_are_known_with_and_without_the_name() {
    for command in Command::ALL {
        let expected = inbound(InboundWhat::Commanded(command));
        assert_eq!(written(&format!("/{}", command.id())), expected);
        assert_eq!(written(&format!("/{}@DupiBot now", command.id())), expected);
        let shouted = format!("/{}", command.id().to_uppercase());
        assert_eq!(written(&shouted), expected);
    }
}

#[test]
fn everything_else_that_is_written_was_said() {
    for text in ["안녕하세요", "/unknown", "/help@OtherBot", "a /help", "/"] {
        assert_eq!(written(text), inbound(InboundWhat::Said(text.to_owned())));
    }
}

#[test]
fn the_largest_size_of_a_photo_is_announced_and_its_caption_said() {
    let size = |id: &str, width: u32, bytes: u32| json!({ "file_id": id, "file_unique_id": id, "width": width, "height": width, "file_size": bytes });
    let deeds = meaning(&json!({
        "photo": [size("small", 90, 100), size("large", 1280, 9_000), size("middle", 320, 900)],
        "caption": " it itches ",
    }));
    let announced = FileReference(r#"{"file_id":"large","size":9000}"#.to_owned());
    assert_eq!(
        deeds,
        [
            inbound(InboundWhat::FilesAnnounced(vec![announced])),
            Deed::Inbound {
                part: ":caption",
                what: InboundWhat::Said("it itches".to_owned()),
            },
        ]
    );
}

#[test]
fn files_are_announced_or_refused_by_what_is_known_of_them() {
    let refused = |reason| [inbound(InboundWhat::FileRefused(reason))];
    assert!(matches!(
        meaning(&file(5_000, "crown.png", "image/png"))[..],
        [Deed::Inbound {
            what: InboundWhat::FilesAnnounced(_),
            ..
        }]
    ));
    assert!(matches!(
        meaning(&file(5_000, "crown.JPG", "application/octet-stream"))[..],
        [Deed::Inbound {
            what: InboundWhat::FilesAnnounced(_),
            ..
        }]
    ));
    assert_eq!(
        meaning(&file(5_000, "crown.heic", "image/heic")),
        refused(Unusable::Heic)
    );
    assert_eq!(
        meaning(&file(5_000, "letter.pdf", "application/pdf")),
        refused(Unusable::Unreadable)
    );
    assert_eq!(
        meaning(&file(21 * 1024 * 1024, "crown.png", "image/png")),
        refused(Unusable::TooManyBytes {
            limit_megabytes: 20
        })
    );
    let voice = json!({ "voice": {
        "file_id": "F", "file_unique_id": "U", "duration": 3, "file_size": 900, "mime_type": "audio/ogg",
    }});
    assert_eq!(meaning(&voice), refused(Unusable::Unreadable));
}

#[test]
fn whatever_else_is_sent_is_refused_and_what_telegram_says_itself_is_passed_over() {
    let refused = [inbound(InboundWhat::FileRefused(Unusable::Unreadable))];
    let somewhere = json!({ "latitude": 37.5, "longitude": 127.0 });
    for sent in [
        json!({ "location": somewhere }),
        json!({ "contact": { "phone_number": "1", "first_name": "Bora" } }),
        json!({ "dice": { "emoji": "🎲", "value": 3 } }),
        json!({ "poll": {
            "id": "1", "question": "?", "options": [{ "text": "a", "voter_count": 0 }],
            "total_voter_count": 0, "is_closed": false, "is_anonymous": true, "type": "regular",
            "allows_multiple_answers": false,
        }}),
    ] {
        assert_eq!(meaning(&sent), refused, "{sent}");
    }
    let timer = json!({ "message_auto_delete_timer_changed": {
        "message_auto_delete_time": 86_400,
    }});
    assert_eq!(meaning(&timer), []);
}

#[test]
fn the_parts_of_an_album_are_known_as_such_unless_they_cannot_be_used() {
    let part = |mut sent: Value| {
        sent["media_group_id"] = "album".into();
        meaning(&sent)
    };
    let photo = json!({ "caption": "it itches", "photo": [
        { "file_id": "a", "file_unique_id": "a", "width": 90, "height": 90, "file_size": 100 },
    ]});
    let expected = Content {
        chat: 7,
        album: "album".to_owned(),
        file: r#"{"file_id":"a","size":100}"#.to_owned(),
        caption: Some("it itches".to_owned()),
    };
    assert_eq!(part(photo), [Deed::Part(expected)]);
    let refused = [inbound(InboundWhat::FileRefused(Unusable::Heic))];
    assert_eq!(part(file(5_000, "a.heic", "image/heic")), refused);
}

#[test]
fn in_a_group_only_commands_to_us_are_heard() {
    let group = json!({ "id": -5, "type": "supergroup", "title": "Scalps" });
    let heard = |text: &str| meanings(&[json!({ "text": text })], &group);
    for text in ["hello", "/help@OtherBot", "/unknown"] {
        assert_eq!(heard(text), []);
    }
    let called = Deed::CalledInGroup {
        thread: None,
        language: Language::English,
    };
    assert_eq!(heard("/help"), [called]);
    let photo = json!({ "photo": [
        { "file_id": "a", "file_unique_id": "a", "width": 90, "height": 90, "file_size": 100 },
    ], "caption": "/consult" });
    assert_eq!(meanings(&[photo], &group), []);
}

#[test]
fn a_press_is_understood_only_by_whom_the_button_was_made_for() {
    let press = |from: i64, data: &str| {
        let update = json!({ "update_id": 1, "callback_query": {
            "id": "q", "chat_instance": "x", "data": data,
            "from": { "id": from, "is_bot": false, "first_name": "Anna" },
            "message": {
                "message_id": 5, "date": 1_700_000_000, "text": "?",
                "chat": { "id": from, "type": "private", "first_name": "Anna" },
            },
        }});
        let update = serde_json::from_str(&update.to_string()).unwrap();
        let mut deeds = understand(&update, NAME, &callbacks());
        match deeds.remove(0) {
            Deed::Pressed { key, message, .. } => {
                assert_eq!(message, Some(MessageId(5)));
                key
            }
            other => panic!("a press, not {other:?}"),
        }
    };
    let data = callbacks().id(7, Key::Button(Button::Tips));
    assert_eq!(press(7, &data), Some(Key::Button(Button::Tips)));
    assert_eq!(press(8, &data), None);
    assert_eq!(press(7, "tips"), None);
}

#[test]
fn blocking_and_coming_back_are_understood_in_private_only() {
    let change = |chat: &Value, status: &str| {
        let member = |status: &str| {
            let mut member = json!({
                "status": status, "user": { "id": 1, "is_bot": true, "first_name": "Dupi" },
            });
            if status == "kicked" {
                member["until_date"] = 0.into();
            }
            member
        };
        let update = json!({ "update_id": 1, "my_chat_member": {
            "chat": chat, "date": 1_700_000_000,
            "from": { "id": 7, "is_bot": false, "first_name": "Anna" },
            "old_chat_member": member("member"), "new_chat_member": member(status),
        }});
        let update = serde_json::from_str(&update.to_string()).unwrap();
        understand(&update, NAME, &callbacks())
    };
    let private = json!({ "id": 7, "type": "private", "first_name": "Anna" });
    let group = json!({ "id": -5, "type": "group", "title": "Scalps" });
    assert_eq!(change(&private, "kicked"), [Deed::Presence(Presence::Gone)]);
    assert_eq!(change(&private, "member"), [Deed::Presence(Presence::Here)]);
    assert_eq!(change(&group, "kicked"), []);
}
