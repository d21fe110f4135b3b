//! Several statements as one call to SQLite, each with one JSON parameter: the hop to its thread is what costs.

use crate::plan::{Flat, cells, columns};
use crate::sql::made;
use serde::Serialize;
use sqlx::{SqliteConnection, sqlite::SqliteRow};

/// Statements to run in one call. The text is made of constants only; what comes from outside is in the parameters.
#[derive(Default)]
pub(super) struct Batch {
    sql: String,
    parameters: Vec<String>,
}

impl Batch {
    /// Adds a statement without a parameter.
    pub(super) fn plain(&mut self, sql: &str) {
        self.sql.push_str(sql);
        self.sql.push(';');
    }

    /// Adds a statement whose `$1` is the JSON of a value.
    pub(super) fn part(&mut self, sql: &str, parameter: &impl Serialize) {
        self.json(sql, contract::doc::json(parameter));
    }

    /// Adds a statement whose `$1` is JSON.
    pub(super) fn json(&mut self, sql: &str, parameter: String) {
        self.parameters.push(parameter);
        let place = format!("${}", self.parameters.len());
        self.plain(&sql.replace("$1", &place));
    }

    /// Adds a statement about some rows, unless there are none.
    pub(super) fn rows<R: Serialize>(&mut self, sql: &str, rows: &[R]) {
        if !rows.is_empty() {
            self.part(sql, &rows);
        }
    }

    /// Adds the insert of some rows, with what is to follow it.
    pub(super) fn insert<R: Flat>(&mut self, rows: &[R], tail: &str) {
        if !rows.is_empty() {
            let sql = format!(
                "insert into {} ({}) select {} from json_each($1) j where true {tail}",
                R::TABLE,
                columns::<R>(""),
                cells::<R>()
            );
            self.part(&sql, &rows);
        }
    }

    /// Adds the update of some rows by id.
    pub(super) fn update<R: Flat>(&mut self, rows: &[R]) {
        if !rows.is_empty() {
            let sql = format!(
                "update {0} set ({1}) = (select {2}) from json_each($1) j where {0}.id = j.value->>0",
                R::TABLE,
                columns::<R>(""),
                cells::<R>()
            );
            self.part(&sql, &rows);
        }
    }

    /// Runs all, in one hop.
    pub(super) async fn run(
        self,
        connection: &mut SqliteConnection,
    ) -> sqlx::Result<Vec<SqliteRow>> {
        let mut query = sqlx::query(made(self.sql));
        for parameter in self.parameters {
            query = query.bind(parameter);
        }
        query.fetch_all(connection).await
    }
}
