//! Reading the log.

use super::kit::*;
use crate::*;
use domain::command::Command;
use serde_json::json;

pub async fn pages_stream_by_stream(store: Checked) {
    let (me, you) = (person(&store).await, person(&store).await);
    let start = store.cursor(&me).await.unwrap();
    for n in 0..10 {
        create(&store, &me, json!({"title": format!("{n}")})).await;
        create(&store, &you, json!({"title": "SECRET"})).await;
    }
    let mut cursor = start.clone();
    let mut seen = Vec::new();
    loop {
        let page = store.log(&me, &cursor, 3).await.unwrap();
        assert_eq!(page.more, seen.len() + 3 < 10);
        seen.extend(page.events.iter().map(|row| (row.stream, row.n)));
        cursor = page.cursor;
        if !page.more {
            break;
        }
    }
    // n 1 is the settings that a person begins with.
    assert_eq!(seen, (2..12).map(|n| (me.home, n)).collect::<Vec<_>>());
    assert_eq!(cursor, store.cursor(&me).await.unwrap());
    assert!(store.log(&me, &cursor, 3).await.unwrap().events.is_empty());
    assert_eq!(
        store.log(&me, "", 100).await.unwrap().events.len(),
        11,
        "from the beginning"
    );
    // Rights are checked when the cursor is used: somebody else's shows only what is one's own.
    let events = store.log(&you, &start, 100).await.unwrap().events;
    assert!(events.iter().all(|row| row.stream == you.home) && events.len() == 11);
    // What a listing says where the feed starts misses nothing.
    let page = store
        .tasks(
            &me,
            &TaskQuery {
                limit: 1,
                ..TaskQuery::default()
            },
        )
        .await
        .unwrap();
    create(&store, &me, json!({"title": "later"})).await;
    assert_eq!(
        store.log(&me, &page.cursor, 10).await.unwrap().events.len(),
        1
    );
}

pub async fn chains_verify(store: Checked) {
    let me = person(&store).await;
    for n in 0..5 {
        create(&store, &me, json!({"title": format!("{n}")})).await;
    }
    let lines = verified(&store, &me).await;
    assert!(lines.iter().is_sorted_by_key(|line| line.at));
    assert!(
        lines
            .iter()
            .all(|line| line.client_kind == if line.n == 1 { "system" } else { "person" })
    );
    let salts: std::collections::BTreeSet<_> = lines.iter().map(|line| line.salt.clone()).collect();
    assert_eq!(salts.len(), lines.len(), "every line has a salt of its own");
    let (before, line) = (&lines[2], &lines[3]);
    let follows = |line: &LogRow| chain::follows(me.home, before.n, &before.hash, line);
    assert!(follows(line).is_ok());
    let alter = |how: fn(&mut LogRow)| {
        let mut altered = line.clone();
        how(&mut altered);
        follows(&altered)
    };
    assert!(matches!(
        alter(|line| line.payload = Some("{}".into())),
        Err(chain::Break::Content { n: 4, .. })
    ));
    assert!(matches!(
        alter(|line| line.client.push('x')),
        Err(chain::Break::Link { .. })
    ));
    assert!(matches!(
        alter(|line| line.correlation.push('\n')),
        Err(chain::Break::Link { .. })
    ));
    assert!(matches!(
        alter(|line| line.at = jiff::Timestamp::UNIX_EPOCH),
        Err(chain::Break::Link { .. })
    ));
    assert!(matches!(
        alter(|line| line.n += 1),
        Err(chain::Break::Gap { .. })
    ));
    assert!(matches!(
        alter(|line| line.payload = None),
        Err(chain::Break::Content { .. })
    ));
}

pub async fn histories_are_whole(store: Checked) {
    let (me, you) = (person(&store).await, person(&store).await);
    let id = create(&store, &me, json!({"title": "a"})).await;
    create(&store, &me, json!({"title": "another"})).await;
    let (need, edit) = retitle(id, "b");
    store.commit(&writer(&me), need, edit).await.unwrap();
    let say = Command::Comment {
        id: domain::id::CommentId(fresh()),
        task: id,
        text: "hm".into(),
    };
    run(&store, &writer(&me), say).await.unwrap();
    run(&store, &writer(&me), Command::CompleteTask { id })
        .await
        .unwrap();
    let kinds = |rows: &[LogRow]| rows.iter().map(|row| row.kind.name()).collect::<Vec<_>>();
    let whole = store.history(&me, id.0, None, 200).await.unwrap();
    assert_eq!(whole.next, None);
    let all = whole.items;
    assert_eq!(
        kinds(&all),
        [
            "task.created",
            "task.changed",
            "comment.created",
            "task.completed"
        ]
    );
    let then = store.past(&me, id.0, all[1].at).await.unwrap();
    let told = |row: &LogRow| (row.stream, row.kind, row.payload.clone(), row.at);
    assert_eq!(
        then.into_iter()
            .map(|line| (line.stream, line.kind, line.payload, line.at))
            .collect::<Vec<_>>(),
        [told(&all[0]), told(&all[1])]
    );
    let first = store.history(&me, id.0, None, 3).await.unwrap();
    assert_eq!(kinds(&first.items), kinds(&all[..3]));
    let next = first.next.as_deref();
    let rest = store.history(&me, id.0, next, 3).await.unwrap();
    assert_eq!((kinds(&rest.items), rest.next), (kinds(&all[3..]), None));
    let yours = store.history(&you, id.0, None, 200).await.unwrap();
    assert!(yours.items.is_empty());
    assert!(store.past(&you, id.0, all[3].at).await.unwrap().is_empty());
    // The stored bytes read back as the events they were.
    for row in &all {
        let event =
            contract::data::read(row.kind, row.stream, row.payload.as_deref().unwrap()).unwrap();
        assert_eq!((event.subject, event.version), (row.subject, row.version));
    }
}

pub async fn an_old_epoch_is_gone(store: Checked) {
    let me = person(&store).await;
    let old = store.cursor(&me).await.unwrap();
    store.raise_epoch().await.unwrap();
    assert!(matches!(
        store.log(&me, &old, 10).await,
        Err(StoreError::CursorGone)
    ));
    let new = store.cursor(&me).await.unwrap();
    assert!(store.log(&me, &new, 10).await.unwrap().events.is_empty());
}

pub async fn a_rebuild_finds_nothing_wrong(store: Checked) {
    let (me, you) = (person(&store).await, person(&store).await);
    for who in [&me, &you] {
        let id = create(&store, who, json!({"title": "a", "tags": ["x", "Y"], "due": {"at": "2026-11-25T10:00:00", "time_zone": null}})).await;
        let set = serde_json::from_value(json!({"name": "Work"})).unwrap();
        run(
            &store,
            &writer(who),
            Command::CreateList {
                id: domain::id::ListId(fresh()),
                set,
            },
        )
        .await
        .unwrap();
        run(&store, &writer(who), Command::CompleteTask { id })
            .await
            .unwrap();
        let gone = create(&store, who, json!({"title": "gone"})).await;
        run(&store, &writer(who), Command::DeleteTask { id: gone })
            .await
            .unwrap();
        run(&store, &writer(who), Command::PurgeTask { id: gone })
            .await
            .unwrap();
        let set = serde_json::from_value(json!({"time_zone": "Asia/Tokyo"})).unwrap();
        run(
            &store,
            &writer(who),
            Command::UpdateSettings { set: Box::new(set) },
        )
        .await
        .unwrap();
    }
    assert_eq!(store.rebuild(false).await.unwrap(), Vec::<String>::new());
}
