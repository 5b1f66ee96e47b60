//! What an operator wants to know of the bot before anything is served.

use teloxide_core::prelude::Requester as _;

use super::api::{CallError, answered, bots};
use super::{TelegramError, TelegramOptions, Updates};

/// What Telegram says of the bot.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TelegramFacts {
    /// Without the `@`.
    pub user_name: String,
    pub can_join_groups: bool,
    /// Privacy mode is off: the bot would be sent everything that is said in groups.
    pub can_read_all_group_messages: bool,
    /// A webhook is set that these settings do not set: its host.
    pub webhook_elsewhere: Option<String>,
    /// Waiting to be received.
    pub pending_updates: u32,
    /// Why Telegram could not call the webhook the last time it failed.
    pub last_webhook_error: Option<String>,
}

/// Asks Telegram, once.
pub async fn inspect(options: &TelegramOptions) -> Result<TelegramFacts, TelegramError> {
    let (bot, _) = bots(options)?;
    let me = answered(&bot, bot.get_me()).await.map_err(told)?;
    let webhook = answered(&bot, bot.get_webhook_info()).await.map_err(told)?;
    let own = match &options.updates {
        Updates::LongPolling => None,
        Updates::Webhook { url, .. } => url.parse().ok(),
    };
    let elsewhere = webhook.url.filter(|set| Some(set) != own.as_ref());
    Ok(TelegramFacts {
        user_name: me.user.username.unwrap_or_default(),
        can_join_groups: me.can_join_groups,
        can_read_all_group_messages: me.can_read_all_group_messages,
        webhook_elsewhere: elsewhere.map(|url| url.host_str().unwrap_or_default().to_owned()),
        pending_updates: webhook.pending_update_count,
        last_webhook_error: webhook.last_error_message,
    })
}

fn told(error: CallError) -> TelegramError {
    match error {
        CallError::TokenRefused => TelegramError::TokenRefused,
        other => TelegramError::Unreachable(Box::new(other)),
    }
}
