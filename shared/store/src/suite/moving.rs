//! Everything out of one database and into another.

use super::kit::*;
use crate::{
    moving::{Ends, Imported},
    *,
};
use domain::{
    command::Command,
    id::*,
    repeat::Repeat,
    state::{LedgerRow, State},
};
use jiff::{Timestamp, ToSpan};
use serde_json::json;
use std::{io, sync::Arc};
use tokio::sync::mpsc;

/// A database of SQLite's in memory, where the clock of this machine does not count.
async fn elsewhere() -> Checked {
    let now = || "2026-11-25T10:00:00Z".parse().unwrap();
    let random = || fresh().as_u128();
    let options = Options::new(Arc::new(now), Arc::new(random));
    open("sqlite::memory:", options).await.unwrap()
}

/// Everything that is exported, or what came since.
async fn told(store: &Checked, since: Option<Ends>) -> String {
    let (some, mut more) = mpsc::channel::<String>(1);
    let gather = async {
        let mut text = String::new();
        while let Some(lines) = more.recv().await {
            text.push_str(&lines);
        }
        text
    };
    let (told, text) = tokio::join!(store.export(since, some), gather);
    told.unwrap();
    text
}

async fn import(store: &Checked, text: &str) -> Result<Imported, StoreError> {
    let (line, lines) = mpsc::channel(16);
    let text: Vec<String> = text.lines().map(str::to_owned).collect();
    let read = tokio::spawn(async move {
        for read in text {
            if line.send(Ok(read)).await.is_err() {
                return;
            }
        }
    });
    let imported = store.import(lines).await;
    read.await.unwrap();
    imported
}

fn ends(text: &str) -> Ends {
    Ends::read(text.lines().map(|line| io::Result::Ok(line.to_owned()))).unwrap()
}

fn reminders(me: &Reader) -> serde_json::Value {
    json!([{"id": fresh(), "person": me.person, "offset": "-PT15M", "of": "due"}])
}

async fn act(store: &Checked, me: &Reader, command: Command) {
    run(store, &writer(me), command).await.unwrap();
}

/// A person who did a bit of everything.
async fn busy(store: &Checked) -> Reader {
    let me = person(store).await;
    let due = json!({"at": "2036-11-29T15:00:00", "time_zone": null});
    let open = create(
        store,
        &me,
        json!({"title": "żółw 🐢 \u{202e}rtl \"quoted\" \\ tab\t", "notes": "line\nline\r\n\u{1f}", "tags": ["Größe", "x"], "due": due,
            "reminders": reminders(&me)}),
    )
    .await;
    let comment = CommentId(fresh());
    let text = "she said: „ja“".to_owned();
    act(
        store,
        &me,
        Command::Comment {
            id: comment,
            task: open,
            text,
        },
    )
    .await;
    let set = serde_json::from_value(json!({"name": "Work"})).unwrap();
    act(
        store,
        &me,
        Command::CreateList {
            id: ListId(fresh()),
            set,
        },
    )
    .await;
    let child = create(store, &me, json!({"title": "step", "parent_id": open})).await;
    act(store, &me, Command::CompleteTask { id: child }).await;
    let set = serde_json::from_value(json!({"time_zone": "Asia/Tokyo"})).unwrap();
    act(store, &me, Command::UpdateSettings { set: Box::new(set) }).await;
    for purge in [false, true] {
        let id = create(
            store,
            &me,
            json!({"title": "SECRET", "due": due, "reminders": reminders(&me)}),
        )
        .await;
        act(store, &me, Command::DeleteTask { id }).await;
        if purge {
            act(store, &me, Command::PurgeTask { id }).await;
        }
    }
    let repeat = Repeat::rule("FREQ=WEEKLY;BYDAY=SU".parse().unwrap());
    let weekly = Command::CreateTask {
        id: TaskId(fresh()),
        draft: patch(
            json!({"title": "weekly", "due": {"at": "2036-11-30T15:00:00", "time_zone": "Europe/Berlin"}}),
        ),
        repeat: Some(repeat),
    };
    act(store, &me, weekly).await;
    loosely(store, &me, open).await;
    me
}

/// What has no place in the log.
async fn loosely(store: &Checked, me: &Reader, task: TaskId) {
    let now = store.now().await.unwrap();
    let later = now + 1000.hours();
    store
        .put_note(me, "conversation/1", "[1,2]", later)
        .await
        .unwrap();
    let credential = Credential {
        id: fresh(),
        reader: me.clone(),
        hash: fresh().to_string(),
        kind: "token".into(),
        name: "laptop".into(),
        scopes: "tasks:read".into(),
        created_at: now,
        expires_at: None,
    };
    store.add_credential(&credential).await.unwrap();
    let mut who = writer(me);
    who.idempotency = Some(Idempotency {
        route: "POST /tasks".into(),
        key: "key".into(),
        body: "body".into(),
    });
    who.once = Some(("house".into(), fresh().to_string()));
    let claim = decide(move |state: &mut State, _| {
        let (_, reminder) = *state.schedule.keys().next().expect("it has one");
        let row = LedgerRow {
            task,
            reminder,
            generation: 1,
            channel: "email".into(),
            delivery: DeliveryId(fresh()),
        };
        state.deliver(serde_json::from_value(json!({"id": row.delivery, "person": state.viewer, "stream": state.home,
            "channel": "email", "state": "open", "attempt": 0, "next_at": "2036-01-01T00:00:00Z", "token": "", "items": [],
            "receipt": "", "created_at": "2026-01-01T00:00:00Z", "closed_at": null})).expect("a delivery"));
        state.claim(row);
        Ok(())
    });
    store
        .commit(&who, domain::need::Need::task(task), claim)
        .await
        .unwrap();
    let first = store.outgoing(Timestamp::MAX, 1).await.unwrap().remove(0);
    let left = Undelivered {
        subscriber: "recur".into(),
        attempt: 1,
        next_at: Some(later),
        why: "no answer".into(),
    };
    store
        .settle(vec![Settled::Left(first.id, vec![left])])
        .await
        .unwrap();
}

pub async fn everything_goes_round(store: Checked) {
    let here = elsewhere().await;
    let (me, you) = (busy(&here).await, busy(&here).await);
    let all = told(&here, None).await;
    let cursor = here.cursor(&me).await.unwrap();
    let imported = import(&store, &all).await.unwrap();
    assert_eq!((imported.people, imported.streams), (2, 2));
    assert_eq!(told(&store, None).await, all, "it is the same there");
    let there = elsewhere().await;
    import(&there, &all).await.unwrap();
    assert_eq!(told(&there, None).await, all, "and back");
    for store in [&store, &there] {
        assert_eq!(store.rebuild(false).await.unwrap(), Vec::<String>::new());
        assert!(matches!(
            store.log(&me, &cursor, 1).await,
            Err(StoreError::CursorGone)
        ));
        for who in [&me, &you] {
            assert_eq!(seen(store, who).await, seen(&here, who).await);
            verified(store, who).await;
        }
        assert!(store.imported_at().await.unwrap().is_some());
        store.import_settled().await.unwrap();
        assert_eq!(store.imported_at().await.unwrap(), None);
        // It is lived in: what is taken there is taken here, and the stream goes on.
        let again = writer(&me);
        let again = Writer {
            idempotency: Some(Idempotency {
                route: "POST /tasks".into(),
                key: "key".into(),
                body: "body".into(),
            }),
            ..again
        };
        let (need, make) = plain_create(TaskId(fresh()), "again");
        assert!(store.commit(&again, need, make).await.unwrap().replayed);
        create(store, &me, json!({"title": "goes on"})).await;
        verified(store, &me).await;
    }
}

/// What a person sees.
async fn seen(store: &Checked, who: &Reader) -> String {
    let now = Some(Timestamp::MAX);
    let mut seen = Vec::new();
    for trash in [false, true] {
        let query = TaskQuery {
            trash,
            hidden: true,
            limit: 100,
            now,
            filters: vec![domain::filter::Filter::All],
            ..TaskQuery::default()
        };
        seen.extend(store.tasks(who, &query).await.unwrap().items);
    }
    let found = TaskQuery {
        words: Some("zolw grosse".into()),
        limit: 9,
        now,
        ..TaskQuery::default()
    };
    seen.extend(store.tasks(who, &found).await.unwrap().items);
    seen.extend(store.reminders(who, None, 100).await.unwrap().items);
    seen.extend(store.deliveries(who, None, 100).await.unwrap().items);
    for kind in [Kind::List, Kind::Settings, Kind::Series] {
        seen.extend(store.records(who, kind).await.unwrap());
    }
    let credentials = store.credentials(who, "token").await.unwrap();
    let notes = store.notes(who, "", Timestamp::MIN, 10).await.unwrap();
    format!("{seen:#?} {credentials:#?} {notes:#?}")
}

pub async fn what_came_since_is_imported_on_top(store: Checked) {
    let here = elsewhere().await;
    let me = busy(&here).await;
    let gone = create(&here, &me, json!({"title": "SECRET", "notes": "SECRET"})).await;
    let first = told(&here, None).await;
    import(&store, &first).await.unwrap();
    act(&here, &me, Command::DeleteTask { id: gone }).await;
    act(&here, &me, Command::PurgeTask { id: gone }).await;
    let key = here.credentials(&me, "token").await.unwrap().remove(0).id;
    here.remove_credential(&me, key).await.unwrap();
    busy(&here).await;
    let rest = told(&here, Some(ends(&first))).await;
    assert!(rest.len() < told(&here, None).await.len());
    let imported = import(&store, &rest).await.unwrap();
    assert_eq!((imported.people, imported.streams), (2, 2));
    assert_eq!(told(&store, None).await, told(&here, None).await);
    assert_eq!(store.rebuild(false).await.unwrap(), Vec::<String>::new());
    let lines = verified(&store, &me).await;
    let tells = |line: &LogRow| {
        line.payload
            .as_ref()
            .is_some_and(|it| it.contains("\"notes\":\"SECRET"))
    };
    assert!(!lines.iter().any(tells));
    // It fits here no second time, but nothing new does.
    let refused = import(&store, &rest).await;
    assert!(matches!(refused, Err(StoreError::Unfit(why)) if why.contains("another export")));
    let nothing = told(&here, Some(ends(&told(&here, None).await))).await;
    assert_eq!(import(&store, &nothing).await.unwrap().lines, 0);
    // Nor where something was written meanwhile.
    create(&store, &me, json!({"title": "too early"})).await;
    let refused = import(&store, &nothing).await;
    assert!(matches!(refused, Err(StoreError::Unfit(why)) if why.contains("written here")));
}

pub async fn what_is_not_whole_is_refused(store: Checked) {
    let here = elsewhere().await;
    let me = busy(&here).await;
    let all = told(&here, None).await;
    let empty = told(&store, None).await;
    let lines: Vec<_> = all.lines().collect();
    let mut wrong: Vec<(String, &str)> = (0..lines.len())
        .step_by(7)
        .map(|n| (lines[..n].join("\n"), "cut off"))
        .collect();
    let last = lines.len() - 1;
    wrong.push((lines[..last].join("\n"), "cut off"));
    for (from, to, why) in [
        ("\"version\":1", "\"version\":2", "newer version"),
        (
            "errand-all",
            "errand-some",
            "not what `errand export --all` writes",
        ),
        (
            "\"table\":\"note\"",
            "\"table\":\"wish\"",
            "beginning of note",
        ),
        (
            "\"expires_at\"]",
            "\"expires_at\",\"wish\"]",
            "as this version of Errand knows it",
        ),
        ("weekly", "weakly", "was altered"),
        (
            "\"task.deleted\"",
            "\"task.wished\"",
            "unknown kind task.wished",
        ),
        ("[1,2]", "[1,3]", "lines were changed"),
        ("\"somebody\"", "7", "it is no row of person"),
    ] {
        assert!(all.contains(from), "{from}");
        wrong.push((all.replacen(from, to, 1), why));
    }
    wrong.push((format!("{all}[1]\n"), "behind its end"));
    let without = |start: &str| {
        let kept: Vec<_> = lines
            .iter()
            .filter(|line| !line.starts_with(start))
            .copied()
            .collect();
        kept.join("\n")
    };
    wrong.push((without(&format!("[\"{}\",3,\"", me.home)), "does not hold"));
    for (text, words) in &wrong {
        let refused = import(&store, text).await.err().map(|why| why.to_string());
        assert!(
            refused.as_ref().is_some_and(|why| why.contains(words)),
            "{words}: {refused:?}"
        );
        assert_eq!(
            told(&store, None).await,
            empty,
            "{words}: nothing was written"
        );
    }
    import(&store, &all).await.unwrap();
    let refused = import(&store, &all).await;
    assert!(
        matches!(refused, Err(StoreError::Unfit(why)) if why.contains("something in this database"))
    );
    assert_eq!(told(&store, None).await, all);
}

pub async fn what_is_exported_is_of_one_moment(store: Checked) {
    let me = busy(&store).await;
    let writing = {
        let (store, me) = (store.clone(), me.clone());
        tokio::spawn(async move {
            for n in 0..40 {
                create(&store, &me, json!({"title": n.to_string()})).await;
            }
        })
    };
    let mut text = told(&store, None).await;
    let there = elsewhere().await;
    import(&there, &text).await.unwrap();
    while !writing.is_finished() {
        text = told(&store, Some(ends(&text))).await;
        import(&there, &text).await.unwrap();
        assert_eq!(there.rebuild(false).await.unwrap(), Vec::<String>::new());
    }
    writing.await.unwrap();
    import(&there, &told(&store, Some(ends(&text))).await)
        .await
        .unwrap();
    assert_eq!(told(&there, None).await, told(&store, None).await);
}
