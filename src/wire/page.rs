//! Answers as a whole: envelopes, pages, and what create, sync and resend say.

use secrecy::SecretString;
use serde_json::Value;

use super::{
    WireError, decode_registration,
    fields::{Fields, Ref},
};
use crate::{
    backend::{Blocker, Created, Page},
    model::{Registration, Status, Timestamp},
};

/// The payload of an answer: `data` where there is one, else the body itself.
pub fn payload(body: Value) -> Value {
    match body {
        Value::Object(mut object) if object.contains_key("data") => object.shift_remove("data").unwrap_or(Value::Null),
        body => body,
    }
}

/// The items of a list answer, whatever its envelope.
pub fn decode_list(body: Value) -> Result<Vec<Value>, WireError> {
    match payload(body) {
        Value::Array(items) => Ok(items),
        Value::Null => Ok(Vec::new()),
        _ => Err(WireError::new("$.data", "is not a list")),
    }
}

/// Reads a page of registrations, whatever its envelope. A row that cannot be read is told of and left out.
pub fn decode_page(body: Value, asked_page: u32) -> Result<Page, WireError> {
    let total = counter(&body, "total");
    let page = counter(&body, "page").and_then(|page| u32::try_from(page).ok());
    let pages = decode_pages(&body);
    let mut registrations = Vec::new();
    let mut refused = Vec::new();
    for (row, value) in decode_list(body)?.into_iter().enumerate() {
        match decode_registration(value) {
            Ok(registration) => registrations.push(registration),
            Err(error) => refused.push(format!("row {}: {error}", row + 1)),
        }
    }
    Ok(Page { registrations, total, page: page.unwrap_or(asked_page), pages, refused })
}

/// How many pages a list has, where its answer says.
pub fn decode_pages(body: &Value) -> Option<u32> {
    counter(body, "pages").and_then(|pages| u32::try_from(pages).ok())
}

/// A counter of a list, beside the rows or under `pagination`.
fn counter(body: &Value, key: &str) -> Option<u64> {
    let nested = body.get("pagination").and_then(|pagination| pagination.get(key));
    nested.or_else(|| body.get(key)).and_then(Value::as_u64)
}

/// Reads the answer to create: the bare object, or the registration beside its information and token.
pub fn decode_created(body: Value) -> Result<Created, WireError> {
    let mut answer = answer(body)?;
    let token = secret(&mut answer, "token");
    let registration = match answer.reference("appRegistration") {
        Ref::Object(mut registration) => {
            // The names stand beside the registration, which holds their id at most.
            if let Some(information) = answer.take("informationValidation").filter(Value::is_object) {
                registration.put("informationValidation", information);
            }
            registration
        }
        _ => answer,
    };
    Ok(Created { registration: decode_registration(registration.into_value())?, token })
}

/// The token in the answer to a renewal: flat, or under `data`.
pub fn decode_access_token(body: Value) -> Option<SecretString> {
    let mut answer = answer(body).ok()?;
    secret(&mut answer, "accessToken").or_else(|| secret(&mut answer, "token"))
}

/// What the answer to sync says. The registration has to be read again if it is not in it.
#[derive(Debug)]
pub struct SyncAnswer {
    /// The registration, where the answer holds it.
    pub registration: Option<Registration>,
    /// The status it now has, according to the answer.
    pub status: Option<Status>,
    /// What stands between it and completion.
    pub blockers: Vec<Blocker>,
    /// A token that was handed out.
    pub token: Option<SecretString>,
}

/// Reads the answer to sync: a registration, or a short report on one.
pub fn decode_sync_answer(body: Value) -> Result<SyncAnswer, WireError> {
    let mut answer = answer(body)?;
    let token = secret(&mut answer, "token");
    let mut report = answer.object("sync");
    let blockers = report.stored("blockers").or_else(|| answer.stored("blockers")).unwrap_or_default();
    let status = answer.peek("status").and_then(Value::as_str).map(Status::parse);
    let registration = match answer.peek_id() {
        Some(_) => Some(decode_registration(answer.into_value())?),
        None => None,
    };
    Ok(SyncAnswer { registration, status, blockers, token })
}

/// What the answer to resend-link says.
#[derive(Debug)]
pub struct ResentAnswer {
    /// The registration, where the answer holds it.
    pub registration: Option<Registration>,
    /// The token in the link.
    pub token: Option<SecretString>,
    /// The link; holds the token.
    pub link: Option<SecretString>,
    /// When it dies.
    pub expires_at: Option<Timestamp>,
    /// Whether an e-mail went out; `None` if none was asked for.
    pub email_sent: Option<bool>,
}

/// Reads the answer to resend-link.
pub fn decode_resent(body: Value) -> Result<ResentAnswer, WireError> {
    let mut answer = answer(body)?;
    let token = secret(&mut answer, "token");
    let link = secret(&mut answer, "link");
    let email_sent = match answer.reference("emailSent") {
        Ref::Object(mut sent) => sent.flag("sent"),
        _ => answer.flag("emailSent"),
    };
    let expires_at = answer.time("expiresAt");
    let registration = match answer.reference("registration") {
        Ref::Object(registration) => Some(decode_registration(registration.into_value())?),
        _ => None,
    };
    Ok(ResentAnswer { registration, token, link, expires_at, email_sent })
}

fn answer(body: Value) -> Result<Fields, WireError> {
    Fields::of(payload(body)).ok_or_else(|| WireError::new("$.data", "is not an object"))
}

fn secret(fields: &mut Fields, key: &str) -> Option<SecretString> {
    fields.text(key).map(SecretString::from)
}
