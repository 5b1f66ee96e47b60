//! From rows to values: ids, times, a person's key, sealed records.

use jiff::Timestamp;
use sqlx::{Row as _, Sqlite, SqliteConnection, sqlite::SqliteRow};
use uuid::Uuid;

use super::Shared;
use super::errors::store_error;
use crate::ports::{Address, ConversationId, StoreError};
use crate::storage::records::{self, Stored, channel_of_id};
use crate::storage::sealing::{Label, SealingKey};

pub(super) type Transaction = sqlx::Transaction<'static, Sqlite>;

/// Times are stored to the millisecond.
pub(super) fn milliseconds(at: Timestamp) -> i64 {
    at.as_millisecond()
}

pub(super) fn timestamp(milliseconds: i64) -> Result<Timestamp, StoreError> {
    Timestamp::from_millisecond(milliseconds)
        .map_err(|_| malformed(format!("{milliseconds} is not a time")))
}

pub(super) fn uuid(text: &str) -> Result<Uuid, StoreError> {
    text.parse()
        .map_err(|_| malformed(format!("`{text}` is not an id")))
}

/// A count; negative ones are never written.
pub(super) fn count(number: i64) -> Result<u64, StoreError> {
    u64::try_from(number).map_err(|_| malformed(format!("{number} is not a count")))
}

fn malformed(reason: String) -> StoreError {
    StoreError::Unreadable {
        record: "row",
        reason,
    }
}

/// What is needed to seal and open anything of one conversation.
#[derive(Debug)]
pub(super) struct Owner {
    pub(super) conversation: String,
    pub(super) person: String,
    pub(super) key: SealingKey,
    pub(super) version: i64,
}

impl Owner {
    /// Seals a record; `place` tells it from others of its kind in this conversation.
    pub(super) fn seal<T: Stored>(&self, shared: &Shared, place: &str, value: &T) -> Vec<u8> {
        self.seal_bytes(shared, T::KIND, place, &records::write(value))
    }

    pub(super) fn open<T: Stored>(&self, place: &str, sealed: &[u8]) -> Result<T, StoreError> {
        records::read(&self.open_bytes(T::KIND, place, sealed)?)
    }

    pub(super) fn seal_bytes(
        &self,
        shared: &Shared,
        kind: &'static str,
        place: &str,
        bytes: &[u8],
    ) -> Vec<u8> {
        let place = format!("{}/{place}", self.conversation);
        let label = Label {
            kind,
            place: &place,
        };
        self.key.seal(label, bytes, shared.ids.as_ref())
    }

    pub(super) fn open_bytes(
        &self,
        kind: &'static str,
        place: &str,
        sealed: &[u8],
    ) -> Result<Vec<u8>, StoreError> {
        let place = format!("{}/{place}", self.conversation);
        let label = Label {
            kind,
            place: &place,
        };
        self.key.open(label, sealed)
    }

    pub(super) fn seal_address(&self, shared: &Shared, address: &Address) -> Vec<u8> {
        self.seal_bytes(shared, ADDRESS, "", address.key.as_bytes())
    }

    pub(super) fn open_address(
        &self,
        channel: Option<&str>,
        sealed: Option<&[u8]>,
    ) -> Result<Address, StoreError> {
        let unreadable = |reason: &str| StoreError::Unreadable {
            record: ADDRESS,
            reason: reason.to_owned(),
        };
        let channel = channel
            .and_then(channel_of_id)
            .ok_or_else(|| unreadable("its channel is unknown"))?;
        let sealed = sealed.ok_or_else(|| unreadable("it is missing"))?;
        let key = String::from_utf8(self.open_bytes(ADDRESS, "", sealed)?)
            .map_err(|_| unreadable("it is not text"))?;
        Ok(Address { channel, key })
    }
}

const ADDRESS: &str = "address";

/// A column of a row.
pub(super) fn column<'r, T>(row: &'r SqliteRow, name: &str) -> Result<T, StoreError>
where
    T: sqlx::Decode<'r, Sqlite> + sqlx::Type<Sqlite>,
{
    row.try_get(name).map_err(store_error)
}

impl Shared {
    /// The owner out of the columns `id`, `person_id`, `wrapped_key` and `version`.
    pub(super) fn owner_of_row(&self, row: &SqliteRow) -> Result<Owner, StoreError> {
        let person: String = column(row, "person_id")?;
        let wrapped: Vec<u8> = column(row, "wrapped_key")?;
        Ok(Owner {
            conversation: column(row, "id")?,
            key: self.keys.person(&person, &wrapped)?,
            person,
            version: column(row, "version")?,
        })
    }

    /// The owner of a conversation that has a person.
    pub(super) async fn owner(
        &self,
        connection: &mut SqliteConnection,
        conversation: ConversationId,
    ) -> Result<Option<Owner>, StoreError> {
        sqlx::query(
            "SELECT c.id, c.person_id, c.version, p.wrapped_key
             FROM conversations c JOIN persons p ON p.id = c.person_id
             WHERE c.id = $1",
        )
        .bind(conversation.0.to_string())
        .fetch_optional(connection)
        .await
        .map_err(store_error)?
        .map(|row| self.owner_of_row(&row))
        .transpose()
    }

    /// Makes a conversation of version 0 with a new person, who has a new key.
    pub(super) async fn create_owner(
        &self,
        connection: &mut SqliteConnection,
        conversation: ConversationId,
    ) -> Result<Owner, StoreError> {
        let person = self.ids.ordered().to_string();
        let (key, wrapped) = self.keys.new_person(&person, self.ids.as_ref());
        sqlx::query("INSERT INTO persons (id, wrapped_key) VALUES ($1, $2)")
            .bind(&person)
            .bind(wrapped)
            .execute(&mut *connection)
            .await
            .map_err(store_error)?;
        sqlx::query("INSERT INTO conversations (id, person_id) VALUES ($1, $2)")
            .bind(conversation.0.to_string())
            .bind(&person)
            .execute(connection)
            .await
            .map_err(store_error)?;
        Ok(Owner {
            conversation: conversation.0.to_string(),
            person,
            key,
            version: 0,
        })
    }
}

/// Whether the person of that conversation was erased.
pub(super) async fn is_erased(
    connection: &mut SqliteConnection,
    conversation: ConversationId,
) -> Result<bool, StoreError> {
    let row = sqlx::query("SELECT 1 FROM erased WHERE conversation_id = $1")
        .bind(conversation.0.to_string())
        .fetch_optional(connection)
        .await
        .map_err(store_error)?;
    Ok(row.is_some())
}
