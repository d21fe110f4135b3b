//! The queries that run all the time, for the test that holds their plans.

use super::{ledger, load, log, outbox, tasks};
use crate::{Reader, TaskQuery, query::Signer};
use domain::id::*;

/// Each hot query: what it is, its SQL, the index that it must use.
#[doc(hidden)]
pub fn hot_queries() -> Vec<(&'static str, String, &'static str)> {
    let outgoing = outbox::outgoing_sql();
    let (oldest, retries) = outgoing.split_once("; ").unwrap_or_default();
    vec![
        (
            "due reminders",
            ledger::DUE.to_owned(),
            "INDEX reminder_due",
        ),
        (
            "due deliveries",
            ledger::DUE_DELIVERIES.to_owned(),
            "INDEX delivery_due",
        ),
        (
            "the outbox",
            oldest.to_owned(),
            "SCAN o; SEARCH l USING INDEX sqlite_autoindex_log_1 (stream=? AND n=?)",
        ),
        ("retries", retries.to_owned(), "INDEX retry_due"),
        (
            "a page of the log",
            format!("select {} {}", log::COLUMNS, log::PAGE),
            "SEARCH l USING INDEX sqlite_autoindex_log_1 (stream=? AND n>?)",
        ),
        (
            "a page of tasks",
            listing("status=open"),
            "INDEX task_list (stream=?",
        ),
        (
            "today",
            listing("status=open and due<=today"),
            "INDEX task_list (stream=? AND due_key<?)",
        ),
        (
            "the tasks of a commit",
            load::TASKS.to_owned(),
            "SCAN f; SEARCH t USING INDEX sqlite_autoindex_task_1 (id=?)",
        ),
        (
            "a history",
            log::select("l.about = $2 and l.at <= $3", ""),
            "INDEX log_about",
        ),
    ]
}

fn listing(filter: &str) -> String {
    let who = Reader {
        person: UserId::default(),
        home: StreamId::default(),
    };
    let query = TaskQuery {
        filters: domain::filter::Filter::parse(filter).into_iter().collect(),
        limit: 50,
        ..TaskQuery::default()
    };
    let sql = tasks::listing_for(
        &who,
        &query,
        &[who.home],
        &domain::settings::Settings::default(),
        &Signer::new(""),
    );
    sql.map(|(sql, _)| {
        sql.split_once("; ")
            .map(|(_, page)| page.to_owned())
            .unwrap_or_default()
    })
    .unwrap_or_default()
}
