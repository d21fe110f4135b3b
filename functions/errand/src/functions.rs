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

    /// The relay, which delivers to them.
    pub fn relay(&self) -> Relay {
        let clock = self.deps.clock.clone();
        let bus = Arc::new(MemoryBus::new(self.subscribers(), clock.clone()));
        let holder = self.deps.ids.uuid().to_string();
        let installation = self.deps.key.installation();
        Relay::new(self.deps.store.clone(), bus, clock, installation, holder)
    }
}
