//! The command line.

use crate::{dispatch, doctor, interpret, kafka};
use clap::{Parser, Subcommand, builder::PossibleValuesParser};
use errand::FUNCTIONS;
use host::Config;
use std::path::PathBuf;

/// A task manager you talk to.
///
/// Without a command it serves: page, API, assistant, reminders, all in this process, over a
/// SQLite file or PostgreSQL. It prints a link; open it in a browser of this machine.
#[derive(Debug, Parser)]
#[command(version, after_help = EXAMPLES, verbatim_doc_comment)]
pub(crate) struct Args {
    #[command(subcommand)]
    pub(crate) command: Option<Command>,
    #[command(flatten)]
    settings: Settings,
}

/// Flags that stand for settings; with any command, before or after it.
#[derive(Debug, clap::Args)]
#[command(
    next_help_heading = "Settings (each is also an environment variable; the README has all)"
)]
struct Settings {
    /// Where everything is kept [default: ~/.local/share/errand]
    #[arg(
        long,
        global = true,
        value_name = "FOLDER",
        env = "ERRAND_DATA",
        hide_env_values = true
    )]
    data: Option<String>,
    /// Where to listen [default: 127.0.0.1:8700]
    #[arg(
        long,
        global = true,
        value_name = "ADDRESS",
        env = "ERRAND_LISTEN",
        hide_env_values = true
    )]
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
    /// The mail server that reminders go out by: smtp://user:password@host:port, or ses:REGION for Amazon SES
    #[arg(
        long,
        global = true,
        value_name = "URL",
        env = "ERRAND_MAIL_URL",
        hide_env_values = true
    )]
    mail_url: Option<String>,
    /// The sender of reminders
    #[arg(
        long,
        global = true,
        value_name = "ADDRESS",
        env = "ERRAND_MAIL_FROM",
        hide_env_values = true
    )]
    mail_from: Option<String>,
    /// The address that your reminders go to
    #[arg(
        long,
        global = true,
        value_name = "ADDRESS",
        env = "ERRAND_MAIL_TO",
        hide_env_values = true
    )]
    mail_to: Option<String>,
}

const EXAMPLES: &str = "Examples:
  errand                                    serve, and print the link
  errand add 'call mom every Sunday at 3pm, remind me 15 minutes before'
  errand today                              what is due
  errand done call mom                      complete it
  errand export mine.json                   everything you have, as JSON
  errand backup /mnt/backup/errand.db       a copy of the database, while it runs
  errand token --name laptop                a token for a program that calls the API

A command asks the errand that runs on this machine; where none runs, it opens the data folder.

Exit codes: 0 done; 1 not done, or something is wrong: the words say what; 2 not understood.";

#[derive(Debug, Subcommand)]
pub(crate) enum Command {
    /// Serve everything in this process (the default), or one function alone
    ///
    /// Prints a link that signs a browser in, once. Serves until ctrl-c or SIGTERM, and then ends
    /// what it has begun. One process serves a data folder.
    ///
    /// With a name it serves that function alone, for an installation of many processes over one
    /// database and Kafka.
    #[command(
        verbatim_doc_comment,
        after_help = "Examples:
  errand serve
  PORT=9000 errand serve
  errand serve --data /srv/errand --mail-url smtp://localhost --mail-to ann@example.org
  ERRAND_KAFKA_BROKERS=kafka:9092 errand serve recur --database-url postgres://errand@db/errand"
    )]
    Serve {
        /// The function [env: ERRAND_FUNCTION]
        #[arg(value_parser = PossibleValuesParser::new(FUNCTIONS.iter().map(|function| function.name)))]
        name: Option<String>,
        /// Stop when standard input closes: for whoever starts functions and may die
        #[arg(long, hide = true)]
        attached: bool,
    },
    /// Make a task out of a line
    ///
    /// Reads dates, repetition and reminders as you write them, and `#tag`, `+list`, `!high`; what
    /// stands in double quotes is left as it is. Prints the task as it was understood.
    #[command(
        verbatim_doc_comment,
        after_help = "Examples:
  errand add buy milk
  errand add 'pay rent monthly on the 31st !high #home'
  errand add 'call mom every Sunday at 3pm, remind me 15 minutes before'

A shell reads # and ! itself: put single quotes around the line."
    )]
    Add {
        /// The line, as you would say it
        #[arg(required = true, trailing_var_arg = true)]
        words: Vec<String>,
    },
    /// Show what is overdue and due today
    ///
    /// One task a line: `!` when its priority is high, when it is due, its title, how it repeats.
    #[command(verbatim_doc_comment)]
    Today,
    /// Complete the task that these words mean
    ///
    /// A few words of its title are enough. Where several tasks fit, it shows them and completes none
    /// (exit code 1). The next occurrence of a task that repeats is made at once.
    #[command(
        verbatim_doc_comment,
        after_help = "Examples:
  errand done call mom
  errand done rent"
    )]
    Done {
        /// Its title, or enough of it
        #[arg(required = true, trailing_var_arg = true)]
        words: Vec<String>,
    },
    /// Say what words would do; nothing is done
    ///
    /// Shows how a line is understood: what it would do, dates, repetition, reminders, how sure that
    /// is, and which words were read as what. As JSON, as `POST /api/v1/interpret` answers it.
    ///
    /// Without words it reads standard input: a JSON object a line, or with --text a line of text a
    /// line, and answers each by a line: how it is understood, or what is wrong with it.
    ///
    /// It needs no data folder, so it knows no lists and no settings of yours.
    #[command(verbatim_doc_comment, after_help = INTERPRET)]
    Interpret(interpret::Options),
    /// Write everything you have as JSON, or everything that everybody has
    ///
    /// To the file, which is replaced, or to standard output. `errand import` takes it back, also on
    /// another machine.
    ///
    /// With --all it is the whole installation, out of SQLite or PostgreSQL, while writes go on: the
    /// log byte for byte, people, reminders, deliveries, tokens, conversations. `errand import`
    /// takes it into an empty database of either kind. To miss nothing that is written meanwhile,
    /// stop Errand and export once more what came --since; all that has no place in the log goes
    /// whole each time.
    #[command(
        verbatim_doc_comment,
        after_help = "Examples:
  errand export mine.json
  errand export | jq '.tasks[].title'
  errand export --all all.ndjson
  errand export --all --since all.ndjson rest.ndjson"
    )]
    Export {
        /// The file
        to: Option<PathBuf>,
        /// The whole installation
        #[arg(long)]
        all: bool,
        /// Only what came since the export in that file; its beginning is enough
        #[arg(long, requires = "all", value_name = "EXPORT")]
        since: Option<PathBuf>,
    },
    /// Read what `export` wrote
    ///
    /// From the file, or from standard input. All is as it was there: times, order, comments, series,
    /// closed tasks closed; each history begins with the import. A large file goes in part by part.
    /// Importing the same twice makes nothing twice: what is there stays as it is, so that importing
    /// once more finishes what was interrupted.
    ///
    /// What `export --all` wrote goes into an empty database, and what came --since to where the
    /// first part is; whole, or not at all. Open pages then read everything anew, and reminders that
    /// were due until now are skipped. Tokens and sign-ins go on with the key of the old folder.
    #[command(
        verbatim_doc_comment,
        after_help = "Examples:
  errand import mine.json
  ssh old-machine errand export | errand import
  errand import all.ndjson --database-url postgres://errand@db/errand"
    )]
    Import {
        /// The file
        from: Option<PathBuf>,
    },
    /// Write the tables anew from the log
    ///
    /// The log of events is the truth, and the tables follow from it. This folds the log again, says
    /// what differs, and mends it; with --check it only says so.
    #[command(verbatim_doc_comment)]
    Rebuild {
        /// Only say what differs; exit code 1 when anything does
        #[arg(long)]
        check: bool,
    },
    /// Prove that nothing in the log was altered or removed
    ///
    /// Computes the chain of hashes again, and compares it with the witness's own copy and its signed
    /// heads. Exit code 1, and the place, when something was altered.
    #[command(verbatim_doc_comment)]
    Verify,
    /// Look at this installation, and say what is wrong and what to do
    ///
    /// The database and its tables, clocks, what waits to be published and who publishes it, dead letters, Kafka and
    /// its topics and who reads them, mail, the sidecar, and functions by their addresses: each a line, `ok`, `wrong`, or `-` for
    /// what is not set up. It mends nothing. Exit code 1 when anything is wrong.
    #[command(
        verbatim_doc_comment,
        after_help = "Examples:
  errand doctor
  errand doctor --to tasks=http://tasks,remind=http://remind"
    )]
    Doctor(doctor::Options),
    /// Copy the database to a file, while it is in use (SQLite; PostgreSQL has its own tools)
    #[command(after_help = "Examples:
  errand backup /mnt/backup/errand-monday.db

`errand restore` puts it back.")]
    Backup {
        /// The file; it must not exist yet
        to: PathBuf,
    },
    /// Put a backup in place of the database
    ///
    /// Errand must not be running. The database from before is kept beside it. Reminders that would
    /// have come since the backup are marked as skipped, and open pages read everything anew.
    #[command(
        verbatim_doc_comment,
        after_help = "Examples:
  errand restore /mnt/backup/errand-monday.db"
    )]
    Restore {
        /// What `backup` wrote
        from: PathBuf,
    },
    /// Bring events from Kafka to the functions, where there is no Knative to do it
    #[command(after_help = "Examples:
  errand dispatch --to recur=http://10.0.0.7:8700,remind=http://10.0.0.8:8700,audit=http://10.0.0.9:8700
  errand dispatch --scale-to-zero --idle 30")]
    Dispatch(dispatch::Options),
    /// One address for functions that run alone: hands each request to the one that answers its path
    ///
    /// For where they are found by host name, as on Knative. It opens no database and needs no key.
    #[command(
        verbatim_doc_comment,
        after_help = "Examples:
  errand front --to tasks=http://tasks,chat=http://chat,accounts=http://accounts,audit=http://audit,live=http://live,web=http://web"
    )]
    Front(dispatch::FrontOptions),
    /// Bring the database's tables up to date, and end
    ///
    /// Every start does that where it is needed. This is for a step before a release, as the tables'
    /// owner, so that what serves needs fewer rights.
    #[command(
        verbatim_doc_comment,
        after_help = "Examples:
  errand migrate --database-url postgres://owner@db/errand"
    )]
    Migrate,
    /// Make the topics in Kafka that are not there
    #[command(after_help = "Examples:
  ERRAND_KAFKA_BROKERS=kafka:9092 errand topics")]
    Topics,
    /// Events that a function did not take after the last try
    #[command(after_help = "Examples:
  errand dead-letters list
  errand dead-letters replay --all")]
    DeadLetters {
        #[command(subcommand)]
        act: kafka::Act,
    },
    /// Make a token for a program, or a link for a browser
    ///
    /// It is shown this once. Programs send it as `Authorization: Bearer TOKEN`. A link signs one
    /// browser in, within a day.
    ///
    /// Scopes: tasks:read, tasks:write, tasks:delete, events:read, audit:read, account, calendar:read;
    /// assistant, which reads and changes tasks by what is said to it; and confirm:agent, to say yes
    /// where it asks first, as before it deletes.
    #[command(
        verbatim_doc_comment,
        after_help = "Examples:
  errand token --name laptop
  errand token --name dashboard --scopes tasks:read,events:read
  errand token --link"
    )]
    Token {
        /// A link for a browser instead
        #[arg(long, conflicts_with_all = ["name", "scopes"])]
        link: bool,
        /// What it is for; stands in the history as the client
        #[arg(long, default_value = "cli")]
        name: String,
        /// What it may do, with commas between; everything unless given
        #[arg(long, value_delimiter = ',')]
        scopes: Vec<String>,
    },
}

const INTERPRET: &str = r#"A line of JSON to read:
  {"text": "call mom tomorrow at 3pm", "now": "2026-11-25T10:00:00+01:00", "time_zone": "Europe/Berlin", "mode": "add"}

mode is add (it becomes a task) or talk (it may be any wish; the default). now has an offset.

Examples:
  errand interpret call mom tomorrow at 3pm
  errand interpret --add 'pay rent monthly on the 31st !high #home'
  errand interpret --now 2026-11-25T10:00:00+01:00 --zone Europe/Berlin 'move the dentist to friday'
  errand interpret --text < lines.txt
  errand interpret < lines.jsonl > answers.jsonl"#;

impl Default for Command {
    fn default() -> Self {
        Self::Serve {
            name: None,
            attached: false,
        }
    }
}

impl Args {
    /// The settings: flags over environment, and secrets out of Dapr's stores.
    pub(crate) async fn config(&self) -> anyhow::Result<Config> {
        let settings = &self.settings;
        let flags = [
            ("ERRAND_DATA", &settings.data),
            ("ERRAND_LISTEN", &settings.listen),
            ("ERRAND_DATABASE_URL", &settings.database_url),
            ("ERRAND_MAIL_URL", &settings.mail_url),
            ("ERRAND_MAIL_FROM", &settings.mail_from),
            ("ERRAND_MAIL_TO", &settings.mail_to),
        ];
        let flag = |name: &str| {
            flags
                .iter()
                .find(|(flag, _)| *flag == name)
                .and_then(|(_, value)| (*value).clone())
        };
        let lookup = |name: &str| flag(name).or_else(|| std::env::var(name).ok());
        Ok(Config::with_secrets(lookup).await?)
    }
}
