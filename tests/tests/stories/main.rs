//! Stories across functions, each over the whole house.

mod digest;
mod remind;
mod transfer;
