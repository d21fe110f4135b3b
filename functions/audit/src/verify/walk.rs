//! One stream after another, line by line.

use super::Broken;
use crate::Witness;
use domain::{
    event::EventKind,
    id::{StreamId, TaskId},
};
use std::collections::HashSet;
use store::{
    LogRow, Store, StoreError,
    chain::{self, Break},
    witness::Signed,
};

/// Lines read at once.
const PAGE: u32 = 500;

/// What was found on the way.
pub(super) struct Walk<'s> {
    store: &'s dyn Store,
    witness: &'s Witness,
    /// Lines that hold.
    pub(super) events: u64,
    /// The latest signed head.
    pub(super) signed: Option<Signed>,
    /// Tasks whose removal is in the log.
    purged: HashSet<TaskId>,
    /// The first line without content of each subject: a removal must explain it.
    bare: Vec<LogRow>,
}

impl<'s> Walk<'s> {
    pub(super) fn new(store: &'s dyn Store, witness: &'s Witness) -> Self {
        Self {
            store,
            witness,
            events: 0,
            signed: None,
            purged: HashSet::new(),
            bare: Vec::new(),
        }
    }

    /// Looks at a stream whose head says `n` and `hash`, and of which the witness saw `seen` lines.
    pub(super) async fn stream(
        &mut self,
        stream: StreamId,
        n: u64,
        hash: &str,
        seen: u64,
    ) -> Result<Option<Broken>, StoreError> {
        let broken = |n, why: String| Ok(Some(Broken { stream, n, why }));
        let published = match self.lines(stream, n, hash).await? {
            Ok(published) => published,
            Err(broken) => return Ok(Some(broken)),
        };
        if seen > n {
            return broken(
                n + 1,
                format!("the log ends before it, but the witness saw {seen} lines"),
            );
        }
        if let Some(more) = self.store.lines(stream, n, 1).await?.first()
            && !self.grows(stream, n).await?
        {
            return broken(more.n, "it stands behind the head".to_owned());
        }
        let kept = self.witness.copy.last_signed(stream).await?;
        for signed in [published, kept].into_iter().flatten() {
            if let Some(why) = self.unsigned(stream, &signed).await? {
                return broken(signed.n, why);
            }
            if self
                .signed
                .as_ref()
                .is_none_or(|latest| latest.at <= signed.at)
            {
                self.signed = Some(signed);
            }
        }
        match self.witness.copy.alarms(stream).await?.into_iter().next() {
            Some(alarm) => broken(alarm.n, format!("{} (noticed at {})", alarm.why, alarm.at)),
            None => Ok(None),
        }
    }

    /// Makes the chain again up to the head, beside the witness's copy. Answers the last head published in it.
    async fn lines(
        &mut self,
        stream: StreamId,
        n: u64,
        hash: &str,
    ) -> Result<Result<Option<Signed>, Broken>, StoreError> {
        let broken = |n, why: &str| {
            Ok(Err(Broken {
                stream,
                n,
                why: why.to_owned(),
            }))
        };
        let mut published = None;
        let (mut at, mut last) = (0, chain::START.to_owned());
        while at < n {
            let lines = self.store.lines(stream, at, PAGE).await?;
            let copied = self.witness.copy.lines(stream, at, PAGE).await?;
            if lines.is_empty() {
                return broken(
                    at + 1,
                    &format!("the log ends before it, but its head says {n} lines"),
                );
            }
            let mut copied = copied.into_iter();
            for line in lines.into_iter().take_while(|line| line.n <= n) {
                if let Err(why) = chain::follows(stream, at, &last, &line) {
                    return broken(at + 1, &words(&why));
                }
                if let Some(copy) = copied.next()
                    && !same(&line, &copy)
                {
                    let own = chain::follows(stream, at, &last, &copy).is_ok();
                    return broken(
                        line.n,
                        if own {
                            "it is not the line that the witness saw"
                        } else {
                            "the witness's copy of it was altered"
                        },
                    );
                }
                published = Signed::published(&line).or(published);
                (at, last) = (line.n, line.hash.clone());
                self.events += 1;
                self.content(line);
            }
        }
        if last != hash {
            return broken(n, "it is the last line, but not the one that the head says");
        }
        Ok(Ok(published))
    }

    /// Remembers what removals explain, and what they must.
    fn content(&mut self, line: LogRow) {
        if line.kind == EventKind::TaskPurged {
            self.purged.insert(TaskId(line.subject));
        } else if line.payload.is_none()
            && self
                .bare
                .last()
                .is_none_or(|last| last.subject != line.subject)
        {
            self.bare.push(line);
        }
    }

    /// Content that is gone although nothing in the log removed it, in streams that hold otherwise.
    pub(super) fn unexplained(&self, breaks: &[Broken]) -> Vec<Broken> {
        let mut found: Vec<Broken> = Vec::new();
        for line in &self.bare {
            // A comment or a reminder goes with its task, which its skeleton does not name.
            let explained = self.purged.contains(&TaskId(line.subject))
                || (!line.kind.name().starts_with("task.") && !self.purged.is_empty());
            let known = breaks
                .iter()
                .chain(&found)
                .any(|broken| broken.stream == line.stream);
            if !explained && !known {
                let why = "its content is gone, and nothing in the log removed it".to_owned();
                found.push(Broken {
                    stream: line.stream,
                    n: line.n,
                    why,
                });
            }
        }
        found
    }

    /// Why a signed head does not hold.
    async fn unsigned(
        &self,
        stream: StreamId,
        signed: &Signed,
    ) -> Result<Option<String>, StoreError> {
        if let Err(why) = self.witness.check(signed) {
            return Ok(Some(why.to_owned()));
        }
        let line = self
            .store
            .lines(stream, signed.n.saturating_sub(1), 1)
            .await?;
        let stands = line.first().is_some_and(|line| {
            signed.stream == stream && line.n == signed.n && line.hash == signed.hash
        });
        Ok((!stands).then(|| format!("it is not the line that was signed at {}", signed.at)))
    }

    /// Whether a stream's head moved on meanwhile.
    async fn grows(&self, stream: StreamId, n: u64) -> Result<bool, StoreError> {
        let heads = self.store.heads().await?;
        Ok(heads
            .iter()
            .any(|(known, now, _)| *known == stream && *now > n))
    }
}

/// A break in the chain without the stream, which is said beside it.
fn words(why: &Break) -> String {
    match why {
        Break::Gap { after, found, .. } => format!("after line {after} comes line {found}"),
        Break::Link { .. } => "it or its place in the chain was altered".to_owned(),
        Break::Content { .. } => "its content was altered".to_owned(),
    }
}

/// Whether a copy is what the witness would make of the line.
fn same(line: &LogRow, copy: &LogRow) -> bool {
    let skeleton = LogRow {
        payload: None,
        salt: None,
        ..line.clone()
    };
    skeleton == *copy
}
