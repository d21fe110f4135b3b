//! The product's first sentence, over functions that are processes of their own: started by what comes for them, and gone when
//! nothing does.

use crate::{
    installation::{Installation, api_at, runs},
    kit::until,
    window::Window,
};
use house_tests::Api;
use jiff::{Timestamp, ToSpan, Zoned, civil::DateTime};
use reqwest::Method;
use serde_json::{Value, json};
use testkit::smtp::SmtpServer;

const LINE: &str = "call mom every Sunday at 3pm, remind me 15 minutes before";
const ZONE: &str = "Europe/Berlin";

fn now() -> Zoned {
    Timestamp::now().in_tz(ZONE).unwrap()
}

fn due(task: &Value) -> DateTime {
    task["due"]["at"].as_str().unwrap().parse().unwrap()
}

fn text(value: &Value) -> String {
    value.as_str().unwrap().to_owned()
}

/// Asks, which must go well.
async fn ask(ann: &Api, method: Method, path: &str, body: Value) -> Value {
    let answer = ann.request(method, path).json(&body).send().await.unwrap();
    let (status, text) = (answer.status(), answer.text().await.unwrap());
    assert!(status.is_success(), "{path}: {status} {text}");
    serde_json::from_str(&text).unwrap_or_default()
}

/// Adds a task by a line, as the page's quick add does.
async fn add(ann: &Api, line: &str) -> String {
    let now = now().strftime("%Y-%m-%dT%H:%M:%S%:z").to_string();
    let asked = json!({ "text": line, "mode": "add", "now": now, "time_zone": ZONE });
    let read = ask(ann, Method::POST, "/interpret", asked).await;
    let command = read["items"][0]["command"].clone();
    let done = json!({ "mode": "all", "commands": [command] });
    let done = ask(ann, Method::POST, "/commands", done).await;
    text(&done["results"][0]["id"])
}

/// Puts it off so that it is to be told of in some seconds: she wants to be called in a quarter of an hour.
async fn soon(ann: &Api, task: &str, seconds: i64) {
    let at = now() + 15.minutes().seconds(seconds);
    let at = at.strftime("%Y-%m-%dT%H:%M:%S").to_string();
    let due = json!({ "due": { "at": at, "time_zone": ZONE } });
    ask(ann, Method::PATCH, &format!("/tasks/{task}"), due).await;
}

/// The open tasks.
async fn open(ann: &Api) -> Vec<String> {
    let page = ann.get("/tasks?status=open&hidden=true").await;
    let items = page["items"].as_array().unwrap();
    items.iter().map(|task| text(&task["id"])).collect()
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn r_3_1_the_first_sentence_over_functions_that_are_started_by_what_comes_for_them() {
    let Some(mut installation) = Installation::new().await else {
        return;
    };
    let mail = SmtpServer::start().await.unwrap();
    installation.set("ERRAND_MAIL_URL", mail.url());
    installation.set("ERRAND_MAIL_TO", "ann@example.org");
    installation.set("ERRAND_ZONE", ZONE);
    let mut cloud = installation.start(
        &["dispatch", "--scale-to-zero", "--idle", "1"],
        "127.0.0.1:0",
    );
    let base = cloud.address();
    assert_eq!(cloud.names(), ["clock"], "nothing else runs");
    let ann = api_at(&installation, &base);
    let page = ann.http.get(&base).send().await.unwrap();
    assert!(page.status().is_success());
    let (one, two) = (Window::socket(&ann).await, Window::stream(&ann).await);

    // It is there, in both windows.
    let first = add(&ann, LINE).await;
    let is = |kind: &'static str, task: &str| {
        let task = task.to_owned();
        move |event: &Value| event["type"] == kind && event["subject"] == task.as_str()
    };
    let created = is("errand.task.created.v1", &first);
    for window in [&one, &two] {
        let made = window.sees("the new task", &created).await;
        assert_eq!(made["data"]["after"]["title"], "call mom");
    }
    let sunday = due(&ann.get(&format!("/tasks/{first}")).await);
    assert_eq!(sunday.strftime("%A %H:%M").to_string(), "Sunday 15:00");

    // The mail comes at its moment.
    soon(&ann, &first, 4).await;
    let sent = mail.wait_for(1).await;
    assert_eq!(sent[0].to, ["ann@example.org"]);
    assert!(sent[0].data.contains("call mom"), "{}", sent[0].data);

    // Ticked off, next Sunday's is there: by the rule, not by the day it was put off to.
    ask(
        &ann,
        Method::POST,
        &format!("/tasks/{first}/complete"),
        Value::Null,
    )
    .await;
    let next_is = |event: &Value| {
        event["type"] == "errand.task.created.v1" && event["subject"] != first.as_str()
    };
    let next = two.sees("the next occurrence", next_is).await;
    let next = text(&next["subject"]);
    let after = due(&ann.get(&format!("/tasks/{next}")).await);
    assert_eq!(after, sunday.checked_add(7.days()).unwrap());
    assert_eq!(open(&ann).await, std::slice::from_ref(&next));

    // Taken back, in both windows.
    ask(&ann, Method::POST, "/undo", json!({})).await;
    for window in [&one, &two] {
        let gone = is("errand.task.deleted.v1", &next);
        window.sees("the next one goes", gone).await;
    }
    assert_eq!(open(&ann).await, std::slice::from_ref(&first));
    until("both windows show the same", async || {
        one.ids().ends_with(&two.ids()) // the second opened later
    })
    .await;
    let history = ann.get(&format!("/tasks/{first}/history")).await;
    let kinds = history["items"].as_array().unwrap().iter();
    let kinds: Vec<_> = kinds.map(|event| text(&event["type"])).collect();
    for kind in ["created", "changed", "completed"] {
        let name = format!("errand.task.{kind}.v1");
        assert!(kinds.contains(&name), "{kind}: {kinds:?}");
    }

    // With all windows closed nothing runs; a moment that comes starts what it needs.
    soon(&ann, &first, 5).await;
    drop((one, two));
    until("only the clock is left", async || {
        cloud.names() == ["clock"]
    })
    .await;
    assert_eq!(mail.wait_for(2).await.len(), 2);
    until("only the clock is left again", async || {
        cloud.names() == ["clock"]
    })
    .await;
    let children = cloud.children();
    cloud.end();
    assert!(children.iter().all(|(pid, _)| !runs(*pid)));
    installation.run(&["verify"]);
}
