//! The queries that run all the time, for the test that holds their plans.

use super::{dialect::Postgres, load};
use crate::{
    Idempotency, Reader, TaskQuery, Writer,
    ask::Bind,
    both::{ledger, log, outbox, people::founding, tasks},
    decide::Command,
    dialect::Dialect,
    overlay::Also,
    query::Signer,
};
use domain::{id::TaskId, need::Need, refusal::Refusal};
use std::sync::Arc;

/// Each hot query of a person: what it is, its SQL with the values in it, whether it is the house's, the index that it must use.
#[doc(hidden)]
pub fn hot_queries(who: &Reader) -> Vec<(&'static str, String, bool, &'static str)> {
    let (person, stream) = (who.person.to_string(), who.home.to_string());
    let page = |sql: String| filled(&sql, &["1900000000000000".into(), "100".into()]);
    let lines = [
        quoted(&person),
        quoted(&format!("{{\"{stream}\": 100}}")),
        "100".into(),
    ];
    vec![
        (
            "due reminders",
            page(ledger::DUE.into()),
            true,
            "reminder_due",
        ),
        (
            "due deliveries",
            page(ledger::DUE_DELIVERIES.into()),
            true,
            "delivery_due",
        ),
        (
            "the outbox",
            page(outbox::oldest_sql()),
            true,
            "outbox_pkey",
        ),
        (
            "the lines of the outbox",
            page(outbox::oldest_sql()),
            true,
            "log_pkey",
        ),
        ("retries", page(outbox::retries_sql()), true, "retry_due"),
        (
            "a page of the log",
            filled(&Postgres.log_page(log::COLUMNS), &lines),
            false,
            "log_pkey",
        ),
        (
            "a page of tasks",
            listing(who, "status=open"),
            false,
            "task_list",
        ),
        (
            "today",
            listing(who, "status=open and due<=today"),
            false,
            "task_list",
        ),
        (
            "a search",
            listing(who, "status=open and q=milk"),
            false,
            "task_text_stream",
        ),
        ("the load of a commit", loading(who), false, "task_pkey"),
        (
            "a history",
            filled(
                &log::select("l.about = $2 and l.at <= $3", ""),
                &[quoted(&person), quoted(&stream), "1900000000000000".into()],
            ),
            false,
            "log_about",
        ),
    ]
}

fn listing(who: &Reader, filter: &str) -> String {
    let query = TaskQuery {
        filters: domain::filter::Filter::parse(filter).into_iter().collect(),
        limit: 50,
        ..TaskQuery::default()
    };
    let settings = domain::settings::Settings::default();
    let signer = Signer::new("");
    let sql = tasks::listing_for(who, &query, &[who.home], &settings, &signer, &Postgres);
    let (sql, binds) = sql.unwrap_or_default();
    filled(&sql, &literals(&binds))
}

/// What a command about a task loads.
fn loading(who: &Reader) -> String {
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
    let (sql, binds) = load::sql(&command, &Also::default());
    filled(&sql, &literals(&binds))
}

fn literals(binds: &[Bind]) -> Vec<String> {
    let literal = |bind: &Bind| match bind {
        Bind::Int(value) => value.to_string(),
        Bind::MaybeInt(_) => "null".into(),
        Bind::Text(text) => quoted(text),
    };
    binds.iter().map(literal).collect()
}

fn quoted(text: &str) -> String {
    format!("'{}'", text.replace('\'', "''"))
}

/// The SQL with its values in it, the last first so that `$1` is not taken for the beginning of `$10`.
fn filled(sql: &str, literals: &[String]) -> String {
    let places = (1..=literals.len()).rev();
    places.fold(sql.to_owned(), |sql, n| {
        sql.replace(&format!("${n}"), &literals[n - 1])
    })
}
