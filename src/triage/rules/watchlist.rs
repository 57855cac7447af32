//! Criminal records and watch lists.

use super::{Case, Finding, Number, Rule, RuleOutcome, Severity, ThresholdFrom, screening};
use crate::model::{BackgroundCheck, BackgroundSource, MatchedBy, Outcome, SourceStatus, StepKind};

/// A screening runs by itself; it is missing only after this long.
const SCREENING_GRACE: Number = Number { name: "grace", default: 300.0, unit: "seconds" };

pub(super) const RECORD_HIT: Rule = Rule {
    id: "WL-01",
    name: "Hit in criminal records or watch lists",
    severity: Severity::Critical,
    category: "watchlist",
    inputs: &[
        "evidence.background.sources[].status",
        "evidence.background.sources[].matchedBy",
        "verificationResults.criminalHistory",
    ],
    numbers: &[],
    threshold: "any list with a record, but for sanctions, exposed persons and blacklists, which have rules of their own; \
                high if it was found by name alone",
    source: "exact: the answer of the list",
    caveat: "Namesakes, old records, and local law on the use of them.",
    next_action: "Hold document number and birth date against the record; note source and date.",
    evaluate: |case| {
        let Some(background) = &case.registration.checks.background else {
            // Where only the verdict is told, as the plain overview object does.
            return match &case.registration.results.criminal_history {
                Some(verdict @ (Outcome::Failed | Outcome::Review)) => {
                    Finding::new(Severity::Critical, "verificationResults.criminalHistory", verdict.as_str()).fires()
                }
                Some(Outcome::Passed) => RuleOutcome::Clear,
                _ => case.absent(&StepKind::CriminalHistory),
            };
        };
        record_hit(background)
    },
};

fn record_hit(background: &BackgroundCheck) -> RuleOutcome {
    let severity = |source: &BackgroundSource| match source.matched_by {
        Some(MatchedBy::Name) => Severity::High,
        _ => Severity::Critical,
    };
    let found = screening::of_records(background).filter(|(_, source)| source.status == SourceStatus::Found);
    // The first of the gravest.
    if let Some((place, source)) = found.min_by_key(|(_, source)| std::cmp::Reverse(severity(source))) {
        return Finding::new(
            severity(source),
            format!("evidence.background.sources[{place}].status"),
            source.name.clone(),
        )
        .at(background.requested)
        .fires();
    }
    let mut answers =
        screening::of_records(background).map(|(_, source)| source.status == SourceStatus::Clear).peekable();
    let all_clear = answers.peek().is_some() && answers.all(|clear| clear);
    if all_clear { RuleOutcome::Clear } else { RuleOutcome::NotMeasured }
}

pub(super) const NO_SCREENING_RESULT: Rule = Rule {
    id: "WL-04",
    name: "Required screening has no result",
    severity: Severity::High,
    category: "watchlist",
    inputs: &["evidence.background", "flowSettings.steps[].requirement"],
    numbers: &[SCREENING_GRACE],
    threshold: "the flow insists on it, and more than 5 minutes after it was due a list has not answered",
    source: "exact; the 5 minutes are our choice",
    caveat: "A list that is slow today.",
    next_action: "Run the screening again; do not approve without it.",
    evaluate: no_screening_result,
};

fn no_screening_result(case: &Case) -> RuleOutcome {
    match case.settings() {
        None => return RuleOutcome::NotMeasured,
        Some(settings) if !settings.is_mandatory(&StepKind::CriminalHistory) => return RuleOutcome::NotApplicable,
        Some(_) => {}
    }
    let checks = &case.registration.checks;
    let background = checks.background.as_ref();
    let answered = |background: &BackgroundCheck| !background.sources.is_empty() && !background.has_error();
    if background.is_some_and(|background| background.has_hit() || answered(background)) {
        return RuleOutcome::Clear;
    }
    let due = background
        .and_then(|background| background.requested)
        .or(case.registration.completed_at)
        .or(checks.liveness.as_ref().and_then(|liveness| liveness.finished));
    match due {
        Some(due) if case.context.has_passed(due.at, case.number(&SCREENING_GRACE).seconds()) => {
            let silent = background.into_iter().flat_map(|background| &background.sources);
            let silent =
                silent.filter(|source| source.status != SourceStatus::Clear).map(|source| source.name.as_str());
            let silent = silent.collect::<Vec<_>>().join(", ");
            let seen = if silent.is_empty() { "no data".to_owned() } else { format!("no answer from {silent}") };
            Finding::new(Severity::High, "evidence.background.sources", seen)
                .against("an answer from every list", ThresholdFrom::Flow)
                .at(Some(due))
                .fires()
        }
        _ => RuleOutcome::NotMeasured,
    }
}
