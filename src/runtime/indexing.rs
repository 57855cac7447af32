//! Everything a backend has, as an index: the one that was kept, or every page, taken in on another thread than they are
//! read on.

use std::thread;

use tokio::sync::{
    mpsc::{self, Sender},
    oneshot,
};

use super::Stored;
use crate::{
    app::{Message, RequestId},
    backend::{BackendError, ErrorKind, ListRequest},
    index::Index,
    model::{Registration, Timestamp},
};

/// Pages that may lie ready while others are taken in.
const READY: usize = 16;
/// How far filling stands back behind the rest of the program: a tenth of the processor beside a thread that does not.
const NICE: i32 = 10;
/// How often progress is told, in pages.
const TOLD: u32 = 25;

/// An index that is being filled.
pub struct Filling {
    pages: Sender<Vec<Registration>>,
    filled: oneshot::Receiver<Box<Index>>,
}

impl Filling {
    /// Begins with an empty index, on a thread that nobody waits for when the program is left.
    pub fn begin(mut index: Box<Index>, now: Timestamp) -> Self {
        let (pages, mut ready) = mpsc::channel::<Vec<Registration>>(READY);
        let filled = behind(move || {
            while let Some(page) = ready.blocking_recv() {
                index.fill(page, now);
            }
            index.judge_all(now);
            index
        });
        Self { pages, filled }
    }

    /// Hands over a page; waits while many are ready. Whoever is known already is left as known.
    pub async fn add(&self, page: Vec<Registration>) {
        // If that thread has failed, the end says so.
        let _ = self.pages.send(page).await;
    }

    /// The index with everybody judged.
    ///
    /// # Errors
    /// If the thread broke off.
    pub async fn finish(self) -> Result<Box<Index>, BackendError> {
        drop(self.pages);
        self.filled.await.map_err(|_| broke_off())
    }
}

/// Does something on a thread that nobody waits for when the program is left.
pub(super) fn beside<T: Send + 'static>(work: impl FnOnce() -> T + Send + 'static) -> oneshot::Receiver<T> {
    let (done, outcome) = oneshot::channel();
    thread::spawn(move || {
        // Whoever wanted it may be gone by now.
        let _ = done.send(work());
    });
    outcome
}

/// The same for what takes long: the thread stands back behind all others.
pub(super) fn behind<T: Send + 'static>(work: impl FnOnce() -> T + Send + 'static) -> oneshot::Receiver<T> {
    beside(|| {
        // Keys and their frames come first where processors are few; the judging threads inherit this. Without the
        // right to be nice, it is as it was.
        let _ = rustix::process::nice(NICE);
        work()
    })
}

/// What is told when a thread has panicked.
pub(super) fn broke_off() -> BackendError {
    BackendError::new(ErrorKind::Server, "The index could not be made; the log file says where it broke off.")
}

/// Takes the index that was kept, or reads all pages and judges everybody. Tells how many have been read now and then.
pub(super) async fn index(
    stored: Stored<'_>,
    empty: Box<Index>,
    now: Timestamp,
    request: RequestId,
    answers: &Sender<Message>,
) -> Result<Box<Index>, BackendError> {
    if let Some(index) = stored.recall(empty.blank(), now).await {
        return Ok(index);
    }
    let position = stored.position().await;
    let filling = Filling::begin(Box::new(stored.under(*empty)), now);
    let mut count = 0;
    for number in 1.. {
        let page = stored.backend().list(ListRequest::page(number, ListRequest::MAX_LIMIT)).await?;
        count += page.registrations.len();
        // What is pushed onto the next page meanwhile is known, and announced besides.
        let is_last = page.is_last(number, page.registrations.len());
        filling.add(page.registrations).await;
        if is_last {
            break;
        }
        if number % TOLD == 0 {
            // The console may be gone by now.
            let _ = answers.send(Message::Indexing(request, count)).await;
        }
    }
    stored.keep(filling.finish().await?, position).await
}
