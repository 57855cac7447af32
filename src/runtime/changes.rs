//! Changes that the backend announces, read and handed on in batches.

use std::{collections::BTreeSet, sync::Arc, time::Duration};

use tokio::sync::{
    broadcast::{Receiver, error::RecvError},
    mpsc::Sender,
};

use crate::{
    app::{Message, effect::Timer},
    backend::{Backend, Caller},
    model::RegistrationId,
};

/// How long changes are gathered before they are read: a burst is one update.
const GATHER: Duration = Duration::from_millis(40);

/// So many are handed on together: each takes some tenths of a millisecond, and keys wait for that.
const TOGETHER: usize = 2;

/// Follows the backend's changes until either side is gone.
pub async fn follow(backend: Arc<dyn Backend>, mut changes: Receiver<RegistrationId>, answers: Sender<Message>) {
    loop {
        let mut ids = BTreeSet::new();
        match changes.recv().await {
            Ok(id) => ids.insert(id),
            // Too many to follow one by one: read everything again.
            Err(RecvError::Lagged(_)) => {
                if answers.send(Timer::Refresh.message()).await.is_err() {
                    return;
                }
                continue;
            }
            Err(RecvError::Closed) => return,
        };
        tokio::time::sleep(GATHER).await;
        while let Ok(id) = changes.try_recv() {
            ids.insert(id);
        }
        let mut registrations = Vec::with_capacity(ids.len());
        for id in ids {
            if let Ok(registration) = backend.retrieve(&id, &Caller::system()).await {
                registrations.push(registration);
            }
        }
        let mut registrations = registrations.into_iter().peekable();
        while registrations.peek().is_some() {
            let together = registrations.by_ref().take(TOGETHER).collect();
            if answers.send(Message::Changed(together)).await.is_err() {
                return;
            }
        }
    }
}
