//! What somebody changed behind the store's back.

use super::kit::*;
use crate::{
    moving::{LEFT, moved},
    *,
};
use serde_json::json;

/// `by_hand` runs a statement as somebody who may do everything.
pub async fn rows_are_found_and_mended(store: Checked, by_hand: impl AsyncFn(&'static str)) {
    let me = person(&store).await;
    for title in ["a", "b", "c"] {
        create(&store, &me, json!({"title": title, "tags": ["x"]})).await;
    }
    for (sql, found) in [
        (
            "update task set doc = replace(doc, '\"a\"', '\"z\"') where title = 'a'",
            1,
        ),
        ("update task set due_key = 1 where title = 'b'", 1),
        ("update task set links = not links where title = 'b'", 1),
        ("delete from task where title = 'c'", 1),
        (
            "insert into task_tag values ((select home from person limit 1), 'y', 'z', 'Y')",
            1,
        ),
        (
            "update record set doc = replace(doc, 'Europe/Berlin', 'Europe/Paris')",
            1,
        ),
        ("delete from record", 1),
        ("update stream_head set open_tasks = 7", 1),
    ] {
        by_hand(sql).await;
        assert_eq!(store.rebuild(false).await.unwrap().len(), found, "{sql}");
        assert_eq!(store.rebuild(true).await.unwrap().len(), found, "{sql}");
        assert_eq!(
            store.rebuild(false).await.unwrap(),
            Vec::<String>::new(),
            "{sql}"
        );
    }
    let words = TaskQuery {
        words: Some("c".into()),
        limit: 10,
        ..Default::default()
    };
    assert_eq!(
        titles(&store.tasks(&me, &words).await.unwrap()),
        ["c"],
        "it is found by its words again"
    );
    // What was mended is written to as before.
    create(&store, &me, json!({"title": "d"})).await;
    verified(&store, &me).await;
    // The log itself is not repaired, but told.
    by_hand("update log set payload = '{}' where n = 2").await;
    assert!(store.rebuild(false).await.is_err() || !store.rebuild(false).await.unwrap().is_empty());
}

/// Columns of a database, as (table, column), that neither go nor are named as staying.
pub fn forgotten(columns: Vec<(String, String)>) -> Vec<String> {
    let moved: Vec<_> = moved().collect();
    let goes = |table: &str, column: &str| {
        moved
            .iter()
            .any(|(own, all)| *own == table && all.contains(&column))
    };
    let stays = |name: &str| LEFT.iter().any(|(own, _)| *own == name);
    let mut forgotten = Vec::new();
    for (table, column) in columns {
        let name = format!("{table}.{column}");
        if !goes(&table, &column) && !stays(&table) && !stays(&name) {
            forgotten.push(name);
        }
    }
    forgotten
}
