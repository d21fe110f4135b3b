//! Taking everything in, whole or not at all.

use super::{
    Ends, Imported, Lines,
    file::unfit,
    lines::{Reader, RowLine},
    table::{By, HEADS, LOG, LOOSE, PEOPLE, SINCE, Table},
};
use crate::{
    StoreError,
    ask::{Ask, Columns, Whose, values},
    both::{
        log,
        rebuild::{self, Mend},
    },
    chain,
    witness::Signed,
};
use domain::{event::EventKind, id::*};
use jiff::Timestamp;
use std::collections::{BTreeMap, BTreeSet};

/// Rows, and bytes of them, put in at once.
const ROWS: usize = 1_000;
const BYTES: usize = 1 << 20;

/// A connection that everything can be written through, in one transaction.
pub(crate) trait Take: Mend {
    /// Keeps everybody else from writing until the end.
    fn alone(&mut self) -> impl Future<Output = Result<(), StoreError>> + Send;
    /// Goes on on behalf of somebody else.
    fn act_as(&mut self, whose: Whose) -> impl Future<Output = Result<(), StoreError>> + Send;
    /// Columns that a table has in this database beside those that go, and what stands in them for the row `j.value`.
    fn beside(table: &str) -> [&'static str; 2];
}

/// Takes in what `tell` told, in a transaction of the house's that the caller commits.
pub(crate) async fn take<C: Take>(
    c: &mut C,
    from: Lines,
    now: Timestamp,
) -> Result<Imported, StoreError> {
    let mut reader = Reader::new(from);
    let first = reader.first().await?;
    c.alone().await?;
    let mut taker = Taker {
        c,
        whole: first.whole,
        had: BTreeMap::new(),
        ends: BTreeMap::new(),
        members: BTreeMap::new(),
        viewer: Whose::House,
        done: Imported {
            whole: first.whole,
            ..Imported::default()
        },
    };
    taker.heads(&mut reader).await?;
    taker.people(&mut reader).await?;
    taker.log(&mut reader).await?;
    for table in &LOOSE {
        taker.act_as(Whose::House).await?;
        let sql = format!("delete from {}", table.name);
        taker.c.ask(sql.into(), vec![]).await?;
        taker.table(&mut reader, table).await?;
    }
    reader.last().await?;
    taker.act_as(Whose::House).await?;
    taker.fold().await?;
    arrive(taker.c, now).await?;
    Ok(taker.done)
}

/// Raises the epoch above all that there may have been where this came from, and remembers that what was due until now is that
/// house's.
async fn arrive<C: Ask>(c: &mut C, now: Timestamp) -> Result<(), StoreError> {
    let epoch = "update meta set value = cast(case when cast(value as bigint) >= $1 then cast(value as bigint) + 1 \
        else $1 end as text) where key = 'epoch'";
    c.ask(epoch.into(), values![now]).await?;
    let arrived = "insert into meta (key, value) values ('imported_at', $1) \
        on conflict (key) do update set value = excluded.value";
    let at = now.as_microsecond().to_string();
    c.ask(arrived.into(), values![at]).await.map(drop)
}

type End = (u64, String);

struct Taker<'c, C> {
    c: &'c mut C,
    whole: bool,
    /// Where streams ended before.
    had: BTreeMap<StreamId, End>,
    /// Where they shall end.
    ends: BTreeMap<StreamId, End>,
    /// Somebody who may write to a stream.
    members: BTreeMap<String, UserId>,
    /// On whose behalf it writes.
    viewer: Whose,
    done: Imported,
}

impl<C: Take> Taker<'_, C> {
    /// Where streams shall end, and where they ended; which must be so here.
    async fn heads(&mut self, reader: &mut Reader) -> Result<(), StoreError> {
        reader.begin(&HEADS).await?;
        let mut rows = Vec::new();
        while let Some(RowLine { text, row }) = reader.row(&HEADS).await? {
            let end = (row.number(1)?, row.owned(3)?);
            self.ends.insert(StreamId(row.id(0)?), end);
            rows.push(text);
        }
        let mut since = Ends::default();
        if !self.whole {
            reader.begin(&SINCE).await?;
            while let Some(RowLine { row, .. }) = reader.row(&SINCE).await? {
                let end = (row.number(1)?, row.owned(2)?);
                since.0.insert(StreamId(row.id(0)?), end);
            }
        }
        let sql = "select stream, n, hash from stream_head";
        for row in &self.c.ask(sql.into(), vec![]).await? {
            let end = (row.number(1)?, row.owned(2)?);
            self.had.insert(StreamId(row.id(0)?), end);
        }
        if self.whole && !self.had.is_empty() {
            let words = "there is something in this database already: import everything into an empty one, \
                or what came since by `errand export --all --since`";
            return Err(unfit(&words));
        }
        if self.had != since.0 {
            let words = "this is what came since another export than the last one that was imported here, \
                or something was written here since";
            return Err(unfit(&words));
        }
        for some in rows.chunks(ROWS) {
            let more = [", open_tasks, lists", ", 0, 0"];
            self.insert(&HEADS, some, more).await?;
        }
        Ok(())
    }

    /// Who there is. Nobody who was here may be missing.
    async fn people(&mut self, reader: &mut Reader) -> Result<(), StoreError> {
        for table in &PEOPLE {
            let rows = self.table(reader, table).await?;
            let sql = format!("select count(*) from {}", table.name);
            let here = self.c.ask(sql.into(), vec![]).await?;
            if here.first().map(|row| row.int(0)).transpose()? != Some(rows as i64) {
                let words =
                    "somebody went since the last import: import everything into an empty database";
                return Err(unfit(&words));
            }
            if table.name == "person" {
                self.done.people = rows;
            }
        }
        let sql = "select stream, min(person) from member group by stream";
        for row in &self.c.ask(sql.into(), vec![]).await? {
            self.members.insert(row.owned(0)?, UserId(row.id(1)?));
        }
        Ok(())
    }

    /// The log: each line follows on the one before, and the last is the one that the head says.
    async fn log(&mut self, reader: &mut Reader) -> Result<(), StoreError> {
        reader.begin(&LOG).await?;
        let mut reached = self.had.clone();
        let (mut some, mut removed) = (Together::default(), BTreeSet::new());
        while let Some(line) = reader.row(&LOG).await? {
            let row = log::line(&line.row).map_err(|why| match why {
                StoreError::Corrupt(words) => {
                    unfit(&format!("line {} cannot be read: {words}", reader.at()))
                }
                other => other,
            })?;
            let end = reached
                .entry(row.stream)
                .or_insert_with(|| (0, chain::START.to_owned()));
            let follows = chain::follows(row.stream, end.0, &end.1, &row);
            follows.map_err(|why| unfit(&format!("its log does not hold: {why}")))?;
            *end = (row.n, row.hash.clone());
            self.done.lines += 1;
            self.done
                .signers
                .extend(Signed::published(&row).map(|head| head.key));
            if !some.fits(&row.stream.to_string()) {
                self.lines(&mut some, &mut removed).await?;
            }
            if row.kind == EventKind::TaskPurged {
                removed.insert(line.row.owned(log::ABOUT)?);
            }
            some.push(row.stream.to_string(), line.text);
        }
        self.lines(&mut some, &mut removed).await?;
        for stream in self.ends.keys() {
            let fresh = || (0, chain::START.to_owned());
            reached.entry(*stream).or_insert_with(fresh);
        }
        if reached != self.ends {
            return Err(unfit(
                &"its log does not hold: it ends elsewhere than it says",
            ));
        }
        Ok(())
    }

    /// Puts in lines of one stream. What was removed for good there goes here, too.
    async fn lines(
        &mut self,
        some: &mut Together,
        removed: &mut BTreeSet<String>,
    ) -> Result<(), StoreError> {
        self.flush(&LOG, some).await?;
        if !self.whole && !removed.is_empty() {
            let sql = format!(
                "update log set payload = null, salt = null where {} and kind <> 'task.purged'",
                C::DIALECT.among("about", 1)
            );
            let values = values![contract::doc::json(&*removed)];
            self.c.ask(sql.into(), values).await?;
        }
        removed.clear();
        Ok(())
    }

    /// A table that goes as it is. Answers how many rows it has.
    async fn table(&mut self, reader: &mut Reader, table: &Table) -> Result<usize, StoreError> {
        reader.begin(table).await?;
        let (mut some, mut count) = (Together::default(), 0);
        while let Some(RowLine { text, row }) = reader.row(table).await? {
            let owner = match table.by {
                By::Person | By::Stream => row.owned(0)?,
                By::House | By::Anybody => String::new(),
            };
            if !some.fits(&owner) {
                self.flush(table, &mut some).await?;
            }
            some.push(owner, text);
            count += 1;
        }
        self.flush(table, &mut some).await?;
        Ok(count)
    }

    async fn flush(&mut self, table: &Table, some: &mut Together) -> Result<(), StoreError> {
        let Together { rows, owner, .. } = std::mem::take(some);
        if rows.is_empty() {
            return Ok(());
        }
        let whose = match table.by {
            By::House => Whose::House,
            By::Anybody => Whose::Person(UserId::default()),
            By::Person => Whose::Person(owner.parse().map_err(|why| unfit(&why))?),
            By::Stream => {
                let nobody = || unfit(&format!("stream {owner} is nobody's"));
                Whose::Person(*self.members.get(&owner).ok_or_else(nobody)?)
            }
        };
        self.act_as(whose).await?;
        self.insert(table, &rows, C::beside(table.name)).await
    }

    async fn act_as(&mut self, whose: Whose) -> Result<(), StoreError> {
        if self.viewer != whose {
            self.c.act_as(whose).await?;
            self.viewer = whose;
        }
        Ok(())
    }

    async fn insert(
        &mut self,
        table: &Table,
        rows: &[String],
        more: [&str; 2],
    ) -> Result<(), StoreError> {
        // Those who are here already stay; everything else must be new.
        let is_kept = table.name == HEADS.name || PEOPLE.iter().any(|it| it.name == table.name);
        let tail = if is_kept {
            "on conflict do nothing"
        } else {
            ""
        };
        let sql = table.insert(C::DIALECT, more, tail);
        let rows = format!("[{}]", rows.join(","));
        self.c.ask(sql.into(), values![rows]).await.map(drop)
    }

    /// Folds every stream that has more lines now into rows.
    async fn fold(&mut self) -> Result<(), StoreError> {
        for (stream, end) in &self.ends {
            if self.had.get(stream) == Some(end) {
                continue;
            }
            self.done.streams += 1;
            let found = rebuild::refold(self.c, *stream, true).await?;
            if let [first, ..] = &found.broken[..] {
                return Err(unfit(&format!("its log does not hold: {first}")));
            }
        }
        Ok(())
    }
}

/// Rows that go in together, of one owner where that matters.
#[derive(Default)]
struct Together {
    owner: String,
    rows: Vec<String>,
    bytes: usize,
}

impl Together {
    /// Whether there is room for one more, of that owner.
    fn fits(&self, owner: &str) -> bool {
        self.rows.is_empty()
            || (self.rows.len() < ROWS && self.bytes < BYTES && self.owner == owner)
    }

    fn push(&mut self, owner: String, row: String) {
        self.owner = owner;
        self.bytes += row.len();
        self.rows.push(row);
    }
}
