//! What both databases do by the same SQL: the whole [`crate::Store`] over a [`crate::backend::Backend`].

pub(crate) mod house;
pub(crate) mod ledger;
pub(crate) mod load;
pub(crate) mod log;
pub(crate) mod outbox;
mod pages;
pub(crate) mod people;
pub(crate) mod rebuild;
pub(crate) mod records;
pub(crate) mod seek;
mod store;
pub(crate) mod tasks;
