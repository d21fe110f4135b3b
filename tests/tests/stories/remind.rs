//! Reminders: they come when they should, once, and go when there is nothing left to remind of.

use crate::{MONDAY, check};
use expect_test::expect;
use house_tests::house;
use serde_json::json;

#[tokio::test]
async fn r_2_1_a_reminder_comes_by_mail_with_title_due_and_link() {
    let house = house(MONDAY).await;
    let call = house
        .ann
        .add("call mom today at 15:00, remind me 15 minutes before")
        .await;
    house.clock_to("2026-11-23T14:44").await;
    assert_eq!(house.mails(), [""; 0]);
    house.clock_to("2026-11-23T16:00").await;
    check(
        house.mails(),
        expect![[r"
        14:45 to ann@example.org: Reminder: call mom
        - call mom, due Monday 23 November 2026, 15:00"]],
    );
    let mail = &house.mailbox.mails()[0];
    assert_eq!(
        mail.lines[0].link,
        format!("http://127.0.0.1:0/#task/{call}")
    );
    check(
        house.ann.history(call).await,
        expect![[r"
        created by page
        reminder sent by remind
        reminder sent by remind"]],
    );
}

#[tokio::test]
async fn r_2_1_several_reminders_of_one_task_each_come() {
    let house = house(MONDAY).await;
    let report = house.ann.create(json!({
        "title": "submit report", "due": {"at": "2026-11-24T15:00:00", "time_zone": "Europe/Berlin"},
        "reminders": [{"offset": "-P1D"}, {"offset": "-PT1H"}, {"at": "2026-11-24T06:30:00Z"}]
    })).await;
    house.clock_to("2026-11-25T00:00").await;
    check(
        house.mails(),
        expect![[r"
        15:00 to ann@example.org: Reminder: submit report
        - submit report, due Tuesday 24 November 2026, 15:00
        07:30 to ann@example.org: Reminder: submit report
        - submit report, due Tuesday 24 November 2026, 15:00
        14:00 to ann@example.org: Reminder: submit report
        - submit report, due Tuesday 24 November 2026, 15:00"]],
    );
    check(
        house.ann.history(report).await,
        expect![[r"
        created by page
        reminder sent by remind
        reminder sent by remind
        reminder sent by remind
        reminder sent by remind
        reminder sent by remind
        reminder sent by remind"]],
    );
}

#[tokio::test]
async fn r_2_1_reminders_by_mail_are_turned_off_and_the_open_page_still_shows_them() {
    let house = house(MONDAY).await;
    house
        .ann
        .patch("/me/settings", json!({"email_reminders": false}))
        .await;
    house
        .ann
        .add("call mom today at 15:00, remind me 15 minutes before")
        .await;
    house.clock_to("2026-11-23T16:00").await;
    assert_eq!(house.mails(), [""; 0]);
    let deliveries = house.ann.get("/deliveries").await;
    assert_eq!(deliveries["items"].as_array().unwrap().len(), 1);
    assert_eq!(deliveries["items"][0]["channel"], "page");
    assert_eq!(deliveries["items"][0]["state"], "sent");
}

#[tokio::test]
async fn r_2_3_what_comes_at_once_is_one_digest_of_ten_lines() {
    let house = house(MONDAY).await;
    for n in 1..=12 {
        house.ann.create(json!({
            "title": format!("task {n}"), "due": {"at": "2026-11-23T12:00:00"}, "reminders": [{"offset": "PT0S"}]
        })).await;
    }
    house.bob.create(json!({
        "title": "bob's own", "due": {"at": "2026-11-23T12:00:00"}, "reminders": [{"offset": "PT0S"}]
    })).await;
    house.clock_to("2026-11-23T12:01").await;
    let mut mails = house.mails();
    mails.sort();
    check(
        mails,
        expect![[r"
        12:00 to ann@example.org: 12 reminders: task 1 and 11 more
        - task 1, due Monday 23 November 2026, 12:00
        - task 2, due Monday 23 November 2026, 12:00
        - task 3, due Monday 23 November 2026, 12:00
        - task 4, due Monday 23 November 2026, 12:00
        - task 5, due Monday 23 November 2026, 12:00
        - task 6, due Monday 23 November 2026, 12:00
        - task 7, due Monday 23 November 2026, 12:00
        - task 8, due Monday 23 November 2026, 12:00
        - task 9, due Monday 23 November 2026, 12:00
        - task 10, due Monday 23 November 2026, 12:00
        and 2 more
        12:00 to bob@example.org: Reminder: bob's own
        - bob's own, due Monday 23 November 2026, 12:00"]],
    );
}

#[tokio::test]
async fn r_2_4_due_date_edit_moves_the_reminder() {
    let house = house(MONDAY).await;
    let call = house
        .ann
        .add("call mom today at 15:00, remind me 15 minutes before")
        .await;
    let due = json!({"due": {"at": "2026-11-24T10:00:00"}});
    house.ann.patch(&format!("/tasks/{call}"), due).await;
    house.clock_to("2026-11-24T09:44").await;
    assert_eq!(house.mails(), [""; 0]);
    house.clock_to("2026-11-25T00:00").await;
    check(
        house.mails(),
        expect![[r"
        09:45 to ann@example.org: Reminder: call mom
        - call mom, due Tuesday 24 November 2026, 10:00"]],
    );
    check(
        house.ann.history(call).await,
        expect![[r"
        created by page
        changed due by page
        reminder sent by remind
        reminder sent by remind"]],
    );
}

#[tokio::test]
async fn r_2_4_a_reminder_that_was_sent_comes_again_when_the_task_is_put_off() {
    let house = house(MONDAY).await;
    let call = house
        .ann
        .add("call mom today at 15:00, remind me 15 minutes before")
        .await;
    house.clock_to("2026-11-23T15:00").await;
    let due = json!({"due": {"at": "2026-11-24T10:00:00"}});
    house
        .ann
        .ask(&format!("POST /tasks/{call}/reschedule"))
        .json(&due)
        .await
        .ok();
    house.clock_to("2026-11-25T00:00").await;
    check(
        house.mails(),
        expect![[r"
        14:45 to ann@example.org: Reminder: call mom
        - call mom, due Monday 23 November 2026, 15:00
        09:45 to ann@example.org: Reminder: call mom
        - call mom, due Tuesday 24 November 2026, 10:00"]],
    );
}

#[tokio::test]
async fn r_2_5_completing_or_deleting_cancels_the_reminders() {
    let house = house(MONDAY).await;
    let line = |title| format!("{title} today at 15:00, remind me 15 minutes before");
    let done = house.ann.add(&line("call mom")).await;
    let gone = house.ann.add(&line("walk dog")).await;
    let dropped = house.ann.add(&line("buy a boat")).await;
    house.ann.complete(done).await;
    house.ann.delete(&format!("/tasks/{gone}")).await;
    house.ann.verb(dropped, "drop").await.ok();
    house.clock_to("2026-11-23T16:00").await;
    assert_eq!(house.mails(), [""; 0]);
    assert_eq!(house.ann.get("/reminders").await["items"], json!([]));
    check(
        house.ann.history(done).await,
        expect![[r"
        created by page
        completed by page
        reminder cancelled because completed by page"]],
    );
    check(
        house.ann.history(gone).await,
        expect![[r"
        created by page
        deleted by page
        reminder cancelled because deleted by page"]],
    );
    check(
        house.ann.history(dropped).await,
        expect![[r"
        created by page
        dropped by page
        reminder cancelled because dropped by page"]],
    );
}

#[tokio::test]
async fn r_2_5_reopening_brings_the_reminders_back() {
    let house = house(MONDAY).await;
    let call = house
        .ann
        .add("call mom today at 15:00, remind me 15 minutes before")
        .await;
    house.ann.complete(call).await;
    house.ann.verb(call, "reopen").await.ok();
    house.clock_to("2026-11-23T16:00").await;
    check(
        house.mails(),
        expect![[r"
        14:45 to ann@example.org: Reminder: call mom
        - call mom, due Monday 23 November 2026, 15:00"]],
    );
}

#[tokio::test]
async fn r_2_6_snooze_has_it_come_again() {
    let house = house(MONDAY).await;
    let call = house
        .ann
        .add("call mom today at 15:00, remind me 15 minutes before")
        .await;
    house.clock_to("2026-11-23T14:50").await;
    let until = json!({"until": "2026-11-23T14:30:00Z"});
    house
        .ann
        .post(&format!("/tasks/{call}/snooze"), until)
        .await;
    let coming = house.ann.get("/reminders").await;
    assert_eq!(
        coming["items"][0]["moment"], "2026-11-23T14:30:00Z",
        "{coming}"
    );
    house.clock_to("2026-11-23T15:29").await;
    assert_eq!(house.mails().len(), 1);
    house.clock_to("2026-11-23T17:00").await;
    check(
        house.mails(),
        expect![[r"
        14:45 to ann@example.org: Reminder: call mom
        - call mom, due Monday 23 November 2026, 15:00
        15:30 to ann@example.org: Reminder: call mom
        - call mom, due Monday 23 November 2026, 15:00"]],
    );
}

#[tokio::test]
async fn r_2_6_a_certain_reminder_is_snoozed_by_its_id() {
    let house = house(MONDAY).await;
    let call = house
        .ann
        .add("call mom today at 15:00, remind me 15 minutes before")
        .await;
    house.clock_to("2026-11-23T14:50").await;
    let reminder = house.ann.task(call).await["reminders"][0]["id"].clone();
    let path = format!("/reminders/{}/snooze", reminder.as_str().unwrap());
    let put_off = json!({"task_id": call, "until": "2026-11-23T14:30:00Z"});
    house.ann.post(&path, put_off.clone()).await;
    house.clock_to("2026-11-23T17:00").await;
    assert_eq!(house.mails().len(), 2);
    let past = house.ann.ask(&format!("POST {path}")).json(&put_off).await;
    assert_eq!((past.status, past.code().as_str()), (422, "field_invalid"));
}

#[tokio::test]
async fn r_2_8_quiet_hours_hold_mail_back_until_they_end() {
    let house = house(MONDAY).await;
    let quiet = json!({"quiet_hours": {"from": "22:00", "until": "07:00"}});
    house.ann.patch("/me/settings", quiet).await;
    for (title, at) in [
        ("put out the cat", "2026-11-23T23:00:00"),
        ("let in the cat", "2026-11-24T05:30:00"),
    ] {
        house
            .ann
            .create(json!({
                "title": title, "due": {"at": at}, "reminders": [{"offset": "PT0S"}]
            }))
            .await;
    }
    house.clock_to("2026-11-24T06:59").await;
    assert_eq!(house.mails(), [""; 0]);
    house.clock_to("2026-11-24T08:00").await;
    check(
        house.mails(),
        expect![[r"
        07:00 to ann@example.org: 2 reminders: put out the cat and 1 more
        - put out the cat, due Monday 23 November 2026, 23:00
        - let in the cat, due Tuesday 24 November 2026, 05:30"]],
    );
    let shown = house.ann.get("/deliveries").await;
    let mails = shown["items"].as_array().into_iter().flatten();
    let mails: Vec<_> = mails.filter(|it| it["channel"] == "email").collect();
    assert_eq!(mails.len(), 1, "{shown}");
    assert_eq!(mails[0]["items"].as_array().map(Vec::len), Some(2));
}
