//! Stories across functions, each over the whole house.

mod digest;
mod published;
mod remind;
mod transfer;
