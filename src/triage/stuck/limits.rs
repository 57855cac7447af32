//! How long one may wait: built-in limits, what a house makes of them, and what an age then means.

use serde::{Deserialize, Serialize};

use crate::{
    model::{FlowSettings, ProjectRef, StepKind},
    triage::{Policy, Way},
};

/// How far a wait has come against its limits.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub enum Stage {
    /// Not worth a look yet.
    InTime,
    /// Worth a look before it gets stuck.
    Warn,
    /// Has waited for longer than it should.
    Stuck,
    /// Has waited for so long that there is little hope; still stuck.
    GivenUp,
}

impl Stage {
    /// All, from the beginning of a wait.
    pub const ALL: [Self; 4] = [Self::InTime, Self::Warn, Self::Stuck, Self::GivenUp];

    /// The word on the wire and in queries.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::InTime => "in_time",
            Self::Warn => "warn",
            Self::Stuck => "stuck",
            Self::GivenUp => "given_up",
        }
    }

    /// What people read.
    pub fn label(self) -> &'static str {
        match self {
            Self::InTime => "in time",
            Self::Warn => "worth a look",
            Self::Stuck => "stuck",
            Self::GivenUp => "given up",
        }
    }
}

/// A span of waiting, before a flow or a house is known.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Limit {
    /// Waiting does not help.
    AtOnce,
    /// Minutes.
    Minutes(u32),
    /// The lifetime of the token handed out at creation: 120 minutes unless the flow says otherwise.
    TokenLife,
    /// The lifetime of a resent link: 30 minutes unless the flow says otherwise.
    LinkLife,
    /// The lifetime of a code: 10 minutes unless the flow says otherwise.
    CodeLife,
}

impl Limit {
    /// So many hours.
    pub(super) const fn hours(count: u32) -> Self {
        Self::Minutes(60 * count)
    }

    /// So many days.
    pub(super) const fn days(count: u32) -> Self {
        Self::hours(24 * count)
    }

    /// Seconds, with the flow's lifetimes.
    pub fn seconds(self, settings: Option<&FlowSettings>) -> i64 {
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

/// The limits of one way of being stuck. The lifetimes of tokens, links and codes are the service's; every other span
/// is our choice.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Limits {
    /// From then on it is worth a look; `None`: only once it is stuck.
    pub warn: Option<Limit>,
    /// From then on it is stuck.
    pub stuck: Limit,
    /// From then on there is little hope. `None`: never, because it is for us to clear it.
    pub give_up: Option<Limit>,
}

impl Limits {
    /// Stuck as soon as it is seen, and for as long as nobody clears it.
    pub(super) const AT_ONCE: Self = Self::stuck(Limit::AtOnce);

    /// Stuck from then on, without a warning and never given up.
    pub(super) const fn stuck(stuck: Limit) -> Self {
        Self { warn: None, stuck, give_up: None }
    }

    /// With a warning after so many minutes.
    pub(super) const fn warning_after(self, minutes: u32) -> Self {
        Self { warn: Some(Limit::Minutes(minutes)), ..self }
    }

    /// Given up after so many days.
    pub(super) const fn given_up_after(self, days: u32) -> Self {
        Self { give_up: Some(Limit::days(days)), ..self }
    }
}

/// The limits that apply to one registration, seconds: no later one before an earlier one, none below 0.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct InForce {
    pub(super) warn: Option<i64>,
    pub(super) stuck: i64,
    pub(super) give_up: Option<i64>,
}

impl InForce {
    /// What the house says before what is built in.
    pub(super) fn of(
        way: &Way,
        step: &StepKind,
        (project, settings): (&ProjectRef, Option<&FlowSettings>),
        policy: &Policy,
    ) -> Self {
        let house = policy.limits(way, step, project);
        let built_in = |limit: Option<Limit>| limit.map(|limit| limit.seconds(settings));
        let stuck = house.stuck.unwrap_or_else(|| way.limits.stuck.seconds(settings)).max(0);
        Self {
            // A house that moves one limit need not move the others along.
            warn: house.warn.or(built_in(way.limits.warn)).map(|warn| warn.clamp(0, stuck)),
            stuck,
            give_up: house.give_up.or(built_in(way.limits.give_up)).map(|give_up| give_up.max(stuck)),
        }
    }

    /// What an age in seconds means.
    pub(super) fn stage(&self, age: i64) -> Stage {
        if self.give_up.is_some_and(|give_up| age >= give_up) {
            Stage::GivenUp
        } else if age >= self.stuck {
            Stage::Stuck
        } else if self.warn.is_some_and(|warn| age >= warn) {
            Stage::Warn
        } else {
            Stage::InTime
        }
    }

    /// How far an age in seconds is beyond the stuck limit: 1 and more is stuck.
    pub(super) fn ratio(&self, age: i64) -> f64 {
        wait_ratio(age, self.stuck)
    }
}

/// How far a wait is beyond the limit after which it counts as stuck, both in seconds: 1 and more is stuck.
pub fn wait_ratio(age: i64, limit: i64) -> f64 {
    if limit == 0 { 1.0 + age as f64 / 3600.0 } else { age as f64 / limit as f64 }
}
