//! R 5.3: `verify` proves that nothing was altered or removed.

use super::*;
use domain::{event::EventKind, id::TaskId, need::Need};
use store::chain;
use testkit::sqlite::tamper;

/// What verify says after somebody did that to the log.
async fn check(sql: &str, n: u64, why: &str) {
    let scene = Scene::new().await;
    assert_eq!(scene.broken().await, None);
    tamper(&scene.log(), sql).await;
    let (at, words) = scene.broken().await.unwrap_or_default();
    assert_eq!(at, n, "{sql}: {words}");
    assert!(words.contains(why), "{sql}: {words}");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn r_5_3_what_is_done_to_the_log_is_found_and_named() {
    let cut = "delete from log where n > 3; update stream_head set n = 3, hash = (select hash from log where n = 3)";
    check(
        "update log set payload = replace(payload, 'bread', 'wine')",
        3,
        "its content was altered",
    )
    .await;
    check(
        "update log set client = 'cli' where n = 2",
        2,
        "it or its place in the chain was altered",
    )
    .await;
    check(
        "update log set at = at + 1 where n = 5",
        5,
        "it or its place in the chain was altered",
    )
    .await;
    check(
        "delete from log where n = 2",
        2,
        "after line 1 comes line 3",
    )
    .await;
    check("delete from log where n > 3", 4, "its head says 5 lines").await;
    check(cut, 4, "the witness saw 5 lines").await;
    check(
        "delete from log; delete from stream_head",
        1,
        "the witness saw 5 lines",
    )
    .await;
    check(
        "update stream_head set hash = ''",
        5,
        "not the one that the head says",
    )
    .await;
    check(
        "update log set payload = null, salt = null where n = 4",
        4,
        "nothing in the log removed it",
    )
    .await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_log_made_anew_with_a_chain_that_holds_is_not_what_the_witness_saw() {
    let scene = Scene::new().await;
    let lines = scene.deps.store.lines(scene.me.home, 0, 9).await.unwrap();
    let mut before = lines[1].hash.clone();
    for mut line in lines.into_iter().skip(2) {
        line.client = "somebody else".to_owned();
        before = chain::link(&before, &line);
        let sql = format!(
            "update log set client = '{}', hash = '{before}' where n = {}",
            line.client, line.n
        );
        tamper(&scene.log(), &sql).await;
    }
    tamper(
        &scene.log(),
        &format!("update stream_head set hash = '{before}'"),
    )
    .await;
    let (n, why) = scene.broken().await.unwrap();
    assert_eq!(
        (n, why.as_str()),
        (3, "it is not the line that the witness saw")
    );
    // It notices by itself, and does not forget when the log is put back.
    kit::create(&scene.deps.store, &scene.me, json!({ "title": "tea" })).await;
    scene.witness.catch_up(&scene.deps).await.unwrap();
    let alarms = scene.witness.copy.alarms(scene.me.home).await.unwrap();
    assert_eq!(alarms.len(), 1);
    assert_eq!(
        alarms[0].why,
        "line 5 is another than the witness saw: the log was forked"
    );
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn heads_are_signed_once_for_what_happened_and_published() {
    let scene = Scene::new().await;
    scene.signs().await;
    scene.signs().await;
    let lines = scene.deps.store.lines(scene.me.home, 0, 99).await.unwrap();
    let kinds: Vec<_> = lines[4..].iter().map(|line| line.kind).collect();
    assert_eq!(kinds, [EventKind::TaskCreated, EventKind::AuditHead]);
    assert_eq!(
        (lines[5].client.as_str(), lines[5].client_kind.as_str()),
        ("audit", "system")
    );
    let report = verify_all(scene.deps.store.as_ref(), &scene.witness)
        .await
        .unwrap();
    let signed = report.signed.clone().unwrap();
    assert!(report.intact(), "{report}");
    assert_eq!(
        (report.events, signed.n, &signed.hash),
        (6, 5, &lines[4].hash)
    );
    assert_eq!(report.head, lines[5].hash);
    kit::create(&scene.deps.store, &scene.me, json!({ "title": "tea" })).await;
    scene.witness.finish(&scene.deps).await;
    // The key stays; the copy goes on where it was.
    let again = witness(&scene.folder, 2).await;
    let report = verify_all(scene.deps.store.as_ref(), &again).await.unwrap();
    assert!(report.intact(), "{report}");
    assert_eq!((report.events, report.signed.unwrap().n), (8, 7));
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_forged_head_is_found() {
    let free = "drop trigger signed_same; drop trigger signed_stays; drop trigger line_same;";
    for (sql, why) in [
        (
            "update signed set at = at + 1",
            "the signature of its head is forged",
        ),
        (
            "update signed set n = 4",
            "the signature of its head is forged",
        ),
        (
            "update signed set signature = substr(signature, 1, 126) || 'ff'",
            "the signature of its head is forged",
        ),
        (
            "update signed set signature = 'x'",
            "the signature of its head is forged",
        ),
        (
            "update signed set key = substr(key, 1, 62) || 'xx'",
            "another key than the witness has",
        ),
        (
            "update line set client = 'cli' where n = 3",
            "the witness's copy of it was altered",
        ),
    ] {
        let scene = Scene::new().await;
        scene.signs().await;
        assert_eq!(scene.broken().await, None);
        tamper(&scene.copy(), &format!("{free} {sql}")).await;
        let (_, words) = scene.broken().await.unwrap_or_default();
        assert!(words.contains(why), "{sql}: {words}");
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn without_its_copy_the_heads_in_the_log_still_prove() {
    let scene = Scene::new().await;
    scene.signs().await;
    scene.witness.copy.close().await;
    for end in ["", "-wal", "-shm"] {
        drop(std::fs::remove_file(format!(
            "{}{end}",
            scene.copy().display()
        )));
    }
    let scene = Scene {
        witness: witness(&scene.folder, 1).await,
        ..scene
    };
    assert_eq!(scene.broken().await, None);
    // Whoever has neither copy nor key makes lines 5 and 6 anew.
    let mut lines = scene.deps.store.lines(scene.me.home, 3, 9).await.unwrap();
    lines[1].client = "somebody else".to_owned();
    let fifth = chain::link(&lines[0].hash, &lines[1]);
    let sixth = chain::link(&fifth, &lines[2]);
    let sql = format!(
        "update log set client = 'somebody else', hash = '{fifth}' where n = 5; update log set hash = '{sixth}' where n = 6; \
        update stream_head set hash = '{sixth}'"
    );
    tamper(&scene.log(), &sql).await;
    let (n, why) = scene.broken().await.unwrap();
    assert_eq!(n, 5);
    assert!(
        why.starts_with("it is not the line that was signed at "),
        "{why}"
    );
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn r_6_4_purging_keeps_the_chain() {
    let scene = Scene::new().await;
    let lines = scene.deps.store.lines(scene.me.home, 0, 9).await.unwrap();
    let id = TaskId(lines[2].subject);
    let purge = kit::decide(move |state, now| {
        state.purge(id, now);
        Ok(())
    });
    let who = kit::writer(&scene.me);
    scene
        .deps
        .store
        .commit(&who, Need::task(id), purge)
        .await
        .unwrap();
    let lines = scene.deps.store.lines(scene.me.home, 0, 9).await.unwrap();
    assert_eq!(lines[2].payload, None);
    assert_eq!(scene.broken().await, None);
    scene.signs().await;
    assert_eq!(scene.broken().await, None);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn r_5_3_what_came_from_elsewhere_holds_and_is_said_not_to_have_been_seen() {
    let old = Scene::new().await;
    old.signs().await;
    let folder = tempfile::tempdir().unwrap();
    old.deps
        .store
        .backup(&folder.path().join("errand.db"))
        .await
        .unwrap();
    // Another machine, with a witness of its own that nobody told anything.
    let here = Scene {
        deps: Scene::deps(&folder).await,
        witness: witness(&folder, 2).await,
        folder,
        me: old.me.clone(),
    };
    let stranger = "its head was signed by another key than the witness has";
    assert_eq!(here.broken().await, Some((5, stranger.to_owned())));
    let keys = crate::signers(here.deps.store.as_ref()).await.unwrap();
    crate::trust(here.folder.path(), &keys).unwrap();
    here.witness.close().await;
    let here = Scene {
        witness: witness(&here.folder, 2).await,
        ..here
    };
    assert!(here.witness.knows(here.deps.store.as_ref()).await.unwrap());
    here.witness.begin(&here.deps).await.unwrap();
    let report = async || {
        let report = verify_all(here.deps.store.as_ref(), &here.witness).await;
        let report = report.unwrap();
        assert!(report.intact(), "{report}");
        (
            report.events,
            report.watched.unwrap().before,
            report.signed.unwrap().own,
        )
    };
    assert_eq!(report().await, (6, 6, false));
    kit::create(&here.deps.store, &here.me, json!({ "title": "tea" })).await;
    here.signs().await;
    assert_eq!(report().await, (8, 6, true));
    // The old house goes on by itself: its witness does not know this log.
    kit::create(&old.deps.store, &old.me, json!({ "title": "coffee" })).await;
    old.signs().await;
    assert!(!old.witness.knows(here.deps.store.as_ref()).await.unwrap());
}

#[cfg(unix)]
#[tokio::test]
async fn the_key_is_for_its_owners_eyes_only() {
    use std::os::unix::fs::PermissionsExt;
    let folder = tempfile::tempdir().unwrap();
    let key = witness(&folder, 1).await.public_key();
    let file = std::fs::metadata(folder.path().join("witness.key")).unwrap();
    assert_eq!(file.permissions().mode() & 0o777, 0o600);
    assert_eq!(witness(&folder, 2).await.public_key(), key);
    std::fs::write(folder.path().join("witness.key"), "no key").unwrap();
    let refused = Witness::open(&folder.path().join("witness.db"), folder.path(), || [3; 32]).await;
    assert!(refused.is_err_and(|why| why.to_string().contains("witness.key")));
}
