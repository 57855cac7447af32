//! The routes of registrations: create, list, retrieve, sync, resend a link, hand in evidence, annotate.

use std::sync::Arc;

use axum::{
    Json, Router,
    body::Bytes,
    extract::{FromRequestParts, Path, State},
    http::request::Parts,
    response::Response,
    routing::{get, post},
};
use serde_json::Value;

use super::{
    App, Shared,
    access::Access,
    answer,
    body::{Body, Fields, PHOTO_LIMIT},
    pages::{Asked, Moment},
    query::Query,
    refusal::Refusal,
};
use crate::{
    backend::{Annotation, CreateRequest, ResendRequest, SyncRequest, SyncStep},
    model::{Contact, Evidence, Personal, RegistrationId, Status, StepKind},
};

pub(super) fn routes() -> Router<Arc<App>> {
    Router::new()
        .route("/v2/app-registrations", get(list).post(create))
        .route("/v2/app-registrations/me", get(own).post(own_populated))
        .route("/v2/app-registrations/{id}", get(retrieve))
        .route("/v2/app-registrations/{id}/sync", post(sync).put(sync))
        .route("/v2/app-registrations/{id}/resend-link", post(resend))
        .route("/v2/app-registrations/{id}/evidence", post(record))
        .route("/v2/app-registrations/{id}/annotations", post(annotate))
}

/// The id in a path, whatever it is an id of.
pub(super) struct PathId(pub(super) String);

impl<S: Send + Sync> FromRequestParts<S> for PathId {
    type Rejection = Refusal;

    async fn from_request_parts(parts: &mut Parts, state: &S) -> Result<Self, Refusal> {
        match Path::<String>::from_request_parts(parts, state).await {
            Ok(Path(id)) => Ok(Self(id)),
            Err(_) => Err(Refusal::bad_request("The id in the path cannot be read: check its percent-encoding.")),
        }
    }
}

async fn list(State(app): Shared, access: Access, query: Query) -> Result<Response, Refusal> {
    access.client_only()?;
    let asked = Asked { request: query.list_request()?, populates: query.populates() };
    // Told before anything is read: what is written meanwhile makes it another moment.
    let now = app.clock.now();
    let moment = Moment::of(app.backend.as_ref(), app.links.revision(), now);
    if let Some(page) = moment.and_then(|moment| app.pages.get(moment, &asked, now)) {
        return Ok(answer::written(page));
    }
    let page = app.backend.list(asked.request.clone()).await.map_err(Refusal::from_read)?;
    let Json(answer) = app.page(&page, asked.request.limit, &asked.populates);
    let bytes = Bytes::from(answer.to_string());
    if let Some(moment) = moment {
        app.pages.keep(moment, asked, &page, &bytes);
    }
    Ok(answer::written(bytes))
}

async fn retrieve(
    State(app): Shared,
    access: Access,
    PathId(id): PathId,
    query: Query,
) -> Result<Json<Value>, Refusal> {
    let id = RegistrationId::new(id);
    access.on(&id)?;
    let registration = app.backend.retrieve(&id, &access.caller).await.map_err(Refusal::from_read)?;
    Ok(app.registration(&registration, &query.populates(), &access))
}

async fn own(State(app): Shared, access: Access, query: Query) -> Result<Json<Value>, Refusal> {
    own_record(&app, &access, &query.populates()).await
}

async fn own_populated(State(app): Shared, access: Access, Body(fields): Body) -> Result<Json<Value>, Refusal> {
    own_record(&app, &access, &fields.texts("populates")).await
}

async fn own_record(app: &App, access: &Access, populates: &[String]) -> Result<Json<Value>, Refusal> {
    let id = access.own().ok_or_else(|| Refusal::access_denied("This needs a person's token, not the client's."))?;
    let registration = app.backend.retrieve(id, &access.caller).await.map_err(Refusal::from_read)?;
    Ok(app.registration(&registration, populates, access))
}

async fn create(State(app): Shared, access: Access, Body(fields): Body) -> Result<Response, Refusal> {
    access.client_only()?;
    let created = app.backend.create(create_request(&fields)?, &access.caller).await?;
    app.created(&created)
}

fn create_request(fields: &Fields) -> Result<CreateRequest, Refusal> {
    let personal = |name| fields.text(&[name]).map(|text| text.map(Personal::from));
    let required = |field: &str, names: &[&str]| {
        fields.text(names)?.ok_or_else(|| Refusal::invalid(field, format!("missing {}", names.join(" or "))))
    };
    Ok(CreateRequest {
        project: required("project", &["projectId", "project"])?,
        flow: required("flow", &["flowId", "projectFlow"])?,
        user_id: fields.text(&["userId"])?,
        contact: Contact {
            email: personal("email")?,
            phone: personal("phone")?,
            country_code: fields.text(&["countryCode"])?,
            full_name: personal("fullName")?,
            first_name: personal("firstName")?,
            last_name: personal("lastName")?,
            language: fields.text(&["language"])?,
        },
    })
}

async fn sync(State(app): Shared, access: Access, PathId(id): PathId, Body(fields): Body) -> Result<Response, Refusal> {
    let id = RegistrationId::new(id);
    access.on(&id)?;
    let request = sync_request(&fields)?;
    let step = request.step.as_ref().map(|(step, _)| step.clone());
    if step == Some(SyncStep::AdminOverride) {
        access.client_only()?;
    }
    let outcome = app.backend.sync(&id, request, &access.caller).await?;
    app.synced(&outcome, step.as_ref(), &access)
}

fn sync_request(fields: &Fields) -> Result<SyncRequest, Refusal> {
    let step = match (fields.text(&["step"])?, fields.text(&["status"])?) {
        (None, None) => None,
        (Some(step), Some(status)) => Some((SyncStep::parse(&step), Status::parse(&status))),
        (None, Some(_)) => return Err(Refusal::invalid("step", "missing step")),
        (Some(_), None) => return Err(Refusal::invalid("status", "missing status")),
    };
    Ok(SyncRequest { step, note: fields.text(&["note"])?, seen_version: fields.count("seenVersion")? })
}

async fn resend(
    State(app): Shared,
    access: Access,
    PathId(id): PathId,
    Body(fields): Body,
) -> Result<Json<Value>, Refusal> {
    access.client_only()?;
    let request = ResendRequest { send_email: fields.flag("sendEmail")? };
    let link = app.backend.resend(&RegistrationId::new(id), request, &access.caller).await?;
    Ok(answer::resent(&link, app.clock.now()))
}

async fn record(
    State(app): Shared,
    access: Access,
    PathId(id): PathId,
    query: Query,
    Body(fields): Body<PHOTO_LIMIT>,
) -> Result<Json<Value>, Refusal> {
    let id = RegistrationId::new(id);
    access.on(&id)?;
    let evidence: Evidence = fields.read_as("evidence")?;
    // What lists say about a person does not come from that person.
    if evidence.step() == StepKind::CriminalHistory {
        access.client_only()?;
    }
    let registration = app.backend.record(&id, evidence, &access.caller).await?;
    Ok(app.registration(&registration, &query.populates(), &access))
}

/// No part of the documented service: what the desk says, with the name that whoever says it goes by.
async fn annotate(
    State(app): Shared,
    access: Access,
    PathId(id): PathId,
    query: Query,
    Body(fields): Body,
) -> Result<Json<Value>, Refusal> {
    access.client_only()?;
    let caller = access.caller.clone().named(&fields.text(&["by"])?.unwrap_or_default());
    let annotation: Annotation = fields.read_as("annotation")?;
    let registration = app.backend.annotate(&RegistrationId::new(id), annotation, &caller).await?;
    Ok(app.registration(&registration, &query.populates(), &access))
}
