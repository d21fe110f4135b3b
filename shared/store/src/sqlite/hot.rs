//! The queries that run all the time, for the test that holds their plans.

use super::{dialect::Lite, load};
use crate::{
    Reader, TaskQuery,
    both::{ledger, log, outbox, tasks},
    dialect::Dialect,
    query::Signer,
};
use domain::id::*;

/// Each hot query: what it is, its SQL, the index that it must use.
#[doc(hidden)]
pub fn hot_queries() -> Vec<(&'static str, String, &'static str)> {
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
            outbox::oldest_sql(),
            "SCAN o; SEARCH l USING INDEX sqlite_autoindex_log_1 (stream=? AND n=?)",
        ),
        ("retries", outbox::retries_sql(), "INDEX retry_due"),
        (
            "a page of the log",
            Lite.log_page(log::COLUMNS),
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
        ("a history", log::PAST.to_owned(), "INDEX log_about"),
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
        &Lite,
    );
    sql.map(|(sql, _)| sql).unwrap_or_default()
}
