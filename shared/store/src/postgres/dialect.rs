//! PostgreSQL's own words.

use crate::{dialect::Dialect, query::Where};

/// PostgreSQL.
pub(crate) struct Postgres;

/// The parameter is (tasks, (person, system, id) of sources, deliveries). Each step of a family asks the index once for each task:
/// `offset 0` keeps the planner, which expects thousands of them, from reading the whole table instead.
const TASKS: &str = "with recursive seed(id) as ( \
        select jsonb_array_elements_text($1::jsonb->0) \
        union select t.id from jsonb_array_elements($1::jsonb->1) j(value), \
            lateral (select m.stream from member m where m.person = j.value->>0 offset 0) m, \
            lateral (select t.id from task t where t.stream = m.stream and t.source_system = j.value->>1 \
                and t.source_id = j.value->>2 offset 0) t \
        union select i.value->>'task' from jsonb_array_elements_text($1::jsonb->2) j(id), \
            lateral (select d.doc from delivery d where d.id = j.id offset 0) d, \
            jsonb_array_elements(d.doc::jsonb->'items') i(value)), \
    up(id) as (select id from seed union \
        select t.parent_id from up, lateral (select t.parent_id from task t where t.id = up.id offset 0) t \
            where t.parent_id is not null), \
    down(id) as (select id from seed union \
        select t.id from down, lateral (select t.id from task t where t.parent_id = down.id offset 0) t), \
    block(id) as (select id from seed union \
        select b.id from block, lateral (select t.blocked_by from task t where t.id = block.id offset 0) t, \
            jsonb_array_elements_text(t.blocked_by::jsonb) b(id)), \
    family(id) as (select id from up union select id from down union select id from block) \
    select json_build_array(4, t.id, t.stream, t.version, t.updated_at, t.doc, t.reminders, \
        (select coalesce(json_agg(json_build_array(l.reminder, l.generation, l.person, l.stream, l.moment, l.state)), '[]')::text from ( \
            select distinct on (r.reminder) r.* from reminder r where r.task = t.id order by r.reminder, r.generation desc) l), \
        (select json_build_array(s.id, s.stream, s.version, s.updated_at, s.doc)::text from record s where s.id = t.series_id))::text \
    from task t where t.id = any(array(select id from family))";

impl Dialect for Postgres {
    fn search(&self, to: &mut Where, text: &str) {
        let words: Vec<_> = super::words(text)
            .split_whitespace()
            .map(|word| format!("{word}:*"))
            .collect();
        if words.is_empty() {
            return to.push("1 = 0");
        }
        to.push("exists (select 1 from task_text w where w.stream = t.stream and w.task = t.id and w.words @@ to_tsquery('simple', errand_plain(");
        to.bind(words.join(" & ").into());
        to.push(")))");
    }

    fn contains(&self, to: &mut Where, column: &str, text: &str) {
        to.push(&format!("strpos({column}, "));
        to.bind(text.into());
        to.push(") > 0");
    }

    fn blocked(&self, to: &mut Where) {
        to.push(
            "exists (select 1 from jsonb_array_elements_text(t.blocked_by::jsonb) b(id) join task o on o.id = b.id \
            where o.status = 'open' and o.deleted_at is null)",
        );
    }

    fn reminded(&self, to: &mut Where, person: &str) {
        to.push("exists (select 1 from jsonb_array_elements(t.reminders::jsonb) r(value) where r.value->>'person' = ");
        to.bind(person.into());
        to.push(")");
    }

    fn field(&self, column: &str, name: &str) -> String {
        format!("{column}::json->>'{name}'")
    }

    fn array(&self, expressions: &str) -> String {
        format!("json_build_array({expressions})::text")
    }

    fn each(&self, n: usize) -> String {
        format!("jsonb_array_elements(${n}::jsonb) with ordinality j(value, key)")
    }

    fn among(&self, expression: &str, n: usize) -> String {
        format!("{expression} = any(array(select jsonb_array_elements_text(${n}::jsonb)))")
    }

    fn among_numbers(&self, expression: &str, n: usize) -> String {
        format!(
            "{expression} = any(array(select value::bigint from jsonb_array_elements_text(${n}::jsonb)))"
        )
    }

    fn found(&self, table: &str, row: &str, fits: &str) -> String {
        format!("cross join lateral (select * from {table} {row} where {fits} offset 0) {row}")
    }

    fn turn(&self) -> &'static str {
        "h.turn"
    }

    /// One statement has one kind of row: each is a JSON array.
    fn loaded(&self, expressions: &str) -> String {
        self.array(expressions)
    }

    fn families(&self) -> &'static str {
        TASKS
    }

    fn first_left(&self) -> &'static str {
        "join"
    }

    fn headed(&self, head: &str, rest: &str, columns: usize) -> String {
        format!(
            "select ({head}){} union all ({rest})",
            ", null".repeat(columns - 1)
        )
    }

    fn then(&self, first: &str, second: &str) -> String {
        format!("({first}) union all ({second})")
    }

    /// Each stream's lines are found by its index, and no more than a page of them.
    fn log_page(&self, columns: &str) -> String {
        format!(
            "select {columns} from member m cross join lateral (select * from log o where o.stream = m.stream \
                and o.n > coalesce(cast($2::jsonb->>m.stream as bigint), 0) order by o.n limit $3) l \
                where m.person = $1 order by m.stream, l.n limit $3"
        )
    }
}
