//! Time for tests: it stands still until it is moved, or runs on from where it stands.

use host::Clock;
use jiff::{SignedDuration, Timestamp};
use std::time::Instant;
use tokio::sync::watch;

/// A clock that is set by hand. Whoever sleeps on it wakes when it is set to their moment or later.
pub struct HandClock(watch::Sender<Face>);

#[derive(Clone, Copy)]
struct Face {
    set: Timestamp,
    /// Since when it runs; it stands still otherwise.
    runs: Option<Instant>,
}

impl Face {
    fn now(&self) -> Timestamp {
        let ran = self.runs.map(|since| since.elapsed());
        let ran = ran.and_then(|ran| SignedDuration::try_from(ran).ok());
        self.set + ran.unwrap_or_default()
    }
}

impl HandClock {
    /// Stands at that moment.
    pub fn at(moment: Timestamp) -> Self {
        Self(watch::Sender::new(Face {
            set: moment,
            runs: None,
        }))
    }

    /// Sets it; a running one runs on from there.
    pub fn set(&self, moment: Timestamp) {
        self.0.send_modify(|face| {
            face.set = moment;
            face.runs = face.runs.map(|_| Instant::now());
        });
    }

    /// Lets it run as the machine's does, for what only happens while time passes (pages that follow the log).
    pub fn run(&self) {
        self.0.send_modify(|face| {
            face.set = face.now();
            face.runs = Some(Instant::now());
        });
    }
}

#[async_trait::async_trait]
impl Clock for HandClock {
    fn now(&self) -> Timestamp {
        self.0.borrow().now()
    }

    async fn sleep_until(&self, moment: Timestamp) {
        let mut face = self.0.subscribe();
        loop {
            let seen = *face.borrow_and_update();
            let left = std::time::Duration::try_from(moment.duration_since(seen.now()));
            let Some(left) = left.ok().filter(|left| !left.is_zero()) else {
                return;
            };
            let wait = async {
                match seen.runs {
                    Some(_) => tokio::time::sleep(left).await,
                    None => std::future::pending().await,
                }
            };
            tokio::select! {
                biased;
                moved = face.changed() => if moved.is_err() { return },
                () = wait => {}
            }
        }
    }
}
