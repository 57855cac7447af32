//! How registrations begin and end.

use serde::Serialize;

use super::Case;
use crate::{
    model::{Registration, Status, StepKind, StepState},
    triage::Share,
};

/// Rates over whole registrations.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Outcomes {
    /// Of those created, the share of which anything was done.
    pub started: Share,
    /// Of those created, the share that ended well, verified or not.
    pub completed: Share,
    /// Of those created, the share that ended well and verified.
    pub verified: Share,
    /// Of those approved or refused, the share approved.
    pub approved: Share,
    /// Of those approved or refused, the share approved without that anybody looked.
    pub straight_through: Share,
    /// Of those that came to an outcome, the share that somebody had to look at.
    pub reviewed: Share,
    /// Registrations with a status this program does not know.
    pub unknown_status: usize,
}

pub(super) fn over(cases: &[Case]) -> Outcomes {
    let mut outcomes = Outcomes::default();
    for registration in cases.iter().map(|case| case.registration) {
        let status = &registration.status;
        let verified = *status == Status::Completed;
        outcomes.started.count(has_begun(registration));
        outcomes.completed.count(verified || *status == Status::CompletedWithoutKyc);
        outcomes.verified.count(verified);
        if is_decided(status) {
            outcomes.approved.count(verified);
            outcomes.straight_through.count(verified && registration.reviews.is_empty());
        }
        if is_decided(status) || matches!(status, Status::CompletedWithoutKyc | Status::NeedsManualVerification) {
            outcomes.reviewed.count(was_in_review(registration));
        }
        outcomes.unknown_status += usize::from(matches!(status, Status::Unknown(_)));
    }
    outcomes
}

/// Approved or refused.
pub(super) fn is_decided(status: &Status) -> bool {
    matches!(status, Status::Completed | Status::Failed)
}

/// Whether the person did anything.
fn has_begun(registration: &Registration) -> bool {
    let touched = registration
        .steps
        .iter()
        .any(|step| step.kind != StepKind::End && !matches!(step.state, StepState::Pending | StepState::Skipped));
    touched || registration.current_step.is_some() || !registration.failed_attempts.is_empty()
}

fn was_in_review(registration: &Registration) -> bool {
    let review = Status::NeedsManualVerification;
    registration.status == review
        || registration.reviews.iter().any(|decision| decision.from == review || decision.to == review)
}
