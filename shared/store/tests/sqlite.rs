//! The suite on SQLite, and what is SQLite's own.
#![expect(clippy::unwrap_used, reason = "a test's panic is its message")]

use jiff::Timestamp;
use std::sync::{
    Arc,
    atomic::{AtomicU64, Ordering},
};
use store::{Options, Store};

fn options() -> Options {
    // Every reading is a millisecond on; salts are counted.
    static CLOCK: AtomicU64 = AtomicU64::new(1_780_000_000_000);
    static SALT: AtomicU64 = AtomicU64::new(1);
    let now = || Timestamp::from_millisecond(CLOCK.fetch_add(1, Ordering::Relaxed) as i64).unwrap();
    Options::new(
        Arc::new(now),
        Arc::new(|| u128::from(SALT.fetch_add(1, Ordering::Relaxed)) << 64),
    )
}

async fn memory() -> Option<(Arc<dyn Store>, ())> {
    let store = store::open("sqlite::memory:", options()).await.unwrap();
    Some((store, ()))
}

store::store_suite!(memory);

mod file {
    use super::options;
    use sqlx::{Connection, Row, SqliteConnection};
    use std::path::Path;
    use store::{OpenError, suite::kit};

    async fn open(path: &Path) -> kit::Checked {
        store::open(&format!("sqlite:{}", path.display()), options())
            .await
            .unwrap()
    }

    async fn raw(path: &Path) -> SqliteConnection {
        SqliteConnection::connect(&format!("sqlite:{}", path.display()))
            .await
            .unwrap()
    }

    #[tokio::test]
    async fn what_was_written_is_there_after_opening_again() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("errand.db");
        let store = open(&path).await;
        let me = kit::person(&store).await;
        let id = kit::create(&store, &me, serde_json::json!({"title": "a"})).await;
        let page = store
            .tasks(
                &me,
                &store::TaskQuery {
                    limit: 1,
                    ..Default::default()
                },
            )
            .await
            .unwrap();
        store.close().await;
        let log = folder.path().join("errand.db-wal");
        assert!(!log.exists(), "the file holds everything by itself");
        assert!(
            matches!(
                store.task(&me, id).await,
                Err(store::StoreError::Unavailable(_))
            ),
            "closed"
        );
        let store = open(&path).await;
        assert_eq!(kit::read(&store, &me, id).await.unwrap()["title"], "a");
        assert!(
            store
                .log(&me, &page.cursor, 1)
                .await
                .unwrap()
                .events
                .is_empty()
        );
        kit::verified(&store, &me).await;
    }

    #[tokio::test]
    async fn a_row_changed_by_hand_is_found_and_repaired() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("errand.db");
        let store = open(&path).await;
        let by_hand = async |sql: &'static str| {
            let mut connection = raw(&path).await;
            sqlx::query(sql).execute(&mut connection).await.unwrap();
        };
        store::suite::by_hand::rows_are_found_and_mended(store, by_hand).await;
    }

    #[tokio::test]
    async fn everything_that_is_kept_is_exported() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("errand.db");
        open(&path).await.close().await;
        let sql = "select m.name, c.name from sqlite_schema m join pragma_table_info(m.name) c where m.type = 'table' \
            and m.name not like 'sqlite%' and m.name not like 'task_text%' and m.name <> '_sqlx_migrations'";
        let rows = sqlx::query_as(sql)
            .fetch_all(&mut raw(&path).await)
            .await
            .unwrap();
        assert!(rows.len() > 100);
        assert_eq!(store::suite::by_hand::forgotten(rows), Vec::<String>::new());
    }

    #[tokio::test]
    async fn a_backup_is_whole() {
        let folder = tempfile::tempdir().unwrap();
        let (path, copy) = (
            folder.path().join("errand.db"),
            folder.path().join("copy.db"),
        );
        let store = open(&path).await;
        let me = kit::person(&store).await;
        let id = kit::create(&store, &me, serde_json::json!({"title": "call mom"})).await;
        store.backup(&copy).await.unwrap();
        assert!(
            store.backup(&copy).await.is_err(),
            "a file that is there is not written over"
        );
        let copy = open(&copy).await;
        assert_eq!(
            kit::read(&copy, &me, id).await.unwrap()["title"],
            "call mom"
        );
        assert_eq!(copy.rebuild(false).await.unwrap(), Vec::<String>::new());
        let words = store::TaskQuery {
            words: Some("mom".into()),
            limit: 10,
            ..Default::default()
        };
        assert_eq!(copy.tasks(&me, &words).await.unwrap().items.len(), 1);
        kit::create(&copy, &me, serde_json::json!({"title": "goes on"})).await;
        kit::verified(&copy, &me).await;
    }

    async fn refused(path: &Path) -> OpenError {
        store::open(&format!("sqlite:{}", path.display()), options())
            .await
            .err()
            .expect("it must not open")
    }

    #[tokio::test]
    async fn what_cannot_be_opened_says_why() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("errand.db");
        let why = refused(&folder.path().join("nowhere/errand.db")).await;
        assert!(
            matches!(why, OpenError::Folder { .. }) && why.to_string().contains("folder exists"),
            "{why}"
        );
        open(&path).await.close().await;
        let mut by_hand = raw(&path).await;
        sqlx::query("update _sqlx_migrations set version = 9999")
            .execute(&mut by_hand)
            .await
            .unwrap();
        let why = refused(&path).await;
        assert!(
            matches!(why, OpenError::Newer { step: 9999, .. })
                && why.to_string().contains("newer version"),
            "{why}"
        );
        by_hand.close().await.unwrap();
        let broken = folder.path().join("broken.db");
        std::fs::write(&broken, vec![b'x'; 8192]).unwrap();
        let why = refused(&broken).await;
        assert!(
            matches!(why, OpenError::Damaged { .. })
                && why.to_string().contains("not a database of Errand"),
            "{why}"
        );
        let why = store::open("mysql://x", options())
            .await
            .err()
            .expect("it must not open");
        assert!(matches!(why, OpenError::Address(_)), "{why}");
    }

    /// The hot queries read an index, and cost by what is open.
    #[tokio::test]
    async fn hot_queries_use_their_index() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("errand.db");
        let store = open(&path).await;
        let me = kit::person(&store).await;
        kit::create(&store, &me, serde_json::json!({"title": "a"})).await;
        let mut reader = raw(&path).await;
        for (name, sql, index) in store::suite::hot_queries() {
            let rows = sqlx::query(sqlx::AssertSqlSafe(format!("explain query plan {sql}")))
                .fetch_all(&mut reader)
                .await
                .unwrap();
            let plan = rows
                .iter()
                .map(|row| row.get::<String, _>(3))
                .collect::<Vec<_>>()
                .join("; ");
            assert!(plan.contains(index), "{name}: {plan}");
            assert!(
                !plan.contains("SCAN t ")
                    && !plan.ends_with("SCAN t")
                    && !plan.contains("TEMP B-TREE FOR ORDER BY"),
                "{name}: {plan}"
            );
        }
    }
}
