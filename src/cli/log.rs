//! The log: a file in the state directory, readable by its owner alone, never on the screen; or, for what runs endpoints
//! and reads what they say, objects on standard error.

use std::{
    fs::{self, File},
    io::{self, Write},
    path::{Path, PathBuf},
    sync::Mutex,
};

use tracing_subscriber::{EnvFilter, fmt, prelude::*};

use crate::private;

/// A longer file is put aside; one older file is kept.
const MAX_BYTES: u64 = 4 * 1024 * 1024;

/// Opens the log. Only this program's own lines go there: what libraries log may hold headers, and so tokens.
pub fn start(state_dir: &Path, verbose: u8) -> io::Result<()> {
    let log = Log::open(state_dir.to_owned(), MAX_BYTES)?;
    let level = match verbose {
        0 => "warn",
        1 => "info",
        2 => "debug",
        _ => "trace",
    };
    let layer = fmt::layer().with_writer(Mutex::new(log)).with_ansi(false);
    let filter = EnvFilter::new(format!("off,regdesk={level}"));
    tracing_subscriber::registry().with(layer.with_filter(filter)).try_init().map_err(io::Error::other)
}

/// Logs an object a line on standard error, each request of an endpoint among them.
pub fn start_as_json(verbose: u8) -> io::Result<()> {
    let level = match verbose {
        0 => "info",
        1 => "debug",
        _ => "trace",
    };
    let layer = fmt::layer().json().with_current_span(false).with_span_list(false).with_writer(io::stderr);
    let filter = EnvFilter::new(format!("off,regdesk={level}"));
    tracing_subscriber::registry().with(layer.with_filter(filter)).try_init().map_err(io::Error::other)
}

/// The file, put aside before it gets too long, however long the program runs.
struct Log {
    directory: PathBuf,
    file: File,
    /// Bytes in the file.
    length: u64,
    most: u64,
}

impl Log {
    fn open(directory: PathBuf, most: u64) -> io::Result<Self> {
        private::create_directory(&directory)?;
        let path = directory.join("regdesk.log");
        if fs::metadata(&path).is_ok_and(|metadata| metadata.len() > most) {
            fs::rename(&path, directory.join("regdesk.old.log"))?;
        }
        let file = private::open_file(&path)?;
        let length = file.metadata()?.len();
        Ok(Self { directory, file, length, most })
    }
}

impl Write for Log {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        if self.length > self.most {
            *self = Self::open(self.directory.clone(), self.most)?;
        }
        let written = self.file.write(bytes)?;
        self.length += written as u64;
        Ok(written)
    }

    fn flush(&mut self) -> io::Result<()> {
        self.file.flush()
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use std::{fs, io::Write as _};

    use super::Log;

    #[test]
    fn a_log_that_is_written_for_long_stays_short_and_keeps_what_came_before() {
        let directory = tempfile::tempdir().unwrap();
        let mut log = Log::open(directory.path().to_owned(), 1_000).unwrap();
        for line in 0..300 {
            // As they come from whoever logs: whole.
            log.write_all(format!("line {line}\n").as_bytes()).unwrap();
        }
        let read = |name| fs::read_to_string(directory.path().join(name)).unwrap();
        let (old, new) = (read("regdesk.old.log"), read("regdesk.log"));
        assert!(old.len() < 1_100 && new.len() < 1_100, "{} and {} bytes", old.len(), new.len());
        let first = new.lines().next().unwrap().strip_prefix("line ").unwrap().parse::<u32>().unwrap();
        assert!(
            old.ends_with(&format!("line {}\n", first - 1)) && new.ends_with("line 299\n"),
            "nothing in between is lost"
        );
    }
}
