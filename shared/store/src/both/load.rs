//! What was loaded for commands, row by row: the first column says what the others are.

use crate::{
    Answer, StoreError,
    ask::{Columns, moment},
    decide::Command,
    dialect::Dialect,
    overlay::{Also, Overlay, Repeat},
    plan::HeadRow,
};
use domain::id::*;
use serde::Serialize;
use std::collections::BTreeSet;
use uuid::Uuid;

/// (person, stream, n, at, hash, open tasks, lists, turn)
pub(crate) const HEAD: i64 = 0;
/// (person, route, key, body, status, version, answer)
pub(crate) const ANSWER: i64 = 1;
/// (source, id)
pub(crate) const CONSUMED: i64 = 2;
/// (kind, id, stream, version, time of change, JSON)
pub(crate) const RECORD: i64 = 3;
/// (id, stream, version, time of change, JSON, reminders, schedule, series)
pub(crate) const TASK: i64 = 4;
/// (JSON)
pub(crate) const DELIVERY: i64 = 5;
/// (task)
pub(crate) const PURGED: i64 = 6;

/// A query whose `$1` is JSON.
pub(crate) struct Part {
    pub sql: String,
    pub json: String,
}

/// The queries that load what commands need, beside what was found for one that stands alone.
pub(crate) fn parts(commands: &[Command], also: &Also, dialect: &dyn Dialect) -> Vec<Part> {
    let mut parts = Parts {
        parts: Vec::new(),
        dialect,
    };
    parts.of_writers(commands);
    let mut records: BTreeSet<Uuid> = commands.iter().map(|it| it.who.reader.person.0).collect();
    records.extend(&also.records);
    let (mut tags, mut sources) = (BTreeSet::new(), BTreeSet::new());
    let mut deliveries: BTreeSet<DeliveryId> = BTreeSet::new();
    let mut tasks: BTreeSet<TaskId> = also.tasks.iter().copied().collect();
    for (person, need) in commands.iter().map(|it| (it.who.reader.person, &it.need)) {
        records.extend(need.lists.iter().map(|id| id.0));
        records.extend(need.sections.iter().map(|id| id.0));
        records.extend(need.views.iter().map(|id| id.0));
        records.extend(need.comments.iter().map(|id| id.0));
        records.extend(need.series.iter().map(|id| id.0));
        tags.extend(need.tags.iter().map(|name| (person, name)));
        sources.extend(need.sources.iter().map(|it| (person, &it.system, &it.id)));
        deliveries.extend(&need.deliveries);
        tasks.extend(&need.tasks);
    }
    parts.among("record r where", RECORD, RECORDS, "r.id", &records);
    if !tags.is_empty() {
        let found = [
            parts.dialect.found("member", "m", "m.person = j.value->>0"),
            parts.dialect.found(
                "record",
                "r",
                "r.stream = m.stream and r.kind = 'tag' and r.sort = j.value->>1",
            ),
        ];
        parts.each(RECORD, RECORDS, &found.join(" "), &tags);
    }
    if !deliveries.is_empty() {
        let each: Vec<_> = deliveries.iter().map(|id| [id]).collect();
        let found = parts.dialect.found("delivery", "d", "d.id = j.value->>0");
        parts.each(DELIVERY, "d.doc", &found, &each);
    }
    if !(tasks.is_empty() && sources.is_empty() && deliveries.is_empty()) {
        let sql = dialect.families().to_owned();
        parts.push(sql, &(&tasks, sources, deliveries));
        let records = "r.id in (t.list_id, t.section_id)";
        let around = format!(
            "task t {} where",
            parts.dialect.found("record", "r", records)
        );
        parts.among(&around, RECORD, RECORDS, "t.id", &tasks);
        let purged = "log l where l.kind = 'task.purged' and";
        parts.among(purged, PURGED, "l.about", "l.about", &tasks);
    }
    parts.parts
}

const RECORDS: &str = "r.kind, r.id, r.stream, r.version, r.updated_at, r.doc";

struct Parts<'d> {
    parts: Vec<Part>,
    dialect: &'d dyn Dialect,
}

impl Parts<'_> {
    /// The heads of whoever writes, and whether their requests were answered, their events' effects made, before.
    fn of_writers(&mut self, commands: &[Command]) {
        let people: BTreeSet<_> = commands.iter().map(|it| [it.who.reader.person]).collect();
        let head = format!(
            "m.person, h.stream, h.n, h.at, h.hash, h.open_tasks, h.lists, {}",
            self.dialect.turn()
        );
        let found = [
            self.dialect.found("member", "m", "m.person = j.value->>0"),
            self.dialect
                .found("stream_head", "h", "h.stream = m.stream"),
        ];
        self.each(HEAD, &head, &found.join(" "), &people);
        let answers: Vec<_> = commands
            .iter()
            .filter_map(|it| Some((it.who.reader.person, it.who.idempotency.as_ref()?)))
            .map(|(person, key)| (person, &key.route, &key.key))
            .collect();
        if !answers.is_empty() {
            let answer = "i.person, i.route, i.key, i.body, i.status, i.version, i.answer";
            let key = "i.person = j.value->>0 and i.route = j.value->>1 and i.key = j.value->>2";
            let found = self.dialect.found("idempotency", "i", key);
            self.each(ANSWER, answer, &found, &answers);
        }
        let events: Vec<_> = commands
            .iter()
            .filter_map(|it| it.who.once.as_ref())
            .collect();
        if !events.is_empty() {
            let key = "c.source = j.value->>0 and c.id = j.value->>1";
            let found = self.dialect.found("consumed", "c", key);
            self.each(CONSUMED, "c.source, c.id", &found, &events);
        }
    }

    /// Rows of a kind that are joined to each element of an array.
    fn each(&mut self, kind: i64, columns: &str, joined: &str, to: &impl Serialize) {
        let columns = self.dialect.loaded(&format!("{kind}, {columns}"));
        let each = self.dialect.each(1);
        self.push(format!("select {columns} from {each} {joined}"), to);
    }

    /// Rows of a kind where a column is among some ids.
    fn among(&mut self, from: &str, kind: i64, columns: &str, column: &str, ids: &impl Serialize) {
        let columns = self.dialect.loaded(&format!("{kind}, {columns}"));
        let among = self.dialect.among(column, 1);
        self.push(format!("select {columns} from {from} {among}"), ids);
    }

    fn push(&mut self, sql: String, parameter: &impl Serialize) {
        let json = contract::doc::json(parameter);
        self.parts.push(Part { sql, json });
    }
}

/// Takes a row in.
pub(crate) fn put<R: Columns>(row: &R, overlay: &mut Overlay) -> Result<(), StoreError> {
    match row.int(0)? {
        HEAD => overlay.put_head(
            UserId(row.id(1)?),
            HeadRow {
                stream: row.id(2)?,
                n: row.number(3)?,
                at: row.int(4)?,
                hash: row.owned(5)?,
                open_tasks: row.number(6)?,
                lists: row.number(7)?,
            },
            row.number(8)?,
        ),
        ANSWER => {
            let key = (UserId(row.id(1)?), row.owned(2)?, row.owned(3)?);
            let answer = Answer {
                status: row.number(5)? as u16,
                version: row.maybe_int(6)?.map(|n| n as u64),
                body: row.owned(7)?,
            };
            let body = row.owned(4)?;
            overlay.put_answer(key, Repeat { body, answer });
        }
        CONSUMED => overlay.put_consumed(row.owned(1)?, row.owned(2)?),
        RECORD => overlay.put_record(row.text(1)?, row.id(2)?, row.place(3)?, row.text(6)?)?,
        TASK => {
            let (doc, reminders, schedule) = (row.text(5)?, row.text(6)?, row.text(7)?);
            overlay.put_task(row.id(1)?, row.place(2)?, doc, reminders, schedule)?;
            if let Some(series) = row.maybe_text(8)? {
                let read = serde_json::from_str::<(Uuid, Uuid, u64, i64, String)>(series);
                let (id, stream, version, at, doc) =
                    read.map_err(|why| StoreError::Corrupt(format!("a series: {why}")))?;
                overlay.put_record("series", id, (stream, version, moment(at)?), &doc)?;
            }
        }
        DELIVERY => overlay.put_delivery(row.text(1)?)?,
        PURGED => overlay.put_purged(TaskId(row.id(1)?)),
        other => return Err(StoreError::Corrupt(format!("a row of the kind {other}"))),
    }
    Ok(())
}
