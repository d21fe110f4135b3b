//! One method of one path: what it takes and what it answers.

use crate::{
    Accounts, Assists, Audits, Body, Deletes, Deps, Follows, Id, Name, Params, Precondition, Reads,
    Who, Writes, who::scope,
};
use axum::extract::{Path, State, ws::WebSocketUpgrade};
use http::{HeaderMap, Method};
use schemars::{JsonSchema, Schema, SchemaGenerator};
use std::collections::BTreeSet;

/// Makes a schema when the document is made; until then it costs nothing.
pub(super) type Shape = fn(&mut SchemaGenerator) -> Schema;

/// One method of one path, described.
#[derive(Clone, Debug)]
pub struct Operation {
    pub(super) method: Method,
    pub(super) path: String,
    pub(super) tag: &'static str,
    pub(super) words: &'static str,
    pub(super) who: Identity,
    /// Whether `{id}` is a UUID.
    pub(super) by_id: bool,
    pub(super) query: Vec<Shape>,
    pub(super) headers: Vec<(&'static str, &'static str)>,
    pub(super) body: Option<Shape>,
    pub(super) answers: Vec<Answered>,
    /// Statuses of the problems that it may answer.
    pub(super) problems: BTreeSet<u16>,
}

/// Who may.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Identity {
    Anybody,
    SignedIn,
    With(&'static str),
}

/// An answer when it went well.
#[derive(Clone, Debug)]
pub(super) struct Answered {
    pub(super) status: u16,
    pub(super) media: &'static str,
    pub(super) shape: Option<Shape>,
    /// Whether its version is the ETag.
    pub(super) versioned: bool,
}

impl Answered {
    pub(super) fn json<A: JsonSchema>(status: u16, versioned: bool) -> Self {
        Self {
            status,
            media: "application/json",
            shape: Some(SchemaGenerator::subschema_for::<A>),
            versioned,
        }
    }

    /// Nothing, to who has it already.
    pub(super) fn unchanged() -> Self {
        Self {
            versioned: true,
            ..Self::other(304, "")
        }
    }

    pub(super) fn other(status: u16, media: &'static str) -> Self {
        Self {
            status,
            media,
            shape: None,
            versioned: false,
        }
    }
}

impl Operation {
    pub(super) fn new(method: Method, path: &str, tag: &'static str) -> Self {
        let body = method != Method::GET;
        Self {
            method,
            path: path.to_owned(),
            tag,
            words: "",
            who: Identity::Anybody,
            by_id: false,
            query: Vec::new(),
            headers: Vec::new(),
            body: None,
            answers: Vec::new(),
            // The edge's: a format that is never answered, the wrong host, a fault of ours, too late; of what another site
            // sends, and of too large a body.
            problems: if body {
                BTreeSet::from([403, 406, 413, 421, 500, 503])
            } else {
                BTreeSet::from([406, 421, 500, 503])
            },
        }
    }

    /// Its method.
    pub fn method(&self) -> &Method {
        &self.method
    }

    /// Its path, with `{name}` where one varies.
    pub fn path(&self) -> &str {
        &self.path
    }

    pub(super) fn repeats(&mut self) {
        self.headers.push(("Idempotency-Key", KEY));
        self.problems.extend([400, 409, 422]);
    }

    fn signed_in(&mut self, who: Identity) {
        self.who = who;
        self.problems.extend([401, 403, 429]);
    }
}

/// What a handler's arguments say of the route.
pub trait Takes {
    /// Writes it down.
    fn takes(operation: &mut Operation);
}

/// Arguments of which the outside sees nothing.
macro_rules! silent {
    ($([$($generic:ident)?] $type:ty;)*) => {$(
        impl$(<$generic>)? Takes for $type {
            fn takes(_: &mut Operation) {}
        }
    )*};
}

silent! {
    [] Deps;
    [] HeaderMap;
    [T] State<T>;
    [T] Path<T>;
}

/// Who may call: the scopes of API.md 2. Whoever writes may say an idempotency key.
macro_rules! identities {
    ($($who:ty: $scope:expr, $writes:literal;)*) => {$(
        impl Takes for $who {
            fn takes(operation: &mut Operation) {
                operation.signed_in($scope);
                if $writes && operation.method != Method::GET {
                    operation.repeats();
                }
            }
        }
    )*};
}

const KEY: &str = "Makes a repeated request have one effect and the same answer: up to 255 characters, quoted or bare. Kept for 30 days.";

identities! {
    Who: Identity::SignedIn, false;
    Reads: Identity::With(scope::TASKS_READ), false;
    Writes: Identity::With(scope::TASKS_WRITE), true;
    Deletes: Identity::With(scope::TASKS_DELETE), true;
    Assists: Identity::With(scope::ASSISTANT), false;
    Follows: Identity::With(scope::EVENTS_READ), false;
    Audits: Identity::With(scope::AUDIT_READ), false;
    Accounts: Identity::With(scope::ACCOUNT), false;
}

impl Takes for Precondition {
    fn takes(operation: &mut Operation) {
        operation.headers.extend([
            ("If-Match", "The ETag that was read. When it is another by now: 412 `version_mismatch`."),
            (
                "Base-Version",
                "The version that was read. What others changed since is merged; what both changed to different values is refused: 412 `conflict`.",
            ),
        ]);
        operation.problems.extend([400, 412]);
    }
}

impl<T: JsonSchema> Takes for Body<T> {
    fn takes(operation: &mut Operation) {
        operation.body = Some(SchemaGenerator::subschema_for::<T>);
        operation.problems.extend([400, 413, 415, 422]);
    }
}

impl<T: JsonSchema> Takes for Params<T> {
    fn takes(operation: &mut Operation) {
        operation.query.push(T::json_schema);
        operation.problems.insert(400);
    }
}

impl<E> Takes for Result<WebSocketUpgrade, E> {
    fn takes(operation: &mut Operation) {
        operation.problems.insert(400);
    }
}

impl Takes for Name {
    fn takes(operation: &mut Operation) {
        operation.problems.insert(404);
    }
}

impl<T> Takes for Id<T> {
    fn takes(operation: &mut Operation) {
        operation.by_id = true;
        operation.problems.insert(404);
    }
}

/// A handler's arguments, as axum has them: a marker, then each.
macro_rules! arguments {
    ($([$($argument:ident)*])*) => {$(
        impl<Marker, $($argument: Takes),*> Takes for (Marker, $($argument,)*) {
            fn takes(_operation: &mut Operation) {
                $($argument::takes(_operation);)*
            }
        }
    )*};
}

arguments! {
    []
    [A]
    [A B]
    [A B C]
    [A B C D]
    [A B C D E]
    [A B C D E F]
    [A B C D E F G]
}
