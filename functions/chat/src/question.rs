//! What has to be asked before anything is done.

use crate::{
    say,
    target::{Found, Meant},
};
use contract::interpret::{Alert, Item};

/// Something to be answered before anything is done.
pub(crate) struct Question {
    pub(crate) text: String,
    /// The tasks that may be meant, in the order named.
    pub(crate) choices: Vec<Meant>,
}

impl Question {
    pub(crate) fn plain(text: &str) -> Self {
        Self {
            text: text.to_owned(),
            choices: Vec::new(),
        }
    }

    /// A reminder that counts from a date needs one.
    pub(crate) fn undated(item: &Item, meant: &[Meant]) -> Option<Self> {
        let counts = |alert: &Alert| matches!(alert, Alert::Offset { of, .. } if of == "due");
        let counts = item.reminders.iter().any(counts);
        let dated = item.due.is_some() || item.recurrence.is_some();
        let task = meant.iter().find(|task| task.target().due.is_none());
        task.filter(|_| counts && !dated).map(|task| {
            Self::plain(&format!(
                "When is {} due? It has no date yet that I could remind you before: say “it is due on Friday at 3pm”.",
                say::quoted(&task.title)
            ))
        })
    }

    pub(crate) fn of(found: Found, item: &Item) -> Self {
        let names = |tasks: &[Meant]| {
            let lines = tasks
                .iter()
                .take(10)
                .enumerate()
                .map(|(i, task)| format!("{}. {}", i + 1, say::quoted(&task.title)));
            lines.collect::<Vec<_>>().join("\n")
        };
        let phrase = item
            .target
            .as_ref()
            .and_then(|target| target.phrase.as_deref())
            .unwrap_or_default();
        match found {
            Found::Which(tasks) => Self {
                text: format!("Which one do you mean?\n{}", names(&tasks)),
                choices: tasks,
            },
            Found::Nothing(near) if near.is_empty() => Self::plain(&format!(
                "I find no task {}, so nothing was changed.",
                say::quoted(phrase)
            )),
            Found::Nothing(near) => {
                let nothing = format!("I find no task {}.", say::quoted(phrase));
                let text = match near.as_slice() {
                    [one] => format!("{nothing} Do you mean {}?", say::quoted(&one.title)),
                    _ => format!("{nothing} Do you mean one of these?\n{}", names(&near)),
                };
                Self {
                    text,
                    choices: near,
                }
            }
            Found::Unsaid | Found::These(_) => {
                Self::plain("Which task do you mean? Say its title.")
            }
        }
    }
}
