//! Telling everything, as of one moment.

use super::{
    file::{Begin, Ends, FORMAT, First, Last, VERSION},
    table::{HEADS, LOG, LOOSE, PEOPLE, SINCE, Table},
};
use crate::{
    StoreError,
    ask::{Ask, Columns, values},
    chain::hex,
};
use domain::id::StreamId;
use serde::Serialize;
use sha2::{Digest, Sha256};
use std::fmt::Write;
use tokio::sync::mpsc::Sender;

/// Rows read at once. A line of the log may have long notes in it, twice.
const PAGE: u32 = 200;

/// Tells everything, or what came since, in a transaction that sees one moment.
pub(crate) async fn tell<C: Ask>(
    c: &mut C,
    since: Option<&Ends>,
    to: &Sender<String>,
) -> Result<(), StoreError> {
    let mut teller = Teller {
        to,
        lines: 0,
        hash: Sha256::new(),
    };
    let first = First {
        format: FORMAT.to_owned(),
        version: VERSION,
        whole: since.is_none(),
    };
    teller.say(line(&first)).await?;
    teller.table(c, &HEADS).await?;
    if let Some(since) = since {
        teller.ends(since).await?;
    }
    for table in &PEOPLE {
        teller.table(c, table).await?;
    }
    teller.log(c, since).await?;
    for table in &LOOSE {
        teller.table(c, table).await?;
    }
    let last = Last {
        end: teller.lines,
        sha256: hex(&teller.hash.clone().finalize()),
    };
    teller.say(line(&last)).await
}

struct Teller<'t> {
    to: &'t Sender<String>,
    lines: u64,
    hash: Sha256,
}

impl Teller<'_> {
    /// Says some whole lines.
    async fn say(&mut self, text: String) -> Result<(), StoreError> {
        self.lines += text.bytes().filter(|byte| *byte == b'\n').count() as u64;
        self.hash.update(text.as_bytes());
        let unheard = |_| StoreError::Unfit("nobody takes it any more".to_owned());
        self.to.send(text).await.map_err(unheard)
    }

    async fn begin(&mut self, table: &Table) -> Result<(), StoreError> {
        let begin = Begin {
            table: table.name.to_owned(),
            columns: table.names(),
        };
        self.say(line(&begin)).await
    }

    async fn table<C: Ask>(&mut self, c: &mut C, table: &Table) -> Result<(), StoreError> {
        self.begin(table).await?;
        let mut after = Vec::new();
        loop {
            let sql = table.page(after.is_empty(), PAGE);
            let rows = c.ask(sql.into(), after).await?;
            let Some(last) = rows.last() else {
                return Ok(());
            };
            after = table.place(last)?;
            let mut text = String::new();
            for row in &rows {
                table.line(row, after.len(), &mut text)?;
            }
            let is_last = rows.len() < PAGE as usize;
            drop(rows);
            self.say(text).await?;
            if is_last {
                return Ok(());
            }
        }
    }

    async fn ends(&mut self, since: &Ends) -> Result<(), StoreError> {
        self.begin(&SINCE).await?;
        let mut text = String::new();
        for (stream, (n, hash)) in &since.0 {
            text.push_str(&line(&(stream, n, hash)));
        }
        self.say(text).await
    }

    /// The log, stream by stream.
    async fn log<C: Ask>(&mut self, c: &mut C, since: Option<&Ends>) -> Result<(), StoreError> {
        self.begin(&LOG).await?;
        let mut sql = String::from("select ");
        sql.push_str(&LOG.names().join(","));
        let _infallible = write!(
            sql,
            " from log where stream = $1 and n > $2 order by n limit {PAGE}"
        );
        for (stream, end) in ends(c).await? {
            let told = since.and_then(|since| since.0.get(&stream));
            let mut n = told.map_or(0, |(n, _)| *n as i64);
            while n < end {
                let values = values![stream.to_string(), n];
                let rows = c.ask(sql.clone().into(), values).await?;
                let gap = || StoreError::Corrupt(format!("stream {stream} ends before line {end}"));
                n = rows.last().ok_or_else(gap)?.int(1)?;
                let mut text = String::new();
                for row in &rows {
                    LOG.line(row, 0, &mut text)?;
                }
                drop(rows);
                self.say(text).await?;
            }
        }
        Ok(())
    }
}

/// Where the streams end.
async fn ends<C: Ask>(c: &mut C) -> Result<Vec<(StreamId, i64)>, StoreError> {
    let sql = "select stream, n from stream_head order by stream";
    let rows = c.ask(sql.into(), vec![]).await?;
    let end = |row: &C::Row| Ok((StreamId(row.id(0)?), row.int(1)?));
    rows.iter().map(end).collect()
}

fn line(of: &impl Serialize) -> String {
    contract::doc::json(of) + "\n"
}
