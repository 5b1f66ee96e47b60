//! Every migration runs over rows that the ones before it left.

use dupi::domain::consultation::Effect;
use dupi::ports::{ConversationStore as _, EffectQueue as _, EffectState, Room};
use dupi::storage::SqliteStore;
use sqlx::migrate::Migrator;
use sqlx::sqlite::{SqliteConnectOptions, SqlitePoolOptions};

use super::{LEASE, address, at, commit, database, open, send};

static MIGRATIONS: Migrator = sqlx::migrate!("migrations/sqlite");

/// The statements that undo what a migration after the first added, newest first, so that a database of
/// today, with real sealed rows, becomes one of that time.
const BACK_TO_THE_BEGINNING: &str = "
    DROP TABLE ratings;
    DROP INDEX files_loose; ALTER TABLE files DROP COLUMN is_loose;
    ALTER TABLE conversations DROP COLUMN deeds;
    DROP INDEX effects_failed; DROP INDEX effects_waiting_since; DROP INDEX effects_due;
    ALTER TABLE effects DROP COLUMN held;
    ALTER TABLE effects DROP COLUMN waits_since;
    ALTER TABLE effects DROP COLUMN share;
    CREATE INDEX effects_due ON effects (run_at) WHERE state IN ('waiting', 'leased');
    DROP INDEX effects_by_slot; ALTER TABLE effects DROP COLUMN slot;
    ALTER TABLE conversations DROP COLUMN gone_at;
    DROP TABLE channel_notes;
    DELETE FROM _sqlx_migrations WHERE version > 1;
";

#[tokio::test]
async fn rows_of_the_first_version_are_carried_over() {
    let folder = tempfile::tempdir().unwrap();
    let location = database(folder.path());
    let store = open(&location, folder.path()).await;
    let fetch = Effect::FetchPhotos {
        files: Vec::new(),
        sent_in: None,
    };
    let first = dupi::ports::Commit {
        effects: vec![send(1), fetch, Effect::ErasePerson],
        ..commit(0, "a")
    };
    store.commit(first).await.unwrap();
    let before = store.load(&address("anna")).await.unwrap();
    assert!(before.is_some());
    store.close().await;

    let options = SqliteConnectOptions::new().filename(folder.path().join("dupi.sqlite"));
    let pool = SqlitePoolOptions::new().max_connections(1);
    let old = pool.connect_with(options).await.unwrap();
    sqlx::raw_sql(BACK_TO_THE_BEGINNING)
        .execute(&old)
        .await
        .unwrap();
    // One by one, as releases bring them.
    let versions: Vec<i64> = MIGRATIONS.iter().map(|one| one.version).collect();
    for version in versions {
        MIGRATIONS.run_to(version, &old).await.unwrap();
    }
    old.close().await;

    let store: SqliteStore = open(&location, folder.path()).await;
    assert_eq!(store.load(&address("anna")).await.unwrap(), before);
    let overview = store.overview(9).await.unwrap();
    assert!(overview.iter().all(|one| one.state == EffectState::Waiting));
    let claimed = store.claim(&Room::of(9), at(1), LEASE).await.unwrap();
    assert_eq!(claimed.len(), 3, "each in the share that it belongs to");
    assert_eq!(claimed[0].effect, send(1));
}
