//! The wire: what events and answers look like outside, held by goldens.

pub mod asyncapi;
pub mod cloud;
pub mod commands;
pub mod data;
pub mod doc;
pub mod import;
pub mod input;
pub mod interpret;
pub mod ledger;
pub mod propose;
pub mod schema;
pub mod upcast;
pub mod words;
