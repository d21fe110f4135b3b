//! The program in bad surroundings: what it says, word for word, and that it neither writes half nor stays broken.

mod alone;
mod disk;
mod file;
mod mail;
mod settings;

use crate::home::Home;
use std::process::Command;

/// A command of this home as somebody whom the permissions of files bind: they do not bind the superuser. `None` after saying that
/// the test is skipped.
fn bound(home: &Home, arguments: &[&str]) -> Option<Command> {
    let errand = home.errand(arguments);
    let free = home.path("may-i");
    std::fs::create_dir_all(&free).expect("a folder");
    forbid(&free, 0o500);
    if std::fs::write(free.join("file"), "").is_err() {
        return Some(errand);
    }
    let mut command = Command::new("setpriv");
    let without = ["--inh-caps=-all", "--bounding-set=-all"];
    if !Command::new("setpriv")
        .args(without)
        .arg("true")
        .status()
        .is_ok_and(|ended| ended.success())
    {
        testkit::skip::skipped("this is the superuser, and there is no setpriv (util-linux)");
        return None;
    }
    command.args(without).arg(errand.get_program());
    command.args(arguments);
    home.surround(&mut command);
    Some(command)
}

fn forbid(path: &std::path::Path, mode: u32) {
    use std::os::unix::fs::PermissionsExt;
    let permissions = std::fs::Permissions::from_mode(mode);
    std::fs::set_permissions(path, permissions).expect("it is ours");
}
