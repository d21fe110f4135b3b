//! People, what proves who they are, and what is theirs alone.

use super::kit::*;
use crate::*;
use domain::{command::Command, id::*, need::Need, refusal::Refusal};
use jiff::{Timestamp, ToSpan};
use serde_json::json;

pub async fn a_person_is_made_once(store: Checked) {
    let id = UserId(fresh());
    assert_eq!(store.reader(id).await.unwrap(), None);
    let jobs: Vec<_> = (0..4)
        .map(|_| {
            let store = store.clone();
            tokio::spawn(async move { store.person(id, "ann", "America/New_York").await.unwrap() })
        })
        .collect();
    let mut readers = Vec::new();
    for job in jobs {
        readers.push(job.await.unwrap());
    }
    readers.dedup();
    assert_eq!(
        (readers.len(), store.reader(id).await.unwrap()),
        (1, Some(readers[0].clone()))
    );
    assert_eq!(
        verified(&store, &readers[0]).await.len(),
        1,
        "the settings are begun once"
    );
    let settings = store.records(&readers[0], Kind::Settings).await.unwrap();
    assert!(settings[0].json.contains("America/New_York"));
    // Again later: what the person set since stays.
    let set = serde_json::from_value(json!({"time_zone": "Asia/Tokyo"})).unwrap();
    run(
        &store,
        &writer(&readers[0]),
        Command::UpdateSettings { set: Box::new(set) },
    )
    .await
    .unwrap();
    store.person(id, "ann", "America/New_York").await.unwrap();
    assert!(
        store.records(&readers[0], Kind::Settings).await.unwrap()[0]
            .json
            .contains("Asia/Tokyo")
    );
}

fn credential_of(
    reader: &Reader,
    kind: &str,
    hash: &str,
    expires_at: Option<Timestamp>,
) -> Credential {
    Credential {
        id: fresh(),
        reader: reader.clone(),
        hash: hash.to_owned(),
        kind: kind.to_owned(),
        name: "phone".to_owned(),
        scopes: "tasks:read tasks:write".to_owned(),
        created_at: "2026-11-25T12:00:00Z".parse().unwrap(),
        expires_at,
    }
}

pub async fn credentials(store: Checked) {
    let (me, you) = (person(&store).await, person(&store).await);
    let now: Timestamp = "2026-11-25T12:00:00Z".parse().unwrap();
    let token = credential_of(&me, "token", "h1", None);
    let session = credential_of(&me, "session", "h2", Some(now + 1.hour()));
    let link = credential_of(&me, "link", "h3", Some(now + 1.hour()));
    for one in [&token, &session, &link] {
        store.add_credential(one).await.unwrap();
    }
    assert!(
        store.add_credential(&token).await.is_err(),
        "a hash is one credential's"
    );
    assert_eq!(
        store.credential("h1", now).await.unwrap(),
        Some(token.clone())
    );
    assert_eq!(store.credential("h2", now).await.unwrap(), Some(session));
    assert_eq!(
        store.credential("h2", now + 1.hour()).await.unwrap(),
        None,
        "expired"
    );
    assert_eq!(store.credential("h4", now).await.unwrap(), None);
    let (a, b) = futures::join!(store.credential("h3", now), store.credential("h3", now));
    assert_eq!(
        [a.unwrap(), b.unwrap()]
            .into_iter()
            .flatten()
            .collect::<Vec<_>>(),
        [link],
        "a link is used once"
    );
    assert_eq!(
        store.credentials(&me, "token").await.unwrap(),
        std::slice::from_ref(&token)
    );
    assert!(store.credentials(&you, "token").await.unwrap().is_empty());
    assert!(!store.remove_credential(&you, token.id).await.unwrap());
    assert!(store.remove_credential(&me, token.id).await.unwrap());
    assert!(!store.remove_credential(&me, token.id).await.unwrap());
    assert_eq!(store.credential("h1", now).await.unwrap(), None);
}

/// Token and event: neither is there without the other.
pub async fn a_credential_is_kept_with_what_is_decided(store: Checked) {
    let me = person(&store).await;
    let now: Timestamp = "2026-11-25T12:00:00Z".parse().unwrap();
    let token = credential_of(&me, "token", "kept", None);
    let who = Writer {
        keeps: Some(Keeps::Credential(token.clone())),
        ..writer(&me)
    };
    let before = store.heads().await.unwrap();
    let refuse = decide(|_, _| Err(Refusal::NotFound("task")));
    let refused = store.commit(&who, Need::default(), refuse).await;
    assert!(refused.is_err());
    assert_eq!(store.credential("kept", now).await.unwrap(), None);
    let (need, make) = plain_create(TaskId(fresh()), "x");
    store.commit(&who, need, make).await.unwrap();
    assert_eq!(store.credential("kept", now).await.unwrap(), Some(token));
    let after = store.heads().await.unwrap();
    assert_ne!(after, before);
    // A credential that cannot be kept keeps the event out, too.
    let (need, make) = plain_create(TaskId(fresh()), "y");
    assert!(store.commit(&who, need, make).await.is_err());
    assert_eq!(store.heads().await.unwrap(), after);
    verified(&store, &me).await;
}

/// No token that works after its event, no event while it works.
pub async fn a_credential_is_revoked_with_what_is_decided(store: Checked) {
    let (me, you) = (person(&store).await, person(&store).await);
    let now: Timestamp = "2026-11-25T12:00:00Z".parse().unwrap();
    let token = credential_of(&me, "token", "revoked", None);
    store.add_credential(&token).await.unwrap();
    let revoking = |reader| Writer {
        keeps: Some(Keeps::NoMore(token.id)),
        ..writer(reader)
    };
    let works = async || store.credential("revoked", now).await.unwrap().is_some();
    let refuse = decide(|_, _| Err(Refusal::NotFound("task")));
    let refused = store.commit(&revoking(&me), Need::default(), refuse).await;
    assert!(refused.is_err() && works().await);
    // Somebody else's is none of theirs.
    let (need, make) = plain_create(TaskId(fresh()), "x");
    store.commit(&revoking(&you), need, make).await.unwrap();
    assert!(works().await);
    let (need, make) = plain_create(TaskId(fresh()), "y");
    store.commit(&revoking(&me), need, make).await.unwrap();
    assert!(!works().await);
    verified(&store, &me).await;
}

pub async fn notes(store: Checked) {
    let (me, you) = (person(&store).await, person(&store).await);
    let now: Timestamp = "2026-11-25T12:00:00Z".parse().unwrap();
    for (key, json) in [
        ("chat/a", "1"),
        ("chat/b", "2"),
        ("other", "3"),
        ("chat/a", "4"),
    ] {
        store
            .put_note(&me, key, json, now + 1.hour())
            .await
            .unwrap();
    }
    assert_eq!(
        store.note(&me, "chat/a", now).await.unwrap().as_deref(),
        Some("4")
    );
    assert_eq!(
        store.note(&me, "chat/a", now + 1.hour()).await.unwrap(),
        None,
        "expired"
    );
    assert_eq!(store.note(&you, "chat/a", now).await.unwrap(), None);
    let pairs = |found: Vec<(String, String)>| {
        found
            .into_iter()
            .map(|(key, json)| format!("{key}={json}"))
            .collect::<Vec<_>>()
    };
    assert_eq!(
        pairs(store.notes(&me, "chat/", now, 10).await.unwrap()),
        ["chat/a=4", "chat/b=2"],
        "newest first"
    );
    assert_eq!(
        pairs(store.notes(&me, "chat/", now, 1).await.unwrap()),
        ["chat/a=4"]
    );
    assert!(store.notes(&me, "%", now, 10).await.unwrap().is_empty());
    assert!(store.notes(&you, "", now, 10).await.unwrap().is_empty());
}

/// Two people never see a byte of each other's, by any method that has a reader.
pub async fn nobody_sees_anothers(store: Checked) {
    let (me, you) = (person(&store).await, person(&store).await);
    let list = ListId(fresh());
    let set = serde_json::from_value(json!({"name": "SECRET list"})).unwrap();
    run(&store, &writer(&me), Command::CreateList { id: list, set })
        .await
        .unwrap();
    let task = create(&store, &me, json!({"title": "SECRET title", "notes": "SECRET notes", "tags": ["SECRET"], "list_id": list,
        "source": {"system": "SECRET", "id": "7"}, "due": {"at": "2036-11-29T15:00:00", "time_zone": "UTC"},
        "reminders": [{"id": fresh(), "person": me.person, "offset": "-PT15M", "of": "due"}]})).await;
    let comment = CommentId(fresh());
    run(
        &store,
        &writer(&me),
        Command::Comment {
            id: comment,
            task,
            text: "SECRET comment".into(),
        },
    )
    .await
    .unwrap();
    store
        .put_note(&me, "chat", "SECRET note", Timestamp::MAX)
        .await
        .unwrap();
    store
        .add_credential(&credential_of(&me, "token", "SECRET hash", None))
        .await
        .unwrap();
    let mut answers = vec![format!("{:?}", store.task(&you, task).await.unwrap())];
    for query in [
        TaskQuery {
            hidden: true,
            limit: 200,
            ..TaskQuery::default()
        },
        TaskQuery {
            words: Some("secret".into()),
            limit: 200,
            ..TaskQuery::default()
        },
        TaskQuery {
            filters: vec![
                domain::filter::Filter::parse(&format!("list={list} or tag=secret")).unwrap(),
            ],
            limit: 200,
            ..TaskQuery::default()
        },
    ] {
        let page = store.tasks(&you, &query).await.unwrap();
        assert!(page.items.is_empty());
        answers.push(format!("{page:?}"));
    }
    for kind in [
        Kind::List,
        Kind::Section,
        Kind::Tag,
        Kind::View,
        Kind::Settings,
        Kind::Series,
        Kind::Comment(task),
        Kind::Comments,
    ] {
        answers.push(format!("{:?}", store.records(&you, kind).await.unwrap()));
    }
    answers.push(format!(
        "{:?}",
        store
            .log(&you, &store.cursor(&me).await.unwrap(), 200)
            .await
            .unwrap()
            .events
    ));
    answers.push(format!("{:?}", store.log(&you, "", 200).await.unwrap()));
    answers.push(store.cursor(&you).await.unwrap());
    for subject in [task.0, list.0, comment.0, me.person.0] {
        let history = store.history(&you, subject, None, 200).await.unwrap();
        answers.push(format!("{:?}", history.items));
        answers.push(format!(
            "{:?}",
            store.past(&you, subject, Timestamp::MAX).await.unwrap()
        ));
    }
    answers.push(format!(
        "{:?}",
        store.deliveries(&you, None, 200).await.unwrap()
    ));
    answers.push(format!(
        "{:?}",
        store.reminders(&you, None, 200).await.unwrap()
    ));
    answers.push(format!(
        "{:?}",
        store.credentials(&you, "token").await.unwrap()
    ));
    answers.push(format!(
        "{:?}",
        store
            .notes(&you, "", Timestamp::UNIX_EPOCH, 200)
            .await
            .unwrap()
    ));
    let counts = store
        .counts(&you, "2026-11-25T12:00:00Z".parse().unwrap())
        .await
        .unwrap();
    assert!(counts.iter().all(|(_, _, count)| *count == 0), "{counts:?}");
    for answer in answers {
        for mine in [
            "SECRET",
            &task.to_string(),
            &list.to_string(),
            &me.person.to_string(),
            &me.home.to_string(),
        ] {
            assert!(!answer.contains(mine), "{mine} in {answer}");
        }
    }
    // Nor does a decision of theirs get to see it, whatever it names.
    let need = Need {
        tasks: vec![task],
        lists: vec![list],
        comments: vec![comment],
        tags: vec!["SECRET".into()],
        sources: vec![domain::task::Source {
            system: "SECRET".into(),
            id: "7".into(),
        }],
        tasks_of: vec![
            domain::need::TasksOf::List(list),
            domain::need::TasksOf::Tag("SECRET".into()),
            domain::need::TasksOf::Floating,
        ],
        after: vec![task],
        first: vec![task],
        since: vec![(task, 0)],
        undo: Some(domain::need::Undo::Last {
            client: "page".into(),
        }),
        ..Need::default()
    };
    let look = decide(|state, _| {
        assert!(!format!("{state:?}").contains("SECRET"));
        Ok(())
    });
    store.commit(&writer(&you), need, look).await.unwrap();
    let gone = run(&store, &writer(&you), Command::DeleteTask { id: task }).await;
    assert!(
        matches!(gone, Err(StoreError::Refused(Refusal::NotFound("task")))),
        "{gone:?}"
    );
}

pub async fn old_things_are_forgotten(store: Checked) {
    let me = person(&store).await;
    let idempotency = Idempotency {
        route: "POST /tasks".into(),
        key: "k".into(),
        body: "b".into(),
    };
    let who = Writer {
        idempotency: Some(idempotency),
        once: Some(("test".into(), "1".into())),
        ..writer(&me)
    };
    let again = || async {
        let (need, make) = plain_create(TaskId(fresh()), "x");
        store.commit(&who, need, make).await.unwrap().replayed
    };
    assert!(!again().await);
    store
        .tidy("2001-01-01T00:00:00Z".parse().unwrap())
        .await
        .unwrap();
    assert!(again().await, "what is young is kept");
    store
        .put_note(&me, "old", "1", "2002-01-01T00:00:00Z".parse().unwrap())
        .await
        .unwrap();
    store.tidy(Timestamp::MAX).await.unwrap();
    assert!(!again().await);
    assert!(
        store
            .notes(&me, "", Timestamp::UNIX_EPOCH, 10)
            .await
            .unwrap()
            .is_empty()
    );
}
