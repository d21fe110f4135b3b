//! What an intruder does to a database file.

use sqlx::{AssertSqlSafe, ConnectOptions, Connection, sqlite::SqliteConnectOptions};
use std::path::Path;

/// Runs statements on a database file behind its owner's back.
///
/// # Panics
/// When the database refuses.
pub async fn tamper(file: &Path, sql: &str) {
    let options = SqliteConnectOptions::new().filename(file);
    let mut connection = options.connect().await.expect("the file is a database");
    let done = sqlx::raw_sql(AssertSqlSafe(sql.to_owned()));
    done.execute(&mut connection)
        .await
        .expect("SQL that it takes");
    connection.close().await.expect("it closes");
}
