//! Which deliveries were taken already: services repeat them and send them out of order.

use std::collections::{HashMap, HashSet, VecDeque};

use crate::{model::Timestamp, wire::HookEvent};

/// Deliveries that are remembered; some hours of a busy service.
const MOST: usize = 100_000;

/// What a delivery is to those before it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Freshness {
    /// It was there before.
    Repeated,
    /// Its object was seen in a later state already.
    Late,
    /// Neither.
    New,
}

/// The deliveries of late.
#[derive(Debug, Default)]
pub(super) struct Seen {
    fingerprints: HashSet<[u8; 32]>,
    /// The oldest first, with what they were about.
    order: VecDeque<([u8; 32], Option<String>)>,
    /// The latest state of each object, and in how many deliveries it is remembered.
    latest: HashMap<String, (Timestamp, usize)>,
}

impl Seen {
    /// Takes a delivery.
    pub(super) fn take(&mut self, event: &HookEvent) -> Freshness {
        let fingerprint = event.fingerprint();
        if !self.fingerprints.insert(fingerprint) {
            return Freshness::Repeated;
        }
        // Types about one object share its clock.
        let dated = event.object_id.clone().zip(event.at);
        self.order.push_back((fingerprint, dated.as_ref().map(|(id, _)| id.clone())));
        let freshness = dated.map_or(Freshness::New, |(id, at)| self.date(id, at));
        if self.order.len() > MOST {
            self.forget_oldest();
        }
        freshness
    }

    fn date(&mut self, id: String, at: Timestamp) -> Freshness {
        let (latest, deliveries) = self.latest.entry(id).or_insert((at, 0));
        *deliveries += 1;
        if at < *latest {
            return Freshness::Late;
        }
        *latest = at;
        Freshness::New
    }

    fn forget_oldest(&mut self) {
        let Some((fingerprint, object)) = self.order.pop_front() else { return };
        self.fingerprints.remove(&fingerprint);
        let Some(id) = object else { return };
        if let Some((_, deliveries)) = self.latest.get_mut(&id) {
            *deliveries -= 1;
            if *deliveries == 0 {
                self.latest.remove(&id);
            }
        }
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use serde_json::json;

    use super::*;
    use crate::wire::decode_hook;

    fn event(kind: &str, id: u64, second: u32) -> HookEvent {
        let at = format!("2026-05-04T14:10:{second:02}Z");
        decode_hook(json!({ "type": kind, "object": { "_id": id.to_string(), "updatedAt": at } })).unwrap()
    }

    #[test]
    fn a_repeated_delivery_is_known_and_an_older_state_is_late() {
        let mut seen = Seen::default();
        let (created, completed) = ("onboarding_app_registration_created", "onboarding_app_registration_completed");
        assert_eq!(seen.take(&event(completed, 1, 30)), Freshness::New);
        assert_eq!(seen.take(&event(created, 1, 10)), Freshness::Late);
        assert_eq!(seen.take(&event(completed, 1, 30)), Freshness::Repeated);
        assert_eq!(seen.take(&event(created, 2, 10)), Freshness::New);
        // Two events of one moment are two events.
        assert_eq!(seen.take(&event("onboarding_app_registration_sync_end", 1, 30)), Freshness::New);
    }

    #[test]
    fn without_id_or_time_it_is_the_content_that_repeats() {
        let mut seen = Seen::default();
        let bare = |word: &str| decode_hook(json!({ "type": "x", "object": { "word": word } })).unwrap();
        assert_eq!(seen.take(&bare("one")), Freshness::New);
        assert_eq!(seen.take(&bare("two")), Freshness::New);
        assert_eq!(seen.take(&bare("one")), Freshness::Repeated);
    }

    #[test]
    fn it_does_not_grow_without_end() {
        let mut seen = Seen::default();
        for id in 0..MOST as u64 + 10 {
            seen.take(&event("onboarding_app_registration_created", id, 0));
        }
        assert_eq!((seen.fingerprints.len(), seen.order.len(), seen.latest.len()), (MOST, MOST, MOST));
        assert_eq!(seen.take(&event("onboarding_app_registration_created", 0, 0)), Freshness::New);
        assert_eq!(seen.take(&event("onboarding_app_registration_created", 5000, 0)), Freshness::Repeated);
    }
}
