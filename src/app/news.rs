//! What came or changed just now, and what came back and was not looked at since.
//!
//! What is new is marked for a few seconds and then no more: nothing blinks. What came back stays marked until somebody
//! opens it, or decides on it again: it has moved since its last decision, by [`crate::triage::has_returned`].

use std::{collections::HashMap, sync::Arc, time::Duration};

use chrono::TimeDelta;

use super::{
    Effects, Model,
    effect::{Effect, Timer},
};
use crate::{
    index::Entry,
    model::{Registration, RegistrationId, Seen, Timestamp},
};

/// How long what is new is marked, seconds.
const SHOWN_SECONDS: i64 = 8;

/// What is to be told about a registration besides its state.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Novelty {
    /// It was not known before.
    Came,
    /// It is not as it was.
    Changed,
    /// It has moved since it was last decided on, and nobody has opened it since it moved.
    Returned,
}

/// What is new in the list.
#[derive(Debug, Default)]
pub struct News {
    /// What came or changed, and when that was told.
    fresh: HashMap<RegistrationId, (Novelty, Timestamp)>,
    /// When registrations were opened last.
    opened: HashMap<RegistrationId, Timestamp>,
    /// The timer that ends this runs.
    timed: bool,
}

impl News {
    fn tell(&mut self, id: RegistrationId, novelty: Novelty, now: Timestamp) {
        let told = self.fresh.entry(id).or_insert((novelty, now));
        // What came and changed at once has still come.
        told.1 = now;
    }
}

impl Model {
    /// What is new about a registration, if anything is.
    pub fn novelty(&self, entry: &Entry) -> Option<Novelty> {
        let news = &self.queue.news;
        let id = &entry.registration.id;
        let looked_at = |opened: &Timestamp| *opened >= entry.last_move();
        let returned = || entry.has_returned() && !news.opened.get(id).is_some_and(looked_at);
        news.fresh.get(id).map(|(novelty, _)| *novelty).or_else(|| returned().then_some(Novelty::Returned))
    }

    /// Takes registrations as they are now. While everything is read for the first time nothing of it is news.
    pub(super) fn take_in(&mut self, mut registrations: Vec<Registration>) {
        // A row that names its checks without telling of them says less than what was read of it in full.
        registrations.retain(|row| !(row.has_unloaded() && self.is_known_in_full(row)));
        let known = |registration: &Registration| (registration.id.clone(), self.index.seen(&registration.id));
        let before: Vec<(RegistrationId, Option<Seen>)> =
            if self.loading.complete_at.is_some() { registrations.iter().map(known).collect() } else { Vec::new() };
        self.index.upsert(registrations.into_iter().map(Arc::new).collect(), self.now);
        for (id, seen) in before {
            let is = self.index.seen(&id);
            match seen {
                None => self.queue.news.tell(id, Novelty::Came, self.now),
                Some(seen) if is.is_some_and(|is| is != seen) => self.queue.news.tell(id, Novelty::Changed, self.now),
                Some(_) => {}
            }
        }
    }

    /// Somebody looks at it: nothing about it is news any more.
    pub(super) fn look_at(&mut self, id: &RegistrationId) {
        self.queue.news.fresh.remove(id);
        self.queue.news.opened.insert(id.clone(), self.now);
    }

    /// Sees to it that news ends, if there is any.
    pub(super) fn time_news(&mut self) -> Effects {
        let news = &mut self.queue.news;
        let Some(oldest) = news.fresh.values().map(|(_, told)| *told).min().filter(|_| !news.timed) else {
            return Effects::none();
        };
        news.timed = true;
        let left = (oldest + TimeDelta::seconds(SHOWN_SECONDS) - self.now).num_seconds().clamp(1, SHOWN_SECONDS);
        Effects::one(Effect::Timer(Timer::News, Duration::from_secs(left.unsigned_abs())))
    }

    /// What was told long enough ago is news no more.
    pub(super) fn end_news(&mut self) {
        let news = &mut self.queue.news;
        news.timed = false;
        let now = self.now;
        news.fresh.retain(|_, (_, told)| (now - *told).num_seconds() < SHOWN_SECONDS);
    }
}
