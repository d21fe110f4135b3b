//! What it says of an installation.

use super::{check, done};
use crate::home::Home;
use expect_test::expect;
use sqlx::{Connection, Executor, SqliteConnection};
use std::fs;
use testkit::smtp::SmtpServer;

#[tokio::test]
async fn a_new_machine_has_nothing_yet() {
    let Some(home) = Home::new() else { return };
    check(
        &home,
        &["doctor"],
        expect![[r#"
            ok    program       0.1.0
            wrong database      there is none at HOME/data/errand.db: start errand once, or name the right folder with --data
            -     Kafka         not set up: events stay in one process
            -     mail          not set up: reminders show on the open page
            -     sidecar       not set up
            1 thing is wrong.
            (exit code 1)
        "#]],
    )
    .await;
    assert!(!home.data().exists(), "it makes nothing");
}

#[tokio::test]
async fn while_it_serves_and_when_it_does_not() {
    let Some(mut home) = Home::new() else { return };
    let mails = SmtpServer::start().await.unwrap();
    home.set("ERRAND_MAIL_URL", mails.url());
    done(&home, &["add", "buy milk"]).await;
    let said = |relay: &str| {
        format!(
            "ok    program       0.1.0\n\
             ok    database      HOME/data/errand.db, its tables are up to date\n\
             ok    clock         as the database's\n\
             ok    outbox        empty\n\
             {relay}\n\
             ok    dead letters  none\n\
             -     Kafka         not set up: events stay in one process\n\
             ok    mail          {} answers\n\
             -     sidecar       not set up\n\
             All is well.\n",
            mails.address()
        )
    };
    let told = home.run(&["doctor"]).await.to_string();
    assert_eq!(
        told,
        said("-     relay         nobody serves this folder now")
    );
    let _server = home.serve().await;
    let told = home.run(&["doctor"]).await.to_string();
    assert_eq!(told, said("ok    relay         somebody publishes"));
}

#[tokio::test]
async fn what_is_wrong_is_said_with_what_to_do() {
    let Some(mut home) = Home::new() else { return };
    done(&home, &["add", "buy milk"]).await;
    home.set("ERRAND_MAIL_URL", "smtp://127.0.0.1:1");
    home.set("DAPR_HTTP_PORT", "1");
    home.set("ERRAND_DOCTOR_SUBSCRIPTIONS", "recur=task.created");
    let said = home
        .run(&["doctor", "--to", "recur=http://127.0.0.1:1"])
        .await;
    assert_eq!(said.code, Some(1));
    let line = |begin: &str| {
        let found = said.out.lines().find(|line| line.starts_with(begin));
        found.unwrap_or_else(|| panic!("no {begin:?}: {said}"))
    };
    assert!(line("wrong mail").ends_with("see ERRAND_MAIL_URL"));
    assert!(line("wrong sidecar").contains("127.0.0.1:1"));
    assert!(line("wrong recur").contains("127.0.0.1:1"));
    assert!(line("wrong subscriptions").ends_with("install the chart of this release"));
    assert!(said.out.ends_with("4 things are wrong.\n"), "{said}");
}

#[tokio::test]
async fn tables_of_another_release_are_left_as_they_are() {
    let Some(home) = Home::new() else { return };
    done(&home, &["add", "buy milk"]).await;
    let file = home.data().join("errand.db");
    let change = async |sql: &'static str| {
        let url = format!("sqlite:{}", file.display());
        let mut connection = SqliteConnection::connect(&url).await.unwrap();
        connection.execute(sql).await.unwrap();
        connection.close().await.unwrap();
    };
    let database = async || {
        let said = home.run(&["doctor"]).await;
        assert_eq!(said.code, Some(1));
        said.out.lines().nth(1).unwrap().to_owned()
    };
    change("update _sqlx_migrations set version = 9000 where version = 1").await;
    assert_eq!(
        database().await,
        "wrong database      the database HOME/data/errand.db was written by a newer version of Errand (its step 9000 is unknown here): start that version"
    );
    change("delete from _sqlx_migrations where version = 9000").await;
    let behind = database().await;
    assert!(
        behind.ends_with(" is behind this release (steps: 1): errand migrate"),
        "{behind}"
    );
    fs::remove_file(&file).unwrap();
    for beside in ["errand.db-wal", "errand.db-shm"] {
        let _gone = fs::remove_file(home.data().join(beside));
    }
    fs::write(&file, "").unwrap();
    assert_eq!(
        database().await,
        "wrong database      HOME/data/errand.db has no tables: errand migrate"
    );
    assert_eq!(
        done(&home, &["migrate"]).await,
        "The tables are up to date.\n"
    );
    let healed = done(&home, &["doctor"]).await;
    assert!(healed.ends_with("All is well.\n"), "{healed}");
}
