//! The machine's clock, which people and time servers set.

use crate::Clock;
use jiff::Timestamp;
use std::time::{Duration, Instant};

/// The machine's clock.
#[derive(Clone, Copy, Debug, Default)]
pub struct SystemClock;

/// How long it sleeps at most without a look at the wall clock: so late is noticed that it was set, or that a laptop slept.
const GLANCE: Duration = Duration::from_secs(1);

#[async_trait::async_trait]
impl Clock for SystemClock {
    fn now(&self) -> Timestamp {
        Timestamp::now()
    }

    /// When the clock is set back meanwhile, returns no later than it would have without that: who waits for a moment looks again,
    /// and who waits for a while has waited.
    async fn sleep_until(&self, moment: Timestamp) {
        let began = Instant::now();
        let passed = move || began.elapsed();
        wait(Timestamp::now, passed, tokio::time::sleep, moment).await;
    }
}

/// Returns a glance after `wall` shows the moment at the latest, and once as much has `passed` as it was away.
async fn wait<S: Future<Output = ()>>(
    wall: impl Fn() -> Timestamp,
    passed: impl Fn() -> Duration,
    sleep: impl Fn(Duration) -> S,
    moment: Timestamp,
) {
    let ahead = || Duration::try_from(moment.duration_since(wall())).unwrap_or_default();
    let away = ahead();
    loop {
        let left = ahead().min(away.saturating_sub(passed()));
        if left.is_zero() {
            return;
        }
        sleep(left.min(GLANCE)).await;
    }
}

#[cfg(test)]
mod tests;
