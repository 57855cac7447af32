//! Everything a backend has, read into an index: pages are taken in on another thread than they are read on.

use std::thread;

use tokio::sync::{
    mpsc::{self, Sender},
    oneshot,
};

use crate::{
    app::{Message, RequestId},
    backend::{Backend, BackendError, ErrorKind, ListRequest},
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
        let (done, filled) = oneshot::channel();
        thread::spawn(move || {
            // Keys and their frames come first where processors are few; the judging threads inherit this. Without the
            // right to be nice, it is as it was.
            let _ = rustix::process::nice(NICE);
            while let Some(page) = ready.blocking_recv() {
                index.fill(page, now);
            }
            index.judge_all(now);
            // Whoever wanted it may be gone by now.
            let _ = done.send(index);
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
        self.filled.await.map_err(|_| {
            BackendError::new(ErrorKind::Server, "The index could not be made; the log file says where it broke off.")
        })
    }
}

/// Reads all pages and judges everybody. Tells how many have been read now and then.
pub(super) async fn index(
    backend: &dyn Backend,
    index: Box<Index>,
    now: Timestamp,
    request: RequestId,
    answers: &Sender<Message>,
) -> Result<Box<Index>, BackendError> {
    let filling = Filling::begin(index, now);
    let mut count = 0;
    for number in 1.. {
        let page = backend.list(ListRequest::page(number, ListRequest::MAX_LIMIT)).await?;
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
    filling.finish().await
}
