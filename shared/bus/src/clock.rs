//! Time, as everything that waits is given it.

use async_trait::async_trait;
use jiff::Timestamp;

/// Tells the time and waits for it: the machine's (`host::SystemClock`), or a simulation's.
/// It stands here because the bus is the lowest room that waits.
#[async_trait]
pub trait Clock: Send + Sync {
    /// Now, UTC.
    fn now(&self) -> Timestamp;
    /// Returns at that moment, or at once when it has passed; earlier where the clock was set back meanwhile.
    async fn sleep_until(&self, moment: Timestamp);
}
