//! Who came to a step, minute by minute, and when that stands still. Minutes are exact enough for quarters of an hour, and
//! are kept up to date by each arrival, so that nobody has to go through a million of them to see that all is well.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use crate::model::Timestamp;

/// What is new came in the last hour, minutes.
const LATELY: u32 = 60;
/// So much of the past tells what is usual, minutes: a week.
pub const HISTORY: u32 = 7 * 24 * 60;
/// Whoever passes, passes within this time; who arrived later than that ago is not counted yet. Minutes, our choice.
pub const PATIENCE: u32 = 15;
/// What is older than the past by this is forgotten, minutes.
const MARGIN: u32 = 24 * 60;
/// Fewer arrivals say nothing about a step.
const FEWEST_ARRIVALS: u32 = 10;
/// A pass rate below this share of the usual one is an incident.
const SHARE_OF_USUAL: f64 = 0.5;
/// The usual rate is known from so many samples on, each of at least ten arrivals. Our choice.
const FEWEST_SAMPLES: usize = 3;
/// An incident is followed back so far, hours.
const LONGEST_HOURS: usize = 24;

/// The minute of a time, since 1970; before that nobody came.
fn minute(at: Timestamp) -> Option<u32> {
    u32::try_from(at.timestamp().div_euclid(60)).ok()
}

/// Arrivals, and how many of them got through.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Tally {
    pub arrivals: u32,
    pub passed: u32,
}

impl Tally {
    fn rate(self) -> f64 {
        f64::from(self.passed) / f64::from(self.arrivals)
    }

    fn is_stalled(self, usual: f64) -> bool {
        self.arrivals > 0 && self.rate() < usual * SHARE_OF_USUAL
    }
}

/// Who came to one step through one channel in one project, by minute.
#[derive(Debug, Clone, Default, Serialize, Deserialize)]
pub struct Traffic(BTreeMap<u32, Tally>);

impl Traffic {
    /// Counts somebody who came.
    pub fn count(&mut self, at: Timestamp, passed: bool) {
        let Some(minute) = minute(at) else { return };
        let tally = self.0.entry(minute).or_default();
        tally.arrivals += 1;
        tally.passed += u32::from(passed);
    }

    /// No longer counts somebody who was counted so.
    pub fn discount(&mut self, at: Timestamp, passed: bool) {
        let Some(minute) = minute(at) else { return };
        // What is long past may be forgotten by now.
        let Some(tally) = self.0.get_mut(&minute) else { return };
        tally.arrivals = tally.arrivals.saturating_sub(1);
        tally.passed = tally.passed.saturating_sub(u32::from(passed));
        if tally.arrivals == 0 {
            self.0.remove(&minute);
        }
    }

    /// Forgets what matters no more.
    pub fn forget_past(&mut self, now: Timestamp) {
        let first = minute(now).unwrap_or(0).saturating_sub(HISTORY + MARGIN);
        if self.0.first_key_value().is_some_and(|(oldest, _)| *oldest < first) {
            self.0 = self.0.split_off(&first);
        }
    }

    /// The hours before now, as far back as they matter; of the last one those who have had time to pass.
    pub fn hours(&self, now: Timestamp) -> Hours {
        let mut hours = Hours::default();
        let now = minute(now).unwrap_or(0);
        for (minute, tally) in self.0.range(now.saturating_sub(HISTORY)..=now.saturating_sub(PATIENCE)) {
            let first_waiting = (tally.passed < tally.arrivals).then_some(*minute);
            hours.add((now - minute) / LATELY, &Hour { tally: *tally, first_waiting });
        }
        hours
    }
}

#[derive(Debug, Clone, Copy, Default)]
struct Hour {
    tally: Tally,
    /// The first minute of those in which somebody came who did not pass.
    first_waiting: Option<u32>,
}

/// Hour by hour who came, the latest first.
#[derive(Debug, Clone, Default)]
pub struct Hours(Vec<Hour>);

/// A step that stands still.
pub struct Stall {
    /// When the first of the waiting came, to the minute.
    pub since: Timestamp,
    /// The last hour.
    pub lately: Tally,
    /// The share that usually gets through, 0 to 1.
    pub usual: f64,
}

impl Hours {
    fn add(&mut self, back: u32, other: &Hour) {
        let back = back as usize;
        if back >= self.0.len() {
            self.0.resize(back + 1, Hour::default());
        }
        let hour = &mut self.0[back];
        hour.tally.arrivals += other.tally.arrivals;
        hour.tally.passed += other.tally.passed;
        hour.first_waiting = hour.first_waiting.into_iter().chain(other.first_waiting).min();
    }

    /// Adds those of elsewhere.
    pub fn add_all(&mut self, others: &Self) {
        for (back, hour) in (0..).zip(&others.0) {
            self.add(back, hour);
        }
    }

    /// Whether fewer got through in the last hour than an incident has.
    pub fn are_stalled(&self, usual: f64) -> bool {
        self.lately().is_stalled(usual)
    }

    fn lately(&self) -> Tally {
        self.0.first().map(|hour| hour.tally).unwrap_or_default()
    }

    /// The median of the pass rates of the hours before the last one. Hours with too few arrivals are taken together
    /// with those before them.
    fn usual(&self) -> Option<f64> {
        let mut rates = Vec::new();
        let mut sample = Tally::default();
        for Hour { tally, .. } in self.0.iter().skip(1) {
            sample.arrivals += tally.arrivals;
            sample.passed += tally.passed;
            if sample.arrivals >= FEWEST_ARRIVALS {
                rates.push(sample.rate());
                sample = Tally::default();
            }
        }
        rates.sort_by(f64::total_cmp);
        (rates.len() >= FEWEST_SAMPLES).then(|| f64::midpoint(rates[(rates.len() - 1) / 2], rates[rates.len() / 2]))
    }

    /// The incident that lasts, if there is one.
    pub fn stall(&self) -> Option<Stall> {
        let lately = self.lately();
        let usual = self.usual().filter(|_| lately.arrivals >= FEWEST_ARRIVALS)?;
        if !lately.is_stalled(usual) {
            return None;
        }
        let stalled = self.0.iter().take(LONGEST_HOURS).take_while(|hour| hour.tally.is_stalled(usual));
        let first = stalled.filter_map(|hour| hour.first_waiting).min()?;
        Some(Stall { since: Timestamp::from_timestamp(i64::from(first) * 60, 0)?, lately, usual })
    }
}
