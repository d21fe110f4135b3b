//! Commands that move a house: everything out of one database and into another.

use crate::{
    app::{App, WITNESS},
    commands, keep,
    lock::Lock,
    say::say,
};
use anyhow::{Context, bail};
use host::Config;
use std::{
    fs::File,
    io::{BufRead, BufReader, BufWriter, Read, Write},
    path::{Path, PathBuf},
};
use store::moving::{Ends, Imported, is_everything};
use tokio::sync::mpsc::{self, Receiver};

/// `errand export --all [--since EXPORT] [FILE]`
pub(crate) async fn export(
    config: Config,
    since: Option<&Path>,
    to: Option<&Path>,
) -> anyhow::Result<()> {
    let since = since.map(ends).transpose()?;
    let out = Out::open(to)?;
    let app = keep::open(config).await?;
    let (some, more) = mpsc::channel(4);
    let store = app.deps.store.clone();
    let telling = tokio::spawn(async move { store.export(since, some).await });
    let written = tokio::task::spawn_blocking(move || write(out, more)).await?;
    let told = telling.await?;
    app.close().await;
    let out = written.with_context(|| unwritten(to))?;
    told?;
    out.finish().with_context(|| unwritten(to))
}

fn unwritten(to: Option<&Path>) -> String {
    match to {
        Some(path) => format!("{} cannot be written", path.display()),
        None => "standard output cannot be written".to_owned(),
    }
}

/// Where an earlier export ended.
fn ends(path: &Path) -> anyhow::Result<Ends> {
    let shown = path.display();
    let file = File::open(path).with_context(|| format!("{shown} cannot be read"))?;
    Ends::read(BufReader::new(file).lines()).with_context(|| format!("{shown} cannot be used"))
}

/// Where an export goes: a file has its name once it is whole.
enum Out {
    Standard(BufWriter<std::io::Stdout>),
    File {
        file: BufWriter<File>,
        part: PathBuf,
        to: PathBuf,
    },
}

impl Out {
    fn open(to: Option<&Path>) -> anyhow::Result<Self> {
        let Some(to) = to else {
            return Ok(Self::Standard(BufWriter::new(std::io::stdout())));
        };
        let part = PathBuf::from(format!("{}.part", to.display()));
        let mut options = File::options();
        options.write(true).create(true).truncate(true);
        // Everybody's tasks are in it.
        #[cfg(unix)]
        std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
        let file = options.open(&part).with_context(|| unwritten(Some(to)))?;
        Ok(Self::File {
            file: BufWriter::new(file),
            part,
            to: to.to_owned(),
        })
    }

    fn say(&mut self, text: &str) -> std::io::Result<()> {
        match self {
            Self::Standard(out) => out.write_all(text.as_bytes()),
            Self::File { file, .. } => file.write_all(text.as_bytes()),
        }
    }

    fn finish(self) -> std::io::Result<()> {
        match self {
            Self::Standard(mut out) => out.flush(),
            Self::File { mut file, part, to } => {
                file.flush()?;
                file.get_ref().sync_all()?;
                std::fs::rename(part, to)
            }
        }
    }
}

fn write(mut out: Out, mut more: Receiver<String>) -> std::io::Result<Out> {
    while let Some(text) = more.blocking_recv() {
        out.say(&text)?;
    }
    Ok(out)
}

/// `errand import [FILE]`, of whatever `errand export` wrote.
pub(crate) async fn import(config: Config, from: Option<&Path>) -> anyhow::Result<()> {
    let name = from.map_or("standard input".to_owned(), |path| {
        path.display().to_string()
    });
    let unread = || format!("{name} cannot be read");
    let mut read: Box<dyn BufRead + Send> = match from {
        Some(path) => Box::new(BufReader::new(File::open(path).with_context(unread)?)),
        None => Box::new(BufReader::new(std::io::stdin())),
    };
    if is_everything(read.fill_buf().with_context(unread)?) {
        return everything(config, read, &name).await;
    }
    let mut text = String::new();
    read.read_to_string(&mut text).with_context(unread)?;
    commands::import(config, &text, &name).await
}

async fn everything(
    config: Config,
    read: Box<dyn BufRead + Send>,
    name: &str,
) -> anyhow::Result<()> {
    let Some(_lock) = Lock::try_take(&config)? else {
        bail!(
            "another errand serves {}: stop that one first, then import",
            config.data.display()
        );
    };
    let app = App::open(config).await?;
    let (line, lines) = mpsc::channel(1024);
    // A thread of its own: whoever gives up does not wait for standard input.
    std::thread::spawn(move || {
        for read in read.lines() {
            if line.blocking_send(read).is_err() {
                return;
            }
        }
    });
    let done = async {
        let imported = app.deps.store.import(lines).await;
        let imported = imported.with_context(|| format!("{name} cannot be imported"))?;
        let aside = watch(&app, &imported).await?;
        Ok((imported, due(&app).await?, aside))
    };
    let done: anyhow::Result<_> = done.await;
    app.close().await;
    let (imported, due, aside) = done?;
    tell(&imported, due, aside)
}

/// Has the witness watch what came in. A copy of another log, whose database is no more, is put aside; answers its new name.
async fn watch(app: &App, imported: &Imported) -> anyhow::Result<Option<PathBuf>> {
    let mut aside = None;
    if imported.whole {
        let witness = app.open_witness().await?;
        let knows = witness.knows(app.deps.store.as_ref()).await;
        witness.close().await;
        if !knows? {
            aside = keep::put_aside(&app.deps.config.data.join(WITNESS))?;
        }
    }
    app.watch(&imported.signers).await?;
    Ok(aside)
}

/// Whether there are reminders that were due until now.
async fn due(app: &App) -> anyhow::Result<bool> {
    let until = app.deps.store.imported_at().await?.unwrap_or_default();
    Ok(!app.deps.store.due(until, 1).await?.is_empty())
}

fn tell(imported: &Imported, due: bool, aside: Option<PathBuf>) -> anyhow::Result<()> {
    let Imported { people, lines, .. } = imported;
    say(format_args!(
        "Imported. People: {people}. New lines of the log: {lines}, and their chains hold."
    ))?;
    if due {
        say("Reminders that were due until now are marked as skipped at the next start.")?;
    }
    if let Some(aside) = aside {
        say(format_args!(
            "The witness's copy of the log that was here before is kept as {}.",
            aside.display()
        ))?;
    }
    say(keep::WATCHES)?;
    say(
        "Tokens and sign-ins go on if this installation has the key of the old one: the file `key` of its folder, or ERRAND_KEY.",
    )
}
