//! The queue of events for webhooks: what the sender of an endpoint works on.

use async_trait::async_trait;

use super::core::{self, Event, Fact};
use super::embedded::{Engine, Inner};
use super::store::StoredHook;
use crate::backend::{BackendError, ErrorKind, Hook, HookFilter, HookQueue};
use crate::model::{Delivery, Timestamp};

#[async_trait]
impl HookQueue for Engine {
    async fn due(&self, most: usize) -> Result<(Vec<Hook>, Option<Timestamp>), BackendError> {
        self.blocking(move |inner| {
            let (found, next) = inner.store.due_hooks(inner.clock.now(), most)?;
            let hooks = found.into_iter().map(|(number, hook)| told(inner, number, hook));
            Ok((hooks.collect::<Result<_, _>>()?, next.and_then(Timestamp::from_timestamp_micros)))
        })
        .await
    }

    async fn tried(&self, number: u64, delivery: Delivery, due: Option<Timestamp>) -> Result<(), BackendError> {
        self.blocking(move |inner| {
            inner.note_try(number, &delivery, due)?;
            Ok(())
        })
        .await
    }

    async fn hook(&self, number: u64) -> Result<Option<Hook>, BackendError> {
        self.blocking(move |inner| {
            let found = inner.store.hook(number)?;
            found.map(|hook| told(inner, number, hook)).transpose()
        })
        .await
    }

    async fn hooks(&self, filter: HookFilter, skip: usize, most: usize) -> Result<(Vec<Hook>, usize), BackendError> {
        self.blocking(move |inner| {
            let (found, count) = inner.store.hooks(&filter, skip, most)?;
            let hooks = found.into_iter().map(|(number, hook)| told(inner, number, hook));
            Ok((hooks.collect::<Result<_, _>>()?, count))
        })
        .await
    }

    async fn resend(&self, number: u64) -> Result<(), BackendError> {
        self.blocking(move |inner| {
            let now = inner.clock.now();
            let id = inner.store.write(|writer| {
                let hook = writer.hook(number)?.ok_or_else(|| missing(number))?;
                let id = hook.registration.clone();
                writer.put_hook(number, hook.clone(), StoredHook { due: Some(now), ..hook });
                Ok::<_, BackendError>(id)
            })?;
            // So that the sender looks for what is due.
            inner.tell(id);
            Ok(())
        })
        .await
    }
}

impl Inner {
    /// Notes a try at the event and at its registration, in one transaction.
    fn note_try(&self, number: u64, delivery: &Delivery, due: Option<Timestamp>) -> Result<(), BackendError> {
        let id = self.store.write(|writer| {
            let hook = writer.hook(number)?.ok_or_else(|| missing(number))?;
            let mut after = StoredHook { due, ..hook.clone() };
            after.tries.push(delivery.clone());
            let id = hook.registration.clone();
            writer.put_hook(number, hook, after);
            if let Some(state) = writer.load(&id)? {
                let event = Event { at: self.clock.now(), fact: Fact::Announced { delivery: delivery.clone() } };
                let expected = state.events;
                if let Some(state) = core::apply(Some(state), &event) {
                    writer.append(expected, &[event], &state)?;
                }
            }
            Ok::<_, BackendError>(id)
        })?;
        self.tell(id);
        Ok(())
    }
}

/// An event with the registration as it was.
fn told(inner: &Inner, number: u64, hook: StoredHook) -> Result<Hook, BackendError> {
    let mut events = inner.store.events(&hook.registration)?;
    events.truncate(usize::try_from(hook.events).unwrap_or(usize::MAX));
    let state = core::replay(&events).ok_or_else(|| BackendError::no_registration(&hook.registration))?;
    let StoredHook { name, at, tries, due, .. } = hook;
    Ok(Hook { number, name, at, registration: *state.registration, tries, due })
}

fn missing(number: u64) -> BackendError {
    BackendError::new(ErrorKind::NotFound, format!("There is no event {number} for webhooks."))
}
