//! What the people at this desk say about a registration: theirs, not the source's.
//!
//! The embedded engine keeps it with the registration; for a remote, which has no place for it, it is kept beside.

use serde::{Deserialize, Serialize};

use super::{Personal, Reveal, Timestamp};

/// How many reveals stay with a registration; the event log of the engine and the journal beside a remote keep all.
pub const REVEALS_KEPT: usize = 100;

/// Everything the desk says about one registration.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub struct DeskNotes {
    /// Who works on it.
    pub claim: Option<Claim>,
    /// What became of its flags: one a rule, the latest word.
    pub verdicts: Vec<FlagVerdict>,
    /// Put aside for a while; it may be over by now, see [`Self::snoozed`].
    pub snooze: Option<Snooze>,
    /// What was written down about it, oldest first.
    pub notes: Vec<Note>,
    /// Who was shown which masked field, oldest first; the last [`REVEALS_KEPT`] of them.
    pub reveals: Vec<Reveal>,
}

impl DeskNotes {
    /// The snooze that is in force at a time.
    pub fn snoozed(&self, now: Timestamp) -> Option<&Snooze> {
        self.snooze.as_ref().filter(|snooze| snooze.until > now)
    }

    /// The latest note of somebody, which is the one that they can take back.
    pub fn last_note_of(&self, who: &str) -> Option<&Note> {
        self.notes.iter().rfind(|note| note.by == who)
    }

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

/// A registration is put aside until a time.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Snooze {
    /// Until when; from then on it is where it was.
    pub until: Timestamp,
    /// Why, in words; may name people.
    pub reason: Option<Personal>,
    /// Who, as they call themselves.
    pub by: String,
    /// Since when.
    pub at: Timestamp,
}

/// Something written down about a registration.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Note {
    /// The words, on one line or several; may name people.
    pub text: Personal,
    /// Who, as they call themselves.
    pub by: String,
    /// When.
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
