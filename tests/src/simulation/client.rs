//! People and their programs: they ask over HTTP, are not always answered, and ask again with the same key.

use super::world::{MILLI, Mode, OUTSIDE, ProcessId, SECOND, Seam, Sleep, Verdict, World};
use axum::body::{Body, to_bytes};
use futures::{FutureExt, channel::oneshot};
use http::{HeaderValue, Request, header};
use jiff::{SignedDuration, Timestamp};
use serde_json::{Value, json};
use tower::ServiceExt;
use uuid::Uuid;

/// Tries before a client gives up.
const TRIES: u32 = 12;

/// What was promised to a client; the log must have it.
#[derive(Clone, Debug)]
pub(crate) enum Accepted {
    /// A record in a version.
    Version(Uuid, u64),
    /// A run that was taken back by this one.
    Undone(Uuid),
    /// A task in the trash.
    Deleted(Uuid),
}

/// One program of a person's.
#[derive(Clone)]
pub(crate) struct Client {
    pub(crate) name: String,
    pub(crate) token: String,
    pub(crate) world: World,
}

/// What came back.
#[derive(Clone, Debug)]
struct Answer {
    status: u16,
    body: Value,
    replayed: bool,
}

/// Which tasks are meant.
#[derive(Clone, Copy)]
enum Of {
    Any,
    Series,
    Single,
}

/// A request, to be sent as often as it takes.
struct Asked {
    method: &'static str,
    path: String,
    body: Value,
    key: String,
}

impl Client {
    /// Does this and that for a while.
    pub(crate) async fn live(self, acts: u64) {
        for act in 0..acts {
            let pause = self
                .world
                .state()
                .dice
                .some_or_many(2 * SECOND, 120 * SECOND);
            self.world.nap(pause, Sleep::Exact).await;
            self.act(act).await;
        }
        self.world.state().clients -= 1;
    }

    async fn act(&self, act: u64) {
        let what = self.world.state().dice.below(16);
        match what {
            0..=3 => self.create(act).await,
            4..=5 => self.create_series(act).await,
            6..=7 => self.on_some("open", Of::Any, Self::complete).await,
            8..=9 => self.on_some("open", Of::Series, Self::complete).await,
            10 => {
                self.on_some("done", Of::Series, |client, id| client.verb(id, "reopen"))
                    .await;
            }
            11..=12 => self.undo().await,
            13 => self.on_some("open", Of::Single, Self::snooze).await,
            14 => self.on_some("open", Of::Single, Self::move_due).await,
            _ => self.retry_or_delete().await,
        }
    }

    async fn create(&self, act: u64) {
        let due = self.soon(3, 12);
        let reminders = json!([{"offset": "-PT2M"}, {"at": due.1}]);
        let title = format!("{} {act}", self.name);
        let body = json!({"title": title, "due": due.0, "reminders": reminders});
        self.write("POST", "/tasks".to_owned(), body).await;
    }

    async fn create_series(&self, act: u64) {
        let due = self.soon(2, 12);
        let body = json!({
            "title": format!("{} {act}, daily", self.name),
            "due": due.0,
            "reminders": [{"offset": "-PT1M"}],
            "recurrence": {"rrule": "FREQ=DAILY"},
        });
        self.write("POST", "/tasks".to_owned(), body).await;
    }

    /// Sometimes by mistake, and sometimes that was the mistake.
    async fn complete(self, id: Uuid) {
        self.clone().verb(id, "complete").await;
        if self.world.state().dice.chance(300) {
            self.undo().await;
            if self.world.state().dice.chance(500) {
                self.verb(id, "complete").await;
            }
        }
    }

    async fn verb(self, id: Uuid, verb: &str) {
        self.write("POST", format!("/tasks/{id}/{verb}"), Value::Null)
            .await;
    }

    async fn undo(&self) {
        self.write("POST", "/undo".to_owned(), json!({})).await;
    }

    async fn snooze(self, id: Uuid) {
        let (_, until) = self.soon(1, 10);
        let body = json!({"until": until});
        self.write("POST", format!("/tasks/{id}/snooze"), body)
            .await;
    }

    async fn move_due(self, id: Uuid) {
        let (due, _) = self.soon(1, 12);
        self.write("PATCH", format!("/tasks/{id}"), json!({"due": due}))
            .await;
    }

    async fn retry_or_delete(&self) {
        let failed = |delivery: &&Value| delivery["state"] == "failed";
        let deliveries = self.items("/deliveries?limit=50").await;
        match deliveries.iter().find(failed) {
            Some(delivery) => {
                let path = format!("/deliveries/{}/retry", text(&delivery["id"]));
                self.write("POST", path, Value::Null).await;
            }
            None => self.on_some("open", Of::Single, Self::delete).await,
        }
    }

    async fn delete(self, id: Uuid) {
        let done = self
            .write("DELETE", format!("/tasks/{id}"), Value::Null)
            .await;
        if done.is_some_and(|answer| answer.status == 204) {
            self.world.state().accepted.push(Accepted::Deleted(id));
        }
    }

    /// Picks a task, often the latest, which others may be at as well, and does something to it.
    async fn on_some<F: Future<Output = ()>>(
        &self,
        status: &str,
        of: Of,
        what: impl FnOnce(Self, Uuid) -> F,
    ) {
        let tasks = self
            .items(&format!("/tasks?status={status}&limit=50&sort=created"))
            .await;
        let fits = |task: &&Value| match of {
            Of::Any => true,
            Of::Series => !task["series_id"].is_null(),
            Of::Single => task["series_id"].is_null(),
        };
        let ids: Vec<Uuid> = tasks.iter().filter(fits).filter_map(id).collect();
        let chosen = {
            let dice = &mut self.world.state().dice;
            let hot = ids.last().filter(|_| dice.chance(500));
            hot.or_else(|| dice.pick(&ids)).copied()
        };
        if let Some(chosen) = chosen {
            what(self.clone(), chosen).await;
        }
    }

    async fn items(&self, path: &str) -> Vec<Value> {
        let asked = Asked {
            method: "GET",
            path: path.to_owned(),
            body: Value::Null,
            key: String::new(),
        };
        match self.ask(&asked).await {
            Some(Answer { mut body, .. }) => match body["items"].take() {
                Value::Array(items) => items,
                _ => Vec::new(),
            },
            None => Vec::new(),
        }
    }

    /// A write, with a key of its own; sometimes asked for once more after it was answered.
    async fn write(&self, method: &'static str, path: String, body: Value) -> Option<Answer> {
        let key = format!("{:032x}", self.world.state().dice.wide());
        let asked = Asked {
            method,
            path,
            body,
            key,
        };
        let answer = self.ask(&asked).await?;
        if (200..300).contains(&answer.status) {
            self.accepted(&answer.body);
            if self.world.state().dice.chance(100) {
                self.again(&asked, &answer).await;
            }
        }
        Some(answer)
    }

    fn accepted(&self, body: &Value) {
        let mut state = self.world.state();
        if let (Some(id), Some(version)) = (id(body), body["version"].as_u64()) {
            state.accepted.push(Accepted::Version(id, version));
        } else if let Ok(run) = text(&body["run_id"]).parse() {
            state.accepted.push(Accepted::Undone(run));
        }
    }

    /// The same request once more has the same answer.
    async fn again(&self, asked: &Asked, first: &Answer) {
        let Some(second) = self.ask(asked).await else {
            return;
        };
        if !second.replayed || second.body != first.body {
            self.world.broken(format!(
                "one effect for an Idempotency-Key: {} {} was answered {} first, and then {} (replayed: {})",
                asked.method, asked.path, first.body, second.body, second.replayed
            ));
        }
    }

    /// Asks until there is an answer that is final.
    async fn ask(&self, asked: &Asked) -> Option<Answer> {
        for _ in 0..TRIES {
            if let Some(answer) = self.once(asked).await
                && answer.status < 500
                && answer.status != 409
            {
                return Some(answer);
            }
            let pause = self.world.state().dice.between(100, 15_000);
            self.world.nap(pause * MILLI, Sleep::Exact).await;
        }
        None
    }

    async fn once(&self, asked: &Asked) -> Option<Answer> {
        let process = self.somewhere()?;
        let what = format!("{} {} {}", self.name, asked.method, asked.path);
        let verdict = self.world.stand(Seam::Request, what).await;
        if verdict == Verdict::Lost {
            return None;
        }
        // Asked for only now: nobody outside holds on to a process that may be killed.
        let router = self.world.state().alive.get(&process)?.router.clone();
        let (answer, answered) = oneshot::channel();
        let request = self.request(asked);
        let serve = async move {
            let response = router
                .oneshot(request)
                .await
                .unwrap_or_else(|never| match never {});
            let status = response.status().as_u16();
            let replayed = response.headers().contains_key("idempotency-replayed");
            let body = to_bytes(response.into_body(), 1 << 24).await;
            let body = serde_json::from_slice(&body.unwrap_or_default()).unwrap_or_default();
            drop(answer.send(Answer {
                status,
                body,
                replayed,
            }));
        };
        self.world
            .spawn(process, Mode::Says, "request", serve.boxed());
        let answer = {
            let _waiting = self.world.waiting();
            answered.await.ok()
        };
        let said = answer
            .as_ref()
            .map_or("nothing".to_owned(), |it| it.status.to_string());
        let line = format!("  {} {} -> {said}", self.name, asked.path);
        self.world.state().trace.line(line);
        answer.filter(|_| verdict != Verdict::AnswerLost)
    }

    /// One of the processes that are there.
    fn somewhere(&self) -> Option<ProcessId> {
        let mut state = self.world.state();
        let ids: Vec<ProcessId> = state.alive.keys().copied().collect();
        state.dice.pick(&ids).copied()
    }

    fn request(&self, asked: &Asked) -> Request<Body> {
        let body = match &asked.body {
            Value::Null => Body::empty(),
            body => Body::from(body.to_string()),
        };
        let mut request = Request::new(body);
        *request.method_mut() = asked.method.parse().unwrap_or_default();
        *request.uri_mut() = format!("/api/v1{}", asked.path).parse().unwrap_or_default();
        let headers = request.headers_mut();
        let mut put = |name, value: &str| {
            if let Ok(value) = HeaderValue::from_str(value) {
                headers.insert(name, value);
            }
        };
        put(header::HOST, "localhost");
        put(header::AUTHORIZATION, &format!("Bearer {}", self.token));
        if !asked.body.is_null() {
            put(header::CONTENT_TYPE, "application/json");
        }
        if !asked.key.is_empty() {
            put(
                header::HeaderName::from_static("idempotency-key"),
                &asked.key,
            );
        }
        request
    }

    /// A moment in some minutes: as a due time, and as it is.
    fn soon(&self, from: i64, to: i64) -> (Value, Timestamp) {
        let mut state = self.world.state();
        let minutes = state.dice.between(from, to);
        let at = state.wall() + SignedDuration::from_mins(minutes);
        // Whole minutes, so that some come at once.
        let at = Timestamp::from_second(at.as_second() / 60 * 60).unwrap_or(at);
        let wall = at.to_zoned(jiff::tz::TimeZone::UTC).datetime();
        (json!({"at": wall, "time_zone": "UTC"}), at)
    }
}

/// Begins a client.
pub(crate) fn begin(client: Client, acts: u64) {
    let (world, name) = (client.world.clone(), client.name.clone());
    world.state().clients += 1;
    world.spawn(OUTSIDE, Mode::Says, name, client.live(acts).boxed());
}

fn text(value: &Value) -> &str {
    value.as_str().unwrap_or_default()
}

fn id(value: &Value) -> Option<Uuid> {
    text(&value["id"]).parse().ok()
}
