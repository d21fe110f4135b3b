//! How PostgreSQL finds what is asked for all the time.

use crate::{kit::House, open};
use sqlx::{AssertSqlSafe, Connection, PgConnection, Row};
use store::suite::{self, kit};

/// Planned while the tables are as good as empty, as the first plan is which a connection keeps, and on tables with as much as
/// some people make in a year, the hot queries cost by what they find.
#[tokio::test]
async fn hot_queries_use_their_index() {
    let Some(house) = House::new().await else {
        return;
    };
    let store = open(&house.url).await;
    let me = kit::person(&store).await;
    kit::create(&store, &me, serde_json::json!({"title": "a"})).await;
    let mut connection = PgConnection::connect(&house.url).await.unwrap();
    sqlx::raw_sql(suite::PLANS)
        .execute(&mut connection)
        .await
        .unwrap();
    planned("empty", &mut connection, &me).await;
    let mut owner = house.as_owner().await;
    let fill = include_str!("../kit/fill.sql");
    sqlx::raw_sql(fill).execute(&mut owner).await.unwrap();
    planned("full", &mut connection, &me).await;
}

async fn planned(tables: &str, connection: &mut PgConnection, me: &store::Reader) {
    for hot in suite::postgres_hot_queries(me) {
        let name = hot.name;
        let role = if hot.house {
            "errand_house"
        } else {
            "errand_person"
        };
        let begin = format!(
            "begin; select set_config('role', '{role}', true), set_config('errand.viewer', '{}', true)",
            me.person
        );
        let mut transaction = connection.begin_with(AssertSqlSafe(begin)).await.unwrap();
        let kind = |value: &String| {
            if value.starts_with('\'') {
                "text"
            } else {
                "bigint"
            }
        };
        let types: Vec<_> = hot.values.iter().map(kind).collect();
        let sql = format!(
            "deallocate all; prepare hot({}) as {}; explain execute hot({})",
            types.join(", "),
            hot.sql,
            hot.values.join(", ")
        );
        let plan: Vec<String> = sqlx::raw_sql(AssertSqlSafe(sql))
            .fetch_all(&mut *transaction)
            .await
            .unwrap()
            .iter()
            .map(|row| row.get(0))
            .collect();
        let plan = plan.join("\n");
        let index = format!(" {} ", hot.index);
        assert!(plan.contains(&index), "{name}, {tables}: {plan}");
        for table in TABLES {
            let whole = format!("Seq Scan on {table}");
            assert!(!plan.contains(&whole), "{name}, {tables}: {plan}");
        }
    }
}

/// Those that grow.
const TABLES: [&str; 9] = [
    "task",
    "log",
    "record",
    "reminder",
    "outbox",
    "delivery",
    "idempotency",
    "consumed",
    "stream_head",
];
