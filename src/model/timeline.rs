//! Steps, verdicts and scores, derived from the evidence.
//!
//! Neither the embedded engine nor the live service keeps a list of steps: both keep evidence (validations with
//! times and states), and this module reads one timeline out of it. The rules: evidence beats `currentStep`, which
//! beats guesses; a step without evidence is `pending`, never `failed`; a step that the flow leaves out is `skipped`
//! unless there is evidence after all.

use super::{
    Checks, CodeCheck, DocumentCheck, FlowSettings, LivenessCheck, Moment, Outcome, Registration, Requirement, Results,
    Scores, Status, Step, StepKind, StepState,
};

/// Steps that are shown although neither flow nor evidence mentions them.
const CORE: &[StepKind] =
    &[StepKind::PersonalInfo, StepKind::DocumentVerification, StepKind::BiometricVerification, StepKind::End];

/// Fills `steps`, `results` and `scores` from `checks`, `failed_attempts`, flow settings and status.
pub fn derive(registration: &mut Registration) {
    registration.scores = scores_of(registration);
    registration.steps = steps_of(registration);
    registration.results = results_of(registration);
}

/// What the evidence says of one step.
struct Finding {
    state: StepState,
    started: Option<Moment>,
    finished: Option<Moment>,
    attempts: u32,
}

impl Finding {
    fn new(state: StepState, started: Option<Moment>, finished: Option<Moment>) -> Self {
        Self { state, started, finished, attempts: 0 }
    }

    fn once(moment: Moment) -> Self {
        Self::new(StepState::Completed, Some(moment), Some(moment))
    }
}

/// The steps of a registration, in the order of the flow.
pub fn steps_of(registration: &Registration) -> Vec<Step> {
    let settings = registration.flow.settings.as_ref();
    let furthest = furthest_position(registration);
    StepKind::ALL
        .iter()
        .cloned()
        .chain(foreign_kinds(settings))
        .filter_map(|kind| step_of(registration, settings, furthest, kind))
        .collect()
}

fn foreign_kinds(settings: Option<&FlowSettings>) -> impl Iterator<Item = StepKind> {
    settings
        .into_iter()
        .flat_map(|settings| &settings.steps)
        .map(|step| step.kind.clone())
        .filter(|kind| matches!(kind, StepKind::Other(_)))
}

fn step_of(
    registration: &Registration,
    settings: Option<&FlowSettings>,
    furthest: Option<usize>,
    kind: StepKind,
) -> Option<Step> {
    let requirement = settings.and_then(|settings| settings.requirement(&kind)).cloned();
    let finding = finding(registration, &kind);
    if finding.is_none() && requirement.is_none() && !CORE.contains(&kind) {
        return None;
    }
    let attempt_limit = settings.and_then(|settings| settings.step(&kind)).and_then(|step| step.attempt_limit);
    let counted = registration.counted_failures(&kind);
    let mut step = Step { requirement, attempt_limit, attempts: counted, ..Step::pending(kind) };
    if let Some(finding) = finding {
        step.state = finding.state;
        step.started = finding.started;
        step.finished = finding.finished;
        step.attempts = step.attempts.max(finding.attempts);
    } else {
        step.state = state_without_evidence(registration, &step, furthest);
        step.started = first_attempt(registration, &step.kind, None);
    }
    close_if_over(registration, &mut step);
    Some(step)
}

/// A step that left no trace: passed over, not asked for, not reached, or begun with a failed attempt.
fn state_without_evidence(registration: &Registration, step: &Step, furthest: Option<usize>) -> StepState {
    if step.requirement == Some(Requirement::Skip) {
        return StepState::Skipped;
    }
    if registration.failed_attempts.iter().any(|attempt| attempt.step == step.kind) {
        return if step.attempt_limit.is_some_and(|limit| step.attempts >= limit) {
            StepState::Failed
        } else {
            StepState::InProgress
        };
    }
    let leaves_no_trace =
        matches!(step.kind, StepKind::PersonalInfo | StepKind::Instructions | StepKind::BasicInformation);
    match furthest {
        Some(furthest) if leaves_no_trace && step.kind.position() < furthest => StepState::Completed,
        Some(furthest) if leaves_no_trace && step.kind.position() == furthest => StepState::InProgress,
        _ => StepState::Pending,
    }
}

/// Once a registration is over, what was under way has run out; it has not failed.
fn close_if_over(registration: &Registration, step: &mut Step) {
    if registration.status == Status::Expired && step.state == StepState::InProgress {
        step.state = StepState::Expired;
    }
    if registration.status == Status::CompletedWithoutKyc && step.state == StepState::Pending {
        step.state = StepState::Skipped;
    }
}

/// How far the registration got: the last step that was reported or has evidence.
fn furthest_position(registration: &Registration) -> Option<usize> {
    let reported = registration.current_step.as_ref().map(StepKind::position);
    let evidenced = StepKind::ALL
        .iter()
        .filter(|kind| !matches!(kind, StepKind::PersonalInfo | StepKind::End) && finding(registration, kind).is_some())
        .map(StepKind::position)
        .max();
    reported.max(evidenced)
}

fn finding(registration: &Registration, kind: &StepKind) -> Option<Finding> {
    let checks = &registration.checks;
    match kind {
        StepKind::Consent => checks.consent.as_ref().map(|consent| {
            let state = match consent.accepted {
                Some(true) => StepState::Completed,
                Some(false) => StepState::Failed,
                None => StepState::InProgress,
            };
            Finding::new(state, consent.created, consent.answered)
        }),
        StepKind::PersonalInfo => checks.information.as_ref().and_then(|information| {
            let submitted = information.submitted?;
            Some(Finding::new(StepState::Completed, information.created, Some(submitted)))
        }),
        StepKind::EmailVerification => checks.email.as_ref().map(|code| code_finding(registration, kind, code)),
        StepKind::PhoneVerification => checks.phone.as_ref().map(|code| code_finding(registration, kind, code)),
        StepKind::Instructions => checks.instructions.map(Finding::once),
        StepKind::BasicInformation => checks.basic_information.map(Finding::once),
        StepKind::DocumentVerification => checks.document.as_ref().map(|document| {
            Finding::new(document.state.clone(), first_attempt(registration, kind, document.created), document.finished)
        }),
        StepKind::BiometricVerification => checks.liveness.as_ref().map(|liveness| {
            Finding::new(liveness.state.clone(), first_attempt(registration, kind, liveness.created), liveness.finished)
        }),
        StepKind::FaceComparison => checks.face.as_ref().map(|face| {
            let state = match face_outcome(checks, registration.flow.settings.as_ref()) {
                Some(Outcome::Passed) => StepState::Completed,
                Some(Outcome::Failed) => StepState::Failed,
                _ if face.aged_out => StepState::Unknown("result no longer stored".to_owned()),
                _ => StepState::InProgress,
            };
            Finding::new(state, face.compared, face.compared)
        }),
        StepKind::CriminalHistory => checks.background.as_ref().map(|background| {
            let state = match background_outcome(checks) {
                Some(Outcome::Passed) => StepState::Completed,
                Some(Outcome::Review) => StepState::Review,
                _ => StepState::InProgress,
            };
            Finding::new(state, background.requested, background.requested)
        }),
        StepKind::Form => {
            checks.form.as_ref().map(|form| Finding::new(StepState::Completed, form.submitted, form.submitted))
        }
        StepKind::Signature => checks
            .signature
            .as_ref()
            .map(|signature| Finding::new(StepState::Completed, signature.signed, signature.signed)),
        StepKind::End => end_finding(registration),
        StepKind::Other(_) => None,
    }
}

fn code_finding(registration: &Registration, kind: &StepKind, code: &CodeCheck) -> Finding {
    let state = match &code.state {
        StepState::Pending => StepState::InProgress,
        other => other.clone(),
    };
    let mut finding = Finding::new(state, first_attempt(registration, kind, code.created), code.validated);
    // The attempt that succeeded is not a failed one.
    finding.attempts = if code.state == StepState::Completed { code.attempts.saturating_sub(1) } else { code.attempts };
    finding
}

fn first_attempt(registration: &Registration, kind: &StepKind, current: Option<Moment>) -> Option<Moment> {
    registration
        .failed_attempts
        .iter()
        .filter(|attempt| &attempt.step == kind)
        .filter_map(|attempt| attempt.at)
        .chain(current)
        .min_by_key(|moment| moment.at)
}

fn end_finding(registration: &Registration) -> Option<Finding> {
    let state = match registration.status {
        Status::Completed | Status::CompletedWithoutKyc => StepState::Completed,
        Status::Failed => StepState::Failed,
        Status::Expired => StepState::Expired,
        Status::NeedsManualVerification => StepState::Review,
        Status::Started | Status::Ongoing | Status::Unknown(_) => return None,
    };
    Some(Finding::new(state, registration.completed_at, registration.completed_at))
}

/// The scores measured and the minimums that applied: the one stored on the record, else the flow's.
pub fn scores_of(registration: &Registration) -> Scores {
    let checks = &registration.checks;
    let settings = registration.flow.settings.as_ref();
    let document = checks.document.as_ref();
    Scores {
        liveness: checks.liveness.as_ref().and_then(|liveness| liveness.score),
        liveness_min: checks
            .liveness
            .as_ref()
            .and_then(|liveness| liveness.min_score)
            .or(settings.and_then(|settings| settings.liveness_min)),
        face_compare: checks.face.as_ref().and_then(|face| face.score),
        face_compare_min: checks
            .face
            .as_ref()
            .and_then(|face| face.min_score)
            .or(settings.and_then(|settings| settings.compare_min)),
        name_match: document.filter(|document| document.names_are_measured()).and_then(|document| document.name_match),
        document_confidence: document.and_then(|document| document.confidence),
    }
}

impl DocumentCheck {
    /// Whether the registry's name match is a measurement. Before image and look-up are done, the stored 0 % and
    /// `false` are defaults.
    pub fn names_are_measured(&self) -> bool {
        self.image_validated && self.score_validated
    }
}

/// The verdicts of a registration.
pub fn results_of(registration: &Registration) -> Results {
    let checks = &registration.checks;
    let settings = registration.flow.settings.as_ref();
    let required = |kind: &StepKind, outcome: Option<Outcome>| {
        outcome.or_else(|| match settings?.requirement(kind)? {
            Requirement::Skip => Some(Outcome::NotRequired),
            // Nobody waits any more for what was optional and was not done.
            Requirement::Optional if registration.status.is_final() => Some(Outcome::NotRequired),
            _ => Some(Outcome::Pending),
        })
    };
    let liveness = checks.liveness.as_ref().map(|check| liveness_outcome(check, settings));
    let face = face_outcome(checks, settings);
    Results {
        document_verification: required(
            &StepKind::DocumentVerification,
            checks.document.as_ref().map(|document| state_outcome(&document.state)),
        ),
        biometric_verification: required(
            &StepKind::BiometricVerification,
            liveness.clone().map(|liveness| both(liveness, face.clone(), registration)),
        ),
        liveness_detection: required(&StepKind::BiometricVerification, liveness),
        face_comparison: required(&StepKind::FaceComparison, face),
        criminal_history: required(&StepKind::CriminalHistory, background_outcome(checks)),
        email_verification: required(
            &StepKind::EmailVerification,
            checks.email.as_ref().map(|code| state_outcome(&code.state)),
        ),
        phone_verification: required(
            &StepKind::PhoneVerification,
            checks.phone.as_ref().map(|code| state_outcome(&code.state)),
        ),
        other: registration.results.other.clone(),
    }
}

fn state_outcome(state: &StepState) -> Outcome {
    match state {
        StepState::Completed => Outcome::Passed,
        StepState::Failed | StepState::Expired => Outcome::Failed,
        StepState::Review => Outcome::Review,
        StepState::Skipped => Outcome::NotRequired,
        StepState::Pending | StepState::InProgress | StepState::Unknown(_) => Outcome::Pending,
    }
}

fn liveness_outcome(check: &LivenessCheck, settings: Option<&FlowSettings>) -> Outcome {
    let min = check.min_score.or(settings.and_then(|settings| settings.liveness_min));
    match (&check.state, check.score, min) {
        (StepState::Completed, Some(score), Some(min)) if score <= min => Outcome::Failed,
        (state, ..) => state_outcome(state),
    }
}

/// The verdict of the face compare: the recorded one, else the score against the recorded or present minimum.
pub fn face_outcome(checks: &Checks, settings: Option<&FlowSettings>) -> Option<Outcome> {
    let face = checks.face.as_ref()?;
    let min = face.min_score.or(settings.and_then(|settings| settings.compare_min));
    let passed = face.passed.or_else(|| Some(face.score? >= min?));
    Some(match passed {
        Some(true) => Outcome::Passed,
        Some(false) => Outcome::Failed,
        None => Outcome::NotMeasured,
    })
}

fn background_outcome(checks: &Checks) -> Option<Outcome> {
    let background = checks.background.as_ref()?;
    Some(if background.has_hit() {
        Outcome::Review
    } else if background.has_error() || background.sources.is_empty() {
        Outcome::NotMeasured
    } else {
        Outcome::Passed
    })
}

fn both(liveness: Outcome, face: Option<Outcome>, registration: &Registration) -> Outcome {
    let completed = registration.status == Status::Completed;
    match (liveness, face) {
        (Outcome::Failed, _) | (_, Some(Outcome::Failed)) => Outcome::Failed,
        (Outcome::Passed, Some(Outcome::Passed)) => Outcome::Passed,
        // The record of a compare is deleted after about 90 days; a completed registration once passed it.
        (Outcome::Passed, _) if completed => Outcome::Passed,
        (Outcome::Review, _) => Outcome::Review,
        _ => Outcome::Pending,
    }
}

#[cfg(test)]
mod tests {
    use super::derive;
    use crate::model::{
        FlowSettings, FlowStep, Outcome, Registration, Requirement, Status, StepKind, StepState, Timestamp,
    };

    fn asked(requirement: Requirement, status: Status) -> Registration {
        let mut registration = Registration::new("reg_1".into(), Timestamp::UNIX_EPOCH);
        let step = FlowStep { kind: StepKind::DocumentVerification, requirement, attempt_limit: None };
        registration.flow.settings = Some(FlowSettings { steps: vec![step], ..FlowSettings::default() });
        registration.status = status;
        derive(&mut registration);
        registration
    }

    fn verdict(requirement: Requirement, status: Status) -> Option<Outcome> {
        asked(requirement, status).results.document_verification
    }

    #[test]
    fn what_was_optional_and_not_done_is_awaited_only_while_the_registration_is_open() {
        assert_eq!(verdict(Requirement::Optional, Status::Ongoing), Some(Outcome::Pending));
        assert_eq!(verdict(Requirement::Optional, Status::CompletedWithoutKyc), Some(Outcome::NotRequired));
        assert_eq!(verdict(Requirement::Mandatory, Status::Expired), Some(Outcome::Pending));
        assert_eq!(verdict(Requirement::Skip, Status::Ongoing), Some(Outcome::NotRequired));
    }

    #[test]
    fn a_step_without_evidence_is_pending_or_skipped_and_never_failed() {
        for status in Status::ALL {
            let registration = asked(Requirement::Mandatory, status.clone());
            let state = registration.step(&StepKind::DocumentVerification).map(|step| step.state.clone());
            assert!(matches!(state, Some(StepState::Pending | StepState::Skipped)), "{status}: {state:?}");
        }
    }
}
