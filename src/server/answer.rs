//! The shape of answers: the two dialects' registration, and the envelopes around it.

use axum::{
    Json,
    body::Bytes,
    http::{HeaderValue, StatusCode, header},
    response::{IntoResponse, Response},
};
use secrecy::{ExposeSecret, SecretString};
use serde_json::{Map, Value, json};

use super::{
    App, Dialect, TOKEN_HEADER,
    access::Access,
    query::Paging,
    refusal::Refusal,
    withheld::{may_read, readable},
};
use crate::{
    backend::{Created, Page, ResentLink, SyncOutcome, SyncStep},
    model::{Personal, Registration, Requirement, Status, StepKind, Timestamp},
    wire,
};

/// The steps named in the answers of sync and resend-link.
const STEP_SETTINGS: &[StepKind] = &[
    StepKind::PersonalInfo,
    StepKind::BasicInformation,
    StepKind::DocumentVerification,
    StepKind::BiometricVerification,
    StepKind::Form,
];

impl App {
    /// A registration in the dialect spoken.
    fn object(&self, registration: &Registration, populates: &[String]) -> Value {
        match self.dialect {
            Dialect::Overview => wire::encode_overview(registration, &self.links.judge(registration, self.clock.now())),
            Dialect::Live => wire::encode_live(registration, populates),
        }
    }

    /// One registration in its envelope, as far as the asker may read it.
    pub(super) fn registration(
        &self,
        registration: &Registration,
        populates: &[String],
        access: &Access,
    ) -> Json<Value> {
        self.enveloped(readable(self.object(registration, populates), access))
    }

    /// Bare in the overview dialect, under `data` in the live one.
    fn enveloped(&self, object: Value) -> Json<Value> {
        Json(match self.dialect {
            Dialect::Overview => object,
            Dialect::Live => json!({ "data": object }),
        })
    }

    /// One page of registrations.
    pub(super) fn page(&self, page: &Page, limit: u32, populates: &[String]) -> Json<Value> {
        if !page.refused.is_empty() {
            tracing::warn!(rows = page.refused.len(), "rows that could not be read are left out of a page");
        }
        let rows: Vec<Value> = page.registrations.iter().map(|row| self.object(row, populates)).collect();
        Json(json!({
            "data": rows, "total": page.total, "limit": limit, "page": page.page, "pages": page.pages,
        }))
    }

    /// A new registration. The overview object has no place for the token: it goes into a header.
    pub(super) fn created(&self, created: &Created) -> Result<Response, Refusal> {
        let registration = &created.registration;
        match self.dialect {
            Dialect::Overview => {
                let object = self.object(registration, &[]);
                let mut response = (StatusCode::CREATED, Json(object)).into_response();
                let location = format!("/v2/app-registrations/{}", registration.id);
                if let Ok(location) = HeaderValue::from_str(&location) {
                    response.headers_mut().insert(header::LOCATION, location);
                }
                put_token_header(&mut response, created.token.as_ref())?;
                Ok(response)
            }
            Dialect::Live => {
                let mut data = Map::new();
                data.insert("appRegistration".to_owned(), wire::encode_live(registration, &[]));
                data.insert("informationValidation".to_owned(), information_of(registration));
                insert_token(&mut data, created.token.as_ref());
                Ok(Json(json!({ "data": data })).into_response())
            }
        }
    }

    /// What a sync did. `sync` says what was asked, what became of it and what stands in the way.
    pub(super) fn synced(
        &self,
        outcome: &SyncOutcome,
        step: Option<&SyncStep>,
        access: &Access,
    ) -> Result<Response, Refusal> {
        let registration = &outcome.registration;
        let whole = self.dialect == Dialect::Overview || step == Some(&SyncStep::AdminOverride);
        let object = if whole { self.object(registration, &[]) } else { Value::Object(summary(registration)) };
        let mut object = readable(object, access);
        if let Value::Object(keys) = &mut object {
            keys.insert("sync".to_owned(), self.report(outcome, access));
            if self.dialect == Dialect::Live {
                insert_token(keys, outcome.token.as_ref());
            }
        }
        let mut response = self.enveloped(object).into_response();
        if self.dialect == Dialect::Overview {
            put_token_header(&mut response, outcome.token.as_ref())?;
        }
        Ok(response)
    }

    fn report(&self, outcome: &SyncOutcome, access: &Access) -> Value {
        let word = |status: &Status| match self.dialect {
            Dialect::Overview => status.as_str().to_owned(),
            Dialect::Live => status.to_live(),
        };
        json!({
            "asked": outcome.asked.as_ref().map(word),
            "got": word(&outcome.registration.status),
            "blockers": outcome.blockers.iter().filter(|blocker| may_read(blocker, access)).collect::<Vec<_>>(),
        })
    }
}

fn put_token_header(response: &mut Response, token: Option<&SecretString>) -> Result<(), Refusal> {
    if let Some(token) = token {
        let mut token = HeaderValue::from_str(token.expose_secret()).map_err(|_| Refusal::internal())?;
        token.set_sensitive(true);
        response.headers_mut().insert(TOKEN_HEADER, token);
    }
    Ok(())
}

/// A fresh link, the same in both dialects: only the live service documents one.
pub(super) fn resent(link: &ResentLink, now: Timestamp) -> Json<Value> {
    let registration = &link.registration;
    let email = registration.contact.email.as_ref().map(|email| email.reveal().to_owned());
    let mut data = summary(registration);
    insert_token(&mut data, link.token.as_ref());
    if let Some(address) = &link.link {
        data.insert("link".to_owned(), json!(address.expose_secret()));
    }
    // The one place where the service writes a time without its zone; it means UTC.
    let expires = link.expires_at.map(|at| at.format("%Y-%m-%d %H:%M:%S").to_string());
    data.insert("expiresAt".to_owned(), json!(expires));
    data.insert("accessType".to_owned(), json!("app_registration_initiated"));
    data.insert("issuedAt".to_owned(), json!(now.timestamp()));
    let sent = link.email_sent.map(|sent| json!({ "sent": sent, "email": email }));
    data.insert("emailSent".to_owned(), json!(sent));
    data.insert("email".to_owned(), json!(email));
    Json(json!({ "data": data }))
}

/// The keys that sync and resend-link share.
fn summary(registration: &Registration) -> Map<String, Value> {
    let information = information_of(registration);
    let settings = registration.flow.settings.as_ref();
    let steps: Map<String, Value> = STEP_SETTINGS
        .iter()
        .filter_map(|kind| {
            let requirement = settings?.requirement(kind).map(Requirement::as_str)?;
            Some((kind.live_name()?.to_owned(), json!(requirement)))
        })
        .collect();
    let mut keys = Map::new();
    for name in ["firstName", "lastName", "fullName"] {
        keys.insert(name.to_owned(), information.get(name).cloned().unwrap_or(Value::Null));
    }
    keys.insert("step".to_owned(), json!(live_step(registration).unwrap_or("1")));
    keys.insert("steps".to_owned(), Value::Object(steps));
    keys.insert("appRegistrationId".to_owned(), json!(registration.id.as_str()));
    keys.insert("status".to_owned(), json!(registration.status.to_live()));
    keys
}

/// The step reported last, in the live dialect's word.
pub(super) fn live_step(registration: &Registration) -> Option<&str> {
    registration.current_step.as_ref().and_then(StepKind::live_name)
}

/// Id and names of the information object; the names given at creation where the form has none yet.
fn information_of(registration: &Registration) -> Value {
    let typed = registration.checks.information.as_ref();
    let contact = &registration.contact;
    let name = |typed: Option<&Personal>, given: &Option<Personal>| {
        typed.or(given.as_ref()).map(|name| name.reveal().to_owned())
    };
    json!({
        "_id": typed.and_then(|typed| typed.id.clone()),
        "fullName": name(typed.and_then(|typed| typed.full_name.as_ref()), &contact.full_name),
        "firstName": name(typed.and_then(|typed| typed.first_name.as_ref()), &contact.first_name),
        "lastName": name(typed.and_then(|typed| typed.last_name.as_ref()), &contact.last_name),
    })
}

fn insert_token(keys: &mut Map<String, Value>, token: Option<&SecretString>) {
    if let Some(token) = token {
        keys.insert("token".to_owned(), json!(token.expose_secret()));
    }
}

/// JSON that is written already.
pub(super) fn written(json: Bytes) -> Response {
    ([(header::CONTENT_TYPE, HeaderValue::from_static("application/json"))], json).into_response()
}

/// A page of the lists of version 2: `{success, data, pagination}`.
pub(super) fn paginated(rows: &[Value], total: usize, paging: Paging) -> Json<Value> {
    Json(json!({
        "success": true,
        "data": rows,
        "pagination": {
            "page": paging.page, "limit": paging.limit, "perPage": paging.limit,
            "total": total, "pages": paging.pages(total),
        },
    }))
}

/// A page of the lists of version 3: `{data, total, limit, page, pages}`.
pub(super) fn counted(rows: &[Value], total: usize, paging: Paging) -> Json<Value> {
    Json(json!({
        "data": rows,
        "total": total, "limit": paging.limit, "page": paging.page, "pages": paging.pages(total),
    }))
}
