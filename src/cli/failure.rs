//! How a command fails: what is printed, and with which exit code.

use std::{fmt, io};

use crate::{
    backend::{BackendError, ErrorKind},
    config::{Mistake, Mistakes},
    engine::{ConnectError, OpenError},
    index::QueryError,
    remote::RemoteError,
    runtime::RunError,
    server::ServeError,
    text,
};

/// Why a command did not do what it was asked to.
#[derive(Debug)]
pub enum Failure {
    /// The reader of standard output has gone; nothing to complain about.
    ReaderGone,
    /// Something was found, and `--exit-code` asks to say so; it is printed already.
    Found,
    /// Standard output or a file could not be written or read.
    Io {
        /// What was tried.
        what: String,
        /// The system's reason.
        reason: io::Error,
    },
    /// The arguments make no sense together.
    Usage(String),
    /// The role of the profile does not allow it, or what is there does not.
    Refused(String),
    /// The configuration is wrong.
    Config(Mistakes),
    /// A query is wrong.
    Query {
        /// The query.
        text: String,
        /// What is wrong, and where.
        error: QueryError,
    },
    /// The backend failed or refused.
    Backend(BackendError),
    /// Some of a batch failed; each was reported.
    Some {
        /// How many failed.
        failed: usize,
        /// Of how many.
        total: usize,
    },
    /// All of a batch were refused; each was reported.
    AllRefused {
        /// How many.
        total: usize,
    },
    /// Anything else: one sentence that says what to do.
    Other(String),
}

impl Failure {
    /// The exit code, as documented in `regdesk --help`.
    pub fn exit_code(&self) -> u8 {
        match self {
            Self::ReaderGone => 0,
            Self::Found | Self::Io { .. } | Self::Other(_) => 1,
            Self::Usage(_) | Self::Config(_) | Self::Query { .. } => 2,
            Self::Backend(error) => error.exit_code(),
            Self::Refused(_) | Self::AllRefused { .. } => 4,
            Self::Some { .. } => 6,
        }
    }

    /// A file that could not be read or written.
    pub fn io(what: impl Into<String>) -> impl FnOnce(io::Error) -> Self {
        let what = what.into();
        move |reason| Self::Io { what, reason }
    }

    /// What is printed on standard error; `None` says nothing.
    pub fn report(&self) -> Option<String> {
        match self {
            Self::ReaderGone | Self::Found => None,
            Self::Config(mistakes) => {
                let lines: Vec<String> = mistakes.0.iter().map(|mistake| format!("regdesk: {mistake}")).collect();
                Some(lines.join("\n"))
            }
            other => Some(format!("regdesk: {other}")),
        }
    }
}

impl fmt::Display for Failure {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::ReaderGone | Self::Found => Ok(()),
            Self::Io { what, reason } => write!(formatter, "{}: {reason}", text::clean(what)),
            Self::Usage(message) | Self::Refused(message) | Self::Other(message) => write_lines(formatter, message),
            Self::Config(mistakes) => mistakes.fmt(formatter),
            Self::Query { text, error } => write_query_mistake(formatter, text, error),
            Self::Backend(error) => {
                formatter.write_str(&text::clean(&error.message))?;
                match error.code.as_deref().filter(|code| !error.message.contains(code)) {
                    Some(code) => write!(formatter, " [{}]", text::clean(code)),
                    None => Ok(()),
                }
            }
            Self::AllRefused { total } => write!(formatter, "all {total} were refused; see above"),
            Self::Some { failed, total } => write!(formatter, "{failed} of {total} failed; see above"),
        }
    }
}

/// A message of our own making may have several lines.
fn write_lines(formatter: &mut fmt::Formatter<'_>, message: &str) -> fmt::Result {
    for (number, line) in message.lines().enumerate() {
        if number > 0 {
            formatter.write_str("\n")?;
        }
        formatter.write_str(&text::clean(line))?;
    }
    Ok(())
}

/// The query with a mark under the mistake.
fn write_query_mistake(formatter: &mut fmt::Formatter<'_>, query: &str, error: &QueryError) -> fmt::Result {
    let before = query.get(..error.at.start).unwrap_or(query);
    let wrong = query.get(error.at.clone()).unwrap_or_default();
    writeln!(formatter, "the query is wrong: {}", text::clean(&error.message))?;
    writeln!(formatter, "  {}", text::clean(query))?;
    write!(formatter, "  {}{}", " ".repeat(text::width(before)), "^".repeat(text::width(wrong).max(1)))
}

impl From<BackendError> for Failure {
    fn from(error: BackendError) -> Self {
        Self::Backend(error)
    }
}

impl From<Mistakes> for Failure {
    fn from(mistakes: Mistakes) -> Self {
        Self::Config(mistakes)
    }
}

impl From<Mistake> for Failure {
    fn from(mistake: Mistake) -> Self {
        Self::Config(mistake.into())
    }
}

impl From<OpenError> for Failure {
    fn from(error: OpenError) -> Self {
        Self::Backend(BackendError::new(ErrorKind::Storage, error.to_string()))
    }
}

impl From<ConnectError> for Failure {
    fn from(error: ConnectError) -> Self {
        let kind = match error {
            ConnectError::Away { .. } => ErrorKind::Unreachable,
            ConnectError::Format { .. } | ConnectError::Unusable { .. } | ConnectError::Outbox { .. } => {
                ErrorKind::Storage
            }
        };
        Self::Backend(BackendError::new(kind, error.to_string()))
    }
}

/// A remote that is set up wrongly, or without a token, is a matter of configuration.
impl From<RemoteError> for Failure {
    fn from(error: RemoteError) -> Self {
        Self::Usage(error.to_string())
    }
}

impl From<RunError> for Failure {
    fn from(error: RunError) -> Self {
        match error {
            RunError::Keys(_) => Self::Usage(error.to_string()),
            other => Self::Other(other.to_string()),
        }
    }
}

impl From<ServeError> for Failure {
    fn from(error: ServeError) -> Self {
        match error {
            ServeError::EmptyToken | ServeError::OpenReceiver { .. } | ServeError::Unencrypted { .. } => {
                Self::Usage(error.to_string())
            }
            ServeError::Bind { .. } | ServeError::Client { .. } => Self::Other(error.to_string()),
        }
    }
}
