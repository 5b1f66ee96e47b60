//! "Typing …" at the top of the chat while something is under way.
//!
//! Telegram shows it for five seconds, so it is repeated until the next message, and for two
//! minutes at most. It is best effort: a call that fails is not made again before its turn.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use teloxide_core::prelude::Requester as _;
use teloxide_core::types::{ChatAction, ChatId};
use tokio::time::{Instant, sleep};
use tokio_util::sync::CancellationToken;

use super::api::Api;
use super::errands::Errands;
use crate::channels::pace::{Place, Urgency};

const AGAIN_AFTER: Duration = Duration::from_secs(4);
const AT_MOST: Duration = Duration::from_mins(2);

/// The chats in which something is under way. Clones share them.
#[derive(Debug, Clone)]
pub(super) struct Working {
    api: Api,
    errands: Errands,
    chats: Arc<Mutex<HashMap<i64, CancellationToken>>>,
}

impl Working {
    pub(super) fn new(api: Api, errands: Errands) -> Self {
        Self {
            api,
            errands,
            chats: Arc::default(),
        }
    }

    /// From now on the chat shows that action.
    pub(super) fn begin(&self, chat: i64, action: ChatAction) {
        let over = CancellationToken::new();
        if let Some(before) = self.lock().insert(chat, over.clone()) {
            before.cancel();
        }
        let working = self.clone();
        // However this ends, and if it is left out, the chat must not stay in the list.
        let entry = Entry {
            chats: working.chats.clone(),
            chat,
            over: over.clone(),
        };
        self.errands
            .run("show that something is under way", async move {
                let _entry = entry;
                tokio::select! {
                    () = over.cancelled() => {}
                    () = working.show(chat, action) => {}
                }
            });
    }

    /// Something was said in the chat: nothing is under way as far as the person sees.
    pub(super) fn end(&self, chat: i64) {
        if let Some(over) = self.lock().remove(&chat) {
            over.cancel();
        }
    }

    async fn show(&self, chat: i64, action: ChatAction) {
        let until = Instant::now() + AT_MOST;
        while Instant::now() < until {
            let request = self.api.bot().send_chat_action(ChatId(chat), action);
            let place = Place::Aside(chat.into());
            let shown = self.api.call(place, Urgency::Bulk, request).await;
            if let Err(error) = shown {
                tracing::debug!(%error, "A chat action was not shown");
            }
            sleep(AGAIN_AFTER).await;
        }
    }

    fn lock(&self) -> MutexGuard<'_, HashMap<i64, CancellationToken>> {
        self.chats.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// Takes the chat out of the list, unless something newer is under way there.
struct Entry {
    chats: Arc<Mutex<HashMap<i64, CancellationToken>>>,
    chat: i64,
    over: CancellationToken,
}

impl Drop for Entry {
    fn drop(&mut self) {
        // Only the end of this one, or a newer one, cancels the token.
        if !self.over.is_cancelled() {
            let mut chats = self.chats.lock().unwrap_or_else(PoisonError::into_inner);
            chats.remove(&self.chat);
        }
    }
}
