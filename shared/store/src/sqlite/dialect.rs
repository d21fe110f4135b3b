//! SQLite's own words.

use super::load::TASKS;
use crate::{dialect::Dialect, query::Where};

/// SQLite.
pub(crate) struct Lite;

impl Dialect for Lite {
    fn search(&self, to: &mut Where, text: &str) {
        // Each word quoted, so that nothing in it is syntax; the last may still be typed. A NUL would end the whole.
        let words: Vec<_> = text
            .split(|c: char| c.is_whitespace() || c == '\0')
            .filter(|word| !word.is_empty())
            .map(|word| format!("\"{}\"*", word.replace('"', "\"\"")))
            .collect();
        if words.is_empty() {
            return to.push("1 = 0");
        }
        to.push("t.no in (select rowid from task_text where task_text match ");
        to.bind(words.join(" ").into());
        to.push(")");
    }

    fn contains(&self, to: &mut Where, column: &str, text: &str) {
        to.push(&format!("instr({column}, "));
        to.bind(text.into());
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
        to.bind(person.into());
        to.push(")");
    }

    fn field(&self, column: &str, name: &str) -> String {
        format!("{column}->>'{name}'")
    }

    fn array(&self, expressions: &str) -> String {
        format!("json_array({expressions})")
    }

    fn each(&self, n: usize) -> String {
        format!("json_each(${n}) j")
    }

    fn among(&self, expression: &str, n: usize) -> String {
        format!("{expression} in (select value from json_each(${n}))")
    }

    fn among_numbers(&self, expression: &str, n: usize) -> String {
        self.among(expression, n)
    }

    fn found(&self, table: &str, row: &str, fits: &str) -> String {
        format!("join {table} {row} on {fits}")
    }

    /// One task writes: nothing comes in between.
    fn turn(&self) -> &'static str {
        "0"
    }

    fn loaded(&self, expressions: &str) -> String {
        expressions.to_owned()
    }

    fn families(&self) -> &'static str {
        TASKS
    }

    fn first_left(&self) -> &'static str {
        "cross join"
    }

    /// Two statements in one call: the hop to SQLite's thread is what costs.
    fn headed(&self, head: &str, rest: &str, _columns: usize) -> String {
        format!("{head}; {rest}")
    }

    fn then(&self, first: &str, second: &str) -> String {
        format!("{first}; {second}")
    }

    fn log_page(&self, columns: &str) -> String {
        format!(
            "select {columns} from member m cross join log l on l.stream = m.stream \
                and l.n > coalesce($2->>('$.\"' || m.stream || '\"'), 0) where m.person = $1 order by m.stream, l.n limit $3"
        )
    }
}
