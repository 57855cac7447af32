//! Where codes and links go, since the engine never mails or texts anyone: a file that only its owner can read, or
//! memory for a store in memory.

use std::collections::VecDeque;
use std::io::Write as _;
use std::path::{Path, PathBuf};
use std::sync::{Mutex, PoisonError};

use secrecy::{ExposeSecret as _, SecretString};
use serde::Serialize;

use crate::backend::{BackendError, ErrorKind};
use crate::model::{Personal, RegistrationId, Timestamp};
use crate::private;

/// The file in the data directory.
const FILE: &str = "outbox.ndjson";

/// Messages kept in memory.
const MEMORY_LIMIT: usize = 1000;

/// A message that would have been sent.
#[derive(Debug, Clone)]
pub struct Message {
    /// When.
    pub at: Timestamp,
    /// For which registration.
    pub registration: RegistrationId,
    /// `email` or `phone`.
    pub channel: &'static str,
    /// The address or number.
    pub to: Personal,
    /// `code` or `link`.
    pub kind: &'static str,
    /// The code or the link.
    pub secret: SecretString,
}

/// A line of the file.
#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Line<'m> {
    at: Timestamp,
    registration_id: &'m str,
    channel: &'m str,
    to: &'m str,
    kind: &'m str,
    secret: &'m str,
}

/// See the module.
pub(super) enum Outbox {
    File(PathBuf),
    Memory(Mutex<VecDeque<Message>>),
}

impl Outbox {
    pub(super) fn file(directory: &Path) -> Self {
        Self::File(directory.join(FILE))
    }

    pub(super) fn memory() -> Self {
        Self::Memory(Mutex::default())
    }

    /// Puts a message there. What it announces has been stored by then.
    pub(super) fn put(&self, message: Message) -> Result<(), BackendError> {
        match self {
            Self::File(path) => append(path, &message).map_err(|error| {
                let place = path.display();
                BackendError::new(
                    ErrorKind::Storage,
                    format!(
                        "The {} was made, but {place} cannot be written: {error}. Free it and send again.",
                        message.kind
                    ),
                )
            }),
            Self::Memory(messages) => {
                let mut messages = messages.lock().unwrap_or_else(PoisonError::into_inner);
                if messages.len() == MEMORY_LIMIT {
                    messages.pop_front();
                }
                messages.push_back(message);
                Ok(())
            }
        }
    }

    /// What is kept in memory, oldest first. Nothing for a file: that can be read.
    pub(super) fn messages(&self) -> Vec<Message> {
        match self {
            Self::File(_) => Vec::new(),
            Self::Memory(messages) => messages.lock().unwrap_or_else(PoisonError::into_inner).iter().cloned().collect(),
        }
    }
}

fn append(path: &Path, message: &Message) -> std::io::Result<()> {
    let line = Line {
        at: message.at,
        registration_id: message.registration.as_str(),
        channel: message.channel,
        to: message.to.reveal(),
        kind: message.kind,
        secret: message.secret.expose_secret(),
    };
    let mut text = serde_json::to_string(&line)?;
    text.push('\n');
    private::open_file(path)?.write_all(text.as_bytes())
}
