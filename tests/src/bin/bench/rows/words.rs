//! Reading a line of text.

use crate::{
    Options, cpu,
    table::{Figure, Table, percentile},
};
use anyhow::Result;
use jiff::Zoned;
use language::{Context, Mode};
use std::time::{Duration, Instant};

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
    // The least of some times by the clock: what others do on the machine is not the line's fault.
    let least = |times: u32, text: &str, mode: Mode| {
        let context = Context::new(now.clone(), mode);
        let read = |_| {
            let began = Instant::now();
            drop(language::interpret(text, &context));
            began.elapsed()
        };
        (0..times).map(read).min().unwrap_or_default()
    };
    let first = LINES.iter().map(|line| least(1, line, Mode::Talk)).max();
    let first = first.unwrap_or_default();
    table.add(Figure::waited("interpret one line: slowest first call", first).at_most(50.0));
    let times = options.size(50);
    let modes = [Mode::Talk, Mode::Add];
    let each = modes.map(|mode| LINES.map(|line| least(times, line, mode)));
    let half = percentile(&mut each.concat(), 0.5);
    table.add(Figure::waited("interpret one line: p50", half).at_most(1.0));
    let worst = hostile()
        .into_iter()
        .map(|text| least(3, &text, Mode::Talk));
    let worst = worst.max().unwrap_or_default();
    table.add(Figure::waited("interpret 500 hostile characters: worst", worst).at_most(50.0));
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
        "may 1 ",
        "1-2 ",
        "half past 3 ",
        "first monday of may ",
        "december 3 2027 at 3pm to december 5 2027 at 6pm ",
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
