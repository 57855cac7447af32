//! The incidents of an index: when they are looked for, and how many registrations are stuck in each.

use super::{Index, columns};
use crate::{
    model::{RegistrationId, Timestamp},
    triage::Incident,
};

/// Incidents are looked for anew once this share of all registrations came or changed, and with every judgement of
/// everything. That passes over the minutes of a week, so doing it for each single change would make loading slow; between
/// two ticks an incident is at most one tick late.
const SHARE_OF_NEWS: usize = 10;

impl Index {
    /// The incidents that last, in the order of the flow, each with how many registrations are stuck in it: those that
    /// `stuck:X-06` finds.
    pub fn incidents(&self) -> impl Iterator<Item = (&Incident, usize)> {
        let mut stuck = [0; columns::NO_INCIDENT as usize + 1];
        let is_in_one = |incident: &&u8| **incident != columns::NO_INCIDENT;
        // Mostly there is no incident at all, and nobody has to be gone through.
        let all = if self.incidents.is_empty() { &[] } else { self.columns.incident.as_slice() };
        for incident in all.iter().filter(is_in_one) {
            stuck[usize::from(*incident)] += 1;
        }
        self.incidents.iter().zip(stuck)
    }

    pub(super) fn may_have_new_incidents(&self) -> bool {
        self.news > 0 && self.news * SHARE_OF_NEWS >= self.len()
    }

    /// Finds the incidents of now, and tells whom that may concern: those who came since to a step that stands still,
    /// before or after.
    pub(super) fn look_for_incidents(&mut self, now: Timestamp) -> Vec<RegistrationId> {
        self.news = 0;
        let found = self.channels.incidents(now);
        if found == self.incidents {
            return Vec::new();
        }
        let before = std::mem::replace(&mut self.incidents, found);
        let either = || before.iter().chain(&self.incidents);
        let concerned = self
            .visits
            .iter()
            .zip(&self.columns.ids)
            .filter(|(visits, _)| either().any(|incident| self.channels.may_be_covered(visits, incident)));
        concerned.map(|(_, id)| id.clone()).collect()
    }
}
