//! Open pages see the same, by socket, by stream, or by asking.

use crate::MONDAY;
use futures::{SinkExt, StreamExt, stream::SplitSink};
use house_tests::house;
use serde_json::{Value, json};
use std::{net::SocketAddr, time::Duration};
use testkit::Person;
use tokio::{
    net::TcpStream,
    sync::mpsc::{self, UnboundedReceiver},
};
use tokio_tungstenite::{
    MaybeTlsStream, WebSocketStream,
    tungstenite::{Message, client::IntoClientRequest},
};

type Line = WebSocketStream<MaybeTlsStream<TcpStream>>;

/// An open page. It reads all the time, as browsers do, so that pings are answered however long a story takes.
struct Window {
    says: SplitSink<Line, Message>,
    heard: UnboundedReceiver<Value>,
}

async fn socket(address: SocketAddr, who: &Person, after: &str) -> Window {
    let url = format!("ws://{address}/api/v1/changes/socket{after}");
    let mut request = url.into_client_request().unwrap();
    let (name, value) = who.proof().unwrap();
    request.headers_mut().insert(name, value.parse().unwrap());
    let (line, _) = tokio_tungstenite::connect_async(request).await.unwrap();
    let (says, mut hears) = line.split();
    let (tell, heard) = mpsc::unbounded_channel();
    tokio::spawn(async move {
        while let Some(Ok(message)) = hears.next().await {
            let told = match message {
                Message::Text(text) => tell.send(serde_json::from_str(&text).unwrap()),
                _ => Ok(()),
            };
            if told.is_err() {
                return;
            }
        }
    });
    Window { says, heard }
}

/// The next message; null once the line is closed.
async fn heard(window: &mut Window) -> Value {
    let next = tokio::time::timeout(Duration::from_mins(1), window.heard.recv()).await;
    next.expect("an answer within a minute").unwrap_or_default()
}

fn kinds(message: &Value) -> Vec<&str> {
    let events = message["events"].as_array().into_iter().flatten();
    events
        .map(|event| event["type"].as_str().unwrap())
        .collect()
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn r_4_1_a_change_shows_in_every_window_of_the_same_user_and_in_nobody_elses() {
    let house = house(MONDAY).await;
    house.clock.run();
    let address = house.serve().await;
    let (mut one, mut two) = (
        socket(address, &house.ann, "").await,
        socket(address, &house.ann, "").await,
    );
    let mut bobs = socket(address, &house.bob, "").await;
    for window in [&mut one, &mut two, &mut bobs] {
        assert_eq!(heard(window).await["type"], "hello");
    }
    let id = house.ann.create(json!({"title": "call mom"})).await;
    for window in [&mut one, &mut two] {
        let news = heard(window).await;
        assert_eq!(kinds(&news), ["errand.task.created.v1"]);
        assert_eq!(
            (
                &news["events"][0]["subject"],
                &news["events"][0]["data"]["after"]["title"]
            ),
            (&json!(id), &json!("call mom"))
        );
    }
    house.bob.create(json!({"title": "bob's"})).await;
    let news = heard(&mut bobs).await;
    assert_eq!(news["events"].as_array().unwrap().len(), 1);
    assert_eq!(news["events"][0]["data"]["after"]["title"], "bob's");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn r_4_2_who_was_away_misses_nothing_and_after_too_much_reads_anew() {
    let house = house(MONDAY).await;
    house.clock.run();
    let address = house.serve().await;
    let mut window = socket(address, &house.ann, "").await;
    let cursor = heard(&mut window).await["cursor"]
        .as_str()
        .unwrap()
        .to_owned();
    window.says.close().await.unwrap();
    for title in ["a", "b", "c"] {
        house.ann.create(json!({"title": title})).await;
    }
    let mut window = socket(address, &house.ann, &format!("?after={cursor}")).await;
    assert_eq!(heard(&mut window).await["type"], "hello");
    let news = heard(&mut window).await;
    assert_eq!(kinds(&news).len(), 3);

    let many: Vec<_> = (0..1_000)
        .map(|n| json!({"type": "create_task", "set": {"title": n.to_string()}}))
        .collect();
    house.ann.post("/commands", json!({"commands": many})).await;
    let mut last = heard(&mut window).await;
    while last["type"] == "events" {
        last = heard(&mut window).await;
    }
    assert_eq!(last["type"], "reset");
    let at = last["cursor"].as_str().unwrap();
    assert_eq!(
        house.ann.get(&format!("/changes?after={at}&limit=1")).await["events"],
        json!([])
    );
    house.ann.create(json!({"title": "after"})).await;
    assert_eq!(
        heard(&mut window).await["events"][0]["data"]["after"]["title"],
        "after",
        "and goes on from there"
    );
    let mut forged = socket(address, &house.ann, "?after=1.nonsense").await;
    assert_eq!(heard(&mut forged).await["type"], "reset");
    assert_eq!(heard(&mut forged).await, Value::Null, "and is closed");
    let lines = house.ann.ask("GET /changes/stream?after=1%0Aevent:%20x");
    let mut lines = lines.open().await;
    assert_eq!(lines.next().await.unwrap().0, "reset");
    assert_eq!(lines.next().await, None, "and is closed");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn r_4_2_after_a_log_that_was_put_back_a_window_reads_everything_anew() {
    let house = house(MONDAY).await;
    house.clock.run();
    let address = house.serve().await;
    house.ann.create(json!({"title": "call mom"})).await;
    let cursor = house.ann.get("/changes?after=now").await["cursor"].clone();
    let (log, n) = cursor.as_str().unwrap().rsplit_once(':').unwrap();
    let ahead = format!("{log}:{}", n.parse::<u64>().unwrap() + 1);
    let gone = house.ann.ask(&format!("GET /changes?after={ahead}")).await;
    assert_eq!((gone.status, gone.code().as_str()), (410, "cursor_gone"));
    let mut window = socket(address, &house.ann, &format!("?after={ahead}")).await;
    assert_eq!(heard(&mut window).await["type"], "reset");
    let lines = house.ann.ask("GET /changes/stream");
    let mut lines = lines.header("last-event-id", &ahead).open().await;
    assert_eq!(lines.next().await.unwrap().0, "reset");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn r_4_1_server_sent_events_are_the_fall_back() {
    let house = house(MONDAY).await;
    house.clock.run();
    let mut pages = house.ann.ask("GET /changes/stream").open().await;
    let (name, start, _) = pages.next().await.unwrap();
    assert_eq!(name, "hello");
    house.ann.create(json!({"title": "call mom"})).await;
    let (name, id, data) = pages.next().await.unwrap();
    assert_eq!(
        (name.as_str(), &data["events"][0]["data"]["after"]["title"]),
        ("events", &json!("call mom"))
    );
    assert_eq!(data["cursor"].as_str().unwrap(), id);
    // A line that broke goes on where it stopped.
    for (last, count) in [(&start, 1), (&id, 0)] {
        let mut again = house
            .ann
            .ask("GET /changes/stream")
            .header("last-event-id", last)
            .open()
            .await;
        again.next().await.unwrap();
        if count > 0 {
            let (_, _, data) = again.next().await.unwrap();
            assert_eq!(kinds(&data).len(), count);
        }
    }
}

#[tokio::test]
async fn r_4_2_asking_waits_25_seconds_for_what_is_new() {
    let house = house(MONDAY).await;
    let ann = &house.ann;
    let now = ann.get("/changes?after=now").await;
    let cursor = now["cursor"].as_str().unwrap();
    ann.create(json!({"title": "call mom"})).await;
    let news = ann.get(&format!("/changes?after={cursor}")).await;
    assert_eq!(kinds(&news), ["errand.task.created.v1"]);
    assert_eq!(news["more"], false);
    let cursor = news["cursor"].as_str().unwrap();
    let path = format!("/changes?after={cursor}");
    let (waited, ()) = futures::join!(ann.get(&path), house.clock_to("2026-11-23T09:00:30"));
    assert_eq!(
        (&waited["events"], &waited["cursor"]),
        (&json!([]), &json!(cursor))
    );
    // Page by page, nothing twice and nothing left out.
    for n in 0..5 {
        ann.create(json!({"title": n.to_string()})).await;
    }
    let (mut at, mut titles) = (cursor.to_owned(), Vec::new());
    loop {
        let page = ann.get(&format!("/changes?after={at}&limit=2")).await;
        for event in page["events"].as_array().unwrap() {
            titles.push(event["data"]["after"]["title"].as_str().unwrap().to_owned());
        }
        at = page["cursor"].as_str().unwrap().to_owned();
        if page["more"] == false {
            break;
        }
    }
    assert_eq!(titles, ["0", "1", "2", "3", "4"]);
    house.deps.store.raise_epoch().await.unwrap();
    let gone = ann.ask(&format!("GET /changes?after={at}")).await;
    assert_eq!((gone.status, gone.code().as_str()), (410, "cursor_gone"));
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn r_4_2_a_line_that_does_not_answer_is_closed_and_one_that_floods_too() {
    let house = house(MONDAY).await;
    house.clock.run();
    let address = house.serve().await;
    let mut window = socket(address, &house.ann, "").await;
    assert_eq!(heard(&mut window).await["type"], "hello");
    let flood = Message::Text("x".repeat(1 << 20).into());
    drop(window.says.send(flood).await);
    assert_eq!(heard(&mut window).await, Value::Null, "the line is closed");
    let stranger = house.stranger().ask("GET /changes/socket").await;
    assert_eq!(
        (stranger.status, stranger.code().as_str()),
        (401, "unauthenticated")
    );
}
