//! What the scan of the document shows.

use super::{
    Case, Finding, Number, Rule, RuleOutcome, Severity, ThresholdFrom, measured, score_text, still_runs, worst_verdict,
};
use crate::model::{DocumentCheck, DocumentKind, StepKind};

/// Readings below these are weak, and very weak.
const GOOD_READING: Number = Number { name: "medium_below", default: 0.85, unit: "score" };
const POOR_READING: Number = Number { name: "high_below", default: 0.70, unit: "score" };
/// The service's code for a scan without a number.
const NUMBER_NOT_EXTRACTED: &str = "document_number_is_not_extracted";

/// Asks a question about the scanned document.
pub(super) fn with_document(case: &Case, judge: impl Fn(&DocumentCheck) -> RuleOutcome) -> RuleOutcome {
    match &case.registration.checks.document {
        Some(document) => judge(document),
        None => case.absent(&StepKind::DocumentVerification),
    }
}

pub(super) const WEAK_READING: Rule = Rule {
    id: "DOC-04",
    name: "Document was read with little confidence",
    severity: Severity::Medium,
    category: "document",
    inputs: &["evidence.document.confidence"],
    numbers: &[GOOD_READING, POOR_READING],
    threshold: "below 0.85; high below 0.70",
    source: "the service's review guide",
    caveat: "Glare on one field lowers the whole score.",
    next_action: "Check number, names and dates by eye, or ask for a new scan.",
    evaluate: |case| {
        with_document(case, |document| {
            let Some(confidence) = measured(document.confidence) else { return RuleOutcome::NotMeasured };
            let good = case.number(&GOOD_READING);
            let severity = match confidence {
                confidence if confidence < case.number(&POOR_READING).value => Severity::High,
                confidence if confidence < good.value => Severity::Medium,
                _ => return RuleOutcome::Clear,
            };
            Finding::new(severity, "evidence.document.confidence", score_text(confidence))
                .against(format!("at least {}", score_text(good.value)), good.from)
                .at(document.created)
                .fires()
        })
    },
};

pub(super) const NOT_AUTHENTIC: Rule = Rule {
    id: "DOC-05",
    name: "Document may be forged or altered",
    severity: Severity::Critical,
    category: "document",
    inputs: &["evidence.document.authenticity", "evidence.document.dataConsistency"],
    numbers: &[],
    threshold: "any verdict but passed; high if it asks for a person",
    source: "exact: the verdict of the check",
    caveat: "Lamination and scanner filters.",
    next_action: "Keep the evidence and escalate; a better photo alone does not settle it.",
    evaluate: |case| {
        with_document(case, |document| {
            worst_verdict([
                ("evidence.document.authenticity", document.authenticity.as_ref(), document.finished),
                ("evidence.document.dataConsistency", document.data_consistency.as_ref(), document.finished),
            ])
        })
    },
};

pub(super) const KIND_UNKNOWN: Rule = Rule {
    id: "DOC-06",
    name: "Kind of document unknown",
    severity: Severity::Medium,
    category: "document",
    inputs: &["evidence.document.kind"],
    numbers: &[],
    threshold: "the scan did not tell an ID card, passport or licence",
    source: "exact: the service's own console treats it so",
    caveat: "A new national layout.",
    next_action: "Set the document type, then run the name look-up.",
    evaluate: |case| {
        with_document(case, |document| match &document.kind {
            None => RuleOutcome::NotMeasured,
            Some(DocumentKind::Undetected) => {
                Finding::new(Severity::Medium, "evidence.document.kind", "unknown").at(document.created).fires()
            }
            Some(_) => RuleOutcome::Clear,
        })
    },
};

pub(super) const NUMBER_NOT_READ: Rule = Rule {
    id: "DOC-07",
    name: "Document number not read",
    severity: Severity::Medium,
    category: "document",
    inputs: &["evidence.document.number", "evidence.document.failedReason", "failedAttempts[].reason"],
    numbers: &[],
    threshold: "other fields were read, the number was not; or the scan failed for that reason",
    source: "exact: the service's reason code",
    caveat: "The number may stand under an unusual label in what was read.",
    next_action: "Look for the number in the scan; recover it or ask for a new scan.",
    evaluate: number_not_read,
};

fn number_not_read(case: &Case) -> RuleOutcome {
    with_document(case, |document| {
        if document.number.as_ref().is_some_and(|number| !number.reveal().trim().is_empty()) {
            return RuleOutcome::Clear;
        }
        let refused = document.failed_reason.as_deref() == Some(NUMBER_NOT_EXTRACTED)
            || case
                .registration
                .failed_attempts
                .iter()
                .any(|attempt| attempt.reason.as_deref() == Some(NUMBER_NOT_EXTRACTED));
        let read = document.full_name.is_some()
            || document.birth_date.is_some()
            || document.expiry_date.is_some()
            || document.confidence.is_some();
        if !refused && (!read || still_runs(&document.state)) {
            return RuleOutcome::NotMeasured;
        }
        let seen = if refused { NUMBER_NOT_EXTRACTED } else { "none" };
        Finding::new(Severity::Medium, "evidence.document.number", seen).at(document.created).fires()
    })
}

pub(super) const UPLOADED_FILE: Rule = Rule {
    id: "DOC-11",
    name: "A file was uploaded where a live scan was expected",
    severity: Severity::Low,
    category: "document",
    inputs: &["evidence.document.inputMethod", "flowSettings.scanOnly"],
    numbers: &[],
    threshold: "the flow accepts live scans only",
    source: "the flow's own setting",
    caveat: "Desktop users often have no camera at hand.",
    next_action: "Ask for a capture with the camera.",
    evaluate: |case| {
        with_document(case, |document| {
            match case.settings().and_then(|settings| settings.scan_only) {
                None => return RuleOutcome::NotMeasured,
                Some(false) => return RuleOutcome::NotApplicable,
                Some(true) => {}
            }
            match document.input_method.as_deref() {
                None | Some("NOT_SET" | "") => RuleOutcome::NotMeasured,
                Some(method) if method.eq_ignore_ascii_case("file_upload") => {
                    Finding::new(Severity::Low, "evidence.document.inputMethod", "FILE_UPLOAD")
                        .against("live scan", ThresholdFrom::Flow)
                        .at(document.created)
                        .fires()
                }
                Some(_) => RuleOutcome::Clear,
            }
        })
    },
};

pub(super) const BACK_MISSING: Rule = Rule {
    id: "DOC-14",
    name: "Back side missing",
    severity: Severity::Low,
    category: "document",
    inputs: &["evidence.document.requiresBack", "evidence.document.hasBack"],
    numbers: &[],
    threshold: "the document has a back side and none was sent",
    source: "exact",
    caveat: "Passports have none.",
    next_action: "Ask for the back side.",
    evaluate: |case| {
        with_document(case, |document| match (document.requires_back, document.has_back) {
            (false, _) => RuleOutcome::NotApplicable,
            (true, true) => RuleOutcome::Clear,
            (true, false) => {
                Finding::new(Severity::Low, "evidence.document.hasBack", "false").at(document.created).fires()
            }
        })
    },
};
