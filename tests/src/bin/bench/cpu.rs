//! CPU time, by thread: the kernel's count of nanoseconds, in user space and in the kernel together.

use std::{
    collections::BTreeMap,
    fs,
    path::{Path, PathBuf},
    time::Duration,
};

/// A thread of some process.
#[derive(Clone, Debug)]
pub(crate) struct Thread {
    /// Its name, at most 15 characters.
    pub(crate) name: String,
    /// What it has used since it began.
    pub(crate) used: Duration,
}

/// The threads of a process, by id.
pub(crate) fn threads(process: &str) -> BTreeMap<u32, Thread> {
    let folder = PathBuf::from("/proc").join(process).join("task");
    let entries = fs::read_dir(folder).into_iter().flatten().flatten();
    let read = |entry: fs::DirEntry| {
        let id = entry.file_name().to_str()?.parse().ok()?;
        let name = fs::read_to_string(entry.path().join("comm")).ok()?;
        let thread = Thread {
            name: name.trim().to_owned(),
            used: used(&entry.path())?,
        };
        Some((id, thread))
    };
    entries.filter_map(read).collect()
}

/// All of a process's threads together.
pub(crate) fn of_process(id: u32) -> Duration {
    threads(&id.to_string())
        .values()
        .map(|thread| thread.used)
        .sum()
}

/// What the calling thread has used since it began.
pub(crate) fn of_this_thread() -> Duration {
    used(Path::new("/proc/thread-self")).unwrap_or_default()
}

fn used(thread: &Path) -> Option<Duration> {
    let stat = fs::read_to_string(thread.join("schedstat")).ok()?;
    let nanos = stat.split(' ').next()?.parse().ok()?;
    Some(Duration::from_nanos(nanos))
}
