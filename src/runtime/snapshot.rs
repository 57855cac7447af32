//! The snapshot of an index, in a file beside the store that it is of, readable by its owner alone: the next start reads
//! it, and from the store only what has changed since.

use std::{
    fs::{self, File},
    io::{self, Read},
    os::unix::fs::FileExt as _,
    path::{Path, PathBuf},
    sync::Arc,
    time::UNIX_EPOCH,
};

use tokio::task;

use super::indexing::{behind, beside, broke_off};
use crate::{
    backend::{Backend, BackendError, FeedPosition},
    index::{Index, Stamp},
    model::Timestamp,
    private,
    triage::Policy,
};

/// Fewer registrations are read and judged in about a second: no snapshot is made of them.
const FEWEST: usize = 2_000;
/// Once so many have changed since a snapshot, or have to be judged anew at every start, that is done aside.
const MANY: usize = 1_000;
/// And once they are more than this share of all, another one is made: writing everybody down takes longer than judging
/// a few anew.
const WORTH_ANOTHER: usize = 64;
/// With more than this share of all changed, reading everybody takes no longer.
const MOST_CHANGED: usize = 4;

/// Where a snapshot lies, and whose it has to be.
#[derive(Debug, Clone)]
pub struct SnapshotFile {
    path: PathBuf,
    maker: String,
}

impl SnapshotFile {
    /// The file of this name, of indexes that this build makes by a policy for an operator.
    pub fn at(path: PathBuf, policy: &Policy, operator: Option<&str>) -> Self {
        let version = env!("CARGO_PKG_VERSION");
        let maker = format!("{version} {} {:x} {operator:?}", build(), policy.fingerprint());
        Self { path, maker }
    }

    /// What was written, into an empty index that looks registrations up. One that cannot be used is deleted: it holds
    /// people's data.
    fn read(&self, empty: Index) -> Option<(Index, FeedPosition)> {
        let file = File::open(&self.path).ok()?;
        let length = file.metadata().ok()?.len();
        let read = empty.read_snapshot(&self.maker, |place| From { file: &file, place }, length);
        if read.is_none() {
            tracing::info!("the snapshot of the index is of no use, and deleted");
            // Whoever makes the next one replaces it.
            let _ = fs::remove_file(&self.path);
        }
        read.map(|(index, (number, mark))| (index, FeedPosition { number, mark }))
    }

    /// Writes beside the old one, and then in its place. Without one, the next start takes longer.
    fn write(&self, index: &Index, position: FeedPosition) {
        let beside = self.path.with_extension("snapshot.part");
        let written = self.write_to(&beside, index, position).and_then(|()| fs::rename(&beside, &self.path));
        if let Err(error) = written {
            tracing::warn!(%error, "the snapshot of the index could not be written");
            // Half a snapshot holds people's data, and is of use to nobody.
            let _ = fs::remove_file(&beside);
        }
    }

    fn write_to(&self, path: &Path, index: &Index, position: FeedPosition) -> io::Result<()> {
        let file = private::open_to_overwrite(path)?;
        file.set_len(0)?;
        let stamp = Stamp { maker: self.maker.clone(), position: (position.number, position.mark) };
        index.write_snapshot(&stamp, file)
    }
}

/// A file from some place on; others may read it elsewhere at the same time.
struct From<'a> {
    file: &'a File,
    place: u64,
}

impl Read for From<'_> {
    fn read(&mut self, bytes: &mut [u8]) -> io::Result<usize> {
        let read = self.file.read_at(bytes, self.place)?;
        self.place += read as u64;
        Ok(read)
    }
}

/// What tells builds of one version apart: rules may have changed between them.
fn build() -> String {
    let program = std::env::current_exe().and_then(fs::metadata);
    let made = program.and_then(|program| Ok((program.len(), program.modified()?)));
    let made = made.map(|(length, at)| (length, at.duration_since(UNIX_EPOCH).unwrap_or_default().as_nanos()));
    made.map_or_else(|_| "unknown".to_owned(), |(length, at)| format!("{length}-{at}"))
}

/// A store of this process behind an index: registrations are looked up in it, and it tells what has changed.
pub struct Stored<'a> {
    backend: &'a Arc<dyn Backend>,
    file: Option<&'a SnapshotFile>,
}

impl<'a> Stored<'a> {
    /// The store of a backend, with the snapshot beside it, if there is to be one.
    pub fn of(backend: &'a Arc<dyn Backend>, file: Option<&'a SnapshotFile>) -> Self {
        Self { backend, file }
    }

    /// The backend.
    pub fn backend(&self) -> &dyn Backend {
        self.backend.as_ref()
    }

    /// An empty index over it; as it is, if nothing is kept of the backend: a store that is far away is no place to look
    /// somebody up in while a screen is drawn.
    pub fn under(&self, empty: Index) -> Index {
        if self.file.is_none() || self.backend.feed().is_none() {
            return empty;
        }
        // An index that is left behind at the end must not keep the store from being closed: the next start would have
        // to go over all of it.
        let backend = Arc::downgrade(self.backend);
        empty.looking_up(Arc::new(move |id| backend.upgrade()?.feed()?.stored(id).ok().flatten()))
    }

    /// Where the changes end by now, for [`Stored::keep`]; `None` where nothing is kept.
    pub async fn position(&self) -> Option<FeedPosition> {
        self.file?;
        self.backend.feed()?.position().await.ok()
    }

    /// The index of the snapshot with what has changed since and what time has moved; `None` if everybody has to be
    /// read.
    pub async fn recall(&self, empty: Index, now: Timestamp) -> Option<Box<Index>> {
        let (file, feed) = (self.file?.clone(), self.backend.feed()?);
        let empty = self.under(empty);
        let reading = file.clone();
        let (mut index, position) = task::spawn_blocking(move || reading.read(empty)).await.ok()??;
        let (changed, position) = feed.since(position, usize::MAX).await.ok()??;
        if now < index.as_of() || changed.len() > index.len() / MOST_CHANGED {
            return None;
        }
        let (backend, count) = (Arc::clone(self.backend), changed.len());
        let follow = move || {
            let stored = changed.iter().map(|id| backend.feed()?.stored(id).ok()?.map(Arc::new));
            index.upsert(stored.collect::<Option<Vec<_>>>()?, now);
            if count + index.judge_due(now) > MANY.max(index.len() / WORTH_ANOTHER) {
                file.write(&index, position);
            }
            Some(Box::new(index))
        };
        let followed = if count > MANY { behind(follow) } else { beside(follow) };
        followed.await.ok()?
    }

    /// Keeps an index that everybody was read into from this position on, for the next start.
    ///
    /// # Errors
    /// If that broke off.
    pub async fn keep(&self, index: Box<Index>, position: Option<FeedPosition>) -> Result<Box<Index>, BackendError> {
        let (Some(file), Some(position)) = (self.file.cloned(), position) else { return Ok(index) };
        if index.len() < FEWEST {
            return Ok(index);
        }
        let written = behind(move || {
            file.write(&index, position);
            index
        });
        written.await.map_err(|_| broke_off())
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use std::sync::Arc;

    use super::{SnapshotFile, Stored};
    use crate::{
        backend::{Backend, Clock},
        engine::Engine,
        index::Index,
        triage::{Policy, testing::at},
    };

    #[test]
    fn an_index_over_a_store_does_not_keep_it_open() {
        let directory = tempfile::tempdir().unwrap();
        let open = || Engine::open(directory.path(), Clock::fixed(at(0)));
        let backend: Arc<dyn Backend> = Arc::new(open().unwrap());
        let file = SnapshotFile::at(directory.path().join("index.snapshot"), Policy::built_in(), None);
        let index = Stored::of(&backend, Some(&file)).under(Index::default());
        assert!(open().is_err(), "it is open");
        drop(backend);
        assert!(open().is_ok(), "it was closed although the index is still there");
        drop(index);
    }
}
