//! What the stand-in answers to each method.

use serde_json::{Value, json};

use super::{Arrived, Telegram};

/// The date of every message.
pub(crate) const DATE: i64 = 1_800_000_000;

pub(super) fn carry_out(telegram: &Telegram, method: &str, arrived: &Arrived) -> Value {
    match method {
        "getme" => json!({
            "id": 4242, "is_bot": true, "first_name": "Dupi", "username": "dupi_bench_bot",
            "can_join_groups": true, "can_read_all_group_messages": false,
            "supports_inline_queries": false, "has_main_web_app": false,
            "can_connect_to_business": false,
        }),
        "sendmessage" | "sendphoto" => {
            let is_photo = method == "sendphoto";
            let mut book = telegram.book();
            book.last_message += 1;
            let message = book.last_message;
            book.show(message, arrived, is_photo);
            drop(book);
            told(message, arrived, is_photo)
        }
        "editmessagetext" | "editmessagecaption" => {
            let is_photo = method == "editmessagecaption";
            let message = arrived.fields["message_id"].as_i64().unwrap_or_default();
            telegram.book().show(message, arrived, is_photo);
            told(message, arrived, is_photo)
        }
        "editmessagereplymarkup" => {
            let message = arrived.fields["message_id"].as_i64().unwrap_or_default();
            told(message, arrived, false)
        }
        "deletemessage" => {
            let message = arrived.fields["message_id"].as_i64().unwrap_or_default();
            if let Some(chat) = telegram.book().chats.get_mut(&arrived.chat()) {
                chat.standing.remove(&message);
            }
            json!(true)
        }
        "answercallbackquery" => {
            let query = arrived.fields["callback_query_id"].as_str();
            let update = query.and_then(|query| query.parse().ok());
            let mut book = telegram.book();
            book.unanswered = book.unanswered.saturating_sub(1);
            let handed_out = update.and_then(|update: i64| book.handed_out.get(&update).copied());
            if let Some(handed_out) = handed_out {
                book.answers.push(arrived.at - handed_out);
            }
            json!(true)
        }
        "getfile" => json!({
            "file_id": "photo", "file_unique_id": "photo",
            "file_size": telegram.photo_size(), "file_path": "photos/photo.jpg",
        }),
        "getmycommands" => json!([]),
        "getmydescription" => json!({ "description": "" }),
        "getmyshortdescription" => json!({ "short_description": "" }),
        "getwebhookinfo" => json!({
            "url": "", "has_custom_certificate": false, "pending_update_count": 0,
        }),
        _ => json!(true),
    }
}

/// A message of the bot as it is told back to it.
fn told(message: i64, arrived: &Arrived, is_photo: bool) -> Value {
    let mut told = json!({
        "message_id": message,
        "date": DATE,
        "chat": { "id": arrived.chat(), "type": "private", "first_name": "Person" },
        "from": { "id": 4242, "is_bot": true, "first_name": "Dupi" },
    });
    if is_photo {
        told["photo"] = json!([{
            "file_id": "sent", "file_unique_id": "sent", "width": 8, "height": 8, "file_size": 8,
        }]);
        told["caption"] = arrived.words().into();
    } else {
        told["text"] = arrived.words().into();
    }
    told
}
