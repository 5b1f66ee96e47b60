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
    Room, Share, StoreError, sent_note,
};

/// How much of an error is kept.
const ERROR_CHARACTERS: usize = 300;

/// Whether an effect `e` of the share `$1` is open, not held, and, if it has a lane, first in it.
macro_rules! is_next {
    () => {
        "e.share = $1 AND e.state IN ('waiting', 'leased') AND e.held = 0
         AND (e.lane IS NULL OR NOT EXISTS (
             SELECT 1 FROM effects o
             WHERE o.conversation_id = e.conversation_id AND o.lane = e.lane
               AND o.sequence < e.sequence AND o.state IN ('waiting', 'leased')
         ))"
    };
}

/// What is due at `$2`, and what waits since a time that the clock has yet to reach again.
const CLAIM: &str = concat!(
    "UPDATE effects SET state = 'leased', attempts = attempts + 1, run_at = $3
     WHERE id IN (
         SELECT e.id FROM effects e
         WHERE ",
    is_next!(),
    "      AND (e.run_at <= $2 OR e.state = 'waiting' AND e.waits_since > $2)
         ORDER BY e.run_at, e.created_at, e.sequence LIMIT $4
     )
     RETURNING id, conversation_id, sequence, payload, attempts, created_at, slot"
);
const NEXT_DUE: &str = concat!("SELECT MIN(e.run_at) FROM effects e WHERE ", is_next!());

#[async_trait]
impl EffectQueue for SqliteStore {
    async fn claim(
        &self,
        room: &Room,
        now: Timestamp,
        lease: fn(Share) -> SignedDuration,
    ) -> Result<Vec<ClaimedEffect>, StoreError> {
        let mut transaction = self.begin().await?;
        let mut claimed = Vec::new();
        for (share, places) in room.shares() {
            let mut room = places;
            // Lease ends are kept to the millisecond, and told so.
            let lease_until = timestamp(milliseconds(
                now.saturating_add(lease(share))
                    .map_err(|error| StoreError::Broken(Box::new(error)))?,
            ))?;
            // What is passed over takes no place: as long as there are any, more are looked for.
            while room > 0 {
                let rows = sqlx::query(CLAIM)
                    .bind(share.id())
                    .bind(milliseconds(now))
                    .bind(milliseconds(lease_until))
                    .bind(i64::from(room))
                    .fetch_all(&mut *transaction)
                    .await
                    .map_err(store_error)?;
                let found = rows.len();
                let taken = self
                    .0
                    .claimed(&mut transaction, rows, lease_until, now)
                    .await?;
                let passed_over = found - taken.len();
                room -= u32::try_from(taken.len()).unwrap_or(room);
                claimed.extend(taken);
                if passed_over == 0 {
                    break;
                }
            }
        }
        transaction.commit().await.map_err(store_error)?;
        Ok(claimed)
    }

    async fn complete(&self, id: EffectId, now: Timestamp) -> Result<(), StoreError> {
        let mut connection = self.0.writer.acquire().await.map_err(store_error)?;
        complete_effect(&mut connection, id, now).await
    }

    async fn retry(
        &self,
        id: EffectId,
        now: Timestamp,
        run_at: Timestamp,
        error: &str,
    ) -> Result<(), StoreError> {
        sqlx::query(
            "UPDATE effects SET state = 'waiting', run_at = $1, last_error = $2, waits_since = $4
             WHERE id = $3 AND state = 'leased'",
        )
        .bind(milliseconds(run_at))
        .bind(cut(error))
        .bind(id.0.to_string())
        .bind(milliseconds(now))
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
            "UPDATE effects SET state = 'waiting', run_at = created_at, waits_since = created_at,
                 attempts = CASE WHEN kind = 'send' THEN attempts - 1 ELSE attempts END
             WHERE state = 'leased'",
        )
        .execute(&self.0.writer)
        .await
        .map_err(store_error)?;
        Ok(released.rows_affected())
    }

    async fn next_due(&self, room: &Room) -> Result<Option<Timestamp>, StoreError> {
        let mut earliest = None;
        for (share, _) in room.shares() {
            let (due,): (Option<i64>,) = sqlx::query_as(NEXT_DUE)
                .bind(share.id())
                .fetch_one(&self.0.readers)
                .await
                .map_err(store_error)?;
            earliest = earliest.into_iter().chain(due).min();
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

    async fn purge_ended(&self, done: Timestamp, failed: Timestamp) -> Result<u64, StoreError> {
        let mut purged = 0;
        for (statement, before) in [
            (
                "DELETE FROM effects WHERE state = 'done' AND ended_at < $1",
                done,
            ),
            (
                "DELETE FROM effects WHERE state = 'failed' AND ended_at < $1",
                failed,
            ),
        ] {
            purged += sqlx::query(statement)
                .bind(milliseconds(before))
                .execute(&self.0.writer)
                .await
                .map_err(store_error)?
                .rows_affected();
        }
        Ok(purged)
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
        let mut people: HashMap<String, Person> = HashMap::new();
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
        people: &mut HashMap<String, Person>,
    ) -> Result<ClaimedEffect, StoreError> {
        let id: String = column(row, "id")?;
        let conversation: String = column(row, "conversation_id")?;
        let payload: Vec<u8> = column(row, "payload")?;
        let attempts: i64 = column(row, "attempts")?;
        if !people.contains_key(&conversation) {
            let person = self.person(connection, &conversation).await?;
            people.insert(conversation.clone(), person);
        }
        let person = &people[&conversation];
        Ok(ClaimedEffect {
            id: EffectId(uuid(&id)?),
            conversation: ConversationId(uuid(&conversation)?),
            address: person.address.clone(),
            effect: person.owner.open(&id, &payload)?,
            attempt: attempt(attempts)?,
            deeds: person.deeds,
            lease_until,
        })
    }

    async fn person(
        &self,
        connection: &mut SqliteConnection,
        conversation: &str,
    ) -> Result<Person, StoreError> {
        let row = sqlx::query(
            "SELECT c.id, c.person_id, c.version, p.wrapped_key, c.channel, c.address, c.deeds
             FROM conversations c JOIN persons p ON p.id = c.person_id
             WHERE c.id = $1",
        )
        .bind(conversation)
        .fetch_one(connection)
        .await
        .map_err(store_error)?;
        let owner = self.owner_of_row(&row)?;
        let address = owner.open_address(column(&row, "channel")?, column(&row, "address")?)?;
        Ok(Person {
            owner,
            address,
            deeds: count(column(&row, "deeds")?)?,
        })
    }
}

/// Whom an effect is carried out for.
struct Person {
    owner: Owner,
    address: Address,
    deeds: u64,
}

/// Whether a message of which nothing was sent has a newer one waiting for its place.
async fn is_superseded(
    connection: &mut SqliteConnection,
    row: &SqliteRow,
) -> Result<bool, StoreError> {
    let slot: Option<String> = column(row, "slot")?;
    let Some(slot) = slot else {
        return Ok(false);
    };
    let id: String = column(row, "id")?;
    let newer = sqlx::query(
        "SELECT 1 FROM effects
         WHERE conversation_id = $1 AND slot = $2 AND sequence > $3 AND state = 'waiting'
           AND NOT EXISTS (
               SELECT 1 FROM channel_notes n WHERE n.conversation_id = $1 AND n.name = $4
           )
         LIMIT 1",
    )
    .bind(column::<String>(row, "conversation_id")?)
    .bind(slot)
    .bind(column::<i64>(row, "sequence")?)
    .bind(sent_note(EffectId(uuid(&id)?)))
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
