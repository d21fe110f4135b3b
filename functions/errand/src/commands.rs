//! Commands that a person types.

use crate::{app::App, client::Client, say::say, serve};
use anyhow::{Context, bail};
use host::Config;
use http::Method;
use serde_json::{Value, json};
use std::path::Path;

/// `errand add`: quick add.
pub(crate) async fn add(config: Config, line: &str) -> anyhow::Result<()> {
    let client = Client::open(config).await?;
    let me = client.ask(Method::GET, "/api/v1/me", None).await?;
    let now = host::Clock::now(&host::SystemClock).to_string();
    let asked = json!({ "text": line, "mode": "add", "now": now, "time_zone": me["time_zone"] });
    let read = client
        .ask(Method::POST, "/api/v1/interpret", Some(&asked))
        .await?;
    let items = read["items"].as_array().cloned().unwrap_or_default();
    let commands: Vec<_> = items
        .iter()
        .filter_map(|item| item.get("command").filter(|command| !command.is_null()))
        .collect();
    if commands.is_empty() {
        bail!(
            "{}",
            read["question"]
                .as_str()
                .unwrap_or("There is nothing to add in that. Say what is to be done.")
        );
    }
    let done = client
        .ask(
            Method::POST,
            "/api/v1/commands",
            Some(&json!({ "commands": commands })),
        )
        .await?;
    for problem in read["problems"].as_array().into_iter().flatten() {
        eprintln!("{}", problem["detail"].as_str().unwrap_or_default());
    }
    for result in done["results"].as_array().into_iter().flatten() {
        let task = client
            .ask(
                Method::GET,
                &format!(
                    "/api/v1/tasks/{}",
                    result["id"].as_str().unwrap_or_default()
                ),
                None,
            )
            .await?;
        say(told(&task))?;
    }
    client.close().await
}

/// A task on one line.
fn told(task: &Value) -> String {
    let title = task["title"].as_str().unwrap_or_default();
    let due = &task["due"];
    let due = due["at"]
        .as_str()
        .map(|at| at[..16.min(at.len())].replace('T', " "))
        .or(due["date"].as_str().map(str::to_owned));
    let rule = task["recurrence"]["rrule"]
        .as_str()
        .and_then(|rule| rule.parse().ok());
    let again = rule
        .map(|rule| format!("  ({})", domain::recurrence::describe(&rule)))
        .unwrap_or_default();
    let mark = match task["priority"].as_str() {
        Some("high") => "!",
        _ => " ",
    };
    format!("{mark} {:<16}  {title}{again}", due.unwrap_or_default())
}

/// `errand today`
pub(crate) async fn today(config: Config) -> anyhow::Result<()> {
    let client = Client::open(config).await?;
    let page = client
        .ask(Method::GET, "/api/v1/tasks?view=today&limit=200", None)
        .await?;
    let tasks = page["items"].as_array().cloned().unwrap_or_default();
    if tasks.is_empty() {
        say("All done for today.")?;
    }
    for task in &tasks {
        say(told(task))?;
    }
    client.close().await
}

/// `errand done`
pub(crate) async fn done(config: Config, words: &str) -> anyhow::Result<()> {
    let client = Client::open(config).await?;
    let mut tasks = Vec::new();
    let mut after = String::new();
    loop {
        let page = client
            .ask(
                Method::GET,
                &format!("/api/v1/tasks?limit=200{after}"),
                None,
            )
            .await?;
        tasks.extend(page["items"].as_array().cloned().unwrap_or_default());
        let Some(next) = page["next"].as_str() else {
            break;
        };
        after = format!("&after={next}");
    }
    let titles: Vec<_> = tasks
        .iter()
        .map(|task| language::target::Candidate::new(task["title"].as_str().unwrap_or_default()))
        .collect();
    use language::target::{Care, Resolution, resolve};
    let task = match resolve(words, &titles, Care::Forgiving) {
        Resolution::One(i, _) => &tasks[i],
        Resolution::Several(several) => {
            for i in several {
                eprintln!("{}", told(&tasks[i]));
            }
            bail!("Several tasks fit {words:?}. Say more of the title.");
        }
        Resolution::None => bail!("No open task fits {words:?}. `errand today` shows what is due."),
    };
    let id = task["id"].as_str().unwrap_or_default();
    let task = client
        .ask(Method::POST, &format!("/api/v1/tasks/{id}/complete"), None)
        .await?;
    let title = task["title"].as_str().unwrap_or_default();
    say(format_args!("Done: {title}"))?;
    client.close().await
}

/// `errand export`
pub(crate) async fn export(config: Config, to: Option<&Path>) -> anyhow::Result<()> {
    let client = Client::open(config).await?;
    let all = client.ask(Method::GET, "/api/v1/export", None).await?;
    let text = serde_json::to_string_pretty(&all)?;
    match to {
        Some(path) => host::secret::write_private(path, &text)
            .with_context(|| format!("{} cannot be written", path.display()))?,
        None => say(text)?,
    }
    client.close().await
}

/// `errand import` of what one person has.
pub(crate) async fn import(config: Config, text: &str, name: &str) -> anyhow::Result<()> {
    let no_export = || format!("{name} is not what `errand export` writes");
    let export = serde_json::from_str(text).with_context(no_export)?;
    let parts = tasks::parts(export, PART).with_context(no_export)?;
    let client = Client::open(config).await?;
    let done = import_parts(&client, &parts).await;
    client.close().await?;
    done
}

/// How much of an export goes in at once. One request takes 8 MiB, and half a minute.
const PART: usize = 1 << 20;

async fn import_parts(client: &Client, parts: &[Value]) -> anyhow::Result<()> {
    let (mut steps, mut problems) = (0, Vec::new());
    for (at, part) in (1..).zip(parts) {
        let done = client
            .ask(Method::POST, "/api/v1/import", Some(part))
            .await
            .map_err(|why| unfinished(why, at, parts.len()))?;
        steps += done["imported"].as_u64().unwrap_or_default();
        problems.extend(done["problems"].as_array().into_iter().flatten().cloned());
    }
    say(format_args!(
        "Steps done: {steps}. Not done: {}.",
        problems.len()
    ))?;
    for problem in problems {
        let words = problem["problem"]["detail"].as_str().unwrap_or_default();
        let what = problem["key"].as_str().unwrap_or_default();
        say(format_args!("  {what}: {words}"))?;
    }
    Ok(())
}

/// What to say of an import that ended in the middle.
fn unfinished(why: anyhow::Error, at: usize, of: usize) -> anyhow::Error {
    if of == 1 {
        return why;
    }
    why.context(format!(
        "part {at} of {of} was not taken, those before it were: import the same file again, \
        what is there already stays as it is"
    ))
}

/// `errand token`
pub(crate) async fn token(
    config: Config,
    link: bool,
    name: &str,
    scopes: Vec<String>,
) -> anyhow::Result<()> {
    if link {
        let app = App::open(config).await?;
        let person = app.person().await?;
        let link = serve::link(&app, &person).await?;
        app.close().await;
        return say(link);
    }
    let client = Client::open(config).await?;
    let mut asked = json!({ "name": name });
    if !scopes.is_empty() {
        asked["scopes"] = json!(scopes);
    }
    let made = client
        .ask(Method::POST, "/api/v1/me/tokens", Some(&asked))
        .await?;
    say(made["token"].as_str().unwrap_or_default())?;
    client.close().await
}
