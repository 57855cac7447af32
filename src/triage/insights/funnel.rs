//! Where people are lost.

use std::collections::BTreeMap;

use serde::Serialize;

use super::Case;
use crate::{
    model::{Registration, Status, Step, StepKind, StepState},
    triage::{Share, progress},
};

/// The steps with how many come, pass and are lost.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Funnel {
    /// In the order of the flow; the end last.
    pub steps: Vec<FunnelStep>,
    /// Lost anywhere: over, and not completed.
    pub lost: usize,
    /// Registrations of which no step is known.
    pub unknown: usize,
}

/// One step, over the registrations of which it is owed.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct FunnelStep {
    /// The step.
    pub step: StepKind,
    /// Came to it.
    pub reached: usize,
    /// Went on from it.
    pub passed: usize,
    /// Still stand at it.
    pub waiting: usize,
    /// Ended at it.
    pub lost: usize,
    /// Of those who came, the share that went on.
    pub conversion: Share,
    /// Of all who were lost, the share lost here: where to work first.
    pub drop_off: Share,
}

/// What happens at one step.
#[derive(Debug, Clone, Copy, Default)]
struct Tally {
    passed: usize,
    waiting: usize,
    lost: usize,
}

pub(super) fn over(cases: &[Case]) -> Funnel {
    // Steps of the flow by their place in it, then those of the project's own by their names.
    let mut tallies: BTreeMap<(usize, &StepKind), Tally> = BTreeMap::new();
    let mut unknown = 0;
    for case in cases {
        let registration = case.registration;
        let owed = owed_steps(registration);
        if owed.is_empty() {
            unknown += 1;
            continue;
        }
        let stands_at = frontier(registration, &owed);
        let kinds = owed.iter().map(|step| &step.kind).chain([&StepKind::End]);
        for (place, kind) in kinds.enumerate().take_while(|(place, _)| *place <= stands_at) {
            let tally = tallies.entry((order(kind), kind)).or_default();
            match &registration.status {
                _ if place < stands_at => tally.passed += 1,
                Status::Completed | Status::CompletedWithoutKyc => tally.passed += 1,
                Status::Failed | Status::Expired => tally.lost += 1,
                _ => tally.waiting += 1,
            }
        }
    }
    let lost = tallies.values().map(|tally| tally.lost).sum();
    let steps = tallies.into_iter().map(|((_, kind), tally)| step(kind, tally, lost)).collect();
    Funnel { steps, lost, unknown }
}

fn step(kind: &StepKind, tally: Tally, lost: usize) -> FunnelStep {
    let reached = tally.passed + tally.waiting + tally.lost;
    FunnelStep {
        step: kind.clone(),
        reached,
        passed: tally.passed,
        waiting: tally.waiting,
        lost: tally.lost,
        conversion: Share::new(tally.passed, reached),
        drop_off: Share::new(tally.lost, lost),
    }
}

/// The end stands last, after steps this program does not know.
fn order(kind: &StepKind) -> usize {
    if *kind == StepKind::End { usize::MAX } else { kind.position() }
}

/// The steps this registration's flow insists on and did not waive.
fn owed_steps(registration: &Registration) -> Vec<&Step> {
    let owed = |step: &&Step| progress::is_owed(step) && step.state != StepState::Skipped;
    registration.steps.iter().filter(owed).collect()
}

/// The place of the step it stands at: the last one touched, or the next if that is done; past all of them once
/// they are done or the registration is completed. Everything before was passed, since the person went on.
fn frontier(registration: &Registration, owed: &[&Step]) -> usize {
    if matches!(registration.status, Status::Completed | Status::CompletedWithoutKyc) {
        return owed.len();
    }
    match owed.iter().rposition(|step| step.state != StepState::Pending) {
        Some(last) => last + usize::from(owed[last].state == StepState::Completed),
        None => 0,
    }
}
