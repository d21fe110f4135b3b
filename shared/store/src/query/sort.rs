//! The order of a listing. What a task does not have comes last either way; ties go by id.

use super::filter::Where;
use crate::{SortBy, SortKey, StoreError, ask::Bind};
use serde_json::Value;

/// The keys of an order, each an expression that is never null.
pub(crate) struct Order {
    keys: Vec<(&'static str, bool)>,
}

impl Order {
    pub(crate) fn new(sort: &[SortBy]) -> Self {
        let due = [SortBy {
            key: SortKey::Due,
            descending: false,
        }];
        let sort = if sort.is_empty() { &due[..] } else { sort };
        Self {
            keys: sort
                .iter()
                .map(|by| (expression(by.key, by.descending), by.descending))
                .collect(),
        }
    }

    /// For ORDER BY.
    pub(crate) fn by(&self) -> String {
        let mut sql = String::new();
        for (key, descending) in &self.keys {
            sql.push_str(key);
            sql.push_str(if *descending { " desc, " } else { ", " });
        }
        sql + "t.id"
    }

    /// The expressions that a cursor holds, comma-separated.
    pub(crate) fn keys(&self) -> String {
        self.keys
            .iter()
            .map(|(key, _)| *key)
            .chain(["t.id"])
            .collect::<Vec<_>>()
            .join(", ")
    }

    /// The condition that a row comes after the one with these keys.
    pub(crate) fn after(&self, to: &mut Where, values: &[Value]) -> Result<(), StoreError> {
        if values.len() != self.keys.len() + 1 {
            return Err(StoreError::CursorInvalid);
        }
        let binds = values
            .iter()
            .map(Bind::of)
            .collect::<Option<Vec<_>>>()
            .ok_or(StoreError::CursorInvalid)?;
        let ways: Vec<_> = self.keys.iter().copied().chain([("t.id", false)]).collect();
        if ways.iter().all(|(_, descending)| !descending) {
            to.push(&format!("({}) > (", self.keys()));
            for (at, bind) in binds.into_iter().enumerate() {
                to.push(if at == 0 { "" } else { ", " });
                to.bind(bind);
            }
            to.push(")");
            return Ok(());
        }
        // Mixed directions: beyond in the first key, or equal there and beyond in the next.
        for (at, (key, descending)) in ways.iter().enumerate() {
            to.push(if at == 0 { "(" } else { " or " });
            to.push("(");
            for ((equal, _), bind) in ways.iter().zip(&binds).take(at) {
                to.push(equal);
                to.push(" = ");
                to.bind(bind.clone());
                to.push(" and ");
            }
            to.push(key);
            to.push(if *descending { " < " } else { " > " });
            to.bind(binds[at].clone());
            to.push(")");
        }
        to.push(")");
        Ok(())
    }
}

/// An expression whose value for "none" is the largest or the smallest there is, so that it comes last.
fn expression(key: SortKey, descending: bool) -> &'static str {
    match (key, descending) {
        (SortKey::Due, false) => "t.due_key",
        (SortKey::Due, true) => {
            "case when t.due_key = 9223372036854775807 then (-9223372036854775807 - 1) else t.due_key end"
        }
        (SortKey::Deadline, false) => "coalesce(t.deadline, '~')",
        (SortKey::Deadline, true) => "coalesce(t.deadline, '')",
        (SortKey::Priority, _) => "t.priority",
        (SortKey::Position, _) => "t.position",
        (SortKey::Title, _) => "t.title",
        (SortKey::Created, _) => "t.created_at",
        (SortKey::Updated, _) => "t.updated_at",
        (SortKey::Closed, false) => "coalesce(t.closed_at, 9223372036854775807)",
        (SortKey::Closed, true) => "coalesce(t.closed_at, (-9223372036854775807 - 1))",
    }
}
