//! The incidents of an index: when they are looked for, and how many registrations are stuck in each.

use std::sync::Arc;

use super::Index;
use crate::{
    model::{RegistrationId, Timestamp},
    triage::{self, Incident},
};

/// Incidents are looked for anew once this share of all registrations came or changed, and with every judgement of
/// everything. That passes over all registrations, so doing it for each single change would make loading quadratic;
/// this way a load costs a constant number of passes, and between two ticks an incident is at most one tick late.
const SHARE_OF_NEWS: usize = 10;

impl Index {
    /// The incidents that last, in the order of the flow, each with how many registrations are stuck in it: those that
    /// `stuck:X-06` finds.
    pub fn incidents(&self) -> impl Iterator<Item = (&Incident, usize)> {
        self.incidents.iter().enumerate().map(|(place, incident)| {
            (incident, self.entries.iter().filter(|entry| entry.incident == Some(place)).count())
        })
    }

    pub(super) fn may_have_new_incidents(&self) -> bool {
        self.news > 0 && self.news * SHARE_OF_NEWS >= self.entries.len()
    }

    /// Finds the incidents of now, and tells whom that concerns: everyone covered before or after.
    pub(super) fn look_for_incidents(&mut self, now: Timestamp) -> Vec<Arc<RegistrationId>> {
        self.news = 0;
        let found = triage::incidents(self.entries.iter().map(|entry| entry.registration.as_ref()), now);
        if found == self.incidents {
            return Vec::new();
        }
        let before = std::mem::replace(&mut self.incidents, found);
        let either = || before.iter().chain(&self.incidents);
        let registrations = self.entries.iter().map(|entry| &entry.registration);
        let concerned = registrations.filter(|registration| either().any(|incident| incident.covers(registration)));
        concerned.map(|registration| Arc::new(registration.id.clone())).collect()
    }
}
