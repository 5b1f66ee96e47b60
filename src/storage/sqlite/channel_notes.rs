//! What channels remember of conversations.

use async_trait::async_trait;
use jiff::Timestamp;
use sqlx::{SqliteConnection, sqlite::SqliteRow};

use super::errors::store_error;
use super::rows::{Owner, column, milliseconds, uuid};
use super::{Shared, SqliteStore};
use crate::ports::{ChannelNote, ChannelNotes, ConversationId, StoreError};

/// The kind that a note is sealed as.
const KIND: &str = "channel_note";

#[async_trait]
impl ChannelNotes for SqliteStore {
    async fn keep(
        &self,
        conversation: ConversationId,
        notes: Vec<ChannelNote>,
        now: Timestamp,
    ) -> Result<(), StoreError> {
        let mut transaction = self.begin().await?;
        let Some(owner) = self.0.owner(&mut transaction, conversation).await? else {
            return transaction.rollback().await.map_err(store_error);
        };
        self.0
            .keep_notes(&mut transaction, &owner, &notes, now)
            .await?;
        transaction.commit().await.map_err(store_error)
    }

    async fn recall(
        &self,
        conversation: ConversationId,
        name: &str,
    ) -> Result<Option<String>, StoreError> {
        let row = sqlx::query(
            "SELECT c.id, c.person_id, c.version, p.wrapped_key, n.body
             FROM channel_notes n
             JOIN conversations c ON c.id = n.conversation_id
             JOIN persons p ON p.id = c.person_id
             WHERE n.conversation_id = $1 AND n.name = $2",
        )
        .bind(conversation.0.to_string())
        .bind(name)
        .fetch_optional(&self.0.readers)
        .await
        .map_err(store_error)?;
        let Some(row) = row else { return Ok(None) };
        let owner = self.0.owner_of_row(&row)?;
        text_of(&owner, name, &row).map(Some)
    }

    async fn beginning_with(
        &self,
        name: &str,
    ) -> Result<Vec<(ConversationId, ChannelNote)>, StoreError> {
        let rows = sqlx::query(
            "SELECT c.id, c.person_id, c.version, p.wrapped_key, n.name, n.body
             FROM channel_notes n
             JOIN conversations c ON c.id = n.conversation_id
             JOIN persons p ON p.id = c.person_id
             WHERE substr(n.name, 1, length($1)) = $1
             ORDER BY n.written_at, n.name",
        )
        .bind(name)
        .fetch_all(&self.0.readers)
        .await
        .map_err(store_error)?;
        rows.iter()
            .map(|row| {
                let owner = self.0.owner_of_row(row)?;
                let name: String = column(row, "name")?;
                let text = text_of(&owner, &name, row)?;
                let conversation = ConversationId(uuid(&owner.conversation)?);
                Ok((conversation, ChannelNote { name, text }))
            })
            .collect()
    }

    async fn forget(&self, conversation: ConversationId, name: &str) -> Result<(), StoreError> {
        sqlx::query("DELETE FROM channel_notes WHERE conversation_id = $1 AND name = $2")
            .bind(conversation.0.to_string())
            .bind(name)
            .execute(&self.0.writer)
            .await
            .map_err(store_error)?;
        Ok(())
    }
}

/// What the note of that name says, out of its row.
fn text_of(owner: &Owner, name: &str, row: &SqliteRow) -> Result<String, StoreError> {
    let text = owner.open_bytes(KIND, name, column(row, "body")?)?;
    String::from_utf8(text).map_err(|_| StoreError::Unreadable {
        record: KIND,
        reason: "it is not text".to_owned(),
    })
}

impl Shared {
    pub(super) async fn keep_notes(
        &self,
        connection: &mut SqliteConnection,
        owner: &Owner,
        notes: &[ChannelNote],
        now: Timestamp,
    ) -> Result<(), StoreError> {
        for note in notes {
            sqlx::query(
                "INSERT INTO channel_notes (conversation_id, name, written_at, body)
                 VALUES ($1, $2, $3, $4)
                 ON CONFLICT (conversation_id, name) DO UPDATE SET
                     written_at = excluded.written_at,
                     body = excluded.body",
            )
            .bind(&owner.conversation)
            .bind(&note.name)
            .bind(milliseconds(now))
            .bind(owner.seal_bytes(self, KIND, &note.name, note.text.as_bytes()))
            .execute(&mut *connection)
            .await
            .map_err(store_error)?;
        }
        Ok(())
    }
}
