//! Builds the page with Vite, so that `cargo run` stays the one command.
//!
//! - `ERRAND_PAGE=DIR` embeds a page built elsewhere, for builders without npm.
//! - `ERRAND_PAGE=none` leaves the page out: clippy, editors and jobs without the page need no Node.
//! - Without npm a dev build warns and embeds a page that says so; a release build fails.

#![expect(
    clippy::disallowed_methods,
    reason = "the environment is what cargo tells a build script"
)]

use std::path::{Path, PathBuf};
use std::process::{Command, ExitCode};
use std::{env, fs, io};

const SOURCES: [&str; 8] = [
    "src",
    "public",
    "index.html",
    "package.json",
    "package-lock.json",
    ".npmrc",
    "tsconfig.json",
    "vite.config.ts",
];
const REMEDY: &str = "install Node 20.19 or newer with npm, or set ERRAND_PAGE to a folder with a built page (or to `none`)";

fn main() -> ExitCode {
    println!("cargo:rerun-if-env-changed=ERRAND_PAGE");
    let page =
        PathBuf::from(env::var_os("CARGO_MANIFEST_DIR").expect("cargo sets it")).join("page");
    let out = PathBuf::from(env::var_os("OUT_DIR").expect("cargo sets it")).join("page");
    for source in SOURCES {
        println!("cargo:rerun-if-changed={}", page.join(source).display());
    }
    let built = match env::var("ERRAND_PAGE").as_deref() {
        Ok("none") => placeholder(
            &out,
            "This build of Errand carries no page (ERRAND_PAGE=none).",
        ),
        Ok(folder) if !folder.is_empty() => {
            println!("cargo:rerun-if-changed={folder}");
            empty(&out).and_then(|()| copy(Path::new(folder), &out))
        }
        _ if npm()
            .arg("--version")
            .output()
            .is_ok_and(|answer| answer.status.success()) =>
        {
            build(&page, &out)
        }
        _ if env::var("PROFILE").as_deref() == Ok("release") => {
            Err(io::Error::other(format!("npm was not found: {REMEDY}")))
        }
        _ => {
            println!("cargo:warning=npm was not found, so this build has no page: {REMEDY}");
            // A file that never exists makes cargo ask again next time, and so notice when npm has come.
            println!(
                "cargo:rerun-if-changed={}",
                page.join("npm-was-absent").display()
            );
            placeholder(
                &out,
                "This build of Errand has no page, because npm was not found. Install Node 20.19 or newer and build again.",
            )
        }
    };
    match built {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("{error}");
            ExitCode::FAILURE
        }
    }
}

/// `npm ci` when the lock file changed, then Vite. A file lock keeps an editor's cargo, with a target folder of its own, apart.
fn build(page: &Path, out: &Path) -> io::Result<()> {
    let lock = fs::File::create(page.join(".build.lock"))?;
    lock.lock()?;
    let wanted = fs::read(page.join("package-lock.json"))?;
    let stamp = page.join("node_modules/.errand-lock");
    if fs::read(&stamp).ok().as_deref() != Some(&wanted) {
        run(npm()
            .args(["ci", "--no-audit", "--no-fund"])
            .current_dir(page))?;
        fs::write(&stamp, wanted)?;
    }
    run(npm()
        .args([
            "run",
            "--silent",
            "build",
            "--",
            "--emptyOutDir",
            "--outDir",
        ])
        .arg(out)
        .current_dir(page))
}

fn npm() -> Command {
    Command::new(if cfg!(windows) { "npm.cmd" } else { "npm" })
}

/// Runs a command; its own words are the error when it fails.
fn run(command: &mut Command) -> io::Result<()> {
    let answer = command.output()?;
    if answer.status.success() {
        return Ok(());
    }
    let words = [answer.stdout, answer.stderr].concat();
    Err(io::Error::other(format!(
        "{command:?} failed:\n{}",
        String::from_utf8_lossy(&words)
    )))
}

fn placeholder(out: &Path, words: &str) -> io::Result<()> {
    empty(out)?;
    let html = format!(
        "<!doctype html><html lang=\"en\"><meta charset=\"utf-8\"><title>Errand</title><h1>Errand</h1><p>{words}</p></html>\n"
    );
    fs::write(out.join("index.html"), html)
}

fn empty(folder: &Path) -> io::Result<()> {
    if folder.exists() {
        fs::remove_dir_all(folder)?;
    }
    fs::create_dir_all(folder)
}

fn copy(from: &Path, to: &Path) -> io::Result<()> {
    for entry in fs::read_dir(from)? {
        let entry = entry?;
        let target = to.join(entry.file_name());
        if entry.file_type()?.is_dir() {
            fs::create_dir_all(&target)?;
            copy(&entry.path(), &target)?;
        } else {
            fs::copy(entry.path(), target)?;
        }
    }
    Ok(())
}
