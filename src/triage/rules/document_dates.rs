//! The dates on the document.

use chrono::{Datelike, Months, NaiveDate};

use super::{Case, Finding, Number, Rule, RuleOutcome, Severity, ThresholdFrom};
use crate::model::{DocumentCheck, StepKind};

/// Days before the end of validity that are worth a note.
const SOON: Number = Number { name: "days", default: 30.0, unit: "days" };
/// No document is valid for longer.
const LONGEST_VALIDITY: Number = Number { name: "longest", default: 20.0, unit: "years" };
/// Years from here on stand for "does not expire".
const NEVER_EXPIRES: i32 = 2900;

const EXPIRY: &[&str] = &["evidence.document.expiryDate", "evidence.document.created"];

/// The expiry date, unless it stands for "never".
fn expiry(document: &DocumentCheck) -> Option<NaiveDate> {
    document.expiry_date.filter(|date| date.year() < NEVER_EXPIRES)
}

/// Asks a question about a document that runs out, with the day it was shown.
fn with_expiry(case: &Case, judge: impl Fn(&DocumentCheck, NaiveDate, NaiveDate) -> RuleOutcome) -> RuleOutcome {
    let Some(document) = &case.registration.checks.document else {
        return case.absent(&StepKind::DocumentVerification);
    };
    let shown = document.created.map_or(case.registration.created_at, |moment| moment.at).date_naive();
    match (document.expiry_date, expiry(document)) {
        (_, Some(expiry)) => judge(document, expiry, shown),
        (Some(_), None) => RuleOutcome::NotApplicable,
        (None, None) => RuleOutcome::NotMeasured,
    }
}

pub(super) const EXPIRED: Rule = Rule {
    id: "DOC-01",
    name: "Document had expired",
    severity: Severity::High,
    category: "document",
    inputs: EXPIRY,
    numbers: &[],
    threshold: "the last valid day is before the day it was shown",
    source: "exact: expired documents are not accepted",
    caveat: "Day and month may be read in the wrong order; some cards carry no expiry.",
    next_action: "Ask for another document; if only the reading is in doubt, read the image.",
    evaluate: |case| {
        with_expiry(case, |document, expiry, shown| {
            if expiry >= shown {
                return RuleOutcome::Clear;
            }
            Finding::new(Severity::High, "evidence.document.expiryDate", expiry.to_string())
                .against(format!("{shown} or later"), ThresholdFrom::Record)
                .at(document.created)
                .fires()
        })
    },
};

pub(super) const EXPIRES_SOON: Rule = Rule {
    id: "DOC-02",
    name: "Document expires soon",
    severity: Severity::Low,
    category: "document",
    inputs: EXPIRY,
    numbers: &[SOON],
    threshold: "valid when shown, and at most 30 days from now",
    source: "our choice",
    caveat: "None.",
    next_action: "Approve if all else is clean, and plan a new check.",
    evaluate: |case| {
        with_expiry(case, |document, expiry, shown| {
            let soon = case.number(&SOON);
            let is_soon = case.context.has_come_to(expiry.checked_sub_signed(soon.days()).unwrap_or(NaiveDate::MIN));
            if expiry < shown || !is_soon {
                return RuleOutcome::Clear;
            }
            let horizon = case.today().checked_add_signed(soon.days()).unwrap_or(NaiveDate::MAX);
            Finding::new(Severity::Low, "evidence.document.expiryDate", expiry.to_string())
                .against(format!("after {horizon}"), soon.from)
                .at(document.created)
                .fires()
        })
    },
};

pub(super) const IMPOSSIBLE_DATES: Rule = Rule {
    id: "DOC-03",
    name: "Dates on the document are impossible",
    severity: Severity::High,
    category: "document",
    inputs: &["evidence.document.birthDate", "evidence.document.issueDate", "evidence.document.expiryDate"],
    numbers: &[LONGEST_VALIDITY],
    threshold: "issued in the future, not after birth or not before expiry, or valid for more than 20 years; low if \
                swapping issue and expiry explains it",
    source: "exact; the 20 years are our choice",
    caveat: "The reading may have swapped two fields.",
    next_action: "Read the image; a swap explains it, anything else does not.",
    evaluate: impossible_dates,
};

fn impossible_dates(case: &Case) -> RuleOutcome {
    let Some(document) = &case.registration.checks.document else {
        return case.absent(&StepKind::DocumentVerification);
    };
    let (birth, issue) = (document.birth_date, document.issue_date);
    if issue.is_none() && (birth.is_none() || expiry(document).is_none()) {
        return RuleOutcome::NotMeasured;
    }
    // What is in the future now will not be once its day has come.
    for day in [birth, issue, expiry(document)].into_iter().flatten() {
        case.context.has_come_to(day);
    }
    let bounds = Bounds { today: case.today(), longest_years: case.number(&LONGEST_VALIDITY).count() };
    let Some((path, seen)) = impossibility(birth, issue, expiry(document), bounds) else {
        return RuleOutcome::Clear;
    };
    let swapped = impossibility(birth, expiry(document), issue, bounds).is_none();
    let severity =
        if swapped && issue.is_some() && expiry(document).is_some() { Severity::Low } else { Severity::High };
    Finding::new(severity, path, seen).at(document.created).fires()
}

/// What dates are held against.
#[derive(Clone, Copy)]
struct Bounds {
    today: NaiveDate,
    longest_years: usize,
}

/// What is impossible about three dates, as path and words.
fn impossibility(
    birth: Option<NaiveDate>,
    issue: Option<NaiveDate>,
    expiry: Option<NaiveDate>,
    Bounds { today, longest_years }: Bounds,
) -> Option<(&'static str, String)> {
    const BIRTH: &str = "evidence.document.birthDate";
    const ISSUE: &str = "evidence.document.issueDate";
    const EXPIRY: &str = "evidence.document.expiryDate";
    if let Some(issue) = issue.filter(|issue| *issue > today) {
        return Some((ISSUE, format!("issued on {issue}, in the future")));
    }
    if let Some(birth) = birth.filter(|birth| *birth > today) {
        return Some((BIRTH, format!("born on {birth}, in the future")));
    }
    if let (Some(birth), Some(issued)) = (birth, issue.or(expiry))
        && birth >= issued
    {
        return Some((BIRTH, format!("born on {birth}, not before {issued}")));
    }
    let (issue, expiry) = (issue?, expiry?);
    if issue >= expiry {
        return Some((ISSUE, format!("issued on {issue}, expires on {expiry}")));
    }
    let months = u32::try_from(longest_years.saturating_mul(12)).map_or(Months::new(u32::MAX), Months::new);
    let longest = issue.checked_add_months(months).unwrap_or(NaiveDate::MAX);
    (expiry > longest).then(|| (EXPIRY, format!("issued on {issue}, valid until {expiry}")))
}
