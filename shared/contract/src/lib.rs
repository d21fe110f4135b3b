//! The wire: what events and answers look like outside, held by goldens.

pub mod cloud;
pub mod data;
pub mod doc;
