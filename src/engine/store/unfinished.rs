//! A store whose making was cut short. redb lays the file out, writes the head, and its mark last of all; a file without
//! the mark that holds nothing else has never held anything, and whoever opens it next begins it anew.

use std::fs::{File, OpenOptions};
use std::io::{self, Read as _, Seek as _};
use std::path::Path;

/// The mark of a redb file is so long, bytes.
const MARK: usize = 9;

/// Where the head ends and pages begin.
const HEAD: usize = 4096;

/// Larger than what redb lays out for a new file: a larger one has held something.
const LARGEST: u64 = 2 * 1024 * 1024;

/// Whether a file holds nothing yet.
pub(super) fn is_unfinished(path: &Path) -> io::Result<bool> {
    holds_nothing(&mut File::open(path)?)
}

fn holds_nothing(file: &mut File) -> io::Result<bool> {
    let length = file.metadata()?.len();
    if length == 0 {
        return Ok(true);
    }
    if length > LARGEST {
        return Ok(false);
    }
    let mut bytes = Vec::new();
    file.rewind()?;
    file.take(LARGEST).read_to_end(&mut bytes)?;
    let is_blank = |part: Option<&[u8]>| part.unwrap_or_default().iter().all(|byte| *byte == 0);
    Ok(bytes.len() > HEAD && is_blank(bytes.get(..MARK)) && is_blank(bytes.get(HEAD..)))
}

/// Empties a file that holds nothing yet, so that redb takes it for a new one.
pub(super) fn begin_anew(path: &Path) -> io::Result<()> {
    let mut file = OpenOptions::new().read(true).write(true).open(path)?;
    // Whoever is making it just now has it locked, as redb locks what it writes. The lock ends with the file.
    if holds_nothing(&mut file)? && file.try_lock().is_ok() && holds_nothing(&mut file)? {
        file.set_len(0)?;
    }
    Ok(())
}
