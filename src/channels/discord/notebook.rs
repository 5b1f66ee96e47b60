//! What the channel remembers of one conversation, under its names.

use serde::de::DeserializeOwned;
use serde::{Deserialize, Serialize};

use super::place::{Original, Reply, Standing};
use crate::domain::consultation::{Language, Slot};
use crate::ports::{ChannelNote, ChannelNotes, Clock, ConversationId, EffectId, StoreError};

/// How the person is answered now; stored with what they did.
pub(super) const REPLY: &str = "reply";
/// The direct-message channel that we began.
const DIRECT: &str = "direct";
/// The language in which the person was spoken to last.
const LANGUAGE: &str = "language";
/// The interaction, or 0, after which a hint was given.
const HINTED: &str = "hinted";

/// How much of an effect was said.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct Sent {
    pub(super) parts: usize,
}

/// The notes of one conversation.
pub(super) struct Notebook<'a> {
    pub(super) notes: &'a dyn ChannelNotes,
    pub(super) clock: &'a dyn Clock,
    pub(super) conversation: ConversationId,
}

pub(super) fn written(what: &impl Serialize) -> String {
    serde_json::to_string(what).expect("notes are plain JSON")
}

impl Notebook<'_> {
    /// How the person is answered, where replies that were awaited may have been said meanwhile.
    pub(super) async fn reply(&self) -> Result<Reply, StoreError> {
        let mut reply: Reply = self.recall(REPLY).await?.unwrap_or_default();
        let passes = reply.waiting.iter().chain(&reply.left).chain(&reply.pass);
        let awaited = passes.filter(|pass| pass.original == Original::Awaited);
        let awaited: Vec<u64> = awaited.map(|pass| pass.interaction).collect();
        for interaction in awaited {
            let said: Option<bool> = self.recall(&said_name(interaction)).await?;
            if said == Some(true) {
                reply.fulfil(interaction);
            }
        }
        Ok(reply)
    }

    pub(super) async fn sent(&self, effect: EffectId) -> Result<Sent, StoreError> {
        let sent = self.recall(&sent_name(effect)).await?;
        Ok(sent.unwrap_or_default())
    }

    pub(super) async fn standing(&self, slot: Slot) -> Result<Option<Standing>, StoreError> {
        self.recall(&slot_name(slot)).await
    }

    pub(super) async fn direct(&self) -> Result<Option<u64>, StoreError> {
        self.recall(DIRECT).await
    }

    pub(super) async fn keep_direct(&self, channel: u64) -> Result<(), StoreError> {
        self.keep(vec![ChannelNote::new(DIRECT, written(&channel))])
            .await
    }

    pub(super) async fn forget_direct(&self) -> Result<(), StoreError> {
        self.notes.forget(self.conversation, DIRECT).await
    }

    pub(super) async fn language(&self) -> Result<Option<Language>, StoreError> {
        let tag: Option<String> = self.recall(LANGUAGE).await?;
        Ok(tag.as_deref().and_then(Language::from_tag))
    }

    pub(super) async fn hinted(&self) -> Result<Option<u64>, StoreError> {
        self.recall(HINTED).await
    }

    pub(super) async fn keep_hinted(&self, after: u64) -> Result<(), StoreError> {
        self.keep(vec![ChannelNote::new(HINTED, written(&after))])
            .await
    }

    pub(super) async fn keep(&self, notes: Vec<ChannelNote>) -> Result<(), StoreError> {
        self.notes
            .keep(self.conversation, notes, self.clock.now())
            .await
    }

    /// A note that this version cannot read is as good as none: the message goes out anew.
    async fn recall<T: DeserializeOwned>(&self, name: &str) -> Result<Option<T>, StoreError> {
        let text = self.notes.recall(self.conversation, name).await?;
        let Some(text) = text else {
            return Ok(None);
        };
        let found = serde_json::from_str(&text).ok();
        if found.is_none() {
            tracing::warn!(note = name, "A note cannot be read and is passed over");
        }
        Ok(found)
    }
}

/// The interaction's own reply was said, or taken away.
pub(super) fn said_note(interaction: u64) -> ChannelNote {
    ChannelNote::new(said_name(interaction), written(&true))
}

pub(super) fn language_note(language: Language) -> ChannelNote {
    ChannelNote::new(LANGUAGE, written(&language.id()))
}

pub(super) fn sent_note(effect: EffectId, sent: Sent) -> ChannelNote {
    ChannelNote::new(sent_name(effect), written(&sent))
}

pub(super) fn slot_note(slot: Slot, standing: &Standing) -> ChannelNote {
    ChannelNote::new(slot_name(slot), written(standing))
}

fn said_name(interaction: u64) -> String {
    format!("said:{interaction}")
}

fn sent_name(effect: EffectId) -> String {
    format!("sent:{}", effect.0)
}

fn slot_name(slot: Slot) -> String {
    format!("slot:{}", slot.id())
}
