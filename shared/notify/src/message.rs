//! What a person is told, before any channel gives it a shape.

use jiff::Timestamp;
use std::fmt;
use uuid::Uuid;

/// How many reminders a digest spells out (REQUIREMENTS 2.3); the rest is counted.
pub const LINES: usize = 10;

/// The longest subject, in characters; a title may have 500.
const SUBJECT: usize = 120;

/// One message to one person: a reminder, or several that came at once. Its texts have no line breaks nor other control
/// characters; [`Message::reminders`] sees to it, and channels see to it again.
#[derive(Clone, PartialEq, Eq)]
pub struct Message {
    /// The delivery this is; a second try has the same. Message-ID comes from it.
    pub delivery_id: Uuid,
    /// The person's address on the channel.
    pub to: String,
    /// When it is sent (UTC).
    pub at: Timestamp,
    /// What it is about, in one line.
    pub subject: String,
    /// The day, in words, where it is a daily digest.
    pub day: Option<String>,
    /// The reminders spelled out, at most [`LINES`].
    pub lines: Vec<Item>,
    /// How many more there are.
    pub more: usize,
    /// Where all of them are (http or https); empty when the installation has no address.
    pub link: String,
    /// Where such messages are turned off (http or https).
    pub unsubscribe: Option<String>,
}

/// One reminder of a message.
#[derive(Clone, PartialEq, Eq)]
pub struct Item {
    /// The task's title.
    pub title: String,
    /// When the task is due, in words in the person's own zone.
    pub due: Option<String>,
    /// Where the task is (http or https); empty when the installation has no address.
    pub link: String,
}

impl Message {
    /// A reminder, or a digest of those that came at once: the first [`LINES`] are spelled out, the rest is counted.
    pub fn reminders(
        delivery_id: Uuid,
        to: impl Into<String>,
        at: Timestamp,
        items: Vec<Item>,
        link: &str,
    ) -> Self {
        let subject = subject(&items);
        let more = items.len().saturating_sub(LINES);
        let lines = items.into_iter().take(LINES).map(Item::clean).collect();
        Self {
            delivery_id,
            to: to.into(),
            at,
            subject,
            day: None,
            lines,
            more,
            link: one_line(link),
            unsubscribe: None,
        }
    }

    /// The daily digest: what is due on a day, said in words, and before.
    #[must_use]
    pub fn for_day(mut self, day: &str) -> Self {
        let day = one_line(day);
        self.subject = format!("{day}: {}", tasks(self.count()));
        self.day = Some(day);
        self
    }

    /// What stands above the lines; nothing above a single reminder.
    pub(crate) fn heading(&self) -> Option<String> {
        match (&self.day, self.count()) {
            (Some(day), count) => Some(format!("{}: {}", one_line(day), tasks(count))),
            (None, 1) => None,
            (None, count) => Some(format!("{count} reminders")),
        }
    }

    /// The same, with an address at which such messages are turned off.
    #[must_use]
    pub fn with_unsubscribe(mut self, link: &str) -> Self {
        self.unsubscribe = Some(one_line(link));
        self
    }

    /// How many reminders it speaks of.
    pub fn count(&self) -> usize {
        self.lines.len() + self.more
    }
}

/// What people wrote does not enter logs.
impl fmt::Debug for Message {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Message")
            .field("delivery_id", &self.delivery_id)
            .field("count", &self.count())
            .finish_non_exhaustive()
    }
}

/// What people wrote does not enter logs.
impl fmt::Debug for Item {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Item").finish_non_exhaustive()
    }
}

impl Item {
    fn clean(self) -> Self {
        Self {
            title: one_line(&self.title),
            due: self.due.as_deref().map(one_line),
            link: one_line(&self.link),
        }
    }
}

fn tasks(count: usize) -> String {
    format!("{count} {}", if count == 1 { "task" } else { "tasks" })
}

fn subject(items: &[Item]) -> String {
    let first = items
        .first()
        .map(|item| one_line(&item.title))
        .unwrap_or_default();
    match items.len() {
        0 => "Reminder".to_owned(),
        1 => format!("Reminder: {}", shortened(&first, SUBJECT)),
        n => format!(
            "{n} reminders: {} and {} more",
            shortened(&first, SUBJECT),
            n - 1
        ),
    }
}

/// The text in one line: every run of white space, line breaks and other control characters becomes one space. Nothing a person
/// wrote can start a line of a mail's head with it.
pub(crate) fn one_line(text: &str) -> String {
    let separates = |c: char| c.is_whitespace() || c.is_control();
    let words: Vec<&str> = text
        .split(separates)
        .filter(|word| !word.is_empty())
        .collect();
    words.join(" ")
}

/// At most that many characters, the last being `…` where some were left out.
pub(crate) fn shortened(text: &str, most: usize) -> String {
    if text.chars().count() <= most {
        return text.to_owned();
    }
    let kept: String = text.chars().take(most.saturating_sub(1)).collect();
    format!("{}…", kept.trim_end())
}
