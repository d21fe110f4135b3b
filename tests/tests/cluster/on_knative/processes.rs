//! The release's processes, as the machine sees them that runs the node.

use super::release::Release;
use jiff::Timestamp;
use std::fs::{read, read_dir, read_to_string};

/// In a second, of what the kernel counts by.
const TICKS: i64 = 100;

/// One `errand` in a pod.
pub(crate) struct Process {
    pub(crate) id: u32,
    /// As it was started: `serve tasks`.
    pub(crate) words: String,
    /// Its pod's name.
    pub(crate) pod: String,
}

impl Release {
    /// All of them.
    pub(crate) fn processes(&self) -> Vec<Process> {
        let ids = read_dir("/proc").unwrap().flatten();
        let ids = ids.filter_map(|entry| entry.file_name().to_str()?.parse().ok());
        ids.filter_map(|id| self.process(id)).collect()
    }

    fn process(&self, id: u32) -> Option<Process> {
        let told = read_to_string(format!("/proc/{id}/cmdline")).ok()?;
        let mut words = told.split('\0').filter(|word| !word.is_empty());
        if words.next()? != "/errand" {
            return None;
        }
        let around = read(format!("/proc/{id}/environ")).ok()?;
        let around = String::from_utf8_lossy(&around).into_owned();
        // Each knows the namespace, by an address or by its topics.
        let mut variables = around.split('\0');
        let pod = variables
            .find_map(|one| one.strip_prefix("HOSTNAME="))?
            .to_owned();
        around.contains(&self.space).then(|| Process {
            id,
            words: words.collect::<Vec<_>>().join(" "),
            pod,
        })
    }
}

impl Process {
    /// Kilobytes that it has in memory: all, and those that are its own.
    pub(crate) fn memory(&self) -> Option<(f64, f64)> {
        let status = read_to_string(format!("/proc/{}/status", self.id)).ok()?;
        let kilobytes = |name: &str| -> Option<f64> {
            let line = status.lines().find_map(|line| line.strip_prefix(name))?;
            line.split_whitespace().next()?.parse().ok()
        };
        Some((kilobytes("VmRSS:")?, kilobytes("RssAnon:")?))
    }

    /// When the kernel started it.
    pub(crate) fn began(&self) -> Option<Timestamp> {
        let of_machine = read_to_string("/proc/stat").ok()?;
        let booted = of_machine
            .lines()
            .find_map(|line| line.strip_prefix("btime "))?;
        let of_it = read_to_string(format!("/proc/{}/stat", self.id)).ok()?;
        let (_, rest) = of_it.rsplit_once(')')?;
        let ticks: i64 = rest.split_whitespace().nth(19)?.parse().ok()?;
        let booted: i64 = booted.trim().parse().ok()?;
        Timestamp::from_millisecond(booted * 1_000 + ticks * 1_000 / TICKS).ok()
    }
}
