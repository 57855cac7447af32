//! How often each rule fires, and how often it was right.

use std::collections::{BTreeMap, HashMap};

use super::{Judgement, Severity, Share};
use crate::model::{Registration, Verdict};

/// What is known of one rule over a set of registrations.
#[derive(Debug, Clone, PartialEq)]
pub struct FlagRate {
    /// Rule id; the source's own code for a reported flag.
    pub rule: String,
    /// Short name.
    pub name: String,
    /// The gravest it fired with; as a rule, where it does not fire.
    pub severity: Severity,
    /// On how many registrations it fires.
    pub count: usize,
    /// Of them, by severity.
    pub by_severity: BTreeMap<Severity, usize>,
    /// Raised by the source, not by us.
    pub reported: bool,
    /// Verdicts that it told of something that mattered.
    pub right: usize,
    /// Verdicts that it was a false alarm.
    pub wrong: usize,
    /// Verdicts that nobody can say.
    pub cannot_tell: usize,
}

impl FlagRate {
    fn new(rule: &str) -> Self {
        let known = super::rule(rule);
        Self {
            rule: rule.to_owned(),
            name: known.map_or_else(String::new, |rule| rule.name.to_owned()),
            severity: known.map_or(Severity::Info, |rule| rule.severity),
            count: 0,
            by_severity: BTreeMap::new(),
            reported: known.is_none(),
            right: 0,
            wrong: 0,
            cannot_tell: 0,
        }
    }

    fn fires(&mut self, name: &str, severity: Severity, count: usize) {
        self.severity = if self.count == 0 { severity } else { self.severity.max(severity) };
        if self.name.is_empty() {
            name.clone_into(&mut self.name);
        }
        self.count += count;
        *self.by_severity.entry(severity).or_default() += count;
    }

    fn judged(&mut self, verdict: Verdict, count: usize) {
        match verdict {
            Verdict::Right => self.right += count,
            Verdict::Wrong => self.wrong += count,
            Verdict::CannotTell => self.cannot_tell += count,
        }
    }

    /// How many verdicts say right or wrong: what the precision is measured on.
    pub fn judgements(&self) -> usize {
        self.right + self.wrong
    }

    /// Of those judged right or wrong, the share that was right, 0 to 1; `None` where nobody judged.
    pub fn precision(&self) -> Option<f64> {
        Share::new(self.right, self.judgements()).rate()
    }

    /// Of how many registrations it fires, 0 to 1; `None` of nothing.
    pub fn share(&self, total: usize) -> Option<f64> {
        Share::new(self.count, total).rate()
    }
}

/// The counting of how often rules fire, over registrations or over many of one kind at once.
#[derive(Debug, Default)]
pub struct FlagRates(HashMap<String, FlagRate>);

impl FlagRates {
    /// Counts the flags of so many registrations: rule, name and severity of each, worst first. The same code twice is
    /// one flag of that kind.
    pub fn fires<'a>(&mut self, flags: impl IntoIterator<Item = (&'a str, &'a str, Severity)>, count: usize) {
        let mut last = None;
        for (rule, name, severity) in flags {
            if last != Some(rule) {
                self.of(rule).fires(name, severity, count);
            }
            last = Some(rule);
        }
    }

    /// Counts a verdict of so many registrations, whether or not the flag still stands: what was looked at was looked
    /// at.
    pub fn judged(&mut self, rule: &str, verdict: Verdict, count: usize) {
        self.of(rule).judged(verdict, count);
    }

    fn of(&mut self, rule: &str) -> &mut FlagRate {
        self.0.entry(rule.to_owned()).or_insert_with(|| FlagRate::new(rule))
    }

    /// Every rule of ours, in the order of the catalogue, and every code that a source reported, in alphabetical order.
    pub fn finish(mut self) -> Vec<FlagRate> {
        let ours = super::rules().map(|rule| self.0.remove(rule.id).unwrap_or_else(|| FlagRate::new(rule.id)));
        let mut all: Vec<FlagRate> = ours.collect();
        let mut reported: Vec<FlagRate> = self.0.into_values().collect();
        reported.sort_by(|left, right| left.rule.cmp(&right.rule));
        all.append(&mut reported);
        all
    }
}

/// How often each rule fires over some registrations, as [`FlagRates::finish`] has it.
pub fn flag_rates<'a>(cases: impl IntoIterator<Item = (&'a Registration, &'a Judgement)>) -> Vec<FlagRate> {
    let mut rates = FlagRates::default();
    for (registration, judgement) in cases {
        rates.fires(judgement.flags.iter().map(|flag| (flag.rule.as_ref(), flag.name.as_ref(), flag.severity)), 1);
        registration.desk.verdicts.iter().for_each(|told| rates.judged(&told.rule, told.verdict, 1));
    }
    rates.finish()
}
