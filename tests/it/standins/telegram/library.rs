//! The library that the bot is built on takes the stand-in for Telegram.

use std::time::Duration;

use teloxide_core::Bot;
use teloxide_core::errors::{ApiError, RequestError};
use teloxide_core::net::Download as _;
use teloxide_core::payloads::{
    EditMessageTextSetters as _, GetUpdatesSetters as _, SendMessageSetters as _,
    SendPhotoSetters as _, SetMyCommandsSetters as _, SetWebhookSetters as _,
};
use teloxide_core::prelude::Requester as _;
use teloxide_core::types::{
    AllowedUpdate, BotCommand, BotCommandScope, CallbackQueryId, ChatAction, ChatId,
    InlineKeyboardButton, InlineKeyboardMarkup, InputFile, InputMedia, InputMediaPhoto, MessageId,
    ParseMode, UpdateKind,
};

use super::{anna, picture};
use crate::support::telegram::{Fault, Lasting, On, TelegramStandIn};

const ANNA: ChatId = ChatId(7);

fn bot(telegram: &TelegramStandIn) -> Bot {
    let base = telegram.base().parse().expect("the base is an address");
    Bot::new(telegram.token()).set_api_url(base)
}

fn keyboard() -> InlineKeyboardMarkup {
    InlineKeyboardMarkup::new([[InlineKeyboardButton::callback("네", "yes")]])
}

#[tokio::test]
async fn it_reads_updates_and_downloads_what_a_person_sent() {
    let telegram = TelegramStandIn::start().await;
    let (bot, anna) = (bot(&telegram), anna(&telegram));
    let me = bot.get_me().await.expect("the token is right");
    assert_eq!(me.username(), "dupi_stand_in_bot");
    let photo = picture(400);
    anna.sends_photo(photo.clone());
    anna.sends_file("a.png", "image/png", photo.clone());
    anna.sends_album([photo.clone()]);
    anna.sends_sticker();
    anna.edits_message(anna.says("ok"), "okay");
    anna.blocks();
    anna.unblocks();
    let group = telegram.group(-20, "Hair");
    anna.says_in(&group, "hello");
    group.migrates_to_supergroup(-100_200_300);
    anna.says_in_topic(&telegram.forum(-100_200_400, "Topics"), 5, "hello");
    let updates = bot
        .get_updates()
        .timeout(1)
        .allowed_updates([AllowedUpdate::Message, AllowedUpdate::CallbackQuery])
        .await
        .expect("updates come");
    assert_eq!(updates.len(), 13);
    for update in &updates {
        let is_known = !matches!(update.kind, UpdateKind::Error(_));
        assert!(is_known, "the library cannot read {update:?}");
    }
    let UpdateKind::Message(message) = &updates[1].kind else {
        panic!("the photo is a message");
    };
    let sizes = message.photo().expect("it has sizes");
    let largest = sizes.last().expect("one at least");
    assert_eq!((largest.width, largest.height), (400, 400));
    let file = bot.get_file(largest.file.id.clone()).await.expect("a file");
    let mut downloaded = Vec::new();
    bot.download_file(&file.path, &mut downloaded)
        .await
        .expect("it can be downloaded");
    assert_eq!(downloaded, photo);
    let chat = bot.get_chat(ANNA).await.expect("the chat is known");
    assert_eq!(chat.first_name(), Some("Anna"));
}

#[tokio::test]
async fn it_writes_sends_edits_and_answers_without_breaking_a_rule() {
    let telegram = TelegramStandIn::start().await;
    let (bot, anna) = (bot(&telegram), anna(&telegram));
    let sent = bot
        .send_message(ANNA, "<b>두피</b>")
        .parse_mode(ParseMode::Html)
        .reply_markup(keyboard())
        .await
        .expect("it is sent");
    assert_eq!(sent.text(), Some("두피"));
    let press = anna.presses("네").expect("the button is there");
    let updates = bot.get_updates().offset(-1).await.expect("updates come");
    let UpdateKind::CallbackQuery(query) = &updates[0].kind else {
        panic!("the press is there");
    };
    assert_eq!(query.data.as_deref(), Some("yes"));
    bot.answer_callback_query(CallbackQueryId(press))
        .await
        .expect("it is answered");
    let edit = || bot.edit_message_text(ANNA, sent.id, "done");
    edit().reply_markup(keyboard()).await.expect("it changes");
    bot.send_chat_action(ANNA, ChatAction::UploadPhoto)
        .await
        .expect("it is shown");
    let upload = || InputFile::memory(picture(40)).file_name("card.png");
    let card = bot
        .send_photo(ANNA, upload())
        .caption("카드")
        .reply_markup(keyboard())
        .await
        .expect("it is sent");
    assert_eq!(
        anna.newest().and_then(|seen| seen.photo).as_deref(),
        Some(picture(40).as_slice())
    );
    let media = InputMedia::Photo(InputMediaPhoto::new(upload()).caption("neu"));
    bot.edit_message_media(ANNA, card.id, media)
        .await
        .expect("it is swapped");
    let album = [upload(), upload()].map(|file| InputMedia::Photo(InputMediaPhoto::new(file)));
    bot.send_media_group(ANNA, album).await.expect("it is sent");
    bot.send_document(ANNA, upload()).await.expect("it is sent");
    bot.edit_message_caption(ANNA, card.id)
        .await
        .expect("the caption goes");
    bot.delete_message(ANNA, card.id).await.expect("it goes");
    bot.set_my_commands([BotCommand::new("consult", "상담")])
        .scope(BotCommandScope::AllPrivateChats)
        .language_code("ko")
        .await
        .expect("they are set");
    let hook = "https://dupi.example/telegram".parse().expect("an address");
    bot.set_webhook(hook)
        .secret_token("secret")
        .allowed_updates([AllowedUpdate::Message])
        .await
        .expect("it is set");
    let info = bot.get_webhook_info().await.expect("it is known");
    assert_eq!(
        info.url.map(String::from).as_deref(),
        Some("https://dupi.example/telegram")
    );
    bot.delete_webhook().await.expect("it goes");
    assert_eq!(telegram.violations(), [] as [String; 0]);
}

#[tokio::test]
async fn it_tells_the_refusals_apart() {
    let telegram = TelegramStandIn::start().await;
    let (bot, anna) = (bot(&telegram), anna(&telegram));
    let sent = bot.send_message(ANNA, "same").await.expect("it is sent");
    let refusal = |error: RequestError| match error {
        RequestError::Api(error) => error,
        other => panic!("{other:?} is no refusal"),
    };
    let edit = bot.edit_message_text(ANNA, sent.id, "same").await;
    assert_eq!(refusal(edit.unwrap_err()), ApiError::MessageNotModified);
    let edit = bot.edit_message_text(ANNA, MessageId(1), "x").await;
    assert_eq!(refusal(edit.unwrap_err()), ApiError::MessageToEditNotFound);
    let broken = bot.send_message(ANNA, "<b>").parse_mode(ParseMode::Html);
    let error = refusal(broken.await.unwrap_err());
    assert!(matches!(error, ApiError::CantParseEntities(_)), "{error:?}");
    anna.blocks();
    let error = bot.send_message(ANNA, "x").await.unwrap_err();
    assert_eq!(refusal(error), ApiError::BotBlocked);
    anna.deactivates();
    let error = bot.send_message(ANNA, "x").await.unwrap_err();
    assert_eq!(refusal(error), ApiError::UserDeactivated);
    telegram.group(-20, "Hair").migrates_to_supergroup(-40);
    let error = bot.send_message(ChatId(-20), "x").await.unwrap_err();
    assert!(matches!(error, RequestError::MigrateToChatId(ChatId(-40))));
    let storm = Fault::TooMany { retry_after: 4 };
    telegram.fail(On::AnyMethod, Lasting::Times(1), storm);
    let error = bot.get_me().await.unwrap_err();
    let RequestError::RetryAfter(pause) = error else {
        panic!("{error:?} tells no time");
    };
    assert_eq!(pause.duration(), Duration::from_secs(4));
    telegram.fail(On::AnyMethod, Lasting::Times(1), Fault::NotOkJson);
    let error = bot.get_me().await.unwrap_err();
    assert!(matches!(error, RequestError::InvalidJson { .. }));
    telegram.fail(On::AnyMethod, Lasting::Times(1), Fault::LoseAnswer);
    let error = bot.get_me().await.unwrap_err();
    assert!(matches!(error, RequestError::Network(_)));
    telegram.revoke_token();
    let error = bot.get_me().await.unwrap_err();
    assert_eq!(refusal(error), ApiError::InvalidToken);
}
