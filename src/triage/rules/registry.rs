//! What the registry says of the document's owner.

use super::{
    Case, Finding, Rule, RuleOutcome, Severity,
    identity::{NAME_MINIMUM, REVIEWED_MATCH},
    measured,
};
use crate::model::StepKind;

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
    inputs: &["evidence.document.registryReason", "flowSettings.verifyNames"],
    numbers: &[],
    threshold: "any reason; medium if the flow wants names verified",
    source: "exact: the service's reason code",
    caveat: "Says nothing about the person.",
    next_action: "Set the document type or run the look-up again; else decide by hand.",
    evaluate: |case| {
        let Some(document) = &case.registration.checks.document else {
            return case.absent(&StepKind::DocumentVerification);
        };
        let Some(reason) = document.registry_reason.as_deref().filter(|reason| !reason.is_empty()) else {
            return RuleOutcome::Clear;
        };
        let wanted = case.settings().and_then(|settings| settings.verify_names) == Some(true);
        let severity = if wanted { Severity::Medium } else { Severity::Info };
        Finding::new(severity, "evidence.document.registryReason", reason)
            .at(document.finished.or(document.created))
            .fires()
    },
};
