//! What commands need beside rows by id: the past, neighbours, tasks by property.

use super::kit::*;
use crate::*;
use domain::{
    command::Command,
    event::EventKind,
    id::*,
    need::{Need, TasksOf, Undo},
    state::State,
    task::{
        Task,
        change::{Edit, Expect},
    },
};
use serde_json::json;
use std::sync::{Arc, Mutex};

/// What a need loads.
async fn loaded(store: &Checked, who: &Writer, need: Need) -> State {
    let seen = Arc::new(Mutex::new(None));
    let keep = seen.clone();
    let look = decide(move |state, _| {
        *keep.lock().unwrap() = Some(state.clone());
        Ok(())
    });
    store.commit(who, need, look).await.unwrap();
    seen.lock().unwrap().take().unwrap()
}

fn found(state: &State) -> Vec<String> {
    let mut titles: Vec<_> = state
        .rows::<Task>()
        .map(|(_, row)| row.value.title.clone())
        .collect();
    titles.sort();
    titles
}

async fn undo_last(store: &Checked, who: &Writer) -> Result<Committed, StoreError> {
    let need = Need {
        undo: Some(Undo::Last {
            client: who.client.clone(),
        }),
        ..Need::default()
    };
    let take_back = decide(|state, now| {
        let run = state.undoing;
        domain::undo::undo(state, |logged| Some(logged.run) == run, false, now).map(drop)
    });
    store.commit(who, need, take_back).await
}

pub async fn the_last_run_is_found(store: Checked) {
    let me = person(&store).await;
    let id = create(&store, &me, json!({"title": "a"})).await;
    let title = || async {
        read(&store, &me, id).await.unwrap()["title"]
            .as_str()
            .unwrap()
            .to_owned()
    };
    let mut runs = Vec::new();
    for new in ["b", "c"] {
        let (need, edit) = retitle(id, new);
        let who = writer(&me);
        store.commit(&who, need, edit).await.unwrap();
        runs.push(who.run);
    }
    let other = Writer {
        client: "cli".into(),
        ..writer(&me)
    };
    let aside = TaskId(fresh());
    let (need, make) = plain_create(aside, "by another client");
    store.commit(&other, need, make).await.unwrap();
    // Each undo takes back the last run that still stands.
    for expected in ["b", "a"] {
        undo_last(&store, &writer(&me)).await.unwrap();
        assert_eq!(title().await, expected);
    }
    assert!(read(&store, &me, aside).await.unwrap()["deleted_at"].is_null());
    undo_last(&store, &writer(&me)).await.unwrap();
    assert!(
        !read(&store, &me, id).await.unwrap()["deleted_at"].is_null(),
        "the creation goes to the trash"
    );
    assert!(
        undo_last(&store, &writer(&me)).await.is_err(),
        "nothing is left"
    );
    // By run and by event, with what came later on the same.
    let state = loaded(
        &store,
        &writer(&me),
        Need {
            undo: Some(Undo::Run(runs[0])),
            ..Need::default()
        },
    )
    .await;
    assert_eq!(state.past[0].run, runs[0]);
    assert!(state.past.len() > 3 && state.past.is_sorted_by_key(|logged| logged.n));
    assert_eq!(found(&state), ["a"]);
    let n = state.past[0].n;
    let state = loaded(
        &store,
        &writer(&me),
        Need {
            undo: Some(Undo::Event(n)),
            ..Need::default()
        },
    )
    .await;
    assert_eq!((state.past[0].n, found(&state)), (n, vec!["a".to_owned()]));
}

pub async fn a_merge_sees_what_came_since(store: Checked) {
    let me = person(&store).await;
    let id = create(&store, &me, json!({"title": "a", "priority": "low"})).await;
    let (need, edit) = retitle(id, "b");
    store.commit(&writer(&me), need, edit).await.unwrap();
    let state = loaded(
        &store,
        &writer(&me),
        Need {
            since: vec![(id, 1)],
            tasks: vec![id],
            ..Need::default()
        },
    )
    .await;
    assert_eq!(
        state
            .past
            .iter()
            .map(|logged| logged.event.version)
            .collect::<Vec<_>>(),
        [2]
    );
    let update = |fields| Command::UpdateTask {
        id,
        edit: Box::new(Edit {
            set: patch(fields),
            ..Edit::default()
        }),
    };
    run_at(
        &store,
        &writer(&me),
        update(json!({"priority": "high"})),
        Expect::Base(1),
    )
    .await
    .unwrap();
    let refused = run_at(
        &store,
        &writer(&me),
        update(json!({"title": "c"})),
        Expect::Base(1),
    )
    .await;
    assert!(
        matches!(
            refused,
            Err(StoreError::Refused(
                domain::refusal::Refusal::Conflict { .. }
            ))
        ),
        "{refused:?}"
    );
    let task = read(&store, &me, id).await.unwrap();
    assert_eq!(
        (task["title"].as_str(), task["priority"].as_str()),
        (Some("b"), Some("high"))
    );
}

pub async fn tasks_are_found_by_property(store: Checked) {
    let me = person(&store).await;
    let list = ListId(fresh());
    let set = serde_json::from_value(json!({"name": "Work"})).unwrap();
    run(&store, &writer(&me), Command::CreateList { id: list, set })
        .await
        .unwrap();
    let a = create(
        &store,
        &me,
        json!({"title": "a", "list_id": list, "tags": ["Home"]}),
    )
    .await;
    create(&store, &me, json!({"title": "a1", "parent_id": a})).await;
    create(&store, &me, json!({"title": "b", "due": {"at": "2026-12-24T09:00:00", "time_zone": null}, "blocked_by": [a]})).await;
    create(
        &store,
        &me,
        json!({"title": "c", "due": {"at": "2026-12-24T09:00:00", "time_zone": "UTC"}}),
    )
    .await;
    create(
        &store,
        &me,
        json!({"title": "d", "due": {"date": "2026-12-24"}}),
    )
    .await;
    let gone = create(
        &store,
        &me,
        json!({"title": "gone", "list_id": list, "source": {"system": "s", "id": "1"}}),
    )
    .await;
    run(&store, &writer(&me), Command::DeleteTask { id: gone })
        .await
        .unwrap();
    let of = |what| Need {
        tasks_of: vec![what],
        ..Need::default()
    };
    for (need, expected) in [
        (of(TasksOf::List(list)), vec!["a", "a1", "gone"]),
        (of(TasksOf::Tag("home".into())), vec!["a", "a1"]),
        (of(TasksOf::Trash(i64::MAX)), vec!["gone"]),
        (of(TasksOf::Trash(0)), vec![]),
        (of(TasksOf::Floating), vec!["a", "b", "d"]),
        (
            Need {
                sources: vec![domain::task::Source {
                    system: "s".into(),
                    id: "1".into(),
                }],
                ..Need::default()
            },
            vec!["gone"],
        ),
        (Need::default(), vec![]),
        (Need::task(a), vec!["a", "a1"]),
    ] {
        assert_eq!(
            found(&loaded(&store, &writer(&me), need.clone()).await),
            expected,
            "{need:?}"
        );
    }
}

pub async fn neighbours_are_found(store: Checked) {
    let me = person(&store).await;
    let mut ids = Vec::new();
    for title in ["a", "b", "c"] {
        ids.push(create(&store, &me, json!({"title": title})).await);
    }
    create(&store, &me, json!({"title": "child", "parent_id": ids[0]})).await;
    let after = Need {
        after: vec![ids[0]],
        ..Need::default()
    };
    assert_eq!(
        found(&loaded(&store, &writer(&me), after).await),
        ["a", "b", "child"]
    );
    let first = Need {
        first: vec![ids[2]],
        ..Need::default()
    };
    assert_eq!(
        found(&loaded(&store, &writer(&me), first).await),
        ["a", "c", "child"]
    );
    let to = domain::task::place::Place {
        after: Some(Some(ids[0])),
        ..Default::default()
    };
    run(&store, &writer(&me), Command::MoveTask { id: ids[2], to })
        .await
        .unwrap();
    let sort = vec![SortBy {
        key: SortKey::Position,
        descending: false,
    }];
    let page = store
        .tasks(
            &me,
            &TaskQuery {
                sort,
                limit: 10,
                ..TaskQuery::default()
            },
        )
        .await
        .unwrap();
    let order: Vec<_> = titles(&page)
        .into_iter()
        .filter(|title| title != "child")
        .collect();
    assert_eq!(order, ["a", "c", "b"]);
}

pub async fn a_series_has_its_occurrences(store: Checked) {
    let me = person(&store).await;
    let series = SeriesId(fresh());
    for (title, done) in [
        ("first", true),
        ("second", true),
        ("third", false),
        ("fourth", false),
    ] {
        let make = decide(move |state, now| {
            let mut task = Task {
                title: title.into(),
                series_id: Some(series),
                created_at: now,
                position: "a".into(),
                ..Task::default()
            };
            if done {
                task.status = domain::task::Status::Done;
                task.closed_at = Some(now);
            }
            if state.row::<domain::series::Series>(series.0).is_err() {
                let template = domain::series::Series::of(&task, now);
                state.create(
                    EventKind::SeriesChanged,
                    state.home,
                    series.0,
                    now,
                    &template,
                );
            }
            state.create(EventKind::TaskCreated, state.home, fresh(), now, &task);
            Ok(())
        });
        store
            .commit(
                &writer(&me),
                Need {
                    series: vec![series],
                    ..Need::default()
                },
                make,
            )
            .await
            .unwrap();
    }
    let state = loaded(
        &store,
        &writer(&me),
        Need {
            series: vec![series],
            ..Need::default()
        },
    )
    .await;
    assert_eq!(
        found(&state),
        ["fourth", "second", "third"],
        "the open ones and the last closed one"
    );
    assert!(state.row::<domain::series::Series>(series.0).is_ok());
    let open = TaskId(
        state
            .rows::<Task>()
            .find(|(_, row)| row.value.title == "third")
            .unwrap()
            .0,
    );
    let state = loaded(&store, &writer(&me), Need::task(open)).await;
    assert!(
        state.row::<domain::series::Series>(series.0).is_ok(),
        "a task comes with its series"
    );
}
