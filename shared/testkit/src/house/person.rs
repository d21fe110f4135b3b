//! Somebody in the house: what they ask for, and a few things that stories do often.

use super::ask::{Ask, Got};
use axum::Router;
use domain::id::TaskId;
use host::{Deps, secret, who};
use jiff::Timestamp;
use serde_json::{Value, json};
use store::{Credential, Reader};

/// Somebody who asks by a session at the page, by a token, or as a stranger.
#[derive(Clone)]
pub struct Person {
    /// Their name.
    pub name: String,
    /// Who they are to the store.
    pub reader: Reader,
    deps: Deps,
    router: Router,
    proof: Proof,
}

#[derive(Clone)]
enum Proof {
    None,
    Session(String),
    Token(String),
}

impl Person {
    /// At a page that is signed in.
    pub(super) async fn moves_in(name: &str, reader: Reader, deps: &Deps, router: &Router) -> Self {
        let mut person = Self {
            name: name.to_owned(),
            reader,
            deps: deps.clone(),
            router: router.clone(),
            proof: Proof::None,
        };
        person.proof = Proof::Session(person.credential("session", "page", "").await);
        person
    }

    /// The same person by a program's token with these scopes.
    pub async fn by_token(&self, name: &str, scopes: &str) -> Self {
        let proof = Proof::Token(self.credential("token", name, scopes).await);
        self.by(proof)
    }

    /// The same person by a token that somebody was given.
    #[must_use]
    pub fn with_token(&self, token: &str) -> Self {
        self.by(Proof::Token(token.to_owned()))
    }

    /// The same person in a browser that keeps this secret as its cookie.
    #[must_use]
    pub fn with_session(&self, secret: &str) -> Self {
        self.by(Proof::Session(secret.to_owned()))
    }

    pub(super) fn as_stranger(&self) -> Self {
        self.by(Proof::None)
    }

    fn by(&self, proof: Proof) -> Self {
        Self {
            proof,
            ..self.clone()
        }
    }

    async fn credential(&self, kind: &str, name: &str, scopes: &str) -> String {
        let text = secret::token(self.deps.ids.secret());
        let credential = Credential {
            id: self.deps.ids.uuid(),
            reader: self.reader.clone(),
            hash: self.deps.key.hash(kind, &text),
            kind: kind.to_owned(),
            name: name.to_owned(),
            scopes: scopes.to_owned(),
            created_at: self.deps.clock.now(),
            expires_at: None,
        };
        let kept = self.deps.store.add_credential(&credential).await;
        kept.expect("the store keeps a credential");
        text
    }

    /// A request with its whole path, by this person: `GET /health`.
    pub fn raw(&self, what: &str) -> Ask {
        let ask = Ask::new(&self.router, what);
        match self.proof() {
            None => ask,
            Some((name, value)) => ask.header(name, &value),
        }
    }

    /// The header by which they are known.
    pub fn proof(&self) -> Option<(&'static str, String)> {
        match &self.proof {
            Proof::None => None,
            Proof::Session(secret) => Some(("cookie", format!("{}={secret}", who::COOKIE))),
            Proof::Token(secret) => Some(("authorization", format!("Bearer {secret}"))),
        }
    }

    /// A request below `/api/v1`: `GET /tasks`.
    pub fn ask(&self, what: &str) -> Ask {
        self.raw(&what.replacen(' ', " /api/v1", 1))
    }

    /// `GET`, which must go well.
    pub async fn get(&self, path: &str) -> Value {
        self.ask(&format!("GET {path}")).await.ok()
    }

    /// `POST`, which must go well.
    pub async fn post(&self, path: &str, body: Value) -> Value {
        self.ask(&format!("POST {path}")).json(&body).await.ok()
    }

    /// `PATCH`, which must go well.
    pub async fn patch(&self, path: &str, body: Value) -> Value {
        self.ask(&format!("PATCH {path}")).json(&body).await.ok()
    }

    /// `DELETE`, which must go well.
    pub async fn delete(&self, path: &str) {
        self.ask(&format!("DELETE {path}")).await.ok();
    }

    /// Adds a task by a line of text, as the page's quick add does.
    pub async fn add(&self, line: &str) -> TaskId {
        let settings = self.get("/me/settings").await;
        let zone = settings["time_zone"].as_str().expect("a zone");
        let now: Timestamp = self.deps.clock.now();
        let now = now.in_tz(zone).expect("a known zone");
        let now = now.strftime("%Y-%m-%dT%H:%M:%S%:z").to_string();
        let asked = json!({ "text": line, "mode": "add", "now": now, "time_zone": zone });
        let read = self.post("/interpret", asked).await;
        let command = read["items"][0]["command"].clone();
        assert!(command.is_object(), "{line:?} makes no task: {read}");
        let done = self
            .post("/commands", json!({ "mode": "all", "commands": [command] }))
            .await;
        id(&done["results"][0])
    }

    /// Makes a task of these fields.
    pub async fn create(&self, fields: Value) -> TaskId {
        id(&self.post("/tasks", fields).await)
    }

    /// A task as it is.
    pub async fn task(&self, task: TaskId) -> Value {
        self.get(&format!("/tasks/{task}")).await
    }

    /// Completes a task.
    pub async fn complete(&self, task: TaskId) -> Value {
        self.verb(task, "complete").await.ok()
    }

    /// One of the verbs that take no body: `complete`, `reopen`, `drop`, `skip`, `restore`.
    pub async fn verb(&self, task: TaskId, verb: &str) -> Got {
        self.ask(&format!("POST /tasks/{task}/{verb}")).await
    }

    /// Says something to the assistant, in a conversation where one is given.
    pub async fn say(&self, text: &str, conversation: Option<&Value>) -> Value {
        let mut body = json!({ "text": text });
        if let Some(conversation) = conversation {
            body["conversation_id"] = conversation.clone();
        }
        self.post("/assistant/messages", body).await
    }

    /// Titles of a listing: `/tasks?view=today`.
    pub async fn titles(&self, path: &str) -> Vec<String> {
        let page = self.get(path).await;
        let items = page["items"].as_array().expect("a listing");
        let title = |item: &Value| item["title"].as_str().unwrap_or_default().to_owned();
        items.iter().map(title).collect()
    }

    /// A task's history, a line each: `changed title by page`, `reminder cancelled because completed by page`.
    pub async fn history(&self, task: TaskId) -> Vec<String> {
        let page = self.get(&format!("/tasks/{task}/history")).await;
        let items = page["items"].as_array().expect("a history");
        items.iter().map(line).collect()
    }
}

fn line(event: &Value) -> String {
    let text = |value: &Value| value.as_str().unwrap_or_default().to_owned();
    let kind = text(&event["type"]);
    let kind = kind.trim_start_matches("errand.").trim_end_matches(".v1");
    let kind = kind.trim_start_matches("task.").replace('.', " ");
    let fields = event["data"]["after"]
        .as_object()
        .filter(|_| kind == "changed");
    let fields = fields.map(|fields| {
        let names: Vec<_> = fields.keys().map(String::as_str).collect();
        format!(" {}", names.join(", "))
    });
    let note = event["data"]["note"].as_str();
    let note = note
        .map(|note| format!(" because {note}"))
        .unwrap_or_default();
    format!(
        "{kind}{}{note} by {}",
        fields.unwrap_or_default(),
        text(&event["by"]["client"])
    )
}

fn id(record: &Value) -> TaskId {
    let id = record["id"].as_str().and_then(|id| id.parse().ok());
    id.unwrap_or_else(|| panic!("no id: {record}"))
}
