//! Selfie and face compare: `biometricValidation` and `compareFaceVerification` of the live dialect, both ways.

use serde_json::{Value, json};

use super::{
    checks::{final_time, open_state, raw_or},
    fields::{Fields, Ref},
    reasons, times,
};
use crate::model::{Basis, FaceCompare, LivenessCheck, NOT_LOADED, Outcome, Registration, StepState};

/// Reads a selfie; an id alone tells when it was created and nothing else.
pub(super) fn read_liveness(reference: Ref) -> Option<LivenessCheck> {
    match reference {
        Ref::Absent | Ref::Null => None,
        Ref::Id(id) => Some(LivenessCheck {
            created: times::of_object_id(&id),
            id: Some(id),
            state: StepState::Unknown(NOT_LOADED.to_owned()),
            ..LivenessCheck::default()
        }),
        Ref::Object(fields) => Some(populated(fields)),
    }
}

fn populated(mut fields: Fields) -> LivenessCheck {
    let id = fields.peek_id();
    let raw_status = fields.text("status");
    let state = raw_status.as_deref().map_or(StepState::InProgress, open_state);
    let id_time = id.as_deref().and_then(times::of_object_id);
    let (failed_reason, legacy_score) = reason(&mut fields);
    let score = score(&mut fields).or(legacy_score);
    let min_score = fields.score("minimumScore").or_else(|| fields.score("livenessMinScore"));
    let said = fields.moment("completedAt", Basis::Field);
    LivenessCheck {
        id,
        score: score.filter(|score| is_measured(*score, &state, failed_reason.as_deref())),
        min_score,
        anti_spoofing: fields.object("verificationResults").text("antiSpoofing").as_deref().map(Outcome::parse),
        failed_reason,
        person: None,
        os: fields.text("os"),
        ip: fields.text("ipAddress"),
        user_agent: fields.text("userAgent"),
        created: fields.moment("createdAt", Basis::Created).or(id_time),
        finished: final_time(&state, said, &mut fields),
        state,
        raw_status,
    }
}

/// The score stands in one of three places of the object.
fn score(fields: &mut Fields) -> Option<f64> {
    let own = fields.score("livenessScore");
    let data = fields.object("biometricData").score("livenessScore");
    let response = fields.object("response").object("liveness").score("score");
    own.or(data).or(response)
}

/// A stored 0 is a default, unless the check really ended in a verdict on the person.
fn is_measured(score: f64, state: &StepState, reason: Option<&str>) -> bool {
    score > 0.0 || *state == StepState::Completed || reason == Some("liveness_failed")
}

/// Older records keep the reason inside the face, with the score behind an `@`.
fn reason(fields: &mut Fields) -> (Option<String>, Option<f64>) {
    let own = fields.text("failedReason").and_then(|stored| reasons::code(&stored, reasons::UNKNOWN));
    let legacy = fields.object("face").object("failedReason").text("message");
    match (own, legacy) {
        (Some(code), _) => (Some(code), None),
        (None, Some(message)) => reasons::face_engine(&message),
        (None, None) => (None, None),
    }
}

/// Writes a selfie.
pub(super) fn write_liveness(registration: &Registration, liveness: &LivenessCheck, id: &str) -> Value {
    let status = match &liveness.state {
        StepState::Pending | StepState::InProgress => "pending",
        StepState::Completed => "validated",
        other => other.as_str(),
    };
    json!({
        "_id": id,
        "appRegistration": registration.id,
        "project": registration.project.id,
        "projectFlow": registration.flow.id,
        "status": raw_or(liveness.raw_status.as_deref(), &liveness.state, status),
        "type": "onboarding",
        "livenessScore": liveness.score,
        "minimumScore": liveness.min_score,
        "failedReason": liveness.failed_reason,
        "os": liveness.os,
        "ipAddress": liveness.ip,
        "userAgent": liveness.user_agent,
        "verificationResults": { "antiSpoofing": liveness.anti_spoofing },
        "createdAt": times::moment_value(liveness.created),
        "updatedAt": times::moment_value(liveness.finished.or(liveness.created)),
        "completedAt": times::moment_value(liveness.finished),
    })
}

/// A face compare, and what its record tells of the selfie.
#[derive(Debug, Default)]
pub(super) struct Compared {
    /// The compare.
    pub(super) face: Option<FaceCompare>,
    /// The liveness minimum in force then.
    pub(super) liveness_min: Option<f64>,
    /// The device.
    pub(super) os: Option<String>,
}

/// Reads a compare. If other refs were loaded and this one was not, its record is gone.
pub(super) fn read_compare(reference: Ref, others_are_loaded: bool) -> Compared {
    match reference {
        Ref::Absent | Ref::Null => Compared::default(),
        Ref::Id(id) => {
            let compared = times::of_object_id(&id);
            let face = FaceCompare { id: Some(id), compared, aged_out: others_are_loaded, ..FaceCompare::default() };
            Compared { face: Some(face), ..Compared::default() }
        }
        Ref::Object(mut fields) => {
            let id = fields.peek_id();
            let id_time = id.as_deref().and_then(times::of_object_id);
            let mut result = fields.object("result");
            let created = fields.moment("createdAt", Basis::Created).or(id_time);
            let face = FaceCompare {
                id,
                score: result.score("score"),
                passed: result.flag("passed"),
                min_score: result.score("compare_min_score"),
                compared: fields.moment("comparedAt", Basis::Field).or(created),
                aged_out: fields.flag("agedOut").unwrap_or(false),
            };
            Compared { face: Some(face), liveness_min: fields.score("liveness_min_score"), os: fields.text("os") }
        }
    }
}

/// Writes a compare.
pub(super) fn write_compare(registration: &Registration, face: &FaceCompare, id: &str) -> Value {
    let liveness = registration.checks.liveness.as_ref();
    json!({
        "_id": id,
        "type": "compare",
        "os": liveness.and_then(|liveness| liveness.os.as_ref()),
        "liveness_min_score": liveness.and_then(|liveness| liveness.min_score),
        "result": { "score": face.score, "passed": face.passed, "compare_min_score": face.min_score },
        "comparedAt": times::moment_value(face.compared),
        "createdAt": times::moment_value(face.compared),
        "updatedAt": times::moment_value(face.compared),
        "agedOut": face.aged_out,
    })
}
