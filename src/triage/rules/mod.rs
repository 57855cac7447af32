//! The red-flag rules: one table, one item a rule, each a pure function with four possible outcomes.
//!
//! What was not measured is neither passed nor failed: a rule says so instead of guessing. Thresholds are read from
//! the flow first, then from the record, then from our defaults, and a flag tells which it was.

mod approval;
mod behaviour;
mod biometric;
mod case;
mod contact;
mod device;
mod document;
mod document_dates;
mod document_use;
mod identity;
mod journey;
mod mailbox;
mod origin;
mod phone;
mod registry;
mod screening;
mod velocity;
mod visits;
mod watchlist;
mod whereabouts;
mod zone;

use std::borrow::Cow;

use super::{Flag, Horizon, Incident, LinkIndex, Policy, Severity, ThresholdFrom, links};
use crate::model::{Moment, Outcome, Registration, RegistrationId, StepState, Timestamp};
use case::{Case, Limit};

/// All rules, in the order of the catalogue.
pub const RULES: &[Rule] = &[
    biometric::FACE_MISMATCH,
    biometric::FACE_BORDERLINE,
    biometric::OLD_FACE_THRESHOLD,
    biometric::COMPARE_NEVER_RAN,
    biometric::LIVENESS_BELOW_MINIMUM,
    biometric::LIVENESS_MISSES,
    biometric::LIVENESS_REJECTIONS,
    biometric::SAME_FACE,
    biometric::SPOOF_VERDICT,
    document_dates::EXPIRED,
    document_dates::EXPIRES_SOON,
    document_dates::IMPOSSIBLE_DATES,
    document::WEAK_READING,
    document::NOT_AUTHENTIC,
    document::KIND_UNKNOWN,
    document::NUMBER_NOT_READ,
    document_use::NUMBER_IN_USE,
    origin::COUNTRY_NOT_ALLOWED,
    zone::ZONE_DISAGREES,
    document::UPLOADED_FILE,
    document_use::ATTEMPTS_EXHAUSTED,
    document_use::DOCUMENT_CHANGED,
    document::BACK_MISSING,
    identity::NAME_DIFFERS,
    registry::REGISTRY_NAME_DIFFERS,
    registry::REGISTRY_DID_NOT_RUN,
    identity::BIRTH_DATE_DIFFERS,
    identity::AGE,
    origin::SEX_OR_NATIONALITY_DIFFERS,
    identity::TYPED_NUMBER_DIFFERS,
    registry::NOT_IN_FORCE,
    mailbox::DISPOSABLE,
    mailbox::MACHINE_LIKE,
    mailbox::MISTYPED_DOMAIN,
    whereabouts::COUNTRIES_DISAGREE,
    phone::IMPOSSIBLE_PHONE,
    contact::SHARED_CONTACT,
    contact::WRONG_CODES,
    contact::MANY_RESENDS,
    contact::CODE_NEVER_CONFIRMED,
    velocity::CROWDED_ADDRESS,
    velocity::SHARED_DEVICE,
    velocity::BURST,
    velocity::SERIAL_CONTACTS,
    velocity::RING,
    device::AUTOMATED_CLIENT,
    device::NO_USABLE_ADDRESS,
    whereabouts::ADDRESS_UNLIKE_DOCUMENT,
    journey::CHANGED_ON_THE_WAY,
    whereabouts::HIDDEN_ADDRESS,
    whereabouts::FOREIGN_LANGUAGE,
    watchlist::RECORD_HIT,
    screening::POSSIBLE_MATCH,
    screening::BLACKLISTED,
    watchlist::NO_SCREENING_RESULT,
    behaviour::TOO_FAST,
    behaviour::STATUS_CONTRADICTS_STEPS,
    journey::LONG_PAUSE,
    approval::APPROVED_OVER_FLAG,
    behaviour::EARLIER_FAILURE,
    behaviour::NO_CONSENT,
    behaviour::EVIDENCE_VANISHES,
];

/// One red-flag rule.
#[derive(Debug, Clone, Copy)]
pub struct Rule {
    /// Stable id, for example `BIO-01`.
    pub id: &'static str,
    /// Short name.
    pub name: &'static str,
    /// How grave it usually is; `threshold` says when it is graver or milder.
    pub severity: Severity,
    /// `biometric`, `document`, `identity`, `contact`, `velocity`, `device`, `watchlist` or `behaviour`.
    pub category: &'static str,
    /// JSON paths of what it reads.
    pub inputs: &'static [&'static str],
    /// Its numbers, which the configuration may set to others.
    pub numbers: &'static [Number],
    /// When it fires, with the default that applies where neither flow nor record names one.
    pub threshold: &'static str,
    /// Where that default comes from.
    pub source: &'static str,
    /// When it may be wrong.
    pub caveat: &'static str,
    /// What to do.
    pub next_action: &'static str,
    evaluate: fn(&Case) -> RuleOutcome,
}

/// A number of a rule, with what applies where nobody says otherwise.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Number {
    /// Its name in the configuration, for example `minimum`.
    pub name: &'static str,
    /// The built-in value.
    pub default: f64,
    /// What it counts: `score` (0 to 1), `percent`, `seconds`, `days`, `people`, …
    pub unit: &'static str,
}

impl Number {
    /// Whether the configuration may set it to this.
    pub fn allows(&self, value: f64) -> bool {
        (0.0..=self.most()).contains(&value)
    }

    /// What it may be set to, in words.
    pub fn range(&self) -> String {
        format!("from 0 to {} ({})", self.most(), self.unit)
    }

    fn most(&self) -> f64 {
        match self.unit {
            "score" => 1.0,
            "percent" => 100.0,
            _ => 1e9,
        }
    }
}

/// Every rule, in the order of the catalogue.
pub fn rules() -> impl Iterator<Item = &'static Rule> {
    RULES.iter()
}

/// The rule of an id, in any case.
pub fn rule(id: &str) -> Option<&'static Rule> {
    RULES.iter().find(|rule| rule.id.eq_ignore_ascii_case(id))
}

/// What a rule says of a registration.
#[derive(Debug, Clone, PartialEq)]
pub enum RuleOutcome {
    /// It fires; this is what it saw.
    Fires(Finding),
    /// It was measured and is fine.
    Clear,
    /// The source does not tell what the rule needs.
    NotMeasured,
    /// The rule has no meaning for this registration.
    NotApplicable,
}

/// What a firing rule saw.
#[derive(Debug, Clone, PartialEq)]
pub struct Finding {
    /// How grave it is in this case.
    pub severity: Severity,
    /// JSON path of the value.
    pub path: Cow<'static, str>,
    /// The value; may be personal.
    pub seen: String,
    /// The threshold and where it comes from; never personal.
    pub threshold: Option<(String, ThresholdFrom)>,
    /// When it came to be.
    pub at: Option<Timestamp>,
}

impl Finding {
    fn new(severity: Severity, path: impl Into<Cow<'static, str>>, seen: impl Into<String>) -> Self {
        Self { severity, path: path.into(), seen: seen.into(), threshold: None, at: None }
    }

    fn against(mut self, threshold: impl Into<String>, from: ThresholdFrom) -> Self {
        self.threshold = Some((threshold.into(), from));
        self
    }

    fn at(mut self, moment: Option<Moment>) -> Self {
        self.at = moment.map(|moment| moment.at);
        self
    }

    fn fires(self) -> RuleOutcome {
        RuleOutcome::Fires(self)
    }
}

/// What a judgement goes by beyond the registration itself.
#[derive(Debug, Clone, Copy)]
pub struct Context<'a> {
    /// Who shares what.
    pub links: &'a LinkIndex,
    /// Steps that stopped working for everyone.
    pub incidents: &'a [Incident],
    /// What the house goes by.
    pub policy: &'a Policy,
    /// The time of judgement.
    pub now: Timestamp,
    /// Who wants to know until when it holds.
    pub horizon: Option<&'a Horizon>,
}

impl<'a> Context<'a> {
    /// The built-in tables, among others that are linked, with no incident known.
    pub fn new(links: &'a LinkIndex, now: Timestamp) -> Self {
        Self { links, incidents: &[], policy: Policy::built_in(), now, horizon: None }
    }
}

/// Asks one rule about one registration.
pub fn evaluate(rule: &Rule, registration: &Registration, context: Context) -> RuleOutcome {
    if !context.policy.is_enabled(rule, &registration.project) {
        return RuleOutcome::NotApplicable;
    }
    (rule.evaluate)(&Case { rule, registration, context })
}

/// All rules that fire, as flags, in the order of the catalogue.
pub(super) fn derived_flags(registration: &Registration, context: Context) -> impl Iterator<Item = Flag> {
    RULES.iter().filter_map(move |rule| match evaluate(rule, registration, context) {
        RuleOutcome::Fires(finding) => Some(flag(rule, finding)),
        _ => None,
    })
}

fn flag(rule: &Rule, finding: Finding) -> Flag {
    let (threshold, threshold_from) = finding.threshold.unzip();
    Flag {
        rule: Cow::Borrowed(rule.id),
        name: Cow::Borrowed(rule.name),
        severity: finding.severity,
        category: rule.category,
        path: finding.path.into_owned(),
        seen: finding.seen,
        threshold,
        threshold_from,
        caveat: Cow::Borrowed(rule.caveat),
        next_action: Cow::Borrowed(rule.next_action),
        at: finding.at,
        reported: false,
    }
}

/// Score differences smaller than this are rounding.
pub(super) const TOLERANCE: f64 = 0.001;

/// A score that is a number at all.
fn measured(score: Option<f64>) -> Option<f64> {
    score.filter(|score| score.is_finite())
}

/// A score as people read it: at most three decimals, no trailing zeros.
fn score_text(score: f64) -> String {
    let text = format!("{score:.3}");
    text.trim_end_matches('0').trim_end_matches('.').to_owned()
}

/// How bad a verdict is that should have been `passed`: `Ok(None)` passed, `Err` not measured.
fn verdict(outcome: &Outcome) -> Result<Option<Severity>, ()> {
    match outcome {
        Outcome::Passed => Ok(None),
        Outcome::Failed => Ok(Some(Severity::Critical)),
        Outcome::Review | Outcome::Unknown(_) => Ok(Some(Severity::High)),
        Outcome::Pending | Outcome::NotMeasured | Outcome::NotRequired => Err(()),
    }
}

/// The first verdict that did not pass, worst first; `NotMeasured` if there is none at all.
fn worst_verdict<const N: usize>(verdicts: [(&'static str, Option<&Outcome>, Option<Moment>); N]) -> RuleOutcome {
    let mut any_measured = false;
    let mut worst: Option<Finding> = None;
    for (path, outcome, moment) in verdicts {
        let Some(Ok(severity)) = outcome.map(verdict) else { continue };
        any_measured = true;
        let Some(severity) = severity else { continue };
        if worst.as_ref().is_none_or(|known| known.severity < severity) {
            let seen = outcome.map_or("", Outcome::as_str);
            worst = Some(Finding::new(severity, path, seen).against("passed", ThresholdFrom::Default).at(moment));
        }
    }
    match worst {
        Some(finding) => finding.fires(),
        None if any_measured => RuleOutcome::Clear,
        None => RuleOutcome::NotMeasured,
    }
}

/// Some ids for a reader: the first three, and how many more.
fn id_list<'a>(ids: impl ExactSizeIterator<Item = &'a RegistrationId>) -> String {
    const SHOWN: usize = 3;
    let count = ids.len();
    let shown = ids.take(SHOWN).map(RegistrationId::as_str).collect::<Vec<_>>().join(", ");
    if count > SHOWN { format!("{shown} and {} more", count - SHOWN) } else { shown }
}

/// Whether a check still runs, so that what it did not say yet is no finding.
fn still_runs(state: &StepState) -> bool {
    matches!(state, StepState::Pending | StepState::InProgress)
}

#[cfg(test)]
mod tests;
