//! Many things at once, talk, and who the person is.

use crate::published::answers::{Checked, check, id};
use serde_json::{Value, json};
use testkit::House;

pub(super) async fn together(ann: &Checked<'_>) {
    let none = Value::Null;
    let two = json!({ "commands": [{ "key": "a", "type": "create_task", "set": { "title": "one" } }, { "type": "create_list", "set": { "name": "List" } }] });
    ann.ask("POST /commands", "", two, 200).await;
    let one_is_wrong =
        json!({ "mode": "each", "commands": [{ "type": "create_task", "set": { "title": "" } }] });
    ann.ask("POST /commands", "", one_is_wrong.clone(), 200)
        .await;
    let mut all_or_nothing = one_is_wrong;
    all_or_nothing["mode"] = "all".into();
    ann.ask("POST /commands", "", all_or_nothing, 422).await;
    ann.ask("POST /undo", "", json!({}), 200).await;
    ann.ask(
        "POST /undo",
        "",
        json!({ "run_id": "0193e3a4-7b1c-7000-8000-000000000001" }),
        404,
    )
    .await;
    let line = json!({ "text": "pay rent monthly on the 1st !high #home", "mode": "add", "now": "2026-11-23T09:00:00+01:00", "time_zone": "Europe/Berlin" });
    ann.ask("POST /interpret", "", line.clone(), 200).await;
    ann.ask("POST /interpret", "", json!([line]), 200).await;
    let export = ann.ask("GET /export", "", none.clone(), 200).await;
    ann.ask("POST /import", "", export, 200).await;
    ann.ask("GET /changes?after=now", "", none.clone(), 200)
        .await;
    let audit = ann.ask("GET /audit?limit=200", "", none.clone(), 200).await;
    assert!(audit["items"].as_array().unwrap().len() > 40);
    ann.ask("GET /audit?kind=nothing", "", none.clone(), 400)
        .await;
    ann.ask("GET /audit/verify", "", none, 200).await;
}

pub(super) async fn talk(ann: &Checked<'_>) {
    let none = Value::Null;
    let said = ann
        .ask(
            "POST /assistant/messages",
            "",
            json!({ "text": "create a task to walk dog tomorrow at 8am" }),
            200,
        )
        .await;
    let conversation = said["conversation_id"].as_str().unwrap().to_owned();
    let message = said["message_id"].as_str().unwrap().to_owned();
    ann.ask(
        "POST /assistant/messages/{id}/cancel",
        &message,
        none.clone(),
        204,
    )
    .await;
    let delete = json!({ "text": "delete walk dog task", "conversation_id": conversation });
    let asks = ann.ask("POST /assistant/messages", "", delete, 200).await;
    ann.ask(
        "POST /assistant/confirmations/{id}",
        &id(&asks["confirm"]),
        json!({ "confirm": true }),
        200,
    )
    .await;
    ann.ask("GET /assistant/conversations", "", none.clone(), 200)
        .await;
    ann.ask(
        "GET /assistant/conversations/{id}",
        &conversation,
        none,
        200,
    )
    .await;
}

pub(super) async fn person(ann: &Checked<'_>, house: &House) {
    let none = Value::Null;
    ann.ask("GET /me", "", none.clone(), 200).await;
    ann.ask("GET /me/settings", "", none.clone(), 200).await;
    ann.ask(
        "PATCH /me/settings",
        "",
        json!({ "quiet_hours": { "from": "22:00", "until": "07:00" }, "digest_at": "08:00" }),
        200,
    )
    .await;
    ann.ask("GET /me/channels", "", none.clone(), 200).await;
    let token = id(&ann
        .ask(
            "POST /me/tokens",
            "",
            json!({ "name": "phone", "scopes": ["tasks:read"] }),
            201,
        )
        .await);
    ann.ask("GET /me/tokens", "", none.clone(), 200).await;
    ann.ask("DELETE /me/tokens/{id}", &token, none.clone(), 204)
        .await;
    let (link, path) = accounts::new_link(&house.deps, &house.ann.reader);
    house.deps.store.add_credential(&link).await.unwrap();
    let got = house.stranger().raw(&format!("GET {path}")).await;
    assert_eq!(got.status, 303, "{}", got.body);
    check("GET", "/sign-in", &got);
    for accept in ["text/html,*/*;q=0.8", "application/json"] {
        let ask = house.stranger().raw(&format!("GET {path}"));
        let used = ask.header("accept", accept).await;
        assert_eq!(used.status, 401, "{}", used.body);
        check("GET", "/sign-in", &used);
    }
    ann.asked.lock().unwrap().insert("GET /sign-in".to_owned());
    off_by_mail(ann, house).await;
    let reader = house.ann.by_token("reader", "tasks:read").await;
    let reader = Checked {
        person: &reader,
        asked: ann.asked,
    };
    reader
        .ask("POST /lists", "", json!({ "name": "x" }), 403)
        .await;
    let stranger = house.stranger();
    let stranger = Checked {
        person: &stranger,
        asked: ann.asked,
    };
    stranger.ask("GET /me", "", none.clone(), 401).await;
    ann.ask("POST /me/sign-out", "", none, 204).await;
}

/// A mail's link, as its own and as somebody else's.
async fn off_by_mail(ann: &Checked<'_>, house: &House) {
    let path = host::unsubscribe::path(&house.deps.key, house.bob.reader.person);
    for (path, status) in [(path.as_str(), 200), (&path[..path.len() - 1], 404)] {
        for method in ["GET", "POST"] {
            let got = house.stranger().raw(&format!("{method} {path}")).await;
            assert_eq!(got.status, status, "{method} {path}: {}", got.body);
            check(method, "/unsubscribe", &got);
            let route = format!("{method} /unsubscribe");
            ann.asked.lock().unwrap().insert(route);
        }
    }
}
