//! Permission extractors: the signature of a handler tells who may call it.

use super::Who;
use crate::{Deps, Problem};
use axum::extract::{FromRef, FromRequestParts};
use http::request::Parts;
use std::ops::Deref;
use store::{Reader, Writer};

/// The scopes of API.md 2.
pub mod scope {
    /// Read tasks, lists, history.
    pub const TASKS_READ: &str = "tasks:read";
    /// Make and change them.
    pub const TASKS_WRITE: &str = "tasks:write";
    /// Put them into the trash, empty it.
    pub const TASKS_DELETE: &str = "tasks:delete";
    /// Talk to the assistant.
    pub const ASSISTANT: &str = "assistant";
    /// Follow the log.
    pub const EVENTS_READ: &str = "events:read";
    /// Read the audit chain.
    pub const AUDIT_READ: &str = "audit:read";
    /// Settings, channels, tokens, export, import.
    pub const ACCOUNT: &str = "account";
    /// Read the calendar feed.
    pub const CALENDAR_READ: &str = "calendar:read";
    /// Confirm in place of a person.
    pub const CONFIRM_AGENT: &str = "confirm:agent";
    /// All of them.
    pub const ALL: &[&str] = &[
        TASKS_READ,
        TASKS_WRITE,
        TASKS_DELETE,
        ASSISTANT,
        EVENTS_READ,
        AUDIT_READ,
        ACCOUNT,
        CALENDAR_READ,
        CONFIRM_AGENT,
    ];
}

macro_rules! permission {
    ($(#[$doc:meta])* $name:ident reads $scope:expr) => {
        permission!(@ $(#[$doc])* $name, Reader, $scope, |who: &Who, _: &Parts, _: &Deps| Ok::<_, Problem>(who.reader()));
    };
    ($(#[$doc:meta])* $name:ident writes $scope:expr) => {
        permission!(@ $(#[$doc])* $name, Writer, $scope, |who: &Who, parts: &Parts, deps: &Deps| who.writer(parts, deps));
    };
    (@ $(#[$doc:meta])* $name:ident, $inner:ident, $scope:expr, $make:expr) => {
        $(#[$doc])*
        #[derive(Clone, Debug)]
        pub struct $name(pub $inner);

        impl Deref for $name {
            type Target = $inner;

            fn deref(&self) -> &$inner {
                &self.0
            }
        }

        impl<S> FromRequestParts<S> for $name
        where
            Deps: FromRef<S>,
            S: Send + Sync,
        {
            type Rejection = Problem;

            async fn from_request_parts(parts: &mut Parts, state: &S) -> Result<Self, Problem> {
                let who = Who::from_request_parts(parts, state).await?.needs($scope)?;
                let make = $make;
                make(&who, parts, &Deps::from_ref(state)).map(Self)
            }
        }
    };
}

permission! {
    /// Somebody who may read tasks.
    Reads reads scope::TASKS_READ
}
permission! {
    /// Somebody who may write tasks.
    Writes writes scope::TASKS_WRITE
}
permission! {
    /// Somebody who may put tasks into the trash and empty it.
    Deletes writes scope::TASKS_DELETE
}
permission! {
    /// Somebody who may talk to the assistant.
    Assists writes scope::ASSISTANT
}
permission! {
    /// Somebody who may follow the log.
    Follows reads scope::EVENTS_READ
}
permission! {
    /// Somebody who may read the audit chain.
    Audits reads scope::AUDIT_READ
}
permission! {
    /// Somebody who may change their own account.
    Accounts writes scope::ACCOUNT
}
