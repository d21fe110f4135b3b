//! The one place where SQL made at run time is vouched for.

use sqlx::AssertSqlSafe;

/// SQL put together out of constants of this crate; whatever comes from outside is bound as a value.
pub(crate) fn made(sql: String) -> AssertSqlSafe<String> {
    AssertSqlSafe(sql)
}
