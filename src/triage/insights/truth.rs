//! What is known today of who somebody really was, by the word of people.

use crate::{
    model::{Registration, Status, Verdict},
    triage::{Severity, rule},
};

/// Reasons of a refusal that say that somebody tried to deceive.
const FRAUD_REASONS: [&str; 4] = ["document_forged", "face_mismatch", "spoof_attempt", "fraud_ring"];

/// Who somebody turned out to be.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Truth {
    /// Refused for a reason that means fraud, or a grave flag was found right.
    Fraud,
    /// Completed, and nobody found fraud.
    Genuine,
    /// Nobody knows yet.
    Unknown,
}

impl Truth {
    pub fn of(registration: &Registration) -> Self {
        let refused = registration.status == Status::Failed
            && registration
                .reviews
                .iter()
                .rfind(|review| review.to == Status::Failed)
                .and_then(|review| review.reason.as_deref())
                .is_some_and(|reason| FRAUD_REASONS.contains(&reason));
        let caught = registration.desk.verdicts.iter().any(|word| {
            word.verdict == Verdict::Right && rule(&word.rule).is_some_and(|rule| rule.severity >= Severity::High)
        });
        match registration.status {
            // A decision for somebody is a later word than a flag's.
            Status::Completed if !caught || approved_after_all(registration) => Self::Genuine,
            _ if refused || caught => Self::Fraud,
            _ => Self::Unknown,
        }
    }
}

/// Whether somebody approved it after the last verdict on a flag.
fn approved_after_all(registration: &Registration) -> bool {
    let last_verdict = registration.desk.verdicts.iter().map(|word| word.at).max();
    let approved = registration.reviews.iter().rfind(|review| review.to == Status::Completed);
    approved.and_then(|review| review.at).is_some_and(|at| last_verdict.is_some_and(|verdict| at > verdict))
}
