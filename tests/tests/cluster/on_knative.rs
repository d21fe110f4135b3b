//! The proofs, and what they have in common.

mod burst;
mod dispatched;
mod figures;
mod installed;
mod killed;
mod kit;
mod measured;
mod processes;
mod refused;
mod release;
mod reminded;
mod sidecar;
mod slept;
mod told;
mod triggers;
mod upgraded;
