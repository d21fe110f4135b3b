//! What it says of itself.

mod machines;
mod words;

use super::check;
use crate::home::Home;
use expect_test::{Expect, expect};

/// The help of one command, without the settings: they are the same for each.
async fn help(home: &Home, command: &str, expected: Expect) {
    let said = home.run(&["help", command]).await.to_string();
    let (own, settings) = said.split_once("Settings (").expect("settings");
    let more = ["A line to read:", "Examples:"];
    let after = more.iter().filter_map(|title| settings.find(title)).min();
    let after = after.map_or("", |at| &settings[at..]);
    expected.assert_eq(&format!("{own}{after}"));
}

#[tokio::test]
async fn the_whole() {
    let Some(home) = Home::new() else { return };
    check(&home, &["--help"], expect![[r#"
        A task manager you talk to.

        Without a command it serves: page, API, assistant, reminders, all in this process, over a
        SQLite file or PostgreSQL. It prints a link; open it in a browser of this machine.

        Usage: errand [OPTIONS] [COMMAND]

        Commands:
          serve         Serve everything in this process (the default), or one function alone
          add           Make a task out of a line
          today         Show what is overdue and due today
          done          Complete the task that these words mean
          interpret     Say what words would do; nothing is done
          export        Write everything you have as JSON, or everything that everybody has
          import        Read what `export` wrote
          rebuild       Write the tables anew from the log
          verify        Prove that nothing in the log was altered or removed
          doctor        Look at this installation, and say what is wrong and what to do
          backup        Copy the database to a file, while it is in use (SQLite; PostgreSQL has its own tools)
          restore       Put a backup in place of the database
          dispatch      Bring events from Kafka to the functions, where there is no Knative to do it
          front         One address for functions that run alone: hands each request to the one that answers its path
          migrate       Bring the database's tables up to date, and end
          topics        Make the topics in Kafka that are not there
          dead-letters  Events that a function did not take after the last try
          token         Make a token for a program, or a link for a browser
          help          Print this message or the help of the given subcommand(s)

        Options:
          -h, --help
                  Print help (see a summary with '-h')

          -V, --version
                  Print version

        Settings (each is also an environment variable; the README has all):
              --data <FOLDER>
                  Where everything is kept [default: ~/.local/share/errand]

                  [env: ERRAND_DATA]

              --listen <ADDRESS>
                  Where to listen [default: 127.0.0.1:8700]

                  [env: ERRAND_LISTEN]

              --database-url <URL>
                  sqlite:PATH or postgres://USER:PASSWORD@HOST/DATABASE; the file errand.db in the data folder unless given

                  [env: ERRAND_DATABASE_URL]

              --mail-url <URL>
                  The mail server that reminders go out by: smtp://user:password@host:port, or ses:REGION for Amazon SES

                  [env: ERRAND_MAIL_URL]

              --mail-from <ADDRESS>
                  The sender of reminders

                  [env: ERRAND_MAIL_FROM]

              --mail-to <ADDRESS>
                  The address that your reminders go to

                  [env: ERRAND_MAIL_TO]

        Examples:
          errand                                    serve, and print the link
          errand add 'call mom every Sunday at 3pm, remind me 15 minutes before'
          errand today                              what is due
          errand done call mom                      complete it
          errand export mine.json                   everything you have, as JSON
          errand backup /mnt/backup/errand.db       a copy of the database, while it runs
          errand token --name laptop                a token for a program that calls the API

        A command asks the errand that runs on this machine; where none runs, it opens the data folder.

        Exit codes: 0 done; 1 not done, or something is wrong: the words say what; 2 not understood.
    "#]]).await;
}

#[tokio::test]
async fn everyday_commands() {
    let Some(home) = Home::new() else { return };
    help(&home, "add",
        expect![[r#"
            Make a task out of a line

            Reads dates, repetition and reminders as you write them, and `#tag`, `+list`, `!high`; what
            stands in double quotes is left as it is. Prints the task as it was understood.

            Usage: errand add [OPTIONS] <WORDS>...

            Arguments:
              <WORDS>...
                      The line, as you would say it

            Options:
              -h, --help
                      Print help (see a summary with '-h')

            Examples:
              errand add buy milk
              errand add 'pay rent monthly on the 31st !high #home'
              errand add 'call mom every Sunday at 3pm, remind me 15 minutes before'

            A shell reads # and ! itself: put single quotes around the line.
        "#]],
    )
    .await;
    help(&home, "today",
        expect![[r#"
            Show what is overdue and due today

            One task a line: `!` when its priority is high, when it is due, its title, how it repeats.

            Usage: errand today [OPTIONS]

            Options:
              -h, --help
                      Print help (see a summary with '-h')

        "#]],
    )
    .await;
    help(&home, "done", expect![[r#"
        Complete the task that these words mean

        A few words of its title are enough. Where several tasks fit, it shows them and completes none
        (exit code 1). The next occurrence of a task that repeats is made at once.

        Usage: errand done [OPTIONS] <WORDS>...

        Arguments:
          <WORDS>...
                  Its title, or enough of it

        Options:
          -h, --help
                  Print help (see a summary with '-h')

        Examples:
          errand done call mom
          errand done rent
    "#]]).await;
    help(&home, "serve",
        expect![[r#"
            Serve everything in this process (the default), or one function alone

            Prints a link that signs a browser in, once. Serves until ctrl-c or SIGTERM, and then ends
            what it has begun. One process serves a data folder.

            With a name it serves that function alone, for an installation of many processes over one
            database and Kafka.

            Usage: errand serve [OPTIONS] [NAME]

            Arguments:
              [NAME]
                      The function [env: ERRAND_FUNCTION]

                      [possible values: tasks, chat, accounts, clock, remind, recur, audit, live, web]

            Options:
              -h, --help
                      Print help (see a summary with '-h')

            Examples:
              errand serve
              PORT=9000 errand serve
              errand serve --data /srv/errand --mail-url smtp://localhost --mail-to ann@example.org
              ERRAND_KAFKA_BROKERS=kafka:9092 errand serve recur --database-url postgres://errand@db/errand
        "#]],
    )
    .await;
}

#[tokio::test]
async fn commands_about_everything_you_have() {
    let Some(home) = Home::new() else { return };
    help(&home, "export", expect![[r#"
        Write everything you have as JSON, or everything that everybody has

        To the file, which is replaced, or to standard output. `errand import` takes it back, also on
        another machine.

        With --all it is the whole installation, out of SQLite or PostgreSQL, while writes go on: the
        log byte for byte, people, reminders, deliveries, tokens, conversations. `errand import`
        takes it into an empty database of either kind. To miss nothing that is written meanwhile,
        stop Errand and export once more what came --since; all that has no place in the log goes
        whole each time.

        Usage: errand export [OPTIONS] [TO]

        Arguments:
          [TO]
                  The file

        Options:
              --all
                  The whole installation

              --since <EXPORT>
                  Only what came since the export in that file; its beginning is enough

          -h, --help
                  Print help (see a summary with '-h')

        Examples:
          errand export mine.json
          errand export | jq '.tasks[].title'
          errand export --all all.ndjson
          errand export --all --since all.ndjson rest.ndjson
    "#]]).await;
    help(&home, "import",
        expect![[r#"
            Read what `export` wrote

            From the file, or from standard input. All is as it was there: times, order, comments, series,
            closed tasks closed; each history begins with the import. A large file goes in part by part.
            Importing the same twice makes nothing twice: what is there stays as it is, so that importing
            once more finishes what was interrupted.

            What `export --all` wrote goes into an empty database, and what came --since to where the
            first part is; whole, or not at all. Open pages then read everything anew, and reminders that
            were due until now are skipped. Tokens and sign-ins go on with the key of the old folder.

            Usage: errand import [OPTIONS] [FROM]

            Arguments:
              [FROM]
                      The file

            Options:
              -h, --help
                      Print help (see a summary with '-h')

            Examples:
              errand import mine.json
              ssh old-machine errand export | errand import
              errand import all.ndjson --database-url postgres://errand@db/errand
        "#]],
    )
    .await;
    help(
        &home,
        "backup",
        expect![[r#"
        Copy the database to a file, while it is in use (SQLite; PostgreSQL has its own tools)

        Usage: errand backup [OPTIONS] <TO>

        Arguments:
          <TO>  The file; it must not exist yet

        Options:
          -h, --help  Print help

        Examples:
          errand backup /mnt/backup/errand-monday.db

        `errand restore` puts it back.
    "#]],
    )
    .await;
    help(&home, "restore",
        expect![[r#"
            Put a backup in place of the database

            Errand must not be running. The database from before is kept beside it. Reminders that would
            have come since the backup are marked as skipped, and open pages read everything anew.

            Usage: errand restore [OPTIONS] <FROM>

            Arguments:
              <FROM>
                      What `backup` wrote

            Options:
              -h, --help
                      Print help (see a summary with '-h')

            Examples:
              errand restore /mnt/backup/errand-monday.db
        "#]],
    )
    .await;
}

#[tokio::test]
async fn commands_for_programs_and_proofs() {
    let Some(home) = Home::new() else { return };
    help(&home, "token",
        expect![[r#"
            Make a token for a program, or a link for a browser

            It is shown this once. Programs send it as `Authorization: Bearer TOKEN`. A link signs one
            browser in, within a day.

            Scopes: tasks:read, tasks:write, tasks:delete, events:read, audit:read, account, calendar:read;
            assistant, which reads and changes tasks by what is said to it; and confirm:agent, to say yes
            where it asks first, as before it deletes.

            Usage: errand token [OPTIONS]

            Options:
                  --link
                      A link for a browser instead

                  --name <NAME>
                      What it is for; stands in the history as the client

                      [default: cli]

                  --scopes <SCOPES>
                      What it may do, with commas between; everything unless given

              -h, --help
                      Print help (see a summary with '-h')

            Examples:
              errand token --name laptop
              errand token --name dashboard --scopes tasks:read,events:read
              errand token --link
        "#]],
    )
    .await;
    help(&home, "rebuild", expect![[r#"
        Write the tables anew from the log

        The log of events is the truth, and the tables follow from it. This folds the log again, says
        what differs, and mends it; with --check it only says so.

        Usage: errand rebuild [OPTIONS]

        Options:
              --check
                  Only say what differs; exit code 1 when anything does

          -h, --help
                  Print help (see a summary with '-h')

    "#]]).await;
    help(&home, "verify", expect![[r#"
        Prove that nothing in the log was altered or removed

        Computes the chain of hashes again, and compares it with the witness's own copy and its signed
        heads. Exit code 1, and the place, when something was altered.

        Usage: errand verify [OPTIONS]

        Options:
          -h, --help
                  Print help (see a summary with '-h')

    "#]]).await;
}
