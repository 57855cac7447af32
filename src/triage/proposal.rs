//! One line of a plan: what a decision would do to a registration, and what speaks against it.

use std::borrow::Cow;

use super::{Judgement, Severity};
use crate::model::{Decision, Registration, RegistrationId, Requirement, Seen, Status, StepKind, StepState};

/// What a decision would do to one registration.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Proposal {
    /// Which.
    pub id: RegistrationId,
    /// As it was seen when the plan was made; its status is what it would be moved from.
    pub seen: Seen,
    /// The decision.
    pub decision: Decision,
    /// Rules of its flags that are critical.
    pub critical: Vec<Cow<'static, str>>,
    /// Rules of its flags that are high.
    pub high: Vec<Cow<'static, str>>,
    /// Steps that the flow insists on and that were not passed; of an approval only.
    pub unproven: Vec<StepKind>,
}

/// Why a registration is left as it is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Hindrance {
    /// It has the status already.
    AlreadySo(Status),
    /// It was decided before, in another way.
    Final(Status),
    /// An approval over these critical flags takes a note.
    NoteNeeded(Vec<Cow<'static, str>>),
}

impl Hindrance {
    /// A stable code, for scripts.
    pub fn code(&self) -> &'static str {
        match self {
            Self::AlreadySo(_) => "already_so",
            Self::Final(_) => "already_final",
            Self::NoteNeeded(_) => "note_required",
        }
    }

    /// Whether somebody asked for something that is refused, as against something that is done already.
    pub fn is_refusal(&self) -> bool {
        !matches!(self, Self::AlreadySo(_))
    }
}

impl std::fmt::Display for Hindrance {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::AlreadySo(status) => write!(formatter, "it is {status} already"),
            Self::Final(status) => write!(formatter, "it is final: {status}"),
            Self::NoteNeeded(rules) => {
                write!(formatter, "an approval over critical flags ({}) takes a note", rules.join(", "))
            }
        }
    }
}

impl Proposal {
    /// What a decision would do to a registration that was judged so.
    pub fn new(registration: &Registration, judgement: &Judgement, decision: Decision) -> Self {
        let rules = |severity| {
            let flags = judgement.flags.iter().filter(move |flag| flag.severity == severity);
            flags.map(|flag| flag.rule.clone()).collect()
        };
        Self {
            id: registration.id.clone(),
            seen: Seen::of(registration),
            decision,
            critical: rules(Severity::Critical),
            high: rules(Severity::High),
            unproven: if decision == Decision::Approve { unproven(registration) } else { Vec::new() },
        }
    }

    /// Why it is left as it is, if it is. `has_note`: the decision comes with words. `overturn`: what is final may be
    /// decided anew.
    pub fn hindrance(&self, has_note: bool, overturn: bool) -> Option<Hindrance> {
        let status = &self.seen.status;
        if *status == self.decision.status() {
            return Some(Hindrance::AlreadySo(status.clone()));
        }
        if status.is_final() && !overturn {
            return Some(Hindrance::Final(status.clone()));
        }
        let over_flags = self.decision == Decision::Approve && !self.critical.is_empty();
        (over_flags && !has_note).then(|| Hindrance::NoteNeeded(self.critical.clone()))
    }
}

/// Steps that the flow insists on and that were not passed. The end is what an approval stands for.
fn unproven(registration: &Registration) -> Vec<StepKind> {
    let steps = registration.steps.iter().filter(|step| step.requirement == Some(Requirement::Mandatory));
    let open = steps.filter(|step| step.state != StepState::Completed && step.kind != StepKind::End);
    open.map(|step| step.kind.clone()).collect()
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]

    use std::borrow::Cow;

    use chrono::DateTime;

    use super::{Hindrance, Proposal};
    use crate::{
        model::{Decision, Registration, Seen, Status},
        triage::Judgement,
    };

    fn proposal(status: Status, decision: Decision) -> Proposal {
        let mut registration = Registration::new("r".into(), DateTime::UNIX_EPOCH);
        registration.status = status;
        Proposal::new(&registration, &Judgement::default(), decision)
    }

    #[test]
    fn what_is_open_can_be_decided_any_way() {
        for status in [Status::Started, Status::Ongoing, Status::Unknown("frozen".to_owned())] {
            for decision in Decision::ALL {
                assert_eq!(proposal(status.clone(), decision).hindrance(false, false), None);
            }
        }
        let proposal = proposal(Status::Ongoing, Decision::Reject);
        assert_eq!(proposal.seen, Seen { status: Status::Ongoing, version: 0, updated_at: DateTime::UNIX_EPOCH });
    }

    #[test]
    fn what_is_final_is_left_alone_unless_it_is_to_be_overturned() {
        for status in [Status::Failed, Status::Expired, Status::CompletedWithoutKyc] {
            let approval = proposal(status.clone(), Decision::Approve);
            let hindrance = approval.hindrance(true, false).unwrap();
            assert_eq!(hindrance, Hindrance::Final(status));
            assert!(hindrance.is_refusal());
            assert_eq!(approval.hindrance(true, true), None);
        }
    }

    #[test]
    fn what_is_so_already_is_no_refusal_and_is_never_sent() {
        let rejection = proposal(Status::Failed, Decision::Reject);
        let hindrance = rejection.hindrance(true, true).unwrap();
        assert!(!hindrance.is_refusal());
        assert_eq!(hindrance.to_string(), "it is failed already");
    }

    #[test]
    fn an_approval_over_a_critical_flag_takes_words() {
        let mut approval = proposal(Status::Ongoing, Decision::Approve);
        approval.critical = vec![Cow::Borrowed("BIO-06")];
        assert_eq!(approval.hindrance(false, false).unwrap().code(), "note_required");
        assert_eq!(approval.hindrance(true, false), None);
        approval.decision = Decision::Reject;
        assert_eq!(approval.hindrance(false, false), None, "a rejection agrees with the flag");
    }
}
