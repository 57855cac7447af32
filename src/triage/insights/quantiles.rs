//! Durations, and how they spread.

use chrono::TimeDelta;
use serde::Serialize;

use crate::model::Moment;

/// How long something takes, seconds: for this share of cases it is so long or shorter.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Quantiles {
    /// How many were measured.
    pub count: usize,
    /// How many happened at times that are not known well enough.
    pub unknown: usize,
    /// The median.
    pub p50: Option<i64>,
    /// Three of four.
    pub p75: Option<i64>,
    /// Nine of ten.
    pub p90: Option<i64>,
    /// Nineteen of twenty.
    pub p95: Option<i64>,
}

/// Durations on the way to their quantiles.
#[derive(Debug, Clone, Default)]
pub(super) struct Samples {
    seconds: Vec<i64>,
    unknown: usize,
}

impl Samples {
    /// Adds one; a negative one is as good as unknown.
    pub fn add(&mut self, span: Option<TimeDelta>) {
        match span.filter(|span| *span >= TimeDelta::zero()) {
            Some(span) => self.seconds.push(span.num_seconds()),
            None => self.unknown += 1,
        }
    }

    pub fn quantiles(mut self) -> Quantiles {
        self.seconds.sort_unstable();
        // Nearest rank: always a duration that really occurred.
        let rank = |share: f64| {
            let rank = (share * self.seconds.len() as f64).ceil() as usize;
            self.seconds.get(rank.saturating_sub(1)).copied()
        };
        Quantiles {
            count: self.seconds.len(),
            unknown: self.unknown,
            p50: rank(0.5),
            p75: rank(0.75),
            p90: rank(0.9),
            p95: rank(0.95),
        }
    }
}

/// A time that is known well enough to measure with.
pub(super) fn exact(moment: Option<Moment>) -> Option<Moment> {
    moment.filter(|moment| !moment.basis.is_approximate())
}

/// From one moment to another, where both are known well enough.
pub(super) fn span(from: Option<Moment>, to: Option<Moment>) -> Option<TimeDelta> {
    Some(exact(to)?.at - exact(from)?.at)
}

#[cfg(test)]
mod tests {
    use chrono::TimeDelta;

    use super::{Quantiles, Samples};

    #[test]
    fn quantiles_are_durations_that_occurred_and_unknown_ones_are_counted_apart() {
        let mut samples = Samples::default();
        (1..=20).rev().for_each(|seconds| samples.add(Some(TimeDelta::seconds(seconds))));
        samples.add(None);
        samples.add(Some(TimeDelta::seconds(-5)));
        let expected = Quantiles { count: 20, unknown: 2, p50: Some(10), p75: Some(15), p90: Some(18), p95: Some(19) };
        assert_eq!(samples.quantiles(), expected);
        assert_eq!(Samples::default().quantiles(), Quantiles::default());
    }
}
