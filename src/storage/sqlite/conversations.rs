//! Conversations, and the one transaction that moves them.

use async_trait::async_trait;
use jiff::Timestamp;
use sqlx::{SqliteConnection, sqlite::SqliteRow};

use super::errors::store_error;
use super::rows::{Owner, column, count, is_erased, milliseconds, uuid};
use super::{Shared, SqliteStore};
use crate::domain::consultation::{Effect, Slot};
use crate::domain::scalp::PhotoId;
use crate::ports::{
    Address, By, Commit, Committed, ConversationId, ConversationStore, EffectId, Loaded, Presence,
    Share, StoreError,
};
use crate::storage::records::EntryContent;

/// Where the one record of a conversation is sealed to.
const RECORD: &str = "";

#[async_trait]
impl ConversationStore for SqliteStore {
    async fn load(&self, address: &Address) -> Result<Option<Loaded>, StoreError> {
        sqlx::query(
            "SELECT c.id, c.person_id, c.version, p.wrapped_key, c.channel, c.address, c.record
             FROM conversations c JOIN persons p ON p.id = c.person_id
             WHERE c.channel = $1 AND c.address_hash = $2 AND c.version > 0",
        )
        .bind(address.channel.id())
        .bind(self.0.keys.address_hash(address))
        .fetch_optional(&self.0.readers)
        .await
        .map_err(store_error)?
        .map(|row| self.0.loaded(&row))
        .transpose()
    }

    async fn load_by_id(&self, id: ConversationId) -> Result<Option<Loaded>, StoreError> {
        sqlx::query(
            "SELECT c.id, c.person_id, c.version, p.wrapped_key, c.channel, c.address, c.record
             FROM conversations c JOIN persons p ON p.id = c.person_id
             WHERE c.id = $1 AND c.version > 0",
        )
        .bind(id.0.to_string())
        .fetch_optional(&self.0.readers)
        .await
        .map_err(store_error)?
        .map(|row| self.0.loaded(&row))
        .transpose()
    }

    async fn commit(&self, commit: Commit) -> Result<Committed, StoreError> {
        let mut transaction = self.begin().await?;
        let committed = self.0.commit_in(&mut transaction, &commit).await?;
        let came_back = committed == Committed::Stored
            && commit.by == By::Person
            && come_back(&mut transaction, commit.id).await?;
        match committed {
            Committed::Stored | Committed::AlreadyHandled => {
                transaction.commit().await.map_err(store_error)?;
            }
            Committed::Moved | Committed::Erased => {
                transaction.rollback().await.map_err(store_error)?;
            }
        }
        if committed == Committed::Stored {
            if !commit.effects.is_empty() || came_back {
                self.0.effect_stored.notify_one();
            }
            if commit.utterance.is_some() {
                self.0.changes.tell(commit.id);
            }
        }
        Ok(committed)
    }

    async fn note_presence(
        &self,
        id: ConversationId,
        presence: Presence,
        now: Timestamp,
    ) -> Result<(), StoreError> {
        let deeds = match presence {
            Presence::Here => {
                let mut transaction = self.begin().await?;
                come_back(&mut transaction, id).await?;
                transaction.commit().await.map_err(store_error)?;
                self.0.effect_stored.notify_one();
                return Ok(());
            }
            Presence::Gone => None,
            Presence::GoneSince { deeds } => Some(i64::try_from(deeds).unwrap_or(i64::MAX)),
        };
        let mut transaction = self.begin().await?;
        let gone = sqlx::query(
            "UPDATE conversations SET gone_at = $1 WHERE id = $2 AND ($3 IS NULL OR deeds = $3)",
        )
        .bind(milliseconds(now))
        .bind(id.0.to_string())
        .bind(deeds)
        .execute(&mut *transaction)
        .await
        .map_err(store_error)?;
        if gone.rows_affected() > 0 {
            hold(&mut transaction, id).await?;
        }
        transaction.commit().await.map_err(store_error)
    }

    async fn erase_person(&self, id: ConversationId) -> Result<(), StoreError> {
        let mut transaction = self.begin().await?;
        let Some(owner) = self.0.owner(&mut transaction, id).await? else {
            return transaction.rollback().await.map_err(store_error);
        };
        let files: Vec<(String,)> = sqlx::query_as(
            "SELECT f.file FROM files f JOIN conversations c ON c.id = f.conversation_id
             WHERE c.person_id = $1",
        )
        .bind(&owner.person)
        .fetch_all(&mut *transaction)
        .await
        .map_err(store_error)?;
        let conversations: Vec<(String,)> = sqlx::query_as(
            "INSERT INTO erased (conversation_id)
             SELECT id FROM conversations WHERE person_id = $1
             ON CONFLICT (conversation_id) DO NOTHING
             RETURNING conversation_id",
        )
        .bind(&owner.person)
        .fetch_all(&mut *transaction)
        .await
        .map_err(store_error)?;
        // Everything else hangs on the person and goes with it.
        sqlx::query("DELETE FROM persons WHERE id = $1")
            .bind(&owner.person)
            .execute(&mut *transaction)
            .await
            .map_err(store_error)?;
        transaction.commit().await.map_err(store_error)?;

        let files = files.into_iter().map(|(file,)| file).collect();
        self.0.files.remove(files).await;
        // The old pages stand in the log until it is folded into the database; readers may delay it.
        if let Err(error) = sqlx::query("PRAGMA wal_checkpoint(TRUNCATE)")
            .execute(&self.0.writer)
            .await
        {
            tracing::debug!(%error, "The log is folded into the database later");
        }
        for (conversation,) in conversations {
            self.0.changes.tell(ConversationId(uuid(&conversation)?));
        }
        Ok(())
    }
}

impl Shared {
    fn loaded(&self, row: &SqliteRow) -> Result<Loaded, StoreError> {
        let owner = self.owner_of_row(row)?;
        let record: Option<Vec<u8>> = column(row, "record")?;
        let record = record.ok_or_else(|| StoreError::Unreadable {
            record: "conversation",
            reason: "it is missing".to_owned(),
        })?;
        Ok(Loaded {
            id: ConversationId(uuid(&owner.conversation)?),
            address: owner.open_address(column(row, "channel")?, column(row, "address")?)?,
            conversation: owner.open(RECORD, &record)?,
            version: count(owner.version)?,
        })
    }

    /// Everything of a commit; the caller ends the transaction by what comes out.
    async fn commit_in(
        &self,
        connection: &mut SqliteConnection,
        commit: &Commit,
    ) -> Result<Committed, StoreError> {
        let expected = i64::try_from(commit.expected_version).unwrap_or(i64::MAX);
        let owner = match self.owner(connection, commit.id).await? {
            Some(owner) => owner,
            None if expected > 0 || is_erased(connection, commit.id).await? => {
                return Ok(Committed::Erased);
            }
            None => self.create_owner(connection, commit.id).await?,
        };
        if let By::Outcome(effect) = commit.by {
            complete_effect(connection, effect, commit.now).await?;
        }
        if !self.note_inbound(connection, commit).await? {
            return Ok(Committed::AlreadyHandled);
        }
        if owner.version != expected {
            return Ok(Committed::Moved);
        }
        if expected == 0 && !self.take_address(connection, &owner, commit).await? {
            return Ok(Committed::Moved);
        }
        sqlx::query(
            "UPDATE conversations
             SET version = version + 1, record = $1, updated_at = $2, deeds = deeds + $4
             WHERE id = $3",
        )
        .bind(owner.seal(self, RECORD, &commit.conversation))
        .bind(milliseconds(commit.now))
        .bind(&owner.conversation)
        .bind(i64::from(commit.by == By::Person))
        .execute(&mut *connection)
        .await
        .map_err(store_error)?;
        if let Some(utterance) = &commit.utterance {
            let content = EntryContent::Person(utterance.clone());
            self.append_entry(connection, &owner, None, &content, commit.now)
                .await?;
        }
        self.keep_notes(connection, &owner, &commit.notes, commit.now)
            .await?;
        take_in_photos(connection, &owner, &commit.photos).await?;
        self.store_effects(connection, &owner, commit).await?;
        Ok(Committed::Stored)
    }

    /// Notes the inbound id; `false` if it was there.
    async fn note_inbound(
        &self,
        connection: &mut SqliteConnection,
        commit: &Commit,
    ) -> Result<bool, StoreError> {
        let noted = sqlx::query(
            "INSERT INTO inbound (conversation_id, inbound_id, handled_at) VALUES ($1, $2, $3)
             ON CONFLICT (conversation_id, inbound_id) DO NOTHING",
        )
        .bind(commit.id.0.to_string())
        .bind(&commit.inbound.0)
        .bind(milliseconds(commit.now))
        .execute(connection)
        .await
        .map_err(store_error)?;
        Ok(noted.rows_affected() == 1)
    }

    /// Gives a new conversation its address; `false` if another conversation has it.
    async fn take_address(
        &self,
        connection: &mut SqliteConnection,
        owner: &Owner,
        commit: &Commit,
    ) -> Result<bool, StoreError> {
        let hash = self.keys.address_hash(&commit.address);
        let taken = sqlx::query(
            "UPDATE conversations SET channel = $1, address_hash = $2, address = $3
             WHERE id = $4 AND NOT EXISTS (
                 SELECT 1 FROM conversations o
                 WHERE o.channel = $1 AND o.address_hash = $2 AND o.id <> $4
             )",
        )
        .bind(commit.address.channel.id())
        .bind(hash)
        .bind(owner.seal_address(self, &commit.address))
        .bind(&owner.conversation)
        .execute(connection)
        .await
        .map_err(store_error)?;
        Ok(taken.rows_affected() == 1)
    }

    async fn store_effects(
        &self,
        connection: &mut SqliteConnection,
        owner: &Owner,
        commit: &Commit,
    ) -> Result<(), StoreError> {
        for effect in &commit.effects {
            let id = self.ids.ordered().to_string();
            let (sequence,): (i64,) = sqlx::query_as(
                "UPDATE conversations SET effects = effects + 1 WHERE id = $1 RETURNING effects",
            )
            .bind(&owner.conversation)
            .fetch_one(&mut *connection)
            .await
            .map_err(store_error)?;
            sqlx::query(
                "INSERT INTO effects
                     (id, conversation_id, sequence, kind, lane, payload, state, created_at, run_at,
                      waits_since, slot, share, held)
                 VALUES ($1, $2, $3, $4, $5, $6, 'waiting', $7, $7, $7, $8, $9, $5 IS NOT NULL AND EXISTS (
                     SELECT 1 FROM conversations c WHERE c.id = $2 AND c.gone_at IS NOT NULL
                 ))",
            )
            .bind(&id)
            .bind(&owner.conversation)
            .bind(sequence)
            .bind(effect.name())
            .bind(lane(effect))
            .bind(owner.seal(self, &id, effect))
            .bind(milliseconds(commit.now))
            .bind(slot(effect))
            .bind(Share::of(effect, commit.address.channel).id())
            .execute(&mut *connection)
            .await
            .map_err(store_error)?;
        }
        Ok(())
    }
}

/// Notes that a person is here; `true` if they were gone.
async fn come_back(
    connection: &mut SqliteConnection,
    id: ConversationId,
) -> Result<bool, StoreError> {
    let back = sqlx::query(
        "UPDATE conversations SET gone_at = NULL WHERE id = $1 AND gone_at IS NOT NULL",
    )
    .bind(id.0.to_string())
    .execute(&mut *connection)
    .await
    .map_err(store_error)?;
    if back.rows_affected() == 0 {
        return Ok(false);
    }
    sqlx::query("UPDATE effects SET held = 0 WHERE conversation_id = $1 AND held = 1")
        .bind(id.0.to_string())
        .execute(connection)
        .await
        .map_err(store_error)?;
    Ok(true)
}

/// Holds what is to be said to a person who is gone.
async fn hold(connection: &mut SqliteConnection, id: ConversationId) -> Result<(), StoreError> {
    sqlx::query(
        "UPDATE effects SET held = 1
         WHERE conversation_id = $1 AND lane IS NOT NULL AND state IN ('waiting', 'leased')",
    )
    .bind(id.0.to_string())
    .execute(connection)
    .await
    .map_err(store_error)?;
    Ok(())
}

/// Photos that were stored for a deed or an outcome belong to the conversation with it.
async fn take_in_photos(
    connection: &mut SqliteConnection,
    owner: &Owner,
    photos: &[PhotoId],
) -> Result<(), StoreError> {
    for photo in photos {
        sqlx::query(
            "UPDATE files SET is_loose = 0
             WHERE conversation_id = $1 AND kind = 'photo' AND name = $2",
        )
        .bind(&owner.conversation)
        .bind(photo.0.to_string())
        .execute(&mut *connection)
        .await
        .map_err(store_error)?;
    }
    Ok(())
}

/// The place that an effect's message takes.
fn slot(effect: &Effect) -> Option<String> {
    match effect {
        Effect::Send { slot, .. } => slot.map(Slot::id),
        Effect::GradePhoto { .. }
        | Effect::DrawCard { .. }
        | Effect::FetchPhotos { .. }
        | Effect::ForgetPhotos { .. }
        | Effect::ForgetCards { .. }
        | Effect::WriteAdvice { .. }
        | Effect::AnswerQuestion { .. }
        | Effect::KeepRating { .. }
        | Effect::ErasePerson => None,
    }
}

/// The lane in which an effect waits for those before it.
const fn lane(effect: &Effect) -> Option<&'static str> {
    match effect {
        Effect::Send { .. } => Some("send"),
        Effect::GradePhoto { .. }
        | Effect::DrawCard { .. }
        | Effect::FetchPhotos { .. }
        | Effect::ForgetPhotos { .. }
        | Effect::ForgetCards { .. }
        | Effect::WriteAdvice { .. }
        | Effect::AnswerQuestion { .. }
        | Effect::KeepRating { .. }
        | Effect::ErasePerson => None,
    }
}

/// Marks an effect as done, whatever its state was; an absent one is no error.
pub(super) async fn complete_effect(
    connection: &mut SqliteConnection,
    effect: EffectId,
    now: Timestamp,
) -> Result<(), StoreError> {
    sqlx::query(
        "UPDATE effects SET state = 'done', ended_at = $1
         WHERE id = $2 AND state IN ('waiting', 'leased')",
    )
    .bind(milliseconds(now))
    .bind(effect.0.to_string())
    .execute(connection)
    .await
    .map_err(store_error)?;
    Ok(())
}
