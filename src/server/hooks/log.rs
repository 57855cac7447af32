//! The delivery log: what webhooks were told, what they answered, and telling them again. For the client's token only.

use std::sync::Arc;

use axum::{
    Json, Router,
    extract::State,
    routing::{get, put},
};
use serde_json::{Value, json};

use super::sender;
use crate::{
    backend::{BackendError, Hook, HookFilter, HookQueue},
    model::RegistrationId,
    server::{App, Shared, access::Access, answer, query::Query, refusal::Refusal, registrations::PathId},
};

pub(in crate::server) fn routes() -> Router<Arc<App>> {
    Router::new()
        .route("/v2/webhook-events", get(list))
        .route("/v2/webhook-events/{id}", get(retrieve))
        .route("/v2/webhook-events/{id}/resend", put(resend))
}

async fn list(State(app): Shared, access: Access, query: Query) -> Result<Json<Value>, Refusal> {
    let queue = queue(&app, &access)?;
    let paging = query.paging()?;
    let heard = match query.one(&["where_response.status", "response.status"]) {
        Some("success") => Some(true),
        Some("fail") => Some(false),
        _ => None,
    };
    let registration = query.one(&["where_appRegistration", "appRegistration"]).map(RegistrationId::new);
    let skip = (paging.page as usize - 1).saturating_mul(paging.limit as usize);
    let (hooks, total) = queue.hooks(HookFilter { registration, heard }, skip, paging.limit as usize).await?;
    let rows: Vec<Value> = hooks.iter().map(object).collect();
    Ok(answer::paginated(&rows, total, paging))
}

async fn retrieve(State(app): Shared, access: Access, PathId(id): PathId) -> Result<Json<Value>, Refusal> {
    let hook = find(queue(&app, &access)?, &id).await?;
    Ok(Json(json!({ "data": object(&hook) })))
}

async fn resend(State(app): Shared, access: Access, PathId(id): PathId) -> Result<Json<Value>, Refusal> {
    let queue = queue(&app, &access)?;
    let hook = find(queue, &id).await?;
    queue.resend(hook.number).await?;
    Ok(Json(json!({ "data": object(&find(queue, &id).await?) })))
}

fn queue<'a>(app: &'a App, access: &Access) -> Result<&'a dyn HookQueue, Refusal> {
    access.client_only()?;
    app.backend.hooks().ok_or_else(|| BackendError::unsupported("tell what webhooks were told").into())
}

async fn find(queue: &dyn HookQueue, id: &str) -> Result<Hook, Refusal> {
    let found = match id.parse() {
        Ok(number) => queue.hook(number).await?,
        Err(_) => None,
    };
    found.ok_or_else(|| Refusal::not_found("webhook_event_not_found", "There is no event of this id."))
}

/// An event of the log in the service's names, with all tries beside the last one.
fn object(hook: &Hook) -> Value {
    let last = hook.tries.last();
    let status = last.map(|delivery| if delivery.was_heard() == Some(true) { "success" } else { "fail" });
    json!({
        "_id": hook.number.to_string(),
        "type": sender::kind(hook),
        "status": if last.is_some() { "sent" } else { "pending" },
        "appRegistration": hook.registration.id,
        "projectFlow": { "_id": hook.registration.flow.id, "project": { "_id": hook.registration.project.id, "name": hook.registration.project.name } },
        "body": sender::body(hook),
        "response": last.map(|delivery| json!({ "status": status, "code": delivery.code })),
        "createdAt": hook.at,
        "sentAt": last.and_then(|delivery| delivery.at),
        "nextTryAt": hook.due,
        "tries": hook.tries,
    })
}
