//! Single tasks, and records of other kinds.

use super::{log, pages};
use crate::{
    Doc, Kind, Page, Reader, StoreError,
    ask::{Bind, Columns, Whose, values},
    backend::{Backend, dialect},
};
use domain::{id::*, state::Kept, task::Reminder};
use serde_json::Value;

pub(super) async fn task<B: Backend>(
    db: &B,
    who: &Reader,
    id: TaskId,
) -> Result<Option<Doc>, StoreError> {
    let sql = "select t.doc, t.reminders from task t join member m on m.stream = t.stream and m.person = $2 where t.id = $1";
    let values = values![id.to_string(), who.person.to_string()];
    let rows = db
        .ask(Whose::Person(who.person), sql.into(), values)
        .await?;
    rows.first()
        .map(|row| task_doc(row.text(0)?, row.text(1)?, who.person))
        .transpose()
}

pub(super) async fn records<B: Backend>(
    db: &B,
    who: &Reader,
    kind: Kind,
) -> Result<Vec<Doc>, StoreError> {
    let (which, values) = of(who, kind);
    let sql = format!("{which} order by r.sort, r.id");
    let rows = db
        .ask(Whose::Person(who.person), sql.into(), values)
        .await?;
    rows.iter().map(doc).collect()
}

pub(super) async fn page<B: Backend>(
    db: &B,
    who: &Reader,
    kind: Kind,
    after: Option<&str>,
    limit: u32,
) -> Result<Page, StoreError> {
    let (which, mut values) = of(who, kind);
    let bound = contract::doc::json(&(format!("{kind:?}"), who.person));
    let (sort, id) = match pages::opened(db, after, &bound)?.as_deref() {
        None => (String::new(), String::new()),
        Some([Value::String(sort), Value::String(id)]) => (sort.clone(), id.clone()),
        Some(_) => return Err(StoreError::CursorInvalid),
    };
    let n = values.len();
    values.extend(values![sort, id, i64::from(limit) + 1]);
    let rest = format!(
        "{which} and (r.sort, r.id) > (${}, ${}) order by r.sort, r.id limit ${}",
        n + 1,
        n + 2,
        n + 3
    );
    let sql = dialect::<B>().headed(log::CURSOR, &rest, 4);
    let rows = db
        .ask(Whose::Person(who.person), sql.into(), values)
        .await?;
    pages::page(db, &rows, limit, &bound, |row| {
        let keys = contract::doc::json(&(row.text(3)?, row.text(0)?));
        Ok((doc(row)?, keys))
    })
}

/// Those of a kind that are not in the trash, as SQL with its values.
fn of(who: &Reader, kind: Kind) -> (&'static str, Vec<Bind>) {
    let word = match kind {
        Kind::List => domain::list::List::WHAT,
        Kind::Section => domain::list::Section::WHAT,
        Kind::Tag => domain::list::Tag::WHAT,
        Kind::View => domain::list::View::WHAT,
        Kind::Settings => domain::settings::Settings::WHAT,
        Kind::Series => domain::series::Series::WHAT,
        Kind::Comment(_) | Kind::Comments => domain::list::Comment::WHAT,
    };
    let mut values = values![who.person.to_string(), word];
    let sql = if let Kind::Comment(task) = kind {
        values.push(task.to_string().into());
        "select r.id, r.version, r.doc, r.sort from record r join member m on m.stream = r.stream and m.person = $1 \
            where r.kind = $2 and r.parent = $3 and not r.deleted"
    } else {
        "select r.id, r.version, r.doc, r.sort from member m join record r on r.stream = m.stream \
            where m.person = $1 and r.kind = $2 and not r.deleted"
    };
    (sql, values)
}

fn doc<R: Columns>(row: &R) -> Result<Doc, StoreError> {
    Ok(Doc {
        id: row.id(0)?,
        version: row.number(1)?,
        json: row.owned(2)?,
    })
}

/// A task as its reader sees it, out of what is stored.
pub(super) fn task_doc(doc: &str, reminders: &str, person: UserId) -> Result<Doc, StoreError> {
    let damaged = |why: &dyn std::fmt::Display| StoreError::Corrupt(format!("a task: {why}"));
    let (id, version) =
        crate::query::identity(doc).ok_or_else(|| damaged(&"it has no id or version"))?;
    let own: Vec<Reminder> = match reminders {
        "[]" => Vec::new(),
        some => serde_json::from_str(some).map_err(|why| damaged(&why))?,
    };
    Ok(Doc {
        id,
        version,
        json: contract::doc::with_reminders(doc, &own, person),
    })
}
