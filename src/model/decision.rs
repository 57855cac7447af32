//! What a person can decide about a registration, and how the reason travels within the note.

use super::{Registration, Status, Timestamp, debug_only};

/// What a person decides.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Decision {
    /// The person gets the account.
    Approve,
    /// The person does not.
    Reject,
    /// Somebody has to look again.
    Review,
}

impl Decision {
    /// All of them, in the order in which they are offered.
    pub const ALL: [Self; 3] = [Self::Approve, Self::Reject, Self::Review];

    /// The word on the command line and in the configuration.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Approve => "approve",
            Self::Reject => "reject",
            Self::Review => "review",
        }
    }

    /// The status it leads to.
    pub fn status(self) -> Status {
        match self {
            Self::Approve => Status::Completed,
            Self::Reject => Status::Failed,
            Self::Review => Status::NeedsManualVerification,
        }
    }
}

impl std::fmt::Display for Decision {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        formatter.pad(self.as_str())
    }
}

/// The longest code of a reason, in characters.
pub const LONGEST_REASON_CODE: usize = 40;

/// Whether a text can be the code of a reason: a lower-case letter, then more of them, digits and `_`.
pub fn is_reason_code(text: &str) -> bool {
    text.starts_with(|first: char| first.is_ascii_lowercase())
        && text.len() <= LONGEST_REASON_CODE
        && text
            .chars()
            .all(|character| character.is_ascii_lowercase() || character.is_ascii_digit() || character == '_')
}

/// A reviewer's words with the code of the reason before them: `[document_forged] The font is wrong.`
///
/// Services keep nothing but a note with a decision, so the code travels there, in a form that reads back.
#[derive(Clone, PartialEq, Eq, Default)]
pub struct ReviewNote {
    /// Code of the reason, if one was given.
    pub reason: Option<String>,
    /// The words; never empty.
    pub words: Option<String>,
}

debug_only!(ReviewNote { reason });

impl ReviewNote {
    /// Takes a note apart. Brackets that hold anything else than a code are words like others.
    pub fn parse(note: &str) -> Self {
        let note = note.trim();
        let words = |text: &str| Some(text.trim().to_owned()).filter(|text| !text.is_empty());
        match note.strip_prefix('[').and_then(|rest| rest.split_once(']')).filter(|(code, _)| is_reason_code(code)) {
            Some((code, rest)) => Self { reason: Some(code.to_owned()), words: words(rest) },
            None => Self { reason: None, words: words(note) },
        }
    }

    /// The note as it is sent; `None` if there is nothing to say.
    pub fn to_note(&self) -> Option<String> {
        match (&self.reason, &self.words) {
            (Some(reason), Some(words)) => Some(format!("[{reason}] {words}")),
            (Some(reason), None) => Some(format!("[{reason}]")),
            (None, words) => words.clone(),
        }
    }
}

/// A registration as somebody saw it before acting on it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Seen {
    /// Its status.
    pub status: Status,
    /// Its version; 0 where the source has none.
    pub version: u64,
    /// When it had last changed.
    pub updated_at: Timestamp,
}

impl Seen {
    /// A registration as it is now.
    pub fn of(registration: &Registration) -> Self {
        Self { status: registration.status.clone(), version: registration.version, updated_at: registration.updated_at }
    }

    /// The version to send along with a write; `None` where the source has none and cannot compare it.
    pub fn version(&self) -> Option<u64> {
        Some(self.version).filter(|version| *version > 0)
    }

    /// Whether a registration is still as it was seen.
    pub fn is_still(&self, registration: &Registration) -> bool {
        match self.version() {
            Some(version) if registration.version > 0 => registration.version == version,
            _ => registration.status == self.status && registration.updated_at == self.updated_at,
        }
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]

    use chrono::{DateTime, TimeDelta};
    use proptest::prelude::*;

    use super::{Decision, ReviewNote, Seen};
    use crate::model::{Registration, Status};

    #[test]
    fn a_reason_reads_back_from_the_note_it_travelled_in() {
        let note = ReviewNote { reason: Some("document_forged".to_owned()), words: Some("Wrong font.".to_owned()) };
        assert_eq!(note.to_note().unwrap(), "[document_forged] Wrong font.");
        assert_eq!(ReviewNote::parse("[document_forged] Wrong font."), note);
        assert_eq!(ReviewNote::parse(" [document_forged] ").words, None);
        assert_eq!(ReviewNote::default().to_note(), None);
    }

    #[test]
    fn brackets_that_hold_no_code_are_words() {
        for words in ["[Case 12] see the mail", "[] nothing", "[open", "document_forged] x", "[1st] try"] {
            assert_eq!(ReviewNote::parse(words), ReviewNote { reason: None, words: Some(words.to_owned()) });
        }
        assert_eq!(ReviewNote::parse("   "), ReviewNote::default());
    }

    proptest! {
        #[test]
        fn whatever_a_note_says_it_says_again_after_a_journey(note in "\\PC{0,60}") {
            let parsed = ReviewNote::parse(&note);
            let again = ReviewNote::parse(&parsed.to_note().unwrap_or_default());
            prop_assert_eq!(again, parsed);
        }
    }

    #[test]
    fn each_decision_leads_to_its_status() {
        let statuses = Decision::ALL.map(Decision::status);
        assert_eq!(statuses, [Status::Completed, Status::Failed, Status::NeedsManualVerification]);
    }

    #[test]
    fn what_has_moved_is_told_by_its_version_or_without_one_by_status_and_time() {
        let mut registration = Registration::new("r".into(), DateTime::UNIX_EPOCH);
        let unversioned = Seen::of(&registration);
        assert_eq!(unversioned.version(), None);
        assert!(unversioned.is_still(&registration));
        registration.updated_at += TimeDelta::seconds(1);
        assert!(!unversioned.is_still(&registration));
        registration.version = 3;
        let versioned = Seen::of(&registration);
        registration.updated_at += TimeDelta::seconds(1);
        assert!(versioned.is_still(&registration), "the version says that nothing changed");
        registration.version = 4;
        assert!(!versioned.is_still(&registration));
    }
}
