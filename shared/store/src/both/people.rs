//! People, their credentials, and small documents of theirs that are not history.

use crate::{
    Answer, ClientKind, Credential, Decide, Reader, StoreError, Writer,
    ask::{Columns, Statement, Whose, values},
    backend::Backend,
    decide::Command,
};
use domain::{event::EventKind, id::*, need::Need, settings::Settings};
use jiff::Timestamp;
use std::sync::Arc;
use uuid::Uuid;

pub(super) async fn person<B: Backend>(
    db: &B,
    person: UserId,
    name: &str,
    zone: &str,
) -> Result<Reader, StoreError> {
    let reader = Reader {
        person,
        home: StreamId(derived(&["home", &person.to_string()])),
    };
    if make_person(db, &reader, name).await? {
        db.desk().keep_streams(person, None);
    }
    let settings = Settings {
        time_zone: zone.parse().unwrap_or_default(),
        ..Settings::default()
    };
    db.decided(Command {
        who: founding(&reader),
        need: Need::default(),
        decide: begin_settings(settings),
    })
    .await?;
    Ok(reader)
}

/// The person, their stream and its head, where they are not there yet.
async fn make_person<B: Backend>(db: &B, reader: &Reader, name: &str) -> Result<bool, StoreError> {
    let at = db.clock().await?;
    let (person, home) = (reader.person.to_string(), reader.home.to_string());
    let statements = vec![
        Statement::new(
            "insert into person (id, name, home, created_at) values ($1, $2, $3, $4) on conflict do nothing returning 1",
            values![person.clone(), name, home.clone(), at],
        ),
        Statement::new(
            "insert into member (person, stream) values ($1, $2) on conflict do nothing returning 1",
            values![person, home.clone()],
        ),
        Statement::new(
            "insert into stream_head (stream, n, at, hash, open_tasks, lists) values ($1, 0, $2, $3, 0, 0) \
                on conflict do nothing returning 1",
            values![home, at, crate::chain::START],
        ),
    ];
    let made = db.tell(Whose::House, statements).await?;
    Ok(!made.is_empty())
}

pub(super) async fn reader<B: Backend>(
    db: &B,
    person: UserId,
) -> Result<Option<Reader>, StoreError> {
    let sql = "select home from person where id = $1";
    let rows = db
        .ask(Whose::House, sql.into(), values![person.to_string()])
        .await?;
    rows.first()
        .map(|row| {
            Ok(Reader {
                person,
                home: StreamId(row.id(0)?),
            })
        })
        .transpose()
}

pub(super) async fn add_credential<B: Backend>(db: &B, one: &Credential) -> Result<(), StoreError> {
    let sql = "insert into credential (id, person, hash, kind, name, scopes, created_at, expires_at) \
        values ($1, $2, $3, $4, $5, $6, $7, $8)";
    let values = values![
        one.id.to_string(),
        one.reader.person.to_string(),
        one.hash.as_str(),
        one.kind.as_str(),
        one.name.as_str(),
        one.scopes.as_str(),
        one.created_at,
        one.expires_at,
    ];
    let whose = Whose::Person(one.reader.person);
    db.tell(whose, vec![Statement::new(sql, values)])
        .await
        .map(drop)
}

pub(super) async fn credential<B: Backend>(
    db: &B,
    hash: &str,
    now: Timestamp,
) -> Result<Option<Credential>, StoreError> {
    let sql = select("c.hash = $1 and coalesce(c.expires_at, $2 + 1) > $2");
    let rows = db.ask(Whose::House, sql.into(), values![hash, now]).await?;
    let Some(found) = rows.first().map(read).transpose()? else {
        return Ok(None);
    };
    if found.kind != "link" {
        return Ok(Some(found));
    }
    // Whoever removes it is the one who used it.
    let removed = remove_credential(db, &found.reader, found.id).await?;
    Ok(removed.then_some(found))
}

pub(super) async fn credentials<B: Backend>(
    db: &B,
    who: &Reader,
    kind: &str,
) -> Result<Vec<Credential>, StoreError> {
    let sql = select("c.person = $1 and c.kind = $2 order by c.created_at, c.id");
    let values = values![who.person.to_string(), kind];
    let rows = db
        .ask(Whose::Person(who.person), sql.into(), values)
        .await?;
    rows.iter().map(read).collect()
}

pub(super) async fn remove_credential<B: Backend>(
    db: &B,
    who: &Reader,
    id: Uuid,
) -> Result<bool, StoreError> {
    let sql = "delete from credential where id = $1 and person = $2 returning id";
    let values = values![id.to_string(), who.person.to_string()];
    let statements = vec![Statement::new(sql, values)];
    let gone = db.tell(Whose::Person(who.person), statements).await?;
    Ok(!gone.is_empty())
}

pub(super) async fn put_note<B: Backend>(
    db: &B,
    who: &Reader,
    key: &str,
    json: &str,
    expires_at: Timestamp,
) -> Result<(), StoreError> {
    let at = db.clock().await?;
    let sql = "insert into note (person, key, json, at, expires_at) values ($1, $2, $3, $4, $5) \
        on conflict (person, key) do update set json = excluded.json, at = excluded.at, expires_at = excluded.expires_at";
    let values = values![who.person.to_string(), key, json, at, expires_at];
    let statements = vec![Statement::new(sql, values)];
    db.tell(Whose::Person(who.person), statements)
        .await
        .map(drop)
}

pub(super) async fn note<B: Backend>(
    db: &B,
    who: &Reader,
    key: &str,
    now: Timestamp,
) -> Result<Option<String>, StoreError> {
    let sql = "select json from note where person = $1 and key = $2 and expires_at > $3";
    let values = values![who.person.to_string(), key, now];
    let rows = db
        .ask(Whose::Person(who.person), sql.into(), values)
        .await?;
    rows.first().map(|row| row.owned(0)).transpose()
}

pub(super) async fn notes<B: Backend>(
    db: &B,
    who: &Reader,
    prefix: &str,
    now: Timestamp,
    limit: u32,
) -> Result<Vec<(String, String)>, StoreError> {
    let sql = "select key, json from note where person = $1 and substr(key, 1, length($2)) = $2 and expires_at > $3 \
        order by at desc, key limit $4";
    let values = values![who.person.to_string(), prefix, now, i64::from(limit)];
    let rows = db
        .ask(Whose::Person(who.person), sql.into(), values)
        .await?;
    rows.iter()
        .map(|row| Ok((row.owned(0)?, row.owned(1)?)))
        .collect()
}

fn select(which: &str) -> String {
    format!(
        "select c.id, c.person, p.home, c.hash, c.kind, c.name, c.scopes, c.created_at, c.expires_at \
            from credential c join person p on p.id = c.person where {which}"
    )
}

fn read<R: Columns>(row: &R) -> Result<Credential, StoreError> {
    let expires_at = row.maybe_int(8)?.map(crate::ask::moment).transpose()?;
    Ok(Credential {
        id: row.id(0)?,
        reader: Reader {
            person: UserId(row.id(1)?),
            home: StreamId(row.id(2)?),
        },
        hash: row.owned(3)?,
        kind: row.owned(4)?,
        name: row.owned(5)?,
        scopes: row.owned(6)?,
        created_at: row.moment(7)?,
        expires_at,
    })
}

/// What makes a person's own stream.
pub(crate) fn founding(reader: &Reader) -> Writer {
    Writer {
        reader: reader.clone(),
        client: "errand".to_owned(),
        kind: ClientKind::System,
        run: RunId(derived(&["founding", &reader.person.to_string()])),
        correlation: "founding".to_owned(),
        causation: None,
        idempotency: None,
        once: None,
        keeps: None,
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
