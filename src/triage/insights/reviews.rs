//! How long reviews wait and take.

use serde::Serialize;

use super::{Case, Quantiles, quantiles, quantiles::Samples};
use crate::model::{Registration, Status, StepKind, Timestamp};

/// Durations around manual review, seconds. A review begins when somebody asked for it, else with the last evidence.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Reviews {
    /// How long those in review have been waiting so far.
    pub waiting: Quantiles,
    /// From the beginning till somebody took it, where it is still taken.
    pub to_claim: Quantiles,
    /// From the beginning to the decision.
    pub to_decision: Quantiles,
}

pub(super) fn over(cases: &[Case], now: Timestamp) -> Reviews {
    let (mut waiting, mut to_claim, mut to_decision) = (Samples::default(), Samples::default(), Samples::default());
    for registration in cases.iter().map(|case| case.registration) {
        if registration.status == Status::NeedsManualVerification {
            let began = began(registration, registration.reviews.len(), now);
            waiting.add(began.map(|began| now - began));
            if let Some(claim) = &registration.desk.claim {
                to_claim.add(began.map(|began| claim.at - began));
            }
        }
        for (place, review) in registration.reviews.iter().enumerate() {
            if review.from == Status::NeedsManualVerification && review.to.is_final() {
                let span = review.at.and_then(|at| Some(at - began(registration, place, at)?));
                to_decision.add(span);
            }
        }
    }
    Reviews { waiting: waiting.quantiles(), to_claim: to_claim.quantiles(), to_decision: to_decision.quantiles() }
}

/// When the review began that lasted before the decision of this place, or until `end`.
fn began(registration: &Registration, place: usize, end: Timestamp) -> Option<Timestamp> {
    let earlier = &registration.reviews[..place];
    if let Some(asked) = earlier.iter().rfind(|review| review.to == Status::NeedsManualVerification) {
        return asked.at;
    }
    let steps = registration.steps.iter().filter(|step| step.kind != StepKind::End);
    let ends = steps.filter_map(|step| quantiles::exact(step.finished)).map(|moment| moment.at);
    ends.filter(|at| *at <= end).max()
}
