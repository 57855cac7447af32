//! How well checks are passed, and which were never measured.

use serde::Serialize;

use super::Case;
use crate::{
    model::{FlowSettings, Outcome, Registration, Status, StepKind, StepState},
    triage::Share,
};

/// Checks that a person attempts.
const ATTEMPTED: [StepKind; 4] = [
    StepKind::EmailVerification,
    StepKind::PhoneVerification,
    StepKind::DocumentVerification,
    StepKind::BiometricVerification,
];

/// One check, over the registrations that attempted it.
#[derive(Debug, Clone, PartialEq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct CheckYield {
    /// The step.
    pub step: StepKind,
    /// Passed at last.
    pub passed: Share,
    /// Passed at the first attempt.
    pub first_pass: Share,
    /// Attempts of those who passed, on average; `None` if nobody did.
    pub attempts_to_pass: Option<f64>,
    /// Used up all attempts without passing.
    pub exhausted: Share,
    /// Attempted, but the source does not tell how often.
    pub unknown: usize,
}

/// What is known of the attempts of one person at one check.
pub(super) enum Attempts {
    /// None, or the first is under way.
    None,
    /// Some; how many is not told.
    Unknown,
    /// So many.
    Known { failures: usize, passed: bool, exhausted: bool },
}

impl Attempts {
    pub fn of(registration: &Registration, kind: &StepKind) -> Self {
        let state = registration.step(kind).map_or(&StepState::Pending, |step| &step.state);
        let passed = *state == StepState::Completed;
        let settings = registration.flow.settings.as_ref();
        let limit = settings.map_or(FlowSettings::DEFAULTS.attempt_limit, |flow| flow.attempt_limit(kind)).max(1);
        let checks = &registration.checks;
        let code = match kind {
            StepKind::EmailVerification => checks.email.as_ref(),
            StepKind::PhoneVerification => checks.phone.as_ref(),
            _ => None,
        };
        if let Some(code) = code {
            let failures = code.attempts.saturating_sub(u32::from(passed));
            let spent = *state == StepState::Failed || failures >= code.max_attempts.unwrap_or(limit).max(1);
            return if failures == 0 && !passed {
                Self::None
            } else {
                Self::Known { failures: failures as usize, passed, exhausted: spent && !passed }
            };
        }
        let failures = registration.failed_attempts.iter().filter(|attempt| attempt.step == *kind).count();
        let has_evidence = match kind {
            StepKind::DocumentVerification => checks.document.is_some(),
            StepKind::BiometricVerification => checks.liveness.is_some(),
            _ => false,
        };
        match state {
            StepState::Pending | StepState::InProgress | StepState::Skipped if failures == 0 => Self::None,
            _ if failures == 0 && !has_evidence => Self::Unknown,
            _ => Self::Known { failures, passed, exhausted: !passed && registration.counted_failures(kind) >= limit },
        }
    }

    /// Whether it was passed at once; `None` where that is not known.
    pub fn first_pass(&self) -> Option<bool> {
        match self {
            Self::Known { failures, passed, .. } => Some(*passed && *failures == 0),
            Self::None | Self::Unknown => None,
        }
    }
}

pub(super) fn over(cases: &[Case]) -> Vec<CheckYield> {
    ATTEMPTED.iter().map(|kind| check(kind, cases)).collect()
}

fn check(kind: &StepKind, cases: &[Case]) -> CheckYield {
    let mut found = CheckYield {
        step: kind.clone(),
        passed: Share::default(),
        first_pass: Share::default(),
        attempts_to_pass: None,
        exhausted: Share::default(),
        unknown: 0,
    };
    let mut attempts_of_passed = 0;
    for case in cases {
        match Attempts::of(case.registration, kind) {
            Attempts::None => {}
            Attempts::Unknown => found.unknown += 1,
            Attempts::Known { failures, passed, exhausted } => {
                found.passed.count(passed);
                found.first_pass.count(passed && failures == 0);
                found.exhausted.count(exhausted);
                attempts_of_passed += if passed { failures + 1 } else { 0 };
            }
        }
    }
    found.attempts_to_pass = (found.passed.hits > 0).then(|| attempts_of_passed as f64 / found.passed.hits as f64);
    found
}

/// Of rejected selfies, how many were rejected for their quality only.
pub(super) fn quality_rejects(cases: &[Case]) -> Share {
    let mut share = Share::default();
    let attempts = cases.iter().flat_map(|case| &case.registration.failed_attempts);
    attempts
        .filter(|attempt| attempt.step == StepKind::BiometricVerification)
        .for_each(|attempt| share.count(!attempt.counts));
    share
}

/// A check that registrations came through without.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Unmeasured {
    /// The step.
    pub step: StepKind,
    /// Of those approved or in review whose flow insists on it, the share without a measurement.
    pub unmeasured: Share,
}

pub(super) fn unmeasured(cases: &[Case]) -> Vec<Unmeasured> {
    let kinds = [
        StepKind::DocumentVerification,
        StepKind::BiometricVerification,
        StepKind::FaceComparison,
        StepKind::CriminalHistory,
    ];
    let share = |kind: &StepKind| {
        let mut share = Share::default();
        for registration in cases.iter().map(|case| case.registration) {
            let at_the_end = matches!(registration.status, Status::Completed | Status::NeedsManualVerification);
            let settings = registration.flow.settings.as_ref();
            if at_the_end && settings.is_some_and(|settings| settings.is_mandatory(kind)) {
                share.count(!is_measured(outcome(registration, kind)));
            }
        }
        share
    };
    kinds.map(|step| Unmeasured { unmeasured: share(&step), step }).into()
}

fn outcome<'a>(registration: &'a Registration, kind: &StepKind) -> Option<&'a Outcome> {
    let results = &registration.results;
    match kind {
        StepKind::DocumentVerification => results.document_verification.as_ref(),
        StepKind::BiometricVerification => results.liveness_detection.as_ref(),
        StepKind::FaceComparison => results.face_comparison.as_ref(),
        _ => results.criminal_history.as_ref(),
    }
}

fn is_measured(outcome: Option<&Outcome>) -> bool {
    matches!(outcome, Some(Outcome::Passed | Outcome::Failed | Outcome::Review))
}
