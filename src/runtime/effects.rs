//! Effects as work: each runs on its own task and answers with one message.

use std::{future::Future, sync::Arc};

use tokio::sync::mpsc::Sender;

use super::{SnapshotFile, Stored, export::Exports, indexing};
use crate::{
    app::{Effect, Message},
    backend::{Backend, BackendError, Caller, ErrorKind, Use, sync_as_seen},
    model::{Registration, RegistrationId},
};

/// Starts the work of an effect that concerns the backend or a file that is exported to, in the operator's name; any
/// other effect is handed back.
pub fn start(
    effect: Effect,
    backend: &Arc<dyn Backend>,
    operator: &Caller,
    exports: &Exports,
    snapshot: Option<&SnapshotFile>,
    answers: &Sender<Message>,
) -> Option<Effect> {
    let (backend, operator) = (Arc::clone(backend), operator.clone());
    match effect {
        Effect::List(request, list) => {
            answer(answers, move |result| Message::Listed(request, result), async move { backend.list(list).await });
        }
        Effect::Retrieve(request, id) => {
            let asked = id.clone();
            answer(answers, move |result| Message::Retrieved(request, id, result), async move {
                backend.retrieve(&asked, &operator).await
            });
        }
        Effect::Open(request, id) => {
            let asked = id.clone();
            let answered = move |result| Message::Retrieved(request, id, result);
            answer(answers, answered, async move { open(backend.as_ref(), asked, &operator).await });
        }
        Effect::Export(request, step) => exports.start(request, step, backend, operator, answers),
        Effect::Catalogue(request) => {
            let asked = Arc::clone(&backend);
            answer(answers, move |result| Message::Catalogue(request, result), async move {
                Ok((asked.projects().await?, asked.flows().await?))
            });
            let answers = answers.clone();
            tokio::spawn(async move {
                // The console may be gone by now.
                let _ = answers.send(Message::SignedInUntil(backend.signed_in_until().await)).await;
            });
        }
        Effect::Create(request, create) => {
            answer(answers, move |result| Message::Created(request, result), async move {
                backend.create(create, &operator).await
            });
        }
        Effect::Sync(request, id, sync, seen) => {
            let asked = id.clone();
            answer(answers, move |result| Message::Synced(request, id, result), async move {
                sync_as_seen(backend.as_ref(), &asked, sync, &seen, &operator).await
            });
        }
        Effect::Resend(request, id, resend) => {
            answer(answers, move |result| Message::Resent(request, result), async move {
                backend.resend(&id, resend, &operator).await
            });
        }
        Effect::Annotate(request, id, annotation) => {
            let asked = id.clone();
            answer(answers, move |result| Message::Annotated(request, id, result), async move {
                backend.annotate(&asked, annotation, &operator).await
            });
        }
        Effect::Index(request, index, now) => {
            let (progress, snapshot) = (answers.clone(), snapshot.cloned());
            answer(answers, move |result| Message::Indexed(request, result), async move {
                let stored = Stored::of(&backend, snapshot.as_ref());
                indexing::index(stored, index, now, request, &progress).await
            });
        }
        Effect::Discard(index) => _ = tokio::task::spawn_blocking(|| drop(index)),
        other => return Some(other),
    }
    None
}

/// Reads a registration that the operator opens, once that is noted.
async fn open(backend: &dyn Backend, id: RegistrationId, operator: &Caller) -> Result<Registration, BackendError> {
    backend.note_use(Use::Opened(id.clone()), operator).await?;
    backend.retrieve(&id, operator).await
}

/// Runs work and sends its answer. Work that panics is answered with an error, so that nothing waits for ever.
fn answer<T: Send + 'static>(
    answers: &Sender<Message>,
    message: impl FnOnce(Result<T, BackendError>) -> Message + Send + 'static,
    work: impl Future<Output = Result<T, BackendError>> + Send + 'static,
) {
    let answers = answers.clone();
    let work = tokio::spawn(work);
    tokio::spawn(async move {
        let result = work.await.unwrap_or_else(|_| {
            Err(BackendError::new(ErrorKind::Server, "The work broke off inside the program; the log file says where."))
        });
        // The console may be gone by now.
        let _ = answers.send(message(result)).await;
    });
}
