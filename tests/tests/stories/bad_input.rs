//! Bad input, told as tables: each is refused by a problem with a code of API.md 7 and words that say what to do, and writes nothing.

mod bodies;
mod headers;
mod limits;
mod params;
mod records;

use crate::{MONDAY, anything::well_answered};
use domain::id::TaskId;
use house_tests::house;
use serde_json::{Value, json};
use std::sync::Mutex;
use testkit::{Got, House, house::Ask};

/// A house with a few things in it at which bad requests are aimed.
struct Scene {
    house: House,
    task: TaskId,
    series: TaskId,
    list: String,
    /// What was not as it should be; told at the end, so that one row does not hide another.
    wrong: Mutex<Vec<String>>,
}

impl Drop for Scene {
    fn drop(&mut self) {
        let wrong = self.wrong.get_mut().unwrap();
        assert!(
            wrong.is_empty() || std::thread::panicking(),
            "{}",
            wrong.join("\n")
        );
    }
}

impl Scene {
    async fn new() -> Self {
        let house = house(MONDAY).await;
        let ann = &house.ann;
        let list = ann.post("/lists", json!({"name": "Work"})).await["id"]
            .as_str()
            .unwrap()
            .to_owned();
        let task = ann
            .create(json!({"title": "plain", "tags": ["home"]}))
            .await;
        ann.patch(
            &format!("/tasks/{task}"),
            json!({"notes": "second version"}),
        )
        .await;
        let series = ann.add("water plants every day at 18:00").await;
        Self {
            house,
            task,
            series,
            list,
            wrong: Mutex::default(),
        }
    }

    /// A request of Ann's; `{task}`, `{series}` and `{list}` in its path are what there is.
    fn ask(&self, what: &str) -> Ask {
        let what = what
            .replace("{task}", &self.task.to_string())
            .replace("{series}", &self.series.to_string());
        self.house.ann.raw(
            &what
                .replace("{list}", &self.list)
                .replacen(" /", " /api/v1/", 1),
        )
    }

    /// Sends it and sees that it is refused as it should be, and that nothing was written.
    async fn refused(&self, what: &str, ask: Ask, expected: &str) -> Got {
        let before = (self.house.heads().await, self.credentials().await);
        let got = ask.await;
        let answered = format!("{} {}", got.status, got.code());
        if answered != expected {
            self.wrong(format!(
                "{what}: not {expected} but {answered}: {}",
                got.body
            ));
            return got;
        }
        well_answered(what, &got).unwrap_or_else(|why| self.wrong(why));
        let words = got.json()["detail"].as_str().unwrap_or_default().to_owned();
        let internal = [
            "sql",
            "serde",
            "panic",
            "thread",
            ".rs",
            "invalid digit",
            "struct ",
            "variant",
        ];
        let told = internal
            .iter()
            .any(|word| words.to_lowercase().contains(word));
        if told || words.starts_with(char::is_lowercase) || !words.ends_with(['.', '?']) {
            self.wrong(format!("{what}: no words for a person: {words}"));
        }
        if (self.house.heads().await, self.credentials().await) != before {
            self.wrong(format!("{what} wrote something"));
        }
        got
    }

    fn wrong(&self, what: String) {
        self.wrong.lock().unwrap().push(what);
    }

    /// A row with a JSON body: the request, the body, what is answered, and the place that is named.
    async fn rows(&self, rows: Vec<(&str, Value, &str, &str)>) {
        for (what, body, expected, pointer) in rows {
            let shown: String = format!("{what} {body}").chars().take(200).collect();
            let got = self
                .refused(&shown, self.ask(what).json(&body), expected)
                .await;
            let named = got.json()["errors"][0]["pointer"]
                .as_str()
                .unwrap_or_default()
                .to_owned();
            if named != pointer && got.status >= 400 {
                self.wrong(format!("{shown}: not {pointer} but {named}: {}", got.body));
            }
        }
    }

    async fn credentials(&self) -> usize {
        let tokens = self
            .house
            .deps
            .store
            .credentials(&self.house.ann.reader, "token")
            .await;
        tokens.unwrap().len()
    }
}
