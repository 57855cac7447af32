//! The outcomes of document, selfie, face compare and background check, in the live dialect's bodies.
//!
//! Reading documents and faces is not done here: whoever does it hands in what it found. A photo alone starts a check
//! that waits for its outcome; the photo itself is not kept.

use std::sync::Arc;

use axum::{
    Json, Router,
    extract::State,
    http::StatusCode,
    response::{IntoResponse, Response},
    routing::{post, put},
};
use serde_json::{Map, Value, json};

use super::{
    App, Shared,
    access::Access,
    body::{Body, Fields, PHOTO_LIMIT},
    refusal::Refusal,
    registrations::PathId,
    validations::{self, Kind},
};
use crate::{
    backend::Caller,
    model::{Evidence, FlowSettings, Outcome, Registration, StepKind, StepState, timeline},
    wire,
};

pub(super) fn routes() -> Router<Arc<App>> {
    Router::new()
        .route("/v2/document-validations/app-registration", post(document))
        .route("/v2/biometric-validations/app-registration", post(liveness))
        .route("/v2/face-recognition/compare/app-registration", post(compare))
        .route("/v2/information-validations/{id}/background-check", put(background))
}

/// Keys of a body that are no part of the validation itself.
const NOT_PART: &[&str] = &["image", "backImage", "force", "appRegistration", "_id", "id"];

async fn document(State(app): Shared, access: Access, Body(fields): Body<PHOTO_LIMIT>) -> Result<Json<Value>, Refusal> {
    let registration = validations::subject(&app, &access, fields.text(&["appRegistration"])?).await?;
    let photo = fields.has("image") || fields.has("backImage");
    let state = registration.checks.document.as_ref().map(|document| &document.state);
    refuse_second(state, &fields, "already_exists", "A document was handed in already. Set `force` to replace it.")?;
    let body = outcome_of(fields, photo, "Either image or backImage must be provided")?;
    let read = validations::with_replaced(&registration, Kind::Document.key(), body)?;
    let document = read.checks.document.ok_or_else(Refusal::internal)?;
    let evidence = Evidence::DocumentVerification { document: Box::new(document) };
    let registration = app.backend.record(&registration.id, evidence, &access.caller).await?;
    let object = validations::object_now(Kind::Document, &registration)?;
    Ok(Json(json!({ "data": { "documentValidation": object } })))
}

async fn liveness(State(app): Shared, access: Access, Body(fields): Body<PHOTO_LIMIT>) -> Result<Response, Refusal> {
    let registration = validations::subject(&app, &access, fields.text(&["appRegistration"])?).await?;
    let photo = fields.has("image");
    let state = registration.checks.liveness.as_ref().map(|liveness| &liveness.state);
    if state == Some(&StepState::Completed) {
        refuse_second(
            state,
            &fields,
            "person_already_set",
            "The selfie has passed already. Set `force` to replace it.",
        )?;
    }
    let body = outcome_of(fields, photo, "missing image")?;
    let named_status = body.get("status").is_some();
    let read = validations::with_replaced(&registration, Kind::Biometric.key(), body)?;
    let mut liveness = read.checks.liveness.ok_or_else(Refusal::internal)?;
    if let (false, Some(score)) = (named_status, liveness.score) {
        liveness.state = if passes(score, &registration) { StepState::Completed } else { StepState::Failed };
    }
    let score = liveness.score;
    let failed = liveness.state == StepState::Failed;
    let evidence = Evidence::BiometricVerification { liveness: Box::new(liveness) };
    let registration = app.backend.record(&registration.id, evidence, &access.caller).await?;
    if failed {
        let step = registration.step(&StepKind::BiometricVerification);
        let remaining = step.and_then(|step| Some(step.attempt_limit?.saturating_sub(step.attempts)));
        return Ok(Refusal::liveness_failed(score, registration.scores.liveness_min, remaining).into_response());
    }
    let populated = [Kind::Biometric.key().to_owned(), "person".to_owned()];
    Ok(Json(json!({ "data": wire::encode_live(&registration, &populated) })).into_response())
}

/// A selfie passes strictly above the flow's minimum.
fn passes(score: f64, registration: &Registration) -> bool {
    let settings = registration.flow.settings.as_ref();
    score > settings.and_then(|settings| settings.liveness_min).unwrap_or(FlowSettings::DEFAULTS.liveness_min)
}

/// Something already handed in is only replaced on demand; one still being assessed takes its outcome.
fn refuse_second(state: Option<&StepState>, fields: &Fields, symbol: &str, sentence: &str) -> Result<(), Refusal> {
    match state {
        None | Some(StepState::InProgress | StepState::Pending) => Ok(()),
        Some(_) if fields.flag("force")? => Ok(()),
        Some(_) => Err(Refusal::conflict(Some(symbol), sentence.to_owned())),
    }
}

/// The validation in a body: the outcome, or a check that has just begun if there is only a photo.
fn outcome_of(fields: Fields, photo: bool, missing: &str) -> Result<Value, Refusal> {
    let mut body: Map<String, Value> =
        fields.into_map().into_iter().filter(|(name, _)| !NOT_PART.contains(&name.as_str())).collect();
    let told = body.iter().any(|(name, value)| !matches!(name.as_str(), "os" | "inputMethod") && !value.is_null());
    if !told {
        if !photo {
            return Err(Refusal::new(StatusCode::UNPROCESSABLE_ENTITY, "MissingParameter", missing));
        }
        body.insert("status".to_owned(), json!("ASSESSING"));
    }
    Ok(Value::Object(body))
}

async fn compare(State(app): Shared, access: Access, Body(fields): Body) -> Result<Json<Value>, Refusal> {
    let id = access.subject(fields.text(&["appRegistration"])?)?;
    let score = fields.number("score")?.ok_or_else(|| {
        Refusal::invalid("score", "missing score: faces are not compared here, hand in the score of the compare")
    })?;
    let registration = app.backend.record(&id, Evidence::FaceComparison { score }, &access.caller).await?;
    Ok(Json(json!({ "data": { "compareFaceVerification": comparison_of(&registration) } })))
}

fn comparison_of(registration: &Registration) -> Value {
    let key = "compareFaceVerification";
    let mut whole = wire::encode_live(registration, &[key.to_owned()]);
    match whole.get_mut(key).map(Value::take) {
        Some(object @ Value::Object(_)) => object,
        _ => {
            let passed = timeline::face_outcome(&registration.checks, registration.flow.settings.as_ref());
            json!({ "result": {
                "score": registration.scores.face_compare,
                "passed": passed.map(|outcome| outcome == Outcome::Passed),
                "compare_min_score": registration.scores.face_compare_min,
            } })
        }
    }
}

async fn background(
    State(app): Shared,
    access: Access,
    PathId(id): PathId,
    Body(fields): Body,
) -> Result<Json<Value>, Refusal> {
    let registration = validations::find(Kind::Information, &app, &access, &id).await?;
    let evidence = background_evidence(&registration, fields)?;
    let caller: &Caller = &access.caller;
    let registration = app.backend.record(&registration.id, evidence, caller).await?;
    Ok(Json(json!({ "data": validations::object_now(Kind::Information, &registration)?, "id": id })))
}

/// The answers of the lists: `criminalData` as the service writes it, or `sources` as this program does.
fn background_evidence(registration: &Registration, fields: Fields) -> Result<Evidence, Refusal> {
    if fields.has("criminalData") {
        let body = Value::Object(fields.into_map());
        let read = validations::with_replaced(registration, Kind::Information.key(), body)?;
        let sources = read.checks.background.map(|background| background.sources).unwrap_or_default();
        return Ok(Evidence::CriminalHistory { sources });
    }
    if !fields.has("sources") {
        return Err(Refusal::invalid(
            "criminalData",
            "missing criminalData: lists are not asked here, hand in what they answered",
        ));
    }
    let mut body = fields.into_map();
    body.insert("step".to_owned(), json!("criminal_history"));
    Fields::from(body).read_as("evidence")
}
