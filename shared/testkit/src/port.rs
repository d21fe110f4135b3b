//! Ports for programs that are killed and come back: below those that the system hands out to callers, so nobody takes one while
//! its program is down.

use std::{
    net::TcpListener,
    sync::atomic::{AtomicU16, Ordering},
};

/// How many each test program has, and how many programs at most run side by side.
const EACH: u16 = 400;
const PROGRAMS: u32 = 50;

/// The first of that many free ports in a row, given out once by each program.
///
/// # Panics
/// When there are no more.
pub fn lasting(in_a_row: u16) -> u16 {
    static NEXT: AtomicU16 = AtomicU16::new(0);
    let program = u16::try_from(std::process::id() % PROGRAMS).expect("small");
    loop {
        let next = NEXT.fetch_add(in_a_row, Ordering::Relaxed);
        assert!(next + in_a_row <= EACH, "no more ports");
        let first = 12_000 + program * EACH + next;
        let free = |port: u16| TcpListener::bind(("127.0.0.1", port)).is_ok();
        if (first..first + in_a_row).all(free) {
            return first;
        }
    }
}
