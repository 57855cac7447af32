//! Where codes and links go, since the engine never mails or texts anyone: a file that only its owner can read, or
//! nowhere for a store in memory.

use std::collections::HashSet;
use std::fs;
use std::io::{self, Write as _};
use std::path::{Path, PathBuf};

use secrecy::{ExposeSecret as _, SecretString, zeroize::Zeroizing};
use serde::{Deserialize, Serialize};

use crate::backend::{BackendError, ErrorKind};
use crate::model::{Personal, RegistrationId, Timestamp};
use crate::private;

/// The file in the data directory.
const FILE: &str = "outbox.ndjson";

/// A message that would have been sent.
pub(super) struct Message {
    /// When.
    pub(super) at: Timestamp,
    /// For which registration.
    pub(super) registration: RegistrationId,
    /// `email` or `phone`.
    pub(super) channel: &'static str,
    /// The address or number.
    pub(super) to: Personal,
    /// `code` or `link`.
    pub(super) kind: &'static str,
    /// The code or the link.
    pub(super) secret: SecretString,
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
    Nowhere,
}

impl Outbox {
    pub(super) fn file(directory: &Path) -> Self {
        Self::File(directory.join(FILE))
    }

    /// Takes out what was sent to these registrations.
    pub(super) fn forget(&self, gone: &HashSet<&RegistrationId>) -> io::Result<()> {
        let Self::File(path) = self else { return Ok(()) };
        match fs::read_to_string(path) {
            Ok(text) if !gone.is_empty() => {
                private::replace_file(path, without(&text, gone).collect::<String>().as_bytes())
            }
            Err(error) if error.kind() != io::ErrorKind::NotFound => Err(error),
            _ => Ok(()),
        }
    }

    /// Puts a message there. What it announces has been stored by then.
    pub(super) fn put(&self, message: &Message) -> Result<(), BackendError> {
        match self {
            Self::File(path) => append(path, message).map_err(|error| {
                let place = path.display();
                BackendError::new(
                    ErrorKind::Storage,
                    format!(
                        "The {} was made, but {place} cannot be written: {error}. Free it and send again.",
                        message.kind
                    ),
                )
            }),
            Self::Nowhere => Ok(()),
        }
    }
}

/// What is left of a line when all that matters is whose it is.
#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Whose {
    registration_id: String,
}

/// The lines that are not of these registrations. What cannot be read might be anybody's, and goes.
fn without<'t>(text: &'t str, gone: &HashSet<&RegistrationId>) -> impl Iterator<Item = &'t str> {
    let gone: HashSet<&str> = gone.iter().map(|id| id.as_str()).collect();
    text.split_inclusive('\n').filter(move |line| {
        let whose: Result<Whose, _> = serde_json::from_str(line);
        whose.is_ok_and(|whose| !gone.contains(whose.registration_id.as_str()))
    })
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
    let mut text = Zeroizing::new(serde_json::to_string(&line)?);
    text.push('\n');
    private::open_file(path)?.write_all(text.as_bytes())
}
