//! Judging again: whoever changed, and whom time has moved past a limit.

use std::sync::Arc;

use rayon::prelude::*;

use super::{Entry, Index, Row};
use crate::model::{RegistrationId, Timestamp};

/// Rows that are judged together: a few megabytes while they are unpacked.
pub(super) const JUDGED_AT_ONCE: usize = 128;
/// Fewer rows are judged sooner than other threads are awake.
const WORTH_WAKING: usize = 4;

impl Index {
    /// Moves on to a time, and judges again those whom that concerns: of whom something holds no longer by itself. So
    /// many of them at most; says whether some are left, with whom the next call goes on.
    pub fn rejudge(&mut self, now: Timestamp, most: usize) -> bool {
        if self.due.is_empty() {
            self.due = self.fall_due(now);
        }
        let rows = self.due.split_off(self.due.len().saturating_sub(most));
        let rows: Vec<usize> = rows.into_iter().map(Row::place).filter(|row| *row < self.len()).collect();
        self.judge_together(&rows, now);
        !self.due.is_empty()
    }

    /// Moves on to a time, and tells whom that concerns.
    pub(super) fn fall_due(&mut self, now: Timestamp) -> Vec<Row> {
        self.columns.as_of = now;
        let concerned = self.look_for_incidents(now);
        let mut due = self.columns.due(now);
        due.extend(concerned.iter().filter_map(|id| self.row(id)));
        due
    }

    /// The time of the last judgement.
    pub fn as_of(&self) -> Timestamp {
        self.columns.as_of
    }

    pub(super) fn judge(&mut self, ids: impl IntoIterator<Item = RegistrationId>, now: Timestamp) {
        let rows: Vec<usize> = ids.into_iter().filter_map(|id| self.place(&id)).collect();
        self.judge_together(&rows, now);
    }

    /// Judges rows, on all processors where they are more than a few.
    fn judge_together(&mut self, rows: &[usize], now: Timestamp) {
        self.columns.as_of = now;
        for rows in rows.chunks(JUDGED_AT_ONCE) {
            let judge = |row: &usize| Some((*row, self.judged_anew(*row, now)?));
            let judged: Vec<_> = if rows.len() < WORTH_WAKING {
                rows.iter().filter_map(judge).collect()
            } else {
                rows.par_iter().filter_map(judge).collect()
            };
            for (row, (entry, is_at_hand)) in judged {
                self.columns.judge(row, &entry);
                self.note_change(row);
                if is_at_hand {
                    self.at_hand().put(Arc::new(entry));
                }
            }
        }
    }

    /// The entry of a row as of a time, and whether it was at hand.
    fn judged_anew(&self, row: usize, now: Timestamp) -> Option<(Entry, bool)> {
        let at_hand = self.at_hand().take(&self.columns.ids[row]);
        let is_at_hand = at_hand.is_some();
        let mut entry = at_hand.map(Arc::unwrap_or_clone).or_else(|| self.unpack(row))?;
        entry.judge(self.context(now));
        Some((entry, is_at_hand))
    }
}
