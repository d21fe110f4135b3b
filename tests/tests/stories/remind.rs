//! Reminders: they come when they should, once.

use expect_test::expect;
use house_tests::house;

#[tokio::test]
async fn r_2_1_a_reminder_comes_by_mail_with_title_due_and_link() {
    let house = house("2026-11-23T09:00 Europe/Berlin").await;
    let call = house
        .ann
        .add("call mom today at 15:00, remind me 15 minutes before")
        .await;
    house.clock_to("2026-11-23T14:44").await;
    assert_eq!(house.mails(), [""; 0]);
    house.clock_to("2026-11-23T16:00").await;
    expect![[r"
        14:45 to ann@example.org: Reminder: call mom
        - call mom, due Monday 23 November 2026, 15:00"]]
    .assert_eq(&house.mails().join("\n"));
    expect![[r"
        created by page
        reminder sent by remind
        reminder sent by remind"]]
    .assert_eq(&house.ann.history(call).await.join("\n"));
}
