//! The command line, as a newcomer uses it.

mod doctor;
mod everyday;
mod everything;
mod help;
mod interpret;
mod keeping;
mod mistakes;
mod moving;

use crate::home::Home;
use expect_test::Expect;

/// What a command says, word for word.
async fn check(home: &Home, arguments: &[&str], expected: Expect) {
    expected.assert_eq(&home.run(arguments).await.to_string());
}

/// A command that is only a step on the way.
async fn done(home: &Home, arguments: &[&str]) -> String {
    let said = home.run(arguments).await;
    assert_eq!(said.code, Some(0), "{arguments:?}: {said}");
    said.out
}
