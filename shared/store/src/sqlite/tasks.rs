//! Listing tasks.

use super::{SqliteStore, load::text, log, read::task_doc};
use crate::sql::made;
use crate::{
    Page, Reader, StoreError, TaskQuery,
    error::failed,
    query::{Bind, Dialect, Listing, Names, Where, asked_at, needs_zone},
};
use domain::{filter::Clock, id::*, settings::Settings};
use sqlx::{Row, SqliteConnection};

/// SQLite's own words.
struct Lite;

impl Dialect for Lite {
    fn search(&self, to: &mut Where, text: &str) {
        // Each word quoted, so that nothing in it is syntax; the last may still be typed.
        let words: Vec<_> = text
            .split_whitespace()
            .map(|word| format!("\"{}\"*", word.replace('"', "\"\"")))
            .collect();
        to.push("t.no in (select rowid from task_text where task_text match ");
        to.bind(Bind::Text(words.join(" ")));
        to.push(")");
    }

    fn contains(&self, to: &mut Where, column: &str, text: &str) {
        to.push(&format!("instr({column}, "));
        to.bind(Bind::Text(text.to_owned()));
        to.push(") > 0");
    }

    fn blocked(&self, to: &mut Where) {
        to.push(
            "exists (select 1 from json_each(t.blocked_by) b join task o on o.id = b.value \
            where o.status = 'open' and o.deleted_at is null)",
        );
    }

    fn reminded(&self, to: &mut Where, person: &str) {
        to.push("exists (select 1 from json_each(t.reminders) r where r.value->>'person' = ");
        to.bind(Bind::Text(person.to_owned()));
        to.push(")");
    }
}

/// Between the rows of a page: a character that JSON never holds as it is.
const ROW: char = '\u{1e}';

/// Between the columns of a row.
const COLUMN: char = '\u{1f}';

impl SqliteStore {
    pub(super) async fn tasks(&self, who: &Reader, query: &TaskQuery) -> Result<Page, StoreError> {
        let streams = self.streams(who).await?;
        let mut reader = self.readers.take().await?;
        let names = if Names::are_needed(&query.filters) {
            names(&mut reader, who).await?
        } else {
            Names::default()
        };
        let settings = if needs_zone(&query.filters) {
            settings(&mut reader, who).await?
        } else {
            Settings::default()
        };
        let clock = Clock {
            now: asked_at(query, || self.options.moment()),
            zone: settings.zone(),
        };
        let listing = Listing::new(
            who,
            query,
            scope(who, &streams),
            &names,
            &clock,
            &Lite,
            &self.signer,
        )?;
        let (sql, binds) = page_sql(&listing, query.limit);
        let mut page = sqlx::query(made(sql));
        for bind in binds {
            page = match bind {
                Bind::Int(value) => page.bind(value),
                Bind::Text(value) => page.bind(value),
            };
        }
        // The cursor is read first: what changes in between is then told again, not missed.
        let rows = page.fetch_all(&mut *reader).await.map_err(failed)?;
        drop(reader);
        let [cursor, joined] = &rows[..] else {
            return Err(StoreError::Corrupt("a page has no rows".to_owned()));
        };
        let joined = joined
            .try_get::<Option<&str>, _>(0)
            .map_err(failed)?
            .unwrap_or_default();
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
        let next = more.then(|| self.signer.seal(last, &listing.bound));
        Ok(Page {
            items,
            next,
            cursor: text(cursor, 0)?.to_owned(),
        })
    }
}

/// A listing without names to be looked up, as SQL.
pub(super) fn listing_for(
    who: &Reader,
    query: &TaskQuery,
    streams: &[StreamId],
    settings: &Settings,
    signer: &crate::query::Signer,
) -> Result<(String, Vec<Bind>), StoreError> {
    let clock = Clock {
        now: query.now.unwrap_or_default(),
        zone: settings.zone(),
    };
    let listing = Listing::new(
        who,
        query,
        scope(who, streams),
        &Names::default(),
        &clock,
        &Lite,
        signer,
    )?;
    Ok(page_sql(&listing, query.limit))
}

/// The person's streams; the usual one alone keeps the order of the index.
fn scope(who: &Reader, streams: &[StreamId]) -> Where {
    let mut scope = Where::default();
    // $1 is the person, for the cursor.
    scope.binds.push(Bind::Text(who.person.to_string()));
    scope.push("t.stream ");
    match streams {
        [one] => {
            scope.push("= ");
            scope.bind(Bind::Text(one.to_string()));
        }
        some => {
            scope.push("in (select value from json_each(");
            scope.bind(Bind::Text(contract::doc::json(&some)));
            scope.push("))");
        }
    }
    scope
}

/// The cursor of the feed, and the page as one text: rows cost by the column.
fn page_sql(listing: &Listing, limit: u32) -> (String, Vec<Bind>) {
    let sql = format!(
        "{}; select group_concat(line, char(30)) from (select t.doc || char(31) || t.reminders || char(31) || json_array({}) line \
            from task t where {} order by {} limit {})",
        log::CURSOR,
        listing.order.keys(),
        listing.conditions.sql,
        listing.order.by(),
        u64::from(limit) + 1
    );
    (sql, listing.conditions.binds.clone())
}

/// The lists and sections of a person, by name.
async fn names(c: &mut SqliteConnection, who: &Reader) -> Result<Names, StoreError> {
    let sql = "select r.kind, r.id, r.doc->>'name' from member m join record r on r.stream = m.stream \
        and r.kind in ('list', 'section') where m.person = $1 and not r.deleted";
    let rows = sqlx::query(sql)
        .bind(who.person.to_string())
        .fetch_all(c)
        .await
        .map_err(failed)?;
    let mut names = Names::default();
    for row in &rows {
        let (id, name) = (super::load::id(row, 1)?, text(row, 2)?.to_owned());
        if text(row, 0)? == "list" {
            names.lists.push((ListId(id), name));
        } else {
            names.sections.push((SectionId(id), name));
        }
    }
    Ok(names)
}

/// A person's settings; the defaults before any were made.
pub(super) async fn settings(
    c: &mut SqliteConnection,
    who: &Reader,
) -> Result<Settings, StoreError> {
    let sql = "select doc from record where id = $1 and kind = 'settings'";
    let doc: Option<String> = sqlx::query_scalar(sql)
        .bind(who.person.to_string())
        .fetch_optional(c)
        .await
        .map_err(failed)?;
    let read = |doc: String| {
        serde_json::from_str(&doc).map_err(|why| StoreError::Corrupt(format!("settings: {why}")))
    };
    doc.map(read).transpose().map(Option::unwrap_or_default)
}
