//! Loads what a command needs, without locks: one statement, each row of which is a JSON array.

use super::dialect::Postgres;
use crate::{
    StoreError,
    ask::{Ask, Bind, Columns, JsonRow, moment},
    both::{load, seek},
    decide::Command,
    overlay::{Also, Overlay},
};
use jiff::Timestamp;
use sqlx::PgConnection;

/// The kind of the row that has the time.
const NOW: i64 = -1;

/// What was loaded, and the database's time then.
pub(super) async fn load(
    connection: &mut PgConnection,
    command: &Command,
) -> Result<(Overlay, Timestamp), StoreError> {
    let mut overlay = Overlay::default();
    if command.stands_alone() {
        overlay.also = seek::seek(connection, command).await?;
    }
    let (sql, values) = sql(command, &overlay.also);
    let mut now = None;
    for row in connection.ask(sql.into(), values).await? {
        let row = JsonRow::read(row.text(0)?)?;
        if row.int(0)? == NOW {
            now = Some(moment(row.int(1)?)?);
        } else {
            load::put(&row, &mut overlay)?;
        }
    }
    let now = now.ok_or_else(|| StoreError::Corrupt("the database tells no time".to_owned()))?;
    Ok((overlay, now))
}

/// The statement, with its values.
pub(super) fn sql(command: &Command, also: &Also) -> (String, Vec<Bind>) {
    let mut sql = format!("select json_build_array({NOW}, {})::text", super::CLOCK);
    let mut values = Vec::new();
    for part in load::parts(std::slice::from_ref(command), also, &Postgres) {
        values.push(Bind::Text(part.json));
        let place = format!("${}", values.len());
        let part = part.sql.replace("$1", &place);
        sql.extend([" union all (", &part, ")"]);
    }
    (sql, values)
}
