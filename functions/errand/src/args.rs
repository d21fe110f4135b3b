//! The command line.

use clap::{Parser, Subcommand};
use host::Config;
use std::path::PathBuf;

/// A task manager you talk to.
///
/// Without a command it serves: page, API, assistant, reminders, all in this process, over a SQLite file or PostgreSQL. It prints a link;
/// open it in a browser of this machine.
#[derive(Debug, Parser)]
#[command(version, after_help = EXAMPLES)]
pub(crate) struct Args {
    #[command(subcommand)]
    pub(crate) command: Option<Command>,
    /// Where everything is kept [default: ~/.local/share/errand]
    #[arg(long, global = true, value_name = "FOLDER", env = "ERRAND_DATA")]
    data: Option<String>,
    /// Where to listen [default: 127.0.0.1:8700]
    #[arg(long, global = true, value_name = "ADDRESS", env = "ERRAND_LISTEN")]
    listen: Option<String>,
    /// sqlite:PATH or postgres://USER:PASSWORD@HOST/DATABASE; the file errand.db in the data folder unless given
    #[arg(
        long,
        global = true,
        value_name = "URL",
        env = "ERRAND_DATABASE_URL",
        hide_env_values = true
    )]
    database_url: Option<String>,
    /// The mail server that reminders go out by: smtp://user:password@host:port
    #[arg(
        long,
        global = true,
        value_name = "URL",
        env = "ERRAND_MAIL_URL",
        hide_env_values = true
    )]
    mail_url: Option<String>,
    /// The sender of reminders
    #[arg(long, global = true, value_name = "ADDRESS", env = "ERRAND_MAIL_FROM")]
    mail_from: Option<String>,
    /// The address that your reminders go to
    #[arg(long, global = true, value_name = "ADDRESS", env = "ERRAND_MAIL_TO")]
    mail_to: Option<String>,
}

const EXAMPLES: &str = "Examples:
  errand                                    serve, and print the link
  errand add 'call mom every Sunday at 3pm, remind me 15 minutes before'
  errand today                              what is due
  errand done call mom                      complete it
  errand export > mine.json                 everything you have, as JSON
  errand backup /mnt/backup/errand.db       a copy of the database, while it runs
  errand token --name laptop                a token for a program that calls the API

The README has all settings; each is also an environment variable.";

#[derive(Debug, Subcommand)]
pub(crate) enum Command {
    /// Serve everything in this process (the default)
    Serve,
    /// Make a task out of a line: `errand add 'pay rent monthly on the 31st !high #home'`
    Add {
        /// The line, as you would say it
        #[arg(required = true, trailing_var_arg = true)]
        words: Vec<String>,
    },
    /// Show what is overdue and due today
    Today,
    /// Complete the task that these words mean; asks when several fit
    Done {
        /// Its title, or enough of it
        #[arg(required = true, trailing_var_arg = true)]
        words: Vec<String>,
    },
    /// Read JSON lines {text, now, time_zone, mode} and say what each would do; nothing is done
    Interpret,
    /// Write everything you have as JSON, to the file or to standard output
    Export {
        /// The file
        to: Option<PathBuf>,
    },
    /// Read what `export` wrote, from the file or from standard input; twice makes nothing twice
    Import {
        /// The file
        from: Option<PathBuf>,
    },
    /// Fold the log again and write the tables from it; with --check only compare
    Rebuild {
        /// Only say what differs; exit code 1 when anything does
        #[arg(long)]
        check: bool,
    },
    /// Prove that nothing in the log was altered or removed; exit code 1 when something was
    Verify,
    /// Copy the database to a file, while it is in use (SQLite; PostgreSQL has its own tools)
    Backup {
        /// The file; it must not exist yet
        to: PathBuf,
    },
    /// Put a backup in place of the database; the one there is kept beside it
    Restore {
        /// What `backup` wrote
        from: PathBuf,
    },
    /// Make a token for a program, shown once; or a new link that signs a browser in
    Token {
        /// A link for a browser instead
        #[arg(long)]
        link: bool,
        /// What it is for; stands in the history as the client
        #[arg(long, default_value = "cli")]
        name: String,
        /// What it may do, with commas between; everything unless given
        #[arg(long, value_delimiter = ',')]
        scopes: Vec<String>,
    },
}

impl Args {
    /// The settings: flags over environment.
    pub(crate) fn config(&self) -> anyhow::Result<Config> {
        let flags = [
            ("ERRAND_DATA", &self.data),
            ("ERRAND_LISTEN", &self.listen),
            ("ERRAND_DATABASE_URL", &self.database_url),
            ("ERRAND_MAIL_URL", &self.mail_url),
            ("ERRAND_MAIL_FROM", &self.mail_from),
            ("ERRAND_MAIL_TO", &self.mail_to),
        ];
        let flag = |name: &str| {
            flags
                .iter()
                .find(|(flag, _)| *flag == name)
                .and_then(|(_, value)| (*value).clone())
        };
        Ok(Config::from_env(|name| {
            flag(name).or_else(|| std::env::var(name).ok())
        })?)
    }
}
