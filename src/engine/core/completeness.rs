//! Completeness and flow rules: what stands between a registration and its end. The one place that judges it.

use crate::backend::Blocker;
use crate::model::timeline::face_outcome;
use crate::model::{Gateway, Outcome, Registration, Requirement, Status, Step, StepKind, StepState};

/// The judgement over a registration as it stands.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Verdict {
    /// The status the end of the flow would give: `failed` once a mandatory document or liveness step has used up its
    /// attempts; `needs_manual_verification` while a mandatory step has not passed, a check is in review, the faces
    /// differ, or a background check had hits or no answer; else `completed`.
    pub status: Status,
    /// Everything in the way, in the order of the steps.
    pub blockers: Vec<Blocker>,
    /// A mandatory step is still to be done or tried again, and the person has not reported the end.
    pub under_way: bool,
}

/// What a blocker does to the status.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Weight {
    /// Not done yet.
    Owed,
    /// A person has to look.
    Review,
    /// Nothing more can be done.
    Final,
}

struct Finding {
    weight: Weight,
    blocker: Blocker,
}

/// Judges a registration with derived steps.
pub fn completeness(registration: &Registration) -> Verdict {
    let mut findings: Vec<Finding> =
        registration.steps.iter().filter_map(|step| step_finding(registration, step)).collect();
    if is_held(registration) {
        findings.push(finding(
            &StepKind::End,
            Weight::Review,
            "held_for_review",
            "A reviewer has set it aside; a decision has to take it up again.",
        ));
    }
    let status = match findings.iter().map(|finding| finding.weight).max() {
        None => Status::Completed,
        Some(Weight::Final) => Status::Failed,
        Some(Weight::Owed | Weight::Review) => Status::NeedsManualVerification,
    };
    let ended = registration.current_step == Some(StepKind::End);
    let under_way = !ended && findings.iter().any(|finding| finding.weight == Weight::Owed);
    Verdict { status, blockers: findings.into_iter().map(|finding| finding.blocker).collect(), under_way }
}

/// The status that the evidence alone gives a registration: a sync without a wish.
pub(super) fn standing(registration: &Registration) -> Status {
    let verdict = completeness(registration);
    match &registration.status {
        // Nothing has happened: a flow that demands nothing is not thereby passed.
        Status::Started => Status::Started,
        closed if closed.is_final() => closed.clone(),
        _ if verdict.status == Status::Failed => Status::Failed,
        _ if verdict.under_way && !is_held(registration) => Status::Ongoing,
        _ => verdict.status,
    }
}

/// Whether a reviewer sent it to review and nobody has decided since: the evidence alone must not undo that.
fn is_held(registration: &Registration) -> bool {
    registration.status == Status::NeedsManualVerification
        && registration.reviews.last().is_some_and(|review| review.to == Status::NeedsManualVerification)
}

fn finding(step: &StepKind, weight: Weight, code: impl Into<String>, message: impl Into<String>) -> Finding {
    Finding { weight, blocker: Blocker { step: step.clone(), code: code.into(), message: message.into() } }
}

fn step_finding(registration: &Registration, step: &Step) -> Option<Finding> {
    let kind = &step.kind;
    if *kind == StepKind::End || is_collected_only(registration, kind) {
        return None;
    }
    let mandatory = step.requirement == Some(Requirement::Mandatory);
    let label = kind.label();
    match kind {
        StepKind::CriminalHistory => background_finding(registration, mandatory),
        StepKind::FaceComparison
            if face_outcome(&registration.checks, registration.flow.settings.as_ref()) == Some(Outcome::Failed) =>
        {
            Some(finding(kind, Weight::Review, "face_comparison_failed", "Selfie and document portrait differ."))
        }
        _ if step.state == StepState::Review => Some(finding(
            kind,
            Weight::Review,
            format!("{kind}_in_review"),
            format!("{label} is in review: a person has to settle it."),
        )),
        _ if !mandatory || step.state.is_settled() => None,
        StepKind::Consent if step.state == StepState::Failed => {
            Some(finding(kind, Weight::Review, "consent_refused", "Terms and privacy notice were refused."))
        }
        _ if is_exhausted(registration, step) => Some(finding(
            kind,
            Weight::Final,
            format!("{kind}_attempts_exhausted"),
            format!("{label} has used up its {} attempts.", step.attempts),
        )),
        _ => Some(owed(step)),
    }
}

fn owed(step: &Step) -> Finding {
    let (kind, label) = (&step.kind, step.kind.label());
    let (suffix, message) = match step.state {
        StepState::Failed => ("failed", format!("{label} did not pass; the person may try again.")),
        StepState::Expired => ("expired", format!("{label} ran out of time; the person may try again.")),
        StepState::InProgress => ("in_progress", format!("{label} has begun and has no outcome yet.")),
        _ => ("missing", format!("{label} is mandatory and has not been done.")),
    };
    finding(kind, Weight::Owed, format!("{kind}_{suffix}"), message)
}

/// Only document and liveness end a registration: a new code may always be sent.
fn is_exhausted(registration: &Registration, step: &Step) -> bool {
    let ends = matches!(step.kind, StepKind::DocumentVerification | StepKind::BiometricVerification);
    let limit = registration.flow.settings.as_ref().map(|settings| settings.attempt_limit(&step.kind));
    ends && limit.is_some_and(|limit| registration.counted_failures(&step.kind) >= limit)
}

/// A contact whose code no gateway carries is collected, not verified.
fn is_collected_only(registration: &Registration, kind: &StepKind) -> bool {
    let settings = registration.flow.settings.as_ref();
    let gateway = match kind {
        StepKind::EmailVerification => settings.and_then(|settings| settings.email_gateway.as_ref()),
        StepKind::PhoneVerification => settings.and_then(|settings| settings.phone_gateway.as_ref()),
        _ => None,
    };
    gateway == Some(&Gateway::None)
}

fn background_finding(registration: &Registration, mandatory: bool) -> Option<Finding> {
    let kind = &StepKind::CriminalHistory;
    match &registration.checks.background {
        Some(background) if background.has_hit() => Some(finding(
            kind,
            Weight::Review,
            "criminal_history_hit",
            "A criminal record or watch list has a hit: a person has to settle it.",
        )),
        Some(background) if background.has_error() => Some(finding(
            kind,
            Weight::Review,
            "criminal_history_unanswered",
            "A criminal record or watch list gave no answer: unknown is not clear.",
        )),
        None if mandatory => Some(finding(
            kind,
            Weight::Owed,
            "criminal_history_missing",
            "Criminal history is mandatory and has not been asked for.",
        )),
        Some(_) | None => None,
    }
}
