//! add, today, done and token, with and without a running errand.

use super::{check, done};
use crate::home::Home;
use expect_test::{Expect, expect};
use reqwest::{Method, StatusCode};
use std::{io::Read, process::Stdio};

/// The same words, whether errand runs or not.
async fn a_day(home: &Home) {
    let lines: [&[&str]; 9] = [
        &["today"],
        &["add", "buy milk !high"],
        &["add", "buy", "bread", "+Groceries"],
        &["add", "pay rent on 1 december 2036"],
        &["add", "  "],
        &["done", "buy"],
        &["done", "milk"],
        &["done", "milk"],
        &["today"],
    ];
    let mut day = String::new();
    for line in lines {
        day = format!("{day}$ errand {}\n{}", line.join(" "), home.run(line).await);
    }
    A_DAY.assert_eq(&day);
}

const A_DAY: Expect = expect![[r#"
    $ errand today
    All done for today.
    $ errand add buy milk !high
    !                   buy milk
    $ errand add buy bread +Groceries
                        buy bread
    There is no list "Groceries"; the task goes into the inbox.
    $ errand add pay rent on 1 december 2036
      2036-12-01        pay rent
    $ errand add   
    errand: What shall it be called?
    (exit code 1)
    $ errand done buy
    !                   buy milk
                        buy bread
    errand: Several tasks fit "buy". Say more of the title.
    (exit code 1)
    $ errand done milk
    Done: buy milk
    $ errand done milk
    errand: No open task fits "milk". `errand today` shows what is due.
    (exit code 1)
    $ errand today
    All done for today.
"#]];

#[tokio::test]
async fn a_day_while_errand_does_not_run() {
    let Some(home) = Home::new() else { return };
    a_day(&home).await;
}

#[tokio::test]
async fn a_day_while_errand_runs() {
    let Some(home) = Home::new() else { return };
    let server = home.serve().await;
    a_day(&home).await;
    let tasks = server.api.all("/tasks?status=all").await;
    assert_eq!(tasks.len(), 3, "it was this errand that was asked");
    server.stop().await;
}

#[tokio::test]
async fn a_command_finds_errand_also_behind_the_settings_of_a_proxy() {
    let Some(mut home) = Home::new() else { return };
    home.set("http_proxy", "http://127.0.0.1:9");
    home.set("HTTP_PROXY", "http://127.0.0.1:9");
    let server = home.serve().await;
    done(&home, &["add", "buy milk"]).await;
    let tasks = server.api.all("/tasks?status=all").await;
    assert_eq!(tasks.len(), 1);
    server.stop().await;
}

#[tokio::test]
async fn r_3_2_the_next_occurrence_is_there_after_done() {
    let Some(home) = Home::new() else { return };
    done(&home, &["add", "water the plants every day"]).await;
    let first = done(&home, &["today"]).await;
    done(&home, &["done", "water"]).await;
    let export = done(&home, &["export"]).await;
    let export: serde_json::Value = serde_json::from_str(&export).expect("JSON");
    let tasks = export["tasks"].as_array().expect("tasks");
    let states: Vec<_> = tasks.iter().map(|task| task["status"].as_str()).collect();
    assert_eq!(states, [Some("done"), Some("open")], "{first}");
    // Several in a row, each by a process of its own.
    for _ in 0..3 {
        done(&home, &["done", "water"]).await;
    }
}

#[tokio::test]
async fn r_6_1_a_token_for_a_program() {
    let Some(home) = Home::new() else { return };
    let server = home.serve().await;
    let token = done(
        &home,
        &["token", "--name", "dashboard", "--scopes", "tasks:read"],
    )
    .await;
    let api = crate::home::Api::new(home.port, token.trim().to_owned());
    assert!(api.all("/tasks?status=all").await.is_empty());
    let write = api
        .request(Method::POST, "/tasks")
        .json(&serde_json::json!({ "title": "x" }));
    assert_eq!(write.send().await.unwrap().status(), StatusCode::FORBIDDEN);
    check(&home, &["token", "--scopes", "everything"], expect![[r#"
        errand: There is no such scope. There are: tasks:read, tasks:write, tasks:delete, assistant, events:read, audit:read, account, calendar:read, confirm:agent.
        (exit code 1)
    "#]]).await;
    check(
        &home,
        &["token", "--name", ""],
        expect![[r#"
        errand: A token's name has 1 to 60 characters on one line.
        (exit code 1)
    "#]],
    )
    .await;
    server.stop().await;
    // Made while errand did not run, it works when it does.
    let token = done(&home, &["token"]).await;
    let server = home.serve().await;
    let api = crate::home::Api::new(home.port, token.trim().to_owned());
    assert!(api.all("/tasks?status=all").await.is_empty());
    server.stop().await;
}

#[tokio::test]
async fn r_6_1_a_link_signs_one_browser_in_once() {
    let Some(home) = Home::new() else { return };
    let server = home.serve().await;
    let link = done(&home, &["token", "--link"]).await;
    let link = link.replace("PORT", &home.port.to_string());
    for link in [server.link.as_str(), link.trim()] {
        let visit = async |accept: &str| {
            let http = reqwest::Client::builder().no_proxy();
            let http = http.redirect(reqwest::redirect::Policy::none()).build();
            let get = http.unwrap().get(link).header("accept", accept);
            get.send().await.unwrap()
        };
        let first = visit("text/html").await;
        assert_eq!(first.status(), StatusCode::SEE_OTHER, "{link}");
        assert!(first.headers().contains_key("set-cookie"));
        let second = visit("text/html").await;
        assert_eq!(second.status(), StatusCode::UNAUTHORIZED);
        let page = second.text().await.unwrap();
        assert!(page.contains("<pre>errand token --link</pre>"), "{page}");
        let third = visit("*/*").await;
        assert_eq!(third.status(), StatusCode::UNAUTHORIZED);
        let problem: serde_json::Value = third.json().await.unwrap();
        assert_eq!(problem["code"], "unauthenticated");
        expect![
            "This link was used already, or is too old. `errand token --link` prints a new one."
        ]
        .assert_eq(problem["detail"].as_str().unwrap());
    }
    server.stop().await;
}

#[tokio::test]
async fn a_reader_that_has_heard_enough_is_no_fault() {
    let Some(home) = Home::new() else { return };
    for n in 0..3 {
        done(&home, &["add", &format!("task {n} today")]).await;
    }
    for arguments in [&["export"][..], &["today"], &["--help"], &["verify"]] {
        let mut command = home.errand(arguments);
        let mut child = command
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .spawn()
            .unwrap();
        drop(child.stdout.take()); // like `| head -0`
        let ended = child.wait().unwrap();
        let mut said = String::new();
        child.stderr.unwrap().read_to_string(&mut said).unwrap();
        assert_eq!(
            (ended.code(), said.as_str()),
            (Some(0), ""),
            "{arguments:?}"
        );
    }
}
