//! Listings: filters that combine, pages that stay in place, views.

use crate::{MONDAY, check};
use expect_test::expect;
use house_tests::house;
use serde_json::json;

#[tokio::test]
async fn r_1_8_listings_filter_and_combine() {
    let house = house(MONDAY).await;
    let ann = &house.ann;
    let work = ann.post("/lists", json!({"name": "Work"})).await["id"]
        .as_str()
        .unwrap()
        .to_owned();
    for (title, fields) in [
        (
            "late",
            json!({"due": {"date": "2026-11-20"}, "priority": "high"}),
        ),
        (
            "today",
            json!({"due": {"at": "2026-11-23T15:00:00"}, "tags": ["home"]}),
        ),
        (
            "soon",
            json!({"due": {"date": "2026-11-26"}, "list_id": work, "tags": ["home", "big"]}),
        ),
        (
            "far",
            json!({"due": {"date": "2027-06-01"}, "list_id": work, "priority": "medium"}),
        ),
        ("some day", json!({"notes": "paint the shed"})),
        ("hidden", json!({"start": {"date": "2026-12-24"}})),
        ("done", json!({"list_id": work})),
    ] {
        let mut all = fields;
        all["title"] = json!(title);
        let id = ann.create(all).await;
        if title == "done" {
            ann.complete(id).await;
        }
    }
    let mut told = Vec::new();
    for query in [
        "",
        "?status=all",
        "?status=done",
        "?tag=home",
        "?priority=high",
        "?due_before=2026-11-27",
        "?due_after=2026-11-27",
        "?q=shed",
        "?hidden=true",
        "?list=none",
        "?view=inbox",
        "?view=today",
        "?view=upcoming",
        "?view=overdue",
        "?view=completed",
        "?filter=due%3Ctoday%2B7d%20and%20(tag%3Dhome%20or%20priority%3E%3Dmedium)",
        "?filter=list%3DWork&tag=big",
        "?sort=-priority,title",
        "?sort=-title",
    ] {
        told.push(format!(
            "{query}: {}",
            ann.titles(&format!("/tasks{query}")).await.join(", ")
        ));
    }
    told.push(format!(
        "?list=ID: {}",
        ann.titles(&format!("/tasks?list={work}")).await.join(", ")
    ));
    told.push(format!(
        "counts: {}",
        ann.get("/counts").await.to_string().replace(&work, "WORK")
    ));
    check(
        told,
        expect![[r#"
        : late, today, soon, far, some day
        ?status=all: late, today, soon, far, some day, done
        ?status=done: done
        ?tag=home: today, soon
        ?priority=high: late
        ?due_before=2026-11-27: late, today, soon
        ?due_after=2026-11-27: far
        ?q=shed: some day
        ?hidden=true: late, today, soon, far, some day, hidden
        ?list=none: late, today, some day
        ?view=inbox: late, today, some day
        ?view=today: late, today
        ?view=upcoming: soon, far
        ?view=overdue: late
        ?view=completed: done
        ?filter=due%3Ctoday%2B7d%20and%20(tag%3Dhome%20or%20priority%3E%3Dmedium): late, today, soon
        ?filter=list%3DWork&tag=big: soon
        ?sort=-priority,title: late, far, some day, soon, today
        ?sort=-title: today, soon, some day, late, far
        ?list=ID: soon, far
        counts: {"list":{"WORK":2},"tag":{"big":1,"home":2},"view":{"all":5,"inbox":3,"overdue":1,"today":2,"upcoming":2}}"#]],
    );
}

#[tokio::test]
async fn r_1_8_pages_stay_in_place_while_rows_change() {
    let house = house(MONDAY).await;
    let ann = &house.ann;
    let mut ids = Vec::new();
    for n in 0..25 {
        ids.push(ann.create(json!({"title": format!("{n:02}"), "due": {"date": format!("2026-12-{:02}", n / 3 + 1)}})).await);
    }
    let mut seen = Vec::new();
    let mut path = "/tasks?limit=4&sort=due,-title".to_owned();
    loop {
        let page = ann.get(&path).await;
        seen.extend(
            page["items"]
                .as_array()
                .unwrap()
                .iter()
                .map(|item| item["title"].as_str().unwrap().to_owned()),
        );
        let Some(next) = page["next"].as_str() else {
            break;
        };
        path = format!("/tasks?limit=4&sort=due,-title&after={next}");
        // What changes behind the reader neither comes twice nor pushes anything out.
        ann.complete(ids[seen.len() - 3]).await;
        ann.create(json!({"title": "new", "due": {"date": "2026-11-24"}}))
            .await;
    }
    assert_eq!(
        seen.len(),
        25 - seen.iter().filter(|title| *title == "new").count(),
        "{seen:?}"
    );
    let mut once = seen.clone();
    once.dedup();
    assert_eq!(once, seen);
}

#[tokio::test]
async fn r_1_8_saved_views_are_the_users_own() {
    let house = house(MONDAY).await;
    let ann = &house.ann;
    ann.create(json!({"title": "a", "tags": ["home"], "priority": "low"}))
        .await;
    ann.create(json!({"title": "b", "tags": ["home"], "priority": "high"}))
        .await;
    ann.create(json!({"title": "c"})).await;
    let view = ann
        .post(
            "/views",
            json!({"name": "Home", "filter": "tag=home", "sort": "-priority"}),
        )
        .await;
    let path = format!("/tasks?view={}", view["id"].as_str().unwrap());
    assert_eq!(ann.titles(&path).await, ["b", "a"]);
    ann.patch(
        &format!("/views/{}", view["id"].as_str().unwrap()),
        json!({"filter": "tag!=home"}),
    )
    .await;
    assert_eq!(ann.titles(&path).await, ["c"]);
    let wrong = ann
        .ask("POST /views")
        .json(&json!({"name": "x", "filter": "tag="}))
        .await;
    assert_eq!(
        (wrong.status, wrong.code().as_str()),
        (422, "filter_invalid")
    );
}

#[tokio::test]
async fn r_1_8_every_listing_comes_page_by_page() {
    let house = house(MONDAY).await;
    let ann = &house.ann;
    let list = ann.post("/lists", json!({"name": "Work"})).await["id"].clone();
    for n in 0..5 {
        let name = format!("n{n}");
        ann.post("/lists", json!({"name": name})).await;
        ann.post("/sections", json!({"name": name, "list_id": list}))
            .await;
        let view = json!({"name": name, "filter": "tag=home"});
        ann.post("/views", view).await;
        ann.post("/me/tokens", json!({"name": name})).await;
        ann.say(&name, None).await;
    }
    let task = ann
        .create(json!({"title": "all", "tags": ["a", "b", "c", "d", "e"]}))
        .await;
    let comments = format!("/tasks/{task}/comments");
    for n in 0..5 {
        ann.post(&comments, json!({"text": n.to_string()})).await;
    }
    let history = format!("/tasks/{task}/history");
    for path in [
        "/lists",
        "/sections",
        "/views",
        "/tags",
        "/me/tokens",
        "/assistant/conversations",
        &comments,
        &history,
    ] {
        let whole = ann.get(path).await;
        let all = whole["items"].as_array().unwrap();
        assert!(all.len() >= 5, "{path}: {}", all.len());
        assert_eq!(whole["next"], json!(null), "{path}");
        let (mut pages, mut after) = (Vec::new(), String::new());
        loop {
            let page = ann.get(&format!("{path}?limit=2{after}")).await;
            assert!(page["cursor"].is_string(), "{path}");
            let items = page["items"].as_array().unwrap();
            pages.extend(items.iter().cloned());
            let Some(next) = page["next"].as_str() else {
                break;
            };
            assert_eq!(items.len(), 2, "{path}");
            after = format!("&after={next}");
        }
        assert_eq!(&pages, all, "{path}");
    }
    // What was read may go: the next page begins where it would have.
    let first = ann.get("/lists?limit=2").await;
    for gone in first["items"].as_array().unwrap() {
        let gone = gone["id"].as_str().unwrap();
        ann.delete(&format!("/lists/{gone}")).await;
    }
    let next = first["next"].as_str().unwrap();
    let rest = ann.get(&format!("/lists?after={next}")).await;
    assert_eq!(rest["items"].as_array().unwrap().len(), 4);
}
