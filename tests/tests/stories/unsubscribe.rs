//! Mails turned off from a mail, without signing in (RFC 8058).

use crate::MONDAY;
use house_tests::house;
use serde_json::json;
use testkit::House;

/// The link of the last mail, from its path on.
fn link(house: &House) -> String {
    let mails = house.mailbox.mails();
    let link = mails.last().and_then(|mail| mail.unsubscribe.clone());
    let link = link.expect("a mail with a link");
    let home = house.deps.config.link();
    link.strip_prefix(&home).expect("a link of ours").to_owned()
}

async fn reminded() -> House {
    let house = house(MONDAY).await;
    let hour = json!({ "digest_at": "09:30" });
    house.ann.patch("/me/settings", hour).await;
    for at in ["10:00", "15:00"] {
        let line = format!("call mom today at {at}, remind me at {at}");
        house.ann.add(&line).await;
        house.bob.add(&line).await;
    }
    house.clock_to("2026-11-23T10:01").await;
    assert_eq!(house.mails().len(), 3, "{:?}", house.mails());
    house
}

#[tokio::test]
async fn looking_changes_nothing_and_one_click_ends_the_mails_of_one_person() {
    let house = reminded().await;
    let mut mails = house.mailbox.mails().into_iter().rev();
    let hers = mails.find(|mail| mail.to == "ann@example.org");
    let path = hers.and_then(|mail| mail.unsubscribe).expect("a link");
    let path = path.replace(&house.deps.config.link(), "");
    let stranger = house.stranger();
    let before = house.heads().await;
    let looked = stranger.raw(&format!("GET {path}")).await;
    assert_eq!(looked.status, 200);
    assert!(
        looked.body.contains("<form method=\"post\"><button"),
        "{}",
        looked.body
    );
    assert_eq!(house.heads().await, before);

    // As a mail program sends it: no cookie, no origin, a form.
    let form = "application/x-www-form-urlencoded";
    for _ in 0..2 {
        let ask = stranger
            .raw(&format!("POST {path}"))
            .header("content-type", form);
        let done = ask.body("List-Unsubscribe=One-Click").await;
        assert_eq!(done.status, 200, "{}", done.body);
    }
    let settings = house.ann.get("/me/settings").await;
    assert_eq!(settings["email_reminders"], false);
    assert_eq!(settings["digest_at"], json!(null));
    house.clock_to("2026-11-24T12:00").await;
    let later = house.mailbox.mails().split_off(3);
    let to: Vec<_> = later.iter().map(|mail| mail.to.as_str()).collect();
    assert_eq!(to, ["bob@example.org"]);
}

#[tokio::test]
async fn a_mail_that_waits_for_another_try_is_not_sent_any_more() {
    let house = house(MONDAY).await;
    house.mailbox.defer(1);
    house
        .ann
        .add("call mom today at 10:00, remind me at 10:00")
        .await;
    house.clock_to("2026-11-23T10:00").await;
    house
        .ann
        .patch("/me/settings", json!({ "email_reminders": false }))
        .await;
    house.clock_to("2026-11-23T12:00").await;
    assert_eq!(house.mails(), [""; 0]);
    let all = house.ann.get("/deliveries").await;
    let all = all["items"].as_array().expect("items").clone();
    let mail = all
        .iter()
        .find(|one| one["channel"] == "email")
        .expect("a mail");
    assert_eq!(mail["receipt"], "mails were turned off in the settings");
}

#[tokio::test]
async fn a_link_that_is_not_ours_shows_a_page_and_does_nothing() {
    let house = reminded().await;
    let own = link(&house);
    let (ann, bob) = (house.ann.reader.person, house.bob.reader.person);
    let swapped = own
        .replace(&ann.to_string(), "X")
        .replace(&bob.to_string(), &ann.to_string());
    let swapped = swapped.replace('X', &bob.to_string());
    let cut = &own[..own.len() - 1];
    let before = house.heads().await;
    for path in [swapped.as_str(), cut] {
        for method in ["GET", "POST"] {
            let got = house.stranger().raw(&format!("{method} {path}")).await;
            assert_eq!(
                (got.status, got.header("content-type")),
                (404, "text/html; charset=utf-8")
            );
        }
    }
    // Another site's page cannot press the button.
    let ask = house.stranger().raw(&format!("POST {own}"));
    let got = ask.header("origin", "https://evil.example").await;
    assert_eq!(got.status, 403);
    assert_eq!(house.heads().await, before);
}
