//! What the two databases say differently. Everything else is said once.

use crate::query::Where;

/// The words of one database.
pub(crate) trait Dialect: Send + Sync {
    // --- conditions on a task `t`
    /// Every word of the text occurs in title, notes or tags.
    fn search(&self, to: &mut Where, text: &str);
    /// That a column contains a text.
    fn contains(&self, to: &mut Where, column: &str, text: &str);
    /// An open task stands in `t.blocked_by`.
    fn blocked(&self, to: &mut Where);
    /// The person has a reminder on it.
    fn reminded(&self, to: &mut Where, person: &str);

    // --- expressions
    /// A field of a column that holds JSON, as text.
    fn field(&self, column: &str, name: &str) -> String;
    /// A JSON array of expressions, as text.
    fn array(&self, expressions: &str) -> String;
    /// The elements of `$n`, a JSON array of arrays, as `j.value`, in their order by `j.key`; `j.value->>0` is text.
    fn each(&self, n: usize) -> String;
    /// That an expression is one of `$n`, a JSON array of texts.
    fn among(&self, expression: &str, n: usize) -> String;
    /// That an expression is one of `$n`, a JSON array of numbers.
    fn among_numbers(&self, expression: &str, n: usize) -> String;
    /// Joins the rows of a table that fit what stands before it, each found by an index, however few there were when it was planned.
    fn found(&self, table: &str, row: &str, fits: &str) -> String;
    /// How often a stream `h` was written to, where that guards a write.
    fn turn(&self) -> &'static str;

    // --- statements
    /// Expressions of a row that is loaded for a decision, whatever their number and types.
    fn loaded(&self, expressions: &str) -> String;
    /// The rows of tasks with their families; `$1` is JSON of (tasks, (person, system, id) of sources, deliveries).
    fn families(&self) -> &'static str;
    /// A join whose left side comes first, where the database must be told.
    fn first_left(&self) -> &'static str;
    /// A query of one text, then one of so many columns, the first of which is text: its rows come after.
    fn headed(&self, head: &str, rest: &str, columns: usize) -> String;
    /// The rows of one query, then those of another of the same columns.
    fn then(&self, first: &str, second: &str) -> String;
    /// The lines of the person `$1` after a cursor, stream by stream: `$2` is JSON of n by stream, `$3` how many. Columns of `l`.
    fn log_page(&self, columns: &str) -> String;
}
