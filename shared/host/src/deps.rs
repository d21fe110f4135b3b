//! What every function is given.

use crate::{
    Clock, Config, Key, SystemClock,
    health::{Looks, Needs, NothingElse},
    rates::Rates,
    who::Known,
};
use axum::extract::{FromRef, FromRequestParts};
use http::request::Parts;
use std::{convert::Infallible, sync::Arc};
use store::Store;
use uuid::Uuid;

/// Store, clock, ids and configuration: all that a function may touch. Cheap to clone. It is an extractor itself.
#[derive(Clone)]
pub struct Deps {
    /// Where everything is kept.
    pub store: Arc<dyn Store>,
    /// What time it is.
    pub clock: Arc<dyn Clock>,
    /// New ids and secrets.
    pub ids: Arc<dyn Ids>,
    /// The installation's settings.
    pub config: Arc<Config>,
    /// The installation's key: secrets are kept only as their hash under it.
    pub key: Arc<Key>,
    /// Credentials seen in the last seconds.
    pub known: Arc<Known>,
    /// How much everybody asked lately.
    pub rates: Arc<Rates>,
    /// What this process needs beside the database.
    pub needs: Arc<dyn Needs>,
    /// The look at what it needs that is under way, for probes.
    pub looks: Arc<Looks>,
}

impl Deps {
    /// All of it, of the real world but for the store.
    pub fn new(store: Arc<dyn Store>, config: Arc<Config>, key: Arc<Key>) -> Self {
        Self::of(
            store,
            Arc::new(SystemClock),
            Arc::new(SystemIds),
            config,
            key,
        )
    }

    /// All of it, with a clock and ids of one's own.
    pub fn of(
        store: Arc<dyn Store>,
        clock: Arc<dyn Clock>,
        ids: Arc<dyn Ids>,
        config: Arc<Config>,
        key: Arc<Key>,
    ) -> Self {
        Self {
            store,
            clock,
            ids,
            config,
            key,
            known: Arc::default(),
            rates: Arc::default(),
            needs: Arc::new(NothingElse),
            looks: Arc::default(),
        }
    }
}

impl<S> FromRequestParts<S> for Deps
where
    Self: FromRef<S>,
    S: Send + Sync,
{
    type Rejection = Infallible;

    async fn from_request_parts(_: &mut Parts, state: &S) -> Result<Self, Infallible> {
        Ok(Self::from_ref(state))
    }
}

/// What a store is opened with: `store::open(url, host::deps::options(clock, ids))`.
pub fn options(clock: Arc<dyn Clock>, ids: Arc<dyn Ids>) -> store::Options {
    let random = move || {
        let secret = ids.secret();
        secret
            .iter()
            .take(16)
            .fold(0, |number, byte| number << 8 | u128::from(*byte))
    };
    store::Options::new(Arc::new(move || clock.now()), Arc::new(random))
}

/// Where new ids and secrets come from.
pub trait Ids: Send + Sync {
    /// A new UUIDv7.
    fn uuid(&self) -> Uuid;
    /// 32 bytes that nobody can guess.
    fn secret(&self) -> [u8; 32];
}

/// UUIDv7 of the machine's clock, secrets of the operating system's randomness.
#[derive(Clone, Copy, Debug, Default)]
pub struct SystemIds;

impl Ids for SystemIds {
    fn uuid(&self) -> Uuid {
        Uuid::now_v7()
    }

    fn secret(&self) -> [u8; 32] {
        rand::random()
    }
}
