//! Request bodies: read up to a limit, and taken apart field by field with messages that name the place, never the value.

use std::sync::Arc;

use axum::{
    body::Body as RawBody,
    extract::{FromRequest, Request},
    http::StatusCode,
};
use futures_util::StreamExt;
use secrecy::SecretString;
use serde::de::DeserializeOwned;
use serde_json::{Map, Value};

use super::{App, refusal::Refusal};

/// Largest body of most routes, bytes.
pub(super) const PLAIN_LIMIT: usize = 1024 * 1024;

/// Largest body of the routes that may carry photos as text, bytes: two photos of about 4 MiB each.
pub(super) const PHOTO_LIMIT: usize = 12 * 1024 * 1024;

/// How much of an oversized body is read and thrown away, as a multiple of the limit: enough that a client that only
/// listens after sending hears the refusal.
const DRAIN_FACTOR: usize = 4;

/// A JSON object from a body of at most `LIMIT` bytes; an empty body is an empty object.
pub(super) struct Body<const LIMIT: usize = PLAIN_LIMIT>(pub(super) Fields);

impl<const LIMIT: usize> FromRequest<Arc<App>> for Body<LIMIT> {
    type Rejection = Refusal;

    async fn from_request(request: Request, _app: &Arc<App>) -> Result<Self, Refusal> {
        let bytes = read_all(request.into_body(), LIMIT).await?;
        Fields::parse(&bytes).map(Self)
    }
}

/// A body of at most `limit` bytes.
pub(super) async fn read_all(body: RawBody, limit: usize) -> Result<Vec<u8>, Refusal> {
    let mut stream = body.into_data_stream();
    let mut bytes = Vec::new();
    let mut seen = 0_usize;
    while let Some(chunk) = stream.next().await {
        let chunk = chunk.map_err(|_| Refusal::bad_request("The body broke off before its end."))?;
        seen = seen.saturating_add(chunk.len());
        if seen <= limit {
            bytes.extend_from_slice(&chunk);
        } else if seen > limit.saturating_mul(DRAIN_FACTOR) {
            break;
        }
    }
    if seen > limit {
        return Err(Refusal::new(
            StatusCode::PAYLOAD_TOO_LARGE,
            "PayloadTooLarge",
            format!("The body is larger than the {} KiB this route takes.", limit / 1024),
        ));
    }
    Ok(bytes)
}

/// The fields of a JSON object.
#[derive(Debug, Clone, PartialEq, Default)]
pub(super) struct Fields(Map<String, Value>);

impl Fields {
    fn parse(bytes: &[u8]) -> Result<Self, Refusal> {
        if bytes.iter().all(u8::is_ascii_whitespace) {
            return Ok(Self::default());
        }
        match serde_json::from_slice(bytes) {
            Ok(Value::Object(fields)) => Ok(Self(fields)),
            Ok(_) => Err(Refusal::bad_request("The body must be a JSON object.")),
            Err(error) => Err(Refusal::bad_request(format!("The body is not valid JSON: {error}."))),
        }
    }

    /// A text under the first of some names that is there; `null` and the empty text count as absent.
    pub(super) fn text(&self, names: &[&str]) -> Result<Option<String>, Refusal> {
        for name in names {
            match self.0.get(*name) {
                None | Some(Value::Null) => {}
                Some(Value::String(text)) if text.is_empty() => {}
                Some(Value::String(text)) => return Ok(Some(text.clone())),
                Some(_) => return Err(Refusal::invalid(name, format!("{name} must be a text"))),
            }
        }
        Ok(None)
    }

    /// A code as people type it: a text, or a whole number.
    pub(super) fn code(&self, names: &[&str]) -> Result<Option<SecretString>, Refusal> {
        let number = names.iter().find_map(|name| self.0.get(*name).and_then(Value::as_u64));
        match number {
            // Leading zeros are lost in a number; codes have six digits.
            Some(number) => Ok(Some(format!("{number:06}").into())),
            None => Ok(self.text(names)?.map(SecretString::from)),
        }
    }

    /// A yes or no; the words `"true"` and `"false"` are taken too.
    pub(super) fn flag(&self, name: &str) -> Result<bool, Refusal> {
        match self.0.get(name) {
            None | Some(Value::Null) => Ok(false),
            Some(Value::Bool(flag)) => Ok(*flag),
            Some(Value::String(word)) if word == "true" => Ok(true),
            Some(Value::String(word)) if word == "false" => Ok(false),
            Some(_) => Err(Refusal::invalid(name, format!("{name} must be true or false"))),
        }
    }

    /// A whole number from 0.
    pub(super) fn count(&self, name: &str) -> Result<Option<u64>, Refusal> {
        match self.0.get(name) {
            None | Some(Value::Null) => Ok(None),
            Some(value) => match value.as_u64() {
                Some(number) => Ok(Some(number)),
                None => Err(Refusal::invalid(name, format!("{name} must be a whole number"))),
            },
        }
    }

    /// A number.
    pub(super) fn number(&self, name: &str) -> Result<Option<f64>, Refusal> {
        match self.0.get(name) {
            None | Some(Value::Null) => Ok(None),
            Some(value) => match value.as_f64() {
                Some(number) => Ok(Some(number)),
                None => Err(Refusal::invalid(name, format!("{name} must be a number"))),
            },
        }
    }

    /// Whether a field is there and holds something.
    pub(super) fn has(&self, name: &str) -> bool {
        self.0.get(name).is_some_and(|value| !value.is_null())
    }

    /// A list of texts.
    pub(super) fn texts(&self, name: &str) -> Vec<String> {
        let items = self.0.get(name).and_then(Value::as_array);
        items.into_iter().flatten().filter_map(Value::as_str).map(str::to_owned).collect()
    }

    /// The object as it is.
    pub(super) fn into_map(self) -> Map<String, Value> {
        self.0
    }

    /// Reads the whole object as a type of ours.
    pub(super) fn read_as<T: DeserializeOwned>(self, what: &str) -> Result<T, Refusal> {
        serde_json::from_value(Value::Object(self.0))
            .map_err(|error| Refusal::invalid(what, format!("The body is not {what}: {}.", without_values(&error))))
    }
}

impl From<Map<String, Value>> for Fields {
    fn from(fields: Map<String, Value>) -> Self {
        Self(fields)
    }
}

/// What a parser expected, without the value it saw: that may be personal data.
fn without_values(error: &serde_json::Error) -> String {
    let message = error.to_string();
    if message.starts_with("missing field") {
        return message;
    }
    match message.split_once("expected ") {
        Some((_, expected)) => format!("expected {expected}"),
        None => "a value cannot be read".to_owned(),
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use secrecy::ExposeSecret as _;

    use super::*;
    use crate::model::Evidence;

    fn fields(text: &str) -> Fields {
        Fields::parse(text.as_bytes()).unwrap()
    }

    #[test]
    fn broken_json_is_refused_with_line_and_column() {
        let refusal = Fields::parse(b"{\n  \"email\": oops\n}").unwrap_err();
        assert!(format!("{refusal:?}").contains("line 2 column 12"), "{refusal:?}");
    }

    #[test]
    fn an_empty_body_is_an_empty_object_and_a_list_is_none() {
        assert_eq!(fields("  "), Fields::default());
        assert!(Fields::parse(b"[1]").is_err());
    }

    #[test]
    fn deep_nesting_is_refused_and_not_a_stack_overflow() {
        let deep = format!("{{\"a\":{}{}}}", "[".repeat(100_000), "]".repeat(100_000));
        assert!(Fields::parse(deep.as_bytes()).is_err());
    }

    #[test]
    fn a_code_is_a_text_or_a_number_with_its_leading_zeros() {
        for given in [r#"{"otp": 1234}"#, r#"{"otp": "001234"}"#] {
            assert_eq!(fields(given).code(&["otp"]).unwrap().unwrap().expose_secret(), "001234");
        }
        assert!(fields(r#"{"otp": [1]}"#).code(&["otp"]).is_err());
    }

    #[test]
    fn the_first_name_that_holds_something_wins() {
        let body = fields(r#"{"projectId": null, "project": "p1"}"#);
        assert_eq!(body.text(&["projectId", "project"]).unwrap().as_deref(), Some("p1"));
    }

    #[test]
    fn what_is_wrong_with_evidence_is_said_without_its_values() {
        for body in [
            r#"{"step": "face_comparison", "score": "Alba Muestra"}"#,
            r#"{"step": "Alba Muestra"}"#,
            r#"{"step": "basic_information", "birthDate": "Alba Muestra"}"#,
            r#"{"step": "email_verification", "outcome": "Alba Muestra"}"#,
        ] {
            let refusal = fields(body).read_as::<Evidence>("evidence").unwrap_err();
            assert!(!format!("{refusal:?}").contains("Alba"), "{refusal:?}");
        }
    }
}
