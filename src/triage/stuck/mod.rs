//! Why a registration does not move, whose move it is, and what clears it.
//!
//! The ways of being stuck stand in one table, [`WAYS`]; the first that fits is the answer, so the order of the table
//! is part of it: what only the operator, the service or the integrator can clear stands before what waits for the
//! person, and within that the end of a flow before its beginning.

mod limits;
mod situation;
mod ways;

use std::borrow::Cow;

use chrono::TimeDelta;
use serde::{Deserialize, Serialize};

use super::{Act, Context, progress};
use crate::model::{Registration, RegistrationId, StepKind, Timestamp};
use limits::InForce;
pub use limits::{Limit, Limits, Stage, wait_ratio};
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
    /// Since when it has been so.
    pub since: Timestamp,
    /// Age, seconds.
    pub age_seconds: i64,
    /// How far that is against the limits.
    pub stage: Stage,
    /// The limit after which it is worth a look, seconds.
    pub warn_seconds: Option<i64>,
    /// The limit after which it counts as stuck, seconds (0: at once).
    pub limit_seconds: i64,
    /// The limit after which there is little hope, seconds.
    pub give_up_seconds: Option<i64>,
    /// Age by limit; 1 and more is stuck. Where the limit is 0 it is 1 and one more for every hour.
    pub ratio: f64,
    /// Whose move it is.
    pub turn: Turn,
    /// What an operator can do about it from here.
    pub act: Act,
    /// The registration to do it to, where that is another one.
    pub about: Option<RegistrationId>,
    /// What clears it, in words.
    pub next_action: Cow<'static, str>,
}

impl Stuck {
    /// Whether it has waited for longer than it should.
    pub fn is_over_its_limit(&self) -> bool {
        self.stage >= Stage::Stuck
    }

    /// The command line of this program that does what clears it, for the registration `id` that is stuck.
    pub fn command_line(&self, id: &RegistrationId) -> Option<String> {
        self.act.command_line(self.about.as_ref().unwrap_or(id))
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
    pub limits: Limits,
    /// What an operator can do about it from here.
    pub act: Act,
    /// What clears it, in words.
    pub next_action: &'static str,
    step: Place,
    find: for<'a> fn(&Situation<'a>) -> Option<Find<'a>>,
}

impl Way {
    /// The step it concerns; `None` where that differs from one registration to the next.
    pub fn step(&self) -> Option<&'static StepKind> {
        match self.step {
            Place::At(kind) => Some(kind),
            Place::WhereItStands | Place::OfTheIncident => None,
        }
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

/// That a registration is stuck in some way, and what is particular about it.
#[derive(Debug, Clone, Copy)]
struct Find<'a> {
    /// Since when.
    since: Timestamp,
    /// The other registration that has to be acted upon.
    about: Option<&'a RegistrationId>,
    /// The colleague who has it.
    holder: Option<&'a str>,
}

/// What blocks a registration, whether or not it is over its limit yet: the first way of [`WAYS`] that fits.
pub fn blocker(registration: &Registration, context: Context) -> Option<Stuck> {
    let situation = Situation::of(registration, context);
    let (way, found) = WAYS.iter().find_map(|way| Some((way, (way.find)(&situation)?)))?;
    let step = match way.step {
        Place::At(kind) => kind.clone(),
        Place::OfTheIncident if let Some(incident) = situation.incident => incident.step.clone(),
        Place::WhereItStands | Place::OfTheIncident => progress::where_it_stands(registration),
    };
    let flow = (&registration.project, registration.flow.settings.as_ref());
    let limits = InForce::of(way, &step, flow, context.policy);
    let age_seconds = (context.now - found.since).max(TimeDelta::zero()).num_seconds();
    let stage = limits.stage(age_seconds);
    for seconds in [limits.warn, Some(limits.stuck), limits.give_up].into_iter().flatten() {
        context.has_passed(found.since, TimeDelta::try_seconds(seconds).unwrap_or(TimeDelta::MAX));
    }
    // What is over does not stay on the desk for ever.
    if stage == Stage::GivenUp && registration.status.is_final() {
        return None;
    }
    Some(Stuck {
        reason: way.id,
        name: way.name,
        step,
        since: found.since,
        age_seconds,
        stage,
        warn_seconds: limits.warn,
        limit_seconds: limits.stuck,
        give_up_seconds: limits.give_up,
        ratio: limits.ratio(age_seconds),
        turn: way.turn,
        act: way.act,
        about: found.about.cloned(),
        next_action: next_action(way, found),
    })
}

/// The words of a way, with who or what is meant in this case.
fn next_action(way: &Way, found: Find) -> Cow<'static, str> {
    match (found.about, found.holder) {
        (Some(id), _) => Cow::Owned(format!("{} It is {id}.", way.next_action)),
        (None, Some(holder)) => Cow::Owned(format!("{} {holder} has it.", way.next_action)),
        (None, None) => Cow::Borrowed(way.next_action),
    }
}

#[cfg(test)]
mod tests;
