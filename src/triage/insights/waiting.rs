//! What does not move, and whose move it is.

use std::collections::BTreeMap;

use serde::Serialize;

use super::Case;
use crate::triage::{Share, Turn};

/// Who waits, for whom and why.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Waiting {
    /// Of the open ones, the share that waits for longer than it should.
    pub stuck: Share,
    /// By whose move it is, most urgent first; all four.
    pub turns: Vec<TurnCount>,
    /// Reasons to be stuck, by turn, then by how often.
    pub reasons: Vec<StuckReason>,
}

/// Registrations that wait for one party.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct TurnCount {
    /// Whose move it is.
    pub turn: Turn,
    /// Of those that wait for it, the share that waits for longer than it should.
    pub stuck: Share,
}

/// Registrations that are stuck for one reason, over or not: one that ran out may be worth a new link.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct StuckReason {
    /// Id of the way of being stuck.
    pub reason: &'static str,
    /// Its name.
    pub name: &'static str,
    /// Whose move it is.
    pub turn: Turn,
    /// How many.
    pub count: usize,
    /// For how long the longest of them has not moved, seconds.
    pub longest: i64,
}

pub(super) fn over(cases: &[Case]) -> Waiting {
    let mut stuck = Share::default();
    let mut turns: BTreeMap<Turn, Share> = Turn::ALL.map(|turn| (turn, Share::default())).into();
    let mut reasons: BTreeMap<&str, StuckReason> = BTreeMap::new();
    for case in cases {
        let found = case.judgement.stuck.as_ref();
        if case.registration.status.is_open() {
            stuck.count(found.is_some());
        }
        if let Some(turn) = case.judgement.turn {
            turns.entry(turn).or_default().count(found.is_some());
        }
        if let Some(found) = found {
            let reason = reasons.entry(found.reason).or_insert_with(|| StuckReason {
                reason: found.reason,
                name: found.name,
                turn: found.turn,
                count: 0,
                longest: 0,
            });
            reason.count += 1;
            reason.longest = reason.longest.max(found.age_seconds);
        }
    }
    let mut reasons: Vec<StuckReason> = reasons.into_values().collect();
    reasons.sort_by_key(|reason| (reason.turn, std::cmp::Reverse(reason.count), reason.reason));
    let turns = turns.into_iter().map(|(turn, stuck)| TurnCount { turn, stuck }).collect();
    Waiting { stuck, turns, reasons }
}
