//! remind
