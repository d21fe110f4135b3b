//! Writes what a batch decided, in one call that ends in COMMIT.

use super::batch::Batch;
use crate::{
    StoreError,
    both::rebuild::{Gone, Mend},
    error::{failed, is_taken},
    plan::{Plan, TagRow},
};
use domain::refusal::Refusal;
use sqlx::SqliteConnection;
use uuid::Uuid;

const HEADS: &str = "update stream_head set (n, at, hash, open_tasks, lists) = \
    (select j.value->>1, j.value->>2, j.value->>3, j.value->>4, j.value->>5) \
    from json_each($1) j where stream_head.stream = j.value->>0";

const TAGS_OFF: &str = "delete from task_tag where (stream, tag, task) in \
    (select j.value->>0, j.value->>1, j.value->>2 from json_each($1) j)";

const TEXTS_OFF: &str = "delete from task_text where rowid in \
    (select t.no from json_each($1) j join task t on t.id = j.value)";

const TEXTS: &str = "insert into task_text (rowid, title, notes, tags) \
    select t.no, j.value->>2, j.value->>3, j.value->>4 from json_each($1) j join task t on t.id = j.value->>0";

const REVOKED: &str = "delete from credential where (id, person) in \
    (select j.value->>0, j.value->>1 from json_each($1) j)";

/// What goes with a task that is removed for good. Its lines keep their digest and hash, so that the chain still verifies.
const PURGES: [&str; 9] = [
    "update log set payload = null, salt = null where about in (select value from json_each($1)) and kind <> 'task.purged'",
    "update delivery set doc = json_set(doc, '$.items', json((select json_group_array( \
        json(iif(i.value->>'task' in (select value from json_each($1)), json_set(i.value, '$.title', '', '$.due', null), i.value))) \
        from json_each(doc, '$.items') i))) \
        where id in (select l.delivery from ledger l join json_each($1) j on l.task = j.value)",
    "delete from record where parent in (select value from json_each($1)) and kind = 'comment'",
    "delete from task_text where rowid in (select t.no from json_each($1) j join task t on t.id = j.value)",
    "delete from task_tag where task in (select value from json_each($1))",
    "delete from reminder where task in (select value from json_each($1))",
    "delete from ledger where task in (select value from json_each($1))",
    "delete from idempotency where case when json_valid(answer) then answer->>'$.id' end in (select value from json_each($1))",
    "delete from task where id in (select value from json_each($1))",
];

/// Writes and commits. On an error the transaction may still stand: the caller rolls back.
pub(super) async fn write(connection: &mut SqliteConnection, plan: Plan) -> Result<(), StoreError> {
    let fresh = plan
        .fresh_tasks
        .keys()
        .chain(plan.fresh_records.keys())
        .next()
        .copied();
    let mut batch = Batch::default();
    put(&mut batch, &plan);
    batch.plain("commit");
    match batch.run(connection).await {
        Ok(_) => Ok(()),
        Err(why) if is_taken(&why) => Err(taken(&why, fresh)),
        Err(why) => Err(failed(why)),
    }
}

/// The statements that write a plan's rows.
pub(super) fn put(batch: &mut Batch, plan: &Plan) {
    fn all<K, V: Clone>(rows: &std::collections::BTreeMap<K, V>) -> Vec<V> {
        rows.values().cloned().collect()
    }
    let tags = |on: bool| {
        plan.tags
            .iter()
            .filter(|(_, is_on)| **is_on == on)
            .map(|(row, _)| row.clone())
            .collect::<Vec<TagRow>>()
    };
    batch.rows(HEADS, &all(&plan.heads));
    batch.insert(&plan.lines, "");
    batch.insert(&all(&plan.fresh_tasks), "");
    batch.update(&all(&plan.tasks));
    batch.rows(TAGS_OFF, &tags(false));
    batch.insert(
        &tags(true),
        "on conflict (stream, tag, task) do update set name = excluded.name",
    );
    let rewritten: Vec<Uuid> = plan
        .texts
        .keys()
        .filter(|id| !plan.fresh_tasks.contains_key(id))
        .copied()
        .collect();
    batch.rows(TEXTS_OFF, &rewritten);
    batch.rows(TEXTS, &all(&plan.texts));
    batch.insert(&all(&plan.fresh_records), "");
    batch.update(&all(&plan.records));
    batch.insert(
        &all(&plan.schedule),
        "on conflict (task, reminder, generation) do update set \
            person = excluded.person, stream = excluded.stream, moment = excluded.moment, state = excluded.state",
    );
    batch.insert(&plan.ledger, "");
    batch.insert(
        &all(&plan.deliveries),
        "on conflict (id) do update set state = excluded.state, next_at = excluded.next_at, doc = excluded.doc \
            where person = excluded.person",
    );
    batch.insert(&plan.outbox, "order by j.key on conflict do nothing");
    batch.insert(&plan.answers, "");
    batch.insert(&plan.consumed, "");
    batch.insert(&plan.credentials, "");
    batch.rows(REVOKED, &plan.revoked);
    if !plan.purged.is_empty() {
        for sql in PURGES {
            batch.part(sql, &plan.purged);
        }
    }
}

impl Mend for SqliteConnection {
    async fn mend(&mut self, gone: &Gone, rows: &Plan) -> Result<(), StoreError> {
        let mut batch = Batch::default();
        batch.part("delete from task_text where rowid in (select t.no from json_each($1) j join task t on t.id = j.value)", &gone.tasks);
        for (column, ids) in [
            ("task where id", contract::doc::json(&gone.tasks)),
            ("record where id", contract::doc::json(&gone.records)),
            ("task_tag where task", contract::doc::json(&gone.tagged)),
        ] {
            let sql = format!("delete from {column} in (select value from json_each($1))");
            batch.json(&sql, ids);
        }
        put(&mut batch, rows);
        batch.run(self).await.map(drop).map_err(failed)
    }
}

/// A unique key that was already there: an id of somebody else's, or what a decision may not do twice.
fn taken(why: &sqlx::Error, fresh: Option<Uuid>) -> StoreError {
    let words = why.to_string();
    match fresh {
        Some(id) if words.contains("task.id") || words.contains("record.id") => {
            Refusal::IdTaken(id.to_string()).into()
        }
        _ => StoreError::Corrupt(words),
    }
}
