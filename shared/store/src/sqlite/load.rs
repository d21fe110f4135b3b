//! Loads for a whole batch in one call, which also begins the transaction.

use super::{batch::Batch, dialect::Lite};
use crate::{
    StoreError,
    both::{load, seek},
    decide::Command,
    error::failed,
    overlay::Overlay,
};
use sqlx::SqliteConnection;

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
    for part in load::parts(commands, &overlay.also, &Lite) {
        batch.json(&part.sql, part.json);
    }
    for row in batch.run(connection).await.map_err(failed)? {
        load::put(&row, &mut overlay)?;
    }
    Ok(overlay)
}
