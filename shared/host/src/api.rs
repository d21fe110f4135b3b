//! Routes that say of themselves what they take and answer: `/openapi.json` is made of what they say.
//!
//! What a handler takes is read off its signature (`Reads` needs a scope, `Body<T>` is a body of that shape, `Precondition` is two
//! headers); what it does and answers stands beside its path. So nothing is routed that is not described, and nothing described
//! that is not routed.

mod document;
mod operation;
mod schemas;
#[cfg(test)]
mod tests;

pub use document::document;
pub use operation::{Operation, Takes};

use crate::Params;
use axum::{
    Router,
    handler::Handler,
    middleware::from_extractor,
    routing::{MethodFilter, on},
};
use http::Method;
use operation::{Answered, Identity};
use schemars::{JsonSchema, SchemaGenerator};
use serde::Deserialize;

/// The parameters of a route that takes none.
#[derive(Clone, Deserialize)]
#[serde(deny_unknown_fields)]
struct Nothing {}

/// A router with its description.
pub struct Routes<S> {
    router: Router<S>,
    tag: &'static str,
    operations: Vec<Operation>,
}

impl<S: Clone + Send + Sync + 'static> Routes<S> {
    /// Routes under a heading of their own.
    pub fn about(tag: &'static str) -> Self {
        Self {
            router: Router::new(),
            tag,
            operations: Vec::new(),
        }
    }

    /// `GET`.
    #[must_use]
    pub fn get<H: Handler<T, S>, T: Takes + 'static>(self, path: &str, handler: H) -> Self {
        self.on(Method::GET, MethodFilter::GET, path, handler)
    }

    /// `POST`.
    #[must_use]
    pub fn post<H: Handler<T, S>, T: Takes + 'static>(self, path: &str, handler: H) -> Self {
        self.on(Method::POST, MethodFilter::POST, path, handler)
    }

    /// `PATCH`.
    #[must_use]
    pub fn patch<H: Handler<T, S>, T: Takes + 'static>(self, path: &str, handler: H) -> Self {
        self.on(Method::PATCH, MethodFilter::PATCH, path, handler)
    }

    /// `DELETE`.
    #[must_use]
    pub fn delete<H: Handler<T, S>, T: Takes + 'static>(self, path: &str, handler: H) -> Self {
        self.on(Method::DELETE, MethodFilter::DELETE, path, handler)
    }

    fn on<H, T>(mut self, method: Method, filter: MethodFilter, path: &str, handler: H) -> Self
    where
        H: Handler<T, S>,
        T: Takes + 'static,
    {
        let mut operation = Operation::new(method, path, self.tag);
        T::takes(&mut operation);
        let mut route = on(filter, handler);
        // Not of who watches a health route with a parameter of its own.
        if operation.query.is_empty() && operation.who != Identity::Anybody {
            route = route.layer(from_extractor::<Params<Nothing>>());
        }
        self.operations.push(operation);
        self.router = self.router.route(path, route);
        self
    }

    /// What the route just named does, in plain words; the first sentence is its title.
    #[must_use]
    pub fn says(self, words: &'static str) -> Self {
        self.last(|operation| operation.words = words)
    }

    /// It answers that status with JSON of that shape.
    #[must_use]
    pub fn answers<A: JsonSchema>(self, status: u16) -> Self {
        self.last(|operation| operation.answers.push(Answered::json::<A>(status, false)))
    }

    /// It answers 200 with a record, its version as the ETag; 304 to a reader who has that version.
    #[must_use]
    pub fn shows<A: JsonSchema>(self) -> Self {
        self.last(|operation| {
            operation.answers.push(Answered::json::<A>(200, true));
            if operation.method == Method::GET {
                operation.answers.push(Answered::unchanged());
                operation.headers.push((
                    "If-None-Match",
                    "The ETag that you have. When it is still so: 304.",
                ));
            }
        })
    }

    /// It answers 201 with a new record, and where that is.
    #[must_use]
    pub fn makes<A: JsonSchema>(self) -> Self {
        self.last(|operation| operation.answers.push(Answered::json::<A>(201, true)))
    }

    /// It answers 204, without a body.
    #[must_use]
    pub fn nothing(self) -> Self {
        self.answers_with(204, "")
    }

    /// It answers that status with something else than JSON.
    #[must_use]
    pub fn answers_with(self, status: u16, media: &'static str) -> Self {
        self.last(|operation| operation.answers.push(Answered::other(status, media)))
    }

    /// It may also answer a problem of that status.
    #[must_use]
    pub fn may(self, status: u16) -> Self {
        self.last(|operation| {
            operation.problems.insert(status);
        })
    }

    /// It takes an `Idempotency-Key`, where who may call does not say so.
    #[must_use]
    pub fn repeats(self) -> Self {
        self.last(Operation::repeats)
    }

    /// Its body has that shape, where the handler reads it field by field.
    #[must_use]
    pub fn takes<B: JsonSchema>(self) -> Self {
        self.last(|operation| operation.body = Some(SchemaGenerator::subschema_for::<B>))
    }

    /// It looks at a header of its own.
    #[must_use]
    pub fn header(self, name: &'static str, words: &'static str) -> Self {
        self.last(|operation| operation.headers.push((name, words)))
    }

    fn last(mut self, change: impl FnOnce(&mut Operation)) -> Self {
        self.operations.last_mut().map(change);
        self
    }

    /// These and those.
    #[must_use]
    pub fn merge(mut self, other: Self) -> Self {
        self.router = self.router.merge(other.router);
        self.operations.extend(other.operations);
        self
    }

    /// All of them below a path.
    #[must_use]
    pub fn below(mut self, path: &str) -> Self {
        self.router = Router::new().nest(path, self.router);
        for operation in &mut self.operations {
            operation.path.insert_str(0, path);
        }
        self
    }

    /// To be served.
    pub fn router(self, state: S) -> Router {
        self.router.with_state(state)
    }

    /// To be published.
    pub fn operations(self) -> Vec<Operation> {
        self.operations
    }
}
