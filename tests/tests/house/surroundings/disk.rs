//! A disk that is full: a small one of its own, mounted where nobody else sees it, with something on it that can go.

use crate::home::{Api, Home, PATIENCE};
use expect_test::expect;
use reqwest::Method;
use serde_json::{Value, json};
use std::process::{Command, Stdio};
use tokio::{
    io::{AsyncBufReadExt, AsyncWriteExt, BufReader, Lines},
    process::{Child, ChildStdin, ChildStdout},
};

/// A shell whose data folder is a disk of that many kilobytes. It goes, with all that runs in it, when this value goes.
struct SmallDisk {
    _shell: Child,
    say: ChildStdin,
    hear: Lines<BufReader<ChildStdout>>,
}

impl SmallDisk {
    /// `None` after saying that the test is skipped, where nothing can be mounted.
    async fn mount(home: &Home, kilobytes: u32) -> Option<Self> {
        std::fs::create_dir_all(home.data()).expect("a folder");
        let mut command = Command::new("unshare");
        command.args(["--mount", "--pid", "--fork", "--kill-child", "sh"]);
        home.surround(&mut command);
        command.env("ERRAND", home.errand(&[]).get_program());
        command.stdin(Stdio::piped()).stdout(Stdio::piped());
        let mut command = tokio::process::Command::from(command);
        let shell = command.kill_on_drop(true).stderr(Stdio::null()).spawn();
        let mounted = async {
            let mut shell = shell.ok()?;
            let (say, hear) = (shell.stdin.take()?, shell.stdout.take()?);
            let mut disk = Self {
                _shell: shell,
                say,
                hear: BufReader::new(hear).lines(),
            };
            let mount =
                format!("mount -t tmpfs -o size={kilobytes}k,mode=700 none \"$ERRAND_DATA\"");
            (disk.ask(&format!("{mount} && echo mounted")).await? == "mounted").then_some(disk)
        };
        let mounted = mounted.await;
        if mounted.is_none() {
            testkit::skip::skipped("a small disk cannot be mounted here (unshare, mount)");
        }
        mounted
    }

    /// Has the shell do something, and answers the first line that comes of it; nothing when the shell ends instead.
    async fn ask(&mut self, command: &str) -> Option<String> {
        self.say
            .write_all(format!("{command}\n").as_bytes())
            .await
            .ok()?;
        let line = tokio::time::timeout(PATIENCE, self.hear.next_line()).await;
        line.expect("an answer").ok()?
    }

    /// Everything that a command says, and how it ends.
    async fn run(&mut self, command: &str) -> String {
        let marked = format!("{command} 2>&1 && echo '(end)' || echo '(end, and it failed)'");
        let mut line = self.ask(&marked).await.expect("a shell");
        let mut said = String::new();
        while !line.ends_with("(end)") && !line.ends_with("(end, and it failed)") {
            said = format!("{said}{line}\n");
            line = self.hear.next_line().await.expect("text").expect("a shell");
        }
        said + line.strip_prefix("(end)").map_or("(it failed)\n", |_| "")
    }
}

/// A write of some size, and what was answered: the status, when to try again, the words.
async fn add(api: &Api, title: &str, kilobytes: usize) -> (u16, String) {
    let task = json!({ "title": title, "notes": "n".repeat(kilobytes * 1_024) });
    let sent = api.request(Method::POST, "/tasks").json(&task).send().await;
    let response = sent.expect("an answer");
    let again = response.headers().get("retry-after").cloned();
    let again = again.map(|seconds| format!("Retry-After: {}\n", seconds.to_str().expect("text")));
    (
        response.status().as_u16(),
        again.unwrap_or_default() + &response.text().await.expect("text"),
    )
}

#[tokio::test]
async fn a_full_disk_writes_nothing_by_halves_and_goes_on_when_there_is_room() {
    let Some(home) = Home::new() else { return };
    // What goes later leaves room for what a clean stop moves from the write-ahead logs into the two databases.
    let Some(mut disk) = SmallDisk::mount(&home, 10_240).await else {
        return;
    };
    disk.run("head -c 8388608 /dev/zero > \"$ERRAND_DATA/ballast\"")
        .await;
    let link = disk.ask("\"$ERRAND\" serve 2>errors &").await;
    assert!(link.expect("a line").starts_with("Errand is at "));
    for _ in 0..2 {
        disk.hear.next_line().await.expect("text"); // the rest of the greeting
    }
    let token = disk
        .ask("cat \"$ERRAND_DATA/token\"")
        .await
        .expect("a token");
    let api = Api::new(home.port, token);

    let mut written = Vec::new();
    let refused = loop {
        let title = format!("task {}", written.len());
        match add(&api, &title, 90).await {
            (201, _) => written.push(title),
            (status, said) => break (status, said),
        }
        assert!(written.len() < 100, "the disk never was full");
    };
    expect![[r#"
        503
        Retry-After: 10
        {"code":"unavailable","detail":"The disk of the database is full. Nothing was changed; make room, then try again.","status":503,"title":"Not now","type":"urn:errand:problem:unavailable"}"#]].assert_eq(&format!("{}\n{}", refused.0, refused.1));
    assert_eq!(
        titles(&api).await,
        written,
        "reading goes on, and nothing is there by halves"
    );

    disk.run("rm \"$ERRAND_DATA/ballast\"").await;
    let (status, said) = add(&api, "after", 90).await;
    assert_eq!(status, 201, "{said}");
    written.push("after".to_owned());
    assert_eq!(titles(&api).await, written);

    let stopped = disk.run("kill $!; wait $!").await;
    assert_eq!(stopped, "", "{}", disk.run("cat errors").await);
    expect![[r#"
        The tables are what the log says.
    "#]]
    .assert_eq(&disk.run("\"$ERRAND\" rebuild --check").await);
    let verified = disk.run("\"$ERRAND\" verify").await;
    assert!(verified.starts_with("Intact: events "), "{verified}");
}

async fn titles(api: &Api) -> Vec<String> {
    let mut tasks = api.all("/tasks?sort=created").await;
    tasks.sort_by_key(|task| task["created_at"].to_string());
    let title = |task: &Value| task["title"].as_str().expect("a title").to_owned();
    tasks.iter().map(title).collect()
}

#[tokio::test]
async fn a_disk_that_is_full_at_the_start() {
    let Some(home) = Home::new() else { return };
    let Some(mut disk) = SmallDisk::mount(&home, 64).await else {
        return;
    };
    let mut said = disk.run("\"$ERRAND\" serve").await;
    // Not even a key can be kept.
    disk.run("rm \"$ERRAND_DATA\"/*; head -c 70000 /dev/zero > \"$ERRAND_DATA/ballast\"")
        .await;
    said += &disk.run("\"$ERRAND\" serve").await;
    expect![[r#"
        errand: the disk of the database HOME/data/errand.db is full: make room, then start again: error returned from database: (code: 13) database or disk is full
        (it failed)
        errand: ERRAND_DATA: nothing can be written into the folder HOME/data: is it this user's, and is there room? --data chooses another: No space left on device (os error 28)
        (it failed)
    "#]].assert_eq(&home.names(&said));
}

#[tokio::test]
async fn a_backup_that_does_not_fit_leaves_nothing_behind() {
    let Some(mut home) = Home::new() else { return };
    let Some(mut disk) = SmallDisk::mount(&home, 64).await else {
        return;
    };
    let full = home.data();
    home.set("ERRAND_DATA", home.path("elsewhere").display().to_string());
    home.run(&["add", "water the plants"]).await;
    let elsewhere = home.path("elsewhere").display().to_string();
    let backup = format!("\"$ERRAND\" --data {elsewhere} backup \"$ERRAND_DATA/backup.db\"");
    let said = disk.run(&backup).await + &disk.run(&format!("ls {}", full.display())).await;
    expect![[r#"
        errand: the backup HOME/data/backup.db cannot be written: the disk of the database is full: error returned from database: (code: 13) database or disk is full
        (it failed)
    "#]].assert_eq(&home.names(&said));
}
