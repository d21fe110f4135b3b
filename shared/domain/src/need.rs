//! What a command needs to have loaded before it can be decided.

use crate::{id::*, task::Source};

/// What to load. Everything named is loaded where it is in a stream that the person may see; what is not there is left out.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Need {
    /// Tasks, each with its reminders, ancestors, descendants (trash included), list, section, series and the tasks that block it
    /// (all the way).
    pub tasks: Vec<TaskId>,
    /// Lists by id.
    pub lists: Vec<ListId>,
    /// Sections by id.
    pub sections: Vec<SectionId>,
    /// Tags by name.
    pub tags: Vec<String>,
    /// Views by id.
    pub views: Vec<ViewId>,
    /// Comments by id.
    pub comments: Vec<CommentId>,
    /// Series by id, each with its open occurrences and the last closed one, and their families.
    pub series: Vec<SeriesId>,
    /// The tasks that came from there.
    pub sources: Vec<Source>,
    /// Deliveries by id, each with the tasks of its items.
    pub deliveries: Vec<DeliveryId>,
    /// Tasks chosen by a property.
    pub tasks_of: Vec<TasksOf>,
    /// The task that stands next after this one among its siblings, beside the task itself.
    pub after: Vec<TaskId>,
    /// The task that stands first among the siblings of this one.
    pub first: Vec<TaskId>,
    /// What to undo: those events, what came later on the same subjects, the subjects, and the tasks, lists and sections that
    /// they name in what they had before; for tasks of a series also the series and its open occurrences, for settings what
    /// floats.
    pub undo: Option<Undo>,
    /// The events on a task after a version, to merge with.
    pub since: Vec<(TaskId, u64)>,
}

/// Tasks chosen by a property; of the person's home stream.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum TasksOf {
    /// In this list, trash included.
    List(ListId),
    /// In this section.
    Section(SectionId),
    /// With this tag.
    Tag(String),
    /// In the trash; only those put there before a moment (microseconds UTC), at most 1,000 at once.
    Trash(i64),
    /// Open, and with a date that moves when the person's zone or all-day time does.
    Floating,
}

/// What to undo.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Undo {
    /// The last run of this person by this client that is neither undone nor itself an undo.
    Last {
        /// The client.
        client: String,
    },
    /// A run.
    Run(RunId),
    /// One event of the person's home stream, by its number.
    Event(u64),
}

impl Need {
    /// Both.
    #[must_use]
    pub fn and(mut self, other: Self) -> Self {
        self.tasks.extend(other.tasks);
        self.lists.extend(other.lists);
        self.sections.extend(other.sections);
        self.tags.extend(other.tags);
        self.views.extend(other.views);
        self.comments.extend(other.comments);
        self.series.extend(other.series);
        self.sources.extend(other.sources);
        self.deliveries.extend(other.deliveries);
        self.tasks_of.extend(other.tasks_of);
        self.after.extend(other.after);
        self.first.extend(other.first);
        self.since.extend(other.since);
        self.undo = self.undo.or(other.undo);
        self
    }

    /// One task and its family.
    pub fn task(id: TaskId) -> Self {
        Self {
            tasks: vec![id],
            ..Self::default()
        }
    }
}
