//! Windows on two processes show what a third changes.

use crate::{
    installation::{Installation, api_at, free},
    kit::until,
    window::Window,
};
use bus::kafka::Settings;
use house_tests::Api;
use reqwest::{Method, RequestBuilder};
use serde_json::json;
use sqlx::{Connection, PgConnection};
use std::time::{Duration, Instant};
use testkit::postgres::Server;

/// Each of these once, in the order of the log.
async fn show(windows: &[Window; 4], of: &Api, begin: &str) {
    let (mut log, mut after) = (Vec::new(), begin.to_owned());
    loop {
        let page = of.get(&format!("/changes?after={after}")).await;
        let events = page["events"].as_array().unwrap();
        log.extend(
            events
                .iter()
                .map(|event| event["id"].as_str().unwrap().to_owned()),
        );
        if page["more"] == false {
            break;
        }
        page["cursor"].as_str().unwrap().clone_into(&mut after);
    }
    until("every window shows all of it", async || {
        windows.iter().all(|window| window.ids().len() >= log.len())
    })
    .await;
    for window in windows {
        assert_eq!(window.ids(), log);
    }
}

/// Ends every line on which processes hear of each other; answers how many there were.
async fn cut(database: &mut PgConnection) -> i64 {
    let sql = "select count(pg_terminate_backend(pid)) from pg_stat_activity \
        where query ~* '^(listen|select pg_notify)'";
    let cut = sqlx::query_scalar(sql).fetch_one(database);
    cut.await.unwrap()
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn r_4_1_windows_of_two_processes_show_what_a_third_changes_whatever_becomes_of_the_database()
{
    let Some(mut server) = Server::start() else {
        return;
    };
    let Some(installation) = Installation::on(server.url(), Settings::new("127.0.0.1:1")) else {
        return;
    };
    let [tasks, one, two] = [free(), free(), free()];
    let _tasks = installation.serve("tasks", &tasks).await;
    let _one = installation.serve("live", &one).await;
    let _two = installation.serve("live", &two).await;
    let ann = api_at(&installation, &tasks);
    let at = |address: &str| Api {
        base: format!("http://{address}"),
        ..ann.clone()
    };
    let (one, two) = (at(&one), at(&two));
    let begin = one.get("/changes?after=now").await["cursor"].clone();
    let begin = begin.as_str().unwrap();
    let windows = [
        Window::socket(&one).await,
        Window::stream(&one).await,
        Window::socket(&two).await,
        Window::stream(&two).await,
    ];
    let create = |title: &str| -> RequestBuilder {
        let request = ann.request(Method::POST, "/tasks");
        request.json(&json!({ "title": title }))
    };
    let write = async |count: usize| {
        for n in 0..count {
            let made = create(&n.to_string()).send().await.unwrap();
            assert!(made.status().is_success(), "{}", made.status());
        }
    };
    write(3).await;
    show(&windows, &two, begin).await;

    // The processes do not hear of each other for two seconds, and look for themselves.
    let mut outside = PgConnection::connect(&server.url()).await.unwrap();
    assert_eq!(cut(&mut outside).await, 3, "one line of each process");
    let (began, mut cuts) = (Instant::now(), 0);
    while began.elapsed() < Duration::from_secs(2) {
        write(1).await;
        cuts += cut(&mut outside).await;
        tokio::time::sleep(Duration::from_millis(50)).await;
    }
    assert!(cuts > 0, "they come again");
    show(&windows, &one, begin).await;

    server.kill();
    server.go_on();
    until("a change is taken again", async || {
        create("again").send().await.unwrap().status().is_success()
    })
    .await;
    // Each process finds the server again by itself.
    until("what was changed is told again", async || {
        let asked = one.request(Method::GET, "/changes?after=now");
        asked.send().await.unwrap().status().is_success()
    })
    .await;
    write(3).await;
    show(&windows, &one, begin).await;
    let heard = |window: &Window| window.shown().last().unwrap()["data"]["after"]["title"] == "2";
    assert!(windows.iter().all(heard));
}
