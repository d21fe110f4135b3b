//! Longer talk: what "it" is, and answers to what was asked.

use crate::{MONDAY, chat::talk, check};
use expect_test::expect;
use house_tests::house;
use serde_json::json;

#[tokio::test]
async fn r_1_13_it_is_what_was_spoken_of_last() {
    let house = house(MONDAY).await;
    let (mut told, mut at) = (Vec::new(), None);
    for text in [
        "add call mom tomorrow at 5pm",
        "set its priority to high",
        "repeat it every week",
        "remind me 10 minutes before",
        "remind me an hour before it's due",
        "move it to friday",
        "change the time to 6pm",
        "tag it family",
        "put it on the list People",
        "yes",
        "find mom",
        "done",
        "add buy milk",
        "remind me 10 minutes before",
    ] {
        talk(&house, &mut told, text, &mut at).await;
    }
    check(
        told,
        expect![[r"
            > add call mom tomorrow at 5pm
            Created “call mom”, due Tuesday 24 November 2026, 17:00.

            I am the offline interpreter.
            > set its priority to high
            Changed: “call mom”, due Tuesday 24 November 2026, 17:00.
            > repeat it every week
            Changed: “call mom”, due Tuesday 24 November 2026, 17:00, weekly.
            > remind me 10 minutes before
            Changed: “call mom”, due Tuesday 24 November 2026, 17:00, weekly, with a reminder.
            > remind me an hour before it's due
            Changed: “call mom”, due Tuesday 24 November 2026, 17:00, weekly, with 2 reminders.
            > move it to friday
            Changed: “call mom”, due Friday 27 November 2026, 17:00, weekly, with 2 reminders.
            > change the time to 6pm
            Changed: “call mom”, due Friday 27 November 2026, 18:00, weekly, with 2 reminders.
            > tag it family
            Changed: “call mom”, due Friday 27 November 2026, 18:00, weekly, with 2 reminders.
            > put it on the list People
            There is no list “People”. Make it, and change “call mom” there?
            > yes
            Made the list “People”.
            Changed: “call mom”, due Friday 27 November 2026, 18:00, weekly, with 2 reminders.
            > find mom
            One task: “call mom”, due Friday 27 November 2026, 18:00, weekly, with 2 reminders.
            > done
            Completed “call mom”.
            > add buy milk
            Created “buy milk”.
            > remind me 10 minutes before
            When is “buy milk” due? It has no date yet that I could remind you before: say “it is due on Friday at 3pm”."]],
    );
    house.settle().await;
    let mom = house.ann.get("/tasks?q=mom&status=open").await;
    let mom = &mom["items"][0];
    let offsets = mom["reminders"].as_array().into_iter().flatten();
    let offsets: Vec<_> = offsets.map(|reminder| &reminder["offset"]).collect();
    assert_eq!(offsets, ["-PT10M", "-PT1H"], "{mom}");
    assert_eq!(mom["priority"], "high");
    assert_eq!(mom["tags"], json!(["family"]));
    assert_eq!(
        mom["due"]["at"], "2026-12-01T17:00:00",
        "only the date was of one occurrence"
    );
}

#[tokio::test]
async fn r_1_5_what_it_asks_can_be_answered() {
    let house = house(MONDAY).await;
    for title in ["call mom about the trip", "call mom about the cat"] {
        house.ann.create(json!({"title": title})).await;
    }
    let (mut told, mut at) = (Vec::new(), None);
    for text in [
        "mark call mom as done",
        "the cat",
        "delete call",
        "1",
        "no",
        "remind me to buy stamps",
        "tomorrow at 9",
        "postpone it",
        "friday",
        "what are my emails about?",
        "yes",
        "add eggs to the shopping list",
        "yes",
        "delete everything",
        "what is on my shopping list?",
        "yes",
        "delete everything",
        "yes",
        "what are my tasks?",
    ] {
        talk(&house, &mut told, text, &mut at).await;
    }
    check(
        told,
        expect![[r"
        > mark call mom as done
        Which one do you mean?
        1. “call mom about the trip”
        2. “call mom about the cat”

        I am the offline interpreter.
        > the cat
        Completed “call mom about the cat”.
        > delete call
        Move “call mom about the trip” to the trash?
        > 1
        That is not something I can do. I look after your tasks: say “help” for examples.
        > no
        All right, nothing was changed.
        > remind me to buy stamps
        When shall I remind you?
        > tomorrow at 9
        Created “buy stamps”, due Tuesday 24 November 2026, 09:00, with a reminder.
        > postpone it
        To when?
        > friday
        Changed: “buy stamps”, due Friday 27 November 2026, 09:00, with a reminder.
        > what are my emails about?
        That is not something I can do. I look after your tasks: say “help” for examples.
        > yes
        There is nothing to say yes to.
        > add eggs to the shopping list
        There is no list “shopping”. Make it, and create “eggs” there?
        > yes
        Made the list “shopping”.
        Created “eggs”.
        > delete everything
        Move 3 tasks to the trash?
        > what is on my shopping list?
        One task: “eggs”.
        > yes
        There is nothing to say yes to.
        > delete everything
        Move 3 tasks to the trash?
        > yes
        Moved “buy stamps” to the trash.
        Moved “call mom about the trip” to the trash.
        Moved “eggs” to the trash.
        > what are my tasks?
        Nothing fits that."]],
    );
}

#[tokio::test]
async fn r_1_14_after_midnight_tomorrow_is_asked_and_answered() {
    let house = house("2026-11-24T01:30 Europe/Berlin").await;
    let (mut told, mut at) = (Vec::new(), None);
    for text in ["remind me to call mom tomorrow at 5pm", "today"] {
        talk(&house, &mut told, text, &mut at).await;
    }
    check(
        told,
        expect![[r"
        > remind me to call mom tomorrow at 5pm
        It is past midnight: is “tomorrow” Wednesday, 25 November, or today, Tuesday, 24 November?

        I am the offline interpreter.
        > today
        Created “call mom”, due Tuesday 24 November 2026, 17:00, with a reminder."]],
    );
}

#[tokio::test]
async fn r_1_13_words_are_read_where_the_device_is_when_it_is_always_followed() {
    let house = house(MONDAY).await;
    let ann = &house.ann;
    let say = async |zone: &str| {
        let words = json!({"text": "call mom tomorrow at 5pm", "time_zone": zone});
        let said = ann.post("/assistant/messages", words).await;
        said["actions"][0]["result"]["due"]["instant"].clone()
    };
    assert_eq!(say("Asia/Tokyo").await, "2026-11-24T16:00:00Z");
    ann.patch("/me/settings", json!({"follow_device": "always"}))
        .await;
    assert_eq!(say("Asia/Tokyo").await, "2026-11-24T08:00:00Z");
    let nowhere = json!({"text": "call mom", "time_zone": "Mars/Base"});
    let refused = ann.ask("POST /assistant/messages").json(&nowhere).await;
    assert_eq!(
        (refused.status, refused.code().as_str()),
        (422, "zone_unknown")
    );
}
