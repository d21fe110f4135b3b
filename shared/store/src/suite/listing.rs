//! Listings.

use super::kit::*;
use crate::*;
use domain::{command::Command, filter::Filter, id::*};
use serde_json::{Value, json};

pub(super) fn query(filter: &str) -> TaskQuery {
    TaskQuery {
        filters: vec![Filter::parse(filter).unwrap()],
        hidden: true,
        limit: 50,
        // Wednesday noon in London, one o'clock in Berlin.
        now: Some("2026-11-25T12:00:00Z".parse().unwrap()),
        ..TaskQuery::default()
    }
}

async fn found(store: &Checked, who: &Reader, query: &TaskQuery) -> String {
    let mut titles = titles(&store.tasks(who, query).await.unwrap());
    titles.sort();
    titles.join(" ")
}

async fn list(store: &Checked, who: &Reader, name: &str) -> ListId {
    let id = ListId(fresh());
    let set = serde_json::from_value(json!({"name": name})).unwrap();
    run(store, &writer(who), Command::CreateList { id, set })
        .await
        .unwrap();
    id
}

async fn section(store: &Checked, who: &Reader, list: ListId, name: &str) -> SectionId {
    let id = SectionId(fresh());
    let set = serde_json::from_value(json!({"name": name, "list_id": list})).unwrap();
    run(store, &writer(who), Command::CreateSection { id, set })
        .await
        .unwrap();
    id
}

/// Eight tasks that differ in everything that can be asked for.
async fn eight(store: &Checked, me: &Reader) {
    let work = list(store, me, "Work").await;
    let soon = section(store, me, work, "Soon").await;
    let at = |time: &str, zone: Value| json!({"at": time, "time_zone": zone});
    let a = create(
        store,
        me,
        json!({"title": "a", "priority": "high", "tags": ["Home"],
        "due": at("2026-11-25T15:00:00", json!("Europe/Berlin"))}),
    )
    .await;
    create(
        store,
        me,
        json!({"title": "b", "due": {"date": "2026-11-25"}, "tags": ["office"], "list_id": work}),
    )
    .await;
    create(
        store,
        me,
        json!({"title": "c", "due": {"date": "2026-11-24"}, "notes": "Fresh MILK from Łódź"}),
    )
    .await;
    let d = create(
        store,
        me,
        json!({"title": "d", "deadline": "2026-12-01", "estimate": "PT30M", "assignee": me.person}),
    )
    .await;
    create(store, me, json!({"title": "e", "due": {"date": "2026-12-24"}, "start": {"date": "2026-12-20"}, "tags": ["home", "x"]})).await;
    let f = create(
        store,
        me,
        json!({"title": "f", "due": {"date": "2026-11-24"}}),
    )
    .await;
    run(store, &writer(me), Command::CompleteTask { id: f })
        .await
        .unwrap();
    create(
        store,
        me,
        json!({"title": "g", "priority": "low", "parent_id": d, "blocked_by": [a],
        "links": [{"url": "https://example.org"}]}),
    )
    .await;
    create(store, me, json!({"title": "h", "due": at("2026-11-26T09:00:00", Value::Null), "list_id": work, "section_id": soon,
        "reminders": [{"id": fresh(), "person": me.person, "offset": "-PT15M", "of": "due"}]})).await;
}

pub async fn every_filter(store: Checked) {
    let me = person(&store).await;
    eight(&store, &me).await;
    for (filter, expected) in [
        ("", "a b c d e f g h"),
        ("status=open", "a b c d e g h"),
        ("status=done", "f"),
        ("status!=done and status!=open", ""),
        ("priority>=medium", "a"),
        ("priority=none", "b c d e f h"),
        ("tag=HOME", "a e"),
        ("not tag=home", "b c d f g h"),
        ("tag=none", "c d f g h"),
        ("list=work", "b h"),
        ("list=inbox", "a c d e f g"),
        ("list=none", "a c d e f g"),
        ("not list=work", "a c d e f g"),
        ("list=nowhere", ""),
        ("section=Soon", "h"),
        ("not section=Soon", "a b c d e f g"),
        ("has:due", "a b c e f h"),
        ("due=none", "d g"),
        ("due=today", "a b"),
        ("due!=today", "c d e f g h"),
        ("due<today", "c f"),
        ("due<=today", "a b c f"),
        ("due>today", "e h"),
        ("due<now", "c f"),
        ("due<=now", "b c f"),
        ("due>=now", "a b e h"),
        ("due<2026-11-25T15:30", "a c f"),
        ("due>=2026-11-26", "e h"),
        ("not due>=2026-11-26", "a b c d f g"),
        ("due<today+7d and due>=today", "a b h"),
        ("deadline<=2026-12-01", "d"),
        ("not deadline<=2026-12-01", "a b c e f g h"),
        ("start>today", "e"),
        ("estimate<=30m", "d"),
        ("estimate>30m", ""),
        ("assignee=me", "d"),
        ("not assignee=me", "a b c e f g h"),
        ("title~B", "b"),
        ("notes~milk", "c"),
        ("notes~łódź", "c"),
        ("text~fresh", "c"),
        ("q=milk", "c"),
        ("q=\"fresh mil\"", "c"),
        ("not q=milk", "a b d e f g h"),
        ("blocked", "g"),
        ("not blocked", "a b c d e f h"),
        ("recurring", ""),
        ("has:link", "g"),
        ("has:parent", "g"),
        ("has:reminder", "h"),
        ("has:notes", "c"),
        ("has:closed", "f"),
        ("(tag=home or list=Work) and not priority=high", "b e h"),
    ] {
        assert_eq!(
            found(&store, &me, &query(filter)).await,
            expected,
            "{filter}"
        );
    }
    let mut plain = query("");
    plain.hidden = false;
    assert_eq!(
        found(&store, &me, &plain).await,
        "a b c d f g h",
        "what starts later is hidden"
    );
    plain.trash = true;
    assert_eq!(found(&store, &me, &plain).await, "", "the trash is empty");
    let two = TaskQuery {
        filters: vec![
            Filter::parse("tag=home").unwrap(),
            Filter::parse("priority=high").unwrap(),
        ],
        ..query("")
    };
    assert_eq!(found(&store, &me, &two).await, "a", "filters are anded");
}

pub async fn words_are_found(store: Checked) {
    let (me, you) = (person(&store).await, person(&store).await);
    let id = create(&store, &me, json!({"title": "Call MOM about the café", "notes": "birthday on \"Sunday\"", "tags": ["family"]})).await;
    create(&store, &me, json!({"title": "buy milk"})).await;
    create(&store, &you, json!({"title": "call mom"})).await;
    let ask = |words: &str| TaskQuery {
        words: Some(words.to_owned()),
        ..query("")
    };
    for (words, count) in [
        ("mom", 1),
        ("call mom", 1),
        ("MOM call", 1),
        ("cafe", 1),
        ("birthd", 1),
        ("family", 1),
        ("dad", 0),
        ("mom milk", 0),
        ("\"", 0),
        ("\u{0}", 0),
        ("m\u{0}om", 0),
        ("mom\" OR milk", 0),
        ("NEAR(", 0),
        ("* : -", 0),
        ("", 2),
        ("   ", 2),
    ] {
        assert_eq!(
            store.tasks(&me, &ask(words)).await.unwrap().items.len(),
            count,
            "{words:?}"
        );
    }
    let (need, edit) = retitle(id, "write to dad");
    store.commit(&writer(&me), need, edit).await.unwrap();
    for (words, count) in [("mom", 0), ("dad", 1), ("birthday", 1)] {
        assert_eq!(
            store.tasks(&me, &ask(words)).await.unwrap().items.len(),
            count,
            "{words:?} after the change"
        );
    }
}

pub async fn records_are_listed(store: Checked) {
    let (me, you) = (person(&store).await, person(&store).await);
    let work = list(&store, &me, "Work").await;
    let home = list(&store, &me, "Home").await;
    section(&store, &me, work, "Soon").await;
    let task = create(&store, &me, json!({"title": "a", "list_id": work})).await;
    for text in ["first", "second"] {
        let say = Command::Comment {
            id: CommentId(fresh()),
            task,
            text: text.to_owned(),
        };
        run(&store, &writer(&me), say).await.unwrap();
    }
    let set = serde_json::from_value(json!({"color": "#ff0000"})).unwrap();
    run(
        &store,
        &writer(&me),
        Command::UpdateTag {
            name: "x".into(),
            set,
        },
    )
    .await
    .unwrap();
    let set = serde_json::from_value(json!({"name": "mine", "filter": "tag=x"})).unwrap();
    run(
        &store,
        &writer(&me),
        Command::CreateView {
            id: ViewId(fresh()),
            set,
        },
    )
    .await
    .unwrap();
    let values = |docs: Vec<Doc>, field: &str| -> Vec<String> {
        docs.iter()
            .map(|doc| {
                serde_json::from_str::<Value>(&doc.json).unwrap()[field]
                    .as_str()
                    .unwrap()
                    .to_owned()
            })
            .collect()
    };
    for (kind, field, expected) in [
        (Kind::List, "name", vec!["Work", "Home"]),
        (Kind::Section, "name", vec!["Soon"]),
        (Kind::Tag, "name", vec!["x"]),
        (Kind::View, "filter", vec!["tag=x"]),
        (Kind::Settings, "time_zone", vec!["Europe/Berlin"]),
        (Kind::Comment(task), "text", vec!["first", "second"]),
        (Kind::Comments, "text", vec!["first", "second"]),
    ] {
        assert_eq!(
            values(store.records(&me, kind).await.unwrap(), field),
            expected,
            "{kind:?}"
        );
        let yours = store.records(&you, kind).await.unwrap();
        assert_eq!(yours.len(), usize::from(kind == Kind::Settings), "{kind:?}");
    }
    run(&store, &writer(&me), Command::DeleteList { id: home })
        .await
        .unwrap();
    assert_eq!(
        values(store.records(&me, Kind::List).await.unwrap(), "name"),
        ["Work"]
    );
}

pub async fn counts_are_right(store: Checked) {
    let me = person(&store).await;
    eight(&store, &me).await;
    let now = query("").now.unwrap();
    let counts = store.counts(&me, now).await.unwrap();
    let count = |what: &str, name: &str| {
        counts
            .iter()
            .find(|(w, n, _)| w == what && n == name)
            .map_or(0, |(_, _, n)| *n)
    };
    // e is hidden, f is done.
    for (view, expected) in [
        ("inbox", 4),
        ("today", 3),
        ("upcoming", 1),
        ("overdue", 1),
        ("all", 6),
    ] {
        assert_eq!(count("view", view), expected, "{view}");
    }
    assert_eq!(
        counts
            .iter()
            .filter(|(what, ..)| what == "list")
            .map(|(_, _, n)| *n)
            .collect::<Vec<_>>(),
        [2]
    );
    assert_eq!(
        (
            count("tag", "Home"),
            count("tag", "office"),
            count("tag", "x")
        ),
        (1, 1, 0)
    );
    let tags = store.tags(&me).await.unwrap();
    let tags = tags
        .iter()
        .map(|tag| format!("{} {} {}", tag.name, tag.open, tag.tasks));
    // All that are open, also those hidden until they start.
    assert_eq!(
        tags.collect::<Vec<_>>().join(", "),
        "Home 2 2, office 1 1, x 1 1"
    );
}
