//! Where records other than tasks stand: one table for all kinds, each with its order and what it belongs to.

use domain::{
    list::{Comment, List, Section, Tag, View},
    series::Series,
    settings::Settings,
    state::{Kept, Row},
};
use jiff::Timestamp;
use uuid::Uuid;

/// A record kept in the table of all kinds.
pub(crate) trait Shelf: Kept {
    /// What orders it among its kind.
    fn sort(&self) -> String;
    /// The list or task that it belongs to.
    fn parent(&self) -> Option<Uuid> {
        None
    }
    /// Whether it is in the trash.
    fn is_deleted(&self) -> bool {
        false
    }
}

/// A record of a kind out of its stored JSON.
pub(crate) fn doc_of<R: Shelf>(
    stream: Uuid,
    version: u64,
    updated_at: Timestamp,
    doc: &str,
) -> serde_json::Result<Row<R>> {
    Ok(Row {
        stream: stream.into(),
        version,
        updated_at,
        value: serde_json::from_str(doc)?,
    })
}

/// A moment as text that sorts; the years before 1970 and after 33658 are nobody's.
fn moment(at: Timestamp) -> String {
    format!("{:015}", at.as_millisecond().max(0))
}

impl Shelf for List {
    fn sort(&self) -> String {
        self.position.clone()
    }
    fn is_deleted(&self) -> bool {
        self.deleted_at.is_some()
    }
}

impl Shelf for Section {
    fn sort(&self) -> String {
        self.position.clone()
    }
    fn parent(&self) -> Option<Uuid> {
        Some(self.list_id.0)
    }
    fn is_deleted(&self) -> bool {
        self.deleted_at.is_some()
    }
}

impl Shelf for Tag {
    fn sort(&self) -> String {
        self.name.clone()
    }
    fn is_deleted(&self) -> bool {
        self.deleted_at.is_some()
    }
}

impl Shelf for View {
    fn sort(&self) -> String {
        self.position.clone()
    }
    fn is_deleted(&self) -> bool {
        self.deleted_at.is_some()
    }
}

impl Shelf for Comment {
    fn sort(&self) -> String {
        moment(self.created_at)
    }
    fn parent(&self) -> Option<Uuid> {
        Some(self.task_id.0)
    }
    fn is_deleted(&self) -> bool {
        self.deleted_at.is_some()
    }
}

impl Shelf for Series {
    fn sort(&self) -> String {
        moment(self.created_at)
    }
}

impl Shelf for Settings {
    fn sort(&self) -> String {
        String::new()
    }
}
