//! Behaviour, told as data.
