//! People, their credentials, and small documents of theirs that are not history.

use super::{
    SqliteStore,
    load::{id, moment, text},
};
use crate::sql::made;
use crate::{Answer, ClientKind, Credential, Decide, Reader, StoreError, Writer, error::failed};
use domain::{event::EventKind, id::*, need::Need, settings::Settings};
use jiff::Timestamp;
use sqlx::{Row, SqliteConnection, sqlite::SqliteRow};
use std::sync::Arc;
use uuid::Uuid;

impl SqliteStore {
    pub(super) async fn person(
        &self,
        person: UserId,
        name: &str,
        zone: &str,
    ) -> Result<Reader, StoreError> {
        let reader = Reader {
            person,
            home: StreamId(derived(&["home", &person.to_string()])),
        };
        let (home, name, at) = (
            reader.home.to_string(),
            name.to_owned(),
            self.options.moment().as_microsecond(),
        );
        let made = self
            .write(move |c| Box::pin(make_person(c, person.to_string(), home, name, at)))
            .await?;
        if made {
            self.streams
                .lock()
                .unwrap_or_else(std::sync::PoisonError::into_inner)
                .remove(&person);
        }
        let zone = zone.parse().unwrap_or_default();
        let settings = Settings {
            time_zone: zone,
            ..Settings::default()
        };
        self.commit(
            &founding(&reader),
            Need::default(),
            begin_settings(settings),
        )
        .await?;
        Ok(reader)
    }

    pub(super) async fn reader(&self, person: UserId) -> Result<Option<Reader>, StoreError> {
        let home: Option<String> = sqlx::query_scalar("select home from person where id = $1")
            .bind(person.to_string())
            .fetch_optional(&mut *self.readers.take().await?)
            .await
            .map_err(failed)?;
        let damaged = |_| StoreError::Corrupt(format!("the stream of person {person}"));
        home.map(|home| {
            Ok(Reader {
                person,
                home: home.parse().map_err(damaged)?,
            })
        })
        .transpose()
    }

    pub(super) async fn add_credential(&self, credential: &Credential) -> Result<(), StoreError> {
        let one = credential.clone();
        self.write(move |c| {
            Box::pin(async move {
                let sql = "insert into credential (id, person, hash, kind, name, scopes, created_at, expires_at) \
                    values ($1, $2, $3, $4, $5, $6, $7, $8)";
                let query = sqlx::query(sql).bind(one.id.to_string()).bind(one.reader.person.to_string()).bind(one.hash);
                let query = query.bind(one.kind).bind(one.name).bind(one.scopes).bind(one.created_at.as_microsecond());
                let query = query.bind(one.expires_at.map(Timestamp::as_microsecond));
                query.execute(c).await.map(drop).map_err(failed)
            })
        })
        .await
    }

    pub(super) async fn credential(
        &self,
        hash: &str,
        now: Timestamp,
    ) -> Result<Option<Credential>, StoreError> {
        let sql = format!("{CREDENTIAL} where c.hash = $1 and coalesce(c.expires_at, $2 + 1) > $2");
        let query = sqlx::query(made(sql))
            .bind(hash.to_owned())
            .bind(now.as_microsecond());
        let row = query
            .fetch_optional(&mut *self.readers.take().await?)
            .await
            .map_err(failed)?;
        let Some(found) = row.as_ref().map(credential).transpose()? else {
            return Ok(None);
        };
        if found.kind != "link" {
            return Ok(Some(found));
        }
        // Whoever removes it is the one who used it.
        let removed = self.remove_credential(&found.reader, found.id).await?;
        Ok(removed.then_some(found))
    }

    pub(super) async fn credentials(
        &self,
        who: &Reader,
        kind: &str,
    ) -> Result<Vec<Credential>, StoreError> {
        let sql =
            format!("{CREDENTIAL} where c.person = $1 and c.kind = $2 order by c.created_at, c.id");
        let query = sqlx::query(made(sql))
            .bind(who.person.to_string())
            .bind(kind.to_owned());
        let rows = query
            .fetch_all(&mut *self.readers.take().await?)
            .await
            .map_err(failed)?;
        rows.iter().map(credential).collect()
    }

    pub(super) async fn remove_credential(
        &self,
        who: &Reader,
        id: Uuid,
    ) -> Result<bool, StoreError> {
        let person = who.person.to_string();
        self.write(move |c| {
            Box::pin(async move {
                let sql = "delete from credential where id = $1 and person = $2";
                let done = sqlx::query(sql)
                    .bind(id.to_string())
                    .bind(person)
                    .execute(c)
                    .await
                    .map_err(failed)?;
                Ok(done.rows_affected() > 0)
            })
        })
        .await
    }

    pub(super) async fn put_note(
        &self,
        who: &Reader,
        key: &str,
        json: &str,
        expires_at: Timestamp,
    ) -> Result<(), StoreError> {
        let (person, key, json) = (who.person.to_string(), key.to_owned(), json.to_owned());
        let at = self.options.moment().as_microsecond();
        self.write(move |c| {
            Box::pin(async move {
                let sql = "insert into note (person, key, json, at, expires_at) values ($1, $2, $3, $4, $5) \
                    on conflict (person, key) do update set json = excluded.json, at = excluded.at, expires_at = excluded.expires_at";
                let query = sqlx::query(sql).bind(person).bind(key).bind(json).bind(at).bind(expires_at.as_microsecond());
                query.execute(c).await.map(drop).map_err(failed)
            })
        })
        .await
    }

    pub(super) async fn note(
        &self,
        who: &Reader,
        key: &str,
        now: Timestamp,
    ) -> Result<Option<String>, StoreError> {
        let sql = "select json from note where person = $1 and key = $2 and expires_at > $3";
        let query = sqlx::query_scalar(sql)
            .bind(who.person.to_string())
            .bind(key.to_owned())
            .bind(now.as_microsecond());
        query
            .fetch_optional(&mut *self.readers.take().await?)
            .await
            .map_err(failed)
    }

    pub(super) async fn notes(
        &self,
        who: &Reader,
        prefix: &str,
        now: Timestamp,
        limit: u32,
    ) -> Result<Vec<(String, String)>, StoreError> {
        let sql = "select key, json from note where person = $1 and substr(key, 1, length($2)) = $2 and expires_at > $3 \
            order by at desc, key limit $4";
        let query = sqlx::query_as(sql)
            .bind(who.person.to_string())
            .bind(prefix.to_owned())
            .bind(now.as_microsecond());
        query
            .bind(i64::from(limit))
            .fetch_all(&mut *self.readers.take().await?)
            .await
            .map_err(failed)
    }
}

const CREDENTIAL: &str = "select c.id, c.person, p.home, c.hash, c.kind, c.name, c.scopes, c.created_at, c.expires_at \
    from credential c join person p on p.id = c.person";

fn credential(row: &SqliteRow) -> Result<Credential, StoreError> {
    let owned = |at: usize| text(row, at).map(str::to_owned);
    Ok(Credential {
        id: id(row, 0)?,
        reader: Reader {
            person: UserId(id(row, 1)?),
            home: StreamId(id(row, 2)?),
        },
        hash: owned(3)?,
        kind: owned(4)?,
        name: owned(5)?,
        scopes: owned(6)?,
        created_at: moment(row.try_get(7).map_err(failed)?)?,
        expires_at: row
            .try_get::<Option<i64>, _>(8)
            .map_err(failed)?
            .map(moment)
            .transpose()?,
    })
}

/// The person, their stream and its head, where they are not there yet.
async fn make_person(
    c: &mut SqliteConnection,
    person: String,
    home: String,
    name: String,
    at: i64,
) -> Result<bool, StoreError> {
    let sql = "insert into person (id, name, home, created_at) values ($1, $2, $3, $4) on conflict do nothing; \
        insert into member (person, stream) values ($1, $3) on conflict do nothing; \
        insert into stream_head (stream, n, at, hash, open_tasks, lists) values ($3, 0, $4, $5, 0, 0) on conflict do nothing";
    let query = sqlx::query(sql)
        .bind(person)
        .bind(name)
        .bind(home)
        .bind(at)
        .bind(crate::chain::START);
    query
        .execute(c)
        .await
        .map(|done| done.rows_affected() > 0)
        .map_err(failed)
}

fn founding(reader: &Reader) -> Writer {
    Writer {
        reader: reader.clone(),
        client: "errand".to_owned(),
        kind: ClientKind::System,
        run: RunId(derived(&["founding", &reader.person.to_string()])),
        correlation: "founding".to_owned(),
        causation: None,
        idempotency: None,
        once: None,
    }
}

/// The settings that a person begins with, said in the log as everything is; once.
fn begin_settings(settings: Settings) -> Decide {
    Arc::new(move |state, now| {
        let person = state.viewer;
        if state.row::<Settings>(person.0).is_err() {
            let home = state.home;
            state.create(EventKind::SettingsChanged, home, person.0, now, &settings);
        }
        Ok(Answer {
            status: 200,
            body: String::new(),
            version: None,
        })
    })
}
