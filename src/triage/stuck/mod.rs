//! Why a registration does not move, whose move it is, and what clears it.
//!
//! The ways of being stuck stand in one table, [`WAYS`]; the first that fits is the answer, so the order of the table
//! is part of it: what only the operator, the service or the integrator can clear stands before what waits for the
//! person, and within that the end of a flow before its beginning.

mod situation;
mod ways;

use std::borrow::Cow;

use chrono::TimeDelta;
use serde::{Deserialize, Serialize};

use super::{Act, Context, progress};
use crate::model::{FlowSettings, Registration, StepKind, Timestamp};
use situation::Situation;
pub use ways::{STANDSTILL, WAYS};

/// Whose move it is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Turn {
    /// The service has to work.
    System,
    /// The operator has to act.
    Operator,
    /// Whoever built the integration has to act.
    Integrator,
    /// The person has to act.
    User,
}

impl Turn {
    /// All, most urgent first.
    pub const ALL: [Self; 4] = [Self::System, Self::Operator, Self::Integrator, Self::User];

    /// The word on the wire and in queries.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::System => "system",
            Self::Operator => "operator",
            Self::Integrator => "integrator",
            Self::User => "user",
        }
    }
}

/// Why a registration does not move.
#[derive(Debug, Clone, PartialEq)]
pub struct Stuck {
    /// Id of the way of being stuck, for example `D-03`.
    pub reason: &'static str,
    /// Short name.
    pub name: &'static str,
    /// The step concerned.
    pub step: StepKind,
    /// Since when nothing has moved.
    pub since: Timestamp,
    /// Age, seconds.
    pub age_seconds: i64,
    /// The limit after which it counts as stuck, seconds (0: at once).
    pub limit_seconds: i64,
    /// Age by limit; 1 and more is stuck. Where the limit is 0 it is 1 and one more for every hour.
    pub ratio: f64,
    /// Whose move it is.
    pub turn: Turn,
    /// What an operator can do about it from here.
    pub act: Act,
    /// What clears it, in words.
    pub next_action: Cow<'static, str>,
}

impl Stuck {
    /// Whether it has waited for longer than it should.
    pub fn is_over_its_limit(&self) -> bool {
        self.ratio >= 1.0
    }
}

/// One way of being stuck.
#[derive(Debug, Clone, Copy)]
pub struct Way {
    /// Stable id, for example `D-03`.
    pub id: &'static str,
    /// Short name.
    pub name: &'static str,
    /// Whose move it is.
    pub turn: Turn,
    /// After how long it counts.
    pub limit: Limit,
    /// What an operator can do about it from here.
    pub act: Act,
    /// What clears it, in words.
    pub next_action: &'static str,
    step: Place,
    applies: fn(&Situation) -> bool,
}

/// After how long without a move a registration counts as stuck.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Limit {
    /// Waiting does not help.
    AtOnce,
    /// Minutes; our choice.
    Minutes(u32),
    /// The lifetime of the token handed out at creation: 120 minutes unless the flow says otherwise.
    TokenLife,
    /// The lifetime of a resent link: 30 minutes unless the flow says otherwise.
    LinkLife,
    /// The lifetime of a code: 10 minutes unless the flow says otherwise.
    CodeLife,
}

impl Limit {
    /// Seconds, with the flow's lifetimes.
    fn seconds(self, settings: Option<&FlowSettings>) -> i64 {
        let told = |minutes: fn(&FlowSettings) -> Option<u32>| settings.and_then(minutes).filter(|told| *told > 0);
        let defaults = FlowSettings::DEFAULTS;
        60 * i64::from(match self {
            Self::AtOnce => 0,
            Self::Minutes(minutes) => minutes,
            Self::TokenLife => told(|settings| settings.token_minutes).unwrap_or(defaults.token_minutes),
            Self::LinkLife => told(|settings| settings.link_minutes).unwrap_or(defaults.link_minutes),
            Self::CodeLife => told(|settings| settings.code_minutes).unwrap_or(defaults.code_minutes),
        })
    }
}

/// Which step a way of being stuck concerns.
#[derive(Debug, Clone, Copy)]
enum Place {
    At(&'static StepKind),
    WhereItStands,
    /// The step of the incident that covers it.
    OfTheIncident,
}

/// What blocks a registration, whether or not it is over its limit yet: the first way of [`WAYS`] that fits.
pub fn blocker(registration: &Registration, context: Context) -> Option<Stuck> {
    let situation = Situation::of(registration, context);
    let way = WAYS.iter().find(|way| (way.applies)(&situation))?;
    let limit_seconds = way.limit.seconds(registration.flow.settings.as_ref());
    let age_seconds = situation.age.max(TimeDelta::zero()).num_seconds();
    let ratio =
        if limit_seconds == 0 { 1.0 + age_seconds as f64 / 3600.0 } else { age_seconds as f64 / limit_seconds as f64 };
    Some(Stuck {
        reason: way.id,
        name: way.name,
        step: match way.step {
            Place::At(kind) => kind.clone(),
            Place::OfTheIncident if let Some(incident) = situation.incident => incident.step.clone(),
            Place::WhereItStands | Place::OfTheIncident => progress::where_it_stands(registration),
        },
        since: situation.last_move,
        age_seconds,
        limit_seconds,
        ratio,
        turn: way.turn,
        act: way.act,
        next_action: Cow::Borrowed(way.next_action),
    })
}

#[cfg(test)]
mod tests;
