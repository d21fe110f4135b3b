//! One turn: what was said becomes commands, an answer, or a question.

use crate::{
    confirm::{self, Speaker},
    look,
    memory::Conversation,
    plan::{self, Step},
    question::Question,
    reply::Reply,
    say, take_back,
    target::{self, Found, Meant},
};
use contract::{
    interpret::{Decision, Intent, Interpretation, Item, Mode},
    propose,
};
use domain::{id::ListId, settings::Settings};
use host::{Deps, Problem};
use language::Context;

/// What a turn works with.
struct Turn<'a> {
    deps: &'a Deps,
    who: &'a Speaker,
    settings: Settings,
    lists: Vec<(ListId, String)>,
}

/// Understands a message and does what it says.
///
/// # Errors
/// What the store or a command refuses; nothing was done then.
pub(crate) async fn take(
    deps: &Deps,
    who: &Speaker,
    text: &str,
    talk: &mut Conversation,
) -> Result<Reply, Problem> {
    let (settings, _) = host::person::settings(deps, &who.reader).await?;
    let lists = host::person::lists(deps, &who.reader).await?;
    let turn = Turn {
        deps,
        who,
        settings,
        lists,
    };
    let mut reply = confirm::empty(deps, who, talk);
    let read = turn.understand(text).await?;
    match read.decision {
        Decision::Ignore => ignored(&read, &mut reply),
        // What a yes answers is kept until it comes.
        Decision::Ask if language::yes_answers(&read) => turn.act(&read, talk, &mut reply).await?,
        Decision::Ask => ask(
            &mut reply,
            read.question
                .unwrap_or_else(|| "What shall I do?".to_owned()),
        ),
        Decision::Act | Decision::Confirm => turn.act(&read, talk, &mut reply).await?,
    }
    confirm::introduced(talk, &mut reply);
    Ok(reply)
}

fn ignored(read: &Interpretation, reply: &mut Reply) {
    let words = read.problems.first().map(|problem| problem.detail.clone());
    reply.text = words.unwrap_or_else(|| say::NOT_OURS.to_owned());
}

fn ask(reply: &mut Reply, question: String) {
    reply.text.clone_from(&question);
    reply.question = Some(question);
}

impl Turn<'_> {
    /// Reads the text as the person would mean it here and now.
    async fn understand(&self, text: &str) -> Result<Interpretation, Problem> {
        let now = self.deps.clock.now().to_zoned(self.settings.zone().clone());
        let mut context = Context::new(now, Mode::Talk);
        context.settings = (&self.settings).into();
        context.lists = self.lists.iter().map(|(_, name)| name.clone()).collect();
        host::interpreter::interpret(text.to_owned(), context).await
    }

    async fn act(
        &self,
        read: &Interpretation,
        talk: &mut Conversation,
        reply: &mut Reply,
    ) -> Result<(), Problem> {
        let mut steps = Vec::new();
        for item in &read.items {
            if self.answered(item, talk, reply).await? {
                return Ok(());
            }
            match self.steps(item, talk).await? {
                Ok(found) => steps.extend(found),
                Err(question) => {
                    talk.shown = question.choices.iter().map(|task| task.id).collect();
                    ask(reply, question.text);
                    return Ok(());
                }
            }
        }
        if steps.is_empty() {
            say::NOT_OURS.clone_into(&mut reply.text);
            return Ok(());
        }
        let doubtful = read.decision != Decision::Act;
        if confirm::must_ask(&steps) || doubtful {
            let asked = confirm::ask(self.deps, &self.who.reader, talk, steps).await?;
            reply.text.clone_from(&asked.text);
            reply.confirm = Some(asked);
            return Ok(());
        }
        let done = plan::run(self.deps, self.who, &steps, &self.settings, false).await?;
        talk.last = done.tasks.last().copied().or(talk.last);
        reply.text = done.text;
        reply.actions = done.actions;
        for problem in &read.problems {
            reply.text = format!("{} {}", reply.text, problem.detail);
        }
        Ok(())
    }

    /// What is not a change by command: questions, undo, yes and no.
    async fn answered(
        &self,
        item: &Item,
        talk: &mut Conversation,
        reply: &mut Reply,
    ) -> Result<bool, Problem> {
        let who = &self.who.reader;
        let seen = match item.intent {
            Intent::ListTasks | Intent::FindTask | Intent::Digest | Intent::Plan => {
                look::tasks(self.deps, who, item, &self.settings).await?
            }
            Intent::ListLists => look::lists(self.deps, who).await?,
            Intent::Undo => {
                take_back::last(self.deps, self.who, reply).await?;
                return Ok(true);
            }
            Intent::Confirm | Intent::Cancel => {
                match talk.asked {
                    Some(id) => {
                        let yes = item.intent == Intent::Confirm;
                        confirm::answer(self.deps, self.who, id, yes, talk, reply).await?;
                    }
                    None => "There is nothing to say yes or no to.".clone_into(&mut reply.text),
                }
                return Ok(true);
            }
            Intent::Help | Intent::Explain => {
                say::HELP.clone_into(&mut reply.text);
                return Ok(true);
            }
            Intent::NextPage | Intent::PreviousPage => {
                "I show the first twenty; ask for fewer, as “what is due this week?”."
                    .clone_into(&mut reply.text);
                return Ok(true);
            }
            _ => return Ok(false),
        };
        reply.text = seen.text;
        reply.actions.push(seen.action);
        talk.last = seen
            .shown
            .first()
            .copied()
            .filter(|_| seen.shown.len() == 1)
            .or(talk.last);
        talk.shown = seen.shown;
        Ok(true)
    }

    /// The steps of an item, or what has to be asked first.
    async fn steps(
        &self,
        item: &Item,
        talk: &Conversation,
    ) -> Result<Result<Vec<Step>, Question>, Problem> {
        let makes = matches!(
            item.intent,
            Intent::CreateTask | Intent::CreateReminder | Intent::CreateList
        );
        if makes {
            let title = item
                .title
                .clone()
                .or_else(|| item.list.clone())
                .unwrap_or_default();
            let step = self.propose(item, None).map(|command| Step {
                command,
                title,
                version: None,
            });
            return Ok(step
                .map(|step| vec![step])
                .ok_or_else(|| Question::plain("What is it to be called?")));
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
        let step = |task: &Meant| {
            let command = self.propose(item, Some(&task.target()))?;
            Some(Step {
                command,
                title: task.title.clone(),
                version: Some(task.version),
            })
        };
        let steps: Vec<_> = meant.iter().filter_map(step).collect();
        if steps.is_empty() {
            return Ok(Err(Question::plain(
                "What shall I change about it? For example: “change its due date to Monday”.",
            )));
        }
        Ok(Ok(steps))
    }

    fn propose(&self, item: &Item, target: Option<&propose::Target>) -> Option<serde_json::Value> {
        let named = |name: &String| {
            self.lists
                .iter()
                .find(|(_, list)| list.to_lowercase() == name.to_lowercase())
        };
        let list = item.list.as_ref().and_then(named).map(|(id, _)| *id);
        propose::command(
            item,
            self.deps.ids.uuid(),
            target,
            list,
            self.settings.zone(),
        )
    }
}
