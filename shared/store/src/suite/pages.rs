//! The order of listings, and their pages.

use super::{kit::*, listing::query};
use crate::*;
use domain::{command::Command, id::*};
use jiff::Timestamp;
use serde_json::json;

pub async fn every_sort(store: Checked) {
    use SortKey::{Closed, Created, Deadline, Due, Position, Priority, Title, Updated};
    let me = person(&store).await;
    create(
        &store,
        &me,
        json!({"title": "b", "due": {"date": "2026-11-26"}, "priority": "low", "position": "m"}),
    )
    .await;
    let a = create(&store, &me, json!({"title": "A", "due": {"date": "2026-11-25"}, "priority": "high", "deadline": "2026-12-02", "position": "z"})).await;
    create(
        &store,
        &me,
        json!({"title": "c", "deadline": "2026-12-01", "position": "B"}),
    )
    .await;
    create(&store, &me, json!({"title": "d", "due": {"at": "2026-11-25T10:00:00", "time_zone": null}, "position": "a"})).await;
    let (need, edit) = retitle(a, "a");
    store.commit(&writer(&me), need, edit).await.unwrap();
    let up = |key| SortBy {
        key,
        descending: false,
    };
    let down = |key| SortBy {
        key,
        descending: true,
    };
    for (sort, expected) in [
        (vec![], "a d b c"),
        (vec![up(Due)], "a d b c"),
        (vec![down(Due)], "b d a c"),
        (vec![up(Deadline), up(Title)], "c a b d"),
        (vec![down(Deadline), up(Title)], "a c b d"),
        (vec![up(Priority), up(Title)], "c d b a"),
        (vec![down(Priority), up(Title)], "a b c d"),
        (vec![up(Title)], "a b c d"),
        (vec![down(Title)], "d c b a"),
        (vec![up(Position)], "c d b a"),
        (vec![up(Created)], "b a c d"),
        (vec![down(Updated)], "a d c b"),
        (vec![up(Closed), up(Title)], "a b c d"),
    ] {
        let query = TaskQuery {
            sort: sort.clone(),
            ..query("")
        };
        assert_eq!(
            titles(&store.tasks(&me, &query).await.unwrap()).join(" "),
            expected,
            "{sort:?}"
        );
        // The same, page by page.
        let mut paged = TaskQuery { limit: 1, ..query };
        let mut all = Vec::new();
        for _ in 0..4 {
            let page = store.tasks(&me, &paged).await.unwrap();
            all.extend(titles(&page));
            paged.after = page.next;
        }
        assert_eq!(
            (all.join(" "), paged.after),
            (expected.to_owned(), None),
            "{sort:?} by pages"
        );
    }
}

pub async fn pages_hold_still_while_rows_change(store: Checked) {
    let me = person(&store).await;
    let mut ids = Vec::new();
    for n in 0..24 {
        ids.push(create(&store, &me, json!({"title": format!("{n:02}"), "priority": if n % 2 == 0 { "high" } else { "low" }})).await);
    }
    for sort in [
        vec![SortKey::Title],
        vec![SortKey::Priority, SortKey::Title],
    ] {
        let sort = sort
            .into_iter()
            .map(|key| SortBy {
                key,
                descending: key == SortKey::Priority,
            })
            .collect();
        let mut paged = TaskQuery {
            sort,
            limit: 5,
            ..query("status=open")
        };
        let mut seen = Vec::new();
        for round in 0.. {
            let page = store.tasks(&me, &paged).await.unwrap();
            seen.extend(titles(&page));
            // Something goes from the pages read, and something comes before them.
            if let Some(first) = page.items.first() {
                run(
                    &store,
                    &writer(&me),
                    Command::DeleteTask {
                        id: TaskId(first.id),
                    },
                )
                .await
                .unwrap();
                create(
                    &store,
                    &me,
                    json!({"title": format!("!{round}"), "priority": "high"}),
                )
                .await;
                run(
                    &store,
                    &writer(&me),
                    Command::RestoreTask {
                        id: TaskId(first.id),
                    },
                )
                .await
                .unwrap();
            }
            paged.after = page.next;
            if paged.after.is_none() {
                break;
            }
        }
        let mut old: Vec<_> = seen
            .iter()
            .filter(|title| !title.starts_with('!'))
            .collect();
        old.sort();
        old.dedup();
        assert_eq!(old.len(), 24, "{seen:?}");
        let count = seen.len();
        seen.sort();
        seen.dedup();
        assert_eq!(seen.len(), count, "nothing comes twice");
    }
}

pub async fn cursors_are_bound(store: Checked) {
    let (me, you) = (person(&store).await, person(&store).await);
    for who in [&me, &you] {
        for n in 0..4 {
            create(&store, who, json!({"title": format!("{n}")})).await;
        }
    }
    let first = TaskQuery {
        limit: 2,
        ..query("status=open")
    };
    let next = store.tasks(&me, &first).await.unwrap().next.unwrap();
    let again = TaskQuery {
        after: Some(next.clone()),
        now: Some(Timestamp::MAX),
        ..first.clone()
    };
    assert_eq!(
        store.tasks(&me, &again).await.unwrap().items.len(),
        2,
        "a later moment is the same listing"
    );
    let mut forged = next.clone();
    forged.replace_range(3..4, if &next[3..4] == "A" { "B" } else { "A" });
    let sort = vec![SortBy {
        key: SortKey::Title,
        descending: false,
    }];
    for (words, who, wrong) in [
        ("another person's", &you, again.clone()),
        (
            "another filter's",
            &me,
            TaskQuery {
                filters: vec![],
                ..again.clone()
            },
        ),
        (
            "another order's",
            &me,
            TaskQuery {
                sort,
                ..again.clone()
            },
        ),
        (
            "the trash's",
            &me,
            TaskQuery {
                trash: true,
                ..again.clone()
            },
        ),
        (
            "forged",
            &me,
            TaskQuery {
                after: Some(forged),
                ..again.clone()
            },
        ),
        (
            "empty",
            &me,
            TaskQuery {
                after: Some(String::new()),
                ..again.clone()
            },
        ),
        (
            "no cursor",
            &me,
            TaskQuery {
                after: Some("nonsense!".into()),
                ..again.clone()
            },
        ),
    ] {
        let outcome = store.tasks(who, &wrong).await;
        assert!(
            matches!(outcome, Err(StoreError::CursorInvalid)),
            "{words}: {outcome:?}"
        );
    }
    for wrong in [
        "x",
        "1.x",
        "1.x:1",
        "1.00000000-0000-0000-0000-000000000000:-1",
    ] {
        assert!(
            matches!(
                store.log(&me, wrong, 10).await,
                Err(StoreError::CursorInvalid)
            ),
            "{wrong}"
        );
    }
}
