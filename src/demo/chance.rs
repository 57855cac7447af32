//! Chance that repeats: the same draws for the same seed, on every machine.

use std::ops::RangeInclusive;

use rand::{Rng as _, SeedableRng as _};
use rand_chacha::ChaCha8Rng;

/// A stream of draws.
#[derive(Debug, Clone)]
pub(super) struct Chance(ChaCha8Rng);

impl Chance {
    /// One of many independent streams of a seed.
    pub(super) fn of(seed: u64, stream: u64) -> Self {
        let mut draws = ChaCha8Rng::seed_from_u64(seed);
        draws.set_stream(stream);
        Self(draws)
    }

    /// Whether something that happens this often happens now.
    pub(super) fn percent(&mut self, percent: u32) -> bool {
        self.0.random_range(0..100) < percent
    }

    /// A whole number.
    pub(super) fn between(&mut self, range: RangeInclusive<i64>) -> i64 {
        self.0.random_range(range)
    }

    /// A score with three decimals between two thousandths, both included.
    pub(super) fn score(&mut self, thousandths: RangeInclusive<i64>) -> f64 {
        self.between(thousandths) as f64 / 1000.0
    }

    /// One of some things, each equally likely; `None` only if there are none.
    pub(super) fn pick<'a, T>(&mut self, things: &'a [T]) -> Option<&'a T> {
        if things.is_empty() { None } else { things.get(self.0.random_range(0..things.len())) }
    }

    /// One of some things, each as likely as its weight; `None` only if no weight is above 0.
    pub(super) fn weighted<'a, T>(&mut self, things: &'a [T], weight: impl Fn(&T) -> u32) -> Option<&'a T> {
        let total: u32 = things.iter().map(&weight).sum();
        if total == 0 {
            return None;
        }
        let mut left = self.0.random_range(0..total);
        things.iter().find(|thing| {
            let own = weight(thing);
            let found = left < own;
            left = left.saturating_sub(own);
            found
        })
    }

    /// Random bytes as hex digits.
    pub(super) fn hex<const BYTES: usize>(&mut self) -> String {
        let mut bytes = [0; BYTES];
        self.0.fill(&mut bytes[..]);
        hex::encode(bytes)
    }

    /// Decimal digits.
    pub(super) fn digits(&mut self, count: usize) -> String {
        (0..count).map(|_| char::from(b'0' + self.0.random_range(0..10_u8))).collect()
    }
}

#[cfg(test)]
mod tests {
    use super::Chance;

    #[test]
    fn a_seed_repeats_and_its_streams_differ() {
        let draws = |seed, stream| Chance::of(seed, stream).hex::<12>();
        assert_eq!(draws(1, 4), draws(1, 4));
        assert_ne!(draws(1, 4), draws(1, 5));
        assert_ne!(draws(1, 4), draws(2, 4));
    }

    #[test]
    fn a_weight_of_zero_is_never_drawn_and_nothing_is_drawn_from_nothing() {
        let mut chance = Chance::of(1, 0);
        assert!((0..200).all(|_| chance.weighted(&[0, 3, 0, 1], |weight| *weight).is_some_and(|weight| *weight > 0)));
        assert_eq!(chance.weighted(&[0_u32], |weight| *weight), None);
        assert_eq!(chance.pick::<u8>(&[]), None);
    }
}
