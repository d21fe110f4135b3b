//! Errand: every function in one process, one of them alone, or one command at the terminal.

mod app;
mod args;
mod client;
mod commands;
mod dispatch;
mod doctor;
mod interpret;
mod kafka;
mod keep;
mod lambda;
mod lock;
mod metrics;
mod moving;
mod say;
mod serve;
mod waiting;

use anyhow::{Context, bail};
use args::{Args, Command};
use clap::{Parser, error::ErrorKind};
use errand::{FUNCTIONS, Function};
use std::process::ExitCode;

fn main() -> ExitCode {
    let args = match Args::try_parse() {
        Ok(args) => args,
        Err(told) => return not_run(&told),
    };
    let runtime = match tokio::runtime::Builder::new_multi_thread()
        .enable_all()
        .build()
    {
        Ok(runtime) => runtime,
        Err(error) => return failed(&anyhow::anyhow!("cannot start: {error}")),
    };
    match runtime.block_on(run(args)) {
        Ok(code) => code,
        Err(error) if say::is_unheard(&error) => ExitCode::SUCCESS,
        Err(error) => failed(&error),
    }
}

/// Help, the version, or a line that was not understood.
fn not_run(told: &clap::Error) -> ExitCode {
    // Who does not listen needs no help.
    let _ = told.print();
    if told.kind() == ErrorKind::InvalidSubcommand {
        eprintln!("\nTo make a task of a line: errand add 'buy milk tomorrow'");
    }
    u8::try_from(told.exit_code()).map_or(ExitCode::FAILURE, ExitCode::from)
}

fn failed(error: &anyhow::Error) -> ExitCode {
    // Some errors say what their cause says.
    let mut words = String::from("errand");
    for cause in error.chain().map(ToString::to_string) {
        if !words.contains(&cause) {
            words = format!("{words}: {cause}");
        }
    }
    eprintln!("{words}");
    ExitCode::FAILURE
}

/// The function of that name.
fn named(name: &str) -> anyhow::Result<&'static Function> {
    let found = FUNCTIONS.iter().find(|function| function.name == name);
    found.with_context(|| {
        format!("ERRAND_FUNCTION: there is no function {name:?}; `errand serve --help` names them")
    })
}

async fn run(args: Args) -> anyhow::Result<ExitCode> {
    // Reading a line needs no settings and no database.
    if let Some(Command::Interpret(options)) = &args.command {
        return interpret::interpret(options);
    }
    let config = args.config().await?;
    match args.command.unwrap_or_default() {
        Command::Serve { name, attached } => {
            let name = name.or_else(|| config.function.clone());
            match (name, config.lambda) {
                (Some(name), None) => serve::alone(config, named(&name)?, attached).await?,
                (Some(name), Some(how)) => lambda::serve(config, named(&name)?, how).await?,
                (None, None) => serve::serve(config).await?,
                (None, Some(_)) => {
                    bail!("ERRAND_FUNCTION: is missing; a Lambda is one function alone")
                }
            }
        }
        Command::Dispatch(options) => dispatch::dispatch(config, options).await?,
        Command::Front(options) => dispatch::front(config, options).await?,
        Command::Migrate => keep::migrate(config).await?,
        Command::Topics => kafka::topics(config).await?,
        Command::DeadLetters { act } => kafka::dead_letters(config, act).await?,
        Command::Add { words } => commands::add(config, &words.join(" ")).await?,
        Command::Today => commands::today(config).await?,
        Command::Done { words } => commands::done(config, &words.join(" ")).await?,
        Command::Export {
            to,
            all: false,
            since: _,
        } => commands::export(config, to.as_deref()).await?,
        Command::Export { to, since, .. } => {
            moving::export(config, since.as_deref(), to.as_deref()).await?;
        }
        Command::Import { from } => moving::import(config, from.as_deref()).await?,
        Command::Token { link, name, scopes } => {
            commands::token(config, link, &name, scopes).await?;
        }
        Command::Rebuild { check } => return keep::rebuild(config, check).await,
        Command::Interpret(_) => {}
        Command::Doctor(options) => return doctor::doctor(&config, options).await,
        Command::Verify => return keep::verify(config).await,
        Command::Backup { to } => keep::backup(config, &to).await?,
        Command::Restore { from } => keep::restore(config, &from).await?,
    }
    Ok(ExitCode::SUCCESS)
}
