//! export --all and import: a whole house to another database.

use super::{
    check, done,
    keeping::{has, number, write},
    moving::furnished,
};
use crate::home::Home;
use expect_test::expect;
use jiff::{SignedDuration, Timestamp};
use reqwest::Method;
use serde_json::json;
use std::fs;
use testkit::smtp::SmtpServer;
use tokio_util::sync::CancellationToken;

/// Everything of a home, as it is exported now.
async fn everything(home: &Home) -> String {
    done(home, &["export", "--all", "everything.ndjson"]).await;
    fs::read_to_string(home.path("everything.ndjson")).expect("it was written")
}

/// Says which line is the first to differ, not all of both.
fn same(one: &str, other: &str) {
    for (one, other) in one.lines().zip(other.lines()) {
        assert_eq!(one, other);
    }
    assert_eq!(one.lines().count(), other.lines().count());
    assert!(one == other);
}

async fn in_order(home: &Home) {
    let said = done(home, &["verify"]).await;
    assert!(said.starts_with("Intact"), "{said}");
    let said = done(home, &["rebuild", "--check"]).await;
    assert_eq!(said, "The tables are what the log says.\n");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn r_6_4_everything_moves_to_postgresql_and_back_while_writes_go_on() {
    let Some(old) = furnished().await else { return };
    let Some(database) = testkit::postgres::database().await else {
        return;
    };
    let (Some(mut new), Some(back)) = (Home::new(), Home::new()) else {
        return;
    };
    new.set("ERRAND_DATABASE_URL", &database.url);
    let server = old.serve().await;
    let stop = CancellationToken::new();
    let writing = tokio::spawn(write(server.api.clone(), stop.clone()));
    while !has(&server.api, "task 5").await {}
    let first = old.path("first.ndjson").display().to_string();
    done(&old, &["export", "--all", &first]).await;
    let moved = done(&new, &["import", &first]).await;
    assert!(moved.starts_with("Imported. People: 1."), "{moved}");
    stop.cancel();
    let written = writing.await.expect("no panic");
    let cursor = server.api.get("/changes?after=now").await["cursor"].clone();
    let tasks = server.api.all("/tasks?status=all").await;
    assert!(tasks.len() > written);
    server.stop().await;
    let rest = old.path("rest.ndjson").display().to_string();
    done(&old, &["export", "--all", "--since", &first, &rest]).await;
    done(&new, &["import", &rest]).await;
    let all = everything(&old).await;
    same(&all, &everything(&new).await);
    in_order(&new).await;

    let server = new.serve().await;
    assert_eq!(server.api.all("/tasks?status=all").await, tasks);
    let cursor = cursor.as_str().expect("a cursor");
    let gone = server
        .api
        .request(Method::GET, &format!("/changes?after={cursor}"));
    assert_eq!(gone.send().await.expect("an answer").status(), 410);
    let more = json!({ "title": "written on PostgreSQL" });
    let made = server.api.request(Method::POST, "/tasks").json(&more);
    assert_eq!(made.send().await.expect("an answer").status(), 201);
    server.stop().await;
    let all = everything(&new).await;
    let through_a_pipe = back.run_with(&["import"], &all).await;
    assert_eq!(through_a_pipe.code, Some(0), "{through_a_pipe}");
    same(&all, &everything(&back).await);
    in_order(&back).await;
    let server = back.serve().await;
    assert!(has(&server.api, "written on PostgreSQL").await);
    server.stop().await;
    in_order(&back).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn r_6_4_the_log_of_a_house_that_moved_verifies_and_what_the_witness_did_not_see_is_said() {
    let (Some(old), Some(new)) = (furnished().await, Home::new()) else {
        return;
    };
    let all = everything(&old).await;
    // Somebody tried it here before, and removed the database alone.
    done(&new, &["add", "buy milk"]).await;
    for end in ["", "-wal", "-shm", "-lock"] {
        let _may_be_gone = fs::remove_file(new.data().join(format!("errand.db{end}")));
    }
    let moved = new.run_with(&["import"], &all).await;
    assert_eq!(moved.code, Some(0), "{moved}");
    assert!(moved.out.contains("The witness's copy of the log that was here before is kept as HOME/data/witness.before-"), "{moved}");
    assert!(
        moved.out.contains("The witness watches from now on"),
        "{moved}"
    );
    let said = done(&new, &["verify"]).await;
    assert!(said.starts_with("Intact"), "{said}");
    let lines = number(&said, "events ");
    assert_eq!(number(&said, "before: "), lines, "{said}");
    // What comes since is seen no more than the first part was.
    old.serve().await.stop().await;
    done(&old, &["add", "buy bread"]).await;
    fs::write(old.path("first.ndjson"), &all).expect("a file");
    let rest = done(&old, &["export", "--all", "--since", "first.ndjson"]).await;
    let moved = new.run_with(&["import"], &rest).await;
    assert_eq!(moved.code, Some(0), "{moved}");
    let said = done(&new, &["verify"]).await;
    assert!(
        said.starts_with("Intact") && number(&said, "events ") > lines,
        "{said}"
    );
    assert_eq!(
        number(&said, "before: "),
        number(&said, "events "),
        "{said}"
    );
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_reminder_that_was_due_before_a_move_does_not_come_after_it() {
    let (Some(old), Some(mut new)) = (Home::new(), Home::new()) else {
        return;
    };
    let mail = SmtpServer::start().await.expect("a port");
    new.set("ERRAND_MAIL_URL", mail.url());
    new.set("ERRAND_MAIL_TO", "ann@example.org");
    let server = old.serve().await;
    let soon = Timestamp::now() + SignedDuration::from_secs(3);
    let late = Timestamp::now() + SignedDuration::from_secs(3600);
    for (title, at) in [("call mom", soon), ("call aunt", late)] {
        let task = json!({ "title": title, "reminders": [{ "at": at }] });
        let made = server.api.request(Method::POST, "/tasks").json(&task);
        assert_eq!(made.send().await.expect("an answer").status(), 201);
    }
    server.kill().await;
    let all = everything(&old).await;
    while Timestamp::now() <= soon {
        tokio::time::sleep(std::time::Duration::from_millis(50)).await;
    }
    let said = new.run_with(&["import"], &all).await.to_string();
    assert!(
        said.contains("Reminders that were due until now are marked as skipped at the next start."),
        "{said}"
    );
    let server = new.serve().await;
    let now = json!({ "title": "call dad", "reminders": [{ "at": Timestamp::now() }] });
    let made = server.api.request(Method::POST, "/tasks").json(&now);
    assert_eq!(made.send().await.expect("an answer").status(), 201);
    let mails = mail.wait_for(1).await;
    assert!(
        mails.iter().all(|mail| mail.data.contains("call dad")),
        "{mails:?}"
    );
    let left = server.api.get("/reminders").await;
    assert_eq!(left["items"][0]["title"], "call aunt");
    assert_eq!(left["items"].as_array().map(Vec::len), Some(1));
    server.stop().await;
}

#[tokio::test]
async fn what_does_not_fit_is_not_imported() {
    let (Some(old), Some(new)) = (Home::new(), Home::new()) else {
        return;
    };
    done(&old, &["add", "buy milk"]).await;
    let all = everything(&old).await;
    let half: Vec<_> = all.lines().take(9).collect();
    let half = half.join("\n");
    let newer = all.replacen("\"version\":1", "\"version\":2", 1);
    let altered = all.replacen("buy milk", "buy beer", 1);
    let mut said = String::new();
    for (what, input) in [
        ("half of it", &half),
        ("a newer one", &newer),
        ("an altered one", &altered),
    ] {
        let answer = new.run_with(&["import"], input).await;
        let words = answer.to_string();
        let stream = words.find("stream ").map(|at| &words[at + 7..at + 43]);
        said = format!(
            "{said}{what}: {}",
            words.replace(stream.unwrap_or("-"), "ID")
        );
    }
    expect![[r#"
        half of it: errand: standard input cannot be imported: it was cut off: after line 9 more should come
        (exit code 1)
        a newer one: errand: standard input cannot be imported: it was written by a newer version of Errand: import it with that version
        (exit code 1)
        an altered one: errand: standard input cannot be imported: its log does not hold: stream ID: the content of line 2 was altered
        (exit code 1)
    "#]].assert_eq(&said);
    // Nothing of it is there: the whole is taken in.
    let whole = new.run_with(&["import"], &all).await;
    assert_eq!(whole.code, Some(0), "{whole}");
    check(&old, &["import", "everything.ndjson"], expect![[r#"
        errand: everything.ndjson cannot be imported: there is something in this database already: import everything into an empty one, or what came since by `errand export --all --since`
        (exit code 1)
    "#]]).await;
    let server = new.serve().await;
    let refused = new.run_with(&["import"], &all).await.to_string();
    assert!(
        refused.contains("another errand serves HOME/data: stop that one first"),
        "{refused}"
    );
    server.stop().await;
    check(
        &old,
        &["export", "--all", "--since", "nowhere.ndjson"],
        expect![[r#"
            errand: nowhere.ndjson cannot be read: No such file or directory (os error 2)
            (exit code 1)
        "#]],
    )
    .await;
    fs::write(old.path("mine.json"), done(&old, &["export"]).await).expect("a file");
    check(
        &old,
        &["export", "--all", "--since", "mine.json"],
        expect![[r#"
            errand: mine.json cannot be used: it is not what `errand export --all` writes
            (exit code 1)
        "#]],
    )
    .await;
}
