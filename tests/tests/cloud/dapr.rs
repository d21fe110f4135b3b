//! Through Dapr's real sidecar, with the components of `dapr/local`.

mod events;
mod files;
mod mail;
mod secrets;
mod state;
mod ticks;

use std::{
    net::TcpListener,
    path::Path,
    process::{Child, Command, Stdio},
};

/// A process of `errand` that ends with the value.
struct Process(Child);

impl Process {
    /// With the data folder, the port and these variables, and nothing else set.
    fn start(words: &[&str], folder: &Path, port: u16, variables: &[(&str, &str)]) -> Self {
        let mut command = errand(words, folder, variables);
        command.env("PORT", port.to_string());
        Self(command.spawn().unwrap())
    }
}

impl Drop for Process {
    fn drop(&mut self) {
        let _gone = self.0.kill();
        let _ended = self.0.wait();
    }
}

fn errand(words: &[&str], folder: &Path, variables: &[(&str, &str)]) -> Command {
    let mut command = Command::new(std::env::var("ERRAND_TEST_BINARY").unwrap());
    command
        .args(words)
        .env("ERRAND_DATA", folder)
        .env("ERRAND_LOG", "warn")
        .envs(variables.iter().copied())
        .stdin(Stdio::null())
        .stdout(Stdio::null());
    command
}

fn free_port() -> u16 {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    listener.local_addr().unwrap().port()
}

/// A mail whose long lines are whole again (quoted-printable).
fn unfolded(data: &str) -> String {
    data.replace("=\r\n", "")
}
