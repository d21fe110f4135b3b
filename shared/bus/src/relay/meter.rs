//! What a relay has done, for whoever watches it.

use jiff::{SignedDuration, Timestamp};
use std::{
    fmt::{Display, Write},
    sync::atomic::{AtomicI64, AtomicU64, Ordering},
    time::Duration,
};

/// Upper ends of the lag's buckets, in milliseconds.
const BUCKETS: [u64; 7] = [50, 100, 300, 1_000, 5_000, 30_000, 300_000];

/// Counted as it publishes; cheap enough to be counted always.
#[derive(Debug)]
pub struct Meter {
    published: AtomicU64,
    failures: AtomicU64,
    /// Until when it leads, in microseconds.
    leads_until: AtomicI64,
    lags: [AtomicU64; BUCKETS.len()],
    /// The sum of all lags, in milliseconds.
    lag: AtomicU64,
}

/// What waits in the outbox.
#[derive(Clone, Copy, Debug, Default)]
pub struct Waiting {
    /// When the oldest event that is not published was written.
    pub oldest: Option<Timestamp>,
    /// Events that are given up.
    pub dead: usize,
}

impl Default for Meter {
    fn default() -> Self {
        Self {
            published: AtomicU64::new(0),
            failures: AtomicU64::new(0),
            leads_until: AtomicI64::new(i64::MIN),
            lags: Default::default(),
            lag: AtomicU64::new(0),
        }
    }
}

impl Meter {
    /// Events that a subscriber took; a Kafka counts as one.
    pub fn published(&self) -> u64 {
        self.published.load(Ordering::Relaxed)
    }

    pub(super) fn leads(&self, until: Option<Timestamp>) {
        let until = until.map_or(i64::MIN, Timestamp::as_microsecond);
        self.leads_until.store(until, Ordering::Relaxed);
    }

    pub(super) fn broke(&self) {
        self.failures.fetch_add(1, Ordering::Relaxed);
    }

    pub(super) fn took(&self, lag: SignedDuration) {
        let lag = u64::try_from(lag.as_millis()).unwrap_or_default();
        self.published.fetch_add(1, Ordering::Relaxed);
        self.lag.fetch_add(lag, Ordering::Relaxed);
        for (bucket, _) in self.lags.iter().zip(BUCKETS).filter(|(_, end)| lag <= *end) {
            bucket.fetch_add(1, Ordering::Relaxed);
        }
    }

    /// All of it, in Prometheus' text format.
    pub fn text(&self, waiting: Waiting, now: Timestamp) -> String {
        let leads = self.leads_until.load(Ordering::Relaxed) > now.as_microsecond();
        let age = waiting
            .oldest
            .map(|at| now.duration_since(at).as_secs_f64());
        let age = age.unwrap_or_default().max(0.0);
        let published = self.published();
        let failures = self.failures.load(Ordering::Relaxed);
        let mut text = String::new();
        let mut say = |name: &str, kind: &str, value: &dyn Display, help: &str| {
            let _infallible = writeln!(
                text,
                "# HELP errand_{name} {help}\n# TYPE errand_{name} {kind}\nerrand_{name} {value}"
            );
        };
        let help = "1 while this process publishes; at most one of all does.";
        say("relay_leads", "gauge", &u8::from(leads), help);
        let help = "The age of the oldest event that is not published; 0 when all are.";
        say("outbox_age_seconds", "gauge", &age, help);
        let help = "Events that are given up: errand dead-letters list.";
        say("outbox_dead_letters", "gauge", &waiting.dead, help);
        let help = "Events published by this process; after a failure some are published again.";
        say("relay_published_total", "counter", &published, help);
        let help = "How often the bus failed and all began anew at the oldest event.";
        say("relay_failures_total", "counter", &failures, help);
        self.histogram(&mut text);
        text
    }

    fn histogram(&self, text: &mut String) {
        const NAME: &str = "errand_relay_lag_seconds";
        let count = |counter: &AtomicU64| counter.load(Ordering::Relaxed);
        let seconds = |millis: u64| Duration::from_millis(millis).as_secs_f64();
        let mut say = |line: String| {
            text.push_str(&line);
            text.push('\n');
        };
        say(format!(
            "# HELP {NAME} From the change to the broker's yes.\n# TYPE {NAME} histogram"
        ));
        for (bucket, end) in self.lags.iter().zip(BUCKETS) {
            let (end, count) = (seconds(end), count(bucket));
            say(format!("{NAME}_bucket{{le=\"{end}\"}} {count}"));
        }
        let (all, sum) = (count(&self.published), seconds(count(&self.lag)));
        say(format!("{NAME}_bucket{{le=\"+Inf\"}} {all}"));
        say(format!("{NAME}_sum {sum}\n{NAME}_count {all}"));
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn it_says_what_was_published_and_how_late() {
        let (meter, now) = (Meter::default(), Timestamp::UNIX_EPOCH);
        meter.leads(Some(now + SignedDuration::from_secs(5)));
        meter.took(SignedDuration::from_millis(70));
        meter.took(SignedDuration::from_secs(2));
        meter.broke();
        let waiting = Waiting {
            oldest: Some(now - SignedDuration::from_millis(1_500)),
            dead: 3,
        };
        let text = meter.text(waiting, now);
        for line in [
            "# TYPE errand_relay_published_total counter",
            "errand_relay_leads 1",
            "errand_outbox_age_seconds 1.5",
            "errand_outbox_dead_letters 3",
            "errand_relay_published_total 2",
            "errand_relay_failures_total 1",
            "errand_relay_lag_seconds_bucket{le=\"0.05\"} 0",
            "errand_relay_lag_seconds_bucket{le=\"0.1\"} 1",
            "errand_relay_lag_seconds_bucket{le=\"5\"} 2",
            "errand_relay_lag_seconds_bucket{le=\"+Inf\"} 2",
            "errand_relay_lag_seconds_sum 2.07",
            "errand_relay_lag_seconds_count 2",
        ] {
            assert!(text.lines().any(|own| own == line), "{line} in {text}");
        }
        let later = now + SignedDuration::from_secs(6);
        let text = meter.text(Waiting::default(), later);
        assert!(text.contains("errand_relay_leads 0\n") && text.contains("_age_seconds 0\n"));
    }
}
