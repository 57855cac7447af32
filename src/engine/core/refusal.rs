//! Why a command is refused.

use std::time::Duration;

use crate::backend::{BackendError, Channel, ErrorKind, Objection};
use crate::model::StepKind;

const EMAIL_TAKEN: &str = "email_is_registered_already";
const PHONE_TAKEN: &str = "phone_is_registered_already";

/// A command that the rules do not allow: the service's own symbol, and a sentence on what to do.
///
/// Holds no personal data and no secret.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Refusal {
    /// What kind, in the words of the backend.
    pub kind: ErrorKind,
    /// The service's symbol, for example `signUpForm_validation_not_passed`.
    pub code: &'static str,
    /// What went wrong and what to do.
    pub message: String,
}

impl Refusal {
    pub(super) fn new(kind: ErrorKind, code: &'static str, message: impl Into<String>) -> Self {
        Self { kind, code, message: message.into() }
    }

    /// Whether an open registration of the project has the contact already.
    pub fn is_for_a_taken_contact(&self) -> bool {
        matches!(self.code, EMAIL_TAKEN | PHONE_TAKEN)
    }

    /// An open registration of the project has the contact already.
    pub(super) fn taken(taken: Channel) -> Self {
        let (code, what) = match taken {
            Channel::Email => (EMAIL_TAKEN, "e-mail address"),
            Channel::Phone => (PHONE_TAKEN, "phone number"),
        };
        let message = format!(
            "An open registration of this project already has this {what}. Open that one and send its link again."
        );
        Self::conflict(code, message)
    }

    pub(super) fn conflict(code: &'static str, message: impl Into<String>) -> Self {
        Self::new(ErrorKind::Conflict, code, message)
    }

    /// A field that is missing or malformed; the service's word for both is `MissingParameter`.
    pub(super) fn invalid(field: &str, message: impl Into<String>) -> Self {
        Self::new(ErrorKind::Invalid { field: Some(field.to_owned()) }, "MissingParameter", message)
    }

    pub(super) fn step_not_supported(step: &str) -> Self {
        Self::new(
            ErrorKind::Invalid { field: Some("step".to_owned()) },
            "step_not_supported",
            format!(
                "`{step}` cannot be reported. Use signUpForm, instructions, basicInformation, document, liveness, form, \
                 end, skipKYC or adminOverride."
            ),
        )
    }

    pub(super) fn attempts_exhausted(step: &StepKind, limit: u32) -> Self {
        Self::new(
            ErrorKind::TooMany { retry_after: None },
            "MAX_ATTEMPTS_EXCEEDED",
            format!("All {limit} attempts at {} are used up. Let a person decide.", step.label()),
        )
    }

    /// Another code would only be another chance to guess.
    pub(super) fn codes_exhausted(step: &StepKind, limit: u32) -> Self {
        Self {
            message: format!("All {limit} attempts at {} are used up. Send the link again.", step.label()),
            ..Self::attempts_exhausted(step, limit)
        }
    }

    /// More codes in a while than anybody needs.
    pub(super) fn too_many_codes(channel: Channel, limit: usize, wait: Duration) -> Self {
        let minutes = wait.as_secs().div_ceil(60);
        Self::new(
            ErrorKind::TooMany { retry_after: Some(wait) },
            "too_many_codes",
            format!("{limit} codes went to the {} within an hour. Wait {minutes} minutes.", channel.as_str()),
        )
    }
}

impl std::fmt::Display for Refusal {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        formatter.write_str(&self.message)
    }
}

impl std::error::Error for Refusal {}

impl From<Objection> for Refusal {
    fn from(objection: Objection) -> Self {
        Self::new(objection.kind(), objection.code(), objection.to_string())
    }
}

impl From<Refusal> for BackendError {
    fn from(refusal: Refusal) -> Self {
        Self::new(refusal.kind, refusal.message).with_code(refusal.code)
    }
}
