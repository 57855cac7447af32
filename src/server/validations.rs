//! Validations as objects of their own: they live inside registrations and are read out of them.

use std::sync::Arc;

use axum::{Json, Router, extract::State, routing::get};
use serde_json::{Value, json};

use super::{
    App, Shared, access::Access, answer, query::Query, refusal::Refusal, registrations::PathId, withheld::readable,
};
use crate::{
    backend::Caller,
    model::{Registration, fold_word},
    wire,
};

/// The kinds of validation that have routes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Kind {
    Email,
    Phone,
    Document,
    Biometric,
    Information,
}

impl Kind {
    /// The first part of its routes.
    pub(super) fn route(self) -> &'static str {
        match self {
            Self::Email => "/v2/email-validations",
            Self::Phone => "/v2/phone-validations",
            Self::Document => "/v2/document-validations",
            Self::Biometric => "/v2/biometric-validations",
            Self::Information => "/v2/information-validations",
        }
    }

    /// Its key in a registration.
    pub(super) fn key(self) -> &'static str {
        match self {
            Self::Email => "emailValidation",
            Self::Phone => "phoneValidation",
            Self::Document => "documentValidation",
            Self::Biometric => "biometricValidation",
            Self::Information => "informationValidation",
        }
    }

    fn missing(self) -> Refusal {
        let symbol = match self {
            Self::Email => "email_validation_not_found",
            Self::Phone => "phone_validation_not_found",
            Self::Document => "document_validation_not_found",
            Self::Biometric => "biometric_validation_not_found",
            Self::Information => "information_validation_not_found",
        };
        Refusal::not_found(symbol, "There is no validation of this id, or it is not yours.")
    }
}

pub(super) fn routes() -> Router<Arc<App>> {
    let kinds = [Kind::Email, Kind::Phone, Kind::Document, Kind::Biometric, Kind::Information];
    kinds.into_iter().fold(Router::new(), |router, kind| {
        router
            .route(
                kind.route(),
                get(async move |State(app): Shared, access: Access, query: Query| {
                    list(kind, &app, &access, &query).await
                }),
            )
            .route(
                &format!("{}/{{id}}", kind.route()),
                get(async move |State(app): Shared, access: Access, PathId(id): PathId| {
                    retrieve(kind, &app, &access, &id).await
                }),
            )
    })
}

/// The filters of these lists: equality with the key of the same name.
const FILTERS: &[&str] = &[
    "project",
    "projectFlow",
    "status",
    "type",
    "email",
    "phone",
    "countryCode",
    "documentType",
    "validationMethod",
    "inputMethod",
];

async fn list(kind: Kind, app: &App, access: &Access, query: &Query) -> Result<Json<Value>, Refusal> {
    access.client_only()?;
    let paging = query.paging()?;
    let wanted: Vec<(&str, String)> = FILTERS
        .iter()
        .filter_map(|name| Some((*name, fold_word(query.one(&[name, &format!("where_{name}")])?))))
        .collect();
    let (mut rows, mut total) = (Vec::new(), 0);
    app.each_registration(None, |registration| {
        let fits = |row: &Value| {
            let holds = |name: &str| row.get(name).and_then(Value::as_str).map(fold_word);
            wanted.iter().all(|(name, value)| holds(name).as_ref() == Some(value))
        };
        if let Some(row) = object(kind, &registration).filter(fits) {
            if paging.holds(total) {
                rows.push(row);
            }
            total += 1;
        }
        true
    })
    .await?;
    Ok(answer::paginated(&rows, total, paging))
}

async fn retrieve(kind: Kind, app: &App, access: &Access, id: &str) -> Result<Json<Value>, Refusal> {
    let registration = find(kind, app, access, id).await?;
    let object = object(kind, &registration).ok_or_else(|| kind.missing())?;
    Ok(Json(json!({ "success": true, "data": readable(object, access) })))
}

/// The registration that holds a validation; with a person's token only their own is looked at.
pub(super) async fn find(kind: Kind, app: &App, access: &Access, id: &str) -> Result<Registration, Refusal> {
    let holds = |registration: &Registration| {
        object(kind, registration).is_some_and(|object| object.get("_id") == Some(&json!(id)))
    };
    if let Some(own) = access.own() {
        let registration = app.backend.retrieve(own, &Caller::system()).await?;
        return if holds(&registration) { Ok(registration) } else { Err(kind.missing()) };
    }
    let mut found = None;
    app.each_registration(None, |registration| {
        if holds(&registration) {
            found = Some(registration);
        }
        found.is_none()
    })
    .await?;
    found.ok_or_else(|| kind.missing())
}

/// A validation by itself; `None` if the registration has none of the kind.
pub(super) fn object(kind: Kind, registration: &Registration) -> Option<Value> {
    let populated = [kind.key().to_owned()];
    let mut whole = wire::encode_live(registration, &populated);
    whole.get_mut(kind.key()).map(Value::take).filter(Value::is_object)
}

/// The object after something was done to it; it must be there by then.
pub(super) fn object_now(kind: Kind, registration: &Registration) -> Result<Value, Refusal> {
    object(kind, registration).ok_or_else(Refusal::internal)
}

/// The registration with one of its validations replaced by what a body says, read through the codec: so a body may
/// use every spelling that the codec reads.
pub(super) fn with_replaced(registration: &Registration, key: &str, body: Value) -> Result<Registration, Refusal> {
    let mut whole = wire::encode_live(registration, &[]);
    if let Value::Object(keys) = &mut whole {
        keys.insert(key.to_owned(), body);
    }
    wire::decode_registration(whole)
        .map_err(|error| Refusal::invalid(key, format!("{} cannot be read: {}", error.path, error.message)))
}

/// The registration a request is about, as it stands. Looking it up is our own doing and no access of the caller's.
pub(super) async fn subject(app: &App, access: &Access, named: Option<String>) -> Result<Registration, Refusal> {
    let id = access.subject(named)?;
    Ok(app.backend.retrieve(&id, &Caller::system()).await?)
}
