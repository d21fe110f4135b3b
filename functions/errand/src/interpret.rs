//! `errand interpret`: what words would do, without doing it. It needs no settings and no database.

use crate::say::say;
use anyhow::bail;
use contract::interpret::{InterpretRequest, Mode};
use std::{
    io::{BufRead, IsTerminal},
    process::ExitCode,
};

/// What is to be read, and when and where it was written.
#[derive(Debug, clap::Args)]
pub(crate) struct Options {
    /// Read it as `errand add` does: whatever it says becomes a task
    #[arg(long)]
    add: bool,
    /// When it was written, with an offset [default: now]
    #[arg(long, value_name = "MOMENT")]
    now: Option<String>,
    /// Where it was written [default: this machine's time zone]
    #[arg(long, value_name = "ZONE", env = "ERRAND_ZONE", hide_env_values = true)]
    zone: Option<String>,
    /// The lines of standard input are text as you would say it, not JSON
    #[arg(long, conflicts_with = "words")]
    text: bool,
    /// The line, as you would say it; standard input is read where there is none
    #[arg(trailing_var_arg = true)]
    words: Vec<String>,
}

/// Words as arguments are answered for a person to read, lines of standard input by a line each.
pub(crate) fn interpret(options: &Options) -> anyhow::Result<ExitCode> {
    if !options.words.is_empty() {
        let request = options.request(options.words.join(" "));
        return match language::answer(&request) {
            Ok(answer) => {
                say(serde_json::to_string_pretty(&answer)?)?;
                Ok(ExitCode::SUCCESS)
            }
            Err(refused) => bail!("{}", refused.detail),
        };
    }
    let input = std::io::stdin();
    if input.is_terminal() && !options.text {
        eprintln!(
            "Reads a JSON object a line. To read words: errand interpret 'call mom tomorrow at 3pm'"
        );
    }
    for line in input.lock().split(b'\n') {
        let line = line?;
        // What is no text is answered as what it is: a line that cannot be read.
        let line = String::from_utf8_lossy(&line);
        let line = line.trim();
        if line.is_empty() {
            continue;
        }
        say(language::interpret_line(&if options.text {
            contract::doc::json(&options.request(line.to_owned()))
        } else {
            line.to_owned()
        }))?;
    }
    Ok(ExitCode::SUCCESS)
}

impl Options {
    fn request(&self, text: String) -> InterpretRequest {
        let now = || host::Clock::now(&host::SystemClock).to_string();
        let machine = || jiff::tz::TimeZone::system().iana_name().map(str::to_owned);
        let zone = self.zone.clone().or_else(machine);
        InterpretRequest {
            text,
            mode: if self.add { Mode::Add } else { Mode::Talk },
            now: self.now.clone().unwrap_or_else(now),
            time_zone: zone.unwrap_or_else(|| "UTC".to_owned()),
            language: None,
            literal: Vec::new(),
            conversation_id: None,
        }
    }
}
