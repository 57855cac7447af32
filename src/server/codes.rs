//! The codes sent to an e-mail address or a phone: asking for one, and entering it.

use std::sync::Arc;

use axum::{
    Json, Router,
    extract::State,
    routing::{post, put},
};
use serde_json::{Value, json};

use super::{
    App, Shared,
    access::Access,
    body::{Body, Fields},
    refusal::Refusal,
    registrations::PathId,
    validations::{self, Kind},
};
use crate::{
    backend::Channel,
    model::{Personal, Registration, RegistrationId},
};

pub(super) fn routes() -> Router<Arc<App>> {
    [(Kind::Email, Channel::Email), (Kind::Phone, Channel::Phone)].into_iter().fold(
        Router::new(),
        |router, (kind, channel)| {
            let base = kind.route();
            let by_id = async move |State(app): Shared, access: Access, PathId(id): PathId, Body(fields): Body| {
                let registration = validations::find(kind, &app, &access, &id).await?;
                enter(kind, channel, &app, &access, &registration.id, &fields).await
            };
            let by_token = async move |State(app): Shared, access: Access, Body(fields): Body| {
                let id = access.subject(fields.text(&["appRegistration"])?)?;
                enter(kind, channel, &app, &access, &id, &fields).await
            };
            let send = async move |State(app): Shared, access: Access, Body(fields): Body| {
                send(kind, channel, &app, &access, &fields).await
            };
            router
                .route(&format!("{base}/app-registration"), post(send))
                .route(&format!("{base}/{{id}}"), put(by_id))
                .route(&format!("{base}/{{id}}/validate"), post(by_id))
                .route(&format!("{base}/validate"), post(by_token))
                .route(base, put(by_token))
        },
    )
}

async fn send(
    kind: Kind,
    channel: Channel,
    app: &App,
    access: &Access,
    fields: &Fields,
) -> Result<Json<Value>, Refusal> {
    let before = validations::subject(app, access, fields.text(&["appRegistration"])?).await?;
    refuse_other_address(channel, &before, fields)?;
    let registration = app.backend.send_code(&before.id, channel, &access.caller).await?;
    let mut object = validations::object_now(kind, &registration)?;
    if let Value::Object(keys) = &mut object {
        let existing = match channel {
            Channel::Email => before.checks.email.is_some(),
            Channel::Phone => before.checks.phone.is_some(),
        };
        keys.insert("existing".to_owned(), json!(existing));
        keys.insert("sent".to_owned(), json!(true));
    }
    Ok(Json(json!({ "data": object })))
}

/// A code goes to the registration's own address: a body that names another one is a mistake worth telling.
fn refuse_other_address(channel: Channel, registration: &Registration, fields: &Fields) -> Result<(), Refusal> {
    let (field, known) = match channel {
        Channel::Email => ("email", &registration.contact.email),
        Channel::Phone => ("phone", &registration.contact.phone),
    };
    let plain = |text: &str| text.split_whitespace().collect::<String>().to_lowercase();
    match (fields.text(&[field])?, known) {
        (Some(given), Some(known)) if plain(&given) != plain(known.reveal()) => {
            Err(Refusal::invalid(field, format!("{field} is not the one of this registration")))
        }
        _ => Ok(()),
    }
}

async fn enter(
    kind: Kind,
    channel: Channel,
    app: &App,
    access: &Access,
    id: &RegistrationId,
    fields: &Fields,
) -> Result<Json<Value>, Refusal> {
    let code = fields.code(&["otp", "verificationCode"])?.ok_or_else(|| Refusal::invalid("otp", "missing otp"))?;
    let registration = app.backend.enter_code(id, channel, code, &access.caller).await?;
    let object = validations::object_now(kind, &registration)?;
    let contact = &registration.contact;
    let mut data = json!({
        "_id": object.get("_id"),
        "status": "validated",
        "type": object.get("type"),
        "showFaceLivenessRecommendation": false,
    });
    match channel {
        Channel::Email => data["email"] = json!(contact.email.as_ref().map(Personal::reveal)),
        Channel::Phone => {
            data["phone"] = json!(contact.phone.as_ref().map(Personal::reveal));
            data["countryCode"] = json!(contact.country_code);
        }
    }
    Ok(Json(json!({ "data": data })))
}
