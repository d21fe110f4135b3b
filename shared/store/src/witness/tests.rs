use super::*;
use crate::{
    Options, open,
    suite::kit::{Checked, create, fresh, person},
};
use domain::id::UserId;
use serde_json::json;
use std::sync::Arc;

async fn store() -> Checked {
    let options = Options::new(
        Arc::new(|| Timestamp::UNIX_EPOCH),
        Arc::new(|| fresh().as_u128()),
    );
    open("sqlite::memory:", options).await.unwrap()
}

async fn witness(folder: &tempfile::TempDir) -> Witness {
    Witness::open(&folder.path().join("witness.db"))
        .await
        .unwrap()
}

async fn copy(witness: &Witness, store: &Checked, stream: StreamId) -> Option<String> {
    let alarm = witness
        .copy(store.as_ref(), stream, Timestamp::UNIX_EPOCH)
        .await;
    alarm.unwrap().map(|alarm| alarm.why)
}

/// The lines as the witness keeps them.
async fn skeletons(store: &Checked, stream: StreamId) -> Vec<LogRow> {
    let mut lines = store.lines(stream, 0, 10_000).await.unwrap();
    for line in &mut lines {
        (line.payload, line.salt) = (None, None);
    }
    lines
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn who_opens_it_at_the_same_time_finds_it_made() {
    for _ in 0..20 {
        let folder = tempfile::tempdir().unwrap();
        let file = folder.path().join("witness.db");
        let opening = (0..6).map(|_| Witness::open(&file));
        for opened in futures::future::join_all(opening).await {
            opened.unwrap_or_else(|why| panic!("{why:?}")).close().await;
        }
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn it_says_since_when_it_watches_and_what_it_did_not_see_happen() {
    let (folder, store) = (tempfile::tempdir().unwrap(), store().await);
    let witness = witness(&folder).await;
    let who = person(&store).await;
    for n in 0..700 {
        create(&store, &who, json!({ "title": format!("task {n}") })).await;
    }
    let begun = async || {
        let all = witness.begun().await.unwrap();
        let all = all.iter().map(|it| (it.n, it.at.as_second()));
        all.collect::<Vec<_>>()
    };
    assert_eq!(begun().await, []);
    let lines = skeletons(&store, who.home).await.len() as u64;
    copy(&witness, &store, who.home).await;
    assert_eq!(begun().await, [(lines, 0)]);
    create(&store, &who, json!({ "title": "seen" })).await;
    copy(&witness, &store, who.home).await;
    assert_eq!(begun().await, [(lines, 0)]);
    // More came from elsewhere; said twice it is said once.
    for second in [5, 6] {
        let at = Timestamp::from_second(second).unwrap();
        let (stream, n) = (who.home, lines + 1);
        witness.begin(&Begun { stream, n, at }).await.unwrap();
    }
    assert_eq!(begun().await, [(lines, 0), (lines + 1, 5)]);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn whatever_events_came_the_copy_is_whole() {
    let (folder, store) = (tempfile::tempdir().unwrap(), store().await);
    let witness = witness(&folder).await;
    let who = person(&store).await;
    for n in 0..1_100 {
        create(&store, &who, json!({ "title": format!("task {n}") })).await;
        if n == 3 {
            assert_eq!(copy(&witness, &store, who.home).await, None);
        }
    }
    let (one, other) = tokio::join!(
        copy(&witness, &store, who.home),
        copy(&witness, &store, who.home)
    );
    assert_eq!((one, other), (None, None));
    let lines = skeletons(&store, who.home).await;
    assert_eq!(witness.lines(who.home, 0, 10_000).await.unwrap(), lines);
    assert!(witness.has(who.home, lines.len() as u64));
    let newest = witness
        .newest(who.home, None, Some(EventKind::SettingsChanged), 5)
        .await;
    assert_eq!(newest.unwrap(), lines[..1]);
    assert_eq!(
        witness.streams().await.unwrap(),
        [(who.home, lines.len() as u64)]
    );
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_fork_is_noticed_once_and_kept_for_ever() {
    let (folder, before, after) = (tempfile::tempdir().unwrap(), store().await, store().await);
    let witness = witness(&folder).await;
    let id = UserId(fresh());
    let who = before.person(id, "me", "UTC").await.unwrap();
    after.person(id, "me", "Europe/Berlin").await.unwrap();
    assert_eq!(copy(&witness, &before, who.home).await, None);
    let why = copy(&witness, &after, who.home).await.unwrap();
    assert_eq!(
        why,
        "line 1 is another than the witness saw: the log was forked"
    );
    assert_eq!(copy(&witness, &after, who.home).await, None);
    let alarms = witness.alarms(who.home).await.unwrap();
    assert_eq!(alarms.iter().map(|alarm| alarm.n).collect::<Vec<_>>(), [1]);
    assert_eq!(
        witness.lines(who.home, 0, 9).await.unwrap(),
        skeletons(&before, who.home).await
    );
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_was_copied_stays() {
    let (folder, store) = (tempfile::tempdir().unwrap(), store().await);
    let witness = witness(&folder).await;
    let who = person(&store).await;
    create(&store, &who, json!({ "title": "milk" })).await;
    copy(&witness, &store, who.home).await;
    let head = Signed {
        stream: who.home,
        n: 1,
        hash: "00".to_owned(),
        at: Timestamp::UNIX_EPOCH,
        key: "00".to_owned(),
        signature: "00".to_owned(),
    };
    assert!(witness.keep_signed(&head).await.unwrap());
    assert!(!witness.keep_signed(&head).await.unwrap());
    let lines = "insert or replace into line select * from line";
    for (sql, expected) in [
        ("update line set client = 'cli'", "the witness only adds"),
        ("delete from line", "the witness only adds"),
        ("delete from line where n = 2", "the witness only adds"),
        (lines, "the witness adds line after line"),
        ("update signed set hash = '11'", "the witness only adds"),
        ("delete from signed", "the witness only adds"),
        ("update begun set n = 0", "the witness only adds"),
        ("delete from begun", "the witness only adds"),
        (
            "insert or replace into signed select * from signed",
            "the witness only adds",
        ),
    ] {
        let refused = sqlx::query(sql)
            .execute(&mut *witness.connection().await.unwrap())
            .await;
        let words = refused.unwrap_err().to_string();
        assert!(words.contains(expected), "{sql}: {words}");
    }
    assert_eq!(witness.last_signed(who.home).await.unwrap(), Some(head));
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_sqlite_ended_by_itself_is_not_in_the_way_of_the_next() {
    let (folder, store) = (tempfile::tempdir().unwrap(), store().await);
    let witness = witness(&folder).await;
    let who = person(&store).await;
    let mut connection = witness.connection().await.unwrap();
    let mut transaction = connection.begin_with("begin immediate").await.unwrap();
    // As it does when the disk fails in the middle (sqlite.org/lang_transaction.html, 2.2).
    let ended = sqlx::raw_sql("rollback").execute(&mut *transaction).await;
    ended.unwrap();
    drop(transaction);
    drop(connection);
    create(&store, &who, json!({ "title": "seen" })).await;
    assert_eq!(copy(&witness, &store, who.home).await, None);
    assert_eq!(
        witness.lines(who.home, 0, 10_000).await.unwrap(),
        skeletons(&store, who.home).await
    );
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn who_goes_away_while_it_copies_leaves_it_as_good_as_before() {
    let (folder, store) = (tempfile::tempdir().unwrap(), store().await);
    let witness = witness(&folder).await;
    let who = person(&store).await;
    for n in 0..300_u32 {
        create(&store, &who, json!({ "title": format!("task {n}") })).await;
        // Dropped at another moment each time.
        let patience = std::time::Duration::from_micros(u64::from(n) * 10);
        let copying = witness.copy(store.as_ref(), who.home, Timestamp::UNIX_EPOCH);
        let _gone = tokio::time::timeout(patience, copying).await;
    }
    assert_eq!(copy(&witness, &store, who.home).await, None);
    assert_eq!(
        witness.lines(who.home, 0, 10_000).await.unwrap(),
        skeletons(&store, who.home).await
    );
}
