//! Many lives at once: scripts are folded and encoded on all processors, while one thread writes.

use std::iter::{self, Enumerate, Fuse};
use std::num::NonZero;
use std::sync::mpsc::{self, SyncSender};
use std::sync::{Mutex, PoisonError};
use std::thread;

use super::core;
use super::embedded::Script;
use super::store::{Record, SORTED, StoreError};
use crate::backend::{BackendError, ErrorKind};

/// Scripts that a thread takes at a time.
const TAKEN_AT_ONCE: usize = 32;

/// Batches of records that may lie ready: as many records as are written together, some fifty megabytes, so that all
/// processors go on while the ones before are written.
const READY: usize = SORTED / TAKEN_AT_ONCE;

type Outcome = Result<Record, BackendError>;

/// Hands the records of scripts to whoever takes them, in no particular order. A script that the rules refuse is an
/// error that names its number, from 0; so is a thread that panicked, at the end.
pub(super) fn with_records<I: Iterator<Item = Script> + Send, R>(
    scripts: I,
    take: impl FnOnce(&mut dyn Iterator<Item = Outcome>) -> R,
) -> R {
    let scripts = Mutex::new(scripts.enumerate().fuse());
    let (sender, receiver) = mpsc::sync_channel(READY);
    thread::scope(|scope| {
        let threads = thread::available_parallelism().map_or(1, NonZero::get);
        let threads: Vec<_> = iter::repeat_n(sender, threads)
            .map(|sender| {
                let scripts = &scripts;
                scope.spawn(move || encode(scripts, &sender))
            })
            .collect();
        let stopped = iter::once_with(|| threads.into_iter().any(|thread| thread.join().is_err()));
        let stopped = stopped.filter(|stopped| *stopped).map(|_| Err(has_stopped()));
        take(&mut receiver.into_iter().flatten().chain(stopped))
    })
}

/// Folds scripts until there are none left, or nobody takes what comes of them.
fn encode<I: Iterator<Item = Script>>(scripts: &Mutex<Fuse<Enumerate<I>>>, sender: &SyncSender<Vec<Outcome>>) {
    loop {
        let taken: Vec<(usize, Script)> =
            scripts.lock().unwrap_or_else(PoisonError::into_inner).by_ref().take(TAKEN_AT_ONCE).collect();
        let records = taken.iter().filter_map(|(number, script)| record(*number, script).transpose()).collect();
        if taken.is_empty() || sender.send(records).is_err() {
            return;
        }
    }
}

fn record(number: usize, script: &Script) -> Result<Option<Record>, BackendError> {
    let folded = core::fold(script).map_err(|refusal| {
        let mut error = BackendError::from(refusal);
        error.message = format!("Script {number} cannot be played: {}", error.message);
        error
    })?;
    let record = folded.map(|(state, events)| Record::of(&events, &state));
    record.transpose().map_err(|error: StoreError| error.into())
}

fn has_stopped() -> BackendError {
    BackendError::new(ErrorKind::Storage, "The engine stopped in the middle of loading. Some of it may be there.")
}
