//! Looking up ahead: who stands just below and above the screen is looked up and judged while nothing is typed, so that
//! the next page is on the screen as quickly as the next row.

use std::time::Duration;

use super::{
    Effects, Layer, Model,
    effect::{Effect, Timer},
};
use crate::index::Row;

/// A screen has to rest that long, milliseconds: whoever runs through the list looks nobody up but those on it.
const REST_MILLIS: u64 = 5;
/// So many are looked up in a step, which keeps it within a millisecond or two.
const STEP: usize = 6;
/// The pause between two steps, milliseconds: keys come first.
const PAUSE_MILLIS: u64 = 2;

/// Who is looked up ahead.
#[derive(Debug, Default)]
pub struct Warming {
    /// The screen around which: its first place, who stands there, and how many are listed.
    screen: Option<(usize, Option<Row>, usize)>,
    /// Who is left, the nearest last.
    rows: Vec<Row>,
}

impl Model {
    /// Begins to wait for the screen to rest, if it is another one than before.
    pub(super) fn time_warming(&mut self) -> Effects {
        let rows = self.queue.rows();
        let top = self.queue.list().cursor().top();
        let screen = Some((top, rows.get(top).copied(), rows.len()));
        if self.layer() != Layer::Queue || self.warming.screen == screen {
            return Effects::none();
        }
        self.warming.screen = screen;
        let below = rows.iter().skip(top + self.list_rows).take(self.list_rows);
        let above = rows[..top.min(rows.len())].iter().rev().take(self.list_rows);
        let around = below.chain(above).filter(|row| !self.index.is_at_hand(**row));
        self.warming.rows = around.copied().collect();
        self.warming.rows.reverse();
        self.warm_in(REST_MILLIS)
    }

    fn warm_in(&self, millis: u64) -> Effects {
        if self.warming.rows.is_empty() {
            return Effects::none();
        }
        Effects::one(Effect::Timer(Timer::Warm, Duration::from_millis(millis)))
    }

    /// Looks up the next of them.
    pub(super) fn warm(&mut self) -> Effects {
        let left = self.warming.rows.len().saturating_sub(STEP);
        self.index.warm(&self.warming.rows.split_off(left));
        self.warm_in(PAUSE_MILLIS)
    }
}
