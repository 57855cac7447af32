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
    refusal::{self, Refusal},
    registrations::PathId,
    validations::{self, Kind},
    withheld::readable,
};
use crate::{
    model::{Evidence, Registration, StepState},
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
    refuse_second_document(&registration, &fields)?;
    let body = outcome_of(fields, photo, "Either image or backImage must be provided")?;
    let read = validations::with_replaced(&registration, Kind::Document.key(), body)?;
    let document = read.checks.document.ok_or_else(Refusal::internal)?;
    let evidence = Evidence::DocumentVerification { document: Box::new(document) };
    let registration = app.backend.record(&registration.id, evidence, &access.caller).await?;
    let object = validations::object_now(Kind::Document, &registration)?;
    Ok(Json(json!({ "data": { "documentValidation": readable(object, &access) } })))
}

async fn liveness(State(app): Shared, access: Access, Body(fields): Body<PHOTO_LIMIT>) -> Result<Response, Refusal> {
    let before = validations::subject(&app, &access, fields.text(&["appRegistration"])?).await?;
    let photo = fields.has("image");
    let body = outcome_of(fields, photo, "missing image")?;
    let read = validations::with_replaced(&before, Kind::Biometric.key(), body)?;
    let liveness = read.checks.liveness.ok_or_else(Refusal::internal)?;
    let score = liveness.score;
    let evidence = Evidence::BiometricVerification { liveness: Box::new(liveness) };
    let registration = app.backend.record(&before.id, evidence, &access.caller).await?;
    if registration.failed_attempts.len() > before.failed_attempts.len() {
        return Ok(refusal::liveness_failed(&registration, score));
    }
    let populated = [Kind::Biometric.key().to_owned(), "person".to_owned()];
    let object = readable(wire::encode_live(&registration, &populated), &access);
    Ok(Json(json!({ "data": object })).into_response())
}

/// A document handed in already is only replaced on demand; one that is being assessed takes its outcome.
fn refuse_second_document(registration: &Registration, fields: &Fields) -> Result<(), Refusal> {
    match registration.checks.document.as_ref().map(|document| &document.state) {
        None | Some(StepState::InProgress | StepState::Pending) => Ok(()),
        Some(_) if fields.flag("force")? => Ok(()),
        Some(_) => {
            let sentence = "A document was handed in already. Set `force` to replace it.";
            Err(Refusal::conflict(Some("already_exists"), sentence.to_owned()))
        }
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
    let registration =
        app.backend.record(&id, Evidence::FaceComparison { score, min_score: None }, &access.caller).await?;
    Ok(Json(json!({ "data": { "compareFaceVerification": comparison_of(&registration) } })))
}

fn comparison_of(registration: &Registration) -> Option<Value> {
    let key = "compareFaceVerification";
    wire::encode_live(registration, &[key.to_owned()]).get_mut(key).map(Value::take)
}

async fn background(
    State(app): Shared,
    access: Access,
    PathId(id): PathId,
    Body(fields): Body,
) -> Result<Json<Value>, Refusal> {
    access.client_only()?;
    let registration = validations::find(Kind::Information, &app, &access, &id).await?;
    let evidence = background_evidence(&registration, fields)?;
    let registration = app.backend.record(&registration.id, evidence, &access.caller).await?;
    let object = readable(validations::object_now(Kind::Information, &registration)?, &access);
    Ok(Json(json!({ "data": object, "id": id })))
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
