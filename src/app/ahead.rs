//! Reading ahead: of registrations around the cursor that a list told only by the ids of their checks, the rest is
//! read before anybody opens them.

use std::{collections::HashSet, time::Duration};

use super::{
    Effects, Layer, Model, RequestId,
    effect::{Effect, Timer},
};
use crate::{
    backend::{BackendError, Mirror},
    model::{Registration, RegistrationId, Seen},
};

/// The cursor has to rest that long, milliseconds: whoever pages through reads nothing.
const REST_MILLIS: u64 = 150;
/// Rows before and after the selected one.
const AROUND: usize = 4;

/// What is read ahead.
#[derive(Debug, Default)]
pub struct Ahead {
    /// Where the cursor was when the timer began.
    at: Option<RegistrationId>,
    under_way: HashSet<RequestId>,
    /// What was asked for already, and as of which state: it is not asked for twice.
    asked: HashSet<RegistrationId>,
}

impl Model {
    /// Begins to wait for the cursor to rest, if it has moved onto something that is not known in full.
    pub(super) fn time_reading_ahead(&mut self) -> Effects {
        let tells_all = self.profile.announces_changes || self.profile.mirror == Mirror::Off;
        if tells_all || self.layer() != Layer::Queue || self.ahead.at.as_ref() == self.queue.selected() {
            return Effects::none();
        }
        self.ahead.at = self.queue.selected().cloned();
        if self.not_in_full().next().is_none() {
            return Effects::none();
        }
        Effects::one(Effect::Timer(Timer::Ahead, Duration::from_millis(REST_MILLIS)))
    }

    /// The cursor rests: reads what around it is not known in full.
    pub(super) fn read_ahead(&mut self) -> Effects {
        let wanted: Vec<RegistrationId> = self.not_in_full().cloned().collect();
        let mut effects = Effects::none();
        for id in wanted {
            let request = self.requests.next();
            self.ahead.under_way.insert(request);
            self.ahead.asked.insert(id.clone());
            effects.push(Effect::Retrieve(request, id));
        }
        effects
    }

    fn not_in_full(&self) -> impl Iterator<Item = &RegistrationId> {
        let rows = self.queue.rows();
        let row = self.queue.list().cursor().selected().unwrap_or(0);
        let around = rows.iter().skip(row.saturating_sub(AROUND)).take(2 * AROUND + 1);
        around.filter_map(|row| self.index.id(*row)).filter(|id| {
            let is_thin = self.index.get(id).is_some_and(|entry| entry.registration.has_unloaded());
            is_thin && !self.ahead.asked.contains(*id)
        })
    }

    /// Takes what was read ahead; `None` if the answer is to something else. A failure is no news: opening it says so.
    pub(super) fn came_ahead(
        &mut self,
        request: RequestId,
        answer: &Result<Registration, BackendError>,
    ) -> Option<Effects> {
        if !self.ahead.under_way.remove(&request) {
            return None;
        }
        if let Ok(registration) = answer {
            self.upsert(vec![registration.clone()]);
        }
        Some(Effects::none())
    }

    /// Whether everything about a registration was read already, and nothing of it has changed since.
    pub(super) fn is_known_in_full(&mut self, row: &Registration) -> bool {
        let known = self.index.get(&row.id);
        let is_known = known
            .is_some_and(|known| !known.registration.has_unloaded() && Seen::of(&known.registration).is_still(row));
        if !is_known {
            // It has moved: what was read of it ahead is old.
            self.ahead.asked.remove(&row.id);
        }
        is_known
    }
}
