//! One turn: what was said becomes commands, an answer, or a question.

mod steps;

use crate::{
    confirm::{self, Speaker},
    look,
    memory::Conversation,
    open::{Answer, Open},
    plan,
    reply::Reply,
    say, take_back,
};
use contract::interpret::{Decision, Intent, Interpretation, Item, Mode};
use domain::{
    id::ListId,
    settings::{FollowDevice, Settings},
    zone::ZoneName,
};
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
    device: Option<ZoneName>,
    talk: &mut Conversation,
) -> Result<Reply, Problem> {
    let (mut settings, _) = host::person::settings(deps, &who.reader).await?;
    if let Some(zone) = device
        && settings.follow_device == FollowDevice::Always
    {
        settings.time_zone = zone;
    }
    let lists = host::person::lists(deps, &who.reader).await?;
    let turn = Turn {
        deps,
        who,
        settings,
        lists,
    };
    let mut reply = confirm::empty(deps, who, talk);
    let (text, read) = turn.hear(text, talk).await?;
    match read.decision {
        Decision::Ignore => ignored(&read, &mut reply),
        // What a yes answers is kept until it comes.
        Decision::Ask if language::yes_answers(&read) => {
            turn.act(&text, &read, talk, &mut reply).await?;
        }
        Decision::Ask => {
            talk.open = Open::asked(&text, &read);
            let question = read.question;
            ask(
                &mut reply,
                question.unwrap_or_else(|| "What shall I do?".to_owned()),
            );
        }
        Decision::Act | Decision::Confirm => turn.act(&text, &read, talk, &mut reply).await?,
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
    /// What was said, as an answer to what was asked before it where it is one. A yes is about what was asked last only.
    async fn hear(
        &self,
        text: &str,
        talk: &mut Conversation,
    ) -> Result<(String, Interpretation), Problem> {
        let read = self.understand(text).await?;
        let open = talk.open.take().filter(|_| talk.asked.is_none());
        let said = read.items.first().map_or(Intent::None, |item| item.intent);
        if !matches!(said, Intent::Confirm | Intent::Cancel) {
            talk.asked = None;
        }
        match open.map(|open| open.answered(text, &read)) {
            Some(Answer::Means(text, meant)) => return Ok((text, *meant)),
            Some(Answer::Together(open)) => {
                let whole = open.with(text);
                let meant = self.understand(&whole).await?;
                if open.goes_on(&meant) {
                    return Ok((whole, meant));
                }
            }
            Some(Answer::Another) | None => {}
        }
        Ok((text.to_owned(), read))
    }

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
        text: &str,
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
                    if !question.choices.is_empty() {
                        talk.shown = question.choices.iter().map(|task| task.id).collect();
                        talk.open = Some(Open::which(text, item, &question.choices));
                    }
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
                    None if item.intent == Intent::Cancel => {
                        "All right, nothing was changed.".clone_into(&mut reply.text);
                    }
                    None => "There is nothing to say yes to.".clone_into(&mut reply.text),
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
}
