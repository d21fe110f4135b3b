//! Listings: which tasks, in which order, from where on. The SQL that both backends share, and the cursors.

mod cursor;
mod filter;
mod sort;

pub(crate) use cursor::{LogCursor, Signer};
pub(crate) use filter::{Names, Where, needs_zone};
pub(crate) use sort::Order;

use crate::{Reader, StoreError, TaskQuery, ask::Bind, dialect::Dialect};
use domain::filter::Clock;
use uuid::Uuid;

/// A listing as SQL: `select … from task t where {conditions} order by {order} limit …`.
pub(crate) struct Listing {
    /// Everything of the person's that is meant, and comes after the cursor.
    pub conditions: Where,
    /// The order, with the keys that the next page's cursor holds.
    pub order: Order,
    /// What a cursor of this listing is bound to.
    pub bound: String,
}

impl Listing {
    /// The listing that a query asks for. `streams` is the condition that scopes it, with its values.
    pub(crate) fn new(
        who: &Reader,
        query: &TaskQuery,
        scope: Where,
        names: &Names,
        clock: &Clock<'_>,
        dialect: &dyn Dialect,
        signer: &Signer,
    ) -> Result<Self, StoreError> {
        let mut conditions = scope;
        conditions.push(if query.trash {
            " and t.deleted_at is not null"
        } else {
            " and t.deleted_at is null"
        });
        if !query.hidden {
            conditions.push(" and t.start_key <= ");
            conditions.bind(Bind::Int(clock.now.as_microsecond()));
        }
        for filter in &query.filters {
            conditions.push(" and ");
            filter::put(&mut conditions, filter, who, names, clock, dialect);
        }
        if let Some(words) = query
            .words
            .as_deref()
            .filter(|words| !words.trim().is_empty())
        {
            conditions.push(" and ");
            dialect.search(&mut conditions, words);
        }
        let order = Order::new(&query.sort);
        let bound = bound(who, query);
        if let Some(cursor) = &query.after {
            let keys = signer.open(cursor, &bound)?;
            conditions.push(" and ");
            order.after(&mut conditions, &keys)?;
        }
        Ok(Self {
            conditions,
            order,
            bound,
        })
    }
}

/// Whose, which and in which order, but not when: pages of one listing may be read at different moments.
fn bound(who: &Reader, query: &TaskQuery) -> String {
    let filters: Vec<String> = query.filters.iter().map(ToString::to_string).collect();
    let sort: Vec<String> = query
        .sort
        .iter()
        .map(|sort| format!("{:?}{}", sort.key, sort.descending))
        .collect();
    contract::doc::json(&(
        "tasks",
        who.person,
        filters,
        &query.words,
        query.trash,
        query.hidden,
        sort,
    ))
}

/// The id and version at the start of a task's JSON, which is `{"id":"…","version":…,`.
pub(crate) fn identity(doc: &str) -> Option<(Uuid, u64)> {
    let rest = doc.strip_prefix("{\"id\":\"")?;
    let (id, rest) = rest.split_at_checked(36)?;
    let rest = rest.strip_prefix("\",\"version\":")?;
    let (version, _) = rest.split_once(',')?;
    Some((id.parse().ok()?, version.parse().ok()?))
}
