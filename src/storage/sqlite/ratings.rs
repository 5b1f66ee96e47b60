//! Ratings.

use async_trait::async_trait;
use jiff::Timestamp;
use sqlx::sqlite::SqliteRow;

use super::SqliteStore;
use super::errors::store_error;
use super::rows::{column, count, milliseconds};
use crate::domain::consultation::{Rated, RatedKind};
use crate::ports::{ConversationId, RatingCount, RatingStore, StoreError};

#[async_trait]
impl RatingStore for SqliteStore {
    async fn keep(
        &self,
        conversation: ConversationId,
        rated: &Rated,
        is_helpful: bool,
        now: Timestamp,
    ) -> Result<(), StoreError> {
        let writer = rated.writer.as_ref();
        sqlx::query(
            "INSERT INTO ratings
                 (conversation_id, number, kind, model, prompts, is_helpful, rated_at)
             SELECT c.id, $2, $3, $4, $5, $6, $7 FROM conversations c WHERE c.id = $1
             ON CONFLICT (conversation_id, number) DO UPDATE SET
                 is_helpful = excluded.is_helpful, rated_at = excluded.rated_at",
        )
        .bind(conversation.0.to_string())
        .bind(i64::from(rated.number))
        .bind(rated.kind.id())
        .bind(writer.map(|writer| writer.model.clone()))
        .bind(writer.map(|writer| i64::from(writer.prompts)))
        .bind(i64::from(is_helpful))
        .bind(milliseconds(now))
        .execute(&self.0.writer)
        .await
        .map_err(store_error)?;
        Ok(())
    }

    async fn counts(&self) -> Result<Vec<RatingCount>, StoreError> {
        sqlx::query(
            "SELECT kind, model, prompts, SUM(is_helpful) AS helpful,
                 SUM(1 - is_helpful) AS unhelpful
             FROM ratings GROUP BY kind, model, prompts ORDER BY kind, model, prompts",
        )
        .fetch_all(&self.0.readers)
        .await
        .map_err(store_error)?
        .iter()
        .map(rating_count)
        .collect()
    }
}

fn rating_count(row: &SqliteRow) -> Result<RatingCount, StoreError> {
    let kind: String = column(row, "kind")?;
    let kind = RatedKind::ALL.into_iter().find(|known| known.id() == kind);
    let model: Option<String> = column(row, "model")?;
    let prompts: Option<i64> = column(row, "prompts")?;
    let prompts = prompts.map(count).transpose()?;
    let prompts = prompts.map(|prompts| u32::try_from(prompts).unwrap_or(u32::MAX));
    Ok(RatingCount {
        kind: kind.ok_or_else(|| StoreError::Unreadable {
            record: "rating",
            reason: "its kind is unknown".to_owned(),
        })?,
        writer: model.zip(prompts),
        helpful: count(column(row, "helpful")?)?,
        unhelpful: count(column(row, "unhelpful")?)?,
    })
}
