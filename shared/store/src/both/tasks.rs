//! Listing tasks.

use super::{log, records::task_doc};
use crate::{
    Page, Reader, StoreError, TaskQuery,
    ask::{Bind, Columns, Whose, values},
    backend::{Backend, dialect},
    dialect::Dialect,
    query::{Listing, Names, Signer, Where, needs_zone},
};
use domain::{filter::Clock, id::*, settings::Settings};
use std::sync::Arc;

/// Between the rows of a page: a character that JSON never holds as it is.
const ROW: char = '\u{1e}';

/// Between the columns of a row.
const COLUMN: char = '\u{1f}';

pub(super) async fn tasks<B: Backend>(
    db: &B,
    who: &Reader,
    query: &TaskQuery,
) -> Result<Page, StoreError> {
    let streams = streams(db, who).await?;
    let names = if Names::are_needed(&query.filters) {
        names(db, who).await?
    } else {
        Names::default()
    };
    let settings = if needs_zone(&query.filters) {
        settings(db, who).await?
    } else {
        Settings::default()
    };
    let now = match query.now {
        Some(now) => now,
        None => db.clock().await?,
    };
    let clock = Clock {
        now,
        zone: settings.zone(),
    };
    let (dialect, signer) = (dialect::<B>(), &db.desk().signer);
    let scope = scope(who, &streams, dialect);
    let listing = Listing::new(who, query, scope, &names, &clock, dialect, signer)?;
    let (sql, binds) = page_sql(&listing, query.limit, dialect);
    // The cursor is read first: what changes in between is then told again, not missed.
    let rows = db.ask(Whose::Person(who.person), sql.into(), binds).await?;
    let [cursor, joined] = &rows[..] else {
        return Err(StoreError::Corrupt("a page has no rows".to_owned()));
    };
    let joined = joined.maybe_text(0)?.unwrap_or_default();
    let mut lines: Vec<&str> = joined.split(ROW).filter(|line| !line.is_empty()).collect();
    let more = lines.len() > query.limit as usize;
    lines.truncate(query.limit as usize);
    let (mut items, mut last) = (Vec::with_capacity(lines.len()), "");
    for line in lines {
        let mut columns = line.split(COLUMN);
        let mut next = || columns.next().unwrap_or_default();
        let (doc, reminders, keys) = (next(), next(), next());
        items.push(task_doc(doc, reminders, who.person)?);
        last = keys;
    }
    let next = more.then(|| signer.seal(last, &listing.bound));
    Ok(Page {
        items,
        next,
        cursor: cursor.owned(0)?,
    })
}

/// The page of a listing without names to be looked up, as SQL.
pub(crate) fn listing_for(
    who: &Reader,
    query: &TaskQuery,
    streams: &[StreamId],
    settings: &Settings,
    signer: &Signer,
    dialect: &dyn Dialect,
) -> Result<(String, Vec<Bind>), StoreError> {
    let clock = Clock {
        now: query.now.unwrap_or_default(),
        zone: settings.zone(),
    };
    let scope = scope(who, streams, dialect);
    let names = Names::default();
    let listing = Listing::new(who, query, scope, &names, &clock, dialect, signer)?;
    let sql = lines_sql(&listing, query.limit, dialect);
    Ok((sql, listing.conditions.binds))
}

/// The person's streams; the usual one alone keeps the order of the index.
fn scope(who: &Reader, streams: &[StreamId], dialect: &dyn Dialect) -> Where {
    let mut scope = Where::default();
    // $1 is the person, for the cursor.
    scope.binds.push(who.person.to_string().into());
    match streams {
        [one] => {
            scope.push("t.stream = ");
            scope.bind(one.to_string().into());
        }
        some => {
            scope.binds.push(contract::doc::json(&some).into());
            scope.push(&dialect.among("t.stream", scope.binds.len()));
        }
    }
    scope
}

/// The cursor of the feed, and the page as one text: rows cost by the column.
fn page_sql(listing: &Listing, limit: u32, dialect: &dyn Dialect) -> (String, Vec<Bind>) {
    let joined = format!(
        "select string_agg(line, '{ROW}') from ({}) as lines",
        lines_sql(listing, limit, dialect)
    );
    let sql = dialect.headed(log::CURSOR, &joined, 1);
    (sql, listing.conditions.binds.clone())
}

/// The page, a text for each task.
fn lines_sql(listing: &Listing, limit: u32, dialect: &dyn Dialect) -> String {
    format!(
        "select t.doc || '{COLUMN}' || t.reminders || '{COLUMN}' || {} as line from task t where {} order by {} limit {}",
        dialect.array(&listing.order.keys()),
        listing.conditions.sql,
        listing.order.by(),
        u64::from(limit) + 1
    )
}

/// The streams that a person may see.
async fn streams<B: Backend>(db: &B, who: &Reader) -> Result<Arc<[StreamId]>, StoreError> {
    if let Some(streams) = db.desk().streams(who.person) {
        return Ok(streams);
    }
    let sql = "select stream from member where person = $1 order by stream";
    let values = values![who.person.to_string()];
    let rows = db
        .ask(Whose::Person(who.person), sql.into(), values)
        .await?;
    let streams: Arc<[StreamId]> = rows
        .iter()
        .map(|row| row.id(0).map(StreamId))
        .collect::<Result<_, _>>()?;
    if !streams.is_empty() {
        db.desk().keep_streams(who.person, Some(streams.clone()));
    }
    Ok(streams)
}

/// The lists and sections of a person, by name.
async fn names<B: Backend>(db: &B, who: &Reader) -> Result<Names, StoreError> {
    let sql = format!(
        "select r.kind, r.id, {} from member m join record r on r.stream = m.stream \
            and r.kind in ('list', 'section') where m.person = $1 and not r.deleted",
        dialect::<B>().field("r.doc", "name")
    );
    let values = values![who.person.to_string()];
    let mut names = Names::default();
    for row in &db
        .ask(Whose::Person(who.person), sql.into(), values)
        .await?
    {
        let (id, name) = (row.id(1)?, row.owned(2)?);
        if row.text(0)? == "list" {
            names.lists.push((ListId(id), name));
        } else {
            names.sections.push((SectionId(id), name));
        }
    }
    Ok(names)
}

/// A person's settings; the defaults before any were made.
pub(super) async fn settings<B: Backend>(db: &B, who: &Reader) -> Result<Settings, StoreError> {
    let sql = "select doc from record where id = $1 and kind = 'settings'";
    let values = values![who.person.to_string()];
    let rows = db
        .ask(Whose::Person(who.person), sql.into(), values)
        .await?;
    let read = |doc: &str| {
        serde_json::from_str(doc).map_err(|why| StoreError::Corrupt(format!("settings: {why}")))
    };
    match rows.first() {
        Some(row) => read(row.text(0)?),
        None => Ok(Settings::default()),
    }
}
