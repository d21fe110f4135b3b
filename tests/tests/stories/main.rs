//! Stories across functions, each over the whole house.

mod remind;
