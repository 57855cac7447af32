//! What the endpoint answers when it does not do what was asked: the documented statuses and envelopes.
//!
//! A refusal never holds a stack, a path, a token or a value somebody sent.

use std::time::Duration;

use axum::{
    Json,
    http::{HeaderValue, StatusCode, header},
    response::{IntoResponse, Response},
};
use serde_json::{Map, Value, json};

use crate::{
    backend::{BackendError, ErrorKind},
    model::{Registration, StepKind},
};

/// An error answer.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Refusal {
    status: StatusCode,
    code: String,
    message: String,
    /// A sentence for people, where `message` is a symbol.
    detail: Option<String>,
    /// The field at fault, in the model's names.
    field: Option<String>,
    retry_after: Option<Duration>,
    /// Some envelopes repeat the status in the body.
    repeats_status: bool,
}

impl Refusal {
    /// An answer whose message is a sentence.
    pub(super) fn new(status: StatusCode, code: &str, message: impl Into<String>) -> Self {
        Self {
            status,
            code: code.to_owned(),
            message: message.into(),
            detail: None,
            field: None,
            retry_after: None,
            repeats_status: false,
        }
    }

    /// An answer of the form `{code: X, message: "NNN:X"}`.
    fn symbolic(status: StatusCode, symbol: &str, detail: impl Into<String>) -> Self {
        let mut refusal = Self::new(status, symbol, format!("{}:{symbol}", status.as_u16()));
        refusal.detail = Some(detail.into());
        refusal
    }

    /// No token, or one that nobody handed out.
    pub(super) fn not_signed_in() -> Self {
        Self::new(StatusCode::UNAUTHORIZED, "UNAUTHORIZED", "Authentication required")
    }

    /// A token that has run out.
    pub(super) fn token_expired() -> Self {
        Self::new(StatusCode::FORBIDDEN, "FORBIDDEN", "token_expired")
    }

    /// A token of the wrong kind, or of someone else's registration.
    pub(super) fn access_denied(detail: &str) -> Self {
        Self::symbolic(StatusCode::FORBIDDEN, "access_denied", detail)
    }

    /// Too many tokens that fitted nothing, from one address.
    pub(super) fn too_many_guesses(wait: Duration) -> Self {
        let mut refusal = Self::new(
            StatusCode::TOO_MANY_REQUESTS,
            "TooManyRequests",
            "Too many wrong tokens or secrets came from this address. Wait, and check yours.",
        );
        refusal.retry_after = Some(wait);
        refusal
    }

    /// There is no room for it now; the same request may be sent again.
    pub(super) fn busy() -> Self {
        let mut refusal = Self::new(StatusCode::SERVICE_UNAVAILABLE, "ServiceUnavailable", "Busy; try again.");
        refusal.retry_after = Some(Duration::from_secs(5));
        refusal
    }

    /// A field of a body or query that is missing or wrong.
    pub(super) fn invalid(field: &str, message: impl Into<String>) -> Self {
        let mut refusal = Self::new(StatusCode::CONFLICT, "MissingParameter", message);
        refusal.field = Some(field.to_owned());
        refusal.repeats_status = true;
        refusal
    }

    /// A body that could not be understood at all.
    pub(super) fn bad_request(message: impl Into<String>) -> Self {
        Self::new(StatusCode::BAD_REQUEST, "BadRequest", message)
    }

    /// Nothing of this id, said as retrieve routes say it.
    pub(super) fn not_found(symbol: &str, detail: impl Into<String>) -> Self {
        let mut refusal = Self::new(StatusCode::NOT_FOUND, "NotFound", symbol);
        refusal.detail = Some(detail.into());
        refusal
    }

    /// A backend's error on a route that only reads.
    pub(super) fn from_read(error: BackendError) -> Self {
        match (&error.kind, &error.code) {
            (ErrorKind::NotFound, Some(symbol)) => Self::not_found(symbol, error.message.clone()),
            _ => Self::from(error),
        }
    }
}

/// What a selfie that did not pass is answered with: the score is part of the symbol, and front ends look for the
/// minimum and the attempts left.
pub(super) fn liveness_failed(registration: &Registration, score: Option<f64>) -> Response {
    let suffix = score.map(|score| format!("@{score}")).unwrap_or_default();
    let step = registration.step(&StepKind::BiometricVerification);
    let body = json!({
        "code": "liveness_failed",
        "message": format!("409:liveness_failed{suffix}"),
        "failedReason": registration.failed_attempts.last().and_then(|attempt| attempt.reason.as_ref()),
        "livenessScore": score,
        "minimumScore": registration.scores.liveness_min,
        "remainingAttempts": step.and_then(|step| Some(step.attempt_limit?.saturating_sub(step.attempts))),
    });
    (StatusCode::CONFLICT, Json(body)).into_response()
}

impl From<BackendError> for Refusal {
    fn from(error: BackendError) -> Self {
        let symbol = error.code.as_deref();
        if symbol == Some("step_not_supported") {
            return Self::symbolic(StatusCode::INTERNAL_SERVER_ERROR, "step_not_supported", error.message);
        }
        match &error.kind {
            ErrorKind::NotSignedIn => Self::not_signed_in(),
            ErrorKind::Forbidden => Self::access_denied(&error.message),
            ErrorKind::NotFound => Self::symbolic(StatusCode::NOT_FOUND, symbol.unwrap_or("not_found"), error.message),
            ErrorKind::Invalid { field } => Self {
                field: field.clone(),
                repeats_status: true,
                ..Self::new(StatusCode::CONFLICT, symbol.unwrap_or("MissingParameter"), error.message)
            },
            ErrorKind::Conflict => Self::conflict(symbol, error.message),
            ErrorKind::WrongCode => Self::symbolic(StatusCode::FORBIDDEN, "otp_does_not_match", error.message),
            ErrorKind::ExpiredThing => {
                Self::symbolic(StatusCode::PRECONDITION_FAILED, symbol.unwrap_or("has_expired"), error.message)
            }
            // Gone for good; anything else passes with time.
            ErrorKind::TooMany { .. } if error.is_used_up() => {
                Self::new(StatusCode::GONE, symbol.unwrap_or_default(), error.message)
            }
            ErrorKind::TooMany { retry_after } => Self {
                retry_after: *retry_after,
                ..Self::new(StatusCode::TOO_MANY_REQUESTS, symbol.unwrap_or("TooManyRequests"), error.message)
            },
            ErrorKind::NoCredits => Self::new(StatusCode::PAYMENT_REQUIRED, "PaymentRequired", error.message),
            ErrorKind::Unsupported => Self::new(StatusCode::NOT_IMPLEMENTED, "NotImplemented", error.message),
            ErrorKind::ReadOnly => {
                Self::symbolic(StatusCode::FORBIDDEN, "insufficient_permissions", "The service is read-only.")
            }
            kind @ (ErrorKind::Unreachable | ErrorKind::TimedOut | ErrorKind::Server | ErrorKind::Storage) => {
                tracing::error!(?kind, reason = %error.message, "a request could not be done");
                Self::trouble(kind)
            }
        }
    }
}

impl Refusal {
    /// Conflicts stand as `{code: "Conflict", message: symbol}`, except those whose symbol is the documented code.
    pub(super) fn conflict(symbol: Option<&str>, sentence: String) -> Self {
        match symbol {
            Some(symbol @ ("already_exists" | "person_already_set" | "cannot_resend_link_for_this_status")) => {
                Self::symbolic(StatusCode::CONFLICT, symbol, sentence)
            }
            // A class, not a reason: the reason is the sentence.
            Some("PreconditionFailed") => Self::new(StatusCode::CONFLICT, "PreconditionFailed", sentence),
            Some(symbol) if symbol != "Conflict" => {
                let mut refusal = Self::new(StatusCode::CONFLICT, "Conflict", symbol);
                refusal.detail = Some(sentence);
                refusal
            }
            _ => Self::new(StatusCode::CONFLICT, "Conflict", sentence),
        }
    }

    /// Trouble behind the endpoint: the reason is in the log, not in the answer.
    fn trouble(kind: &ErrorKind) -> Self {
        match kind {
            ErrorKind::Unreachable => {
                Self::new(StatusCode::BAD_GATEWAY, "BadGateway", "The source behind this service cannot be reached.")
            }
            ErrorKind::TimedOut => Self::timed_out(),
            _ => Self::internal(),
        }
    }

    /// Took too long; whether a write was done is not known.
    pub(super) fn timed_out() -> Self {
        Self::new(
            StatusCode::GATEWAY_TIMEOUT,
            "Timeout",
            "The request took too long. Read the registration before you repeat a change.",
        )
    }

    /// A fault of ours.
    pub(super) fn internal() -> Self {
        Self::new(
            StatusCode::INTERNAL_SERVER_ERROR,
            "InternalServerError",
            "The service could not do this. Its log says why.",
        )
    }
}

impl IntoResponse for Refusal {
    fn into_response(self) -> Response {
        let mut body = Map::new();
        if let Some(field) = &self.field {
            let sentence = self.detail.as_ref().unwrap_or(&self.message);
            body.insert("details".to_owned(), json!([{ "field": field, "message": sentence }]));
        }
        body.insert("message".to_owned(), Value::String(self.message));
        body.insert("code".to_owned(), Value::String(self.code));
        if self.repeats_status {
            body.insert("status".to_owned(), json!(self.status.as_u16()));
        }
        if let Some(detail) = self.detail {
            body.insert("detail".to_owned(), Value::String(detail));
        }
        let mut response = (self.status, Json(Value::Object(body))).into_response();
        if let Some(wait) = self.retry_after {
            response.headers_mut().insert(header::RETRY_AFTER, HeaderValue::from(wait.as_secs().max(1)));
        }
        if self.status == StatusCode::UNAUTHORIZED {
            response.headers_mut().insert(header::WWW_AUTHENTICATE, HeaderValue::from_static("Bearer"));
        }
        response
    }
}
