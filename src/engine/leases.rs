//! Claims that a console takes in a store that is shared: they are leased, and go when the console goes.
//!
//! A lease is a row beside the registration, with an end that the database tells by its own clock. Whoever lives renews
//! theirs; of whoever does not any more, another process gives the claims back, with an event like any other, so that
//! everybody hears of it. Claims of commands have no lease: nobody would renew it. They hold until they are released.

use std::sync::{Arc, Weak};
use std::thread;
use std::time::Duration;

use super::core::{Command, Fact, Run};
use super::embedded::{Engine, Failure, Inner};
use super::storage::{Holder, Lease, LeaseChange};
use super::store::Writer;
use crate::backend::{Annotation, BackendError, Caller, ErrorKind};
use crate::model::RegistrationId;

/// How often a lease is renewed before it would be over: two attempts may fail.
const RENEWALS: u32 = 3;

/// How much sooner it is tried again after a failure.
const SOONER: u32 = 4;

/// The leases of a console. They are given back by [`Leasing::end`]; dropped without it, they run out.
pub struct Leasing {
    engine: Engine,
    holder: Holder,
}

impl Engine {
    /// From now on whatever is claimed through this engine is claimed for so long, and for as long as the engine lives
    /// and reaches the database. `None` for a store in a file, whose claims hold until they are released.
    pub fn lease_claims(&self, length: Duration) -> Result<Option<Leasing>, BackendError> {
        let inner = self.shared();
        if inner.store.is_at_hand() {
            return Ok(None);
        }
        let failed = |reason: String| {
            BackendError::new(ErrorKind::Storage, format!("Claims cannot be held: {reason}. Start the console again."))
        };
        let number = getrandom::u64().map_err(|error| failed(error.to_string()))?;
        // Positive, as whoever looks into the table would expect.
        let holder = Holder { number: (number >> 1).cast_signed(), length };
        let holder = *inner.holder.get_or_init(|| holder);
        let renewing = Arc::downgrade(inner);
        let began = thread::Builder::new().name("renew".to_owned()).spawn(move || renew(&renewing, holder));
        began.map_err(|error| failed(error.to_string()))?;
        Ok(Some(Leasing { engine: self.clone(), holder }))
    }
}

fn renew(engine: &Weak<Inner>, holder: Holder) {
    let mut pause = holder.length / RENEWALS;
    loop {
        thread::sleep(pause);
        let Some(engine) = engine.upgrade() else { return };
        pause = holder.length / RENEWALS;
        if let Err(error) = engine.store.renew(holder) {
            tracing::warn!(%error, "the leases on claims could not be renewed");
            pause /= SOONER;
        }
    }
}

impl Leasing {
    /// Gives back what is still held.
    pub async fn end(self) -> Result<(), BackendError> {
        let holder = self.holder.number;
        self.engine
            .blocking(move |inner| {
                let held = inner.store.held(self.holder)?;
                held.iter().try_for_each(|id| inner.give_back(id, |lease| lease.holder == holder))
            })
            .await
    }
}

impl Inner {
    /// Gives back the claims of those who no longer renew them.
    pub(super) fn end_lapsed(&self) -> Result<(), BackendError> {
        self.store.lapsed()?.iter().try_for_each(|id| self.give_back(id, |lease| lease.is_over))
    }

    /// Gives a claim back if its lease still is one of these.
    fn give_back(&self, id: &RegistrationId, is_meant: impl Fn(&Lease) -> bool) -> Result<(), BackendError> {
        let system = Caller::system();
        let release = Command::Annotate { annotation: Annotation::Release, by: system.clone() };
        let was_given_back = self.store.write(|writer| {
            if !writer.lease(id)?.as_ref().is_some_and(&is_meant) {
                return Ok(false);
            }
            writer.change_lease(LeaseChange::End(id.clone()));
            let is_claimed = writer.load(id)?.is_some_and(|state| state.registration.desk.claim.is_some());
            if is_claimed {
                self.transact(writer, id, &release, &system, self.clock.now())?;
            }
            Ok::<_, Failure>(is_claimed)
        })?;
        if was_given_back {
            self.tell(id.clone());
        }
        Ok(())
    }

    /// Says what becomes of the lease on a claim when this was done.
    pub(super) fn lease(&self, writer: &mut Writer<'_>, command: &Command, run: &Run) {
        let Command::Annotate { annotation, .. } = command else { return };
        if run.refusal.is_some() || self.store.is_at_hand() {
            return;
        }
        let id = run.state.registration.id.clone();
        let is_news = run.events.iter().any(|event| matches!(event.fact, Fact::Annotated { .. }));
        match (annotation, self.holder.get()) {
            (Annotation::Claim, Some(holder)) if is_news => writer.change_lease(LeaseChange::Begin(id, *holder)),
            // Somebody who has claimed it already goes on at this console; what was claimed for good stays so.
            (Annotation::Claim, Some(holder)) => writer.change_lease(LeaseChange::TakeOver(id, *holder)),
            (Annotation::Claim, None) | (Annotation::Release, _) => writer.change_lease(LeaseChange::End(id)),
            _ => {}
        }
    }
}
