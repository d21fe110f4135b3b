//! Talk: what is said is done, or asked; by the offline interpreter.

use crate::{MONDAY, check};
use expect_test::expect;
use house_tests::house;
use serde_json::{Value, json};
use testkit::House;

/// Says it, and writes down both sides.
pub(crate) async fn talk(
    house: &House,
    told: &mut Vec<String>,
    text: &str,
    conversation: &mut Option<Value>,
) -> Value {
    let answer = house.ann.say(text, conversation.as_ref()).await;
    *conversation = Some(answer["conversation_id"].clone());
    told.push(format!("> {text}\n{}", answer["text"].as_str().unwrap()));
    answer
}

#[tokio::test]
async fn r_1_1_to_1_5_create_complete_change_delete_and_list() {
    let house = house(MONDAY).await;
    for title in ["buy groceries", "submit report", "walk dog"] {
        house.ann.create(json!({"title": title})).await;
    }
    let (mut told, mut at) = (Vec::new(), None);
    for text in [
        "Create a task to call mom on Sunday at 3pm",
        "Mark buy groceries as complete",
        "Change submit report due date to Monday",
        "Delete walk dog task",
        "yes",
        "What are my tasks?",
        "undo that",
        "undo that",
    ] {
        talk(&house, &mut told, text, &mut at).await;
    }
    check(
        told,
        expect![[r"
            > Create a task to call mom on Sunday at 3pm
            Created “call mom”, due Sunday 29 November 2026, 15:00.

            I am the offline interpreter.
            > Mark buy groceries as complete
            Completed “buy groceries”.
            > Change submit report due date to Monday
            Changed: “submit report”, due Monday 30 November 2026.
            > Delete walk dog task
            Move “walk dog” to the trash?
            > yes
            Moved “walk dog” to the trash.
            > What are my tasks?
            2 tasks:
            1. “call mom”, due Sunday 29 November 2026, 15:00
            2. “submit report”, due Monday 30 November 2026
            > undo that
            Taken back.
            > undo that
            Taken back."]],
    );
    let mom = house.ann.get("/tasks?q=mom").await;
    assert_eq!(
        mom["items"][0]["due"],
        json!({
            "at": "2026-11-29T15:00:00", "time_zone": "Europe/Berlin", "instant": "2026-11-29T14:00:00Z"
        })
    );
}

#[tokio::test]
async fn r_1_2_where_two_fit_it_asks_which_and_the_answer_counts() {
    let house = house(MONDAY).await;
    for title in [
        "call mom about the trip",
        "call mom about the cat",
        "buy milk",
    ] {
        house.ann.create(json!({"title": title})).await;
    }
    let (mut told, mut at) = (Vec::new(), None);
    for text in [
        "mark call mom as done",
        "the second one",
        "mark feed the fish as done",
        "what is left to do?",
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
            > the second one
            Completed “call mom about the cat”.
            > mark feed the fish as done
            I find no task “feed the fish”, so nothing was changed.
            > what is left to do?
            2 tasks:
            1. “call mom about the trip”
            2. “buy milk”"]],
    );
}

#[tokio::test]
async fn r_1_4_what_deletes_or_touches_many_asks_first() {
    let house = house(MONDAY).await;
    for title in ["one", "two", "three"] {
        house
            .ann
            .create(json!({"title": title, "tags": ["old"]}))
            .await;
    }
    let before = house.heads().await;
    let (mut told, mut at) = (Vec::new(), None);
    for text in [
        "complete all #old tasks",
        "no",
        "delete all my tasks",
        "cancel",
    ] {
        talk(&house, &mut told, text, &mut at).await;
        assert_eq!(house.heads().await, before, "{text} wrote something");
    }
    let asked = talk(&house, &mut told, "complete everything", &mut at).await;
    let id = asked["confirm"]["id"].as_str().unwrap().to_owned();
    assert_eq!(asked["confirm"]["lines"].as_array().unwrap().len(), 3);
    assert_eq!(house.heads().await, before);
    let done = house
        .ann
        .post(
            &format!("/assistant/confirmations/{id}"),
            json!({"confirm": true}),
        )
        .await;
    told.push(done["text"].as_str().unwrap().to_owned());
    assert_eq!(house.ann.titles("/tasks").await, [""; 0]);
    let twice = house
        .ann
        .ask(&format!("POST /assistant/confirmations/{id}"))
        .json(&json!({"confirm": true}))
        .await;
    assert_eq!((twice.status, twice.code().as_str()), (404, "not_found"));
    talk(&house, &mut told, "undo that", &mut at).await;
    assert_eq!(
        house.ann.titles("/tasks").await.len(),
        3,
        "one undo takes all of it back"
    );
    check(
        told,
        expect![[r"
            > complete all #old tasks
            Complete 3 tasks?

            I am the offline interpreter.
            > no
            All right, nothing was changed.
            > delete all my tasks
            Move 3 tasks to the trash?
            > cancel
            All right, nothing was changed.
            > complete everything
            Complete 3 tasks?
            Completed “one”.
            Completed “two”.
            Completed “three”.
            > undo that
            Taken back."]],
    );
}

#[tokio::test]
async fn r_1_4_a_confirmation_is_stale_when_the_task_moved_and_gone_after_ten_minutes() {
    let house = house(MONDAY).await;
    let id = house.ann.create(json!({"title": "walk dog"})).await;
    let (mut told, mut at) = (Vec::new(), None);
    talk(&house, &mut told, "delete walk dog", &mut at).await;
    house
        .ann
        .patch(
            &format!("/tasks/{id}"),
            json!({"title": "walk the big dog"}),
        )
        .await;
    let yes = json!({"text": "yes", "conversation_id": at});
    let stale = house.ann.ask("POST /assistant/messages").json(&yes).await;
    assert_eq!(
        (stale.status, stale.code().as_str()),
        (409, "confirmation_stale"),
        "{}",
        stale.body
    );
    told.push(stale.json()["detail"].as_str().unwrap().to_owned());
    assert_eq!(house.ann.task(id).await["deleted_at"], Value::Null);
    // What was shown anew is what the next yes is about.
    talk(&house, &mut told, "yes", &mut at).await;
    assert!(house.ann.task(id).await["deleted_at"].is_string());
    check(
        told,
        expect![[r"
            > delete walk dog
            Move “walk dog” to the trash?

            I am the offline interpreter.
            Something changed since you were asked. As it is now: Move “walk the big dog” to the trash?
            > yes
            Moved “walk the big dog” to the trash."]],
    );

    let dog = house.ann.create(json!({"title": "feed dog"})).await;
    let asked = house.ann.say("delete feed dog", None).await;
    house.clock_to("2026-11-23T09:11").await;
    let path = format!(
        "POST /assistant/confirmations/{}",
        asked["confirm"]["id"].as_str().unwrap()
    );
    let late = house.ann.ask(&path).json(&json!({"confirm": true})).await;
    assert_eq!((late.status, late.code().as_str()), (404, "not_found"));
    assert_eq!(house.ann.task(dog).await["deleted_at"], Value::Null);
}

#[tokio::test]
async fn r_1_13_context_of_earlier_turns_counts() {
    let house = house(MONDAY).await;
    let (mut told, mut at) = (Vec::new(), None);
    for text in [
        "create a task to water plants tomorrow at 9am",
        "make it an hour later",
        "tag it as garden",
        "make it high priority",
        "rename it to water all plants",
        "it is done",
        "what are my tasks?",
    ] {
        talk(&house, &mut told, text, &mut at).await;
    }
    check(
        told,
        expect![[r"
            > create a task to water plants tomorrow at 9am
            Created “water plants”, due Tuesday 24 November 2026, 09:00.

            I am the offline interpreter.
            > make it an hour later
            Changed: “water plants”, due Tuesday 24 November 2026, 10:00.
            > tag it as garden
            Changed: “water plants”, due Tuesday 24 November 2026, 10:00.
            > make it high priority
            Changed: “water plants”, due Tuesday 24 November 2026, 10:00.
            > rename it to water all plants
            Changed: “water all plants”, due Tuesday 24 November 2026, 10:00.
            > it is done
            Completed “water all plants”.
            > what are my tasks?
            Nothing fits that."]],
    );
    let id = at.unwrap();
    let kept = house
        .ann
        .get(&format!(
            "/assistant/conversations/{}",
            id.as_str().unwrap()
        ))
        .await;
    assert_eq!(kept["turns"].as_array().unwrap().len(), 7);
    assert_eq!(
        house.ann.get("/assistant/conversations").await["items"][0]["messages"],
        7
    );
    house.clock_to("2026-12-24T10:00").await;
    assert_eq!(
        house.ann.get("/assistant/conversations").await["items"],
        json!([]),
        "kept 30 days"
    );
}
