//! Movement: while the demo runs, people go on with their registrations and new ones arrive.

use std::time::Duration;

use tokio::sync::broadcast;
use tokio::task::JoinHandle;

use super::People;
use super::chance::Chance;
use super::moves::next_move;
use super::stage::Begun;
use crate::backend::{Backend as _, Caller, CallerKind, Clock, ListRequest};
use crate::engine::Engine;
use crate::engine::core::Command;
use crate::model::{Registration, RegistrationId, Status, Timestamp};

/// Milliseconds between two moves, at normal speed.
const PAUSE: std::ops::RangeInclusive<i64> = 500..=3_000;
/// People under way at normal speed: with the pauses above, each of them moves about once in 40 seconds.
const CROWD: usize = 24;
/// More than this are never under way, however fast the demo runs.
const LARGEST_CROWD: usize = 500;
/// Whoever moved within so many minutes before the demo began is still at it.
const STILL_AT_IT: i64 = 15;
/// Pages of registrations to look through for them.
const PAGES: u32 = 10;
/// Of a hundred moves, so many are somebody giving up for now.
const GIVES_UP: u32 = 4;
/// Of a hundred moves in a full crowd, so many are somebody new.
const ARRIVES: u32 = 10;

/// People who move as long as this is held.
#[derive(Debug)]
pub struct Movement(JoinHandle<()>);

impl Drop for Movement {
    fn drop(&mut self) {
        self.0.abort();
    }
}

impl Movement {
    /// Lets people move. A speed of 2 has twice as many of them do things; speeds from 0.1 to 100 are taken.
    pub(super) fn start(mut mover: Mover, speed: f64) -> Self {
        let speed = if speed.is_finite() { speed.clamp(0.1, 100.0) } else { 1.0 };
        mover.crowd = ((CROWD as f64 * speed) as usize).clamp(4, LARGEST_CROWD);
        Self(tokio::spawn(async move {
            mover.gather().await;
            loop {
                let pause = mover.chance.between(PAUSE) as f64 / speed;
                tokio::time::sleep(Duration::from_millis(pause as u64)).await;
                mover.step().await;
            }
        }))
    }
}

/// Chooses who moves and has them do it.
pub(super) struct Mover {
    engine: Engine,
    clock: Clock,
    people: People,
    pub(super) chance: Chance,
    crowd: usize,
    /// Who is under way.
    pub(super) under_way: Vec<RegistrationId>,
    changes: Option<broadcast::Receiver<RegistrationId>>,
}

impl Mover {
    /// Nobody is under way until [`Mover::gather`].
    pub(super) fn new(engine: Engine, clock: Clock, people: People, seed: u64) -> Self {
        let changes = engine.changes();
        let chance = Chance::of(seed, u64::MAX - 1);
        Self { engine, clock, people, chance, crowd: CROWD, under_way: Vec::new(), changes }
    }

    /// Finds the people who were at it a moment ago.
    pub(super) async fn gather(&mut self) {
        let now = self.clock.now();
        for page in 1..=PAGES {
            let Ok(page) = self.engine.list(ListRequest::page(page, ListRequest::MAX_LIMIT)).await else { return };
            if page.registrations.is_empty() {
                return;
            }
            let recent = page.registrations.into_iter().filter(|registration| {
                is_running(registration) && (now - registration.updated_at).num_minutes() < STILL_AT_IT
            });
            self.under_way.extend(recent.map(|registration| registration.id).take(self.crowd));
            if self.under_way.len() >= self.crowd {
                return;
            }
        }
    }

    /// One move of one person. What the engine refuses is left at that: the operator may have been faster.
    pub(super) async fn step(&mut self) {
        let now = self.clock.now();
        self.notice_newcomers(now).await;
        let arrives = if self.under_way.len() < self.crowd { 35 } else { ARRIVES };
        if self.under_way.is_empty() || self.under_way.len() < LARGEST_CROWD && self.chance.percent(arrives) {
            return self.arrive(now).await;
        }
        let Some(id) = self.chance.pick(&self.under_way).cloned() else { return };
        let registration = self.engine.retrieve(&id, &Caller::system()).await.ok();
        let commands = match &registration {
            Some(registration) if !self.chance.percent(GIVES_UP) => next_move(registration, &mut self.chance, now),
            _ => Vec::new(),
        };
        if commands.is_empty() {
            self.under_way.retain(|other| *other != id);
        }
        for (caller, command) in commands {
            if self.engine.execute_at(&id, command, &caller, self.clock.now()).await.is_err() {
                break;
            }
        }
    }

    /// Somebody new opens a registration.
    async fn arrive(&mut self, now: Timestamp) {
        self.people.stage.now = now;
        let Some(story) = self.people.stage.begin(|_| true, Begun::Between(0, 0)) else { return };
        let id = story.id.clone();
        let caller = Caller {
            ip: Some(story.person.ip.clone()),
            user_agent: Some(story.person.user_agent.clone()),
            ..Caller::of(CallerKind::Client)
        };
        let opening = story.into_script().into_iter().map(|(_, command)| command).next();
        let Some(opening @ Command::Create(_)) = opening else { return };
        if self.engine.execute_at(&id, opening, &caller, now).await.is_ok() {
            self.under_way.push(id);
        }
    }

    /// Whoever was just created or got a fresh link at this desk will go on with it.
    async fn notice_newcomers(&mut self, now: Timestamp) {
        let Some(changes) = &mut self.changes else { return };
        let mut touched = Vec::new();
        loop {
            match changes.try_recv() {
                Ok(id) => touched.push(id),
                Err(broadcast::error::TryRecvError::Lagged(_)) => {}
                Err(_) => break,
            }
        }
        for id in touched {
            if self.under_way.contains(&id) {
                continue;
            }
            let Ok(registration) = self.engine.retrieve(&id, &Caller::system()).await else { continue };
            let has_link = registration.link_resent.map_or(registration.created_at, |moment| moment.at);
            if is_running(&registration) && (now - has_link).num_seconds() < 60 {
                self.under_way.push(id);
            }
        }
    }
}

fn is_running(registration: &Registration) -> bool {
    matches!(registration.status, Status::Started | Status::Ongoing)
}

#[cfg(test)]
mod tests;
