//! What the person typed against what the document says.

use chrono::{Datelike, Months, NaiveDate};

use super::{Case, Finding, Number, Rule, RuleOutcome, Severity, ThresholdFrom};
use crate::{
    model::{FlowSettings, Personal, Registration, StepKind},
    triage::{
        links::MISREAD_EDITS,
        names::{FoldedName, edits, fold_number},
    },
};

/// What names have to reach where the flow does not say.
pub(super) const NAME_MINIMUM: Number =
    Number { name: "minimum", default: FlowSettings::DEFAULTS.name_match_min, unit: "percent" };
/// Below this percentage names differ badly.
const HARDLY_ALIKE: Number = Number { name: "high_below", default: 70.0, unit: "percent" };
/// Who is younger may not sign; who is older was probably misread.
const OF_AGE: Number = Number { name: "youngest", default: 18.0, unit: "years" };
const OLDEST: Number = Number { name: "oldest", default: 100.0, unit: "years" };
/// Numbers further apart are different documents, not a misreading.
const MISREAD: Number = Number { name: "edits", default: MISREAD_EDITS as f64, unit: "edits" };
/// A reviewer's word that the names are fine.
pub(super) const REVIEWED_MATCH: &str = "match";

pub(super) const NAME_DIFFERS: Rule = Rule {
    id: "IDN-01",
    name: "Name differs from the document",
    severity: Severity::High,
    category: "identity",
    inputs: &[
        "contact.fullName",
        "evidence.information.fullName",
        "evidence.document.fullName",
        "flowSettings.nameMatchMin",
    ],
    numbers: &[NAME_MINIMUM, HARDLY_ALIKE],
    threshold: "less alike than the flow's minimum (80 % if none is told): medium; below 70 %: high",
    source: "the service's usual minimum for names",
    caveat: "Second surnames, order, initials, married names, transliteration.",
    next_action: "Review the names: match or mismatch, with a note.",
    evaluate: name_differs,
};

fn name_differs(case: &Case) -> RuleOutcome {
    let Some(document) = &case.registration.checks.document else {
        return case.absent(&StepKind::DocumentVerification);
    };
    let (Some((path, typed)), Some(printed)) = (typed_name(case.registration), &document.full_name) else {
        return RuleOutcome::NotMeasured;
    };
    if document.name_review.as_deref() == Some(REVIEWED_MATCH) {
        return RuleOutcome::Clear;
    }
    let likeness = FoldedName::new(&typed)
        .zip(FoldedName::new(printed.reveal()))
        .and_then(|(typed, printed)| typed.similarity(&printed));
    let Some(percent) = likeness.map(|likeness| 100.0 * likeness) else { return RuleOutcome::NotMeasured };
    let limit = case.threshold(&NAME_MINIMUM, |settings| settings.name_match_min, None);
    if percent >= limit.value {
        return RuleOutcome::Clear;
    }
    let severity = if percent < case.number(&HARDLY_ALIKE).value { Severity::High } else { Severity::Medium };
    Finding::new(severity, path, format!("{typed} / {} ({percent:.0} %)", printed.reveal()))
        .against(format!("at least {} %", limit.value), limit.from)
        .at(document.created)
        .fires()
}

/// The name as typed, with its path.
fn typed_name(registration: &Registration) -> Option<(&'static str, String)> {
    let joined = |first: Option<&Personal>, last: Option<&Personal>| {
        (first.is_some() && last.is_some())
            .then(|| first.into_iter().chain(last).map(Personal::reveal).collect::<Vec<_>>().join(" "))
    };
    let full = |name: Option<&Personal>| name.map(|name| name.reveal().to_owned());
    let information = registration.checks.information.as_ref();
    let contact = &registration.contact;
    information
        .and_then(|typed| full(typed.full_name.as_ref()))
        .map(|name| ("evidence.information.fullName", name))
        .or_else(|| {
            let name = information.and_then(|typed| joined(typed.first_name.as_ref(), typed.last_name.as_ref()))?;
            Some(("evidence.information.firstName", name))
        })
        .or_else(|| full(contact.full_name.as_ref()).map(|name| ("contact.fullName", name)))
        .or_else(|| {
            let name = joined(contact.first_name.as_ref(), contact.last_name.as_ref())?;
            Some(("contact.firstName", name))
        })
}

pub(super) const BIRTH_DATE_DIFFERS: Rule = Rule {
    id: "IDN-04",
    name: "Birth date differs from the document",
    severity: Severity::High,
    category: "identity",
    inputs: &["evidence.information.birthDate", "evidence.document.birthDate"],
    numbers: &[],
    threshold: "any other day; medium if day and month are swapped",
    source: "exact",
    caveat: "Day and month in another order.",
    next_action: "Ask for a correction.",
    evaluate: |case| {
        let checks = &case.registration.checks;
        let typed = checks.information.as_ref().and_then(|information| information.birth_date);
        let printed = checks.document.as_ref().and_then(|document| document.birth_date);
        let (Some(typed), Some(printed)) = (typed, printed) else { return RuleOutcome::NotMeasured };
        if typed == printed {
            return RuleOutcome::Clear;
        }
        let swapped = NaiveDate::from_ymd_opt(typed.year(), typed.day(), typed.month()) == Some(printed);
        let severity = if swapped { Severity::Medium } else { Severity::High };
        // Both dates are personal, so both stand in what was seen: only that is masked.
        Finding::new(severity, "evidence.information.birthDate", format!("{typed} / {printed}"))
            .against("the date on the document", ThresholdFrom::Record)
            .at(checks.document.as_ref().and_then(|document| document.created))
            .fires()
    },
};

pub(super) const AGE: Rule = Rule {
    id: "IDN-05",
    name: "Too young, or implausibly old",
    severity: Severity::High,
    category: "identity",
    inputs: &["evidence.document.birthDate", "evidence.information.birthDate"],
    numbers: &[OF_AGE, OLDEST],
    threshold: "under 18 years: high; over 100: medium",
    source: "a common legal age; the upper bound is our choice",
    caveat: "Years written with two digits.",
    next_action: "Read the image; what the law and your policy allow decides.",
    evaluate: age,
};

fn age(case: &Case) -> RuleOutcome {
    let checks = &case.registration.checks;
    let printed = checks.document.as_ref().and_then(|document| document.birth_date);
    let typed = checks.information.as_ref().and_then(|information| information.birth_date);
    let (path, birth) = match (printed, typed) {
        (Some(birth), _) => ("evidence.document.birthDate", birth),
        (None, Some(birth)) => ("evidence.information.birthDate", birth),
        (None, None) => return RuleOutcome::NotMeasured,
    };
    // Born in the future is an impossible date, not an age.
    let Some(years) = case.today().years_since(birth) else { return RuleOutcome::NotMeasured };
    if let Some(birthday) = birth.checked_add_months(Months::new(12 * (years + 1))) {
        case.context.has_come_to(birthday);
    }
    let (youngest, oldest) = (case.number(&OF_AGE), case.number(&OLDEST));
    let (severity, threshold, from) = match years as usize {
        years if years < youngest.count() => {
            (Severity::High, format!("at least {} years", youngest.value), youngest.from)
        }
        years if years > oldest.count() => (Severity::Medium, format!("at most {} years", oldest.value), oldest.from),
        _ => return RuleOutcome::Clear,
    };
    Finding::new(severity, path, format!("{birth} ({years} years)")).against(threshold, from).fires()
}

pub(super) const TYPED_NUMBER_DIFFERS: Rule = Rule {
    id: "IDN-07",
    name: "Document number differs from the form",
    severity: Severity::High,
    category: "identity",
    inputs: &["evidence.information.documentNumber", "evidence.document.number"],
    numbers: &[MISREAD],
    threshold: "more than 2 edits; medium for 1 or 2",
    source: "exact, separators aside",
    caveat: "Leading zeros, letters that look like digits.",
    next_action: "Correct the number and run the look-up again.",
    evaluate: |case| {
        let checks = &case.registration.checks;
        let number = |number: Option<&Personal>| {
            number.map(|number| fold_number(number.reveal())).filter(|number| !number.is_empty())
        };
        let typed = checks.information.as_ref().and_then(|information| number(information.document_number.as_ref()));
        let printed = checks.document.as_ref().and_then(|document| number(document.number.as_ref()));
        let (Some(typed), Some(printed)) = (typed, printed) else { return RuleOutcome::NotMeasured };
        let distance = edits(typed.trim_start_matches('0'), printed.trim_start_matches('0'));
        let severity = match distance {
            0 => return RuleOutcome::Clear,
            edits if edits <= case.number(&MISREAD).count() => Severity::Medium,
            _ => Severity::High,
        };
        Finding::new(severity, "evidence.information.documentNumber", format!("{distance} edits apart"))
            .against("no edits", ThresholdFrom::Default)
            .at(checks.document.as_ref().and_then(|document| document.created))
            .fires()
    },
};
