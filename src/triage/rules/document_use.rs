//! How the document was used: by others, too often, or exchanged for another one.

use super::{Case, Finding, Number, Rule, RuleOutcome, Severity, id_list, links};
use crate::{
    model::{Moment, RegistrationId, StepKind},
    triage::{
        LinkKind,
        names::{edits, fold_number},
    },
};

/// The service's code for a number that another registration holds.
const NUMBER_TAKEN: &str = "existing_document_validation_with_document_number";

/// Numbers further apart are different documents, not a misreading.
const MISREAD: Number = Number { name: "edits", default: links::MISREAD_EDITS as f64, unit: "edits" };

pub(super) const NUMBER_IN_USE: Rule = Rule {
    id: "DOC-08",
    name: "Document number already in use",
    severity: Severity::Critical,
    category: "document",
    inputs: &["evidence.document.number", "evidence.information.documentNumber", "failedAttempts[].reason", "links"],
    numbers: &[],
    threshold: "any other registration; medium if name and birth date agree there",
    source: "exact: a document number is a key of high precision",
    caveat: "One person starting twice.",
    next_action: "Same name and birth date: keep the older, close the newer. Else look at the ring.",
    evaluate: number_in_use,
};

fn number_in_use(case: &Case) -> RuleOutcome {
    let at = case.registration.checks.document.as_ref().and_then(|document| document.created);
    let Some((own, others)) = case.sharing(&[LinkKind::Document]) else {
        return match refused_as_taken(case) {
            Some((position, at)) => taken(position, at),
            None => case.absent(&StepKind::DocumentVerification),
        };
    };
    if others.is_empty() {
        return refused_as_taken(case).map_or(RuleOutcome::Clear, |(position, at)| taken(position, at));
    }
    let twice = others.iter().all(|(_, other)| own.same_name_and_birth(other));
    let ids: Vec<&RegistrationId> = others.iter().map(|(id, _)| *id).collect();
    let (severity, note) =
        if twice { (Severity::Medium, ", same name and birth date") } else { (Severity::Critical, "") };
    let seen = format!("also {}{note}", id_list(ids.into_iter()));
    Finding::new(severity, "evidence.document.number", seen).at(at).fires()
}

/// The attempt the source refused because somebody else holds the number.
fn refused_as_taken(case: &Case) -> Option<(usize, Option<Moment>)> {
    let mut attempts = case.registration.failed_attempts.iter().enumerate();
    attempts
        .find(|(_, attempt)| attempt.reason.as_deref() == Some(NUMBER_TAKEN))
        .map(|(position, attempt)| (position, attempt.at))
}

fn taken(position: usize, at: Option<Moment>) -> RuleOutcome {
    Finding::new(Severity::Critical, format!("failedAttempts[{position}].reason"), NUMBER_TAKEN).at(at).fires()
}

pub(super) const ATTEMPTS_EXHAUSTED: Rule = Rule {
    id: "DOC-12",
    name: "Document attempts exhausted",
    severity: Severity::High,
    category: "document",
    inputs: &["failedAttempts[].counts", "flowSettings.steps[].attemptLimit"],
    numbers: &[],
    threshold: "as many counted failures as the flow allows (3 if none is told)",
    source: "the service allows 3 to 10 attempts, 3 unless configured",
    caveat: "A poor camera, or a kind of document that is not supported.",
    next_action: "Read the reasons of the attempts; review the scans by hand, then decide.",
    evaluate: |case| {
        let kind = StepKind::DocumentVerification;
        let failed = case.registration.counted_failures(&kind);
        let (limit, from) = case.attempt_limit(&kind);
        if failed < limit {
            return RuleOutcome::Clear;
        }
        let attempts = case.registration.failed_attempts.iter().filter(|attempt| attempt.step == kind);
        Finding::new(Severity::High, "failedAttempts", format!("{failed} of {limit}"))
            .against(format!("fewer than {limit}"), from)
            .at(attempts.filter_map(|attempt| attempt.at).max())
            .fires()
    },
};

pub(super) const DOCUMENT_CHANGED: Rule = Rule {
    id: "DOC-13",
    name: "Another document in a later attempt",
    severity: Severity::High,
    category: "document",
    inputs: &["failedAttempts[].documentNumber", "evidence.document.number"],
    numbers: &[MISREAD],
    threshold: "numbers more than 2 edits apart; low for 1 or 2",
    source: "conflicting documents are a known warning sign; the 2 edits for misreadings are our choice",
    caveat: "Misread letters; a person who first showed another valid document.",
    next_action: "Ask why, and compare the portraits.",
    evaluate: document_changed,
};

fn document_changed(case: &Case) -> RuleOutcome {
    let attempts: Vec<_> = case
        .registration
        .failed_attempts
        .iter()
        .enumerate()
        .filter(|(_, attempt)| attempt.step == StepKind::DocumentVerification)
        .collect();
    if attempts.is_empty() {
        return RuleOutcome::NotApplicable;
    }
    let earlier = attempts.iter().filter_map(|(position, attempt)| {
        let number = fold_number(attempt.document_number.as_ref()?.reveal());
        (!number.is_empty()).then(|| (format!("failedAttempts[{position}].documentNumber"), number, attempt.at))
    });
    let document = case.registration.checks.document.as_ref();
    let current = document.and_then(|document| {
        let number = fold_number(document.number.as_ref()?.reveal());
        (!number.is_empty()).then(|| ("evidence.document.number".to_owned(), number, document.created))
    });
    let shown: Vec<_> = earlier.chain(current).collect();
    let Some(((_, first, _), later)) = shown.split_first().filter(|(_, later)| !later.is_empty()) else {
        return RuleOutcome::NotMeasured;
    };
    let misread = case.number(&MISREAD);
    let farthest =
        later.iter().map(|(path, number, at)| (edits(first, number), path, at)).max_by_key(|(distance, ..)| *distance);
    let (severity, (distance, path, at)) = match farthest {
        Some(found) if found.0 > misread.count() => (Severity::High, found),
        Some(found) if found.0 > 0 => (Severity::Low, found),
        _ => return RuleOutcome::Clear,
    };
    Finding::new(severity, path.clone(), format!("{distance} edits from the first number"))
        .against(format!("at most {} edits", misread.count()), misread.from)
        .at(*at)
        .fires()
}
