//! Lines that are not understood.

use super::check;
use crate::home::Home;
use expect_test::expect;

#[tokio::test]
async fn what_is_not_understood() {
    let Some(home) = Home::new() else { return };
    check(
        &home,
        &["buy", "milk"],
        expect![[r#"
        error: unrecognized subcommand 'buy'

        Usage: errand [OPTIONS] [COMMAND]

        For more information, try '--help'.

        To make a task of a line: errand add 'buy milk tomorrow'
        (exit code 2)
    "#]],
    )
    .await;
    check(
        &home,
        &["todya"],
        expect![[r#"
        error: unrecognized subcommand 'todya'

          tip: a similar subcommand exists: 'today'

        Usage: errand [OPTIONS] [COMMAND]

        For more information, try '--help'.

        To make a task of a line: errand add 'buy milk tomorrow'
        (exit code 2)
    "#]],
    )
    .await;
    check(
        &home,
        &["add"],
        expect![[r#"
        error: the following required arguments were not provided:
          <WORDS>...

        Usage: errand add --data <FOLDER> <WORDS>...

        For more information, try '--help'.
        (exit code 2)
    "#]],
    )
    .await;
    check(
        &home,
        &["verify", "--quick"],
        expect![[r#"
        error: unexpected argument '--quick' found

        Usage: errand verify [OPTIONS]

        For more information, try '--help'.
        (exit code 2)
    "#]],
    )
    .await;
    check(
        &home,
        &["token", "--link", "--name", "x"],
        expect![[r#"
        error: the argument '--link' cannot be used with '--name <NAME>'

        Usage: errand token --link --data <FOLDER>

        For more information, try '--help'.
        (exit code 2)
    "#]],
    )
    .await;
    assert!(!home.data().exists(), "nothing was begun");
}
