//! Windows over a real store.
