//! Loads for a whole batch in one call, which also begins the transaction.

use super::{batch::Batch, seek};
use crate::{
    Answer, StoreError,
    decide::Command,
    error::failed,
    overlay::{Overlay, Repeat},
    plan::HeadRow,
};
use domain::id::*;
use jiff::Timestamp;
use sqlx::{Row, SqliteConnection, sqlite::SqliteRow};
use std::collections::BTreeSet;
use uuid::Uuid;

const HEADS: &str = "select 0, j.value, h.stream, h.n, h.at, h.hash, h.open_tasks, h.lists \
    from json_each($1) j join member m on m.person = j.value join stream_head h on h.stream = m.stream";

const ANSWERS: &str = "select 1, i.person, i.route, i.key, i.body, i.status, i.version, i.answer from json_each($1) j \
    join idempotency i on i.person = j.value->>0 and i.route = j.value->>1 and i.key = j.value->>2";

const CONSUMED: &str = "select 2, c.source, c.id from json_each($1) j \
    join consumed c on c.source = j.value->>0 and c.id = j.value->>1";

const RECORDS: &str = "select 3, r.kind, r.id, r.stream, r.version, r.updated_at, r.doc \
    from json_each($1) j join record r on r.id = j.value";

const TAGS: &str = "select 3, r.kind, r.id, r.stream, r.version, r.updated_at, r.doc \
    from json_each($1) j join member m on m.person = j.value->>0 \
    join record r on r.stream = m.stream and r.kind = 'tag' and r.sort = j.value->>1";

const DELIVERIES: &str = "select 5, d.doc from json_each($1) j join delivery d on d.id = j.value";

const PURGED: &str = "select 6, l.about from json_each($1) j join log l on l.about = j.value and l.kind = 'task.purged'";

/// The lists and sections of tasks by id.
const AROUND: &str = "select 3, r.kind, r.id, r.stream, r.version, r.updated_at, r.doc \
    from json_each($1) j join task t on t.id = j.value join record r on r.id in (t.list_id, t.section_id)";

/// The parameter is (tasks, (person, system, id) of sources, deliveries).
pub(super) const TASKS: &str = "with recursive seed(id) as ( \
        select value from json_each($1, '$[0]') \
        union select t.id from json_each($1, '$[1]') j join member m on m.person = j.value->>0 \
            join task t on t.stream = m.stream and t.source_system = j.value->>1 and t.source_id = j.value->>2 \
        union select i.value->>'task' from json_each($1, '$[2]') j join delivery d on d.id = j.value \
            join json_each(d.doc, '$.items') i), \
    up(id) as (select id from seed union \
        select t.parent_id from up join task t on t.id = up.id where t.parent_id is not null), \
    down(id) as (select id from seed union select t.id from down join task t on t.parent_id = down.id), \
    block(id) as (select id from seed union \
        select b.value from block join task t on t.id = block.id join json_each(t.blocked_by) b), \
    family(id) as (select id from up union select id from down union select id from block) \
    select 4, t.id, t.stream, t.version, t.updated_at, t.doc, t.reminders, \
        (select json_group_array(json_array(reminder, generation, person, stream, moment, state)) from ( \
            select r.reminder, max(r.generation) generation, r.person, r.stream, r.moment, r.state \
            from reminder r where r.task = t.id group by r.reminder)), \
        (select json_array(s.id, s.stream, s.version, s.updated_at, s.doc) from record s where s.id = t.series_id) \
    from family f cross join task t on t.id = f.id";

/// Begins, and loads what the commands need. A command that stands alone is asked for more of the database first.
pub(super) async fn load(
    connection: &mut SqliteConnection,
    commands: &[Command],
) -> Result<Overlay, StoreError> {
    let mut overlay = Overlay::default();
    let mut batch = Batch::default();
    if let [command] = commands
        && command.stands_alone()
    {
        let mut begin = Batch::default();
        begin.plain("begin immediate");
        begin.run(connection).await.map_err(failed)?;
        overlay.also = seek::seek(connection, command).await?;
    } else {
        batch.plain("begin immediate");
    }
    ask(&mut batch, commands, &overlay);
    for row in batch.run(connection).await.map_err(failed)? {
        put(&row, &mut overlay)?;
    }
    Ok(overlay)
}

fn ask(batch: &mut Batch, commands: &[Command], overlay: &Overlay) {
    let people: BTreeSet<UserId> = commands
        .iter()
        .map(|command| command.who.reader.person)
        .collect();
    batch.part(HEADS, &people);
    let answers: Vec<_> = commands
        .iter()
        .filter_map(|command| Some((command.who.reader.person, command.who.idempotency.as_ref()?)))
        .map(|(person, key)| (person, &key.route, &key.key))
        .collect();
    batch.rows(ANSWERS, &answers);
    let events: Vec<_> = commands
        .iter()
        .filter_map(|command| command.who.once.as_ref())
        .collect();
    batch.rows(CONSUMED, &events);
    let mut records: BTreeSet<Uuid> = people.iter().map(|person| person.0).collect();
    records.extend(&overlay.also.records);
    let (mut tags, mut sources) = (BTreeSet::new(), BTreeSet::new());
    let mut deliveries: BTreeSet<DeliveryId> = BTreeSet::new();
    let mut tasks: BTreeSet<TaskId> = overlay.also.tasks.iter().copied().collect();
    for (person, need) in commands
        .iter()
        .map(|command| (command.who.reader.person, &command.need))
    {
        records.extend(need.lists.iter().map(|id| id.0));
        records.extend(need.sections.iter().map(|id| id.0));
        records.extend(need.views.iter().map(|id| id.0));
        records.extend(need.comments.iter().map(|id| id.0));
        records.extend(need.series.iter().map(|id| id.0));
        tags.extend(need.tags.iter().map(|name| (person, name)));
        sources.extend(
            need.sources
                .iter()
                .map(|source| (person, &source.system, &source.id)),
        );
        deliveries.extend(&need.deliveries);
        tasks.extend(&need.tasks);
    }
    batch.part(RECORDS, &records);
    if !tags.is_empty() {
        batch.part(TAGS, &tags);
    }
    if !deliveries.is_empty() {
        batch.part(DELIVERIES, &deliveries);
    }
    if !(tasks.is_empty() && sources.is_empty() && deliveries.is_empty()) {
        batch.part(TASKS, &(&tasks, sources, deliveries));
        batch.part(AROUND, &tasks);
        batch.part(PURGED, &tasks);
    }
}

fn put(row: &SqliteRow, overlay: &mut Overlay) -> Result<(), StoreError> {
    match row.try_get::<i64, _>(0).map_err(failed)? {
        0 => overlay.put_head(
            UserId(id(row, 1)?),
            HeadRow {
                stream: id(row, 2)?,
                n: number(row, 3)?,
                at: row.try_get(4).map_err(failed)?,
                hash: text(row, 5)?.to_owned(),
                open_tasks: number(row, 6)?,
                lists: number(row, 7)?,
                n0: number(row, 3)?,
            },
        ),
        1 => {
            let key = (
                UserId(id(row, 1)?),
                text(row, 2)?.to_owned(),
                text(row, 3)?.to_owned(),
            );
            let version = row.try_get::<Option<i64>, _>(6).map_err(failed)?;
            let status = number(row, 5)? as u16;
            let answer = Answer {
                status,
                version: version.map(|n| n as u64),
                body: text(row, 7)?.to_owned(),
            };
            overlay.put_answer(
                key,
                Repeat {
                    body: text(row, 4)?.to_owned(),
                    answer,
                },
            );
        }
        2 => overlay.put_consumed(text(row, 1)?.to_owned(), text(row, 2)?.to_owned()),
        3 => overlay.put_record(text(row, 1)?, id(row, 2)?, place(row, 3)?, text(row, 6)?)?,
        4 => {
            overlay.put_task(
                id(row, 1)?,
                place(row, 2)?,
                text(row, 5)?,
                text(row, 6)?,
                text(row, 7)?,
            )?;
            if let Some(series) = row.try_get::<Option<&str>, _>(8).map_err(failed)? {
                let read = serde_json::from_str::<(Uuid, Uuid, u64, i64, String)>(series);
                let (id, stream, version, at, doc) =
                    read.map_err(|why| StoreError::Corrupt(format!("a series: {why}")))?;
                overlay.put_record("series", id, (stream, version, moment(at)?), &doc)?;
            }
        }
        5 => overlay.put_delivery(text(row, 1)?)?,
        _ => overlay.put_purged(TaskId(id(row, 1)?)),
    }
    Ok(())
}

/// A moment out of microseconds.
pub(super) fn moment(micros: i64) -> Result<Timestamp, StoreError> {
    Timestamp::from_microsecond(micros).map_err(|why| StoreError::Corrupt(why.to_string()))
}

/// A column's text, without a copy.
pub(super) fn text(row: &SqliteRow, at: usize) -> Result<&str, StoreError> {
    row.try_get(at).map_err(failed)
}

/// A column's id.
pub(super) fn id(row: &SqliteRow, at: usize) -> Result<Uuid, StoreError> {
    let text = text(row, at)?;
    text.parse()
        .map_err(|_| StoreError::Corrupt(format!("{text:?} is no id")))
}

/// A column that is never negative.
pub(super) fn number(row: &SqliteRow, at: usize) -> Result<u64, StoreError> {
    row.try_get::<i64, _>(at)
        .map(|n| n.max(0) as u64)
        .map_err(failed)
}

/// Stream, version and time of change, in three columns.
fn place(row: &SqliteRow, at: usize) -> Result<(Uuid, u64, Timestamp), StoreError> {
    Ok((
        id(row, at)?,
        number(row, at + 1)?,
        moment(row.try_get(at + 2).map_err(failed)?)?,
    ))
}
