//! A database that is asked: SQL with `$N`, values for it, and rows read by column. The same for both.

use crate::{StoreError, dialect::Dialect, error::failed};
use domain::id::UserId;
use jiff::Timestamp;
use serde_json::Value;
use sqlx::{Row, postgres::PgRow, sqlite::SqliteRow};
use std::borrow::Cow;
use uuid::Uuid;

/// SQL out of constants of this crate; what comes from outside is a value.
pub(crate) type Sql = Cow<'static, str>;

/// A value of a query.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Bind {
    Int(i64),
    MaybeInt(Option<i64>),
    Text(String),
}

/// The values of a query, in the order of their numbers.
macro_rules! values {
    ($($value:expr),* $(,)?) => { vec![$($crate::ask::Bind::from($value)),*] };
}
pub(crate) use values;

impl From<i64> for Bind {
    fn from(value: i64) -> Self {
        Self::Int(value)
    }
}

impl From<String> for Bind {
    fn from(value: String) -> Self {
        Self::Text(value)
    }
}

impl From<&str> for Bind {
    fn from(value: &str) -> Self {
        Self::Text(value.to_owned())
    }
}

impl From<Timestamp> for Bind {
    fn from(value: Timestamp) -> Self {
        Self::Int(value.as_microsecond())
    }
}

impl From<Option<Timestamp>> for Bind {
    fn from(value: Option<Timestamp>) -> Self {
        Self::MaybeInt(value.map(Timestamp::as_microsecond))
    }
}

/// A statement with its values.
pub(crate) struct Statement {
    pub sql: Sql,
    pub values: Vec<Bind>,
    /// Whether the time at which it is executed is its last value.
    pub timed: bool,
}

impl Statement {
    pub(crate) fn new(sql: impl Into<Sql>, values: Vec<Bind>) -> Self {
        Self {
            sql: sql.into(),
            values,
            timed: false,
        }
    }

    /// With the time at which it is executed as its last value, however long it waited for that.
    pub(crate) fn timed(self) -> Self {
        Self {
            timed: true,
            ..self
        }
    }
}

/// On whose behalf a database is asked.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Whose {
    /// A person's: only what they may see.
    Person(UserId),
    /// The house's own, across people: what is due, what is to be published, who signs in.
    House,
}

/// A connection that can be asked.
pub(crate) trait Ask: Send {
    type Row: Columns;
    /// What this database says differently.
    const DIALECT: &'static dyn Dialect;

    fn ask(
        &mut self,
        sql: Sql,
        values: Vec<Bind>,
    ) -> impl Future<Output = Result<Vec<Self::Row>, StoreError>> + Send;
}

/// A row, read by column.
pub(crate) trait Columns: Send + Sync {
    fn maybe_text(&self, at: usize) -> Result<Option<&str>, StoreError>;
    fn maybe_int(&self, at: usize) -> Result<Option<i64>, StoreError>;

    fn text(&self, at: usize) -> Result<&str, StoreError> {
        self.maybe_text(at)?.ok_or_else(|| empty(at))
    }

    fn owned(&self, at: usize) -> Result<String, StoreError> {
        self.text(at).map(str::to_owned)
    }

    fn maybe_owned(&self, at: usize) -> Result<Option<String>, StoreError> {
        Ok(self.maybe_text(at)?.map(str::to_owned))
    }

    fn int(&self, at: usize) -> Result<i64, StoreError> {
        self.maybe_int(at)?.ok_or_else(|| empty(at))
    }

    /// A column that is never negative.
    fn number(&self, at: usize) -> Result<u64, StoreError> {
        self.int(at).map(|n| n.max(0) as u64)
    }

    fn id(&self, at: usize) -> Result<Uuid, StoreError> {
        let text = self.text(at)?;
        text.parse()
            .map_err(|_| StoreError::Corrupt(format!("{text:?} is no id")))
    }

    fn moment(&self, at: usize) -> Result<Timestamp, StoreError> {
        moment(self.int(at)?)
    }

    /// Stream, version and time of change, in three columns.
    fn place(&self, at: usize) -> Result<(Uuid, u64, Timestamp), StoreError> {
        Ok((self.id(at)?, self.number(at + 1)?, self.moment(at + 2)?))
    }
}

impl Columns for SqliteRow {
    fn maybe_text(&self, at: usize) -> Result<Option<&str>, StoreError> {
        self.try_get(at).map_err(failed)
    }

    fn maybe_int(&self, at: usize) -> Result<Option<i64>, StoreError> {
        self.try_get(at).map_err(failed)
    }
}

impl Columns for PgRow {
    fn maybe_text(&self, at: usize) -> Result<Option<&str>, StoreError> {
        self.try_get(at).map_err(failed)
    }

    fn maybe_int(&self, at: usize) -> Result<Option<i64>, StoreError> {
        self.try_get(at).map_err(failed)
    }
}

/// A row that is a JSON array.
pub(crate) struct JsonRow(Vec<Value>);

impl JsonRow {
    pub(crate) fn new(columns: Vec<Value>) -> Self {
        Self(columns)
    }

    pub(crate) fn read(json: &str) -> Result<Self, StoreError> {
        serde_json::from_str(json)
            .map(Self)
            .map_err(|why| StoreError::Corrupt(format!("what was loaded: {why}")))
    }
}

impl Columns for JsonRow {
    fn maybe_text(&self, at: usize) -> Result<Option<&str>, StoreError> {
        match self.0.get(at) {
            Some(Value::String(text)) => Ok(Some(text)),
            Some(Value::Null) => Ok(None),
            other => Err(unlike(at, other)),
        }
    }

    fn maybe_int(&self, at: usize) -> Result<Option<i64>, StoreError> {
        match self.0.get(at) {
            Some(Value::Number(number)) if number.is_i64() => Ok(number.as_i64()),
            Some(Value::Null) => Ok(None),
            other => Err(unlike(at, other)),
        }
    }
}

fn unlike(at: usize, found: Option<&Value>) -> StoreError {
    StoreError::Corrupt(format!("column {at} of what was loaded is {found:?}"))
}

/// A moment out of microseconds.
pub(crate) fn moment(micros: i64) -> Result<Timestamp, StoreError> {
    Timestamp::from_microsecond(micros).map_err(|why| StoreError::Corrupt(why.to_string()))
}

fn empty(at: usize) -> StoreError {
    StoreError::Corrupt(format!("column {at} is empty"))
}
