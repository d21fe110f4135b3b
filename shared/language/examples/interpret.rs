//! Reads requests to interpret from standard input, one JSON object a line, and answers a line each.

use std::io::{self, BufRead, Write};

fn main() -> io::Result<()> {
    let mut out = io::BufWriter::new(io::stdout().lock());
    for line in io::stdin().lock().lines() {
        writeln!(out, "{}", language::interpret_line(&line?))?;
    }
    out.flush()
}
