//! What a signature says of a route.

use super::*;
use crate::{Answer, Body, Deps, Id, Limit, Params, Precondition, Reads, Writes};
use schemars::JsonSchema;
use serde::Deserialize;
use serde_json::{Value, json};
use uuid::Uuid;

/// A note.
#[derive(Deserialize, JsonSchema)]
struct Note {
    /// What it says.
    text: String,
    /// How much it matters.
    #[serde(default)]
    weight: u8,
}

#[derive(Deserialize, JsonSchema)]
struct Query {
    /// Words to look for.
    q: Option<String>,
    #[serde(default)]
    limit: Limit,
}

async fn list(_: Deps, _: Reads, Params(query): Params<Query>) -> Answer {
    Answer::json(&(query.q, query.limit.0))
}

async fn change(_: Writes, _: Precondition, Id(_): Id<Uuid>, Body(note): Body<Note>) -> Answer {
    Answer::json(&(note.text, note.weight))
}

async fn up() -> Answer {
    Answer::empty()
}

fn described() -> Value {
    let routes = Routes::<Deps>::about("notes")
        .get("/notes", list)
        .says("Looks for notes. All of them without `q`.")
        .answers::<Vec<Note>>(200)
        .patch("/notes/{id}", change)
        .says("Changes a note.")
        .shows::<Note>()
        .may(409)
        .below("/api/v1")
        .merge(
            Routes::about("health")
                .get("/health", up)
                .says("Whether it is up.")
                .nothing(),
        );
    document(&routes.operations())
}

fn keys(value: &Value) -> Vec<&str> {
    value
        .as_object()
        .unwrap()
        .keys()
        .map(String::as_str)
        .collect()
}

fn parameters(operation: &Value) -> Vec<(&str, &str)> {
    let all = operation["parameters"].as_array().unwrap().iter();
    all.map(|one| (one["in"].as_str().unwrap(), one["name"].as_str().unwrap()))
        .collect()
}

#[test]
fn who_may_call_and_with_what_is_read_off_the_signature() {
    let document = described();
    let list = &document["paths"]["/api/v1/notes"]["get"];
    assert_eq!(list["summary"], "Looks for notes");
    assert_eq!(
        list["description"],
        "Looks for notes. All of them without `q`."
    );
    assert_eq!(list["operationId"], "get_notes");
    assert_eq!(
        list["security"],
        json!([{ "token": ["tasks:read"] }, { "session": [] }])
    );
    assert_eq!(parameters(list), [("query", "limit"), ("query", "q")]);
    assert_eq!(list["parameters"][1]["schema"], json!({ "type": "string" }));
    assert_eq!(
        keys(&list["responses"]),
        [
            "200", "400", "401", "403", "406", "421", "429", "500", "503"
        ]
    );

    let change = &document["paths"]["/api/v1/notes/{id}"]["patch"];
    assert_eq!(
        parameters(change),
        [
            ("path", "id"),
            ("header", "Idempotency-Key"),
            ("header", "If-Match"),
            ("header", "Base-Version")
        ]
    );
    assert_eq!(
        keys(&change["responses"]),
        [
            "200", "400", "401", "403", "404", "406", "409", "412", "413", "415", "421", "422",
            "429", "500", "503"
        ]
    );
    assert_eq!(
        keys(&change["responses"]["200"]["headers"]),
        [
            "ETag",
            "Idempotency-Replayed",
            "RateLimit",
            "RateLimit-Policy"
        ]
    );

    let health = &document["paths"]["/health"]["get"];
    assert_eq!(health["security"], json!([]));
    assert_eq!(health["responses"]["204"].get("content"), None);
}

/// What may be left out of a request always stands in an answer: then they are two schemas.
#[test]
fn a_request_and_an_answer_of_one_type_may_differ() {
    let document = described();
    let schemas = &document["components"]["schemas"];
    assert_eq!(schemas["NoteInput"]["required"], json!(["text"]));
    assert_eq!(schemas["Note"]["required"], json!(["text", "weight"]));
    let body = &document["paths"]["/api/v1/notes/{id}"]["patch"]["requestBody"]["content"]["application/json"]
        ["schema"];
    assert_eq!(body["$ref"], "#/components/schemas/NoteInput");
    assert_eq!(
        schemas["Note"]["properties"]["text"]["description"],
        "What it says."
    );
}

#[test]
fn every_code_stands_with_its_status() {
    let document = described();
    let limited = &document["components"]["responses"]["Problem429"];
    assert_eq!(limited["description"], "`rate_limited`: Too fast.");
    assert_eq!(keys(&limited["headers"]), ["Retry-After"]);
    assert_eq!(keys(&limited["content"]), ["application/problem+json"]);
}
