//! Opening the store: the directory, the file, its format, and what goes into a new one.

use std::cell::Cell;
use std::io;
use std::panic::{self, AssertUnwindSafe};
use std::path::{Path, PathBuf};

use redb::backends::InMemoryBackend;
use redb::{
    Builder, Database, DatabaseError, ReadableDatabase as _, ReadableTable as _, StorageError, WriteTransaction,
};

use super::hooks::Hooks;
use super::pages::Cursor;
use super::tables::{FLOWS, FORMAT, META, PROJECTS, Tables};
use super::turns::Turns;
use super::{Store, StoreError, copies, feed, migration, unfinished};
use crate::model::{Flow, Project};
use crate::private;

/// The file in the data directory.
const FILE: &str = "engine.redb";

/// The format of today without the feed of changes.
const FORMAT_WITHOUT_FEED: u64 = 2;

/// Memory for pages of the file. redb's own default of 1 GiB is too much for a console.
const CACHE_BYTES: usize = 64 * 1024 * 1024;

/// Why the store could not be opened: where, and what to do.
#[derive(Debug, thiserror::Error)]
pub enum OpenError {
    /// The data directory is not there and cannot be made.
    #[error("cannot make or enter the data directory {path}: {reason}. Choose another with --data-dir.")]
    Directory {
        /// The directory.
        path: PathBuf,
        /// What the system says.
        reason: io::Error,
    },
    /// The file cannot be written.
    #[error("cannot open {path} for writing: {reason}. Give yourself write access, or choose another --data-dir.")]
    Access {
        /// The file.
        path: PathBuf,
        /// What the system says.
        reason: io::Error,
    },
    /// Another process has it open.
    #[error("{path} is in use by another regdesk. Close that one, or choose another --data-dir.")]
    Locked {
        /// The file.
        path: PathBuf,
    },
    /// Written by another version of this program.
    #[error(
        "{path} has format {found}, this version reads format {FORMAT}. Use the regdesk that wrote it, or choose another \
         --data-dir."
    )]
    Format {
        /// The file.
        path: PathBuf,
        /// Its format.
        found: u64,
    },
    /// Something else lies there.
    #[error("{path} is not a store of regdesk. Move it away, or choose another --data-dir.")]
    Foreign {
        /// The file.
        path: PathBuf,
    },
    /// Nothing has been kept in it yet.
    #[error(
        "{path} holds nothing yet: whoever made it was stopped. What opens it next begins it anew, `regdesk list` too."
    )]
    Unfinished {
        /// The file.
        path: PathBuf,
    },
    /// There is no file.
    #[error("there is no store at {path}. Name another directory.")]
    Missing {
        /// Where it would lie.
        path: PathBuf,
    },
    /// A file of another format could not be copied before it is brought over.
    #[error("{path} was not brought over to this version, because no copy of it could be made: {reason}")]
    NoCopy {
        /// The file.
        path: PathBuf,
        /// Why.
        reason: String,
    },
    /// The file is damaged or the disk fails.
    #[error("cannot read {path}: {reason}. Bring a backup back with `regdesk restore`, or choose another --data-dir.")]
    Broken {
        /// The file.
        path: PathBuf,
        /// What the store says.
        reason: String,
    },
}

impl Store {
    /// Opens the store in a directory, or makes one there with these projects and flows. What is new is readable by
    /// its owner alone. `mending` is told, more than once, when a store that was not closed is read through first.
    pub(in crate::engine) fn open(
        directory: &Path,
        projects: &[Project],
        flows: &[Flow],
        mending: impl Fn() + Clone + 'static,
    ) -> Result<Self, OpenError> {
        private::create_directory(directory)
            .map_err(|reason| OpenError::Directory { path: directory.to_owned(), reason })?;
        let path = file_of(directory);
        let access = |reason| OpenError::Access { path: path.clone(), reason };
        private::open_file(&path).map_err(access)?;
        unfinished::begin_anew(&path).map_err(access)?;
        let open = || {
            let mending = mending.clone();
            let mut builder = Builder::new();
            builder.set_cache_size(CACHE_BYTES).set_repair_callback(move |_| mending());
            careful(&path, || builder.create(&path).map_err(|error| database_error(path.clone(), error)))
        };
        let mut database = open()?;
        if format_of(&database).is_ok_and(|format| format == Some(migration::FORMAT_BEFORE)) {
            drop(database);
            keep_copy(&path)?;
            database = open()?;
        }
        Self::with_database(database, projects, flows, &path)
    }

    /// A store that lives in memory and ends with the process.
    pub(in crate::engine) fn in_memory(projects: &[Project], flows: &[Flow]) -> Result<Self, OpenError> {
        let path = PathBuf::from("(memory)");
        let database = Builder::new()
            .create_with_backend(InMemoryBackend::new())
            .map_err(|error| database_error(path.clone(), error))?;
        Self::with_database(database, projects, flows, &path)
    }

    fn with_database(
        mut database: Database,
        projects: &[Project],
        flows: &[Flow],
        path: &Path,
    ) -> Result<Self, OpenError> {
        let broken = |error: StoreError| OpenError::Broken { path: path.to_owned(), reason: error.to_string() };
        let mark = feed::new_mark().map_err(broken)?;
        match format_of(&database).map_err(broken)? {
            None => initialise(&database, projects, flows, mark).map_err(broken)?,
            Some(FORMAT) => {}
            Some(FORMAT_WITHOUT_FEED) => feed::begin(&database, mark).map_err(broken)?,
            Some(migration::FORMAT_BEFORE) => migration::run(&mut database, mark).map_err(broken)?,
            Some(0) => return Err(OpenError::Foreign { path: path.to_owned() }),
            Some(found) => return Err(OpenError::Format { path: path.to_owned(), found }),
        }
        let (projects, flows) = catalog(&database).map_err(broken)?;
        Ok(Self { database, cursor: Cursor::default(), turns: Turns::default(), mark, projects, flows })
    }
}

/// Where the file of a data directory lies.
pub(super) fn file_of(directory: &Path) -> PathBuf {
    directory.join(FILE)
}

thread_local! {
    static TRYING: Cell<bool> = const { Cell::new(false) };
}

/// Whether this thread is reading a file that may be damaged, and a panic is no mistake of the program: redb panics over
/// pages that contradict each other. What becomes of it is an [`OpenError::Broken`].
pub fn is_trying() -> bool {
    TRYING.get()
}

/// Does something with a file that may be damaged.
pub(super) fn careful<T>(path: &Path, work: impl FnOnce() -> Result<T, OpenError>) -> Result<T, OpenError> {
    TRYING.set(true);
    let done = panic::catch_unwind(AssertUnwindSafe(work));
    TRYING.set(false);
    let reason = "its pages contradict each other".to_owned();
    done.unwrap_or_else(|_| Err(OpenError::Broken { path: path.to_owned(), reason }))
}

/// Opens a file that has to be there, and nobody else has open.
pub(super) fn existing(path: &Path) -> Result<Database, OpenError> {
    if !path.exists() {
        return Err(OpenError::Missing { path: path.to_owned() });
    }
    if unfinished::is_unfinished(path).is_ok_and(|is| is) {
        return Err(OpenError::Unfinished { path: path.to_owned() });
    }
    let opened = Builder::new().set_cache_size(CACHE_BYTES).open(path);
    opened.map_err(|error| database_error(path.to_owned(), error))
}

/// Refuses a file of any other format than today's, but for the one that only lacks the feed.
pub(super) fn require_format(database: &Database, path: &Path) -> Result<(), OpenError> {
    let path = path.to_owned();
    match format_of(database) {
        Ok(Some(FORMAT | FORMAT_WITHOUT_FEED)) => Ok(()),
        Ok(None) => Err(OpenError::Unfinished { path }),
        Ok(Some(0)) => Err(OpenError::Foreign { path }),
        Ok(Some(found)) => Err(OpenError::Format { path, found }),
        Err(error) => Err(OpenError::Broken { path, reason: error.to_string() }),
    }
}

/// Keeps a file of the format before as it was, beside the one that is brought over. A copy that is there is of an
/// attempt that was cut short, and makes way.
fn keep_copy(path: &Path) -> Result<(), OpenError> {
    let copy = path.with_extension(format!("redb.format-{}", migration::FORMAT_BEFORE));
    let no_copy = |reason: String| OpenError::NoCopy { path: path.to_owned(), reason };
    if copy.exists() {
        std::fs::remove_file(&copy).map_err(|reason| no_copy(format!("{}: {reason}.", copy.display())))?;
    }
    copies::copy_file(path, &copy).map_err(|error| no_copy(error.to_string()))?;
    tracing::info!(copy = %copy.display(), "the store as it was is kept in a copy");
    Ok(())
}

pub(super) fn database_error(path: PathBuf, error: DatabaseError) -> OpenError {
    match error {
        DatabaseError::DatabaseAlreadyOpen | DatabaseError::LockProtocolMismatch => OpenError::Locked { path },
        DatabaseError::UpgradeRequired(found) => OpenError::Format { path, found: found.into() },
        DatabaseError::Storage(StorageError::Io(reason)) if reason.kind() == io::ErrorKind::InvalidData => {
            OpenError::Foreign { path }
        }
        DatabaseError::Storage(StorageError::Io(reason)) => OpenError::Access { path, reason },
        other => OpenError::Broken { path, reason: other.to_string() },
    }
}

/// The format of a file; `None` for an empty one, 0 for a redb file of some other program.
fn format_of(database: &Database) -> Result<Option<u64>, StoreError> {
    let transaction = database.begin_read()?;
    if transaction.list_tables()?.next().is_none() {
        return Ok(None);
    }
    match transaction.open_table(META) {
        Ok(meta) => Ok(Some(meta.get("format")?.map_or(0, |format| format.value()))),
        Err(redb::TableError::Storage(error)) => Err(error.into()),
        Err(_) => Ok(Some(0)),
    }
}

fn initialise(database: &Database, projects: &[Project], flows: &[Flow], mark: u64) -> Result<(), StoreError> {
    let transaction = database.begin_write()?;
    {
        transaction.open_table(META)?.insert("format", FORMAT)?;
        let mut table = transaction.open_table(PROJECTS)?;
        for project in projects {
            table.insert(project.id.as_str(), serde_json::to_vec(project)?.as_slice())?;
        }
        let mut table = transaction.open_table(FLOWS)?;
        for flow in flows {
            table.insert(flow.id.as_str(), serde_json::to_vec(flow)?.as_slice())?;
        }
        make_tables(&transaction, mark)?;
    }
    transaction.commit()?;
    Ok(())
}

/// Makes every table that is not there, so that readers find all of them. A feed that is made begins with `mark`.
pub(super) fn make_tables(transaction: &WriteTransaction, mark: u64) -> Result<(), StoreError> {
    Tables::open(transaction, mark)?;
    Hooks::open(transaction)?;
    Ok(())
}

fn catalog(database: &Database) -> Result<(Vec<Project>, Vec<Flow>), StoreError> {
    let transaction = database.begin_read()?;
    let mut projects = Vec::new();
    for entry in transaction.open_table(PROJECTS)?.iter()? {
        projects.push(serde_json::from_slice(entry?.1.value())?);
    }
    let mut flows = Vec::new();
    for entry in transaction.open_table(FLOWS)?.iter()? {
        flows.push(serde_json::from_slice(entry?.1.value())?);
    }
    Ok((projects, flows))
}
