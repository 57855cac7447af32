//! Rows cut in three: what is to be sorted, what comes before it, and what comes after.
//!
//! Where to cut is told by a sample that is sorted first. It may be wrong by a little, so more is cut out than is wanted.

use std::ops::Range;

use rayon::prelude::*;

use super::{AROUND, Listing, Row};
use crate::index::{
    ROWS_AT_ONCE,
    order::{Keyed, Keys},
};

/// Of so many rows one is in the sample.
#[cfg(not(test))]
const SAMPLED: usize = 32;
#[cfg(test)]
const SAMPLED: usize = 2;

/// How many of a sample come before a row is off by half its root where it is off most; four times that is left on each
/// side.
#[cfg(not(test))]
const ROOTS: usize = 2;
#[cfg(test)]
const ROOTS: usize = 0;

/// Where rows are cut: the first that is sorted, and the first that comes after; `None` at an end.
type Bounds = [Option<Keyed>; 2];

/// Some of the rows, in order.
pub(super) struct Sample(Vec<Keyed>);

impl Sample {
    pub(super) fn of(rows: &[Row], keys: &Keys) -> Self {
        let mut some: Vec<Keyed> = rows.par_iter().step_by(SAMPLED).map(|row| keys.keyed(*row)).collect();
        some.par_sort_unstable_by(|one, other| keys.compare(*one, *other));
        Self(some)
    }

    /// Between which rows certain places are to be found, in all likelihood.
    pub(super) fn bounds(&self, places: &Range<usize>) -> Bounds {
        let margin = ROOTS * self.0.len().isqrt() + 1;
        let first = (places.start / SAMPLED).checked_sub(margin);
        let after = places.end / SAMPLED + margin;
        [first.and_then(|place| self.0.get(place)).copied(), self.0.get(after).copied()]
    }

    /// Between which rows this one is to be found, with as many around it as are sorted at least.
    pub(super) fn bounds_around(&self, own: Keyed, keys: &Keys) -> Bounds {
        let place = self.0.partition_point(|other| keys.compare(*other, own).is_lt()) * SAMPLED;
        self.bounds(&(place.saturating_sub(AROUND)..place.saturating_add(AROUND)))
    }
}

/// Rows that are cut.
#[derive(Default)]
pub(super) struct Parts {
    before: Vec<Row>,
    within: Vec<Keyed>,
    after: Vec<Row>,
}

impl Parts {
    /// Cuts rows.
    pub(super) fn of(rows: &[Row], bounds: Bounds, keys: &Keys) -> Self {
        let pieces = rows.par_chunks(ROWS_AT_ONCE).map(|rows| Self::of_some(rows, bounds, keys));
        let pieces: Vec<Self> = pieces.collect();
        Self {
            before: pieces.iter().flat_map(|piece| &piece.before).copied().collect(),
            within: pieces.iter().flat_map(|piece| &piece.within).copied().collect(),
            after: pieces.iter().flat_map(|piece| &piece.after).copied().collect(),
        }
    }

    fn of_some(rows: &[Row], [first, after]: Bounds, keys: &Keys) -> Self {
        let mut parts = Self::default();
        for row in rows.iter().copied() {
            let keyed = keys.keyed(row);
            if first.is_some_and(|first| keys.compare(keyed, first).is_lt()) {
                parts.before.push(row);
            } else if after.is_some_and(|after| keys.compare(keyed, after).is_ge()) {
                parts.after.push(row);
            } else {
                parts.within.push(keyed);
            }
        }
        parts
    }

    /// Whether what is to be sorted covers certain places, as far as there are rows.
    pub(super) fn cover(&self, places: &Range<usize>) -> bool {
        self.before.len() <= places.start
            && (self.after.is_empty() || self.before.len() + self.within.len() >= places.end)
    }

    /// All of them, with the part within sorted.
    pub(super) fn sorted(mut self, keys: &Keys) -> Listing {
        self.within.par_sort_unstable_by(|one, other| keys.compare(*one, *other));
        let sorted = self.before.len()..self.before.len() + self.within.len();
        let within: Vec<Row> = self.within.iter().map(|(_, row)| *row).collect();
        Listing { rows: [self.before, within, self.after].concat(), sorted }
    }
}
