//! What helps with words.

use super::help;
use crate::home::Home;
use expect_test::expect;

#[tokio::test]
async fn the_command_that_shows_how_words_are_read() {
    let Some(home) = Home::new() else { return };
    help(&home, "interpret", expect![[r#"
        Say what words would do; nothing is done

        Shows how a line is understood: what it would do, dates, repetition, reminders, how sure that
        is, and which words were read as what. As JSON, as `POST /api/v1/interpret` answers it.

        Without words it reads standard input: a JSON object a line, or with --text a line of text a
        line, and answers each by a line: how it is understood, or what is wrong with it.

        It needs no data folder, so it knows no lists and no settings of yours.

        Usage: errand interpret [OPTIONS] [WORDS]...

        Arguments:
          [WORDS]...
                  The line, as you would say it; standard input is read where there is none

        Options:
              --add
                  Read it as `errand add` does: whatever it says becomes a task

              --now <MOMENT>
                  When it was written, with an offset [default: now]

              --zone <ZONE>
                  Where it was written [default: this machine's time zone]

                  [env: ERRAND_ZONE]

              --text
                  The lines of standard input are text as you would say it, not JSON

          -h, --help
                  Print help (see a summary with '-h')

        Examples:
          errand interpret call mom tomorrow at 3pm
          errand interpret --add 'pay rent monthly on the 31st !high #home'
          errand interpret --now 2026-11-25T10:00:00+01:00 --zone Europe/Berlin 'move the dentist to friday'
          errand interpret --text < lines.txt
          errand interpret < lines.jsonl > answers.jsonl
    "#]]).await;
}
