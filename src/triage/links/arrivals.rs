//! Registrations in the order in which they were created.

use std::{
    collections::BTreeSet,
    fmt,
    hash::{DefaultHasher, Hash, Hasher},
    ops::Bound,
};

use chrono::{DateTime, TimeDelta};

use crate::model::{RegistrationId, Timestamp};

/// Of many who share a value, so many created just before and so many created just after are looked at: enough to
/// judge, and a newcomer changes the judgement of no more than twice as many others.
pub const NEAREST: usize = 25;

/// The number of a registration among all that are known, for as long as it is.
pub type Number = u32;

/// One registration at its place in time. Of those who were created at the same moment the order is any, but the same
/// however they came in.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Arrival {
    /// When it was created, microseconds since 1970: there are millions of these, and a timestamp takes half as much
    /// again.
    micros: i64,
    tie: u32,
    pub number: Number,
}

/// Before everyone.
pub const FIRST: Arrival = Arrival { micros: i64::MIN, tie: 0, number: 0 };

impl Arrival {
    pub fn new(at: Timestamp, id: &RegistrationId, number: Number) -> Self {
        let mut hasher = DefaultHasher::new();
        id.hash(&mut hasher);
        Self { micros: at.timestamp_micros(), tie: hasher.finish() as u32, number }
    }

    /// When it was created, to the microsecond.
    pub fn at(&self) -> Timestamp {
        DateTime::from_timestamp_micros(self.micros).unwrap_or_default()
    }

    /// How long before or after it another one came, in microseconds.
    pub fn distance(&self, other: &Self) -> u64 {
        self.micros.abs_diff(other.micros)
    }

    /// Whether another one came at most so long before or after.
    pub fn is_within(&self, span: TimeDelta, other: &Self) -> bool {
        span.num_microseconds().is_some_and(|span| self.distance(other) <= span.unsigned_abs())
    }
}

/// More than these are a crowd.
const FEW: usize = 16;

/// Registrations, earliest first. Most values have one or two holders, which need no tree.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Arrivals {
    /// Sorted.
    Few(Vec<Arrival>),
    /// Many.
    Crowd(BTreeSet<Arrival>),
}

impl Default for Arrivals {
    fn default() -> Self {
        Self::Few(Vec::new())
    }
}

/// Arrivals in some order.
pub type Row<'a> = Box<dyn Iterator<Item = Arrival> + 'a>;

impl Arrivals {
    pub fn insert(&mut self, arrival: Arrival) {
        match self {
            Self::Crowd(crowd) => _ = crowd.insert(arrival),
            Self::Few(few) => match few.binary_search(&arrival) {
                Ok(_) => {}
                Err(_) if few.len() == FEW => {
                    *self = Self::Crowd(few.drain(..).chain([arrival]).collect());
                }
                Err(place) => {
                    // Room for one at first, not for four.
                    few.reserve_exact(usize::from(few.len() < 2));
                    few.insert(place, arrival);
                }
            },
        }
    }

    /// Whether it was there.
    pub fn remove(&mut self, arrival: &Arrival) -> bool {
        match self {
            Self::Crowd(crowd) => crowd.remove(arrival),
            Self::Few(few) => few.binary_search(arrival).map(|place| few.remove(place)).is_ok(),
        }
    }

    pub fn len(&self) -> usize {
        match self {
            Self::Crowd(crowd) => crowd.len(),
            Self::Few(few) => few.len(),
        }
    }

    pub fn iter(&self) -> Row<'_> {
        match self {
            Self::Crowd(crowd) => Box::new(crowd.iter().copied()),
            Self::Few(few) => Box::new(few.iter().copied()),
        }
    }

    /// Any one but this.
    pub fn other_than(&self, arrival: &Arrival) -> Option<Arrival> {
        self.iter().find(|other| other != arrival)
    }

    /// The others nearest in time: up to 25 before and up to 25 after.
    pub fn near<'a>(&'a self, arrival: &Arrival) -> impl Iterator<Item = Arrival> + use<'a> {
        self.before(arrival).take(NEAREST).chain(self.after(arrival).take(NEAREST))
    }

    fn before<'a>(&'a self, arrival: &Arrival) -> Row<'a> {
        match self {
            Self::Crowd(crowd) => Box::new(crowd.range(..arrival).rev().copied()),
            Self::Few(few) => Box::new(few[..few.partition_point(|other| other < arrival)].iter().rev().copied()),
        }
    }

    fn after<'a>(&'a self, arrival: &Arrival) -> Row<'a> {
        match self {
            Self::Crowd(crowd) => Box::new(crowd.range((Bound::Excluded(arrival), Bound::Unbounded)).copied()),
            Self::Few(few) => Box::new(few[few.partition_point(|other| other <= arrival)..].iter().copied()),
        }
    }
}

impl FromIterator<Arrival> for Arrivals {
    fn from_iter<T: IntoIterator<Item = Arrival>>(arrivals: T) -> Self {
        let mut few: Vec<Arrival> = arrivals.into_iter().collect();
        few.sort_unstable();
        few.dedup();
        if few.len() > FEW {
            return Self::Crowd(few.into_iter().collect());
        }
        few.shrink_to_fit();
        Self::Few(few)
    }
}

/// A count that is exact below ten and then a round number that is reached: 10, 20, 50, 100 and so on. So a judgement
/// that tells the size of a crowd does not change with each newcomer.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct Roughly(usize);

impl Roughly {
    pub fn new(count: usize) -> Self {
        let mut power = 1;
        while count / 10 >= power {
            power *= 10;
        }
        match count {
            0..10 => Self(count),
            _ => Self(power * [5, 2, 1].into_iter().find(|digit| count / power >= *digit).unwrap_or(1)),
        }
    }

    /// The number that is reached: of which this is the count again.
    pub fn least(self) -> usize {
        self.0
    }
}

impl fmt::Display for Roughly {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        let more = if self.0 < 10 { "" } else { " or more" };
        write!(formatter, "{}{more}", self.0)
    }
}

#[cfg(test)]
mod tests {
    use super::Roughly;

    #[test]
    fn a_large_count_is_told_as_a_round_number_that_is_reached() {
        let told =
            [0, 9, 10, 19, 20, 49, 50, 99, 100, 1_999, 2_000, usize::MAX].map(|count| Roughly::new(count).to_string());
        let expected = [
            "0",
            "9",
            "10 or more",
            "10 or more",
            "20 or more",
            "20 or more",
            "50 or more",
            "50 or more",
            "100 or more",
            "1000 or more",
            "2000 or more",
            "10000000000000000000 or more",
        ];
        assert_eq!(told, expected);
    }
}
