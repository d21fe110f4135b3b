//! The daily digest: what is due, at the person's hour.

use expect_test::expect;
use house_tests::house;
use serde_json::json;

#[tokio::test]
async fn r_2_8_the_digest_comes_each_day_at_the_persons_hour_with_what_is_due() {
    let house = house("2026-11-23T09:00 Europe/Berlin").await;
    let quiet = json!({"from": "22:00", "until": "08:00"});
    let settings = json!({"digest_at": "07:30", "quiet_hours": quiet});
    house.ann.patch("/me/settings", settings).await;
    house.bob.create(json!({"title": "not hers"})).await;
    let rent = house
        .ann
        .create(json!({"title": "pay rent", "due": {"date": "2026-11-23"}}))
        .await;
    let call = house.ann.add("call mom tomorrow at 15:00").await;
    house.ann.add("walk dog on friday").await;
    house.clock_to("2026-11-24T12:00").await;
    for task in [rent, call] {
        house.ann.complete(task).await;
    }
    // Two days on which nothing is due, and one on which something is.
    house.clock_to("2026-11-27T12:00").await;
    expect![[r"
        07:30 to ann@example.org: Tuesday 24 November 2026: 2 tasks
        - pay rent, due Monday 23 November 2026
        - call mom, due Tuesday 24 November 2026, 15:00
        07:30 to ann@example.org: Friday 27 November 2026: 1 task
        - walk dog, due Friday 27 November 2026"]]
    .assert_eq(&house.mails().join("\n"));
    let shown = house.ann.get("/deliveries").await;
    let line = |it: &serde_json::Value| format!("{} {}", it["digest"], it["state"]);
    let lines: Vec<_> = shown["items"]
        .as_array()
        .into_iter()
        .flatten()
        .map(line)
        .collect();
    expect![[r#"
        "2026-11-28" "open"
        "2026-11-27" "sent"
        "2026-11-26" "cancelled"
        "2026-11-25" "cancelled"
        "2026-11-24" "sent""#]]
    .assert_eq(&lines.join("\n"));
}
