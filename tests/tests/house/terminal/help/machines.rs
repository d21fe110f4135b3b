//! Of the commands for an installation of many processes.

use super::help;
use crate::home::Home;
use expect_test::expect;

#[tokio::test]
async fn commands_for_several_machines() {
    let Some(home) = Home::new() else { return };
    help(
        &home,
        "doctor",
        expect![[r#"
        Look at this installation, and say what is wrong and what to do

        The database and its tables, clocks, what waits to be published and who publishes it, dead letters, Kafka and
        its topics and who reads them, mail, the sidecar, and functions by their addresses: each a line, `ok`, `wrong`, or `-` for
        what is not set up. It mends nothing. Exit code 1 when anything is wrong.

        Usage: errand doctor [OPTIONS]

        Options:
              --to <NAME=URL>
                  Where a function is, as tasks=http://tasks.example; each is asked whether it is ready and takes events

                  [env: ERRAND_DOCTOR_TO=]

              --subscriptions <NAME=EVENTS>
                  What wakes a function where it is installed, as recur=task.completed+task.dropped; compared with what this release asks for

                  [env: ERRAND_DOCTOR_SUBSCRIPTIONS=]

              --readers <GROUP=TOPIC>
                  Who reads Kafka for the functions, as errand.recur=task-events, in the names of the cluster; `none` where nobody does. Without it: the groups of `errand dispatch`

                  [env: ERRAND_DOCTOR_READERS=]

              --sidecar <PORT>
                  The port of Dapr's sidecar

                  [env: DAPR_HTTP_PORT=]

          -h, --help
                  Print help (see a summary with '-h')

        Examples:
          errand doctor
          errand doctor --to tasks=http://tasks,remind=http://remind
        "#]],
    )
    .await;
    help(
        &home,
        "front",
        expect![[r#"
        One address for functions that run alone: hands each request to the one that answers its path

        For where they are found by host name, as on Knative. It opens no database and needs no key.

        Usage: errand front [OPTIONS]

        Options:
              --to <NAME=URL>
                  Where a function is, as tasks=http://tasks.example; each that answers requests must be named

                  [env: ERRAND_FRONT_TO=]

          -h, --help
                  Print help (see a summary with '-h')

        Examples:
          errand front --to tasks=http://tasks,chat=http://chat,accounts=http://accounts,audit=http://audit,live=http://live,web=http://web
    "#]],
    )
    .await;
    help(
        &home,
        "migrate",
        expect![[r#"
        Bring the database's tables up to date, and end

        Every start does that where it is needed. This is for a step before a release, as the tables'
        owner, so that what serves needs fewer rights.

        Usage: errand migrate [OPTIONS]

        Options:
          -h, --help
                  Print help (see a summary with '-h')

        Examples:
          errand migrate --database-url postgres://owner@db/errand
    "#]],
    )
    .await;
}
