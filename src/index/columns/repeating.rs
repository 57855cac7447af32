//! A column of values that many rows share: each value once, and a code for each row. What a query asks of such a
//! column is asked once for each value.

use std::{collections::HashMap, hash::Hash};

use super::Row;

/// See the module.
#[derive(Debug, Clone)]
pub struct Repeating<T> {
    codes: Vec<u32>,
    values: Vec<T>,
    known: HashMap<T, u32>,
    /// How many rows have each value, by its code: what is asked of everybody most often takes no pass.
    counts: Vec<usize>,
}

impl<T> Default for Repeating<T> {
    fn default() -> Self {
        Self { codes: Vec::new(), values: Vec::new(), known: HashMap::new(), counts: Vec::new() }
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
    pub fn of(values: Vec<T>, codes: Vec<u32>) -> Option<Self> {
        let known = values.iter().cloned().zip(0..).collect();
        let mut counts = vec![0; values.len()];
        for code in &codes {
            *counts.get_mut(*code as usize)? += 1;
        }
        Some(Self { codes, values, known, counts })
    }

    /// Sets the value of a row; the row after the last one is added.
    pub fn set(&mut self, row: usize, value: T) {
        let code = self.code_of(value);
        self.counts[code as usize] += 1;
        match self.codes.get_mut(row) {
            Some(old) => {
                self.counts[*old as usize] -= 1;
                *old = code;
            }
            None => self.codes.push(code),
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
        &self.values[self.codes[row] as usize]
    }

    /// The code of each row.
    pub fn codes(&self) -> &[u32] {
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
                    counts[self.codes[row.place()] as usize] += 1;
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
    use super::{Among, Repeating, Row};

    #[test]
    fn values_are_kept_once_and_counted_by_rows() {
        let mut column = Repeating::default();
        for (row, value) in ["b", "a", "b", "c"].into_iter().enumerate() {
            column.set(row, value);
        }
        column.set(3, "a");
        assert_eq!(column.codes(), [0, 1, 0, 1]);
        assert_eq!(column.counts(Among::All).collect::<Vec<_>>(), [(&"b", 2), (&"a", 2)]);
        let some = [1, 2, 3].map(Row::new);
        assert_eq!(column.counts(Among::Only(&some)).collect::<Vec<_>>(), [(&"b", 1), (&"a", 2)]);
        assert_eq!(column.ranks(|value| *value), [1, 0, 2]);
        column.swap_remove(0);
        assert_eq!(column.codes(), [1, 1, 0]);
        assert_eq!(column.counts(Among::All).collect::<Vec<_>>(), [(&"b", 1), (&"a", 2)]);
        let again = Repeating::of(column.table(|value| *value), column.codes().to_vec()).unwrap();
        assert_eq!(again.counts(Among::All).collect::<Vec<_>>(), [(&"b", 1), (&"a", 2)]);
        assert!(Repeating::of(vec!["a"], vec![1]).is_none(), "a code of no value");
    }
}
