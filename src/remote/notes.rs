//! What the desk says about the registrations of a remote that has no place for it: kept beside, in a journal.
//!
//! The journal is a file that is only ever appended to, one annotation a line; its lines in their order give what is
//! said. Each line is one write and on disk before it is acknowledged, so several processes may write at once, and a
//! crash costs no more than a line that was never acknowledged; a line that cannot be read is passed over. The file
//! holds ids of registrations, rules, names of operators and what they wrote; nobody but its owner can read it.

use std::{
    collections::HashMap,
    fs::{self, File},
    io::{self, BufRead as _, BufReader, ErrorKind as IoKind, Read as _, Seek as _, SeekFrom, Write as _},
    path::{Path, PathBuf},
    sync::{Arc, Mutex, MutexGuard, PoisonError},
};

use serde::{Deserialize, Serialize};

use crate::{
    backend::{Annotation, BackendError, Caller, ErrorKind},
    model::{DeskNotes, Registration, RegistrationId, Timestamp},
    private,
};

/// See the module. Cheap to clone; all clones are one.
#[derive(Debug, Clone)]
pub(super) struct Notes {
    journal: Option<Arc<PathBuf>>,
    said: Arc<Mutex<Said>>,
}

/// What the journal says, as far as it was read.
#[derive(Debug, Default)]
struct Said {
    notes: HashMap<RegistrationId, DeskNotes>,
    /// Bytes read, up to the end of a line.
    read: u64,
}

/// A line of the journal.
#[derive(Debug, Serialize, Deserialize)]
struct Line {
    id: RegistrationId,
    at: Timestamp,
    by: String,
    annotation: Annotation,
}

impl Notes {
    /// Notes in a journal, or without one in memory alone. Reads nothing yet.
    pub(super) fn new(journal: Option<PathBuf>) -> Self {
        Self { journal: journal.map(Arc::new), said: Arc::default() }
    }

    /// Whether they outlast the program.
    pub(super) fn are_kept(&self) -> bool {
        self.journal.is_some()
    }

    /// Puts what is said with registrations that were read. A journal that cannot be read hides what it says, but not
    /// the registrations: the log tells, and whoever annotates is told.
    pub(super) async fn put_with(&self, registrations: &mut [Registration]) {
        if let Some(journal) = self.journal.clone() {
            let said = Arc::clone(&self.said);
            let caught_up = tokio::task::spawn_blocking(move || lock(&said).catch_up(&journal)).await;
            if let Ok(Err(error)) = caught_up {
                tracing::warn!(%error, "what the desk says cannot be read");
            }
        }
        let said = lock(&self.said);
        for registration in registrations {
            registration.desk = said.notes.get(&registration.id).cloned().unwrap_or_default();
        }
    }

    /// Adds an annotation to what is said about a registration. It is on disk when this returns.
    pub(super) async fn annotate(
        &self,
        id: &RegistrationId,
        annotation: Annotation,
        caller: &Caller,
        now: Timestamp,
    ) -> Result<DeskNotes, BackendError> {
        let (notes, id, caller) = (self.clone(), id.clone(), caller.clone());
        let added = tokio::task::spawn_blocking(move || notes.add(&id, annotation, &caller, now)).await;
        added.unwrap_or_else(|_| Err(BackendError::new(ErrorKind::Storage, "Keeping what was said broke off.")))
    }

    fn add(
        &self,
        id: &RegistrationId,
        annotation: Annotation,
        caller: &Caller,
        now: Timestamp,
    ) -> Result<DeskNotes, BackendError> {
        let mut said = lock(&self.said);
        let failed = |error: &io::Error| {
            let place = self.journal.as_deref().map(|path| path.display().to_string()).unwrap_or_default();
            BackendError::new(ErrorKind::Storage, format!("{place} cannot be used: {error}. Nothing was noted."))
        };
        if let Some(journal) = &self.journal {
            said.catch_up(journal).map_err(|error| failed(&error))?;
        }
        let before = said.notes.get(id).cloned().unwrap_or_default();
        annotation.check(&before, caller, now)?;
        if !annotation.is_news(&before, caller.who()) {
            return Ok(before);
        }
        let line = Line { id: id.clone(), at: now, by: caller.who().to_owned(), annotation };
        match &self.journal {
            None => said.take(&line),
            Some(journal) => {
                append(journal, &line).and_then(|()| said.catch_up(journal)).map_err(|error| failed(&error))?;
            }
        }
        let after = said.notes.get(id).cloned().unwrap_or_default();
        // Somebody else's line may have come in between: then theirs is the claim.
        if line.annotation == Annotation::Claim {
            line.annotation.check(&after, caller, now)?;
        }
        Ok(after)
    }
}

impl Said {
    fn take(&mut self, line: &Line) {
        let notes = self.notes.entry(line.id.clone()).or_default();
        line.annotation.apply(notes, &line.by, line.at);
    }

    /// Reads what was appended since, by whomever. A journal that became shorter is another one.
    fn catch_up(&mut self, journal: &Path) -> io::Result<()> {
        let file = match File::open(journal) {
            Ok(file) => Some(file),
            Err(error) if error.kind() == IoKind::NotFound => None,
            Err(error) => return Err(error),
        };
        let length = file.as_ref().map_or(Ok(0), |file| file.metadata().map(|metadata| metadata.len()))?;
        if length < self.read {
            *self = Self::default();
        }
        let Some(mut file) = file.filter(|_| length > self.read) else { return Ok(()) };
        file.seek(SeekFrom::Start(self.read))?;
        let mut file = BufReader::new(file);
        let mut bytes = Vec::new();
        let mut unreadable = 0_u32;
        // What is still without its end may be half of somebody's write.
        while file.read_until(b'\n', &mut bytes)? > 0 && bytes.ends_with(b"\n") {
            self.read += bytes.len() as u64;
            match serde_json::from_slice::<Line>(&bytes) {
                Ok(line) => self.take(&line),
                Err(_) => unreadable += u32::from(!bytes.trim_ascii().is_empty()),
            }
            bytes.clear();
        }
        if unreadable > 0 {
            tracing::warn!(lines = unreadable, journal = %journal.display(), "lines that cannot be read were passed over");
        }
        Ok(())
    }
}

/// How many lines of a journal are about registrations that fit; they are asked by id and by the whole line. A line that
/// cannot be read may be about anybody.
pub fn annotations_about(journal: &Path, fits: impl Fn(&RegistrationId, &str) -> bool) -> io::Result<usize> {
    Ok(read(journal)?.lines().filter(|line| is_about(line, &fits)).count())
}

/// Takes those lines out of a journal. Whoever has it open reads it anew.
pub fn forget_annotations(journal: &Path, fits: impl Fn(&RegistrationId, &str) -> bool) -> io::Result<()> {
    let text = read(journal)?;
    let stays: String = text.split_inclusive('\n').filter(|line| !is_about(line, &fits)).collect();
    if stays.len() == text.len() { Ok(()) } else { private::replace_file(journal, stays.as_bytes()) }
}

fn read(journal: &Path) -> io::Result<String> {
    match fs::read(journal) {
        Ok(bytes) => Ok(String::from_utf8_lossy(&bytes).into_owned()),
        Err(error) if error.kind() == IoKind::NotFound => Ok(String::new()),
        Err(error) => Err(error),
    }
}

fn is_about(line: &str, fits: impl Fn(&RegistrationId, &str) -> bool) -> bool {
    match serde_json::from_str::<Line>(line) {
        Ok(read) => fits(&read.id, line),
        Err(_) => !line.trim().is_empty(),
    }
}

/// Appends a line in one write and waits until it is on disk.
fn append(journal: &Path, line: &Line) -> io::Result<()> {
    let directory = journal.parent().unwrap_or(Path::new("."));
    private::create_directory(directory)?;
    let is_new = !fs::exists(journal)?;
    let mut file = private::open_file(journal)?;
    let mut text = serde_json::to_string(line)?;
    text.push('\n');
    if ends_torn(&mut file)? {
        text.insert(0, '\n');
    }
    file.write_all(text.as_bytes())?;
    file.sync_all()?;
    if is_new && cfg!(unix) {
        // A new file is only safe once its directory knows it.
        File::open(directory)?.sync_all()?;
    }
    Ok(())
}

/// Whether the last line lacks its end, as a crash may leave it.
fn ends_torn(file: &mut File) -> io::Result<bool> {
    if file.metadata()?.len() == 0 {
        return Ok(false);
    }
    let mut last = [0];
    file.seek(SeekFrom::End(-1))?;
    file.read_exact(&mut last)?;
    Ok(last != *b"\n")
}

/// A panic elsewhere leaves what was read as it was, which is still right.
fn lock(said: &Mutex<Said>) -> MutexGuard<'_, Said> {
    said.lock().unwrap_or_else(PoisonError::into_inner)
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]

    use std::{fs, io::Write as _};

    use chrono::{DateTime, TimeDelta};
    use tempfile::TempDir;

    use super::*;
    use crate::model::Verdict;

    fn at(minutes: i64) -> Timestamp {
        DateTime::UNIX_EPOCH + TimeDelta::minutes(minutes)
    }

    fn operator(name: &str) -> Caller {
        Caller::operator().named(name)
    }

    fn verdict(verdict: Verdict) -> Annotation {
        Annotation::Verdict { rule: "DOC-01".to_owned(), verdict: Some(verdict) }
    }

    /// A directory with a journal to come, in a directory to come.
    fn place() -> (TempDir, PathBuf) {
        let home = tempfile::tempdir().unwrap();
        let journal = home.path().join("profile").join("annotations.ndjson");
        (home, journal)
    }

    fn open(journal: &Path) -> Notes {
        Notes::new(Some(journal.to_owned()))
    }

    async fn read_of(notes: &Notes, id: &str) -> DeskNotes {
        let mut registrations = [Registration::new(id.into(), at(0))];
        notes.put_with(&mut registrations).await;
        registrations[0].desk.clone()
    }

    #[tokio::test]
    async fn what_was_said_is_there_for_whoever_opens_the_journal_later() {
        let (_home, journal) = place();
        let id = RegistrationId::new("r1");
        let said = open(&journal).annotate(&id, verdict(Verdict::Wrong), &operator("alba"), at(1)).await.unwrap();
        assert_eq!(said.verdicts.len(), 1);
        assert_eq!(read_of(&open(&journal), "r1").await, said);
        assert_eq!(read_of(&open(&journal), "r2").await, DeskNotes::default());
    }

    #[tokio::test]
    async fn two_programs_see_what_the_other_says_and_only_one_gets_a_claim() {
        let (_home, journal) = place();
        let (one, other) = (open(&journal), open(&journal));
        let id = RegistrationId::new("r1");
        one.annotate(&id, Annotation::Claim, &operator("alba"), at(1)).await.unwrap();
        let refused = other.annotate(&id, Annotation::Claim, &operator("bruno"), at(2)).await.unwrap_err();
        assert_eq!(refused.kind, ErrorKind::Conflict);
        other.annotate(&id, Annotation::Release, &operator("bruno"), at(3)).await.unwrap();
        other.annotate(&id, Annotation::Claim, &operator("bruno"), at(3)).await.unwrap();
        assert_eq!(read_of(&one, "r1").await.claim.unwrap().by, "bruno");
    }

    #[tokio::test(flavor = "multi_thread", worker_threads = 4)]
    async fn lines_written_at_once_do_not_mix() {
        let (_home, journal) = place();
        let rounds = 25;
        let writers = (0..4).map(|writer| {
            let notes = open(&journal);
            tokio::spawn(async move {
                for round in 0..rounds {
                    let id = RegistrationId::new(format!("w{writer}r{round}"));
                    notes.annotate(&id, Annotation::Claim, &operator("alba"), at(1)).await.unwrap();
                }
            })
        });
        for writer in writers.collect::<Vec<_>>() {
            writer.await.unwrap();
        }
        let notes = open(&journal);
        for writer in 0..4 {
            for round in 0..rounds {
                assert!(read_of(&notes, &format!("w{writer}r{round}")).await.claim.is_some(), "{writer} {round}");
            }
        }
    }

    #[tokio::test]
    async fn a_line_torn_by_a_crash_costs_nothing_else() {
        let (_home, journal) = place();
        let id = RegistrationId::new("r1");
        open(&journal).annotate(&id, Annotation::Claim, &operator("alba"), at(1)).await.unwrap();
        fs::OpenOptions::new().append(true).open(&journal).unwrap().write_all(b"{\"id\":\"r2\",\"at").unwrap();
        let notes = open(&journal);
        assert_eq!(read_of(&notes, "r1").await.claim.unwrap().by, "alba");
        notes.annotate(&id, verdict(Verdict::Right), &operator("alba"), at(2)).await.unwrap();
        let after = read_of(&open(&journal), "r1").await;
        assert_eq!((after.claim.is_some(), after.verdicts.len()), (true, 1));
    }

    #[tokio::test]
    async fn a_journal_that_was_taken_away_says_nothing_any_more() {
        let (_home, journal) = place();
        let notes = open(&journal);
        notes.annotate(&RegistrationId::new("r1"), Annotation::Claim, &operator("alba"), at(1)).await.unwrap();
        fs::remove_file(&journal).unwrap();
        assert_eq!(read_of(&notes, "r1").await, DeskNotes::default());
    }

    #[tokio::test]
    async fn what_is_said_about_somebody_is_forgotten_and_nothing_else() {
        let (_home, journal) = place();
        let notes = open(&journal);
        for id in ["r1", "r2", "r1"] {
            let note = Annotation::Note { text: format!("about {id}").as_str().into() };
            notes.annotate(&RegistrationId::new(id), note, &operator("alba"), at(1)).await.unwrap();
        }
        let fits = |id: &RegistrationId, _: &str| id.as_str() == "r1";
        assert_eq!(annotations_about(&journal, fits).unwrap(), 2);
        forget_annotations(&journal, fits).unwrap();
        assert_eq!(annotations_about(&journal, |_, _| true).unwrap(), 1);
        assert_eq!(read_of(&notes, "r1").await, DeskNotes::default());
        assert_eq!(read_of(&notes, "r2").await.notes.len(), 1);
        assert_eq!(annotations_about(&journal, |_, line| line.contains("about r2")).unwrap(), 1);
        let nowhere = journal.with_file_name("nowhere");
        forget_annotations(&nowhere, fits).unwrap();
        assert!(!nowhere.exists());
    }

    #[tokio::test]
    async fn what_cannot_be_written_is_refused_with_the_place() {
        let (home, journal) = place();
        fs::write(home.path().join("profile"), "in the way").unwrap();
        let notes = open(&journal);
        let id = RegistrationId::new("r1");
        let refused = notes.annotate(&id, Annotation::Claim, &operator("alba"), at(1)).await.unwrap_err();
        assert_eq!(refused.kind, ErrorKind::Storage);
        assert!(refused.message.contains("annotations.ndjson") && refused.message.contains("Nothing was noted"));
    }

    #[tokio::test]
    async fn without_a_journal_it_is_remembered_until_the_end() {
        let notes = Notes::new(None);
        notes.annotate(&RegistrationId::new("r1"), Annotation::Claim, &operator("alba"), at(1)).await.unwrap();
        assert_eq!(read_of(&notes, "r1").await.claim.unwrap().by, "alba");
        assert!(!notes.are_kept());
    }

    #[cfg(unix)]
    #[tokio::test]
    async fn nobody_else_reads_the_journal() {
        use std::os::unix::fs::PermissionsExt as _;
        let (_home, journal) = place();
        open(&journal).annotate(&RegistrationId::new("r1"), Annotation::Claim, &operator("a"), at(1)).await.unwrap();
        let mode = |path: &Path| fs::metadata(path).unwrap().permissions().mode() & 0o777;
        assert_eq!((mode(&journal), mode(journal.parent().unwrap())), (0o600, 0o700));
    }
}
