//! The mirror of a remote on disk, for whoever asks for one: a file a profile, readable by its owner alone, that is not
//! believed for longer than its time.

use std::{
    fs,
    io::{self, BufRead, BufReader, Write},
    path::{Path, PathBuf},
    sync::Arc,
};

use chrono::TimeDelta;
use serde::{Deserialize, Serialize};
use tokio::task;

use crate::{
    index::Index,
    model::{Registration, RegistrationId, Timestamp},
    private,
};

/// Where a mirror is kept, of what, and for how long.
#[derive(Debug, Clone)]
pub struct MirrorFile {
    /// The file.
    pub path: PathBuf,
    /// Base URL of the remote: a mirror of another one is not used.
    pub of: String,
    /// How long it may be used after it was written.
    pub keeps: TimeDelta,
}

/// The first line of the file.
#[derive(Debug, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
struct Head {
    /// Of what the rest is a mirror.
    of: String,
    saved_at: Timestamp,
}

/// The registrations of a mirror that fit, however old it is; none if there is no mirror. Blocks.
pub fn mirrored(path: &Path, fits: impl Fn(&Registration) -> bool) -> io::Result<Vec<RegistrationId>> {
    let file = match fs::File::open(path) {
        Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(Vec::new()),
        opened => opened?,
    };
    let mut found = Vec::new();
    for line in BufReader::new(file).lines().skip(1) {
        let registration = serde_json::from_str::<Registration>(&line?).ok();
        found.extend(registration.filter(&fits).map(|registration| registration.id));
    }
    Ok(found)
}

impl MirrorFile {
    /// What was kept, in this index, and when; nothing if there is no mirror, if it is of another remote, or too old. One that is too
    /// old, or cannot be read, is deleted: these are people's data.
    pub async fn read(self, mut index: Box<Index>, now: Timestamp) -> Option<(Box<Index>, Timestamp)> {
        let read = move || {
            let (registrations, at) = self.read_now(now)?;
            index.fill(registrations, now);
            index.judge_all(now);
            Some((index, at))
        };
        task::spawn_blocking(read).await.ok()?
    }

    fn read_now(&self, now: Timestamp) -> Option<(Vec<Registration>, Timestamp)> {
        let file = fs::File::open(&self.path).ok()?;
        let read = self.rows(BufReader::new(file), now);
        if read.is_none() {
            // Somebody else may have deleted it already.
            let _ = fs::remove_file(&self.path);
        }
        read
    }

    fn rows(&self, file: impl BufRead, now: Timestamp) -> Option<(Vec<Registration>, Timestamp)> {
        let mut lines = file.lines();
        let head: Head = serde_json::from_str(&lines.next()?.ok()?).ok()?;
        let age = now - head.saved_at;
        if head.of != self.of || age > self.keeps || age < TimeDelta::zero() {
            return None;
        }
        let rows = lines.map(|line| serde_json::from_str(&line.ok()?).ok());
        Some((rows.collect::<Option<Vec<Registration>>>()?, head.saved_at))
    }

    /// Writes a mirror beside the old one, which it then replaces. Goes on behind the console.
    pub fn write(&self, registrations: Vec<Arc<Registration>>, now: Timestamp) {
        let (path, head) = (self.path.clone(), Head { of: self.of.clone(), saved_at: now });
        task::spawn_blocking(move || {
            if let Err(error) = write(&path, &head, &registrations) {
                tracing::warn!(%error, "the mirror could not be written");
            }
        });
    }
}

fn write(path: &Path, head: &Head, registrations: &[Arc<Registration>]) -> io::Result<()> {
    let mut text = serde_json::to_vec(head)?;
    text.push(b'\n');
    for registration in registrations {
        serde_json::to_writer(&mut text, registration.as_ref())?;
        text.write_all(b"\n")?;
    }
    private::replace_file(path, &text)
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use std::os::unix::fs::PermissionsExt;

    use chrono::DateTime;

    use super::*;

    fn at(minutes: i64) -> Timestamp {
        DateTime::UNIX_EPOCH + TimeDelta::minutes(minutes)
    }

    fn mirror(directory: &tempfile::TempDir) -> MirrorFile {
        let path = directory.path().join("mirror/far.ndjson");
        MirrorFile { path, of: "https://api.example.com".to_owned(), keeps: TimeDelta::hours(1) }
    }

    fn put(mirror: &MirrorFile) {
        let rows = ["a", "b"].map(|id| Arc::new(Registration::new(id.into(), at(0))));
        write(&mirror.path, &Head { of: mirror.of.clone(), saved_at: at(10) }, &rows).unwrap();
    }

    #[test]
    fn what_was_written_is_read_again_by_its_owner_alone() {
        let directory = tempfile::tempdir().unwrap();
        let mirror = mirror(&directory);
        put(&mirror);
        let (rows, saved_at) = mirror.read_now(at(20)).unwrap();
        assert_eq!((rows.len(), rows[0].id.as_str(), saved_at), (2, "a", at(10)));
        assert_eq!(fs::metadata(&mirror.path).unwrap().permissions().mode() & 0o777, 0o600);
    }

    #[test]
    fn who_is_in_a_mirror_is_found_whatever_its_age() {
        let directory = tempfile::tempdir().unwrap();
        let mirror = mirror(&directory);
        let is_a = |registration: &Registration| registration.id.as_str() == "a";
        assert_eq!(mirrored(&mirror.path, is_a).unwrap(), []);
        put(&mirror);
        assert_eq!(mirrored(&mirror.path, is_a).unwrap(), [RegistrationId::new("a")]);
    }

    #[test]
    fn what_is_too_old_of_another_remote_or_broken_is_deleted() {
        let directory = tempfile::tempdir().unwrap();
        let mirror = mirror(&directory);
        let other = MirrorFile { of: "https://other.example.com".to_owned(), ..mirror.clone() };
        for (reader, now) in [(&mirror, at(71)), (&mirror, at(9)), (&other, at(20))] {
            put(&mirror);
            assert!(reader.read_now(now).is_none());
            assert!(!mirror.path.exists());
        }
        put(&mirror);
        let cut = fs::read(&mirror.path).unwrap();
        fs::write(&mirror.path, &cut[..cut.len() - 9]).unwrap();
        assert!(mirror.read_now(at(20)).is_none() && !mirror.path.exists());
        assert!(mirror.read_now(at(20)).is_none(), "none is no failure");
    }
}
