//! Recurring tasks come back by themselves, once.

use crate::{MONDAY, check};
use domain::id::TaskId;
use expect_test::expect;
use house_tests::house;
use serde_json::{Value, json};
use testkit::House;

/// The open tasks of that title, each with its due date.
async fn open(house: &House, title: &str) -> Vec<(TaskId, String)> {
    let page = house.ann.get("/tasks?sort=due&hidden=true").await;
    let of_title = |task: &&Value| task["title"] == title;
    let tasks = page["items"].as_array().unwrap().iter().filter(of_title);
    tasks
        .map(|task| {
            let due = task["due"]["at"].as_str().or(task["due"]["date"].as_str());
            let id = task["id"].as_str().unwrap().parse().unwrap();
            (id, due.unwrap_or("never").to_owned())
        })
        .collect()
}

/// Completes the one open task of that title and lets the house make the next; answers when that is due.
async fn next(house: &House, title: &str) -> Vec<String> {
    let tasks = open(house, title).await;
    assert_eq!(tasks.len(), 1, "{tasks:?}");
    house.ann.complete(tasks[0].0).await;
    house.settle().await;
    open(house, title)
        .await
        .into_iter()
        .map(|(_, due)| due)
        .collect()
}

#[tokio::test]
async fn r_3_2_completing_makes_the_next_with_all_it_has() {
    let house = house(MONDAY).await;
    let list = house.ann.post("/lists", json!({"name": "Home"})).await["id"].clone();
    let plants = house.ann.create(json!({
        "title": "water plants", "notes": "not the cactus", "priority": "high", "tags": ["green"], "list_id": list,
        "due": {"at": "2026-11-23T18:00:00", "time_zone": "Europe/Berlin"}, "estimate": "PT10M",
        "reminders": [{"offset": "-PT30M"}], "recurrence": {"rrule": "FREQ=DAILY"}
    })).await;
    let step = house
        .ann
        .create(json!({"title": "fill the can", "parent_id": plants}))
        .await;
    house.ann.complete(step).await;
    house.ann.complete(plants).await;
    house.settle().await;
    let tasks = open(&house, "water plants").await;
    assert_eq!(tasks.len(), 1);
    let (old, new) = (
        house.ann.task(plants).await,
        house.ann.task(tasks[0].0).await,
    );
    assert_eq!(new["due"]["at"], "2026-11-24T18:00:00");
    for field in [
        "title",
        "notes",
        "priority",
        "tags",
        "list_id",
        "estimate",
        "series_id",
    ] {
        assert_eq!(new[field], old[field], "{field}");
    }
    assert_eq!(new["reminders"][0]["offset"], "-PT30M");
    let steps = open(&house, "fill the can").await;
    assert_eq!(steps.len(), 1, "the step is open again");
    assert_eq!(house.ann.task(steps[0].0).await["parent_id"], new["id"]);
    // r_2_2: the reminder comes for the next, too.
    house.clock_to("2026-11-24T20:00").await;
    check(
        house.mails(),
        expect![[r"
        17:30 to ann@example.org: Reminder: water plants
        - water plants, due Tuesday 24 November 2026, 18:00"]],
    );
}

#[tokio::test]
async fn r_3_2_one_next_instance_however_often_the_event_comes() {
    let house = house(MONDAY).await;
    let plants = house.ann.add("water plants every day at 18:00").await;
    house.ann.complete(plants).await;
    house.settle().await;
    let task = house.ann.get(&format!("/tasks/{plants}/history")).await;
    let line = task["items"]
        .as_array()
        .unwrap()
        .iter()
        .find(|line| line["type"] == "errand.task.completed.v1")
        .unwrap();
    for id in [line["id"].as_str().unwrap(), "another-id"] {
        let event = json!({
            "specversion": "1.0", "id": id, "source": house.deps.key.installation(), "type": line["type"],
            "subject": plants, "time": line["time"], "datacontenttype": "application/json",
            "partitionkey": house.ann.reader.home, "data": line["data"]
        });
        house.deliver("recur", &event).await;
    }
    house.settle().await;
    assert_eq!(open(&house, "water plants").await.len(), 1);
}

#[tokio::test]
async fn r_3_2_undoing_the_completion_takes_back_the_next() {
    let house = house(MONDAY).await;
    let plants = house.ann.add("water plants every day at 18:00").await;
    house.ann.complete(plants).await;
    house.settle().await;
    house.clock_to("2026-11-23T09:01").await;
    house.ann.post("/undo", json!({})).await;
    house.clock_to("2026-11-23T09:02").await;
    let tasks = open(&house, "water plants").await;
    assert_eq!(tasks.len(), 1);
    assert_eq!(tasks[0].0, plants);
    assert_eq!(next(&house, "water plants").await, ["2026-11-24T18:00:00"]);
}

#[tokio::test]
async fn r_3_1_rules_in_words_and_where_they_lead() {
    let house = house(MONDAY).await;
    let mut told = Vec::new();
    for line in [
        "stretch every weekday at 10am",
        "pay rent every month on the 31st",
        "team lunch every 2 weeks on friday at 12:30",
        "book club on the first tuesday of every month at 19:00",
        "renew passport every february 29",
        "change filter every 10 days after completion",
    ] {
        let id = house.ann.add(line).await;
        let task = house.ann.task(id).await;
        let title = task["title"].as_str().unwrap().to_owned();
        let mut dates = vec![open(&house, &title).await[0].1.clone()];
        for _ in 0..2 {
            dates.extend(next(&house, &title).await);
        }
        let from = task["recurrence"]["from"].as_str().unwrap();
        told.push(format!(
            "{title}: {} from {from}\n  {}",
            task["recurrence"]["rrule"],
            dates.join(" ")
        ));
    }
    check(
        told,
        expect![[r#"
            stretch: "FREQ=WEEKLY;BYDAY=MO,TU,WE,TH,FR" from schedule
              2026-11-23T10:00:00 2026-11-24T10:00:00 2026-11-25T10:00:00
            pay rent: "FREQ=MONTHLY;BYMONTHDAY=31;RSCALE=GREGORIAN;SKIP=BACKWARD" from schedule
              2026-11-30 2026-12-31 2027-01-31
            team lunch: "FREQ=WEEKLY;INTERVAL=2;BYDAY=FR" from schedule
              2026-11-27T12:30:00 2026-12-11T12:30:00 2026-12-25T12:30:00
            book club: "FREQ=MONTHLY;BYDAY=1TU" from schedule
              2026-12-01T19:00:00 2027-01-05T19:00:00 2027-02-02T19:00:00
            renew passport: "FREQ=YEARLY;BYMONTH=2;BYMONTHDAY=29;RSCALE=GREGORIAN;SKIP=BACKWARD" from schedule
              2027-02-28 2028-02-29 2029-02-28
            change filter: "FREQ=DAILY;INTERVAL=10" from completion
              2026-11-23 2026-12-03 2026-12-03"#]],
    );
}

#[tokio::test]
async fn r_3_1_count_until_and_exceptions_end_and_leave_out() {
    let house = house(MONDAY).await;
    for (title, rule, exclude) in [
        ("count", "FREQ=DAILY;COUNT=3", json!([])),
        ("until", "FREQ=DAILY;UNTIL=20261125T235959", json!([])),
        (
            "except",
            "FREQ=DAILY;COUNT=4",
            json!(["2026-11-24T08:00:00"]),
        ),
    ] {
        house
            .ann
            .create(json!({
                "title": title, "due": {"at": "2026-11-23T08:00:00", "time_zone": "Europe/Berlin"},
                "recurrence": {"rrule": rule, "exclude": exclude}
            }))
            .await;
        let mut dates = Vec::new();
        loop {
            let found = next(&house, title).await;
            if found.is_empty() {
                break;
            }
            dates.extend(found);
        }
        dates.insert(0, title.to_owned());
        let expected: &[&str] = match title {
            "except" => &["except", "2026-11-25T08:00:00", "2026-11-26T08:00:00"],
            title => &[title, "2026-11-24T08:00:00", "2026-11-25T08:00:00"],
        };
        assert_eq!(dates, expected);
    }
}

#[tokio::test]
async fn r_3_3_one_instance_is_edited_and_the_series_stays_or_all_that_follow() {
    let house = house(MONDAY).await;
    let plants = house.ann.add("water plants every day at 18:00").await;
    let late = json!({"title": "water all plants", "due": {"at": "2026-11-23T21:00:00"}});
    house.ann.patch(&format!("/tasks/{plants}"), late).await;
    house.ann.complete(plants).await;
    house.settle().await;
    let tasks = open(&house, "water plants").await;
    assert_eq!(
        tasks[0].1, "2026-11-24T18:00:00",
        "the series goes on as it was"
    );
    let all = json!({"title": "water the garden", "due": {"at": "2026-11-24T07:00:00"}});
    house
        .ann
        .patch(&format!("/tasks/{}?scope=following", tasks[0].0), all)
        .await;
    assert_eq!(
        next(&house, "water the garden").await,
        ["2026-11-25T07:00:00"]
    );
}

#[tokio::test]
async fn r_3_3_one_is_skipped_and_the_series_is_paused_and_ended() {
    let house = house(MONDAY).await;
    let plants = house.ann.add("water plants every day at 18:00").await;
    house.ann.verb(plants, "skip").await.ok();
    house.settle().await;
    let tasks = open(&house, "water plants").await;
    let dates: Vec<_> = tasks.iter().map(|(_, due)| due.as_str()).collect();
    assert_eq!(dates, ["2026-11-24T18:00:00"]);
    let series = house.ann.task(tasks[0].0).await["series_id"].clone();
    let series = format!("/series/{}", series.as_str().unwrap());
    house.ann.ask(&format!("POST {series}/pause")).await.ok();
    assert_eq!(next(&house, "water plants").await, [""; 0]);
    house.ann.ask(&format!("POST {series}/resume")).await.ok();
    house.settle().await;
    assert_eq!(open(&house, "water plants").await.len(), 1, "it goes on");
    house.ann.ask(&format!("POST {series}/end")).await.ok();
    assert_eq!(next(&house, "water plants").await, [""; 0]);
    assert!(house.ann.get(&series).await["ended_at"].is_string());
}

#[tokio::test]
async fn r_3_4_completed_late_the_missed_ones_are_skipped_made_or_listed() {
    let mut told = Vec::new();
    for missed in ["skip", "each", "list"] {
        let house = house(MONDAY).await;
        let plants = house.ann.create(json!({
            "title": "water plants", "due": {"at": "2026-11-23T18:00:00", "time_zone": "Europe/Berlin"},
            "recurrence": {"rrule": "FREQ=DAILY", "missed": missed}
        })).await;
        house.clock_to("2026-11-26T12:00").await;
        house.ann.complete(plants).await;
        house.settle().await;
        let tasks = open(&house, "water plants").await;
        let note = house.ann.history(tasks[0].0).await;
        told.push(format!("{missed}: {} ({})", tasks[0].1, note[0]));
        assert_eq!(tasks.len(), 1);
    }
    check(
        told,
        expect![[r"
        skip: 2026-11-26T18:00:00 (created by recur)
        each: 2026-11-24T18:00:00 (created by recur)
        list: 2026-11-26T18:00:00 (created because missed: 2026-11-24T18:00:00, 2026-11-25T18:00:00 by recur)"]],
    );
}

#[tokio::test]
async fn r_3_5_nine_stays_nine_across_a_clock_change() {
    let house = house("2026-10-23T08:00 Europe/Berlin").await;
    house
        .ann
        .add("feed the cat every day at 9:00, remind me at the time")
        .await;
    let mut instants = Vec::new();
    for _ in 0..4 {
        let (id, _) = open(&house, "feed the cat").await.remove(0);
        let task = house.ann.task(id).await;
        instants.push(format!(
            "{} is {}",
            task["due"]["at"], task["due"]["instant"]
        ));
        next(&house, "feed the cat").await;
    }
    check(
        instants,
        expect![[r#"
        "2026-10-23T09:00:00" is "2026-10-23T07:00:00Z"
        "2026-10-24T09:00:00" is "2026-10-24T07:00:00Z"
        "2026-10-25T09:00:00" is "2026-10-25T08:00:00Z"
        "2026-10-26T09:00:00" is "2026-10-26T08:00:00Z""#]],
    );
}
