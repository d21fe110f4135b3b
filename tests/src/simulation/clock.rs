//! Time and ids, as the product is given them.

use super::world::{Sleep, World};
use async_trait::async_trait;
use jiff::Timestamp;
use uuid::Uuid;

/// The machine's clock; all processes have the same one.
pub(crate) struct Clock {
    pub(crate) world: World,
    pub(crate) sleep: Sleep,
}

#[async_trait]
impl host::Clock for Clock {
    fn now(&self) -> Timestamp {
        self.world.wall()
    }

    /// As the real one: it looks at the clock each minute at most, which may have been set meanwhile.
    async fn sleep_until(&self, moment: Timestamp) {
        const GLANCE: i64 = 60_000_000;
        loop {
            let left = moment.as_microsecond() - self.world.wall().as_microsecond();
            if left <= 0 {
                return;
            }
            self.world.nap(left.min(GLANCE), self.sleep).await;
        }
    }
}

/// Ids and secrets out of the seed.
pub(crate) struct Ids(pub(crate) World);

impl host::Ids for Ids {
    fn uuid(&self) -> Uuid {
        let mut state = self.0.state();
        let millis = state.wall().as_millisecond() as u64;
        let random = state.dice.wide().to_be_bytes();
        let mut bytes = [0; 10];
        bytes.copy_from_slice(&random[..10]);
        uuid::Builder::from_unix_timestamp_millis(millis, &bytes).into_uuid()
    }

    fn secret(&self) -> [u8; 32] {
        let mut state = self.0.state();
        let mut secret = [0; 32];
        secret[..16].copy_from_slice(&state.dice.wide().to_be_bytes());
        secret[16..].copy_from_slice(&state.dice.wide().to_be_bytes());
        secret
    }
}
