//! Events under construction: each is applied as it is added, so that the next rule sees its effect.

use chrono::TimeDelta;

use super::apply::follow;
use super::transitions::{self, Cause};
use super::{Event, Fact, Refusal, State};
use crate::backend::TokenKind;
use crate::model::{FlowSettings, Status, Timestamp};

/// Lifetime of a login token, minutes. Our own choice: the service does not document one.
const LOGIN_MINUTES: u32 = 30;

/// A decision in the making over a registration that exists.
pub(super) struct Draft {
    pub(super) state: State,
    pub(super) events: Vec<Event>,
    pub(super) at: Timestamp,
}

impl Draft {
    /// Starts from a state. Time never runs backwards within a registration, whatever the clock says.
    pub(super) fn of(state: State, now: Timestamp) -> Self {
        let at = now.max(state.last_at);
        Self { state, events: Vec::new(), at }
    }

    pub(super) fn settings(&self) -> &FlowSettings {
        self.state.settings()
    }

    pub(super) fn status(&self) -> &Status {
        &self.state.registration.status
    }

    /// Adds a fact.
    pub(super) fn push(self, fact: Fact) -> Self {
        let Self { state, mut events, at } = self;
        let event = Event { at, fact };
        let state = follow(state, &event);
        events.push(event);
        Self { state, events, at }
    }

    /// Moves the status, if it is another one. The only place where a status changes.
    pub(super) fn move_to(self, to: Status, cause: Cause) -> Result<Self, Refusal> {
        let from = self.status().clone();
        if from == to {
            return Ok(self);
        }
        if transitions::is_allowed(&from, &to, cause) {
            return Ok(self.push(Fact::StatusChanged { from, to }));
        }
        if cause == Cause::Flow && from == Status::Started && transitions::is_allowed(&Status::Ongoing, &to, cause) {
            return self.move_to(Status::Ongoing, cause)?.move_to(to, cause);
        }
        Err(Refusal::conflict("Conflict", format!("A registration that is {from} cannot become {to}.")))
    }

    /// The first thing that happens makes a registration ongoing.
    pub(super) fn begin(self) -> Result<Self, Refusal> {
        if *self.status() == Status::Started { self.move_to(Status::Ongoing, Cause::Flow) } else { Ok(self) }
    }

    /// Refuses once the registration is over.
    pub(super) fn require_open(&self) -> Result<(), Refusal> {
        match self.status() {
            Status::Expired => Err(Refusal::conflict(
                "registration_has_expired",
                "The registration has expired. Send the link again to reopen it.",
            )),
            status if status.is_final() => Err(Refusal::conflict(
                "registration_is_closed",
                format!("The registration is {status}: nothing more can be added. Only a decision can reopen it."),
            )),
            _ => Ok(()),
        }
    }

    /// Hands out a token of a kind, with the lifetime the flow gives it.
    pub(super) fn issue(self, token: super::Digest, kind: TokenKind) -> Self {
        let settings = self.settings();
        let minutes = match kind {
            TokenKind::Enrollee => settings.token_minutes.unwrap_or(FlowSettings::DEFAULTS.token_minutes),
            TokenKind::Continuation => settings.link_minutes.unwrap_or(FlowSettings::DEFAULTS.link_minutes),
            TokenKind::Login => LOGIN_MINUTES,
        };
        let expires_at = self.at + TimeDelta::minutes(minutes.into());
        self.push(Fact::TokenIssued { token, kind, expires_at })
    }

    /// Gives the registration a full lifetime from now on.
    pub(super) fn extend_lifetime(self) -> Self {
        let until = lifetime_end(self.settings(), self.at);
        self.push(Fact::LifetimeExtended { until })
    }
}

/// When a registration that starts (again) now runs out.
pub(super) fn lifetime_end(settings: &FlowSettings, from: Timestamp) -> Timestamp {
    let days = settings.expiry_days.unwrap_or(FlowSettings::DEFAULTS.expiry_days);
    from + TimeDelta::days(days.into())
}
