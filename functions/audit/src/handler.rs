//! What happens on an event: the witness looks at the log itself. The event is only a hint, so a lost one costs nothing.

use crate::House;
use host::events::{Incoming, Outcome};

/// Copies the event's stream as far as it goes, unless that line is copied already.
pub(crate) async fn on_event(house: House, event: Incoming) -> Outcome {
    let n = event.id.rsplit_once(':').and_then(|(_, n)| n.parse().ok());
    if n.is_some_and(|n| house.witness.has(event.stream, n)) {
        return Outcome::Done;
    }
    let (store, now) = (house.deps.store.as_ref(), house.deps.clock.now());
    house.witness.copy(store, event.stream, now).await.into()
}
