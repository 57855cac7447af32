//! One error type for every backend.

use std::time::Duration;

/// Why a request was not done: what an operator can do about it, not where it was noticed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum ErrorKind {
    /// No, or no longer, a valid token: sign in again.
    NotSignedIn,
    /// A valid token of the wrong kind, or without the right: use another one.
    Forbidden,
    /// No such registration, project or flow.
    NotFound,
    /// A field is missing or wrong; `field` names it where the source does.
    Invalid {
        /// The field concerned, in the model's names (`email`, `phone`, `country_code`, `project`, `flow`, …).
        field: Option<String>,
    },
    /// The state does not allow it, or it moved since it was seen.
    Conflict,
    /// A wrong code was entered.
    WrongCode,
    /// A code, link or token has run out.
    ExpiredThing,
    /// Too many attempts or requests; wait.
    TooMany {
        /// How long, where the source says.
        retry_after: Option<Duration>,
    },
    /// The tenant has no credits left.
    NoCredits,
    /// The backend cannot do this.
    Unsupported,
    /// The source could not be reached.
    Unreachable,
    /// No answer in time. A write is then in an *unknown* state: read before trying again.
    TimedOut,
    /// The source failed, or answered with something that is not an answer.
    Server,
    /// Read-only mode, or storage that cannot be written.
    ReadOnly,
    /// The local store failed.
    Storage,
}

/// An error with the source's reason and a sentence on what to do. Holds no personal data and no token.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{message}")]
pub struct BackendError {
    /// What kind.
    pub kind: ErrorKind,
    /// The source's own symbol, for example `AppRegistration_not_found`.
    pub code: Option<String>,
    /// What went wrong and what to do, as one or two sentences.
    pub message: String,
    /// HTTP status, where there was one.
    pub http_status: Option<u16>,
}

impl BackendError {
    /// An error without code and HTTP status.
    pub fn new(kind: ErrorKind, message: impl Into<String>) -> Self {
        Self { kind, code: None, message: message.into(), http_status: None }
    }

    /// Adds the source's symbol.
    #[must_use]
    pub fn with_code(mut self, code: impl Into<String>) -> Self {
        self.code = Some(code.into());
        self
    }

    /// A field that is missing or wrong.
    pub fn invalid(field: &str, message: impl Into<String>) -> Self {
        Self::new(ErrorKind::Invalid { field: Some(field.to_owned()) }, message)
    }

    /// No registration of this id.
    pub fn no_registration(id: &crate::model::RegistrationId) -> Self {
        Self::new(ErrorKind::NotFound, format!("There is no registration {id}. Check the id, or refresh the list."))
            .with_code("AppRegistration_not_found")
    }

    /// The backend has no such operation.
    pub fn unsupported(what: &str) -> Self {
        Self::new(ErrorKind::Unsupported, format!("This backend cannot {what}."))
    }

    /// Whether a limit of the rules is used up, as against requests that come too fast: waiting does not help.
    pub fn is_used_up(&self) -> bool {
        let names_attempts = |code: &str| code.to_ascii_lowercase().contains("attempts");
        self.kind == ErrorKind::TooMany { retry_after: None } && self.code.as_deref().is_some_and(names_attempts)
    }

    /// Exit code of the command line for this error.
    pub fn exit_code(&self) -> u8 {
        match self.kind {
            ErrorKind::TooMany { .. } if self.is_used_up() => 4,
            ErrorKind::NotFound => 3,
            ErrorKind::Conflict
            | ErrorKind::WrongCode
            | ErrorKind::ExpiredThing
            | ErrorKind::Unsupported
            | ErrorKind::ReadOnly
            | ErrorKind::Invalid { .. } => 4,
            ErrorKind::NotSignedIn | ErrorKind::Forbidden | ErrorKind::Unreachable | ErrorKind::TimedOut => 5,
            ErrorKind::TooMany { .. } | ErrorKind::NoCredits | ErrorKind::Server | ErrorKind::Storage => 1,
        }
    }
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use super::{BackendError, ErrorKind};

    #[test]
    fn used_up_attempts_are_a_refusal_and_a_rate_limit_is_a_failure() {
        let error = |code, retry_after| BackendError::new(ErrorKind::TooMany { retry_after }, "no").with_code(code);
        assert_eq!(error("MAX_ATTEMPTS_EXCEEDED", None).exit_code(), 4);
        assert_eq!(error("TooManyRequests", None).exit_code(), 1);
        assert_eq!(error("TooManyAttempts", Some(Duration::from_secs(1))).exit_code(), 1);
        assert_eq!(BackendError::new(ErrorKind::TooMany { retry_after: None }, "no").exit_code(), 1);
    }
}
