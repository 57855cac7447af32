//! What came of links that were sent again.

use chrono::TimeDelta;
use serde::Serialize;

use super::{Case, quantiles};
use crate::{
    model::{Registration, Status, Timestamp},
    triage::Share,
};

/// A person who reacts to a link does so while it lives.
const REACTION: TimeDelta = TimeDelta::minutes(30);
/// Whoever finishes because of a link finishes within this time.
const RECOVERY: TimeDelta = TimeDelta::hours(24);

/// Registrations whose link was sent again; of several times the last one counts.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Nudges {
    /// Of all registrations, the share whose link was sent again.
    pub resent: Share,
    /// Of those whose link has died since, the share that moved while it lived.
    pub moved: Share,
    /// Of those with a day to do it, the share that completed within a day.
    pub recovered: Share,
    /// Sent too lately to tell.
    pub too_early: usize,
    /// Sent at a time that is not known well enough.
    pub unknown: usize,
}

pub(super) fn over(cases: &[Case], now: Timestamp) -> Nudges {
    let mut nudges = Nudges::default();
    for registration in cases.iter().map(|case| case.registration) {
        let resent = registration.link_resends > 0 || registration.link_resent.is_some();
        nudges.resent.count(resent);
        match quantiles::exact(registration.link_resent) {
            Some(moment) => nudges.add(registration, moment.at, now),
            None => nudges.unknown += usize::from(resent),
        }
    }
    nudges
}

impl Nudges {
    fn add(&mut self, registration: &Registration, resent: Timestamp, now: Timestamp) {
        let within = |at: Timestamp, limit: TimeDelta| at > resent && at - resent <= limit;
        let moved = moves(registration).any(|at| within(at, REACTION));
        if moved || now - resent >= REACTION {
            self.moved.count(moved);
        }
        let completed = matches!(registration.status, Status::Completed | Status::CompletedWithoutKyc);
        let recovered = completed && registration.completed_at.is_some_and(|end| within(end.at, RECOVERY));
        if recovered || registration.status.is_final() || now - resent >= RECOVERY {
            self.recovered.count(recovered);
        } else {
            self.too_early += 1;
        }
    }
}

/// When the person did something.
fn moves(registration: &Registration) -> impl Iterator<Item = Timestamp> {
    let steps = registration.steps.iter().flat_map(|step| [step.started, step.finished]);
    let attempts = registration.failed_attempts.iter().map(|attempt| attempt.at);
    steps.chain(attempts).filter_map(quantiles::exact).map(|moment| moment.at)
}
