//! From what was understood to the steps that do it.

use super::Turn;
use crate::{
    memory::Conversation,
    plan::Step,
    question::Question,
    target::{self, Found, Meant},
};
use contract::{
    interpret::{Intent, Item},
    propose,
};
use domain::id::ListId;
use host::Problem;
use serde_json::json;

impl Turn<'_> {
    /// The steps of an item, or what has to be asked first.
    pub(super) async fn steps(
        &self,
        item: &Item,
        talk: &Conversation,
    ) -> Result<Result<Vec<Step>, Question>, Problem> {
        let (list, mut steps) = self.list(item);
        let makes = matches!(
            item.intent,
            Intent::CreateTask | Intent::CreateReminder | Intent::CreateList
        );
        if makes {
            let title = item.title.clone().or_else(|| item.list.clone());
            let Some(command) = self.propose(item, None, list) else {
                return Ok(Err(Question::plain("What is it to be called?")));
            };
            steps.push(Step {
                command,
                title: title.unwrap_or_default(),
                version: None,
            });
            return Ok(Ok(steps));
        }
        let found = target::find(self.deps, &self.who.reader, item, talk).await?;
        let meant = match found {
            Found::These(meant) if meant.is_empty() => {
                return Ok(Err(Question::plain(
                    "Nothing fits that, so nothing was changed.",
                )));
            }
            Found::These(meant) => meant,
            other => return Ok(Err(Question::of(other, item))),
        };
        if let Some(question) = Question::undated(item, &meant) {
            return Ok(Err(question));
        }
        let step = |task: &Meant| {
            let command = self.propose(item, Some(&task.target()), list)?;
            Some(Step {
                command,
                title: task.title.clone(),
                version: Some(task.version),
            })
        };
        let changes: Vec<_> = meant.iter().filter_map(step).collect();
        if changes.is_empty() {
            return Ok(Err(Question::plain(
                "What shall I change about it? For example: “change its due date to Monday”.",
            )));
        }
        steps.extend(changes);
        Ok(Ok(steps))
    }

    /// The list that a task is to stand on, and the step that makes it where there is none of that name.
    fn list(&self, item: &Item) -> (Option<ListId>, Vec<Step>) {
        let places = matches!(
            item.intent,
            Intent::CreateTask | Intent::CreateReminder | Intent::UpdateTask
        );
        let Some(name) = item.list.as_ref().filter(|_| places) else {
            return (None, Vec::new());
        };
        let same = |list: &&(ListId, String)| list.1.to_lowercase() == name.to_lowercase();
        if let Some((id, _)) = self.lists.iter().find(same) {
            return (Some(*id), Vec::new());
        }
        let id = self.deps.ids.uuid();
        let make = Step {
            command: json!({ "type": "create_list", "id": id, "set": { "name": name } }),
            title: name.clone(),
            version: None,
        };
        (Some(ListId(id)), vec![make])
    }

    fn propose(
        &self,
        item: &Item,
        target: Option<&propose::Target>,
        list: Option<ListId>,
    ) -> Option<serde_json::Value> {
        propose::command(
            item,
            self.deps.ids.uuid(),
            target,
            list,
            self.settings.zone(),
        )
    }
}
