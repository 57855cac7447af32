//! How long steps and whole registrations take.

use std::collections::BTreeMap;

use serde::Serialize;

use super::{Case, Quantiles, quantiles, quantiles::Samples};
use crate::model::{Registration, Status, Step, StepKind, StepState};

/// Durations, seconds.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Times {
    /// Each step, in the order of the flow, over those who passed it.
    pub steps: Vec<StepTime>,
    /// From creation to a good end.
    pub to_completion: Quantiles,
}

/// How long people are at one step: from the end of the one before (or the creation) to its end, so what they need
/// to find the link, the document or the courage is part of it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct StepTime {
    /// The step.
    pub step: StepKind,
    /// How long.
    pub time: Quantiles,
}

pub(super) fn over(cases: &[Case]) -> Times {
    let mut steps: BTreeMap<(usize, &StepKind), Samples> = BTreeMap::new();
    let mut to_completion = Samples::default();
    for registration in cases.iter().map(|case| case.registration) {
        if matches!(registration.status, Status::Completed | Status::CompletedWithoutKyc) {
            let end = quantiles::exact(registration.completed_at);
            to_completion.add(end.map(|end| end.at - registration.created_at));
        }
        for (place, step) in registration.steps.iter().enumerate() {
            if step.kind != StepKind::End && step.state == StepState::Completed {
                let samples = steps.entry((step.kind.position(), &step.kind)).or_default();
                samples.add(time_at(registration, place, step));
            }
        }
    }
    let steps =
        steps.into_iter().map(|((_, kind), samples)| StepTime { step: kind.clone(), time: samples.quantiles() });
    Times { steps: steps.collect(), to_completion: to_completion.quantiles() }
}

/// The time from the latest known end of a step before this one.
fn time_at(registration: &Registration, place: usize, step: &Step) -> Option<chrono::TimeDelta> {
    let end = quantiles::exact(step.finished)?.at;
    let before = registration.steps[..place].iter().filter(|before| before.kind != StepKind::End);
    let ends = before.filter_map(|before| quantiles::exact(before.finished)).map(|moment| moment.at);
    let arrived = ends.filter(|arrived| *arrived <= end).fold(registration.created_at, Ord::max);
    Some(end - arrived)
}
