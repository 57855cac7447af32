//! What the registry says of the document's owner.

use super::{
    Case, Finding, Rule, RuleOutcome, Severity, ThresholdFrom,
    document::with_document,
    identity::{NAME_MINIMUM, REVIEWED_MATCH},
    measured,
};
use crate::{
    model::{DocumentCheck, StepKind, fold_word},
    triage::names::fold_text,
};

pub(super) const REGISTRY_NAME_DIFFERS: Rule = Rule {
    id: "IDN-02",
    name: "Name differs in the registry",
    severity: Severity::High,
    category: "identity",
    inputs: &[
        "evidence.document.nameMatch",
        "evidence.document.namesMatch",
        "evidence.document.imageValidated",
        "evidence.document.scoreValidated",
        "flowSettings.nameMatchMin",
    ],
    numbers: &[NAME_MINIMUM],
    threshold: "below the flow's minimum (80 % if none is told), or said not to match",
    source: "the service's own console",
    caveat: "A misread number finds a stranger. Before the look-up the stored 0 % is a default, not a result.",
    next_action: "Read the registry's name, check the number, and run the look-up again.",
    evaluate: registry_name_differs,
};

fn registry_name_differs(case: &Case) -> RuleOutcome {
    let Some(document) = &case.registration.checks.document else {
        return case.absent(&StepKind::DocumentVerification);
    };
    if !document.names_are_measured() {
        let asked = case.settings().and_then(|settings| settings.verify_names) != Some(false);
        return if asked { RuleOutcome::NotMeasured } else { RuleOutcome::NotApplicable };
    }
    if document.name_review.as_deref() == Some(REVIEWED_MATCH) {
        return RuleOutcome::Clear;
    }
    let limit = case.threshold(&NAME_MINIMUM, |settings| settings.name_match_min, None);
    let finding = match (measured(document.name_match), document.names_match) {
        (Some(percent), _) if percent < limit.value => {
            Finding::new(Severity::High, "evidence.document.nameMatch", format!("{percent:.0} %"))
        }
        (None, Some(false)) => Finding::new(Severity::High, "evidence.document.namesMatch", "false"),
        (None, None) => return RuleOutcome::NotMeasured,
        _ => return RuleOutcome::Clear,
    };
    finding
        .against(format!("at least {} %", limit.value), limit.from)
        .at(document.finished.or(document.created))
        .fires()
}

pub(super) const REGISTRY_DID_NOT_RUN: Rule = Rule {
    id: "IDN-03",
    name: "Registry was not asked or did not answer",
    severity: Severity::Info,
    category: "identity",
    inputs: &["evidence.document.registryReason", "evidence.document.rawStatus", "flowSettings.verifyNames"],
    numbers: &[],
    threshold: "any reason, or a document accepted without having been verified; medium if the flow wants names verified",
    source: "exact: the service's reason code or status",
    caveat: "Says nothing about the person.",
    next_action: "Set the document type or run the look-up again; else decide by hand.",
    evaluate: |case| {
        let Some(document) = &case.registration.checks.document else {
            return case.absent(&StepKind::DocumentVerification);
        };
        let Some((path, seen)) = unverified(document) else { return RuleOutcome::Clear };
        let wanted = case.settings().and_then(|settings| settings.verify_names) == Some(true);
        let severity = if wanted { Severity::Medium } else { Severity::Info };
        Finding::new(severity, path, seen).at(document.finished.or(document.created)).fires()
    },
};

/// What says that no registry confirmed the document, with its path.
fn unverified(document: &DocumentCheck) -> Option<(&'static str, &str)> {
    if let Some(reason) = document.registry_reason.as_deref().filter(|reason| !reason.is_empty()) {
        return Some(("evidence.document.registryReason", reason));
    }
    let status = document.raw_status.as_deref()?;
    matches!(fold_word(status).as_str(), "active_but_unverified" | "not_found")
        .then_some(("evidence.document.rawStatus", status))
}

/// How words begin by which registries say that the owner is dead.
const DECEASED: &[&str] = &["deceas", "dead", "died", "fallec", "muert", "difunt", "defunc", "obito"];
/// How words begin by which they say that the document holds no more.
const CANCELLED: &[&str] =
    &["cancel", "revok", "revoc", "anul", "annul", "invalid", "inactiv", "baja", "void", "withdrawn"];
/// How words begin by which they say that all is well.
const IN_FORCE: &[&str] = &["vigent", "valid", "activ", "alive", "viv", "ok", "current", "habilit"];

pub(super) const NOT_IN_FORCE: Rule = Rule {
    id: "IDN-08",
    name: "Deceased or cancelled in the registry",
    severity: Severity::Critical,
    category: "identity",
    inputs: &["evidence.document.registryStatus"],
    numbers: &[],
    threshold: "the registry says that the owner is dead or the document cancelled",
    source: "exact: the registry's word; NIST SP 800-63A-4 asks that deaths be looked up",
    caveat: "Registries lag behind; a misread number or a namesake finds a stranger.",
    next_action: "Check the number, ask a second source, and escalate.",
    evaluate: |case| {
        with_document(case, |document| {
            let Some(word) = document.registry_status.as_deref() else { return RuleOutcome::NotMeasured };
            match is_in_force(word) {
                Some(true) => RuleOutcome::Clear,
                Some(false) => Finding::new(Severity::Critical, "evidence.document.registryStatus", word)
                    .against("in force", ThresholdFrom::Default)
                    .at(document.finished.or(document.created))
                    .fires(),
                // A word nobody here knows is no answer.
                None => RuleOutcome::NotMeasured,
            }
        })
    },
};

/// What a registry's words say: `true` all is well, `false` dead or cancelled.
fn is_in_force(word: &str) -> Option<bool> {
    let folded = fold_text(word);
    let words = || folded.split(|character: char| !character.is_alphanumeric());
    let says = |stems: &[&str]| words().any(|word| stems.iter().any(|stem| word.starts_with(stem)));
    let negated = words().any(|word| matches!(word, "no" | "not" | "non"));
    if says(DECEASED) || says(CANCELLED) {
        return Some(negated);
    }
    says(IN_FORCE).then_some(!negated)
}
