//! What can be done to a task, as data.

mod create;
mod place;
mod verbs;
