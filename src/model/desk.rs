//! What the people at this desk say about a registration: theirs, not the source's.
//!
//! The embedded engine keeps it with the registration; for a remote, which has no place for it, it is kept beside.

use serde::{Deserialize, Serialize};

use super::Timestamp;

/// Everything the desk says about one registration.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub struct DeskNotes {
    /// Who works on it.
    pub claim: Option<Claim>,
    /// What became of its flags: one a rule, the latest word.
    pub verdicts: Vec<FlagVerdict>,
}

impl DeskNotes {
    /// What was said of a rule's flag.
    pub fn verdict_on(&self, rule: &str) -> Option<&FlagVerdict> {
        self.verdicts.iter().find(|said| said.rule == rule)
    }
}

/// Somebody works on a registration.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Claim {
    /// Who, as they call themselves.
    pub by: String,
    /// Since when.
    pub at: Timestamp,
}

/// Whether a flag was right, said by somebody who looked.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct FlagVerdict {
    /// Rule id.
    pub rule: String,
    /// What they say.
    pub verdict: Verdict,
    /// Who, as they call themselves.
    pub by: String,
    /// When.
    pub at: Timestamp,
}

/// What became of a flag.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Verdict {
    /// It told of something that mattered.
    Right,
    /// It was a false alarm.
    Wrong,
    /// Nobody can say; not counted when precision is measured.
    CannotTell,
}

impl Verdict {
    /// All, in the order in which they are offered.
    pub const ALL: [Self; 3] = [Self::Right, Self::Wrong, Self::CannotTell];

    /// The word on the wire.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Right => "right",
            Self::Wrong => "wrong",
            Self::CannotTell => "cannot_tell",
        }
    }

    /// The words for people.
    pub fn in_words(self) -> &'static str {
        match self {
            Self::CannotTell => "cannot tell",
            said => said.as_str(),
        }
    }
}
