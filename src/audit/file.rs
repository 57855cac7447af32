//! A log in a file: only ever appended to, by one process at a time.

use std::{
    fs::{self, File},
    io::{self, BufRead as _, BufReader, ErrorKind, Read as _, Seek as _, SeekFrom, Write as _},
    path::{Path, PathBuf},
    sync::Arc,
};

use super::{
    end::{End, Head, Last},
    entry::Line,
};
use crate::{backend::LedgerLine, private};

/// The file within the data directory of a profile.
pub(super) const FILE: &str = "audit.ndjson";

/// Longest line that is written, bytes: an entry with every red flag there is takes a few thousand.
const LONGEST_LINE: usize = 64 * 1024;

/// A log in a data directory.
#[derive(Debug, Clone)]
pub(super) struct LogFile {
    path: Arc<PathBuf>,
}

impl LogFile {
    /// Nothing is read or written yet.
    pub(super) fn at(directory: &Path) -> Self {
        Self { path: Arc::new(directory.join(FILE)) }
    }

    pub(super) fn path(&self) -> &Path {
        &self.path
    }

    /// Adds lines behind the end.
    pub(super) fn append(&self, next: impl Fn(&End) -> io::Result<Vec<LedgerLine>>) -> io::Result<()> {
        if let Some(directory) = self.path.parent() {
            private::create_directory(directory)?;
        }
        let is_new = !fs::exists(&*self.path)? || !fs::exists(self.head_path())?;
        let mut file = private::open_file(&self.path)?;
        // Given back when the file is closed. Other processes wait for a few milliseconds at most.
        file.lock()?;
        let end = End { last: last_of(&mut file)?, head: self.read_head()?, is_one: false };
        for line in next(&end)? {
            file.write_all(format!("{}\n", line.text).as_bytes())?;
            file.sync_data()?;
            // Once the line is on disk: so the note is never ahead of the log, and behind by one entry at most.
            self.put_head(line.number, &line.digest)?;
        }
        if is_new && let Some(directory) = self.path.parent() {
            private::sync_directory(directory)?;
        }
        Ok(())
    }

    /// Hands over every whole line with its number, from 1, while nobody writes to the log or to the note of its end;
    /// then that note, and whether a part of a line follows the whole ones.
    pub(super) fn each(&self, take: &mut dyn FnMut(&str, u64)) -> io::Result<(Head, bool)> {
        let file = match File::open(&*self.path) {
            Err(error) if error.kind() == ErrorKind::NotFound => return Ok((self.read_head()?, false)),
            opened => opened?,
        };
        file.lock_shared()?;
        let head = self.read_head()?;
        Ok((head, each_line(file, take)?))
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

/// Hands over every whole line with its number, from 1; whether a part of a line follows them.
fn each_line(file: File, take: &mut dyn FnMut(&str, u64)) -> io::Result<bool> {
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
        Some(Line { entry, digest, .. }) => Ok(Last::of(&entry, digest)),
        None if from == 0 => Ok(Last::default()),
        None => Err(super::journal::no_entries()),
    }
}
