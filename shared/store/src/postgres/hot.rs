//! The queries that run all the time, for the test that holds their plans.

use super::{dialect::Postgres, load};
use crate::{
    Idempotency, Reader, TaskQuery, Writer,
    ask::{Bind, values},
    both::{ledger, log, outbox, people::founding, tasks},
    decide::Command,
    dialect::Dialect,
    overlay::Also,
    query::Signer,
};
use domain::{id::TaskId, need::Need, refusal::Refusal};
use std::sync::Arc;

/// A hot query.
#[doc(hidden)]
pub struct Hot {
    /// What it is.
    pub name: &'static str,
    /// With `$N`.
    pub sql: String,
    /// As literals: text in quotes, or a number.
    pub values: Vec<String>,
    /// Whether it is the house's, not the person's.
    pub house: bool,
    /// The index that it must use.
    pub index: &'static str,
}

/// The hot queries of a person, and of the house.
#[doc(hidden)]
pub fn hot_queries(who: &Reader) -> Vec<Hot> {
    let (person, stream) = (who.person.to_string(), who.home.to_string());
    let until = || 1_900_000_000_000_000_i64;
    let due = || values![until(), 100];
    let cursor = format!("{{\"{stream}\": 100}}");
    let page = values![person.as_str(), cursor, 100];
    let history = log::PAST.to_owned();
    let of_task = values![person, stream, until()];
    let mut all = vec![
        house("due reminders", ledger::DUE, due(), "reminder_due"),
        house(
            "due deliveries",
            ledger::DUE_DELIVERIES,
            due(),
            "delivery_due",
        ),
        house("the outbox", &outbox::oldest_sql(), due(), "outbox_pkey"),
        house(
            "the outbox's lines",
            &outbox::oldest_sql(),
            due(),
            "log_pkey",
        ),
        house("retries", &outbox::retries_sql(), due(), "retry_due"),
    ];
    let own = |name, (sql, binds): (String, Vec<Bind>), index| Hot {
        house: false,
        ..house(name, &sql, binds, index)
    };
    let page_sql = Postgres.log_page(log::COLUMNS);
    all.extend([
        own("a page of the log", (page_sql, page), "log_pkey"),
        own("a page of tasks", listing(who, "status=open"), "task_list"),
        own(
            "today",
            listing(who, "status=open and due<=today"),
            "task_list",
        ),
        own(
            "a search",
            listing(who, "status=open and q=milk"),
            "task_text_stream",
        ),
        own("the load of a commit", loading(who), "task_pkey"),
        own("a history", (history, of_task), "log_about"),
    ]);
    all
}

fn house(name: &'static str, sql: &str, binds: Vec<Bind>, index: &'static str) -> Hot {
    let literal = |bind: Bind| match bind {
        Bind::Int(value) => value.to_string(),
        Bind::MaybeInt(_) => "null".into(),
        Bind::Text(text) => format!("'{}'", text.replace('\'', "''")),
    };
    Hot {
        name,
        sql: sql.to_owned(),
        values: binds.into_iter().map(literal).collect(),
        house: true,
        index,
    }
}

fn listing(who: &Reader, filter: &str) -> (String, Vec<Bind>) {
    let query = TaskQuery {
        filters: domain::filter::Filter::parse(filter).into_iter().collect(),
        limit: 50,
        ..TaskQuery::default()
    };
    let settings = domain::settings::Settings::default();
    let signer = Signer::new("");
    tasks::listing_for(who, &query, &[who.home], &settings, &signer, &Postgres).unwrap_or_default()
}

/// What a command about a task loads.
fn loading(who: &Reader) -> (String, Vec<Bind>) {
    let kept = Idempotency {
        route: String::new(),
        key: String::new(),
        body: String::new(),
    };
    let writer = Writer {
        idempotency: Some(kept),
        once: Some((String::new(), String::new())),
        ..founding(who)
    };
    let command = Command {
        who: writer,
        need: Need::task(TaskId::default()),
        decide: Arc::new(|_, _| Err(Refusal::NotFound("task"))),
    };
    load::sql(&command, &Also::default())
}
