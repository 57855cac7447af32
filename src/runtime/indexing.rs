//! Everything a backend has, read into an index beside the one that is shown.

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
/// How often progress is told, in pages.
const TOLD: u32 = 25;

/// Reads all pages and judges everybody. Tells how many have been read now and then.
pub async fn index(
    backend: &dyn Backend,
    mut index: Box<Index>,
    now: Timestamp,
    request: RequestId,
    answers: &Sender<Message>,
) -> Result<Box<Index>, BackendError> {
    let (pages, mut ready) = mpsc::channel::<Vec<Registration>>(READY);
    let (done, filled) = oneshot::channel();
    // A thread that nobody waits for when the console is left.
    thread::spawn(move || {
        while let Some(page) = ready.blocking_recv() {
            index.fill(page, now);
        }
        index.judge_all(now);
        let _ = done.send(index);
    });
    let mut count = 0;
    for number in 1.. {
        let page = backend.list(ListRequest::page(number, ListRequest::MAX_LIMIT)).await?;
        count += page.registrations.len();
        // What is pushed onto the next page meanwhile is known, and announced besides.
        let is_last = page.is_last(number, page.registrations.len());
        if pages.send(page.registrations).await.is_err() || is_last {
            break;
        }
        if number % TOLD == 0 {
            // The console may be gone by now.
            let _ = answers.send(Message::Indexing(request, count)).await;
        }
    }
    drop(pages);
    filled.await.map_err(|_| {
        BackendError::new(ErrorKind::Server, "The index could not be made; the log file says where it broke off.")
    })
}
