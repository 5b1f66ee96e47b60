//! Saying something in the web chat: wording it and putting it into the history.
//!
//! The page is told by the history's own wake-up; whether it is open does not matter here.

use std::sync::Arc;

use async_trait::async_trait;

use super::content::Content;
use crate::domain::consultation::Slot;
use crate::ports::{Clock, MessageSender, Outgoing, SendError, StoreError, Transcript};
use crate::wording::Wording;

/// Sends messages to the web chat.
#[derive(Clone)]
pub struct WebSender {
    transcript: Arc<dyn Transcript>,
    wording: Arc<Wording>,
    clock: Arc<dyn Clock>,
}

impl std::fmt::Debug for WebSender {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        formatter.write_str("WebSender(…)")
    }
}

impl WebSender {
    pub fn new(
        transcript: Arc<dyn Transcript>,
        wording: Arc<Wording>,
        clock: Arc<dyn Clock>,
    ) -> Self {
        Self {
            transcript,
            wording,
            clock,
        }
    }
}

#[async_trait]
impl MessageSender for WebSender {
    async fn send(&self, outgoing: Outgoing) -> Result<(), SendError> {
        let worded = self.wording.words(&outgoing.message, outgoing.language);
        let content = serde_json::to_string(&Content::of(worded, outgoing.language))
            .expect("a message without maps is JSON");
        let slot = outgoing.slot.map(Slot::id);
        self.transcript
            .say(
                outgoing.conversation,
                outgoing.id,
                slot.as_deref(),
                &content,
                self.clock.now(),
            )
            .await
            .map_err(told)
    }
}

fn told(error: StoreError) -> SendError {
    if error.is_temporary() {
        SendError::Unavailable {
            after: None,
            source: Box::new(error),
        }
    } else {
        SendError::Refused(Box::new(error))
    }
}
