//! A share of something, with what it is a share of.

use serde::{Serialize, Serializer, ser::SerializeStruct};

/// How many of how many. Never a bare percentage: who reads it has to know over how many it was taken.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Share {
    /// How many it holds for.
    pub hits: usize,
    /// Of how many.
    pub of: usize,
}

/// A range in which the true share probably lies, 0 to 1.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Interval {
    /// Lower end.
    pub low: f64,
    /// Upper end.
    pub high: f64,
}

/// How many standard deviations hold 95 % of a normal distribution.
const NINETY_FIVE_PERCENT: f64 = 1.959_964;

impl Share {
    /// So many of so many.
    pub fn new(hits: usize, of: usize) -> Self {
        Self { hits, of }
    }

    /// Counts one more, of which it holds or not.
    pub fn count(&mut self, holds: bool) {
        self.of += 1;
        self.hits += usize::from(holds);
    }

    /// The share, 0 to 1; `None` of nothing.
    pub fn rate(self) -> Option<f64> {
        (self.of > 0).then(|| self.hits as f64 / self.of as f64)
    }

    /// Wilson's interval: where the true share lies with 95 % confidence, also for few and for extreme shares, where
    /// the usual formula leaves the range from 0 to 1. `None` of nothing.
    pub fn wilson(self) -> Option<Interval> {
        let rate = self.rate()?.min(1.0);
        let count = self.of as f64;
        let square = NINETY_FIVE_PERCENT * NINETY_FIVE_PERCENT;
        let center = rate + square / (2.0 * count);
        let spread = NINETY_FIVE_PERCENT * (rate * (1.0 - rate) / count + square / (4.0 * count * count)).sqrt();
        let scale = 1.0 + square / count;
        Some(Interval { low: ((center - spread) / scale).max(0.0), high: ((center + spread) / scale).min(1.0) })
    }
}

impl Serialize for Share {
    /// `{"count": 8, "of": 10, "share": 0.8, "low": 0.49, "high": 0.94}`: the share with its interval of 95 %, which
    /// are `null` of nothing.
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let interval = self.wilson();
        let mut object = serializer.serialize_struct("Share", 5)?;
        object.serialize_field("count", &self.hits)?;
        object.serialize_field("of", &self.of)?;
        object.serialize_field("share", &self.rate())?;
        object.serialize_field("low", &interval.map(|interval| interval.low))?;
        object.serialize_field("high", &interval.map(|interval| interval.high))?;
        object.end()
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use proptest::prelude::*;

    use super::Share;

    #[test]
    fn a_share_of_nothing_is_not_zero() {
        assert_eq!((Share::default().rate(), Share::default().wilson()), (None, None));
        assert_eq!(Share::new(1, 4).rate(), Some(0.25));
    }

    #[test]
    fn few_cases_make_a_wide_interval() {
        let few = Share::new(8, 10).wilson().unwrap();
        assert!((few.low - 0.490).abs() < 0.001 && (few.high - 0.943).abs() < 0.001, "{few:?}");
        let many = Share::new(800, 1000).wilson().unwrap();
        assert!(many.low > 0.77 && many.high < 0.83, "{many:?}");
        assert!(Share::new(0, 10).wilson().unwrap().high > 0.25, "none of ten is not never");
    }

    proptest! {
        #[test]
        fn the_interval_holds_the_share_and_stays_within_0_and_1(of in 1..100_000usize, part in 0.0..=1.0f64) {
            let share = Share::new((of as f64 * part) as usize, of);
            let (rate, interval) = (share.rate().unwrap(), share.wilson().unwrap());
            prop_assert!(0.0 <= interval.low && interval.low <= rate + 1e-9);
            prop_assert!(rate <= interval.high + 1e-9 && interval.high <= 1.0);
        }
    }
}
