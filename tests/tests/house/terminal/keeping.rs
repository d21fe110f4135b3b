//! backup, restore, rebuild and verify.

use super::{check, done};
use crate::home::{Api, Home};
use expect_test::expect;
use jiff::{SignedDuration, Timestamp};
use reqwest::{Method, StatusCode};
use serde_json::json;
use sqlx::{Connection, SqliteConnection};
use testkit::smtp::SmtpServer;
use tokio_util::sync::CancellationToken;

async fn add(api: &Api, title: &str) -> bool {
    let made = api
        .request(Method::POST, "/tasks")
        .json(&json!({ "title": title }));
    made.send()
        .await
        .is_ok_and(|answer| answer.status() == StatusCode::CREATED)
}

/// Writes until it is told to stop; answers how many were acknowledged.
pub(super) async fn write(api: Api, stop: CancellationToken) -> usize {
    let mut count = 0;
    while !stop.is_cancelled() {
        assert!(add(&api, &format!("task {count}")).await);
        count += 1;
    }
    count
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn r_7_6_a_backup_made_while_writes_go_on_is_whole() {
    let Some(mut home) = Home::new() else { return };
    let mail = SmtpServer::start().await.expect("a port");
    home.set("ERRAND_MAIL_URL", mail.url());
    home.set("ERRAND_MAIL_TO", "ann@example.org");
    let server = home.serve().await;
    let api = server.api.clone();
    let stop = CancellationToken::new();
    let writing = tokio::spawn(write(api.clone(), stop.clone()));
    while !has(&api, "task 5").await {}
    let before = api.all("/tasks?status=all").await.len();
    let file = backup_before_a_reminder(&home, &api).await;
    stop.cancel();
    let written = writing.await.expect("no panic");
    assert!(add(&api, "after the backup").await);
    let cursor = api.get("/changes?after=now").await["cursor"].clone();
    let mails = mail.wait_for(1).await.len();

    let again = home.run(&["backup", &file]).await.to_string();
    assert!(again.contains("exists already; name a file that does not"));
    check(
        &home,
        &["restore", &file],
        expect![[r#"
        errand: another errand serves HOME/data: stop that one first, then restore
        (exit code 1)
    "#]],
    )
    .await;
    server.stop().await;
    let restored = aside(&done(&home, &["restore", &file]).await);
    let kept = "Restored. The database from before is kept as HOME/data/errand.before-restore-N.\n";
    let skipped = "1 of the reminders would have come since the backup was made: they are marked as skipped.\n";
    assert!(
        restored.starts_with(&(kept.to_owned() + skipped)),
        "{restored}"
    );
    let parts: Vec<_> = ["-wal", "-shm"]
        .iter()
        .map(|end| format!("{file}{end}"))
        .collect();
    assert!(
        parts
            .iter()
            .all(|part| !std::path::Path::new(part).exists()),
        "the backup is left as it was"
    );

    let server = home.serve().await;
    let api = &server.api;
    let after = api.all("/tasks?status=all").await.len();
    assert!(
        (before..=written + 3).contains(&after),
        "{before} {after} {written}"
    );
    assert!(has(api, "task 5").await && !has(api, "after the backup").await);
    let cursor = cursor.as_str().expect("a cursor");
    let gone = api.request(Method::GET, &format!("/changes?after={cursor}"));
    let gone = gone.send().await.unwrap();
    assert_eq!(gone.status(), StatusCode::GONE);
    expect![[r#"{"code":"cursor_gone","detail":"The data was restored since this cursor was made. Read everything again, then follow from its cursor.","status":410,"title":"Read everything again","type":"urn:errand:problem:cursor_gone"}"#]].assert_eq(&gone.text().await.unwrap());
    // The one that comes now goes out, so the one from before would have as well.
    let now = json!({ "title": "call dad", "reminders": [{ "at": Timestamp::now() }] });
    let made = api.request(Method::POST, "/tasks").json(&now).send().await;
    assert_eq!(made.unwrap().status(), StatusCode::CREATED);
    let after = &mail.wait_for(mails + 1).await[mails..];
    let only_now = |data: &str| data.contains("call dad") && !data.contains("call mom");
    assert!(after.iter().all(|mail| only_now(&mail.data)), "{after:?}");
    server.stop().await;
    assert!(done(&home, &["verify"]).await.starts_with("Intact"));
    check(
        &home,
        &["rebuild", "--check"],
        expect![[r#"
        The tables are what the log says.
    "#]],
    )
    .await;
}

/// Makes a backup in which a reminder is still to come that comes soon; answers the file.
async fn backup_before_a_reminder(home: &Home, api: &Api) -> String {
    for lead in [2, 8, 32] {
        let at = Timestamp::now() + SignedDuration::from_secs(lead);
        let soon = json!({ "title": format!("call mom {lead}"), "reminders": [{ "at": at }] });
        let made = api.request(Method::POST, "/tasks").json(&soon).send().await;
        assert_eq!(made.unwrap().status(), StatusCode::CREATED);
        let file = home
            .path(&format!("backup-{lead}.db"))
            .display()
            .to_string();
        let said = done(home, &["backup", &file]).await;
        assert_eq!(said, format!("Copied to HOME/backup-{lead}.db.\n"));
        if Timestamp::now() < at {
            return file;
        }
    }
    panic!("a backup takes half a minute");
}

pub(super) async fn has(api: &Api, title: &str) -> bool {
    let tasks = api.all("/tasks?status=all").await;
    tasks.iter().any(|task| task["title"] == title)
}

/// The second at which it was put aside is of no interest.
fn aside(said: &str) -> String {
    let Some((before, after)) = said.split_once("before-restore-") else {
        return said.to_owned();
    };
    let after = after.trim_start_matches(|c: char| c.is_ascii_digit());
    format!("{before}before-restore-N{after}")
}

#[tokio::test]
async fn what_is_no_backup_changes_nothing() {
    let Some(home) = Home::new() else { return };
    done(&home, &["add", "buy milk"]).await;
    let before = done(&home, &["verify"]).await;
    check(
        &home,
        &["restore", "nowhere.db"],
        expect![[r#"
        errand: there is no file nowhere.db
        (exit code 1)
    "#]],
    )
    .await;
    std::fs::write(home.path("letter.txt"), "Dear Ann, ".repeat(1_000)).unwrap();
    check(
        &home,
        &["restore", "letter.txt"],
        expect![[r#"
        errand: letter.txt is not a backup, or it is damaged
        (exit code 1)
    "#]],
    )
    .await;
    // A backup that its disk has damaged.
    done(&home, &["backup", "backup.db"]).await;
    let mut bytes = std::fs::read(home.path("backup.db")).unwrap();
    let from = bytes.len() / 4;
    bytes[from..].iter_mut().for_each(|byte| *byte ^= 0x5a);
    std::fs::write(home.path("backup.db"), bytes).unwrap();
    check(
        &home,
        &["restore", "backup.db"],
        expect![[r#"
        errand: backup.db is not a backup, or it is damaged
        (exit code 1)
    "#]],
    )
    .await;
    assert_eq!(done(&home, &["verify"]).await, before);
    let mut files: Vec<_> = std::fs::read_dir(home.data())
        .unwrap()
        .map(|entry| entry.unwrap().file_name().into_string().unwrap())
        .collect();
    files.sort();
    expect![[r#"
        errand.db
        errand.db-lock
        key
        token
        witness.db
        witness.key"#]]
    .assert_eq(&files.join("\n"));
}

#[tokio::test]
async fn a_backup_moves_to_another_machine() {
    let (Some(old), Some(new)) = (Home::new(), Home::new()) else {
        return;
    };
    done(&old, &["add", "buy milk today"]).await;
    // It served for a while: its witness signed what there was.
    old.serve().await.stop().await;
    let file = old.path("backup.db").display().to_string();
    done(&old, &["backup", &file]).await;
    check(
        &new,
        &["restore", &file],
        expect![[r#"
        Restored.
        The witness watches from now on; what was there before rests on its own chain, and on the heads that came with it.
    "#]],
    )
    .await;
    // The log holds, and the new witness does not claim to have seen what it did not.
    let said = done(&new, &["verify"]).await;
    let lines: Vec<_> = said.lines().collect();
    let (events, before) = (number(lines[0], "events "), number(lines[1], "before: "));
    assert!(
        said.starts_with("Intact") && events > 0 && events == before,
        "{said}"
    );
    assert!(said.contains(", of a witness before this one."), "{said}");
    assert_eq!(done(&new, &["today"]).await, done(&old, &["today"]).await);
    new.serve().await.stop().await;
    let said = done(&new, &["verify"]).await;
    assert!(
        said.starts_with("Intact") && number(&said, "events ") > events,
        "{said}"
    );
    assert_eq!(number(&said, "before: "), before, "{said}");
    assert!(!said.contains("of a witness before this one"), "{said}");
}

/// The number that stands behind those words.
pub(super) fn number(said: &str, words: &str) -> u64 {
    let (_, rest) = said.split_once(words).expect("those words");
    let digits: String = rest.chars().take_while(char::is_ascii_digit).collect();
    digits.parse().expect("a number")
}

#[tokio::test]
async fn a_folder_that_nobody_lives_in_is_not_said_to_be_in_order() {
    let Some(home) = Home::new() else { return };
    for arguments in [
        &["verify"][..],
        &["rebuild", "--check"],
        &["backup", "x.db"],
    ] {
        let said = home.run(arguments).await;
        let words = "errand: there is no database HOME/data/errand.db: is --data (ERRAND_DATA) the right folder?\n";
        assert_eq!((said.code, said.err.as_str()), (Some(1), words));
    }
    assert!(!home.data().exists());
}

#[tokio::test]
async fn what_somebody_changed_by_hand_is_found_and_mended() {
    let Some(home) = Home::new() else { return };
    done(&home, &["add", "buy milk"]).await;
    done(&home, &["verify"]).await;
    let database = format!("sqlite:{}", home.data().join("errand.db").display());
    let by_hand = async |sql: &'static str| {
        let mut connection = SqliteConnection::connect(&database).await.unwrap();
        sqlx::raw_sql(sql).execute(&mut connection).await.unwrap();
        connection.close().await.unwrap();
    };
    by_hand("update task set title = 'buy beer'").await;
    let found = home.run(&["rebuild", "--check"]).await;
    expect![[r#"
        task ID is not what the log says
        Differences: 1. `errand rebuild` writes the tables from the log.
        (exit code 1)
    "#]]
    .assert_eq(&ids(&found.to_string()));
    expect![[r#"
        task ID is not what the log says
        Differences mended: 1.
    "#]]
    .assert_eq(&ids(&home.run(&["rebuild"]).await.to_string()));
    check(
        &home,
        &["rebuild", "--check"],
        expect![[r#"
        The tables are what the log says.
    "#]],
    )
    .await;
    by_hand("update log set client = 'somebody' where n = 1").await;
    expect![[r#"
        Broken. Streams 1, events that hold 0. It breaks here:
          stream ID, line 1: it or its place in the chain was altered
        The witness watches since MOMENT; lines that were there before: 2.
        (exit code 1)
    "#]]
    .assert_eq(&ids(&home.run(&["verify"]).await.to_string()));
}

/// Ids and hashes are of no interest.
fn ids(said: &str) -> String {
    let word = |word: &str| {
        let bare = word.trim_end_matches([',', '.', ':', ';']);
        let id = bare.len() >= 32 && bare.chars().all(|c| c.is_ascii_hexdigit() || c == '-');
        if bare.parse::<Timestamp>().is_ok() {
            word.replace(bare.trim_end_matches(';'), "MOMENT")
        } else if id {
            word.replace(bare, "ID")
        } else {
            word.to_owned()
        }
    };
    let line = |line: &str| line.split(' ').map(word).collect::<Vec<_>>().join(" ") + "\n";
    said.lines().map(line).collect()
}
