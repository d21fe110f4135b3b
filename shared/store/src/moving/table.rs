//! What goes, table by table, and what does not.

use crate::ask::{Bind, Columns};
use crate::{StoreError, dialect::Dialect};

/// A type that both databases have.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Type {
    Text,
    Int,
}

/// Who may write a row, behind row-level security.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum By {
    /// The house.
    House,
    /// Whoever acts for people.
    Anybody,
    /// The person in the first column.
    Person,
    /// A member of the stream in the first column.
    Stream,
}

/// A table that goes. So many of its first columns are its key, which orders it; none where it is ordered by its own number
/// `id`, which does not go.
pub(super) struct Table {
    pub name: &'static str,
    pub by: By,
    pub key: usize,
    pub columns: &'static [(&'static str, Type)],
}

macro_rules! table {
    ($name:ident $by:ident $key:literal { $($column:ident $type:ident,)* }) => {
        Table {
            name: stringify!($name),
            by: By::$by,
            key: $key,
            columns: &[$((stringify!($column), Type::$type)),*],
        }
    };
}

/// Where each stream ends; what it counts is counted anew.
pub(super) const HEADS: Table =
    table!(stream_head House 1 { stream Text, n Int, at Int, hash Text, });

/// Where each stream ended in the export that this one goes on from; no table of a database.
pub(super) const SINCE: Table = table!(since House 1 { stream Text, n Int, hash Text, });

/// Who there is. These are only added to.
pub(super) const PEOPLE: [Table; 2] = [
    table!(person House 1 { id Text, name Text, home Text, created_at Int, }),
    table!(member House 2 { person Text, stream Text, }),
];

/// The log, with its columns in the order in which they are read.
pub(super) const LOG: Table = table!(log Stream 2 {
    stream Text, n Int, kind Text, subject Text, version Int, payload Text, actor Text, client Text, client_kind Text,
    run Text, correlation Text, causation Text, at Int, salt Text, digest Text, hash Text, about Text,
});

/// What has no place in the log, so that nobody can tell what is new in it: it goes whole each time, and takes the place of what
/// was there.
pub(super) const LOOSE: [Table; 9] = [
    table!(reminder House 3 {
        task Text, reminder Text, generation Int, person Text, stream Text, moment Int, state Text,
    }),
    table!(delivery House 1 {
        id Text, person Text, stream Text, state Text, next_at Int, created_at Int, doc Text,
    }),
    table!(ledger House 4 { task Text, reminder Text, generation Int, channel Text, delivery Text, }),
    table!(credential House 1 {
        id Text, person Text, hash Text, kind Text, name Text, scopes Text, created_at Int, expires_at Int,
    }),
    table!(note House 2 { person Text, key Text, json Text, at Int, expires_at Int, }),
    table!(idempotency Person 3 {
        person Text, route Text, key Text, body Text, status Int, version Int, answer Text, at Int,
    }),
    table!(consumed Anybody 2 { source Text, id Text, at Int, }),
    table!(outbox Stream 0 { stream Text, n Int, kind Text, wake Text, subject Text, at Int, }),
    table!(retry House 0 {
        stream Text, n Int, kind Text, wake Text, subject Text, at Int, subscriber Text, attempt Int, next_at Int, why Text,
    }),
];

/// What stays behind, and why: tables, and columns of others. (A test holds both lists to the tables that there are.)
pub const LEFT: &[(&str, &str)] = &[
    ("meta", "the database's own keys and epoch"),
    ("lease", "who leads now"),
    ("task", "follows from the log"),
    ("task_tag", "follows from the log"),
    ("task_text", "follows from the log"),
    ("record", "follows from the log"),
    ("stream_head.open_tasks", "counted anew"),
    ("stream_head.lists", "counted anew"),
    ("stream_head.turn", "counts the writes to this database"),
    ("ledger.person", "whose the delivery is"),
    ("outbox.id", "numbered anew, in the same order"),
    ("retry.id", "numbered anew, in the same order"),
];

/// Every table of a database that goes, with its columns.
pub fn moved() -> impl Iterator<Item = (&'static str, Vec<&'static str>)> {
    let tables = [HEADS, LOG].into_iter().chain(PEOPLE).chain(LOOSE);
    tables.map(|table| {
        let columns = table.columns.iter().map(|(name, _)| *name);
        (table.name, columns.collect())
    })
}

impl Table {
    /// The names of its columns.
    pub(super) fn names(&self) -> Vec<String> {
        let names = self.columns.iter().map(|(name, _)| (*name).to_owned());
        names.collect()
    }

    fn listed(&self, columns: impl Fn(&str) -> String) -> String {
        let columns: Vec<_> = self.columns.iter().map(|(name, _)| columns(name)).collect();
        columns.join(",")
    }

    /// The columns that order it.
    fn order(&self) -> Vec<(&'static str, Type)> {
        if self.key == 0 {
            return vec![("id", Type::Int)];
        }
        self.columns[..self.key].to_vec()
    }

    /// The rows after the one with that key, as many, as SQL. What orders them comes before the columns.
    pub(super) fn page(&self, is_first: bool, limit: u32) -> String {
        let order: Vec<_> = self.order().iter().map(|(name, _)| *name).collect();
        let order = order.join(",");
        let after: Vec<_> = (1..=self.order().len()).map(|n| format!("${n}")).collect();
        let after = if is_first {
            String::new()
        } else {
            format!("where ({order}) > ({})", after.join(","))
        };
        let columns = self.listed(str::to_owned);
        format!(
            "select {order},{columns} from {} {after} order by {order} limit {limit}",
            self.name
        )
    }

    /// What orders a row of such a page; after that its columns begin.
    pub(super) fn place(&self, row: &impl Columns) -> Result<Vec<Bind>, StoreError> {
        let of = |(at, (_, kind)): (usize, &(_, Type))| match kind {
            Type::Text => row.text(at).map(Bind::from),
            Type::Int => row.int(at).map(Bind::from),
        };
        self.order().iter().enumerate().map(of).collect()
    }

    /// A row whose columns begin at some place, as a line.
    pub(super) fn line(
        &self,
        row: &impl Columns,
        from: usize,
        to: &mut String,
    ) -> Result<(), StoreError> {
        for (at, (_, kind)) in self.columns.iter().enumerate() {
            to.push(if at == 0 { '[' } else { ',' });
            to.push_str(&match kind {
                Type::Text => contract::doc::json(&row.maybe_text(from + at)?),
                Type::Int => contract::doc::json(&row.maybe_int(from + at)?),
            });
        }
        to.push_str("]\n");
        Ok(())
    }

    /// Puts in the rows in `$1`, a JSON array of them, as SQL; with columns of its own after them, and what is to follow.
    pub(super) fn insert(&self, dialect: &dyn Dialect, more: [&str; 2], tail: &str) -> String {
        let cell = |(at, (_, kind)): (usize, &(&str, Type))| match kind {
            Type::Text => format!("j.value->>{at}"),
            Type::Int => format!("cast(j.value->>{at} as bigint)"),
        };
        let cells: Vec<_> = self.columns.iter().enumerate().map(cell).collect();
        format!(
            "insert into {} ({}{}) select {}{} from {} where true order by j.key {tail}",
            self.name,
            self.listed(str::to_owned),
            more[0],
            cells.join(","),
            more[1],
            dialect.each(1),
        )
    }
}
