//! Why a person decided as they did: the codes a house chooses from.

use std::borrow::Cow;

use crate::model::Decision::{self, Approve, Reject, Review};

/// One reason.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Reason {
    /// Its code, as it is kept and searched for.
    pub code: Cow<'static, str>,
    /// For which decisions it can be given.
    pub decisions: Cow<'static, [Decision]>,
    /// One sentence.
    pub label: Cow<'static, str>,
    /// Whether it has to be explained in words.
    pub needs_note: bool,
}

const fn reason(code: &'static str, decisions: &'static [Decision], label: &'static str) -> Reason {
    Reason {
        code: Cow::Borrowed(code),
        decisions: Cow::Borrowed(decisions),
        label: Cow::Borrowed(label),
        needs_note: false,
    }
}

const fn explained(mut reason: Reason) -> Reason {
    reason.needs_note = true;
    reason
}

/// The built-in reasons, in the order in which they are offered.
const BUILT_IN: &[Reason] = &[
    reason("identity_confirmed", &[Approve], "The person is who they say they are."),
    reason("documents_in_order", &[Approve], "The document was looked at and is genuine and valid."),
    reason("false_alarm", &[Approve], "The flags were looked into and are wrong."),
    explained(reason("exception_approved", &[Approve], "A rule is not met; somebody entitled to it accepts that.")),
    reason("document_forged", &[Reject], "The document is forged or was tampered with."),
    reason("document_unreadable", &[Reject, Review], "The document cannot be read, also not by eye."),
    reason("document_expired", &[Reject, Review], "The document is no longer valid, and no other was shown."),
    reason("face_mismatch", &[Reject], "The face is not the one on the document."),
    reason("spoof_attempt", &[Reject], "A print, a screen or a mask was shown instead of a face."),
    reason("data_mismatch", &[Reject, Review], "What was typed, the document and the registry contradict each other."),
    reason("duplicate_person", &[Reject], "The person has an account or another registration already."),
    explained(reason("sanctions_match", &[Reject, Review], "The person is on a watch list.")),
    explained(reason("fraud_ring", &[Reject, Review], "It belongs to a group that acts together.")),
    reason("not_eligible", &[Reject], "The person does not meet the conditions, for example age or country."),
    reason("no_answer", &[Reject], "The person was asked for more and did not answer."),
    explained(reason("other", &[Reject], "Something else; the note says what.")),
    reason("second_look", &[Review], "A second person should look at it."),
    reason("waiting_for_person", &[Review], "The person was asked for more."),
    explained(reason("escalated", &[Review], "It was handed to somebody who decides such cases.")),
];

/// The reasons in use.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Reasons(Vec<Reason>);

impl Default for Reasons {
    fn default() -> Self {
        Self(BUILT_IN.to_vec())
    }
}

impl Reasons {
    /// Every reason, in the order in which they are offered.
    pub fn all(&self) -> &[Reason] {
        &self.0
    }

    /// Those that can be given for a decision.
    pub fn of(&self, decision: Decision) -> impl Iterator<Item = &Reason> {
        self.0.iter().filter(move |reason| reason.decisions.contains(&decision))
    }

    /// The reason of a code.
    pub fn get(&self, code: &str) -> Option<&Reason> {
        self.0.iter().find(|reason| reason.code == code)
    }

    /// Puts a reason in the place of the one with its code, else after all others.
    pub fn put(&mut self, reason: Reason) {
        match self.0.iter_mut().find(|known| known.code == reason.code) {
            Some(known) => *known = reason,
            None => self.0.push(reason),
        }
    }

    /// Takes a reason away.
    pub fn remove(&mut self, code: &str) {
        self.0.retain(|reason| reason.code != code);
    }
}

#[cfg(test)]
mod tests {
    use super::{Reason, Reasons, reason};
    use crate::model::{Decision, is_reason_code};

    #[test]
    fn every_decision_has_reasons_and_every_code_survives_a_note() {
        let reasons = Reasons::default();
        for decision in Decision::ALL {
            assert!(reasons.of(decision).count() >= 3, "{decision}");
        }
        for (place, reason) in reasons.all().iter().enumerate() {
            assert!(is_reason_code(&reason.code) && reason.label.ends_with('.'), "{}", reason.code);
            assert!(!reason.decisions.is_empty());
            assert!(reasons.all()[..place].iter().all(|earlier| earlier.code != reason.code), "{}", reason.code);
        }
    }

    #[test]
    fn a_reason_of_the_house_replaces_its_namesake_in_place_or_comes_last() {
        let mut reasons = Reasons::default();
        let place = |reasons: &Reasons, code: &str| reasons.all().iter().position(|reason| reason.code == code);
        let before = place(&reasons, "no_answer");
        reasons.put(Reason { needs_note: true, ..reason("no_answer", &[Decision::Reject], "They are silent.") });
        assert_eq!(place(&reasons, "no_answer"), before);
        assert!(reasons.get("no_answer").is_some_and(|reason| reason.needs_note));
        reasons.put(reason("branch_visit", &[Decision::Review], "They come to a branch."));
        assert_eq!(place(&reasons, "branch_visit"), Some(reasons.all().len() - 1));
        reasons.remove("no_answer");
        assert_eq!(reasons.get("no_answer"), None);
    }
}
