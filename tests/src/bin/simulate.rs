//! `cargo xtask simulate --seeds N` lives through many worlds, `--seed N` through one, and prints it.

use house_tests::simulation::{self, Counts, Weakness};
use std::{collections::BTreeMap, process::ExitCode};

const USAGE: &str = "\
simulate --seeds N [--from SEED]              many worlds, each twice; those that break are printed
simulate --seed SEED [--without GUARD]        one, line by line
simulate --seeds N --without GUARD            many with something taken away; how they break is counted
";

/// What was asked for.
#[derive(Default)]
struct Asked {
    seed: Option<u64>,
    seeds: Option<u64>,
    from: u64,
    without: Weakness,
}

fn main() -> ExitCode {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let Some(asked) = read(&arguments) else {
        let guards: Vec<_> = Weakness::ALL.iter().map(|(name, _)| *name).collect();
        eprintln!("{USAGE}guards: {}", guards.join(", "));
        return ExitCode::FAILURE;
    };
    let held = match asked {
        Asked {
            seed: Some(seed),
            without,
            ..
        } => one(seed, without),
        Asked {
            seeds: Some(seeds),
            from,
            without: Weakness::None,
            ..
        } => many(from, seeds),
        Asked {
            seeds,
            from,
            without,
            ..
        } => taken_away(from, seeds.unwrap_or(100), without),
    };
    if held {
        ExitCode::SUCCESS
    } else {
        ExitCode::FAILURE
    }
}

fn read(arguments: &[String]) -> Option<Asked> {
    let mut asked = Asked::default();
    for pair in arguments.chunks(2) {
        let [name, value] = pair else {
            return None;
        };
        match name.as_str() {
            "--seed" => asked.seed = Some(value.parse().ok()?),
            "--seeds" => asked.seeds = Some(value.parse().ok()?),
            "--from" => asked.from = value.parse().ok()?,
            "--without" => asked.without = Weakness::ALL.iter().find(|(own, _)| own == value)?.1,
            _ => return None,
        }
    }
    (asked.seed.is_some() || asked.seeds.is_some()).then_some(asked)
}

fn one(seed: u64, without: Weakness) -> bool {
    let outcome = simulation::run(seed, without);
    for line in &outcome.trace {
        println!("{line}");
    }
    println!("{}", outcome.counts);
    println!(
        "{}",
        outcome.broken.as_deref().unwrap_or("Everything held.")
    );
    outcome.broken.is_none()
}

fn many(from: u64, seeds: u64) -> bool {
    let (mut counts, mut broken) = (Counts::default(), 0);
    for seed in from..from.saturating_add(seeds) {
        match simulation::twice(seed) {
            Ok(world) => counts.add(world),
            Err(words) => {
                broken += 1;
                println!("{words}\n");
            }
        }
        if (seed + 1 - from).is_multiple_of(1_000) {
            println!("{counts}");
        }
    }
    println!("{counts}, {broken} broken");
    broken == 0
}

/// How worlds break without a guard: the invariant, how often, and the first seed.
fn taken_away(from: u64, seeds: u64, without: Weakness) -> bool {
    let mut broken: BTreeMap<String, (u64, u64)> = BTreeMap::new();
    for seed in from..from.saturating_add(seeds) {
        if let Some(words) = simulation::run(seed, without).broken {
            let invariant = words.split(':').next().unwrap_or_default().to_owned();
            broken.entry(invariant).or_insert((0, seed)).0 += 1;
        }
    }
    for (invariant, (times, first)) in &broken {
        println!("{times:>6} of {seeds}: {invariant} (first: seed {first})");
    }
    broken.is_empty()
}
