//! The least that any bot costs: long polling and an answer at once, with the same HTTP client, and
//! nothing kept.

use anyhow::Context as _;
use teloxide_core::payloads::{
    EditMessageTextSetters as _, GetUpdatesSetters as _, SendMessageSetters as _,
};
use teloxide_core::prelude::Requester as _;
use teloxide_core::types::{
    ChatId, InlineKeyboardButton, InlineKeyboardMarkup, MaybeInaccessibleMessage, Update,
    UpdateKind,
};
use teloxide_core::{Bot, net};

use crate::script::Labels;
use crate::telegram::TOKEN;

/// The first argument of a process that is this bot.
pub(crate) const WORD: &str = "floor-bot";

/// About as much as a question of the survey says.
const WORDS: &str =
    "하나의 질문과 그 대답을 고르는 방법을 알려 주는 문장입니다. 아래에서 골라 주세요.";

/// Answers everybody until it is ended.
pub(crate) async fn run(arguments: &[String]) -> anyhow::Result<()> {
    let url = arguments.first().context("the address of the stand-in")?;
    let client = net::default_reqwest_settings().timeout(std::time::Duration::from_secs(45));
    let bot = Bot::with_client(TOKEN.concat(), client.build()?).set_api_url(url.parse()?);
    let labels = Labels::new()?;
    let mut terminated = tokio::signal::unix::signal(tokio::signal::unix::SignalKind::terminate())?;
    crate::row("the bot without a store", "serves");
    let mut offset = 0;
    loop {
        let poll = bot.get_updates().offset(offset).timeout(30);
        let updates = tokio::select! {
            updates = poll => updates?,
            _ = terminated.recv() => return Ok(()),
        };
        for update in updates {
            offset = i32::try_from(update.id.0)? + 1;
            tokio::spawn(answer(bot.clone(), labels.clone(), update));
        }
    }
}

async fn answer(bot: Bot, labels: Labels, update: Update) -> anyhow::Result<()> {
    let number = update.id.0;
    // Names of their own, as every question has.
    let keys = [(&labels.back, "back"), (&labels.skip, "skip")]
        .map(|(label, name)| InlineKeyboardButton::callback(label, format!("{name}:{number:08}")));
    let keyboard = InlineKeyboardMarkup::new([keys]);
    match update.kind {
        UpdateKind::Message(message) => {
            let sent = bot.send_message(message.chat.id, WORDS);
            sent.reply_markup(keyboard).await?;
        }
        UpdateKind::CallbackQuery(query) => {
            let answered = bot.answer_callback_query(query.id);
            let edited = async {
                let message = query.message.as_ref();
                let message = message.context("a press has its message")?;
                let (chat, id): (ChatId, _) = match message {
                    MaybeInaccessibleMessage::Regular(message) => (message.chat.id, message.id),
                    MaybeInaccessibleMessage::Inaccessible(message) => {
                        (message.chat.id, message.message_id)
                    }
                };
                let edited = bot.edit_message_text(chat, id, WORDS);
                anyhow::Ok(edited.reply_markup(keyboard).await?)
            };
            let (answered, edited) = tokio::join!(answered, edited);
            answered?;
            edited?;
        }
        _ => {}
    }
    Ok(())
}
