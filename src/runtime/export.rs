//! Files that are exported to: only their owner can read them, they have their name only once they are whole, and no
//! file that is there already is touched unless that was asked for.

use std::{
    collections::HashMap,
    fs::{self, File},
    io::{self, BufWriter, ErrorKind, Write},
    path::{Path, PathBuf},
    sync::{Arc, Mutex, PoisonError},
};

use secrecy::ExposeSecret;
use tokio::sync::mpsc::Sender;

use crate::{
    app::{
        Message, RequestId,
        effect::{ExportStep, NotWritten},
    },
    backend::{Backend, Caller, Use},
    private,
};

/// A file that is being written, beside its name.
#[derive(Debug)]
pub struct ExportFile {
    target: PathBuf,
    /// What is written so far.
    part: PathBuf,
    /// The name was free and is held by an empty file of ours.
    holds_name: bool,
    file: BufWriter<File>,
}

impl ExportFile {
    /// Opens it. `replace`: what stands there may be replaced.
    pub fn open(target: &Path, replace: bool) -> Result<Self, NotWritten> {
        let other = |error: io::Error| {
            NotWritten::Other(match error.kind() {
                ErrorKind::NotFound => "there is no such directory".to_owned(),
                _ => error.to_string(),
            })
        };
        let name = target.file_name().ok_or_else(|| NotWritten::Other("this names no file".to_owned()))?;
        if target.is_dir() {
            return Err(NotWritten::Other("this is a directory; name a file in it".to_owned()));
        }
        let holds_name = match private::create_file(target) {
            Ok(_) => true,
            Err(error) if error.kind() == ErrorKind::AlreadyExists && replace => false,
            Err(error) if error.kind() == ErrorKind::AlreadyExists => return Err(NotWritten::Exists),
            Err(error) => return Err(other(error)),
        };
        let part = target.with_file_name(format!(".{}.{}.part", name.to_string_lossy(), private::random_name()));
        match private::create_file(&part) {
            Ok(file) => Ok(Self { target: target.to_owned(), part, holds_name, file: BufWriter::new(file) }),
            Err(error) => {
                if holds_name {
                    let _ = fs::remove_file(target);
                }
                Err(other(error))
            }
        }
    }

    /// Adds whole lines.
    pub fn write(&mut self, lines: &str) -> io::Result<()> {
        self.file.write_all(lines.as_bytes())
    }

    /// Gives it its name, once it is on disk.
    pub fn finish(mut self) -> io::Result<()> {
        self.file.flush()?;
        self.file.get_ref().sync_all()?;
        fs::rename(&self.part, &self.target)?;
        self.holds_name = false;
        Ok(())
    }
}

impl Drop for ExportFile {
    /// What did not become whole leaves nothing; once it has its name, there is no part any more.
    fn drop(&mut self) {
        let _ = fs::remove_file(&self.part);
        if self.holds_name {
            let _ = fs::remove_file(&self.target);
        }
    }
}

/// The files that the console writes.
#[derive(Debug, Clone, Default)]
pub struct Exports(Arc<Mutex<HashMap<RequestId, ExportFile>>>);

impl Exports {
    /// Takes a step on another thread, and answers. That an operator exports is noted before a file is opened.
    pub fn start(
        &self,
        request: RequestId,
        step: ExportStep,
        backend: Arc<dyn Backend>,
        operator: Caller,
        answers: &Sender<Message>,
    ) {
        let (exports, answers) = (self.clone(), answers.clone());
        tokio::spawn(async move {
            let (opens, is_abandoned) =
                (matches!(step, ExportStep::Open { .. }), matches!(step, ExportStep::Abandon { .. }));
            let noted = if opens { backend.note_use(Use::Exported, &operator).await } else { Ok(()) };
            let answer = match noted {
                Ok(()) => tokio::task::spawn_blocking(move || exports.take(request, step)).await,
                Err(error) => Ok(Err(NotWritten::Other(error.message))),
            };
            if !is_abandoned {
                let broken = |_| Err(NotWritten::Other("it broke off; the log file says where".to_owned()));
                // The console may be gone by now.
                let _ = answers.send(Message::Exported(request, answer.unwrap_or_else(broken))).await;
            }
        });
    }

    fn take(&self, request: RequestId, step: ExportStep) -> Result<(), NotWritten> {
        let other = |error: io::Error| NotWritten::Other(error.to_string());
        let gone = || NotWritten::Other("the file is not open any more".to_owned());
        // A panic elsewhere leaves the files as they were.
        let mut files = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        match step {
            ExportStep::Open { path, replace, head } => {
                let mut file = ExportFile::open(&at_home(&path), replace)?;
                file.write(&head).map_err(other)?;
                files.insert(request, file);
                Ok(())
            }
            ExportStep::Rows { file, text } => {
                files.get_mut(&file).ok_or_else(gone)?.write(text.expose_secret()).map_err(other)
            }
            ExportStep::Finish { file } => files.remove(&file).ok_or_else(gone)?.finish().map_err(other),
            ExportStep::Abandon { file } => {
                files.remove(&file);
                Ok(())
            }
        }
    }
}

/// A path as people write it: `~/` is the home directory.
fn at_home(path: &str) -> PathBuf {
    match (path.strip_prefix("~/"), directories::BaseDirs::new()) {
        (Some(rest), Some(user)) => user.home_dir().join(rest),
        _ => PathBuf::from(path),
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]

    use std::fs;

    use super::{ExportFile, NotWritten};

    fn names(directory: &std::path::Path) -> Vec<String> {
        let names = fs::read_dir(directory).unwrap().map(|entry| entry.unwrap().file_name());
        let mut names: Vec<String> = names.map(|name| name.into_string().unwrap()).collect();
        names.sort();
        names
    }

    #[test]
    fn a_file_is_its_owners_alone_and_whole_before_it_has_its_name() {
        let home = tempfile::tempdir().unwrap();
        let path = home.path().join("out.csv");
        let mut file = ExportFile::open(&path, false).unwrap();
        file.write("one\n").unwrap();
        assert_eq!(fs::read_to_string(&path).unwrap(), "", "the name is held meanwhile");
        file.write("two\n").unwrap();
        file.finish().unwrap();
        assert_eq!(fs::read_to_string(&path).unwrap(), "one\ntwo\n");
        assert_eq!(names(home.path()), ["out.csv"]);
        #[cfg(unix)]
        {
            use std::os::unix::fs::PermissionsExt as _;
            assert_eq!(fs::metadata(&path).unwrap().permissions().mode() & 0o777, 0o600);
        }
    }

    #[test]
    fn what_is_there_is_only_replaced_on_demand_and_only_by_something_whole() {
        let home = tempfile::tempdir().unwrap();
        let path = home.path().join("out.csv");
        fs::write(&path, "precious").unwrap();
        assert_eq!(ExportFile::open(&path, false).unwrap_err(), NotWritten::Exists);
        let mut file = ExportFile::open(&path, true).unwrap();
        file.write("half").unwrap();
        drop(file);
        assert_eq!(fs::read_to_string(&path).unwrap(), "precious");
        let mut file = ExportFile::open(&path, true).unwrap();
        file.write("new").unwrap();
        file.finish().unwrap();
        assert_eq!(
            (fs::read_to_string(&path).unwrap().as_str(), names(home.path())),
            ("new", vec!["out.csv".to_owned()])
        );
    }

    #[test]
    fn what_is_abandoned_leaves_nothing() {
        let home = tempfile::tempdir().unwrap();
        let mut file = ExportFile::open(&home.path().join("out.csv"), false).unwrap();
        file.write("half").unwrap();
        drop(file);
        assert!(names(home.path()).is_empty());
    }

    #[test]
    fn a_place_that_cannot_be_written_is_told_in_words() {
        let home = tempfile::tempdir().unwrap();
        let told = |path: &str| ExportFile::open(&home.path().join(path), false).unwrap_err().to_string();
        assert!(told("nowhere/out.csv").contains("no such directory"));
        assert!(told(".").contains("directory"));
    }
}
