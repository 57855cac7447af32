//! Reading the steps, verdicts and failed attempts that an overview object gives of itself.

use serde_json::{Map, Value};

use super::fields::Fields;
use crate::model::{Attempt, Basis, Outcome, Results, Step, StepKind, StepState, evidence::spends_attempt};

/// The seven verdicts with a place of their own in the model.
const VERDICTS: &[&str] = &[
    "documentVerification",
    "biometricVerification",
    "livenessDetection",
    "faceComparison",
    "criminalHistory",
    "emailVerification",
    "phoneVerification",
];

/// `steps[]`, if the object has it. A live object has none, or a map of requirements in some answers.
pub(super) fn read(fields: &mut Fields) -> Option<Vec<Step>> {
    Some(fields.list("steps")?.into_iter().filter_map(Fields::of).map(step).collect())
}

fn step(mut fields: Fields) -> Step {
    let kind = StepKind::parse(&fields.exact_text("type").unwrap_or_default());
    let state = StepState::parse(&fields.exact_text("status").unwrap_or_default());
    let basis = basis(&mut fields, "basis").unwrap_or(Basis::Overview);
    let started_basis = self::basis(&mut fields, "startedBasis").unwrap_or(basis);
    let has_both = fields.has("startedAt") || fields.has("completedAt");
    let timestamp = fields.moment("timestamp", basis);
    let mut step = Step {
        requirement: fields.stored("requirement"),
        attempts: fields.count("attempts").unwrap_or(0),
        attempt_limit: fields.count("attemptLimit"),
        started: fields.moment("startedAt", started_basis),
        finished: fields.moment("completedAt", basis),
        state,
        ..Step::pending(kind)
    };
    if !has_both {
        match step.state {
            StepState::Pending | StepState::InProgress => step.started = timestamp,
            _ => step.finished = timestamp,
        }
    }
    step
}

fn basis(fields: &mut Fields, key: &str) -> Option<Basis> {
    fields.take_as(key, |value| Basis::parse(value.as_str()?))
}

/// `verificationResults`, if the object has it.
pub(super) fn results(fields: &mut Fields) -> Option<Results> {
    if !matches!(fields.peek("verificationResults"), Some(Value::Object(_))) {
        return None;
    }
    let mut given = fields.object("verificationResults");
    let mut outcome = |key: &str| given.take_as(key, |value| value.as_str().map(Outcome::parse));
    let mut results = Results {
        document_verification: outcome("documentVerification"),
        biometric_verification: outcome("biometricVerification"),
        liveness_detection: outcome("livenessDetection"),
        face_comparison: outcome("faceComparison"),
        criminal_history: outcome("criminalHistory"),
        email_verification: outcome("emailVerification"),
        phone_verification: outcome("phoneVerification"),
        other: Map::new(),
    };
    results.other = given.into_rest();
    Some(results)
}

/// Verdicts under names the model does not know, which survive although the known ones may be derived.
pub(super) fn unknown_results(fields: &Fields) -> Map<String, Value> {
    match fields.peek("verificationResults") {
        Some(Value::Object(given)) => given
            .iter()
            .filter(|(key, _)| !VERDICTS.contains(&key.as_str()))
            .map(|(k, v)| (k.clone(), v.clone()))
            .collect(),
        _ => Map::new(),
    }
}

/// `failedAttempts[]`, if the object has it.
pub(super) fn attempts(fields: &mut Fields) -> Option<Vec<Attempt>> {
    Some(fields.list("failedAttempts")?.into_iter().filter_map(Fields::of).map(attempt).collect())
}

fn attempt(mut fields: Fields) -> Attempt {
    let basis = basis(&mut fields, "basis").unwrap_or(Basis::Field);
    let reason = fields.exact_text("reason");
    Attempt {
        step: StepKind::parse(&fields.exact_text("step").unwrap_or_default()),
        at: fields.moment("at", basis),
        counts: fields.flag("counts").unwrap_or_else(|| spends_attempt(reason.as_deref())),
        reason,
        score: fields.number("score"),
        document_number: fields.stored("documentNumber"),
    }
}

/// The failed attempts that can be read from an overview object's steps alone.
pub(super) fn failed(steps: Option<&[Step]>) -> Vec<Attempt> {
    let failed =
        steps.into_iter().flatten().filter(|step| step.state == StepState::Failed && step.kind != StepKind::End);
    failed
        .map(|step| Attempt {
            step: step.kind.clone(),
            at: step.finished,
            reason: None,
            counts: true,
            score: None,
            document_number: None,
        })
        .collect()
}
