//! The history of a conversation.

use std::future::Future;
use std::pin::Pin;
use std::time::Duration;

use async_trait::async_trait;
use jiff::Timestamp;
use sqlx::SqliteConnection;

use super::errors::store_error;
use super::rows::{Owner, column, count, milliseconds, timestamp};
use super::{Shared, SqliteStore};
use crate::ports::{ConversationId, EffectId, Entry, EntryBody, StoreError, Transcript};
use crate::storage::records::EntryContent;

/// How long nothing happens before somebody who watches is told to look anyway. Only a safety net:
/// changes by this process wake at once.
const LOOK_ANYWAY: Duration = Duration::from_secs(20);

#[async_trait]
impl Transcript for SqliteStore {
    async fn say(
        &self,
        conversation: ConversationId,
        effect: EffectId,
        slot: Option<&str>,
        content: &str,
        now: Timestamp,
    ) -> Result<(), StoreError> {
        let mut transaction = self.begin().await?;
        let Some(owner) = self.0.owner(&mut transaction, conversation).await? else {
            // The person was erased: there is nobody left to say it to.
            return transaction.rollback().await.map_err(store_error);
        };
        let noted = sqlx::query(
            "INSERT INTO said (conversation_id, effect_id, said_at) VALUES ($1, $2, $3)
             ON CONFLICT (conversation_id, effect_id) DO NOTHING",
        )
        .bind(&owner.conversation)
        .bind(effect.0.to_string())
        .bind(milliseconds(now))
        .execute(&mut *transaction)
        .await
        .map_err(store_error)?;
        if noted.rows_affected() == 0 {
            return transaction.rollback().await.map_err(store_error);
        }
        let content = EntryContent::Dupi {
            content: content.to_owned(),
        };
        self.0
            .append_entry(&mut transaction, &owner, slot, &content, now)
            .await?;
        transaction.commit().await.map_err(store_error)?;
        self.0.changes.tell(conversation);
        Ok(())
    }

    async fn since(
        &self,
        conversation: ConversationId,
        revision: u64,
    ) -> Result<Vec<Entry>, StoreError> {
        let mut connection = self.0.readers.acquire().await.map_err(store_error)?;
        let Some(owner) = self.0.owner(&mut connection, conversation).await? else {
            return Ok(Vec::new());
        };
        let rows = sqlx::query(
            "SELECT position, revision, written_at, slot, body FROM entries
             WHERE conversation_id = $1 AND revision > $2 ORDER BY position",
        )
        .bind(&owner.conversation)
        .bind(i64::try_from(revision).unwrap_or(i64::MAX))
        .fetch_all(&mut *connection)
        .await
        .map_err(store_error)?;
        rows.iter()
            .map(|row| {
                let position: i64 = column(row, "position")?;
                let body: Vec<u8> = column(row, "body")?;
                Ok(Entry {
                    revision: count(column(row, "revision")?)?,
                    position: count(position)?,
                    at: timestamp(column(row, "written_at")?)?,
                    body: match owner.open(&position.to_string(), &body)? {
                        EntryContent::Person(utterance) => EntryBody::Person(utterance),
                        EntryContent::Dupi { content } => EntryBody::Dupi {
                            content,
                            slot: column(row, "slot")?,
                        },
                    },
                })
            })
            .collect()
    }

    /// Written out instead of `async fn`: the watch begins with the call, not with the first poll, so
    /// that nothing is missed by whoever calls it, then looks, then waits.
    fn changed<'this, 'wait>(
        &'this self,
        conversation: ConversationId,
    ) -> Pin<Box<dyn Future<Output = ()> + Send + 'wait>>
    where
        'this: 'wait,
        Self: 'wait,
    {
        let mut watch = self.0.changes.watch(conversation);
        Box::pin(async move {
            // Running out of patience is an answer too: a look that finds nothing costs little.
            let _ = tokio::time::timeout(LOOK_ANYWAY, watch.change()).await;
        })
    }
}

impl Shared {
    /// Adds an entry, or writes it in place of the one in the same slot.
    pub(super) async fn append_entry(
        &self,
        connection: &mut SqliteConnection,
        owner: &Owner,
        slot: Option<&str>,
        content: &EntryContent,
        now: Timestamp,
    ) -> Result<(), StoreError> {
        let (revision,): (i64,) = sqlx::query_as(
            "UPDATE conversations SET revision = revision + 1 WHERE id = $1 RETURNING revision",
        )
        .bind(&owner.conversation)
        .fetch_one(&mut *connection)
        .await
        .map_err(store_error)?;
        let replaced: Option<(i64,)> =
            sqlx::query_as("SELECT position FROM entries WHERE conversation_id = $1 AND slot = $2")
                .bind(&owner.conversation)
                .bind(slot)
                .fetch_optional(&mut *connection)
                .await
                .map_err(store_error)?;
        // A revision is used once, so it can serve as the position of the entry it first wrote.
        let position = replaced.map_or(revision, |(position,)| position);
        sqlx::query(
            "INSERT INTO entries (conversation_id, position, revision, written_at, slot, body)
             VALUES ($1, $2, $3, $4, $5, $6)
             ON CONFLICT (conversation_id, position) DO UPDATE SET
                 revision = excluded.revision,
                 written_at = excluded.written_at,
                 body = excluded.body",
        )
        .bind(&owner.conversation)
        .bind(position)
        .bind(revision)
        .bind(milliseconds(now))
        .bind(slot)
        .bind(owner.seal(self, &position.to_string(), content))
        .execute(connection)
        .await
        .map_err(store_error)?;
        Ok(())
    }
}
