#![allow(clippy::unwrap_used, clippy::panic)]
mod linked;
mod origins;
mod papers;
mod single;
mod stories;
mod together;

use std::collections::HashSet;

use super::{Context, RULES, RuleOutcome, evaluate, rule};
use crate::{
    model::Registration,
    triage::{
        LinkIndex, Severity, ThresholdFrom,
        testing::{at, derived, face, finished, liveness, settings},
    },
};

/// What a rule says of the first of some registrations that are all known, `seconds` after the stories began.
fn outcome_at(seconds: i64, id: &str, registrations: &[Registration]) -> RuleOutcome {
    let mut links = LinkIndex::default();
    for registration in registrations {
        links.insert(registration);
    }
    let rule = rule(id).unwrap_or_else(|| panic!("no rule {id}"));
    evaluate(rule, &registrations[0], Context::new(&links, at(seconds)))
}

fn outcome(id: &str, registration: Registration) -> RuleOutcome {
    outcome_at(1_000, id, &[derived(registration)])
}

fn severity(outcome: &RuleOutcome) -> Option<Severity> {
    match outcome {
        RuleOutcome::Fires(finding) => Some(finding.severity),
        _ => None,
    }
}

#[test]
fn a_clean_registration_fires_no_rule() {
    for rule in RULES {
        let outcome = outcome(rule.id, finished());
        assert!(!matches!(outcome, RuleOutcome::Fires(_)), "{}: {outcome:?}", rule.id);
    }
}

#[test]
fn a_registration_of_which_nothing_is_known_fires_no_rule() {
    for rule in RULES {
        let outcome = outcome_at(1_000, rule.id, &[crate::triage::testing::named("a")]);
        assert!(!matches!(outcome, RuleOutcome::Fires(_)), "{}: {outcome:?}", rule.id);
    }
}

#[test]
fn every_rule_is_described_in_full_and_once() {
    const CATEGORIES: &[&str] =
        &["biometric", "document", "identity", "contact", "velocity", "device", "watchlist", "behaviour"];
    let ids: HashSet<&str> = RULES.iter().map(|rule| rule.id).collect();
    assert_eq!(ids.len(), RULES.len(), "two rules share an id");
    for rule in RULES {
        assert!(CATEGORIES.contains(&rule.category), "{}", rule.id);
        assert!(!rule.inputs.is_empty(), "{}", rule.id);
        for text in [rule.name, rule.threshold, rule.source, rule.caveat, rule.next_action] {
            assert!(!text.is_empty(), "{}", rule.id);
        }
    }
}

#[test]
fn the_flows_threshold_wins_over_the_records_and_that_over_the_default() {
    let with = |flow: Option<f64>, record: Option<f64>| {
        let mut registration = finished();
        settings(&mut registration).compare_min = flow;
        face(&mut registration).min_score = record;
        face(&mut registration).score = Some(0.5);
        match outcome("BIO-01", registration) {
            RuleOutcome::Fires(finding) => finding.threshold.unwrap(),
            other => panic!("{other:?}"),
        }
    };
    assert_eq!(with(Some(0.9), Some(0.8)), ("at least 0.9".to_owned(), ThresholdFrom::Flow));
    assert_eq!(with(None, Some(0.8)), ("at least 0.8".to_owned(), ThresholdFrom::Record));
    assert_eq!(with(None, None), ("at least 0.85".to_owned(), ThresholdFrom::Default));
}

#[test]
fn a_score_that_is_no_number_was_not_measured() {
    let mut registration = finished();
    face(&mut registration).score = Some(f64::NAN);
    liveness(&mut registration).score = Some(f64::INFINITY);
    for id in ["BIO-01", "BIO-02", "BIO-05"] {
        assert_eq!(outcome(id, registration.clone()), RuleOutcome::NotMeasured, "{id}");
    }
}
