//! Screening against sanctions lists, lists of exposed persons, and the tenant's own list.

use super::{Case, Finding, Limit, Number, Rule, RuleOutcome, Severity, ThresholdFrom, measured, score_text};
use crate::model::{BackgroundCheck, BackgroundSource, ListKind, MatchedBy, Personal, SourceStatus, StepKind};

/// From this likeness of names on, a match is possible.
const POSSIBLE: Number = Number { name: "possible", default: 0.80, unit: "score" };
/// From this one on it is likely.
const LIKELY: Number = Number { name: "likely", default: 0.90, unit: "score" };

/// What one list says to a rule, with the path of it; `None` if it did not answer.
type Answer = Option<Option<Finding>>;

/// Asks each list of some kinds; the worst answer counts.
fn ask_lists(case: &Case, kinds: &[ListKind], judge: impl Fn(&BackgroundSource, &str) -> Answer) -> RuleOutcome {
    let Some(background) = &case.registration.checks.background else {
        return case.absent(&StepKind::CriminalHistory);
    };
    let asked = background.sources.iter().enumerate().filter(|(_, source)| kinds.iter().any(|kind| source.is(kind)));
    let answers: Vec<Answer> =
        asked.map(|(place, source)| judge(source, &format!("evidence.background.sources[{place}]"))).collect();
    let all_answered = !answers.is_empty() && answers.iter().all(Option::is_some);
    match answers.into_iter().flatten().flatten().max_by_key(|finding| finding.severity) {
        Some(finding) => finding.at(background.requested).fires(),
        None if all_answered => RuleOutcome::Clear,
        None => RuleOutcome::NotMeasured,
    }
}

/// The list and who stands on it.
fn listed(source: &BackgroundSource) -> String {
    match &source.entry {
        Some(entry) => format!("{}: {}", source.name, Personal::reveal(entry)),
        None => source.name.clone(),
    }
}

pub(super) const POSSIBLE_MATCH: Rule = Rule {
    id: "WL-02",
    name: "Possible match with a sanctions list or an exposed person",
    severity: Severity::High,
    category: "watchlist",
    inputs: &[
        "evidence.background.sources[].kind",
        "evidence.background.sources[].status",
        "evidence.background.sources[].score",
        "evidence.background.sources[].matchedBy",
    ],
    numbers: &[POSSIBLE, LIKELY],
    threshold: "found by document number: critical; names alike from 0.90 on, or found with no score told: high; from \
                0.80 on: medium",
    source: "a common default of open screening tools for the 0.80; our choice for the 0.90",
    caveat: "Common names.",
    next_action: "Hold birth date and country against the entry; say on the flag whether it is the person, and why.",
    evaluate: |case| {
        let bands = [case.number(&LIKELY), case.number(&POSSIBLE)];
        ask_lists(case, &[ListKind::Sanctions, ListKind::Pep], |source, path| possible_match(source, path, bands))
    },
};

fn possible_match(source: &BackgroundSource, path: &str, [likely, possible]: [Limit; 2]) -> Answer {
    if source.status == SourceStatus::Found && source.matched_by == Some(MatchedBy::DocumentNumber) {
        let seen = format!("{}, by the document number", listed(source));
        return Some(Some(Finding::new(Severity::Critical, format!("{path}.matchedBy"), seen)));
    }
    // A score decides whatever the list itself makes of it: lists draw their own lines.
    if let Some(score) = measured(source.score) {
        let severity = match score {
            score if score >= likely.value => Severity::High,
            score if score >= possible.value => Severity::Medium,
            _ => return Some(None),
        };
        let seen = format!("{} ({})", listed(source), score_text(score));
        let below = format!("below {}", score_text(possible.value.min(likely.value)));
        return Some(Some(Finding::new(severity, format!("{path}.score"), seen).against(below, possible.from)));
    }
    match source.status {
        SourceStatus::Found => Some(Some(Finding::new(Severity::High, format!("{path}.status"), listed(source)))),
        SourceStatus::Clear => Some(None),
        _ => None,
    }
}

pub(super) const BLACKLISTED: Rule = Rule {
    id: "WL-03",
    name: "On the client's own blacklist",
    severity: Severity::Critical,
    category: "watchlist",
    inputs: &["evidence.background.sources[].kind", "evidence.background.sources[].status"],
    numbers: &[],
    threshold: "any hit",
    source: "exact: the answer of the list",
    caveat: "Phone numbers and addresses change hands.",
    next_action: "Make sure by which value it was found, and that it is still this person's.",
    evaluate: |case| {
        ask_lists(case, &[ListKind::Blacklist], |source, path| match source.status {
            SourceStatus::Found => {
                let by = source.matched_by.as_ref().map_or("a value not told", MatchedBy::as_str).replace('_', " ");
                let seen = format!("{}, by {by}", listed(source));
                let finding = Finding::new(Severity::Critical, format!("{path}.matchedBy"), seen);
                Some(Some(finding.against("not listed", ThresholdFrom::Default)))
            }
            SourceStatus::Clear => Some(None),
            _ => None,
        })
    },
};

/// The lists that are neither of those above: criminal records, and lists that do not tell what they are about.
pub(super) fn of_records(background: &BackgroundCheck) -> impl Iterator<Item = (usize, &BackgroundSource)> {
    let elsewhere = [ListKind::Sanctions, ListKind::Pep, ListKind::Blacklist];
    let sources = background.sources.iter().enumerate();
    sources.filter(move |(_, source)| !elsewhere.iter().any(|kind| source.is(kind)))
}
