//! Single tasks, and records that are listed whole.

use crate::{
    Doc, Kind, Reader, StoreError,
    ask::{Columns, Whose, values},
    backend::Backend,
};
use domain::{id::*, state::Kept, task::Reminder};

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
        "select r.id, r.version, r.doc from record r join member m on m.stream = r.stream and m.person = $1 \
            where r.kind = $2 and r.parent = $3 and not r.deleted order by r.sort, r.id"
    } else {
        "select r.id, r.version, r.doc from member m join record r on r.stream = m.stream \
            where m.person = $1 and r.kind = $2 and not r.deleted order by r.sort, r.id"
    };
    let rows = db
        .ask(Whose::Person(who.person), sql.into(), values)
        .await?;
    rows.iter()
        .map(|row| {
            Ok(Doc {
                id: row.id(0)?,
                version: row.number(1)?,
                json: row.owned(2)?,
            })
        })
        .collect()
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
