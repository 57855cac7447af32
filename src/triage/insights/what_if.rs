//! Who would flip if a threshold were another one.

use std::fmt;

use serde::Serialize;

use super::{Knob, truth::Truth};
use crate::model::{Registration, RegistrationId};

/// A threshold set to something else, in thought only. Written as `face=0.80`.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Setting {
    /// Which threshold.
    pub knob: Knob,
    /// Its new value, 0 to 1, for every flow.
    pub threshold: f64,
}

impl Setting {
    /// Reads `face=0.80`; the error says what would be right.
    pub fn parse(text: &str) -> Result<Self, String> {
        let (word, number) = text.split_once('=').ok_or("say a threshold and its value, for example face=0.80")?;
        let knob = Knob::parse(word).ok_or_else(|| format!("`{word}` is no threshold; known: face, liveness"))?;
        match number.parse::<f64>() {
            Ok(threshold) if (0.0..=1.0).contains(&threshold) => Ok(Self { knob, threshold }),
            _ => Err(format!("a score is a number from 0 to 1, for example {word}=0.80")),
        }
    }

    /// Whether a registration would stand on the other side of the threshold in force for it: `Some(true)` if it
    /// would pass then, `Some(false)` if it would fail.
    pub fn flips(self, registration: &Registration) -> Option<bool> {
        self.turns(self.knob.score(registration)?, self.knob.in_force(registration))
    }

    /// The same for a score and the threshold in force for it; a score that is no number turns nothing.
    pub fn turns(self, score: f64, in_force: f64) -> Option<bool> {
        let then = self.knob.passes(score, self.threshold);
        (then != self.knob.passes(score, in_force)).then_some(then)
    }
}

impl fmt::Display for Setting {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(formatter, "{}={}", self.knob.as_str(), self.threshold)
    }
}

/// What another threshold would change, against the one in force for each registration.
#[derive(Debug, Clone, PartialEq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct WhatIf {
    /// Which threshold.
    pub knob: Knob,
    /// Its new value, 0 to 1, for every flow.
    pub threshold: f64,
    /// Scores measured.
    pub measured: usize,
    /// Of them, those that pass today.
    pub passing_now: usize,
    /// Those that would pass.
    pub passing_then: usize,
    /// Those that fail today and would pass.
    pub newly_passing: Flips,
    /// Those that pass today and would fail.
    pub newly_failing: Flips,
}

/// Registrations on the other side of a threshold.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Flips {
    /// Who, sorted.
    pub ids: Vec<RegistrationId>,
    /// Of them, known to be fraud: refused for such a reason, or a grave flag was found right.
    pub fraud: usize,
    /// Of them, completed, and nobody found fraud.
    pub genuine: usize,
}

impl WhatIf {
    /// What was thought of.
    pub fn setting(&self) -> Setting {
        Setting { knob: self.knob, threshold: self.threshold }
    }
}

impl Flips {
    /// How many.
    pub fn count(&self) -> usize {
        self.ids.len()
    }

    fn add(&mut self, registration: &Registration) {
        self.ids.push(registration.id.clone());
        match Truth::of(registration) {
            Truth::Fraud => self.fraud += 1,
            Truth::Genuine => self.genuine += 1,
            Truth::Unknown => {}
        }
    }
}

pub(super) fn over<'a>(registrations: impl IntoIterator<Item = &'a Registration>, setting: Setting) -> WhatIf {
    let Setting { knob, threshold } = setting;
    let mut found = WhatIf {
        knob,
        threshold,
        measured: 0,
        passing_now: 0,
        passing_then: 0,
        newly_passing: Flips::default(),
        newly_failing: Flips::default(),
    };
    for registration in registrations {
        let Some(score) = knob.score(registration) else { continue };
        found.measured += 1;
        found.passing_now += usize::from(knob.passes(score, knob.in_force(registration)));
        found.passing_then += usize::from(knob.passes(score, threshold));
        match setting.flips(registration) {
            Some(true) => found.newly_passing.add(registration),
            Some(false) => found.newly_failing.add(registration),
            None => {}
        }
    }
    found.newly_passing.ids.sort();
    found.newly_failing.ids.sort();
    found
}
