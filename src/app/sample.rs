//! Registrations that are looked at whole, to measure something over them: all where there are few, and evenly chosen
//! ones where there are many. They are read in steps, so that keys do not wait for it.

use std::sync::Arc;

use super::Model;
use crate::index::{Entry, Index, Row};

/// So many are read at most: a share among them is off by two points at most, nineteen times of twenty.
const MOST: usize = 2_000;
/// Up to so many are read at once.
pub const AT_ONCE: usize = 500;
/// Of more, so many at a time: some milliseconds.
const STEP: usize = 50;

/// See the module.
#[derive(Debug, Clone, Default)]
pub struct Sample {
    entries: Vec<Arc<Entry>>,
    /// What is still to be read, last first.
    left: Vec<Row>,
    /// How many they were chosen from.
    of: usize,
}

impl Sample {
    /// Begins one over rows, with its first step.
    pub fn begin(rows: &[Row], index: &Index) -> Self {
        let chosen = rows.len().min(MOST);
        let left = (0..chosen).rev().map(|number| rows[number * rows.len() / chosen]).collect();
        let mut sample = Self { entries: Vec::new(), left, of: rows.len() };
        sample.read(index, if chosen <= AT_ONCE { chosen } else { STEP });
        sample
    }

    /// Reads the next ones.
    pub fn read_on(&mut self, index: &Index) {
        self.read(index, STEP);
    }

    fn read(&mut self, index: &Index, count: usize) {
        let next = self.left.split_off(self.left.len().saturating_sub(count));
        self.entries.extend(next.into_iter().rev().filter_map(|row| index.at(row)));
    }

    /// Those that have been read.
    pub fn entries(&self) -> &[Arc<Entry>] {
        &self.entries
    }

    /// Whether all that were chosen have been read.
    pub fn is_read(&self) -> bool {
        self.left.is_empty()
    }

    /// How many they were chosen from, where that is more than were chosen.
    pub fn chosen_from(&self) -> Option<usize> {
        (self.of > MOST).then_some(self.of)
    }
}

impl Model {
    /// Begins a sample of what the queue shows.
    pub(super) fn sample(&self) -> Sample {
        Sample::begin(self.queue.rows(), &self.index)
    }
}
