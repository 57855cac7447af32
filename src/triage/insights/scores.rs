//! Scores around their thresholds.

use std::collections::BTreeMap;

use serde::Serialize;

use super::Case;
use crate::{
    model::{FlowSettings, Registration, StepKind},
    triage::{Share, rules::TOLERANCE},
};

/// Bars of a histogram: one for each hundredth.
pub const BINS: usize = 100;
/// Scores this close to the threshold flip easily.
const NEAR: f64 = 0.05;

/// A threshold that can be moved.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "camelCase")]
pub enum Knob {
    /// The minimum of the face compare.
    Face,
    /// The minimum of liveness.
    Liveness,
}

impl Knob {
    /// Both.
    pub const ALL: [Self; 2] = [Self::Face, Self::Liveness];

    /// The word in queries and on the command line.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Face => "face",
            Self::Liveness => "liveness",
        }
    }

    /// The knob of a word, in any case.
    pub fn parse(word: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|knob| knob.as_str().eq_ignore_ascii_case(word))
    }

    /// Whether a number may be a score.
    pub fn is_score(number: f64) -> bool {
        (0.0..=1.0).contains(&number)
    }

    /// The score of a registration, 0 to 1, if it was measured: the one on record, else the best of the selfies that
    /// were rejected for it.
    pub fn score(self, registration: &Registration) -> Option<f64> {
        let valid = |score: &f64| Self::is_score(*score);
        match self {
            Self::Face => registration.scores.face_compare.filter(valid),
            Self::Liveness => registration.scores.liveness.filter(valid).or_else(|| {
                let selfies = registration.failed_attempts.iter();
                let selfies =
                    selfies.filter(|attempt| attempt.step == StepKind::BiometricVerification && attempt.counts);
                selfies
                    .filter_map(|attempt| attempt.score)
                    .filter(valid)
                    .filter(|score| *score > 0.0)
                    .max_by(f64::total_cmp)
            }),
        }
    }

    /// What applies where nobody names a threshold: the service's default.
    pub fn default_threshold(self) -> f64 {
        match self {
            Self::Face => FlowSettings::DEFAULTS.compare_min,
            Self::Liveness => FlowSettings::DEFAULTS.liveness_min,
        }
    }

    /// The threshold in force for a registration: its flow's, else the one on record, else the service's default.
    pub fn in_force(self, registration: &Registration) -> f64 {
        let settings = registration.flow.settings.as_ref();
        let (flow, record) = match self {
            Self::Face => (settings.and_then(|flow| flow.compare_min), registration.scores.face_compare_min),
            Self::Liveness => (settings.and_then(|flow| flow.liveness_min), registration.scores.liveness_min),
        };
        flow.into_iter().chain(record).find(|threshold| threshold.is_finite()).unwrap_or(self.default_threshold())
    }

    /// Whether a score passes a threshold: a face has to reach it, liveness has to be above it.
    pub fn passes(self, score: f64, threshold: f64) -> bool {
        match self {
            Self::Face => score >= threshold - TOLERANCE,
            Self::Liveness => score > threshold,
        }
    }

    /// Whether the check was made at all.
    fn was_tried(self, registration: &Registration) -> bool {
        match self {
            Self::Face => registration.checks.face.is_some(),
            Self::Liveness => {
                let selfie = |attempt: &crate::model::Attempt| attempt.step == StepKind::BiometricVerification;
                registration.checks.liveness.is_some() || registration.failed_attempts.iter().any(selfie)
            }
        }
    }
}

/// How scores spread.
#[derive(Debug, Clone, PartialEq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Histogram {
    /// Which score.
    pub knob: Knob,
    /// How many scores in each hundredth, from 0.00 on; the last one holds 1.00 too.
    pub bins: Vec<usize>,
    /// How many were measured.
    pub measured: usize,
    /// Tried without a score.
    pub unmeasured: usize,
    /// The thresholds in force, the one of most scores first.
    pub thresholds: Vec<Threshold>,
    /// Scores that pass the threshold in force for them.
    pub passing: Share,
    /// Scores within 0.05 of it: how many a small move would flip.
    pub near: Share,
}

/// A threshold in force.
#[derive(Debug, Clone, Copy, PartialEq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Threshold {
    /// Its value, 0 to 1, to the thousandth.
    pub value: f64,
    /// For how many scores it is in force.
    pub scores: usize,
}

pub(super) fn over(knob: Knob, cases: &[Case]) -> Histogram {
    let mut histogram = Histogram {
        knob,
        bins: vec![0; BINS],
        measured: 0,
        unmeasured: 0,
        thresholds: Vec::new(),
        passing: Share::default(),
        near: Share::default(),
    };
    let mut thresholds: BTreeMap<i64, usize> = BTreeMap::new();
    for registration in cases.iter().map(|case| case.registration) {
        let Some(score) = knob.score(registration) else {
            histogram.unmeasured += usize::from(knob.was_tried(registration));
            continue;
        };
        let threshold = knob.in_force(registration);
        histogram.measured += 1;
        // The thousandth of a thousandth keeps 0.29, which is a little less in binary, in its own bar.
        histogram.bins[((score * BINS as f64 + 1e-6) as usize).min(BINS - 1)] += 1;
        histogram.passing.count(knob.passes(score, threshold));
        histogram.near.count((score - threshold).abs() <= NEAR + TOLERANCE / 2.0);
        *thresholds.entry((threshold * 1000.0).round() as i64).or_default() += 1;
    }
    histogram.thresholds = thresholds
        .into_iter()
        .map(|(thousandths, scores)| Threshold { value: thousandths as f64 / 1000.0, scores })
        .collect();
    histogram.thresholds.sort_by_key(|threshold| std::cmp::Reverse(threshold.scores));
    histogram
}
