//! Every function over one store, in one process.

use crate::published;
use axum::Router;
use bus::{MemoryBus, Relay, Subscriber};
use host::Deps;
use notify::Channel;
use std::sync::Arc;

/// All functions, with what they are given.
#[derive(Clone)]
pub struct Functions {
    /// Store, clock, ids, configuration.
    pub deps: Deps,
    /// The ways to reach people that the installation has.
    pub channels: Vec<Arc<dyn Channel>>,
    /// The witness of the log.
    pub witness: Arc<audit::Witness>,
}

impl Functions {
    /// Everything that is open to the outside, with the edge around it.
    pub fn router(&self, feed: &live::Feed) -> Router {
        let deps = || self.deps.clone();
        let routers = tasks::router(deps())
            .merge(accounts::router(deps()))
            .merge(chat::router(deps()))
            .merge(live::router(deps(), feed))
            .merge(audit::router(deps(), self.witness.clone()))
            .merge(published::routes().router(()))
            .merge(web::router());
        host::edge(routers, &self.deps)
    }

    /// Whom events are delivered to.
    pub fn subscribers(&self) -> Vec<Subscriber> {
        let subscriber = |name, kinds, router| Subscriber {
            name,
            kinds,
            router,
        };
        vec![
            subscriber("recur", recur::SUBSCRIBES, recur::router(self.deps.clone())),
            subscriber(
                "remind",
                remind::SUBSCRIBES,
                remind::router(self.deps.clone(), self.channels.clone()),
            ),
            subscriber(
                "audit",
                audit::SUBSCRIBES,
                audit::events_router(self.deps.clone(), self.witness.clone()),
            ),
        ]
    }

    /// The relay, which delivers to them; it leads under that name.
    pub fn relay(&self, holder: &str) -> Relay {
        self.relay_to(self.subscribers(), holder)
    }

    /// Delivers what is in the outbox to those of whom nobody outside hears: the next occurrence is made, the witness copies. A
    /// reminder that is due is left to the clock, which finds it in the database.
    ///
    /// # Errors
    /// When the store does not answer; what was not delivered is delivered later.
    pub async fn settle(&self, holder: &str) -> Result<(), store::StoreError> {
        let mut quiet = self.subscribers();
        quiet.retain(|subscriber| subscriber.kinds != remind::SUBSCRIBES);
        let mut relay = self.relay_to(quiet, holder);
        while relay.step(self.deps.clock.now()).await? > 0 {}
        Ok(())
    }

    fn relay_to(&self, subscribers: Vec<Subscriber>, holder: &str) -> Relay {
        let clock = self.deps.clock.clone();
        let bus = Arc::new(MemoryBus::new(subscribers, clock.clone()));
        let installation = self.deps.key.installation();
        Relay::new(self.deps.store.clone(), bus, clock, installation, holder)
    }
}
