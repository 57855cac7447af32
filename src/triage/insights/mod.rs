//! What a set of registrations tells about the flow, the desk and its thresholds: where people are lost, what waits,
//! how well the checks separate.
//!
//! Every number carries what it is a share of; what the data does not tell is counted apart, never taken for a no.
//! Pure, and independent of the order of the registrations. One file a topic.

mod backlog;
mod checks;
mod codes;
mod countries;
mod flagged;
mod funnel;
mod nudges;
mod outcomes;
mod quantiles;
mod reviews;
mod scores;
mod times;
mod truth;
mod waiting;
mod what_if;

use std::collections::HashSet;

use serde::Serialize;

pub use backlog::{AgeBracket, Backlog};
pub use checks::{CheckYield, Unmeasured};
pub use codes::CodeChannel;
pub use countries::{Countries, Country};
pub use flagged::{Flagged, RuleRate};
pub use funnel::{Funnel, FunnelStep};
pub use nudges::Nudges;
pub use outcomes::Outcomes;
pub use quantiles::Quantiles;
pub use reviews::Reviews;
pub use scores::{BINS, Histogram, Knob, Threshold};
pub use times::{StepTime, Times};
pub use waiting::{StuckReason, TurnCount, Waiting};
pub use what_if::{Flips, Setting, WhatIf};

use super::Judgement;
use crate::model::{Registration, Timestamp};

/// Everything measured over a set of registrations at one time.
#[derive(Debug, Clone, PartialEq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Insights {
    /// Over how many registrations.
    pub registrations: usize,
    /// How many of projects with test traffic were left out.
    pub demo_left_out: usize,
    /// How they began and ended.
    pub outcomes: Outcomes,
    /// Where they are lost.
    pub funnel: Funnel,
    /// How well each check is passed, in the order of the flow.
    pub checks: Vec<CheckYield>,
    /// Of rejected selfies, the share rejected for their quality: the camera's fault rather than an attack.
    pub quality_rejects: super::Share,
    /// Checks that were owed and never measured, in the order of the flow.
    pub unmeasured: Vec<Unmeasured>,
    /// Codes by channel.
    pub codes: Vec<CodeChannel>,
    /// How long it takes.
    pub times: Times,
    /// What does not move, and whose move it is.
    pub waiting: Waiting,
    /// What is open, how old it is and whether it grows.
    pub backlog: Backlog,
    /// How long reviews wait and take.
    pub reviews: Reviews,
    /// What came of links that were sent again.
    pub nudges: Nudges,
    /// What the rules say.
    pub flags: Flagged,
    /// Face compare around its threshold.
    pub face: Histogram,
    /// Liveness around its threshold.
    pub liveness: Histogram,
    /// Approval and first pass by country of the document.
    pub countries: Countries,
}

/// A registration with what is thought of it.
#[derive(Debug, Clone, Copy)]
struct Case<'a> {
    registration: &'a Registration,
    judgement: &'a Judgement,
}

/// The registrations that are measured.
#[derive(Debug, Clone)]
pub struct Population<'a> {
    cases: Vec<Case<'a>>,
    demo_left_out: usize,
}

impl<'a> Population<'a> {
    /// These registrations. Those of `demo_projects` (by id) are left out, unless there are no others: who looks at
    /// nothing else means them.
    pub fn of(
        registrations: impl IntoIterator<Item = (&'a Registration, &'a Judgement)>,
        demo_projects: &HashSet<&str>,
    ) -> Self {
        let all = registrations.into_iter().map(|(registration, judgement)| Case { registration, judgement });
        let (demo, real): (Vec<Case>, Vec<Case>) =
            all.partition(|case| demo_projects.contains(case.registration.project.id.as_str()));
        let (cases, demo_left_out) = if real.is_empty() { (demo, 0) } else { (real, demo.len()) };
        Self { cases, demo_left_out }
    }

    /// Everything that can be measured over them at a time.
    pub fn insights(&self, now: Timestamp) -> Insights {
        let cases = &self.cases;
        Insights {
            registrations: cases.len(),
            demo_left_out: self.demo_left_out,
            outcomes: outcomes::over(cases),
            funnel: funnel::over(cases),
            checks: checks::over(cases),
            quality_rejects: checks::quality_rejects(cases),
            unmeasured: checks::unmeasured(cases),
            codes: codes::over(cases, now),
            times: times::over(cases),
            waiting: waiting::over(cases),
            backlog: backlog::over(cases, now),
            reviews: reviews::over(cases, now),
            nudges: nudges::over(cases, now),
            flags: flagged::over(cases),
            face: scores::over(Knob::Face, cases),
            liveness: scores::over(Knob::Liveness, cases),
            countries: countries::over(cases),
        }
    }

    /// Who of them would flip if a threshold were another one, for every flow at once. Changes nothing.
    pub fn what_if(&self, setting: Setting) -> WhatIf {
        what_if::over(self.cases.iter().map(|case| case.registration), setting)
    }
}

#[cfg(test)]
mod tests;
