//! The file of the log: only ever appended to, by one process at a time.

use std::{
    fs::{self, File},
    io::{self, BufRead as _, BufReader, ErrorKind, Read as _, Seek as _, SeekFrom, Write as _},
    path::{Path, PathBuf},
    sync::Arc,
};

use super::entry::{Deed, Entry, no_digest, read_line};
use crate::{model::Timestamp, private};

/// The file within the data directory of a profile.
const FILE: &str = "audit.ndjson";

/// Longest line that is written, bytes: an entry with every red flag there is takes a few thousand.
const LONGEST_LINE: usize = 64 * 1024;

/// Faults that are told one by one; the rest is counted.
const TOLD: usize = 20;

/// The log of a profile. Cheap to clone.
#[derive(Debug, Clone)]
pub struct Journal {
    path: Arc<PathBuf>,
    profile: Arc<str>,
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
    /// Deeds that were announced and of which no end is noted: the program was stopped in the middle of them.
    pub unended: u64,
}

impl Verdict {
    fn fault(&mut self, fault: String) {
        self.faulty += 1;
        if self.faults.len() < TOLD {
            self.faults.push(fault);
        }
    }
}

/// The number and digest of the last entry.
type Head = (u64, String);

impl Journal {
    /// The files of a log within its directory: the entries, and the note of the last one.
    pub const FILES: [&str; 2] = [FILE, "audit.head"];

    /// The log in a data directory. Nothing is read or written yet.
    pub fn at(directory: &Path, profile: &str) -> Self {
        Self { path: Arc::new(directory.join(FILE)), profile: profile.into() }
    }

    /// Where the file lies.
    pub fn path(&self) -> &Path {
        &self.path
    }

    /// Adds an entry and returns its number. It is on disk when this returns. Fails if the file cannot be written, or
    /// its last line is no entry. Blocks.
    pub fn note(&self, at: Timestamp, by: &str, deed: Deed) -> io::Result<u64> {
        if let Some(directory) = self.path.parent() {
            private::create_directory(directory)?;
        }
        let is_new = !fs::exists(&*self.path)?;
        let mut file = private::open_file(&self.path)?;
        // Given back when the file is closed. Other processes wait for a few milliseconds at most.
        file.lock()?;
        let (last, previous) = last_of(&mut file)?;
        let entry =
            Entry { number: last + 1, at, by: by.to_owned(), profile: self.profile.to_string(), deed, previous };
        let (line, digest) = entry.to_line()?;
        file.write_all(line.as_bytes())?;
        file.sync_data()?;
        if is_new && let Some(directory) = self.path.parent() {
            private::sync_directory(directory)?;
        }
        self.put_head(entry.number, &digest)?;
        Ok(entry.number)
    }

    /// All entries that can be read, oldest first; none if there is no log yet. Blocks.
    pub fn read(&self) -> io::Result<Vec<Entry>> {
        let mut entries = Vec::new();
        self.each_line(|line, _| entries.extend(read_line(line).map(|(entry, _, _)| entry)))?;
        Ok(entries)
    }

    /// Goes over all entries: whether each is as it was written, none is missing and none stands elsewhere. Blocks.
    pub fn verify(&self) -> io::Result<Verdict> {
        let mut verdict = Verdict { digest: no_digest(), ..Verdict::default() };
        let (mut last, mut announced) = (0_u64, 0_u64);
        let head = self.read_head()?;
        let mut digest_at_head = None;
        let torn = self.each_line(|line, number| {
            let Some((entry, digest, is_right)) = read_line(line) else {
                return verdict.fault(format!("line {number} is no entry"));
            };
            if !is_right {
                verdict.fault(format!("line {number}: entry {} was changed", entry.number));
            }
            if entry.number != last + 1 || entry.previous != verdict.digest {
                verdict.fault(format!(
                    "line {number}: entry {} does not follow entry {last}; something is missing, added or moved",
                    entry.number
                ));
            }
            announced += u64::from(entry.deed.begins);
            announced = announced.saturating_sub(u64::from(entry.deed.ends.is_some()));
            last = entry.number;
            verdict.entries += 1;
            if matches!(&head, Ok(Some((number, _))) if *number == last) {
                digest_at_head = Some(digest.clone());
            }
            verdict.digest = digest;
        })?;
        if torn {
            tracing::info!(
                "the last line of the audit log was cut short when the program stopped; it was never confirmed"
            );
        }
        verdict.unended = announced;
        if let Some(fault) = end_fault(head, last, digest_at_head.as_ref()) {
            verdict.fault(fault);
        }
        Ok(verdict)
    }

    /// Hands over every whole line with its number, from 1; whether a part of a line follows them.
    fn each_line(&self, mut take: impl FnMut(&str, u64)) -> io::Result<bool> {
        let file = match File::open(&*self.path) {
            Err(error) if error.kind() == ErrorKind::NotFound => return Ok(false),
            opened => opened?,
        };
        file.lock_shared()?;
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

    /// Where number and digest of the last entry are kept a second time, so that a log that was cut off is noticed.
    fn head_path(&self) -> PathBuf {
        self.path.with_extension("head")
    }

    fn put_head(&self, number: u64, digest: &str) -> io::Result<()> {
        let path = self.head_path();
        // Always as long, and so replaced by one write in place: a program that ends here leaves the old or the new.
        let mut file = private::open_to_overwrite(&path)?;
        file.write_all(format!("{number:020} {digest}\n").as_bytes())
    }

    /// Number and digest of the last entry as they were noted; `Ok(None)` without a note, `Err` if it says nothing.
    fn read_head(&self) -> io::Result<Result<Option<Head>, ()>> {
        let text = match fs::read_to_string(self.head_path()) {
            Err(error) if error.kind() == ErrorKind::NotFound => return Ok(Ok(None)),
            read => read?,
        };
        let fields = text.trim().split_once(' ');
        let head = fields.and_then(|(number, digest)| Some((number.parse().ok()?, digest.to_owned())));
        Ok(head.map(Some).ok_or(()))
    }
}

/// What is wrong about the end of the log, if anything: by what was noted of the last entry, the number of the last one
/// that is there, and the digest of the one with the number noted. A note that is behind is of a program that was
/// stopped before it wrote a newer one.
fn end_fault(head: Result<Option<Head>, ()>, last: u64, found: Option<&String>) -> Option<String> {
    match head {
        Err(()) => Some("the note of the last entry cannot be read".to_owned()),
        Ok(None) if last == 0 => None,
        Ok(None) => Some("the note of the last entry is missing: the end may have been cut off".to_owned()),
        Ok(Some((_, digest))) if found == Some(&digest) => None,
        Ok(Some((number, _))) if number > last => {
            Some(format!("entries are missing at the end: {number} were written"))
        }
        Ok(Some((number, _))) => Some(format!("entry {number} is another one than was written")),
    }
}

/// The last entry of a file. A line that was cut short was never confirmed, and is taken away.
fn last_of(file: &mut File) -> io::Result<Head> {
    let length = file.metadata()?.len();
    let from = length.saturating_sub(2 * LONGEST_LINE as u64);
    file.seek(SeekFrom::Start(from))?;
    let mut tail = Vec::new();
    file.read_to_end(&mut tail)?;
    let whole = tail.iter().rposition(|byte| *byte == b'\n').map_or(0, |end| end + 1);
    if whole < tail.len() {
        file.set_len(from + whole as u64)?;
    }
    let lines = &tail[..whole];
    if lines.is_empty() && from == 0 {
        return Ok((0, no_digest()));
    }
    let begin = lines[..whole.saturating_sub(1)].iter().rposition(|byte| *byte == b'\n').map_or(0, |end| end + 1);
    let last = String::from_utf8_lossy(&lines[begin..]);
    let (entry, digest, _) = read_line(&last).ok_or_else(|| {
        io::Error::new(ErrorKind::InvalidData, "its last line is no entry; look with `regdesk audit --verify`")
    })?;
    Ok((entry.number, digest))
}
