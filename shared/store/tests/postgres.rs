//! The suite on PostgreSQL, as a user who owns no table, behind forced row-level security; and what is PostgreSQL's own.
#![expect(clippy::unwrap_used, reason = "a test's panic is its message")]

mod kit;
mod plans;

use kit::{House, options};
use std::sync::Arc;
use store::Store;

async fn database() -> Option<(Arc<dyn Store>, House)> {
    let house = House::new().await?;
    let store = open(&house.url).await;
    Some((store, house))
}

/// The store at that address.
async fn open(url: &str) -> Arc<dyn Store> {
    store::open(url, options()).await.unwrap()
}

store::store_suite!(database);

mod own {
    use super::{
        kit::{House, options},
        open,
    };
    use sqlx::{AssertSqlSafe, Connection, PgConnection, Row};
    use std::time::Duration;
    use store::{OpenError, StoreError, Tables, suite};
    use suite::kit;

    /// Everything of a person's or a stream's is behind row-level security, for the owner too.
    #[tokio::test]
    async fn every_table_that_names_a_person_or_a_stream_is_guarded() {
        let Some(house) = House::new().await else {
            return;
        };
        let sql = "select c.relname, c.relrowsecurity and c.relforcerowsecurity from pg_class c \
            join pg_namespace s on s.oid = c.relnamespace and s.nspname = 'public' \
            where c.relkind = 'r' and (c.relname = 'person' or exists (select from pg_attribute a \
                where a.attrelid = c.oid and a.attname in ('person', 'stream'))) order by 1";
        let rows = sqlx::query(sql)
            .fetch_all(&mut house.as_owner().await)
            .await
            .unwrap();
        assert!(rows.len() >= 16);
        for row in rows {
            let table: String = row.get(0);
            assert!(row.get::<bool, _>(1), "{table} is open");
        }
    }

    #[tokio::test]
    async fn everything_that_is_kept_is_exported() {
        let Some(house) = House::new().await else {
            return;
        };
        let sql = "select table_name::text, column_name::text from information_schema.columns \
            where table_schema = 'public' and table_name <> '_sqlx_migrations'";
        let rows = sqlx::query_as(sql)
            .fetch_all(&mut house.as_owner().await)
            .await
            .unwrap();
        assert!(rows.len() > 100);
        assert_eq!(suite::by_hand::forgotten(rows), Vec::<String>::new());
    }

    /// Without a viewer (never set, or empty as after a transaction) and with somebody else's, nothing is seen, changed or added.
    #[tokio::test]
    async fn nothing_is_seen_without_the_right_viewer() {
        let Some(house) = House::new().await else {
            return;
        };
        let store = open(&house.url).await;
        let (me, you) = (kit::person(&store).await, kit::person(&store).await);
        let fields = serde_json::json!({"title": "a", "tags": ["x"], "due": {"at": "2036-11-29T15:00:00", "time_zone": "UTC"},
            "reminders": [{"id": kit::fresh(), "person": me.person, "offset": "-PT15M", "of": "due"}]});
        kit::create(&store, &me, fields).await;
        let mut connection = PgConnection::connect(&house.url).await.unwrap();
        let nobody = String::new();
        for viewer in [
            nobody,
            "select set_config('errand.viewer', '', true);".into(),
            format!(
                "select set_config('errand.viewer', '{}', true);",
                you.person
            ),
        ] {
            for table in [
                "stream_head",
                "log",
                "task",
                "task_tag",
                "task_text",
                "record",
                "reminder",
                "outbox",
            ] {
                let begin =
                    format!("begin; select set_config('role', 'errand_person', true); {viewer}");
                let mut transaction = connection.begin_with(AssertSqlSafe(begin)).await.unwrap();
                let sql = format!("select count(*) from {table} where stream = $1");
                let seen: i64 = sqlx::query_scalar(AssertSqlSafe(sql))
                    .bind(me.home.to_string())
                    .fetch_one(&mut *transaction)
                    .await
                    .unwrap();
                assert_eq!(seen, 0, "{table}, {viewer}");
            }
            for (sql, refused) in [
                ("update stream_head set n = 99", false),
                ("delete from task", false),
                (
                    "insert into outbox (stream, kind, subject, at) select $1, 'x', 'x', 0",
                    true,
                ),
            ] {
                let begin =
                    format!("begin; select set_config('role', 'errand_person', true); {viewer}");
                let mut transaction = connection.begin_with(AssertSqlSafe(begin)).await.unwrap();
                let mut query = sqlx::query(sql);
                if refused {
                    query = query.bind(me.home.to_string());
                }
                let done = query.execute(&mut *transaction).await;
                assert_eq!(done.is_err(), refused, "{sql}, {viewer}");
                let touched = done.map(|done| done.rows_affected()).unwrap_or_default();
                let own = u64::from(viewer.contains(&you.person.to_string()));
                assert!(touched <= own, "{sql}, {viewer}: {touched}");
            }
        }
        // Who is not the house cannot become it.
        let person = house.owner.as_member_of(&["errand_person"]).await;
        let mut person = PgConnection::connect(&person).await.unwrap();
        let become_house = sqlx::query("select set_config('role', 'errand_house', false)");
        assert!(become_house.execute(&mut person).await.is_err());
    }

    /// Nothing is ever taken out of the log, not even by the house.
    #[tokio::test]
    async fn the_log_is_only_added_to() {
        let Some(house) = House::new().await else {
            return;
        };
        let store = open(&house.url).await;
        let me = kit::person(&store).await;
        let mut connection = PgConnection::connect(&house.url).await.unwrap();
        for role in ["errand_person", "errand_house"] {
            for sql in [
                "delete from log",
                "update log set hash = ''",
                "truncate log",
            ] {
                let begin = format!(
                    "begin; select set_config('role', '{role}', true), set_config('errand.viewer', '{}', true)",
                    me.person
                );
                let mut transaction = connection.begin_with(AssertSqlSafe(begin)).await.unwrap();
                let why = sqlx::query(sql)
                    .execute(&mut *transaction)
                    .await
                    .unwrap_err();
                assert!(
                    why.to_string().contains("permission denied"),
                    "{role}, {sql}: {why}"
                );
            }
        }
    }

    async fn refused(url: &str) -> OpenError {
        let opened = store::open(url, options()).await;
        opened.err().expect("it must not open")
    }

    #[tokio::test]
    async fn what_cannot_be_opened_says_why() {
        let Some(house) = House::new().await else {
            return;
        };
        let words = |why: OpenError| why.to_string();
        let nowhere = "postgres://errand:SECRET@127.0.0.1:1/errand";
        let why = words(refused(nowhere).await);
        assert!(
            why.contains("nothing answers at postgres://errand@127.0.0.1:1/errand"),
            "{why}"
        );
        let missing = house.owner.url.replace(&house.owner.name, "errand_nowhere");
        let why = words(refused(&missing).await);
        assert!(
            why.contains("there is no database") && why.contains("errand_nowhere"),
            "{why}"
        );
        let stranger = house
            .url
            .replace("errand_person_errand_house_user", "errand_stranger");
        let why = words(refused(&stranger).await);
        assert!(why.contains("lets nobody in"), "{why}");
        let person = house.owner.as_member_of(&["errand_person"]).await;
        let why = words(refused(&person).await);
        assert!(why.contains("a member of the roles"), "{why}");
        // A newer release made its tables: this one goes on, unless they say that it cannot.
        let newer = "insert into _sqlx_migrations select 9999, 'newer', now(), true, 'x', 0";
        house.by_hand(newer).await;
        let before = store::tables(&house.url).await;
        assert!(matches!(before, Ok(Tables::Current)), "{before:?}");
        open(&house.url).await.close().await;
        house
            .by_hand("insert into meta (key, value) values ('least', '9999')")
            .await;
        for url in [&house.url, &house.owner.url] {
            let before = store::tables(url).await;
            assert!(matches!(before, Err(OpenError::Newer { .. })), "{before:?}");
            let why = refused(url).await;
            assert!(
                matches!(why, OpenError::Newer { step: 9999, .. })
                    && why.to_string().contains("newer version"),
                "{why}"
            );
        }
    }

    /// Whichever step of the tables it is that is not as it must be, it is called by its name.
    #[tokio::test]
    async fn a_step_that_is_missing_or_another_is_named() {
        let Some(house) = House::new().await else {
            return;
        };
        for (by_hand, whose, said) in [
            (
                "update _sqlx_migrations set success = false",
                &house.owner.url,
                "its step 0001_start was begun and not ended",
            ),
            (
                "update _sqlx_migrations set success = true, checksum = 'x' where version = 1",
                &house.url,
                "its step 0001_start is not the one of this release",
            ),
            (
                "delete from _sqlx_migrations",
                &house.url,
                "lacks the step 0001_start of its tables, and it cannot be made: start once as the owner",
            ),
            (
                "select 1",
                &house.owner.url,
                "lacks the step 0001_start of its tables, and it cannot be made",
            ),
        ] {
            house.by_hand(by_hand).await;
            let why = refused(whose).await.to_string();
            assert!(why.contains(said), "{by_hand}: {why}");
        }
    }

    /// The owner of the tables need not be a superuser, and then nothing escapes row-level security either.
    #[tokio::test]
    async fn an_owner_who_is_no_superuser_makes_the_tables_and_works_on_them() {
        let Some(owner) = testkit::postgres::database().await else {
            return;
        };
        let url = owner.given_to("errand_test_owner").await;
        let (a, b) = futures::join!(open(&url), open(&url));
        let (me, you) = (kit::person(&a).await, kit::person(&b).await);
        let id = kit::create(&a, &me, serde_json::json!({"title": "a"})).await;
        assert!(kit::read(&b, &me, id).await.is_some());
        assert!(kit::read(&b, &you, id).await.is_none());
        let mut connection = PgConnection::connect(&url).await.unwrap();
        let seen: i64 = sqlx::query_scalar("select count(*) from task where title = 'a'")
            .fetch_one(&mut connection)
            .await
            .unwrap_or_default();
        assert_eq!(seen, 1, "as a member of the house it sees the house's");
        a.close().await;
        b.close().await;
    }

    #[tokio::test]
    async fn a_row_changed_by_hand_is_found_and_repaired() {
        let Some(house) = House::new().await else {
            return;
        };
        let store = open(&house.url).await;
        let by_hand = async |sql: &'static str| house.by_hand(sql).await;
        suite::by_hand::rows_are_found_and_mended(store, by_hand).await;
    }

    #[tokio::test]
    async fn a_backup_is_left_to_the_databases_own_tools() {
        let Some(house) = House::new().await else {
            return;
        };
        let store = open(&house.url).await;
        let why = store.backup(std::path::Path::new("x")).await.unwrap_err();
        assert!(
            matches!(why, StoreError::Unsupported(words) if words.contains("pg_dump")),
            "{why}"
        );
        store.close().await;
        assert!(
            matches!(store.now().await, Err(StoreError::Unavailable(_))),
            "closed"
        );
    }

    /// What one process commits wakes another.
    #[tokio::test]
    async fn a_commit_is_heard_of_in_another_process() {
        let Some(house) = House::new().await else {
            return;
        };
        let (one, other) = (open(&house.url).await, open(&house.url).await);
        let me = kit::person(&one).await;
        for waiting in [&one, &other] {
            // A hint may be lost while the other is still beginning to listen: then the next one is heard.
            for round in 0.. {
                assert!(round < 100, "never heard of it");
                let hint = waiting.hint();
                let commit = kit::create(&one, &me, serde_json::json!({"title": "a"}));
                let heard = tokio::time::timeout(Duration::from_secs(1), async {
                    futures::join!(hint, commit);
                });
                if heard.await.is_ok() {
                    break;
                }
            }
        }
    }
}
