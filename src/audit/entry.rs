//! What an entry says, and how it is written: a line of JSON whose last two fields are the digest of the entry before and
//! its own. That is made of the digest before and the digest of the line's content, which is all that stands before the
//! two: so an entry can be linked to others whose content is not shown, only its digest.

use serde::{Deserialize, Serialize};
use sha2::{Digest as _, Sha256};

use crate::model::{RegistrationId, Timestamp};

/// What stands between the content of an entry and the digest of the entry before.
const PREVIOUS_FIELD: &str = ",\"previous\":\"";

/// What stands between that and its own digest.
const DIGEST_FIELD: &str = ",\"digest\":\"";

/// Length of a digest, hexadecimal digits.
const DIGEST_LENGTH: usize = 64;

/// What an operator saw of a registration when they acted on it.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub struct Seen {
    /// Its version, where its source counts versions.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub version: Option<u64>,
    /// Its status.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub status: Option<String>,
    /// The rules whose red flags were up, judged without those it shares something with.
    pub flags: Vec<String>,
}

/// Something an operator does, or how it ended.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub struct Deed {
    /// What, in a word or two: `create`, `sync adminOverride`, `export`.
    pub action: String,
    /// On which registration; a deed on many has none.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub registration: Option<RegistrationId>,
    /// What was asked for, as far as that is no personal data: a status, a rule, a number of rows.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub asked: Option<String>,
    /// What was seen.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub seen: Option<Seen>,
    /// Whether the entry announces a deed of which another one will tell how it ended.
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    pub begins: bool,
    /// What was answered: a status, or the code of a refusal.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub answered: Option<String>,
    /// The number of the entry that announced the deed that ended here.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub ends: Option<u64>,
    /// What was found to be wrong with the log before it went on, a sentence.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub found: Option<String>,
}

impl Deed {
    /// A deed on many registrations, or on none.
    pub fn of(action: impl Into<String>) -> Self {
        Self { action: action.into(), ..Self::default() }
    }

    /// A deed on one registration.
    pub fn on(action: impl Into<String>, id: &RegistrationId) -> Self {
        Self { registration: Some(id.clone()), ..Self::of(action) }
    }

    /// That something is wrong with the log itself.
    pub(super) fn finding(found: String) -> Self {
        Self { found: Some(found), ..Self::of("audit log damaged") }
    }

    /// With what was asked for.
    #[must_use]
    pub fn asking(self, asked: impl Into<String>) -> Self {
        Self { asked: Some(asked.into()), ..self }
    }

    /// With what was answered.
    #[must_use]
    pub fn answered(self, answered: impl Into<String>) -> Self {
        Self { answered: Some(answered.into()), ..self }
    }
}

/// An entry of the log.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Entry {
    /// Counts from 1.
    pub number: u64,
    /// When, UTC.
    pub at: Timestamp,
    /// The operator, by the name that was said.
    pub by: String,
    /// The number of the system's user whose program it was, which nobody can say; of entries before there was this
    /// field, and where the system has no such numbers, none.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub uid: Option<u32>,
    /// The profile they worked with.
    pub profile: String,
    /// What they did.
    #[serde(flatten)]
    pub deed: Deed,
    /// The digest of the entry before; zeros for the first.
    pub previous: String,
}

/// The digest before the first entry.
pub(super) fn no_digest() -> String {
    "0".repeat(DIGEST_LENGTH)
}

impl Entry {
    /// The entry as a line without its end, and the digest in it.
    pub(super) fn to_line(&self) -> serde_json::Result<(String, String)> {
        let text = serde_json::to_string(self)?;
        let fields = text.strip_suffix('}').unwrap_or(&text);
        let digest = link(&self.previous, &content(&text));
        Ok((format!("{fields}{DIGEST_FIELD}{digest}\"}}"), digest))
    }
}

/// A line taken apart.
pub(super) struct Line {
    pub(super) entry: Entry,
    /// The digest that it states.
    pub(super) digest: String,
    /// The digest of its content.
    pub(super) content: String,
    /// Whether the stated digest is the one of the entry.
    pub(super) is_right: bool,
    /// Whether it is of the first kind, whose digest was that of all before it, the digest before included.
    pub(super) is_of_first_kind: bool,
}

impl Line {
    /// `None` if the line is no entry at all.
    pub(super) fn read(line: &str) -> Option<Self> {
        let (fields, stated) = line.trim_end().strip_suffix("\"}")?.rsplit_once(DIGEST_FIELD)?;
        let text = format!("{fields}}}");
        let entry: Entry = serde_json::from_str(&text).ok()?;
        let content = content(&text);
        let is_linked = link(&entry.previous, &content) == stated;
        let is_of_first_kind = !is_linked && digest(&text) == stated;
        let digest = stated.to_owned();
        Some(Self { entry, digest, content, is_right: is_linked || is_of_first_kind, is_of_first_kind })
    }
}

/// The digest of the content of an entry, which is given without its own digest.
fn content(text: &str) -> String {
    digest(text.rsplit_once(PREVIOUS_FIELD).map_or(text, |(content, _)| content))
}

/// The digest of an entry.
fn link(previous: &str, content: &str) -> String {
    digest(&format!("{previous}{content}"))
}

/// SHA-256 of a text, hexadecimal.
pub fn digest(text: &str) -> String {
    hex::encode(Sha256::digest(text.as_bytes()))
}
