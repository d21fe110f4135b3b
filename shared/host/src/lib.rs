//! Where a function meets the world: configuration, clock, ids, identity, problems, and how a router is served.
//!
//! The only shared crate that reads the clock, the environment and randomness. A function sees none of HTTP's corners:
//!
//! ```no_run
//! use contract::schema;
//! use host::{Answer, Body, Deps, Id, Params, Precondition, Problem, Reads, Routes, Writes};
//! use domain::{id::TaskId, need::Need};
//! use std::sync::Arc;
//!
//! /// What is open to the outside, described; `host::edge` goes around all of them once, in `errand`. The state is `Deps`, or a
//! /// struct of the function's own from which `Deps` can be had (`axum::extract::FromRef`).
//! fn routes() -> Routes<Deps> {
//!     Routes::about("tasks")
//!         .post("/tasks", create)
//!         .says("Makes a task.")
//!         .makes::<schema::Task>()
//!         .get("/tasks/{id}", read)
//!         .says("Reads a task.")
//!         .shows::<schema::Task>()
//!         .below("/api/v1")
//! }
//!
//! #[derive(serde::Deserialize, schemars::JsonSchema)]
//! struct NewTask { title: String }
//!
//! /// `POST /tasks`: `Body` is JSON of exactly that shape, or a problem.
//! async fn create(deps: Deps, who: Writes, at: Precondition, Body(new): Body<NewTask>) -> Result<Answer, Problem> {
//!     let id = deps.ids.uuid();
//!     let decide = Arc::new(move |_state: &mut domain::state::State, _now| {
//!         let _ = (id, &new.title, at);
//!         Ok(store::Answer { status: 201, body: format!("{{\"id\":\"{id}\"}}"), version: Some(1) })
//!     });
//!     let done = deps.store.commit(&who, Need::default(), decide).await?; // refusals become problems
//!     Ok(Answer::from(done).at("/api/v1/tasks")) // status, body, ETag, Idempotency-Replayed, Location of a 201
//! }
//!
//! #[derive(serde::Deserialize, schemars::JsonSchema)]
//! struct Query { at: Option<jiff::Timestamp> }
//!
//! /// `GET /tasks/{id}`: `Id` answers 404 for what is no id, `Params` 400 for a parameter that is not there.
//! async fn read(deps: Deps, who: Reads, Id(id): Id<TaskId>, _params: Params<Query>) -> Result<Answer, Problem> {
//!     let task = deps.store.task(&who, id).await?;
//!     Ok(Answer::doc(task.ok_or_else(|| Problem::not_found("task"))?))
//! }
//! ```
//!
//! Who may: [`Reads`], [`Writes`], [`Deletes`], [`Assists`], [`Follows`], [`Audits`], [`Accounts`] each ask for one scope and
//! are the store's `Reader` or `Writer` by `Deref`. What wakes a function is [`events::route`].

pub mod answer;
pub mod api;
pub mod body;
mod clock;
pub mod config;
pub mod deps;
pub mod edge;
pub mod events;
pub mod health;
pub mod interpreter;
pub mod lambda;
pub mod params;
pub mod path;
pub mod person;
pub mod precondition;
pub mod problem;
pub mod rates;
pub mod secret;
pub mod serve;
pub mod system;
pub mod telemetry;
pub mod unsubscribe;
pub mod who;

pub use answer::Answer;
pub use api::Routes;
pub use body::Body;
pub use bus::Clock;
pub use clock::SystemClock;
pub use config::Config;
pub use deps::{Deps, Ids, SystemIds};
pub use edge::edge;
pub use events::{Incoming, Outcome};
pub use params::{Limit, PageQuery, Params};
pub use path::{Id, Name};
pub use precondition::Precondition;
pub use problem::{Code, Problem};
pub use secret::{Key, Secret};
pub use system::system;
pub use who::{Accounts, Assists, Audits, Deletes, Follows, Reads, Who, Writes};
