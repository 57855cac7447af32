//! A column of values that many rows share: each value once, and a code for each row. What a query asks of such a
//! column is asked once for each value.

use std::{collections::HashMap, hash::Hash};

use super::Row;

/// The code of each row: in two bytes as long as there are no more values than that, in two times two from then on.
#[derive(Debug, Clone, Default)]
pub struct Codes {
    /// The lower half.
    low: Vec<u16>,
    /// The upper half, row by row as well; empty as long as all of it would be 0.
    high: Vec<u16>,
}

impl Codes {
    /// Of both halves; `None` if they do not belong together.
    pub fn of(low: Vec<u16>, high: Vec<u16>) -> Option<Self> {
        (high.is_empty() || high.len() == low.len()).then_some(Self { low, high })
    }

    /// Both halves.
    pub fn halves(&self) -> [&[u16]; 2] {
        [&self.low, &self.high]
    }

    fn get(&self, row: usize) -> u32 {
        u32::from(self.low[row]) | self.high.get(row).map_or(0, |high| u32::from(*high) << u16::BITS)
    }

    fn all(&self) -> impl Iterator<Item = u32> {
        (0..self.low.len()).map(|row| self.get(row))
    }

    /// Sets the code of a row, and returns what it was; the row after the last one is added.
    fn set(&mut self, row: usize, code: u32) -> Option<u32> {
        let old = (row < self.low.len()).then(|| self.get(row));
        if code > u32::from(u16::MAX) && self.high.is_empty() {
            self.high = vec![0; self.low.len()];
        }
        if old.is_none() {
            self.low.push(0);
            if !self.high.is_empty() || code > u32::from(u16::MAX) {
                self.high.push(0);
            }
        }
        self.low[row] = code as u16;
        if let Some(high) = self.high.get_mut(row) {
            *high = (code >> u16::BITS) as u16;
        }
        old
    }

    fn swap_remove(&mut self, row: usize) -> u32 {
        let code = self.get(row);
        self.low.swap_remove(row);
        if !self.high.is_empty() {
            self.high.swap_remove(row);
        }
        code
    }
}

/// See the module.
#[derive(Debug, Clone)]
pub struct Repeating<T> {
    codes: Codes,
    values: Vec<T>,
    known: HashMap<T, u32>,
    /// How many rows have each value, by its code: what is asked of everybody most often takes no pass.
    counts: Vec<usize>,
}

impl<T> Default for Repeating<T> {
    fn default() -> Self {
        Self { codes: Codes::default(), values: Vec::new(), known: HashMap::new(), counts: Vec::new() }
    }
}

/// Whose values are counted.
#[derive(Debug, Clone, Copy)]
pub enum Among<'a> {
    /// Those of every row.
    All,
    /// Those of some.
    Only(&'a [Row]),
}

impl<T: Eq + Hash + Clone> Repeating<T> {
    /// Of values and the code of each row; `None` if one of these is none.
    pub fn of(values: Vec<T>, codes: Codes) -> Option<Self> {
        let known = values.iter().cloned().zip(0..).collect();
        let mut counts = vec![0; values.len()];
        for code in codes.all() {
            *counts.get_mut(code as usize)? += 1;
        }
        Some(Self { codes, values, known, counts })
    }

    /// Sets the value of a row; the row after the last one is added.
    pub fn set(&mut self, row: usize, value: T) {
        let code = self.code_of(value);
        self.counts[code as usize] += 1;
        if let Some(old) = self.codes.set(row, code) {
            self.counts[old as usize] -= 1;
        }
    }

    fn code_of(&mut self, value: T) -> u32 {
        if let Some(code) = self.known.get(&value) {
            return *code;
        }
        let code = u32::try_from(self.values.len()).unwrap_or(u32::MAX);
        self.values.push(value.clone());
        self.counts.push(0);
        self.known.insert(value, code);
        code
    }

    /// Puts the last row in the place of this one.
    pub fn swap_remove(&mut self, row: usize) {
        let code = self.codes.swap_remove(row);
        self.counts[code as usize] -= 1;
    }

    /// The value of a row.
    pub fn get(&self, row: usize) -> &T {
        &self.values[self.code(row)]
    }

    /// The code of a row: the place of its value in a [`Repeating::table`].
    pub fn code(&self, row: usize) -> usize {
        self.codes.get(row) as usize
    }

    /// The code of each row.
    pub fn codes(&self) -> &Codes {
        &self.codes
    }

    /// What holds of each value, by its code.
    pub fn table<V>(&self, tell: impl FnMut(&T) -> V) -> Vec<V> {
        self.values.iter().map(tell).collect()
    }

    /// The values of some rows, each with how many of them have it; only those that occur.
    pub fn counts(&self, among: Among) -> impl Iterator<Item = (&T, usize)> {
        let counts = match among {
            Among::All => self.counts.clone(),
            Among::Only(rows) => {
                let mut counts = vec![0; self.values.len()];
                for row in rows {
                    counts[self.code(row.place())] += 1;
                }
                counts
            }
        };
        self.values.iter().zip(counts).filter(|(_, count)| *count > 0)
    }

    /// The place of each value among all, by its code, when they are sorted by something of theirs.
    pub fn ranks<K: Ord>(&self, key: impl Fn(&T) -> K) -> Vec<u32> {
        let mut keys: Vec<(K, usize)> = self.values.iter().map(key).zip(0..).collect();
        keys.sort_unstable();
        let mut ranks = vec![0; keys.len()];
        let mut rank = 0;
        for place in 0..keys.len() {
            // Values that differ in nothing of what is sorted by stand side by side.
            rank += u32::from(place > 0 && keys[place - 1].0 != keys[place].0);
            ranks[keys[place].1] = rank;
        }
        ranks
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use proptest::prelude::*;

    use super::{Among, Codes, Repeating, Row};

    #[test]
    fn values_are_kept_once_and_counted_by_rows() {
        let mut column = Repeating::default();
        for (row, value) in ["b", "a", "b", "c"].into_iter().enumerate() {
            column.set(row, value);
        }
        column.set(3, "a");
        let codes = |column: &Repeating<&str>| column.codes().all().collect::<Vec<_>>();
        assert_eq!(codes(&column), [0, 1, 0, 1]);
        assert_eq!(column.counts(Among::All).collect::<Vec<_>>(), [(&"b", 2), (&"a", 2)]);
        let some = [1, 2, 3].map(Row::new);
        assert_eq!(column.counts(Among::Only(&some)).collect::<Vec<_>>(), [(&"b", 1), (&"a", 2)]);
        assert_eq!(column.ranks(|value| *value), [1, 0, 2]);
        column.swap_remove(0);
        assert_eq!(codes(&column), [1, 1, 0]);
        assert_eq!(column.counts(Among::All).collect::<Vec<_>>(), [(&"b", 1), (&"a", 2)]);
        let [low, high] = column.codes().halves().map(<[u16]>::to_vec);
        let again = Repeating::of(column.table(|value| *value), Codes::of(low, high).unwrap()).unwrap();
        assert_eq!(again.counts(Among::All).collect::<Vec<_>>(), [(&"b", 1), (&"a", 2)]);
        assert!(Repeating::of(vec!["a"], Codes::of(vec![1], Vec::new()).unwrap()).is_none(), "a code of no value");
        assert!(Codes::of(vec![0, 0], vec![0]).is_none(), "halves of different columns");
    }

    proptest! {
        #[test]
        fn codes_of_any_width_are_those_of_a_list(
            changes in prop::collection::vec((0..6_usize, prop_oneof![0..9_u32, any::<u32>()], any::<bool>()), 1..40),
        ) {
            let (mut codes, mut list) = (Codes::default(), Vec::new());
            for (row, code, removes) in changes {
                if removes && !list.is_empty() {
                    let row = row % list.len();
                    prop_assert_eq!(codes.swap_remove(row), list.swap_remove(row));
                } else {
                    let row = row.min(list.len());
                    prop_assert_eq!(codes.set(row, code), list.get(row).copied());
                    if row == list.len() { list.push(code) } else { list[row] = code }
                }
                prop_assert_eq!(codes.all().collect::<Vec<_>>(), list.clone());
            }
        }
    }
}
