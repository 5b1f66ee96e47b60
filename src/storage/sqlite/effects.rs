//! The queue of stored effects.

use std::collections::HashMap;

use async_trait::async_trait;
use jiff::{SignedDuration, Timestamp};
use sqlx::{SqliteConnection, sqlite::SqliteRow};

use super::conversations::complete_effect;
use super::errors::store_error;
use super::rows::{Owner, column, count, milliseconds, timestamp, uuid};
use super::{Shared, SqliteStore};
use crate::ports::{
    Address, ClaimedEffect, ConversationId, EffectId, EffectOverview, EffectQueue, EffectState,
    LONGEST_WAIT, Room, StoreError,
};

/// How much of an error is kept.
const ERROR_CHARACTERS: usize = 300;

/// Whether an effect `e` is a message that is first in its lane, to somebody who is here.
macro_rules! is_next_message {
    () => {
        "e.state IN ('waiting', 'leased') AND e.lane IS NOT NULL
         AND NOT EXISTS (
             SELECT 1 FROM effects o
             WHERE o.conversation_id = e.conversation_id AND o.lane = e.lane
               AND o.sequence < e.sequence AND o.state IN ('waiting', 'leased')
         )
         AND NOT EXISTS (
             SELECT 1 FROM conversations c WHERE c.id = e.conversation_id AND c.gone_at IS NOT NULL
         )"
    };
}

/// Whether an effect `e` is open work.
macro_rules! is_work {
    () => {
        "e.state IN ('waiting', 'leased') AND e.lane IS NULL"
    };
}

macro_rules! claim {
    ($which:expr) => {
        concat!(
            "UPDATE effects SET state = 'leased', attempts = attempts + 1, run_at = $1
             WHERE id IN (
                 SELECT e.id FROM effects e
                 WHERE (e.run_at <= $2 OR e.run_at > $4 AND e.state = 'waiting') AND ",
            $which,
            " ORDER BY e.run_at, e.created_at, e.sequence LIMIT $3
             )
             RETURNING id, conversation_id, sequence, payload, attempts, created_at, slot"
        )
    };
}

const CLAIM_MESSAGES: &str = claim!(is_next_message!());
const CLAIM_WORK: &str = claim!(is_work!());
const NEXT_MESSAGE_DUE: &str = concat!(
    "SELECT MIN(e.run_at) FROM effects e WHERE ",
    is_next_message!()
);
const NEXT_WORK_DUE: &str = concat!("SELECT MIN(e.run_at) FROM effects e WHERE ", is_work!());

#[async_trait]
impl EffectQueue for SqliteStore {
    async fn claim(
        &self,
        room: Room,
        now: Timestamp,
        lease: SignedDuration,
    ) -> Result<Vec<ClaimedEffect>, StoreError> {
        // Lease ends are kept to the millisecond, and told so.
        let lease_until = timestamp(milliseconds(
            now.saturating_add(lease)
                .map_err(|error| StoreError::Broken(Box::new(error)))?,
        ))?;
        let too_far = now
            .saturating_add(LONGEST_WAIT)
            .map_err(|error| StoreError::Broken(Box::new(error)))?;
        let mut transaction = self.begin().await?;
        let mut rows = Vec::new();
        for (claim, limit) in [(CLAIM_MESSAGES, room.messages), (CLAIM_WORK, room.work)] {
            if limit > 0 {
                rows.extend(
                    sqlx::query(claim)
                        .bind(milliseconds(lease_until))
                        .bind(milliseconds(now))
                        .bind(i64::from(limit))
                        .bind(milliseconds(too_far))
                        .fetch_all(&mut *transaction)
                        .await
                        .map_err(store_error)?,
                );
            }
        }
        let claimed = self
            .0
            .claimed(&mut transaction, rows, lease_until, now)
            .await?;
        transaction.commit().await.map_err(store_error)?;
        Ok(claimed)
    }

    async fn complete(&self, id: EffectId, now: Timestamp) -> Result<(), StoreError> {
        let mut connection = self.0.writer.acquire().await.map_err(store_error)?;
        complete_effect(&mut connection, id, now).await
    }

    async fn retry(&self, id: EffectId, run_at: Timestamp, error: &str) -> Result<(), StoreError> {
        sqlx::query(
            "UPDATE effects SET state = 'waiting', run_at = $1, last_error = $2
             WHERE id = $3 AND state = 'leased'",
        )
        .bind(milliseconds(run_at))
        .bind(cut(error))
        .bind(id.0.to_string())
        .execute(&self.0.writer)
        .await
        .map_err(store_error)?;
        Ok(())
    }

    async fn fail(&self, id: EffectId, now: Timestamp, error: &str) -> Result<(), StoreError> {
        let mut connection = self.0.writer.acquire().await.map_err(store_error)?;
        fail_effect(&mut connection, id, now, error).await
    }

    async fn release_leases(&self) -> Result<u64, StoreError> {
        // The start of the lease is gone, so it falls due where everything that is overdue stands:
        // at the time it was stored.
        let released = sqlx::query(
            "UPDATE effects SET state = 'waiting', run_at = created_at,
                 attempts = CASE WHEN kind = 'send' THEN attempts - 1 ELSE attempts END
             WHERE state = 'leased'",
        )
        .execute(&self.0.writer)
        .await
        .map_err(store_error)?;
        Ok(released.rows_affected())
    }

    async fn next_due(&self, room: Room) -> Result<Option<Timestamp>, StoreError> {
        let mut earliest = None;
        for (next_due, limit) in [
            (NEXT_MESSAGE_DUE, room.messages),
            (NEXT_WORK_DUE, room.work),
        ] {
            if limit > 0 {
                let (due,): (Option<i64>,) = sqlx::query_as(next_due)
                    .fetch_one(&self.0.readers)
                    .await
                    .map_err(store_error)?;
                earliest = earliest.into_iter().chain(due).min();
            }
        }
        earliest.map(timestamp).transpose()
    }

    async fn overview(&self, limit: u32) -> Result<Vec<EffectOverview>, StoreError> {
        sqlx::query(
            "SELECT id, kind, state, attempts, created_at, run_at, last_error FROM effects
             ORDER BY created_at DESC, sequence DESC LIMIT $1",
        )
        .bind(i64::from(limit))
        .fetch_all(&self.0.readers)
        .await
        .map_err(store_error)?
        .iter()
        .map(overview)
        .collect()
    }

    async fn purge_done(&self, before: Timestamp) -> Result<u64, StoreError> {
        let purged = sqlx::query("DELETE FROM effects WHERE state = 'done' AND ended_at < $1")
            .bind(milliseconds(before))
            .execute(&self.0.writer)
            .await
            .map_err(store_error)?;
        Ok(purged.rows_affected())
    }

    async fn stored(&self) {
        self.0.effect_stored.notified().await;
    }
}

impl Shared {
    /// What the claimed rows say. A row that cannot be read is given up, so that it never stops the
    /// others; the database itself still decides over all of them.
    async fn claimed(
        &self,
        connection: &mut SqliteConnection,
        mut rows: Vec<SqliteRow>,
        lease_until: Timestamp,
        now: Timestamp,
    ) -> Result<Vec<ClaimedEffect>, StoreError> {
        rows.sort_by_key(|row| {
            let order = |name| column::<i64>(row, name).unwrap_or_default();
            (order("created_at"), order("sequence"))
        });
        let mut people: HashMap<String, (Owner, Address)> = HashMap::new();
        let mut claimed = Vec::with_capacity(rows.len());
        for row in rows {
            let id: String = column(&row, "id")?;
            if is_superseded(connection, &row).await? {
                complete_effect(connection, EffectId(uuid(&id)?), now).await?;
                continue;
            }
            match self
                .claimed_row(connection, &row, lease_until, &mut people)
                .await
            {
                Ok(effect) => claimed.push(effect),
                Err(error @ StoreError::Unreadable { .. }) => {
                    tracing::error!(effect.id = %id, %error, "Gave up an effect that cannot be read");
                    fail_effect(connection, EffectId(uuid(&id)?), now, &error.to_string()).await?;
                }
                Err(error) => return Err(error),
            }
        }
        Ok(claimed)
    }

    async fn claimed_row(
        &self,
        connection: &mut SqliteConnection,
        row: &SqliteRow,
        lease_until: Timestamp,
        people: &mut HashMap<String, (Owner, Address)>,
    ) -> Result<ClaimedEffect, StoreError> {
        let id: String = column(row, "id")?;
        let conversation: String = column(row, "conversation_id")?;
        let payload: Vec<u8> = column(row, "payload")?;
        let attempts: i64 = column(row, "attempts")?;
        if !people.contains_key(&conversation) {
            let person = self.owner_and_address(connection, &conversation).await?;
            people.insert(conversation.clone(), person);
        }
        let (owner, address) = &people[&conversation];
        Ok(ClaimedEffect {
            id: EffectId(uuid(&id)?),
            conversation: ConversationId(uuid(&conversation)?),
            address: address.clone(),
            effect: owner.open(&id, &payload)?,
            attempt: attempt(attempts)?,
            lease_until,
        })
    }

    async fn owner_and_address(
        &self,
        connection: &mut SqliteConnection,
        conversation: &str,
    ) -> Result<(Owner, Address), StoreError> {
        let row = sqlx::query(
            "SELECT c.id, c.person_id, c.version, p.wrapped_key, c.channel, c.address
             FROM conversations c JOIN persons p ON p.id = c.person_id
             WHERE c.id = $1",
        )
        .bind(conversation)
        .fetch_one(connection)
        .await
        .map_err(store_error)?;
        let owner = self.owner_of_row(&row)?;
        let address = owner.open_address(column(&row, "channel")?, column(&row, "address")?)?;
        Ok((owner, address))
    }
}

/// Whether a message that was never tried has a newer one waiting for its place.
async fn is_superseded(
    connection: &mut SqliteConnection,
    row: &SqliteRow,
) -> Result<bool, StoreError> {
    let slot: Option<String> = column(row, "slot")?;
    let attempts: i64 = column(row, "attempts")?;
    let Some(slot) = slot.filter(|_| attempts == 1) else {
        return Ok(false);
    };
    let newer = sqlx::query(
        "SELECT 1 FROM effects
         WHERE conversation_id = $1 AND slot = $2 AND sequence > $3 AND state = 'waiting' LIMIT 1",
    )
    .bind(column::<String>(row, "conversation_id")?)
    .bind(slot)
    .bind(column::<i64>(row, "sequence")?)
    .fetch_optional(connection)
    .await
    .map_err(store_error)?;
    Ok(newer.is_some())
}

async fn fail_effect(
    connection: &mut SqliteConnection,
    id: EffectId,
    now: Timestamp,
    error: &str,
) -> Result<(), StoreError> {
    sqlx::query(
        "UPDATE effects SET state = 'failed', ended_at = $1, last_error = $2 WHERE id = $3",
    )
    .bind(milliseconds(now))
    .bind(cut(error))
    .bind(id.0.to_string())
    .execute(connection)
    .await
    .map_err(store_error)?;
    Ok(())
}

fn overview(row: &SqliteRow) -> Result<EffectOverview, StoreError> {
    let id: String = column(row, "id")?;
    let state: String = column(row, "state")?;
    Ok(EffectOverview {
        id: EffectId(uuid(&id)?),
        kind: column(row, "kind")?,
        state: match state.as_str() {
            "waiting" => EffectState::Waiting,
            "leased" => EffectState::Leased,
            "done" => EffectState::Done,
            "failed" => EffectState::Failed,
            other => {
                return Err(StoreError::Unreadable {
                    record: "effect",
                    reason: format!("its state `{other}` is unknown"),
                });
            }
        },
        attempts: attempt(column(row, "attempts")?)?,
        created_at: timestamp(column(row, "created_at")?)?,
        run_at: timestamp(column(row, "run_at")?)?,
        last_error: column(row, "last_error")?,
    })
}

fn attempt(attempts: i64) -> Result<u32, StoreError> {
    Ok(u32::try_from(count(attempts)?).unwrap_or(u32::MAX))
}

fn cut(error: &str) -> String {
    error.chars().take(ERROR_CHARACTERS).collect()
}
