//! Photos, heatmaps and cards: sealed files, known by rows.

use async_trait::async_trait;

use super::errors::store_error;
use super::rows::{Owner, is_erased};
use super::{Shared, SqliteStore};
use crate::domain::consultation::ConsultationNumber;
use crate::domain::scalp::{Heatmaps, PhotoId};
use crate::ports::{ConversationId, PhotoStore, PhotoStoreError, StoreError, StoredKind};
use crate::storage::records::{self, Stored as _};

/// Keeps files on this machine's disk, and who they belong to in the database.
#[derive(Debug, Clone)]
pub struct DiskPhotoStore(SqliteStore);

/// A file's kind and its name among its kind.
#[derive(Debug, Clone)]
struct FileKey {
    kind: &'static str,
    name: String,
}

const PHOTO: &str = "photo";
const CARD: &str = "card";

impl FileKey {
    fn of(kind: StoredKind) -> Self {
        match kind {
            StoredKind::Photo(photo) => Self {
                kind: PHOTO,
                name: photo.0.to_string(),
            },
            StoredKind::Card(consultation) => Self {
                kind: CARD,
                name: consultation.0.to_string(),
            },
        }
    }

    fn heatmaps_of(photo: PhotoId) -> Self {
        Self {
            kind: Heatmaps::KIND,
            name: photo.0.to_string(),
        }
    }
}

#[async_trait]
impl PhotoStore for DiskPhotoStore {
    async fn put(
        &self,
        conversation: ConversationId,
        kind: StoredKind,
        bytes: &[u8],
    ) -> Result<(), PhotoStoreError> {
        let shared = &self.0.0;
        let owner = match self.owner(conversation).await? {
            Some(owner) => owner,
            None => self.new_owner(conversation).await?,
        };
        self.put_file(&owner, conversation, &FileKey::of(kind), bytes, None)
            .await?;
        if let StoredKind::Card(_) = kind {
            shared.changes.tell(conversation);
        }
        Ok(())
    }

    async fn get(
        &self,
        conversation: ConversationId,
        kind: StoredKind,
    ) -> Result<Vec<u8>, PhotoStoreError> {
        self.get_file(conversation, &FileKey::of(kind)).await
    }

    async fn put_heatmaps(
        &self,
        conversation: ConversationId,
        photo: PhotoId,
        heatmaps: &Heatmaps,
    ) -> Result<(), PhotoStoreError> {
        let owner = self
            .owner(conversation)
            .await?
            .ok_or(PhotoStoreError::Absent)?;
        let needed = FileKey::of(StoredKind::Photo(photo));
        self.put_file(
            &owner,
            conversation,
            &FileKey::heatmaps_of(photo),
            &records::write(heatmaps),
            Some(&needed),
        )
        .await
    }

    async fn heatmaps(
        &self,
        conversation: ConversationId,
        photo: PhotoId,
    ) -> Result<Heatmaps, PhotoStoreError> {
        let bytes = self
            .get_file(conversation, &FileKey::heatmaps_of(photo))
            .await?;
        Ok(records::read(&bytes)?)
    }

    async fn forget(
        &self,
        conversation: ConversationId,
        photo: PhotoId,
    ) -> Result<(), PhotoStoreError> {
        let name = photo.0.to_string();
        self.forget_files(conversation, [PHOTO, Heatmaps::KIND], &name)
            .await
    }

    async fn forget_card(
        &self,
        conversation: ConversationId,
        consultation: ConsultationNumber,
    ) -> Result<(), PhotoStoreError> {
        let name = consultation.0.to_string();
        self.forget_files(conversation, [CARD; 2], &name).await?;
        self.0.0.changes.tell(conversation);
        Ok(())
    }
}

impl DiskPhotoStore {
    pub(super) const fn new(store: SqliteStore) -> Self {
        Self(store)
    }

    /// Removes the rows of a name among those kinds, and then their files.
    async fn forget_files(
        &self,
        conversation: ConversationId,
        kinds: [&'static str; 2],
        name: &str,
    ) -> Result<(), PhotoStoreError> {
        let files: Vec<(String,)> = sqlx::query_as(
            "DELETE FROM files
             WHERE conversation_id = $1 AND kind IN ($2, $3) AND name = $4 RETURNING file",
        )
        .bind(conversation.0.to_string())
        .bind(kinds[0])
        .bind(kinds[1])
        .bind(name)
        .fetch_all(&self.0.0.writer)
        .await
        .map_err(store_error)?;
        let files = files.into_iter().map(|(file,)| file).collect();
        self.0.0.files.remove(files).await;
        Ok(())
    }

    fn shared(&self) -> &Shared {
        &self.0.0
    }

    async fn owner(&self, conversation: ConversationId) -> Result<Option<Owner>, StoreError> {
        let mut connection = self.shared().readers.acquire().await.map_err(store_error)?;
        self.shared().owner(&mut connection, conversation).await
    }

    /// The person of a conversation whose first sign of life is a file.
    async fn new_owner(&self, conversation: ConversationId) -> Result<Owner, PhotoStoreError> {
        let mut transaction = self.0.begin().await?;
        if is_erased(&mut transaction, conversation).await? {
            return Err(PhotoStoreError::Absent);
        }
        // Somebody else may have been first since we looked.
        let owner = match self.shared().owner(&mut transaction, conversation).await? {
            Some(owner) => owner,
            None => {
                self.shared()
                    .create_owner(&mut transaction, conversation)
                    .await?
            }
        };
        transaction.commit().await.map_err(store_error)?;
        Ok(owner)
    }

    /// Writes the file, then its row. Where the person, or the file that it `needs`, is gone by
    /// then, nothing stays.
    async fn put_file(
        &self,
        owner: &Owner,
        conversation: ConversationId,
        key: &FileKey,
        bytes: &[u8],
        needs: Option<&FileKey>,
    ) -> Result<(), PhotoStoreError> {
        let shared = self.shared();
        let file = shared.ids.ordered().to_string();
        let sealed = owner.seal_bytes(shared, key.kind, &key.name, bytes);
        shared.files.write(&file, sealed).await?;
        let old = match self.put_row(conversation, key, &file, needs).await {
            Ok(old) => old,
            Err(error) => {
                shared.files.remove(vec![file]).await;
                return Err(error);
            }
        };
        shared.files.remove(old).await;
        Ok(())
    }

    /// Points a row at the new file; returns the file that it pointed at before.
    async fn put_row(
        &self,
        conversation: ConversationId,
        key: &FileKey,
        file: &str,
        needs: Option<&FileKey>,
    ) -> Result<Vec<String>, PhotoStoreError> {
        let mut transaction = self.0.begin().await?;
        if self
            .shared()
            .owner(&mut transaction, conversation)
            .await?
            .is_none()
        {
            return Err(PhotoStoreError::Absent);
        }
        if let Some(needed) = needs
            && file_of(&mut transaction, conversation, needed)
                .await?
                .is_none()
        {
            return Err(PhotoStoreError::Absent);
        }
        let old = file_of(&mut transaction, conversation, key).await?;
        sqlx::query(
            "INSERT INTO files (conversation_id, kind, name, file, is_loose) VALUES ($1, $2, $3, $4, $5)
             ON CONFLICT (conversation_id, kind, name) DO UPDATE SET file = excluded.file",
        )
        .bind(conversation.0.to_string())
        .bind(key.kind)
        .bind(&key.name)
        .bind(file)
        .bind(i64::from(key.kind == PHOTO))
        .execute(&mut *transaction)
        .await
        .map_err(store_error)?;
        transaction.commit().await.map_err(store_error)?;
        Ok(old.into_iter().collect())
    }

    async fn get_file(
        &self,
        conversation: ConversationId,
        key: &FileKey,
    ) -> Result<Vec<u8>, PhotoStoreError> {
        let shared = self.shared();
        let mut before = None;
        loop {
            let mut connection = shared.readers.acquire().await.map_err(store_error)?;
            let owner = shared
                .owner(&mut connection, conversation)
                .await?
                .ok_or(PhotoStoreError::Absent)?;
            let file = file_of(&mut connection, conversation, key)
                .await?
                .ok_or(PhotoStoreError::Absent)?;
            drop(connection);
            if let Some(sealed) = shared.files.read(&file).await? {
                return Ok(owner.open_bytes(key.kind, &key.name, &sealed)?);
            }
            // A newer file may have taken its place between the row and the disk: look again, until
            // the row itself points at nothing.
            if before.as_ref() == Some(&file) {
                return Err(PhotoStoreError::Absent);
            }
            before = Some(file);
        }
    }
}

async fn file_of(
    connection: &mut sqlx::SqliteConnection,
    conversation: ConversationId,
    key: &FileKey,
) -> Result<Option<String>, StoreError> {
    let row: Option<(String,)> = sqlx::query_as(
        "SELECT file FROM files WHERE conversation_id = $1 AND kind = $2 AND name = $3",
    )
    .bind(conversation.0.to_string())
    .bind(key.kind)
    .bind(&key.name)
    .fetch_optional(connection)
    .await
    .map_err(store_error)?;
    Ok(row.map(|(file,)| file))
}
