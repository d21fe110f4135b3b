//! The e-mail channel against a real SMTP conversation, and what it writes.

mod connections;
mod mail_url;
mod render;
mod ses;
mod smtp;

use jiff::Timestamp;
use notify::{Item, Message};
use uuid::Uuid;

fn item(title: &str) -> Item {
    Item {
        title: title.to_owned(),
        due: Some("Sunday 29 November, 15:00".to_owned()),
        link: "http://localhost:8700/tasks/1".to_owned(),
    }
}

/// A message of that many reminders to that address.
fn message(number: u128, to: &str, titles: &[&str]) -> Message {
    let at: Timestamp = "2026-11-29T13:45:00Z".parse().expect("a moment");
    let items = titles.iter().map(|title| item(title)).collect();
    Message::reminders(
        Uuid::from_u128(number),
        to,
        at,
        items,
        "http://localhost:8700/",
    )
}
