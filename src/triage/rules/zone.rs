//! The machine-readable zone of the document: whether it agrees with itself and with what is printed.

use chrono::NaiveDate;

use super::{Finding, Rule, RuleOutcome, Severity, ThresholdFrom, document::with_document};
use crate::{
    model::DocumentCheck,
    triage::{
        mrz::{Checked, Mrz, differ_by_one_misread},
        names::fold_number,
    },
};

/// Fewer letters and digits than this may stand in a field of the issuer's by accident.
const SHORTEST_NUMBER: usize = 5;

pub(super) const ZONE_DISAGREES: Rule = Rule {
    id: "DOC-10",
    name: "Machine-readable zone is wrong or contradicts the print",
    severity: Severity::High,
    category: "document",
    inputs: &[
        "evidence.document.mrz",
        "evidence.document.number",
        "evidence.document.birthDate",
        "evidence.document.expiryDate",
    ],
    numbers: &[],
    threshold: "any check digit that does not agree, or another number, birth or expiry date than in print; low if one \
                letter that looks like a digit (O and 0, B and 8, …) explains it",
    source: "exact: ICAO Doc 9303, check digits with the weights 7, 3, 1",
    caveat: "Misread letters; cards whose printed number is the holder's and not the card's.",
    next_action: "Ask for a new scan; if a clean one still disagrees, escalate.",
    evaluate: |case| with_document(case, zone_disagrees),
};

fn zone_disagrees(document: &DocumentCheck) -> RuleOutcome {
    // What is not of a known layout was read in part, which is the reader's fault and not the document's.
    let Some(zone) = document.mrz.as_ref().and_then(|text| Mrz::read(text.reveal())) else {
        return RuleOutcome::NotMeasured;
    };
    let wrong: Vec<(Severity, String)> =
        wrong_digits(&zone).into_iter().chain(contradictions(&zone, document)).collect();
    let Some(severity) = wrong.iter().map(|(severity, _)| *severity).max() else { return RuleOutcome::Clear };
    let seen = wrong.into_iter().map(|(_, seen)| seen).collect::<Vec<_>>().join("; ");
    Finding::new(severity, "evidence.document.mrz", seen)
        .against("every check digit, and the same as in print", ThresholdFrom::Default)
        .at(document.created)
        .fires()
}

/// The check digits that do not agree.
fn wrong_digits(zone: &Mrz) -> Option<(Severity, String)> {
    let failed: Vec<&str> = zone.failed_checks().into_iter().map(Checked::label).collect();
    let severity = if zone.is_one_misread() { Severity::Low } else { Severity::High };
    (!failed.is_empty()).then(|| (severity, format!("check digit of the {}", failed.join(", of the "))))
}

/// What stands otherwise in print. What either side does not tell contradicts nothing.
fn contradictions(zone: &Mrz, document: &DocumentCheck) -> impl Iterator<Item = (Severity, String)> {
    let number = other_number(zone, document);
    let date = |label: &str, zone: Option<String>, print: Option<NaiveDate>| {
        let (zone, print) = (zone?, print?.format("%y%m%d").to_string());
        (zone != print).then(|| (Severity::High, format!("{label} {zone}, in print {print}")))
    };
    let birth = date("birth date", zone.birth(), document.birth_date);
    let expiry = date("expiry date", zone.expiry(), document.expiry_date);
    [number, birth, expiry].into_iter().flatten()
}

/// The number in the zone, if the print has another one. Cards also print the holder's own number, which the zone has
/// among what the issuer added.
fn other_number(zone: &Mrz, document: &DocumentCheck) -> Option<(Severity, String)> {
    let printed = fold_number(document.number.as_ref()?.reveal()).to_ascii_uppercase();
    let number = zone.number();
    let is_the_holders =
        || printed.len() >= SHORTEST_NUMBER && zone.optional().iter().any(|text| text.contains(&printed));
    if printed.is_empty() || number.is_empty() || printed == number || is_the_holders() {
        return None;
    }
    let severity = if differ_by_one_misread(&number, &printed) { Severity::Low } else { Severity::High };
    Some((severity, format!("number {number}, in print {printed}")))
}
