//! Until when a judgement holds by itself: whatever asks whether a moment has come, says so here, and the first that has
//! not come yet is when to judge again.

use std::cell::Cell;

use chrono::{NaiveDate, NaiveTime, TimeDelta};

use super::Context;
use crate::model::Timestamp;

/// The first moment that was asked for and has not come.
#[derive(Debug, Default)]
pub struct Horizon(Cell<Option<Timestamp>>);

impl Horizon {
    /// The first moment that has not come; `None` if time alone changes nothing any more.
    pub(super) fn end(&self) -> Option<Timestamp> {
        self.0.get()
    }

    fn note(&self, at: Timestamp) {
        self.0.set(Some(self.0.get().map_or(at, |first| first.min(at))));
    }
}

impl Context<'_> {
    /// Whether a moment has come.
    pub(super) fn has_come(&self, at: Timestamp) -> bool {
        let has_come = at <= self.now;
        if let Some(horizon) = self.horizon.filter(|_| !has_come) {
            horizon.note(at);
        }
        has_come
    }

    /// Whether so much time has passed since a moment.
    pub(super) fn has_passed(&self, since: Timestamp, span: TimeDelta) -> bool {
        since.checked_add_signed(span).is_some_and(|at| self.has_come(at))
    }

    /// Whether a day has come, in UTC.
    pub(super) fn has_come_to(&self, day: NaiveDate) -> bool {
        self.has_come(day.and_time(NaiveTime::MIN).and_utc())
    }
}
