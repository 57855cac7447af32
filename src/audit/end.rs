//! Where a log ends, and whether that is where it was left.

use super::entry::{Entry, Line, no_digest};
use crate::{
    backend::{LedgerEnd, LedgerLine},
    model::Timestamp,
};

/// The last entry of a log that can be read.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Last {
    pub(super) number: u64,
    pub(super) digest: String,
    /// The digest of the entry before.
    pub(super) previous: String,
    /// When; none without an entry.
    pub(super) at: Option<Timestamp>,
}

impl Default for Last {
    /// The end of a log without entries.
    fn default() -> Self {
        Self { number: 0, digest: no_digest(), previous: no_digest(), at: None }
    }
}

impl Last {
    /// An entry with its digest.
    pub(super) fn of(entry: &Entry, digest: String) -> Self {
        Self { number: entry.number, digest, previous: entry.previous.clone(), at: Some(entry.at) }
    }

    /// Whether an entry stands behind it. What was found missing has taken numbers with it.
    pub(super) fn is_before(&self, entry: &Entry) -> bool {
        let is_next = entry.number == self.number + 1 || entry.deed.found.is_some() && entry.number > self.number;
        is_next && entry.previous == self.digest
    }
}

/// Number and digest of the last entry, as they were noted beside the log.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Head {
    /// There is no note.
    Missing,
    /// There is one that says nothing.
    Unreadable,
    Noted(u64, String),
}

/// The end of a log.
pub(super) struct End {
    pub(super) last: Last,
    pub(super) head: Head,
    /// Whether lines and note are written as one. Otherwise a program that was stopped in between leaves a note that is
    /// one entry behind.
    pub(super) is_one: bool,
}

impl End {
    /// The end of a log that others share; `None` if its last lines are no entries.
    pub(super) fn of_ledger(end: &LedgerEnd) -> Option<Self> {
        let last = match end.last.iter().find_map(|line| Line::read(line)) {
            Some(Line { entry, digest, .. }) => Last::of(&entry, digest),
            None if end.last.is_empty() => Last::default(),
            None => return None,
        };
        Some(Self { last, head: noted(end), is_one: true })
    }

    /// What is wrong about it, if anything. Nothing but somebody's hand leaves a note that is ahead.
    pub(super) fn fault(&self) -> Option<String> {
        let (last, behind) = (&self.last, u64::from(!self.is_one));
        match &self.head {
            Head::Unreadable => Some("the note of the last entry cannot be read".to_owned()),
            Head::Missing if last.number <= behind => None,
            Head::Missing => Some("the note of the last entry is missing: the end may have been cut off".to_owned()),
            Head::Noted(number, digest) if (*number, digest) == (last.number, &last.digest) => None,
            Head::Noted(number, digest) if !self.is_one && (number + 1, digest) == (last.number, &last.previous) => {
                None
            }
            Head::Noted(number, _) if *number > last.number => {
                Some(format!("entries are missing at the end: the last one was {number}, and {} is there", last.number))
            }
            Head::Noted(number, _) => Some(format!("what follows entry {number} is not what was written")),
        }
    }

    /// The number of the next entry. No number is used twice, not even that of an entry that is gone.
    pub(super) fn next(&self) -> u64 {
        match self.head {
            Head::Noted(noted, _) => noted.max(self.last.number) + 1,
            _ => self.last.number + 1,
        }
    }
}

/// What is noted of the end of a log that others share.
pub(super) fn noted(end: &LedgerEnd) -> Head {
    end.noted.as_ref().map_or(Head::Missing, |(number, digest)| Head::Noted(*number, digest.clone()))
}

/// An entry as the line that follows the last one, which it becomes.
pub(super) fn line_behind(last: &mut Last, entry: Entry) -> serde_json::Result<LedgerLine> {
    let entry = Entry { previous: last.digest.clone(), ..entry };
    let (text, digest) = entry.to_line()?;
    *last = Last::of(&entry, digest.clone());
    Ok(LedgerLine { number: entry.number, digest, text })
}
