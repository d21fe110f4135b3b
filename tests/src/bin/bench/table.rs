//! What was measured, as a table.

use std::{fmt, time::Duration};

/// One figure beside its budget.
pub(crate) struct Figure {
    what: String,
    measured: f64,
    unit: &'static str,
    budget: Option<f64>,
    /// More is better (events a second).
    at_least: bool,
    floor: Option<f64>,
}

impl Figure {
    /// A figure in a unit.
    pub(crate) fn new(what: impl Into<String>, measured: f64, unit: &'static str) -> Self {
        Self {
            what: what.into(),
            measured,
            unit,
            budget: None,
            at_least: false,
            floor: None,
        }
    }

    /// CPU time in milliseconds.
    pub(crate) fn cpu(what: impl Into<String>, used: Duration) -> Self {
        Self::new(what, ms(used), "CPU-ms")
    }

    /// Time by the clock in milliseconds.
    pub(crate) fn waited(what: impl Into<String>, waited: Duration) -> Self {
        Self::new(what, ms(waited), "ms")
    }

    /// The most that it may be.
    pub(crate) fn at_most(self, budget: f64) -> Self {
        Self {
            budget: Some(budget),
            ..self
        }
    }

    /// The least that it may be.
    pub(crate) fn at_least(self, budget: f64) -> Self {
        Self {
            budget: Some(budget),
            at_least: true,
            ..self
        }
    }

    /// What a bare route with the same body costs.
    pub(crate) fn floor(self, used: Duration) -> Self {
        Self {
            floor: Some(ms(used)),
            ..self
        }
    }

    /// Measured to budget; above one it is missed.
    fn ratio(&self) -> Option<f64> {
        let budget = self.budget?;
        Some(if self.at_least {
            budget / self.measured
        } else {
            self.measured / budget
        })
    }
}

/// Milliseconds.
pub(crate) fn ms(time: Duration) -> f64 {
    time.as_secs_f64() * 1_000.0
}

/// All figures so far.
#[derive(Default)]
pub(crate) struct Table(Vec<Figure>);

impl Table {
    pub(crate) fn add(&mut self, figure: Figure) {
        eprintln!("  {figure}");
        self.0.push(figure);
    }
}

impl fmt::Display for Figure {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(
            f,
            "| {} | {} {} | ",
            self.what,
            short(self.measured),
            self.unit
        )?;
        match self.budget {
            Some(budget) => write!(f, "{} | ", short(budget))?,
            None => write!(f, "- | ")?,
        }
        match self.ratio() {
            Some(ratio) if ratio > 1.0 => write!(f, "**{ratio:.2}** | ")?,
            Some(ratio) => write!(f, "{ratio:.2} | ")?,
            None => write!(f, "- | ")?,
        }
        match self.floor {
            Some(floor) => write!(f, "{} |", short(floor)),
            None => write!(f, "- |"),
        }
    }
}

impl fmt::Display for Table {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        writeln!(f, "| what | measured | budget | of it | floor |")?;
        writeln!(f, "| --- | --- | --- | --- | --- |")?;
        self.0.iter().try_for_each(|figure| writeln!(f, "{figure}"))
    }
}

/// Three digits that matter.
fn short(value: f64) -> String {
    match value {
        big if big >= 100.0 => format!("{big:.0}"),
        some if some >= 10.0 => format!("{some:.1}"),
        small if small >= 1.0 => format!("{small:.2}"),
        tiny => format!("{tiny:.3}"),
    }
}

/// The value below which that share of them lies (0.5: the median). Sorts.
pub(crate) fn percentile(values: &mut [Duration], share: f64) -> Duration {
    values.sort_unstable();
    let at = values.len().saturating_sub(1);
    let at = (0..=at)
        .find(|at| {
            f64::from(u32::try_from(at + 1).unwrap_or(u32::MAX)) >= share * count(values.len())
        })
        .unwrap_or(at);
    values.get(at).copied().unwrap_or_default()
}

/// A count as a number to divide by.
pub(crate) fn count(count: usize) -> f64 {
    f64::from(u32::try_from(count).unwrap_or(u32::MAX))
}
