//! The file of the log: only ever appended to, by one process at a time.

use std::{
    fs::{self, File},
    io::{self, BufRead as _, BufReader, ErrorKind, Read as _, Seek as _, SeekFrom, Write as _},
    path::{Path, PathBuf},
    sync::Arc,
};

use super::entry::{Deed, Entry, Line, no_digest};
use crate::{backend::Clock, model::Timestamp, private};

/// The file within the data directory of a profile.
const FILE: &str = "audit.ndjson";

/// Longest line that is written, bytes: an entry with every red flag there is takes a few thousand.
const LONGEST_LINE: usize = 64 * 1024;

/// How far a clock is set back without anybody's notice, seconds: more than what keeps it right does.
const ADJUSTMENT: i64 = 60;

/// Who an entry is by that the program makes of its own accord.
const ITSELF: &str = "regdesk";

/// Faults that are told one by one; the rest is counted.
const TOLD: usize = 20;

/// The log of a profile. Cheap to clone.
#[derive(Debug, Clone)]
pub struct Journal {
    path: Arc<PathBuf>,
    profile: Arc<str>,
    /// The system's, whatever time the rest of the program is told.
    clock: Clock,
}

/// What a look at a whole log has found.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Verdict {
    /// Entries that could be read.
    pub entries: u64,
    /// The digest of the last entry; zeros if there is none.
    pub digest: String,
    /// The first twenty faults, a sentence each: what was changed, is missing or stands elsewhere.
    pub faults: Vec<String>,
    /// How many faults there are.
    pub faulty: u64,
    /// The first twenty doubts, a sentence each: what may be somebody's doing, or the system's.
    pub doubts: Vec<String>,
    /// Deeds that were announced and of which no end is noted: the program was stopped in the middle of them.
    pub unended: u64,
}

impl Verdict {
    fn doubt(&mut self, doubt: String) {
        if self.doubts.len() < TOLD {
            self.doubts.push(doubt);
        }
    }

    fn fault(&mut self, fault: String) {
        self.faulty += 1;
        if self.faults.len() < TOLD {
            self.faults.push(fault);
        }
    }
}

/// The end of a log: its last entry that can be read.
#[derive(Debug, Clone, PartialEq, Eq)]
struct Last {
    number: u64,
    digest: String,
    /// The digest of the entry before.
    previous: String,
    /// When; none without an entry.
    at: Option<Timestamp>,
}

impl Last {
    /// The end of a log without entries.
    fn none() -> Self {
        Self { number: 0, digest: no_digest(), previous: no_digest(), at: None }
    }
}

/// Number and digest of the last entry, as they were noted beside the log.
#[derive(Debug, PartialEq, Eq)]
enum Head {
    /// There is no note.
    Missing,
    /// There is one that says nothing.
    Unreadable,
    Noted(u64, String),
}

impl Journal {
    /// The files of a log within its directory: the entries, and the note of the last one.
    pub const FILES: [&str; 2] = [FILE, "audit.head"];

    /// The log in a data directory. Nothing is read or written yet.
    pub fn at(directory: &Path, profile: &str) -> Self {
        Self { path: Arc::new(directory.join(FILE)), profile: profile.into(), clock: Clock::system() }
    }

    /// Where the file lies.
    pub fn path(&self) -> &Path {
        &self.path
    }

    /// Adds an entry and returns its number. It is on disk when this returns. If the end of the log is not as it was
    /// left, an entry that says so comes before it, which [`Journal::verify`] reports for good. Its time is the system's.
    /// Fails if the file cannot be written. Blocks.
    pub fn note(&self, by: &str, deed: Deed) -> io::Result<u64> {
        if let Some(directory) = self.path.parent() {
            private::create_directory(directory)?;
        }
        let is_new = !fs::exists(&*self.path)? || !fs::exists(self.head_path())?;
        let mut file = private::open_file(&self.path)?;
        // Given back when the file is closed. Other processes wait for a few milliseconds at most.
        file.lock()?;
        let (mut last, head) = (last_of(&mut file)?, self.read_head()?);
        if let Some(found) = end_fault(&head, &last) {
            tracing::error!(found, "the audit log is not as it was left");
            // No number is used twice, not even that of an entry that is gone.
            let number = if let Head::Noted(noted, _) = head { noted.max(last.number) } else { last.number } + 1;
            last = self.append(&mut file, last, self.entry(number, ITSELF, Deed::finding(found)))?;
        }
        let number = last.number + 1;
        self.append(&mut file, last, self.entry(number, by, deed))?;
        if is_new && let Some(directory) = self.path.parent() {
            private::sync_directory(directory)?;
        }
        Ok(number)
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

    /// Writes an entry behind the last one, and the note of it once it is on disk: so the note is never ahead of the log,
    /// and behind by one entry at most.
    fn append(&self, file: &mut File, last: Last, entry: Entry) -> io::Result<Last> {
        let entry = Entry { previous: last.digest, ..entry };
        let (line, digest) = entry.to_line()?;
        file.write_all(line.as_bytes())?;
        file.sync_data()?;
        self.put_head(entry.number, &digest)?;
        Ok(Last { number: entry.number, digest, previous: entry.previous, at: Some(entry.at) })
    }

    /// All entries that can be read, oldest first; none if there is no log yet. Blocks.
    pub fn read(&self) -> io::Result<Vec<Entry>> {
        let mut entries = Vec::new();
        each_line(self.locked()?, |line, _| entries.extend(Line::read(line).map(|line| line.entry)))?;
        Ok(entries)
    }

    /// Goes over all entries: whether each is as it was written, none is missing and none stands elsewhere. Blocks.
    pub fn verify(&self) -> io::Result<Verdict> {
        let mut verdict = Verdict::default();
        let (mut last, mut announced) = (Last::none(), 0_u64);
        let file = self.locked()?;
        let head = self.read_head()?;
        let torn = each_line(file, |line, number| {
            let Some(Line { entry, digest, is_right, .. }) = Line::read(line) else {
                return verdict.fault(format!("line {number} is no entry"));
            };
            if !is_right {
                verdict.fault(format!("line {number}: entry {} was changed", entry.number));
            }
            if !follows(&entry, &last) {
                verdict.fault(format!(
                    "line {number}: entry {} does not follow entry {}; something is missing, added or moved",
                    entry.number, last.number
                ));
            }
            if last.at.is_some_and(|before| (before - entry.at).num_seconds() > ADJUSTMENT) {
                verdict.doubt(format!("line {number}: entry {} is older than the one before", entry.number));
            }
            if let Some(found) = &entry.deed.found {
                verdict.fault(format!("line {number}: before entry {}, {found}", entry.number));
            }
            announced += u64::from(entry.deed.begins);
            announced = announced.saturating_sub(u64::from(entry.deed.ends.is_some()));
            verdict.entries += 1;
            last = Last { number: entry.number, digest, previous: entry.previous, at: Some(entry.at) };
        })?;
        if torn {
            tracing::info!(
                "the last line of the audit log was cut short when the program stopped; it was never confirmed"
            );
        }
        verdict.unended = announced;
        if let Some(fault) = end_fault(&head, &last) {
            verdict.fault(fault);
        }
        verdict.digest = last.digest;
        Ok(verdict)
    }

    /// The log, to be read while nobody writes to it or to the note of its end; `None` if there is none yet.
    pub(super) fn locked(&self) -> io::Result<Option<File>> {
        let file = match File::open(&*self.path) {
            Err(error) if error.kind() == ErrorKind::NotFound => return Ok(None),
            opened => opened?,
        };
        file.lock_shared()?;
        Ok(Some(file))
    }

    /// Where number and digest of the last entry are kept a second time, so that a log that was cut off is noticed.
    fn head_path(&self) -> PathBuf {
        self.path.with_extension("head")
    }

    fn put_head(&self, number: u64, digest: &str) -> io::Result<()> {
        let path = self.head_path();
        // Always as long, and so replaced by one write in place: a program that ends here leaves the old or the new.
        let mut file = private::open_to_overwrite(&path)?;
        file.write_all(format!("{number:020} {digest}\n").as_bytes())?;
        file.sync_data()
    }

    fn read_head(&self) -> io::Result<Head> {
        let text = match fs::read_to_string(self.head_path()) {
            Err(error) if error.kind() == ErrorKind::NotFound => return Ok(Head::Missing),
            Err(error) if error.kind() == ErrorKind::InvalidData => return Ok(Head::Unreadable),
            read => read?,
        };
        // Made, and not yet written when the program ended.
        if text.is_empty() {
            return Ok(Head::Missing);
        }
        let fields = text.trim().split_once(' ');
        let noted = fields.and_then(|(number, digest)| Some(Head::Noted(number.parse().ok()?, digest.to_owned())));
        Ok(noted.unwrap_or(Head::Unreadable))
    }
}

/// Hands over every whole line of a log with its number, from 1; whether a part of a line follows them.
pub(super) fn each_line(file: Option<File>, mut take: impl FnMut(&str, u64)) -> io::Result<bool> {
    let Some(file) = file else { return Ok(false) };
    let (mut file, mut bytes) = (BufReader::new(file), Vec::new());
    for number in 1.. {
        bytes.clear();
        if file.read_until(b'\n', &mut bytes)? == 0 {
            return Ok(false);
        }
        if !bytes.ends_with(b"\n") {
            return Ok(true);
        }
        take(&String::from_utf8_lossy(&bytes), number);
    }
    Ok(false)
}

/// The number of the system's user that this process is of, where the system has such numbers.
fn user() -> Option<u32> {
    #[cfg(unix)]
    let uid = Some(rustix::process::getuid().as_raw());
    #[cfg(not(unix))]
    let uid = None;
    uid
}

/// Whether an entry stands behind the last one. What was found missing has taken numbers with it.
fn follows(entry: &Entry, last: &Last) -> bool {
    let is_next = entry.number == last.number + 1 || entry.deed.found.is_some() && entry.number > last.number;
    is_next && entry.previous == last.digest
}

/// What is wrong about the end of a log, if anything. A program that was stopped in between leaves a note that is one
/// entry behind; nothing but somebody's hand leaves one that is ahead.
fn end_fault(head: &Head, last: &Last) -> Option<String> {
    match head {
        Head::Unreadable => Some("the note of the last entry cannot be read".to_owned()),
        Head::Missing if last.number <= 1 => None,
        Head::Missing => Some("the note of the last entry is missing: the end may have been cut off".to_owned()),
        Head::Noted(number, digest) if (*number, digest) == (last.number, &last.digest) => None,
        Head::Noted(number, digest) if (number + 1, digest) == (last.number, &last.previous) => None,
        Head::Noted(number, _) if *number > last.number => {
            Some(format!("entries are missing at the end: the last one was {number}, and {} is there", last.number))
        }
        Head::Noted(number, _) => Some(format!("what follows entry {number} is not what was written")),
    }
}

/// The last entry of a file, lines that are none passed over. A line that was cut short was never confirmed, and is taken
/// away; if it was confirmed, its number is missing now.
fn last_of(file: &mut File) -> io::Result<Last> {
    let length = file.metadata()?.len();
    let from = length.saturating_sub(2 * LONGEST_LINE as u64);
    file.seek(SeekFrom::Start(from))?;
    let mut tail = Vec::new();
    file.read_to_end(&mut tail)?;
    let whole = tail.iter().rposition(|byte| *byte == b'\n').map_or(0, |end| end + 1);
    if whole < tail.len() {
        file.set_len(from + whole as u64)?;
    }
    let mut lines = tail[..whole].split(|byte| *byte == b'\n').rev();
    match lines.find_map(|line| Line::read(&String::from_utf8_lossy(line))) {
        Some(Line { entry, digest, .. }) => {
            Ok(Last { number: entry.number, digest, previous: entry.previous, at: Some(entry.at) })
        }
        None if from == 0 => Ok(Last::none()),
        None => Err(io::Error::new(
            ErrorKind::InvalidData,
            "its last lines are no entries; look with `regdesk audit --verify`",
        )),
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]

    use chrono::TimeDelta;

    use super::{super::entry::digest, *};

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
