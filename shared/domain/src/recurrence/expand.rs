//! The occurrences of a rule, in order, in wall time.

use jiff::civil::DateTime;

use super::calendar::{self, DAY, LAST_DAY};
use super::plan::Plan;
use super::rule::{End, Freq, Rule, Skip, Until};
use super::set::Set;

/// How many days may be looked at for one occurrence. The Gregorian calendar repeats after 146,097 days, so a rule that found
/// nothing by then never will; by the hour and below it may end early, a century of misses away.
const LOOKS: u32 = 320_000;

/// The same for everything on the way, where COUNT makes a fast-forward walk: a thousand years of days.
const COUNTED: u32 = 500_000;

/// One occurrence of a rule.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct Occurrence {
    /// Wall time; the zone is the recurrence's.
    pub at: DateTime,
    /// Why it is on another day than the rule names.
    pub moved: Option<Moved>,
}

/// Why an occurrence was moved by the rule itself.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Moved {
    /// The month (or year) does not have the day that was asked for.
    ShortMonth,
}

/// The occurrences of a rule from its start on, ending with year 9999 at the latest. Each step does a bounded amount of work.
#[derive(Debug, Clone)]
pub struct Occurrences {
    plan: Plan,
    /// COUNT still to give.
    left: u32,
    counts: bool,
    /// Last second that UNTIL allows.
    until: i64,
    next_period: i64,
    set: Set,
    /// What was given last: a day moved forward may meet the next month's first.
    last: i64,
    done: bool,
}

impl Rule {
    /// Every occurrence at or after `start`. As in dateutil, `start` itself is one only where it matches. An UNTIL in UTC is
    /// read as wall time: [`super::Recurrence`] places it in the zone first.
    pub fn iter(&self, start: DateTime) -> Occurrences {
        let (counts, left) = match self.end {
            End::Count(count) => (true, count),
            _ => (false, 0),
        };
        let until = match self.end {
            End::Until(Until::Date(date)) => calendar::seconds(date.at(23, 59, 59, 0)),
            End::Until(Until::Local(at) | Until::Utc(at)) => calendar::seconds(at),
            _ => i64::MAX,
        };
        let plan = Plan::new(self, start);
        let next_period = plan.period_of(plan.start);
        let done = plan.never();
        Occurrences {
            plan,
            left,
            counts,
            until,
            next_period,
            set: Set::default(),
            last: i64::MIN,
            done,
        }
    }

    /// Every occurrence after `moment`, without walking there from the start unless COUNT asks for it.
    pub fn iter_after(&self, start: DateTime, moment: DateTime) -> Occurrences {
        let mut occurrences = self.iter(start);
        occurrences.skip_through(calendar::seconds(moment));
        occurrences
    }

    /// The first occurrence after `moment`.
    pub fn after(&self, start: DateTime, moment: DateTime) -> Option<Occurrence> {
        self.iter_after(start, moment).next()
    }
}

impl Iterator for Occurrences {
    type Item = Occurrence;

    fn next(&mut self) -> Option<Occurrence> {
        let (second, moved) = self.next_second()?;
        let at = calendar::wall(second)?;
        Some(Occurrence {
            at,
            moved: moved.then_some(Moved::ShortMonth),
        })
    }
}

impl Occurrences {
    /// How many COUNT still allows; none without COUNT.
    pub fn left(&self) -> Option<u32> {
        self.counts.then_some(self.left)
    }

    fn next_second(&mut self) -> Option<(i64, bool)> {
        if self.counts && self.left == 0 {
            self.done = true;
        }
        while !self.done {
            let Some((second, moved)) = self.set.next() else {
                self.done = !self.load(&mut { LOOKS });
                continue;
            };
            if second < self.plan.start || second <= self.last {
                continue;
            }
            if second > self.until {
                break;
            }
            self.last = second;
            self.left = self.left.saturating_sub(1);
            return Some((second, moved));
        }
        self.done = true;
        None
    }

    /// Goes to the next period that holds anything; false when there is none, or none within what may be looked at.
    fn load(&mut self, looks: &mut u32) -> bool {
        while *looks > 0 {
            let period = self.next_period;
            let first = self.plan.first_day(period);
            if first > LAST_DAY || first.saturating_mul(DAY) > self.until {
                return false;
            }
            *looks -= 1;
            if let Some(later) = self.jump(period) {
                self.next_period = self.align(later);
                continue;
            }
            let (days, looked) = self.plan.days_of(period);
            *looks = looks.saturating_sub(looked + self.plan.set_pos.len() as u32 / 8);
            if days.is_empty() {
                self.next_period = self.align(self.after_empty(period));
                continue;
            }
            self.next_period = period.saturating_add(self.plan.interval);
            self.set = Set::new(&self.plan, period, days);
            if !self.set.is_empty() {
                return true;
            }
        }
        false
    }

    /// A later period to go on at, when this one's month, hour, minute or second is not among those asked for.
    fn jump(&self, period: i64) -> Option<i64> {
        let plan = &self.plan;
        if matches!(plan.freq, Freq::Yearly | Freq::Monthly | Freq::Weekly) {
            return None;
        }
        let day = plan.first_day(period);
        let fitting = plan.next_fitting_month(day);
        if fitting > day {
            return Some(plan.period_of(fitting * DAY));
        }
        let per_day = match plan.freq {
            Freq::Hourly => 24,
            Freq::Minutely => 1_440,
            Freq::Secondly => DAY,
            _ => return None,
        };
        let unit = DAY / per_day;
        let second = period * unit;
        let wanted = [
            (&plan.hours, 3_600, 24),
            (&plan.minutes, 60, 60),
            (&plan.seconds, 1, 60),
        ];
        for (list, size, many) in wanted {
            if size < unit || list.is_empty() {
                continue;
            }
            let value = second.div_euclid(size).rem_euclid(many);
            if list.contains(&value) {
                continue;
            }
            let next = list
                .iter()
                .find(|wanted| **wanted > value)
                .copied()
                .unwrap_or(many);
            let later = (second.div_euclid(size) - value + next) * size;
            return Some(later.div_euclid(unit));
        }
        None
    }

    /// Where to go on after a period without a day: below the day that is tomorrow.
    fn after_empty(&self, period: i64) -> i64 {
        let tomorrow = self.plan.first_day(period) + 1;
        match self.plan.freq {
            Freq::Hourly | Freq::Minutely | Freq::Secondly => self.plan.period_of(tomorrow * DAY),
            _ => period + 1,
        }
    }

    /// The first period from `period` on that the interval allows.
    fn align(&self, period: i64) -> i64 {
        let first = self.plan.period_of(self.plan.start);
        let behind = (period - first).max(0);
        let steps = behind / self.plan.interval + i64::from(behind % self.plan.interval != 0);
        first.saturating_add(steps.saturating_mul(self.plan.interval))
    }

    /// Drops everything up to and including `second`.
    fn skip_through(&mut self, second: i64) {
        if second < self.plan.start {
            return;
        }
        if self.counts {
            self.count_through(second);
        } else {
            // One period early: a day moved forward belongs to the period before.
            let target = self
                .plan
                .period_of(second)
                .saturating_sub(self.plan.interval);
            self.next_period = self.next_period.max(self.align(target));
        }
        self.last = second;
        self.set.skip_through(second);
    }

    /// The same with COUNT: every occurrence on the way is counted, a period at a time, or all periods at once where each
    /// holds the same.
    fn count_through(&mut self, second: i64) {
        let from = self.plan.start;
        let mut looks = COUNTED;
        while self.left > 0 && self.load(&mut looks) {
            let whole = self.set.last().is_some_and(|last| last <= second)
                && self.plan.skip != Skip::Forward;
            if whole && self.set.first().is_some_and(|first| first >= from) {
                self.left = self.left.saturating_sub(self.set.len() as u32);
                self.count_alike(second);
                continue;
            }
            while let Some((at, _)) = self.set.peek() {
                if at > second {
                    return;
                }
                self.set.at += 1;
                if at >= from && at > self.last {
                    self.last = at;
                    self.left = self.left.saturating_sub(1);
                }
            }
        }
        self.done = true;
    }

    /// Counts the periods up to the one before `second` at once, when each holds as much as this.
    fn count_alike(&mut self, second: i64) {
        let target = self.align(
            self.plan
                .period_of(second)
                .saturating_sub(self.plan.interval),
        );
        if !self.plan.is_uniform() || target <= self.next_period {
            return;
        }
        let periods = (target - self.next_period) / self.plan.interval;
        let counted = periods.saturating_mul(self.set.len() as i64);
        self.left = self
            .left
            .saturating_sub(u32::try_from(counted).unwrap_or(u32::MAX));
        self.next_period = target;
    }
}
