//! What the rules say, and how right they are.

use serde::Serialize;

use super::{Case, truth::Truth};
use crate::triage::{Severity, Share, flag_rates};

/// The rule that fires on members of a ring of three people and more.
const RING: &str = "VEL-05";

/// Flags over registrations.
#[derive(Debug, Clone, PartialEq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Flagged {
    /// Registrations with any flag.
    pub any: Share,
    /// With one that is high or critical.
    pub grave: Share,
    /// In a ring of three people and more.
    pub in_ring: Share,
    /// Of those known to be fraud, the share in such a ring.
    pub fraud_in_ring: Share,
    /// Rules that fire, or that somebody judged, most frequent first.
    pub rules: Vec<RuleRate>,
}

/// One rule.
#[derive(Debug, Clone, PartialEq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct RuleRate {
    /// Its id, or the source's code.
    pub rule: String,
    /// Its name.
    pub name: String,
    /// The gravest it fired with.
    pub severity: Severity,
    /// On how many registrations it fires.
    pub fires: Share,
    /// Of the flags judged right or wrong, the share that was right.
    pub right: Share,
    /// Judged, but nobody can tell.
    pub cannot_tell: usize,
}

pub(super) fn over(cases: &[Case]) -> Flagged {
    let rates = flag_rates(cases.iter().map(|case| (case.registration, case.judgement)));
    let told = rates.into_iter().filter(|rate| rate.count + rate.judgements() + rate.cannot_tell > 0);
    let mut rules: Vec<RuleRate> = told
        .map(|rate| RuleRate {
            fires: Share::new(rate.count, cases.len()),
            right: Share::new(rate.right, rate.judgements()),
            cannot_tell: rate.cannot_tell,
            severity: rate.severity,
            rule: rate.rule,
            name: rate.name,
        })
        .collect();
    rules.sort_by(|left, right| right.fires.hits.cmp(&left.fires.hits).then_with(|| left.rule.cmp(&right.rule)));
    let mut flagged = Flagged {
        any: Share::default(),
        grave: Share::default(),
        in_ring: Share::default(),
        fraud_in_ring: Share::default(),
        rules,
    };
    for case in cases {
        let flags = &case.judgement.flags;
        let in_ring = flags.iter().any(|flag| flag.rule == RING);
        flagged.any.count(!flags.is_empty());
        flagged.grave.count(flags.iter().any(|flag| flag.severity >= Severity::High));
        flagged.in_ring.count(in_ring);
        if Truth::of(case.registration) == Truth::Fraud {
            flagged.fraud_in_ring.count(in_ring);
        }
    }
    flagged
}
