//! Reading a line of text.

use crate::{
    Options, cpu,
    table::{Figure, Table, percentile},
};
use anyhow::Result;
use jiff::Zoned;
use language::{Context, Mode};
use std::time::Duration;

const LINES: [&str; 12] = [
    "buy milk",
    "call mom every sunday at 3pm, remind me 15 minutes before",
    "pay rent monthly on the 31st !high #home",
    "dentist next tuesday at 14:30 for 45 minutes",
    "water the plants every 3 days",
    "submit the report by friday 6pm remind me 2 hours before",
    "mark the report as done",
    "move the dentist to thursday at 9",
    "what is due this week",
    "take out the trash every other friday until june",
    "renew passport on 3 december 2027",
    "undo",
];

pub(crate) fn words(options: &Options, table: &mut Table) -> Result<()> {
    let now: Zoned = "2026-11-25T10:00:00+01:00[Europe/Berlin]".parse()?;
    let cold = took(language::warm);
    table.add(Figure::cpu(
        "interpreter: built once, beside the start",
        cold,
    ));
    let read = |text: &str, mode: Mode| {
        let context = Context::new(now.clone(), mode);
        took(|| drop(language::interpret(text, &context)))
    };
    let first = LINES.iter().map(|line| read(line, Mode::Talk)).max();
    let first = first.unwrap_or_default();
    table.add(Figure::cpu("interpret one line: slowest first call", first).at_most(50.0));
    let mut all = Vec::new();
    for _ in 0..options.size(50) {
        for line in LINES {
            all.push(read(line, Mode::Talk));
            all.push(read(line, Mode::Add));
        }
    }
    table.add(Figure::cpu("interpret one line: p50", percentile(&mut all, 0.5)).at_most(1.0));
    let worst = hostile().into_iter().map(|text| {
        // The least of three, so that what others do on the machine is not taken for the line's fault.
        (0..3)
            .map(|_| read(&text, Mode::Talk))
            .min()
            .unwrap_or_default()
    });
    let worst = worst.max().unwrap_or_default();
    table.add(Figure::cpu("interpret 500 hostile characters: worst", worst).at_most(50.0));
    Ok(())
}

fn hostile() -> Vec<String> {
    let pieces = [
        "every ",
        "monday ",
        "at 3pm ",
        "1/1/1 ",
        "remind me 1 minute before ",
        "\"",
        "the first and second ",
        "until tomorrow except ",
        "a",
        "1",
        "in 2 days from next friday ",
        "delete the ",
        "every second and third friday of ",
        "😀",
        "next ",
        "from 3 to 4 ",
        "at ",
        "1:",
        "half an hour before ",
        "every 2nd ",
        "and ",
        "- ",
        "#a ",
        "and then call mom, ",
    ];
    let fill = |piece: &str| piece.chars().cycle().take(500).collect();
    pieces.into_iter().map(fill).collect()
}

/// What this thread uses for some work.
fn took(work: impl FnOnce()) -> Duration {
    let before = cpu::of_this_thread();
    work();
    cpu::of_this_thread().saturating_sub(before)
}
