//! Judgement over registrations: red flags, risk, stuck reasons and links. Pure: `now` is always an argument.

mod act;
pub mod country;
mod flag;
mod horizon;
mod incident;
pub mod insights;
mod link_clock;
mod links;
mod lists;
mod mrz;
pub mod names;
mod policy;
mod progress;
mod proposal;
mod rates;
mod reasons;
mod risk;
mod rules;
mod share;
mod stuck;
#[cfg(test)]
pub(crate) mod testing;

pub use act::Act;
pub use flag::{Flag, REPORTED, Severity, ThresholdFrom};
pub use horizon::Horizon;
pub use incident::{Channels, Incident, Visit};
pub use link_clock::{LinkClock, LinkOrigin, link_left};
pub use links::{Link, LinkIndex, LinkKind, Ring, RingNode, RingRow};
pub use lists::{ListName, Lists};
pub use policy::{Adjustments, LimitAdjustment, Policy, RuleAdjustment};
pub use progress::{has_returned, last_move, where_it_stands};
pub use proposal::{Hindrance, Proposal};
pub use rates::{FlagRate, FlagRates, flag_rates};
pub use reasons::{Reason, Reasons};
pub use risk::Risk;
pub use rules::{Context, Finding, Number, RULES, Rule, RuleOutcome, evaluate, rule, rules};
pub use share::{Interval, Share};
pub use stuck::{Limit, Limits, STANDSTILL, Stage, Stuck, Turn, WAYS, Way, blocker, wait_ratio};

use crate::model::{Registration, Timestamp};

/// All that is thought of one registration at one time.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Judgement {
    /// Flags, worst first.
    pub flags: Vec<Flag>,
    /// Their roll-up.
    pub risk: Risk,
    /// What blocks it, if it has been blocked for longer than its limit.
    pub stuck: Option<Stuck>,
    /// Whose move it is, stuck or not; `None` once it is over.
    pub turn: Option<Turn>,
    /// How far its wait has come; `None` once it is over.
    pub stage: Option<Stage>,
    /// What is left of the link that the person holds; `None` once it is over.
    pub link: Option<LinkClock>,
    /// Who else shares something with it.
    pub links: Vec<Link>,
    /// From then on time alone may change it; `None`: never.
    pub holds_until: Option<Timestamp>,
}

/// Judges one registration among others.
pub fn judge(registration: &Registration, context: Context) -> Judgement {
    let horizon = Horizon::default();
    let context = Context { horizon: Some(&horizon), ..context };
    let mut flags: Vec<Flag> = rules::derived_flags(registration, context).collect();
    let reported = flag::reported_flags(registration);
    let unknown: Vec<Flag> = reported.filter(|reported| flags.iter().all(|flag| flag.rule != reported.rule)).collect();
    flags.extend(unknown);
    flags.sort_by(|left, right| right.severity.cmp(&left.severity).then_with(|| left.rule.cmp(&right.rule)));
    let blocker = blocker(registration, context);
    let link = link_left(registration, context.now);
    if let Some(link) = link {
        context.has_come(link.dies_at);
    }
    Judgement {
        risk: Risk::of(&flags),
        flags,
        turn: blocker.as_ref().map(|blocker| blocker.turn),
        stage: blocker.as_ref().map(|blocker| blocker.stage),
        link,
        stuck: blocker.filter(Stuck::is_over_its_limit),
        links: context.links.links_of(&registration.id),
        holds_until: horizon.end(),
    }
}

#[cfg(test)]
mod tests;
