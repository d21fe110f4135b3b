//! Writes what a command decided, by one statement that does nothing where a stream was written to meanwhile.

use super::dialect::Postgres;
use crate::{
    StoreError,
    ask::{Ask, Columns, values},
    both::rebuild::{Gone, Mend},
    dialect::Dialect,
    error::failed,
    overlay::Overlay,
    plan::{Flat, HeadRow, Plan, TagRow, cells, columns},
    sql::made,
};
use domain::id::StreamId;
use serde::Serialize;
use sqlx::{PgConnection, Row};
use std::collections::{BTreeMap, BTreeSet};

/// The heads are locked in the order of their ids, then compared with the turns that were decided on. `$1` is the JSON of
/// (stream, turn), `$2` of the heads.
///
/// Here and below, rows that are changed are named twice: beside what they get, and by an array, by which alone they are found
/// through an index in every plan. A join is also planned the other way around where the table was small then: read whole.
const GUARD: &str = "with want as materialized (select j.value->>0 as stream, cast(j.value->>1 as bigint) as turn \
        from jsonb_array_elements($1::jsonb) j(value)), \
    locked as materialized (select h.stream, h.turn from stream_head h where h.stream = any(array(select stream from want)) \
        order by h.stream for no key update), \
    ok as materialized (select count(*) = (select count(*) from want) as ok \
        from locked l join want w on w.stream = l.stream and w.turn = l.turn), \
    head as (update stream_head h set n = cast(j.value->>1 as bigint), at = cast(j.value->>2 as bigint), hash = j.value->>3, \
        open_tasks = cast(j.value->>4 as bigint), lists = cast(j.value->>5 as bigint), turn = h.turn + 1 \
        from ok, jsonb_array_elements($2::jsonb) j(value) where ok.ok and h.stream = j.value->>0 \
            and h.stream = any(array(select stream from want)))";

const TAGS_OFF: &str = "delete from task_tag t using ok, {each} \
    where ok.ok and (t.stream, t.tag, t.task) = (j.value->>0, j.value->>1, j.value->>2) \
        and t.task = any(array(select i.value->>2 from jsonb_array_elements({n}::jsonb) i(value)))";

const TEXTS: &str = "insert into task_text (task, stream, words) \
    select j.value->>0, j.value->>1, to_tsvector('simple', errand_plain(j.value->>2)) from ok, {each} where ok.ok \
    on conflict (task) do update set stream = excluded.stream, words = excluded.words";

const REVOKED: &str = "delete from credential c using ok, {each} \
    where ok.ok and (c.id, c.person) = (j.value->>0, j.value->>1) \
        and c.id = any(array(select i.value->>0 from jsonb_array_elements({n}::jsonb) i(value)))";

/// What goes with tasks that are removed for good, after their last lines are written. Those keep their digest and hash, so that
/// the chain still verifies.
const PURGES: &str = "with gone as materialized (select jsonb_array_elements_text($1::jsonb) as id), \
    l as (update log set payload = null, salt = null where about = any(array(select id from gone)) and kind <> 'task.purged'), \
    d as (update delivery d set doc = jsonb_set(d.doc::jsonb, '{items}', ( \
        select jsonb_agg(case when i.value->>'task' in (select id from gone) \
            then i.value || '{\"title\": \"\", \"due\": null}' else i.value end order by i.key) \
        from jsonb_array_elements(d.doc::jsonb->'items') with ordinality i(value, key)))::text \
        where d.id = any(array(select delivery from ledger where task = any(array(select id from gone))))), \
    r as (delete from record where parent = any(array(select id from gone)) and kind = 'comment'), \
    w as (delete from task_text where task = any(array(select id from gone))), \
    g as (delete from task_tag where task = any(array(select id from gone))), \
    s as (delete from reminder where task = any(array(select id from gone))), \
    c as (delete from ledger where task = any(array(select id from gone))), \
    a as (delete from idempotency where case when answer like '{%' then answer::json->>'id' end in (select id from gone)) \
    delete from task where id = any(array(select id from gone))";

/// The turns of the streams that a plan writes to, as they were loaded: its heads, and where there is something without an event.
/// Nothing where a stream is not there.
pub(super) fn turns(
    plan: &Plan,
    overlay: &Overlay,
    home: StreamId,
) -> Option<BTreeMap<StreamId, u64>> {
    let mut streams: BTreeSet<StreamId> = plan.heads.keys().copied().collect();
    streams.insert(home);
    streams.extend(plan.schedule.values().map(|row| StreamId(row.stream)));
    streams.extend(plan.deliveries.values().map(|row| StreamId(row.stream)));
    streams.extend(plan.outbox.iter().map(|row| StreamId(row.stream)));
    let turn = |stream: StreamId| Some((stream, overlay.turn(stream)?));
    streams.into_iter().map(turn).collect()
}

/// Writes the plan, if each stream is still in its turn. Answers whether it was. The caller commits, or rolls back.
pub(super) async fn write(
    connection: &mut PgConnection,
    plan: &Plan,
    heads: &[&HeadRow],
    turns: &BTreeMap<StreamId, u64>,
) -> sqlx::Result<bool> {
    let turns: Vec<_> = turns.iter().collect();
    let mut statement = Statement {
        sql: GUARD.to_owned(),
        parameters: vec![contract::doc::json(&turns), contract::doc::json(&heads)],
    };
    put(&mut statement, plan);
    statement.sql += " select ok from ok";
    let mut query = sqlx::query(made(statement.sql));
    for parameter in statement.parameters {
        query = query.bind(parameter);
    }
    query.fetch_one(&mut *connection).await?.try_get(0)
}

/// Removes for good what a plan says.
pub(super) async fn purge(connection: &mut PgConnection, plan: &Plan) -> sqlx::Result<()> {
    if plan.purged.is_empty() {
        return Ok(());
    }
    let query = sqlx::query(PURGES).bind(contract::doc::json(&plan.purged));
    query.execute(connection).await.map(drop)
}

/// One statement of many parts, each with one JSON parameter.
struct Statement {
    sql: String,
    parameters: Vec<String>,
}

fn put(to: &mut Statement, plan: &Plan) {
    to.insert(&plan.lines, "");
    to.insert(plan.fresh_tasks.values(), "");
    to.update(plan.tasks.values());
    let (on, off) = tags(plan);
    to.part(TAGS_OFF, off);
    to.insert(
        on,
        "on conflict (stream, tag, task) do update set name = excluded.name",
    );
    let words = |row: &crate::plan::TextRow| {
        let words = [&row.title, &row.notes, &row.tags].map(|text| super::words(text));
        (row.task, row.stream, words.join(" "))
    };
    to.part(TEXTS, plan.texts.values().map(words));
    to.insert(plan.fresh_records.values(), "");
    to.update(plan.records.values());
    to.insert(
        plan.schedule.values(),
        "on conflict (task, reminder, generation) do update set \
            person = excluded.person, stream = excluded.stream, moment = excluded.moment, state = excluded.state",
    );
    to.insert(&plan.ledger, "");
    to.insert(
        plan.deliveries.values(),
        "on conflict (id) do update set state = excluded.state, next_at = excluded.next_at, doc = excluded.doc \
            where delivery.person = excluded.person",
    );
    to.insert(&plan.outbox, "order by j.key on conflict do nothing");
    to.insert(&plan.answers, "");
    to.insert(&plan.consumed, "");
    to.insert(&plan.credentials, "");
    to.part(REVOKED, &plan.revoked);
}

/// Tags put on, and those taken off that are not put on again in another spelling: a statement sees a row once.
fn tags(plan: &Plan) -> (Vec<&TagRow>, Vec<&TagRow>) {
    let place = |row: &TagRow| (row.stream.clone(), row.tag.clone(), row.task.clone());
    let all = |on: bool| {
        let of = move |(row, is_on): (_, &bool)| (*is_on == on).then_some(row);
        plan.tags.iter().filter_map(of)
    };
    let on: BTreeSet<_> = all(true).map(place).collect();
    let off = all(false).filter(|row| !on.contains(&place(row)));
    (all(true).collect(), off.collect())
}

impl Statement {
    /// Adds a part about some rows, `{each}` of it, whose JSON is the parameter `{n}`, unless there are none.
    fn part<R: Serialize>(&mut self, sql: &str, rows: impl IntoIterator<Item = R>) {
        let rows: Vec<R> = rows.into_iter().collect();
        if rows.is_empty() {
            return;
        }
        self.parameters.push(contract::doc::json(&rows));
        let n = self.parameters.len();
        let sql = sql.replace("{each}", &Postgres.each(n));
        let sql = sql.replace("{n}", &format!("${n}"));
        self.sql.extend([", p", &n.to_string(), " as (", &sql, ")"]);
    }

    /// Adds the insert of some rows, with what is to follow it.
    fn insert<'r, R: Flat + 'r>(&mut self, rows: impl IntoIterator<Item = &'r R>, tail: &str) {
        let sql = format!(
            "insert into {} ({}) select {} from ok, {{each}} where ok.ok {tail}",
            R::TABLE,
            columns::<R>(""),
            cells::<R>()
        );
        self.part(&sql, rows);
    }

    /// Adds the update of some rows by id.
    fn update<'r, R: Flat + 'r>(&mut self, rows: impl IntoIterator<Item = &'r R>) {
        let sql = format!(
            "update {} t set ({}) = row({}) from ok, {{each}} where ok.ok and t.id = j.value->>0 \
                and t.id = any(array(select i.value->>0 from jsonb_array_elements({{n}}::jsonb) i(value)))",
            R::TABLE,
            columns::<R>(""),
            cells::<R>()
        );
        self.part(&sql, rows);
    }
}

impl Mend for PgConnection {
    async fn mend(&mut self, gone: &Gone, rows: &Plan) -> Result<(), StoreError> {
        for (table, ids) in [
            ("task_text where task", contract::doc::json(&gone.tasks)),
            ("task where id", contract::doc::json(&gone.tasks)),
            ("record where id", contract::doc::json(&gone.records)),
            ("task_tag where task", contract::doc::json(&gone.tagged)),
        ] {
            let sql = format!("delete from {}", Postgres.among(table, 1));
            self.ask(sql.into(), values![ids]).await?;
        }
        let mut turns = BTreeMap::new();
        for stream in rows.heads.keys() {
            let sql = "select turn from stream_head where stream = $1";
            let turn = self.ask(sql.into(), values![stream.to_string()]).await?;
            let turn = turn.first().map(|row| row.number(0)).transpose()?;
            turns.insert(*stream, turn.unwrap_or_default());
        }
        let heads: Vec<&HeadRow> = rows.heads.values().collect();
        let written = write(self, rows, &heads, &turns).await;
        written.map(drop).map_err(failed)
    }
}
