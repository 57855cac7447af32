//! Moves everything from one store to another: registrations with all their events, and what webhooks are told. What is
//! there already is passed over, so that a move that was cut short goes on where it ended.

use super::core;
use super::embedded::{Engine, Inner};
use super::storage::Storage;
use super::store::Record;
use crate::backend::{BackendError, ErrorKind, HookFilter};
use crate::model::RegistrationId;

/// Registrations that are written in one transaction.
const TOGETHER: usize = 500;

/// Events for webhooks that are read at once.
const HOOKS: usize = 5_000;

/// What a move has come to.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Moved {
    /// Registrations that were written.
    pub registrations: u64,
    /// Those that were there already, as they are.
    pub there: u64,
    /// Events for webhooks that are there now.
    pub hooks: u64,
}

impl Engine {
    /// Moves everything to another engine, which keeps what it has; nothing may be written to either meanwhile. Tells
    /// after each transaction how far it is. A registration that is there as something else ends it.
    pub async fn move_to(
        &self,
        target: &Engine,
        progress: impl FnMut(Moved) + Send + 'static,
    ) -> Result<Moved, BackendError> {
        let target = target.clone();
        self.blocking(move |inner| moved(inner, target.inner(), progress)).await
    }
}

fn moved(source: &Inner, target: &Inner, mut progress: impl FnMut(Moved)) -> Result<Moved, BackendError> {
    let (source, target) = (source.store.as_ref(), target.store.as_ref());
    let (mut moved, mut after) = (Moved::default(), None);
    loop {
        let ids = source.ids(after.as_ref(), TOGETHER)?;
        let Some(last) = ids.last() else { break };
        after = Some(last.clone());
        let mut missing = Vec::new();
        for id in &ids {
            match record(source, target, id)? {
                Some(record) => missing.push(Ok(record)),
                None => moved.there += 1,
            }
        }
        moved.registrations += target.fill(&mut missing.into_iter(), TOGETHER, &mut |_| {})?;
        progress(moved);
    }
    moved.hooks = hooks(source, target)?;
    Ok(moved)
}

/// What is to be written of a registration; `None` if it is there already.
fn record(source: &dyn Storage, target: &dyn Storage, id: &RegistrationId) -> Result<Option<Record>, BackendError> {
    let events = source.events(id)?;
    // Not the snapshot, which may say of its flow what the catalogue says today.
    let state = core::replay(&events).ok_or_else(|| broken(id))?;
    match target.load(id)? {
        Some(there) if there.events == state.events => Ok(None),
        Some(_) => {
            let message =
                format!("{id} is there already, and something else has happened to it. Move to an empty store.");
            Err(BackendError::new(ErrorKind::Conflict, message))
        }
        None => Ok(Some(Record::of(&events, &state)?)),
    }
}

fn broken(id: &RegistrationId) -> BackendError {
    let message = format!("The events of {id} lead to nothing. `regdesk check` tells what is wrong with the store.");
    BackendError::new(ErrorKind::Storage, message)
}

/// Moves the queue, each event under its number.
fn hooks(source: &dyn Storage, target: &dyn Storage) -> Result<u64, BackendError> {
    let mut moved = 0;
    loop {
        let (hooks, _) = source.hooks(&HookFilter::default(), moved as usize, HOOKS)?;
        if hooks.is_empty() {
            return Ok(moved);
        }
        moved += hooks.len() as u64;
        target.take_hooks(&hooks)?;
    }
}
