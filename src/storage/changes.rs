//! Waking whoever watches the history of a conversation.
//!
//! A conversation takes room in here only while somebody watches it.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError};

use tokio::sync::watch;

use crate::ports::ConversationId;

type Watched = HashMap<ConversationId, watch::Sender<()>>;

/// Who watches what.
#[derive(Debug, Default, Clone)]
pub(super) struct Changes(Arc<Mutex<Watched>>);

/// One look-out on one conversation; ends when dropped.
#[derive(Debug)]
pub(super) struct Watch {
    changes: Changes,
    conversation: ConversationId,
    receiver: watch::Receiver<()>,
}

impl Changes {
    /// Watches from now on: a change after this call is not missed, whenever it is waited for.
    pub(super) fn watch(&self, conversation: ConversationId) -> Watch {
        let receiver = self.with(|watched| {
            watched
                .entry(conversation)
                .or_insert_with(|| watch::Sender::new(()))
                .subscribe()
        });
        Watch {
            changes: self.clone(),
            conversation,
            receiver,
        }
    }

    /// Wakes everybody who watches that conversation.
    pub(super) fn tell(&self, conversation: ConversationId) {
        self.with(|watched| {
            if let Some(sender) = watched.get(&conversation) {
                sender.send_replace(());
            }
        });
    }

    fn with<T>(&self, look: impl FnOnce(&mut Watched) -> T) -> T {
        look(&mut self.0.lock().unwrap_or_else(PoisonError::into_inner))
    }
}

impl Watch {
    /// Resolves at the first change since the watch began.
    pub(super) async fn change(&mut self) {
        // The sender lives in the map for as long as this watch does, so there is no closed channel.
        let _ = self.receiver.changed().await;
    }
}

impl Drop for Watch {
    fn drop(&mut self) {
        self.changes.with(|watched| {
            let is_last = watched
                .get(&self.conversation)
                .is_some_and(|sender| sender.receiver_count() <= 1);
            if is_last {
                watched.remove(&self.conversation);
            }
        });
    }
}

#[cfg(test)]
mod tests {
    use super::{Changes, ConversationId};
    use uuid::Uuid;

    #[tokio::test]
    async fn every_watcher_is_woken_and_nothing_is_left_behind() {
        let changes = Changes::default();
        let (one, other) = (
            ConversationId(Uuid::from_u128(1)),
            ConversationId(Uuid::from_u128(2)),
        );
        let (mut first, mut second) = (changes.watch(one), changes.watch(one));
        let elsewhere = changes.watch(other);

        changes.tell(one);
        first.change().await;
        second.change().await;
        assert!(!elsewhere.receiver.has_changed().unwrap());

        drop((first, second, elsewhere));
        assert!(changes.with(|watched| watched.is_empty()));
    }
}
