//! What one period of a rule holds.

use super::calendar::DAY;
use super::plan::{Day, Plan};
use super::rule::Freq;

/// What one period holds: days times hours times minutes times seconds, without writing them all out.
#[derive(Debug, Clone, Default)]
pub(super) struct Set {
    days: Vec<Day>,
    hours: Vec<i64>,
    minutes: Vec<i64>,
    seconds: Vec<i64>,
    /// The positions BYSETPOS picks; all when nothing.
    picks: Option<Vec<usize>>,
    /// The next to give.
    pub(super) at: usize,
}

impl Set {
    pub(super) fn new(plan: &Plan, period: i64, days: Vec<Day>) -> Self {
        let mut set = Self {
            days,
            hours: plan.hours.clone(),
            minutes: plan.minutes.clone(),
            seconds: plan.seconds.clone(),
            picks: None,
            at: 0,
        };
        match plan.freq {
            Freq::Hourly => set.hours = vec![period.rem_euclid(24)],
            Freq::Minutely => {
                set.hours = vec![period.div_euclid(60).rem_euclid(24)];
                set.minutes = vec![period.rem_euclid(60)];
            }
            Freq::Secondly => {
                set.hours = vec![period.div_euclid(3_600).rem_euclid(24)];
                set.minutes = vec![period.div_euclid(60).rem_euclid(60)];
                set.seconds = vec![period.rem_euclid(60)];
            }
            _ => {}
        }
        if !plan.set_pos.is_empty() {
            let all = set.all() as i64;
            let place = |pos: &i16| {
                if *pos > 0 {
                    i64::from(*pos) - 1
                } else {
                    all + i64::from(*pos)
                }
            };
            let within = plan
                .set_pos
                .iter()
                .map(place)
                .filter(|at| (0..all).contains(at));
            let mut picks: Vec<usize> = within.map(|at| at as usize).collect();
            picks.sort_unstable();
            picks.dedup();
            set.picks = Some(picks);
        }
        set
    }

    fn all(&self) -> usize {
        self.days.len() * self.hours.len() * self.minutes.len() * self.seconds.len()
    }

    pub(super) fn len(&self) -> usize {
        self.picks.as_ref().map_or_else(|| self.all(), Vec::len)
    }

    pub(super) fn is_empty(&self) -> bool {
        self.len() == 0
    }

    fn get(&self, at: usize) -> Option<(i64, bool)> {
        let at = match &self.picks {
            Some(picks) => *picks.get(at)?,
            None => at,
        };
        let (rest, second) = split(at, &self.seconds)?;
        let (rest, minute) = split(rest, &self.minutes)?;
        let (rest, hour) = split(rest, &self.hours)?;
        let (day, moved) = *self.days.get(rest)?;
        Some((day * DAY + hour * 3_600 + minute * 60 + second, moved))
    }

    pub(super) fn peek(&self) -> Option<(i64, bool)> {
        self.get(self.at)
    }

    pub(super) fn next(&mut self) -> Option<(i64, bool)> {
        let found = self.get(self.at)?;
        self.at += 1;
        Some(found)
    }

    pub(super) fn first(&self) -> Option<i64> {
        self.get(0).map(|(second, _)| second)
    }

    pub(super) fn last(&self) -> Option<i64> {
        self.get(self.len().checked_sub(1)?)
            .map(|(second, _)| second)
    }

    pub(super) fn skip_through(&mut self, second: i64) {
        let (mut low, mut high) = (self.at, self.len());
        while low < high {
            let middle = usize::midpoint(low, high);
            if self.get(middle).is_some_and(|(at, _)| at <= second) {
                low = middle + 1;
            } else {
                high = middle;
            }
        }
        self.at = low;
    }
}

fn split(at: usize, list: &[i64]) -> Option<(usize, i64)> {
    let index = at.checked_rem(list.len())?;
    Some((at / list.len(), *list.get(index)?))
}
