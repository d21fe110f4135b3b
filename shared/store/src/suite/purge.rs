//! What is removed for good, and what moves when the person does.

use super::kit::*;
use crate::*;
use domain::{command::Command, id::*};
use jiff::Timestamp;
use serde_json::json;

pub async fn a_purge_leaves_the_chain(store: Checked) {
    let me = person(&store).await;
    let id = create(
        &store,
        &me,
        json!({"title": "SECRET", "notes": "SECRET", "tags": ["SECRET"],
        "due": {"at": "2036-11-29T15:00:00", "time_zone": "UTC"},
        "reminders": [{"id": fresh(), "person": me.person, "offset": "-PT15M", "of": "due"}]}),
    )
    .await;
    let stays = create(&store, &me, json!({"title": "stays", "tags": ["kept"]})).await;
    run(
        &store,
        &writer(&me),
        Command::Comment {
            id: CommentId(fresh()),
            task: id,
            text: "SECRET".into(),
        },
    )
    .await
    .unwrap();
    run(&store, &writer(&me), Command::DeleteTask { id })
        .await
        .unwrap();
    run(&store, &writer(&me), Command::PurgeTask { id })
        .await
        .unwrap();
    let lines = verified(&store, &me).await;
    assert!(!format!("{lines:?}").contains("SECRET"));
    let gone: Vec<_> = lines.iter().filter(|line| line.payload.is_none()).collect();
    assert!(
        gone.len() >= 3 && gone.iter().all(|line| line.salt.is_none()),
        "{gone:?}"
    );
    let last = lines.last().unwrap();
    assert_eq!(
        (last.kind.name(), last.subject, last.payload.is_some()),
        ("task.purged", id.0, true)
    );
    assert!(read(&store, &me, id).await.is_none());
    assert!(
        store
            .records(&me, Kind::Comment(id))
            .await
            .unwrap()
            .is_empty()
    );
    assert!(store.due(Timestamp::MAX, 10).await.unwrap().is_empty());
    let words = TaskQuery {
        words: Some("secret".into()),
        limit: 10,
        hidden: true,
        ..TaskQuery::default()
    };
    for trash in [true, false] {
        assert!(
            store
                .tasks(
                    &me,
                    &TaskQuery {
                        trash,
                        ..words.clone()
                    }
                )
                .await
                .unwrap()
                .items
                .is_empty()
        );
    }
    assert_eq!(
        read(&store, &me, stays).await.unwrap()["tags"],
        json!(["kept"])
    );
    // The id is not free again, and says why.
    let create = Command::CreateTask {
        id,
        draft: patch(json!({"title": "again"})),
        repeat: None,
    };
    let outcome = run(&store, &writer(&me), create).await;
    assert!(
        matches!(
            outcome,
            Err(StoreError::Refused(domain::refusal::Refusal::Purged))
        ),
        "{outcome:?}"
    );
    // What is still to be published of it has no content either.
    let outgoing = store.outgoing(Timestamp::MAX, 100).await.unwrap();
    assert!(!format!("{outgoing:?}").contains("SECRET"));
    assert_eq!(store.rebuild(false).await.unwrap(), Vec::<String>::new());
}

pub async fn the_trash_is_emptied(store: Checked) {
    let me = person(&store).await;
    let mut ids = Vec::new();
    for title in ["a", "b", "c"] {
        ids.push(create(&store, &me, json!({"title": title})).await);
    }
    for id in &ids[..2] {
        run(&store, &writer(&me), Command::DeleteTask { id: *id })
            .await
            .unwrap();
    }
    let trash = TaskQuery {
        trash: true,
        limit: 10,
        hidden: true,
        ..TaskQuery::default()
    };
    assert_eq!(store.tasks(&me, &trash).await.unwrap().items.len(), 2);
    run(
        &store,
        &writer(&me),
        Command::EmptyTrash {
            before: Timestamp::MAX,
        },
    )
    .await
    .unwrap();
    assert!(store.tasks(&me, &trash).await.unwrap().items.is_empty());
    assert!(read(&store, &me, ids[2]).await.is_some());
    verified(&store, &me).await;
}

/// Dates that float are placed anew when the person travels, in the answers and in the order.
pub async fn travel_moves_floating_dates(store: Checked) {
    let me = person(&store).await;
    let floating = create(
        &store,
        &me,
        json!({"title": "floats", "due": {"at": "2026-12-24T09:00:00", "time_zone": null}}),
    )
    .await;
    create(&store, &me, json!({"title": "fixed", "due": {"at": "2026-12-24T08:30:00", "time_zone": "Europe/Berlin"}})).await;
    let order = || async {
        titles(
            &store
                .tasks(
                    &me,
                    &TaskQuery {
                        limit: 10,
                        ..TaskQuery::default()
                    },
                )
                .await
                .unwrap(),
        )
        .join(" ")
    };
    assert_eq!(order().await, "fixed floats");
    assert_eq!(
        read(&store, &me, floating).await.unwrap()["due"]["instant"],
        "2026-12-24T08:00:00Z"
    );
    let set = serde_json::from_value(json!({"time_zone": "Asia/Tokyo"})).unwrap();
    run(
        &store,
        &writer(&me),
        Command::UpdateSettings { set: Box::new(set) },
    )
    .await
    .unwrap();
    let task = read(&store, &me, floating).await.unwrap();
    assert_eq!(
        (task["due"]["instant"].as_str(), task["version"].as_u64()),
        (Some("2026-12-24T00:00:00Z"), Some(1))
    );
    assert_eq!(order().await, "floats fixed");
    assert_eq!(store.rebuild(false).await.unwrap(), Vec::<String>::new());
}
