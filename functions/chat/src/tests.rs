//! Conversations, told as data.
