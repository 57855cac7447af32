//! The log of a profile: entries are added behind the last one, one at a time, wherever they are kept.

use std::{
    io::{self, ErrorKind},
    path::Path,
    sync::{
        Arc,
        atomic::{AtomicU64, Ordering},
    },
};

use super::{
    Verdict,
    end::{End, line_behind},
    entry::{Deed, Entry, Line, no_digest},
    file::{FILE, LogFile},
    kept::Kept,
    verdict::Look,
};
use crate::backend::{Clock, Ledger, LedgerLine};

/// Who an entry is by that the program makes of its own accord.
const ITSELF: &str = "regdesk";

/// The log of a profile. Cheap to clone.
#[derive(Clone)]
pub struct Journal {
    pub(super) kept: Kept,
    profile: Arc<str>,
    /// The system's, whatever time the rest of the program is told.
    clock: Clock,
}

impl Journal {
    /// The files of a log within its directory: the entries, and the note of the last one.
    pub const FILES: [&str; 2] = [FILE, "audit.head"];

    /// The log in a data directory. Nothing is read or written yet.
    pub fn at(directory: &Path, profile: &str) -> Self {
        Self { kept: Kept::File(LogFile::at(directory)), profile: profile.into(), clock: Clock::system() }
    }

    /// The log that others share.
    pub fn shared(ledger: Arc<dyn Ledger>, profile: &str) -> Self {
        Self { kept: Kept::Shared(ledger), profile: profile.into(), clock: Clock::system() }
    }

    /// Where it is kept, for messages.
    pub fn place(&self) -> String {
        self.kept.place()
    }

    /// Adds an entry and returns its number. It is kept for good when this returns. If the end of the log is not as it was
    /// left, an entry that says so comes before it, which [`Journal::verify`] reports for good. Its time is the system's.
    /// Fails if the log cannot be written. Blocks.
    pub fn note(&self, by: &str, deed: Deed) -> io::Result<u64> {
        let number = AtomicU64::default();
        let noted = &number;
        self.kept.append(&move |end| {
            let lines = self.next(end, by, &deed)?;
            noted.store(lines.last().map_or(0, |line| line.number), Ordering::Relaxed);
            Ok(lines)
        })?;
        Ok(number.into_inner())
    }

    /// What follows the end of the log: an entry, and before it, if need be, that something is wrong.
    fn next(&self, end: &End, by: &str, deed: &Deed) -> io::Result<Vec<LedgerLine>> {
        let (mut lines, mut last) = (Vec::new(), end.last.clone());
        if let Some(found) = end.fault() {
            tracing::error!(found, "the audit log is not as it was left");
            lines.push(line_behind(&mut last, self.entry(end.next(), ITSELF, Deed::finding(found)))?);
        }
        let number = last.number + 1;
        lines.push(line_behind(&mut last, self.entry(number, by, deed.clone()))?);
        Ok(lines)
    }

    /// An entry of now, by this process, still without what comes before it.
    fn entry(&self, number: u64, by: &str, deed: Deed) -> Entry {
        Entry {
            number,
            at: self.clock.now(),
            by: by.to_owned(),
            uid: user(),
            profile: self.profile.to_string(),
            deed,
            previous: no_digest(),
        }
    }

    /// All entries that can be read, oldest first; none if there is no log yet. Blocks.
    pub fn read(&self) -> io::Result<Vec<Entry>> {
        let mut entries = Vec::new();
        self.kept.each(&mut |line, _| entries.extend(Line::read(line).map(|line| line.entry)))?;
        Ok(entries)
    }

    /// Goes over all entries: whether each is as it was written, none is missing and none stands elsewhere. Blocks.
    pub fn verify(&self) -> io::Result<Verdict> {
        self.look(&mut |_| {})
    }

    /// The same, with each line handed over on the way.
    pub(super) fn look(&self, take: &mut (dyn FnMut(&str) + Send)) -> io::Result<Verdict> {
        let mut look = Look::default();
        let (head, is_torn) = self.kept.each(&mut |line, number| {
            look.take(line, number);
            take(line);
        })?;
        if is_torn {
            tracing::info!(
                "the last line of the audit log was cut short when the program stopped; it was never confirmed"
            );
        }
        Ok(look.end(head, self.kept.is_one()))
    }
}

/// What is wrong with a log behind which nothing can be put.
pub(super) fn no_entries() -> io::Error {
    io::Error::new(ErrorKind::InvalidData, "its last lines are no entries; look with `regdesk audit --verify`")
}

/// The number of the system's user that this process is of, where the system has such numbers.
fn user() -> Option<u32> {
    #[cfg(unix)]
    let uid = Some(rustix::process::getuid().as_raw());
    #[cfg(not(unix))]
    let uid = None;
    uid
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]

    use std::fs;

    use chrono::TimeDelta;

    use super::{super::entry::digest, *};
    use crate::model::Timestamp;

    /// A log whose entries were made at these times, seconds.
    fn made_at(directory: &Path, times: &[i64]) -> Journal {
        for seconds in times {
            let clock = Clock::fixed(Timestamp::UNIX_EPOCH + TimeDelta::seconds(*seconds));
            Journal { clock, ..Journal::at(directory, "local") }.note("ana", Deed::of("export")).unwrap();
        }
        Journal::at(directory, "local")
    }

    #[test]
    fn a_clock_that_was_set_back_is_told_and_one_that_was_set_right_is_not() {
        let doubts = |times: &[i64]| {
            let directory = tempfile::tempdir().unwrap();
            let verdict = made_at(directory.path(), times).verify().unwrap();
            assert_eq!((verdict.faulty, verdict.entries), (0, times.len() as u64));
            verdict.doubts
        };
        assert_eq!(doubts(&[0, 100, 40, 41]), [""; 0]);
        assert_eq!(doubts(&[0, 100_000, 50, 60]), ["line 3: entry 3 is older than the one before"]);
    }

    #[test]
    fn entries_from_before_there_were_numbers_of_users_are_as_right_as_ever() {
        let directory = tempfile::tempdir().unwrap();
        // As they were written then.
        let text = format!(
            r#"{{"number":1,"at":"2026-01-01T00:00:00Z","by":"ana","profile":"local","action":"export","previous":"{}"}}"#,
            no_digest()
        );
        let line = format!("{},\"digest\":\"{}\"}}\n", &text[..text.len() - 1], digest(&text));
        fs::write(directory.path().join(FILE), line).unwrap();
        let journal = made_at(directory.path(), &[1_800_000_000]);
        let verdict = journal.verify().unwrap();
        assert_eq!((verdict.entries, verdict.faults), (2, Vec::<String>::new()));
        let entries = journal.read().unwrap();
        assert_eq!((entries[0].uid, entries[1].uid), (None, user()));
    }
}
