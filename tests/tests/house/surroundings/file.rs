//! The database's file: not writable, not a database, damaged, of a newer version.

use super::{bound, forbid};
use crate::home::Home;
use expect_test::{Expect, expect};
use reqwest::Method;
use serde_json::json;
use sqlx::{Connection, SqliteConnection};
use std::{
    fs::File,
    io::{Seek, SeekFrom, Write},
    path::Path,
};

/// A home in which something was written.
async fn lived_in() -> Option<Home> {
    let home = Home::new()?;
    let added = home.run(&["add", "water the plants"]).await;
    assert_eq!(added.code, Some(0), "{added}");
    Some(home)
}

/// What each of these says; all of them refuse.
async fn check(home: &Home, expected: Expect) {
    let mut said = Vec::new();
    for arguments in [&["serve"][..], &["today"], &["add", "x"], &["verify"]] {
        let Some(command) = bound(home, arguments) else {
            return;
        };
        let one = home.said(command).await;
        assert_eq!((one.code, one.out.as_str()), (Some(1), ""), "{arguments:?}");
        said.push(one.err);
    }
    said.dedup();
    expected.assert_eq(&said.concat());
}

#[tokio::test]
async fn the_data_folder_cannot_be_made() {
    let Some(home) = Home::new() else { return };
    std::fs::write(home.data(), "a file").unwrap();
    check(&home, expect![[r#"
        errand: ERRAND_DATA: the folder HOME/data cannot be made; choose another with --data: File exists (os error 17)
        errand: there is no database HOME/data/errand.db: is --data (ERRAND_DATA) the right folder?
    "#]]).await;
}

#[tokio::test]
async fn the_data_folder_cannot_be_written() {
    let Some(home) = Home::new() else { return };
    std::fs::create_dir(home.data()).unwrap();
    forbid(&home.data(), 0o500);
    check(&home, expect![[r#"
        errand: ERRAND_DATA: nothing can be written into the folder HOME/data: is it this user's, and is there room? --data chooses another: Permission denied (os error 13)
        errand: there is no database HOME/data/errand.db: is --data (ERRAND_DATA) the right folder?
    "#]]).await;
}

#[tokio::test]
async fn the_database_is_read_only() {
    let Some(home) = lived_in().await else { return };
    forbid(&home.data().join("errand.db"), 0o400);
    check(&home, expect![[r#"
        errand: the database HOME/data/errand.db is read-only: make the file and its folder writable for this user: error returned from database: (code: 8) attempt to write a readonly database
    "#]]).await;
    forbid(&home.data().join("errand.db"), 0o600);
    let today = home.run(&["export"]).await;
    assert!(today.out.contains("water the plants"), "{today}");
}

#[tokio::test]
async fn the_file_is_not_a_database() {
    let Some(home) = Home::new() else { return };
    std::fs::create_dir(home.data()).unwrap();
    let file = home.data().join("errand.db");
    let letter = "Dear Ann, this is a letter and not a database. ".repeat(100);
    std::fs::write(&file, &letter).unwrap();
    check(&home, expect![[r#"
        errand: the file HOME/data/errand.db is not a database of Errand, or it is damaged: restore a backup, or move it away to start anew: error returned from database: (code: 26) file is not a database
    "#]]).await;
    assert_eq!(
        std::fs::read_to_string(&file).unwrap(),
        letter,
        "left alone"
    );
}

#[tokio::test]
async fn r_7_6_a_damaged_database_is_said_and_a_backup_takes_its_place() {
    let Some(home) = lived_in().await else { return };
    assert_eq!(home.run(&["backup", "backup.db"]).await.code, Some(0));
    overwrite(&home.data().join("witness.db"));
    overwrite(&home.data().join("errand.db"));
    check(&home, expect![[r#"
        errand: the file HOME/data/errand.db is not a database of Errand, or it is damaged: restore a backup, or move it away to start anew: error returned from database: (code: 11) database disk image is malformed
    "#]]).await;
    is_restored(&home).await;
}

#[tokio::test]
async fn the_database_is_of_a_newer_version() {
    let Some(home) = lived_in().await else { return };
    for (file, expected) in [
        (
            "witness.db",
            expect![[r#"
        errand: the witness cannot open its copy of the log: the database HOME/data/witness.db was written by a newer version of Errand (its step 4000 is unknown here): start that version
    "#]],
        ),
        (
            "errand.db",
            expect![[r#"
        errand: the database HOME/data/errand.db was written by a newer version of Errand (its step 4000 is unknown here): start that version
    "#]],
        ),
    ] {
        let address = format!("sqlite:{}", home.data().join(file).display());
        let mut connection = SqliteConnection::connect(&address).await.unwrap();
        let step = "insert into _sqlx_migrations (version, description, success, checksum, execution_time) \
            values (4000, 'of tomorrow', true, x'00', 1)";
        sqlx::raw_sql(step).execute(&mut connection).await.unwrap();
        connection.close().await.unwrap();
        check(&home, expected).await;
    }
}

/// A backup is put in the place of whatever is there.
async fn is_restored(home: &Home) {
    let restored = home.run(&["restore", "backup.db"]).await;
    assert_eq!(restored.code, Some(0), "{restored}");
    let export = home.run(&["export"]).await;
    assert!(export.out.contains("water the plants"), "{export}");
    let verified = home.run(&["verify"]).await;
    assert_eq!(verified.code, Some(0), "{verified}");
}

/// Overwrites all but the first page, as a disk does that is dying.
fn overwrite(path: &Path) {
    let length = std::fs::metadata(path).unwrap().len();
    assert!(length > 8_192, "everything stands in the file itself");
    let mut file = File::options().write(true).open(path).unwrap();
    file.seek(SeekFrom::Start(4_096)).unwrap();
    let noise: Vec<u8> = (4_096..length).map(|at| (at * 31 % 251) as u8).collect();
    file.write_all(&noise).unwrap();
}

#[tokio::test]
async fn the_database_is_damaged_while_it_runs() {
    let Some(home) = lived_in().await else { return };
    let server = home.serve().await;
    overwrite(&home.data().join("errand.db"));
    let api = &server.api;
    let asked = [
        api.request(Method::GET, "/tasks?q=plants"),
        api.request(Method::POST, "/tasks")
            .json(&json!({ "title": "x" })),
    ];
    let mut said = String::new();
    for request in asked {
        let response = request.send().await.unwrap();
        let (status, words) = (response.status(), response.text().await.unwrap());
        said = format!("{said}{status}\n{words}\n");
    }
    expect![[r#"
        500 Internal Server Error
        {"code":"internal","detail":"The database is damaged. Nothing was changed. Stop errand, and put a backup in its place: errand restore FILE.","status":500,"title":"Our fault","type":"urn:errand:problem:internal"}
        500 Internal Server Error
        {"code":"internal","detail":"The database is damaged. Nothing was changed. Stop errand, and put a backup in its place: errand restore FILE.","status":500,"title":"Our fault","type":"urn:errand:problem:internal"}
    "#]].assert_eq(&said);
    server.kill().await;
}
