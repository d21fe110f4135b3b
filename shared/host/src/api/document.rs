//! The OpenAPI 3.1 document.

use super::{
    operation::{Answered, Identity, Operation},
    schemas::Schemas,
};
use crate::{Code, who};
use contract::schema::answers::Problem;
use http::Method;
use schemars::SchemaGenerator;
use serde_json::{Map, Value, json};

const ABOUT: &str = "Tasks, and an assistant to talk to. Errors are problem+json with a stable `code`; what belongs to somebody else is \
    404. Every write takes an `Idempotency-Key`. Listings answer pages: send `next` as `after` for the next one. A record's version is \
    its `ETag`; `If-Match` refuses and `Base-Version` merges what somebody else changed meanwhile. Events are in /asyncapi.json.";

/// The document of these operations.
pub fn document(operations: &[Operation]) -> Value {
    let mut schemas = Schemas::new();
    let mut paths = Map::new();
    for operation in operations {
        let described = operation.described(&mut schemas);
        let path = paths.entry(&operation.path).or_insert_with(|| json!({}));
        if let Some(path) = path.as_object_mut() {
            path.insert(operation.method.as_str().to_lowercase(), described);
        }
    }
    let problem = schemas.answer(SchemaGenerator::subschema_for::<Problem>);
    schemas.placed(json!({
        "openapi": "3.1.0",
        "info": {
            "title": "Errand",
            "version": "1",
            "description": ABOUT,
            "license": { "name": "Apache-2.0", "identifier": "Apache-2.0" },
        },
        "servers": [{ "url": "/" }],
        "tags": tags(operations),
        "paths": paths,
        "components": {
            "securitySchemes": security_schemes(),
            "headers": headers(),
            "responses": responses(&problem),
        },
    }))
}

fn tags(operations: &[Operation]) -> Vec<Value> {
    let mut names: Vec<_> = operations.iter().map(|operation| operation.tag).collect();
    names.dedup();
    names.iter().map(|name| json!({ "name": name })).collect()
}

impl Operation {
    fn described(&self, schemas: &mut Schemas) -> Value {
        let (title, _) = self.words.split_once(". ").unwrap_or((self.words, ""));
        let mut described = json!({
            "operationId": self.id(),
            "tags": [self.tag],
            "summary": title.trim_end_matches('.'),
            "security": self.security(),
            "parameters": self.parameters(schemas),
            "responses": self.responses(schemas),
        });
        let Some(fields) = described.as_object_mut() else {
            return described;
        };
        if title != self.words {
            fields.insert("description".to_owned(), self.words.into());
        }
        if let Some(shape) = self.body {
            let schema = schemas.request(shape);
            let body = json!({ "required": true, "content": { "application/json": { "schema": schema } } });
            fields.insert("requestBody".to_owned(), body);
        }
        described
    }

    /// `get_tasks_id_history`.
    fn id(&self) -> String {
        let path = self.path.trim_start_matches("/api/v1");
        let words = path
            .split(|letter: char| !letter.is_ascii_alphanumeric())
            .filter(|word| !word.is_empty());
        let method = self.method.as_str().to_lowercase();
        std::iter::once(method.as_str())
            .chain(words)
            .collect::<Vec<_>>()
            .join("_")
    }

    fn security(&self) -> Value {
        match self.who {
            Identity::Anybody => json!([]),
            Identity::SignedIn => json!([{ "token": [] }, { "session": [] }]),
            Identity::With(scope) => json!([{ "token": [scope] }, { "session": [] }]),
        }
    }

    fn parameters(&self, schemas: &mut Schemas) -> Vec<Value> {
        let mut all = Vec::new();
        let names = self
            .path
            .split('{')
            .skip(1)
            .filter_map(|rest| rest.split('}').next());
        for name in names {
            let schema = if self.by_id && name == "id" {
                json!({ "type": "string", "format": "uuid" })
            } else {
                json!({ "type": "string", "minLength": 1 })
            };
            all.push(json!({ "name": name, "in": "path", "required": true, "schema": schema }));
        }
        for shape in &self.query {
            all.extend(query(&schemas.request(*shape)));
        }
        for (name, words) in &self.headers {
            let schema = json!({ "type": "string" });
            all.push(json!({ "name": name, "in": "header", "required": false, "description": words, "schema": schema }));
        }
        all
    }

    fn responses(&self, schemas: &mut Schemas) -> Map<String, Value> {
        let mut all = Map::new();
        for answer in &self.answers {
            let said = all.entry(answer.status.to_string()).or_insert_with(|| {
                json!({ "description": words(answer.status), "headers": self.answers_headers(answer), "content": {} })
            });
            if answer.media.is_empty() {
                said.as_object_mut().map(|said| said.remove("content"));
                continue;
            }
            let schema = match answer.shape {
                Some(shape) => schemas.answer(shape),
                None if answer.media.ends_with("json") => json!({}),
                None => json!({ "type": "string" }),
            };
            said["content"][answer.media] = json!({ "schema": schema });
        }
        for status in &self.problems {
            let problem = format!("#/components/responses/Problem{status}");
            // A problem for programs, a page for people.
            match all.get_mut(&status.to_string()) {
                Some(said) => {
                    let shape = schemas.answer(SchemaGenerator::subschema_for::<Problem>);
                    said["content"]["application/problem+json"] = json!({ "schema": shape });
                }
                None => drop(all.insert(status.to_string(), json!({ "$ref": problem }))),
            }
        }
        all
    }

    fn answers_headers(&self, answer: &Answered) -> Map<String, Value> {
        let mut names = Vec::new();
        if self.who != Identity::Anybody {
            names.extend(["RateLimit", "RateLimit-Policy"]);
        }
        if answer.versioned {
            names.push("ETag");
        }
        if answer.status == 201 || answer.status == 303 {
            names.push("Location");
        }
        if self.method != Method::GET
            && self
                .headers
                .iter()
                .any(|(name, _)| *name == "Idempotency-Key")
        {
            names.push("Idempotency-Replayed");
        }
        let reference = |name: &str| {
            let reference = json!({ "$ref": format!("#/components/headers/{name}") });
            (name.to_owned(), reference)
        };
        names.into_iter().map(reference).collect()
    }
}

const fn words(status: u16) -> &'static str {
    match status {
        101 => "The line is open.",
        201 => "Made.",
        202 => "Begun.",
        204 => "Done; there is nothing to say.",
        303 => "Go there.",
        304 => "What you have is still so.",
        _ => "Done.",
    }
}

/// A query's shape as one parameter for each field.
fn query(schema: &Value) -> Vec<Value> {
    let required = |name: &str| {
        schema["required"]
            .as_array()
            .is_some_and(|all| all.iter().any(|own| own == name))
    };
    let one = |(name, schema): (&String, &Value)| {
        let mut schema = schema.clone();
        // What is absent in JSON is null; a parameter is just left out.
        if let Some(kinds) = schema["type"].as_array() {
            schema["type"] = kinds
                .iter()
                .find(|kind| *kind != "null")
                .cloned()
                .unwrap_or_default();
        }
        if schema["default"].is_null() {
            schema
                .as_object_mut()
                .map(|fields| fields.remove("default"));
        }
        let words = schema
            .as_object_mut()
            .and_then(|fields| fields.remove("description"));
        let mut one =
            json!({ "name": name, "in": "query", "required": required(name), "schema": schema });
        if let Some(words) = words {
            one["description"] = words;
        }
        one
    };
    schema["properties"]
        .as_object()
        .into_iter()
        .flatten()
        .map(one)
        .collect()
}

fn security_schemes() -> Value {
    json!({
        "token": {
            "type": "http",
            "scheme": "bearer",
            "description": "For programs: the token in the data folder, or one made under /api/v1/me/tokens. The scopes are named beside each operation.",
        },
        "session": {
            "type": "apiKey",
            "in": "cookie",
            "name": who::COOKIE,
            "description": "For the page: left by the link that is printed at start.",
        },
    })
}

fn headers() -> Value {
    let header = |words: &str| json!({ "description": words, "schema": { "type": "string" } });
    json!({
        "ETag": header("The record's version, quoted."),
        "Location": header("Where it is."),
        "Idempotency-Replayed": header("`true` when the request was repeated and nothing was done again."),
        "RateLimit": header("What is left (draft-ietf-httpapi-ratelimit-headers-10): `\"person\";r=299999;t=1`."),
        "RateLimit-Policy": header("How much there is: `\"person\";q=300000;w=60`."),
        "Retry-After": header("In how many seconds to try again."),
    })
}

/// One for each status that problems have, with the codes that it may carry.
fn responses(problem: &Value) -> Map<String, Value> {
    let mut all = Map::new();
    for status in Code::ALL.iter().map(|code| code.status()) {
        let codes = Code::ALL.iter().filter(|code| code.status() == status);
        let words: Vec<_> = codes
            .map(|code| format!("`{}`: {}.", code.name(), code.title().trim_end_matches('?')))
            .collect();
        let mut response = json!({
            "description": words.join(" "),
            "content": { "application/problem+json": { "schema": problem } },
        });
        if [409, 429, 503].contains(&status) {
            response["headers"] =
                json!({ "Retry-After": { "$ref": "#/components/headers/Retry-After" } });
        }
        all.insert(format!("Problem{status}"), response);
    }
    all
}
