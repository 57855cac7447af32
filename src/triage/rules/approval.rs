//! Decisions by people against the flags that stood in front of them.

use super::{Case, Context, Finding, Rule, RuleOutcome, Severity, ThresholdFrom, evaluate, rules};
use crate::{
    model::{Review, Status, Timestamp, Verdict},
    triage::LinkIndex,
};

pub(super) const APPROVED_OVER_FLAG: Rule = Rule {
    id: "BEH-04",
    name: "Approved over an open critical flag",
    severity: Severity::High,
    category: "behaviour",
    inputs: &["reviews[].to", "reviews[].at", "reviews[].note", "evidence", "desk.verdicts"],
    numbers: &[],
    threshold: "a critical flag that the evidence of that time gives, and nobody had called a false alarm; low if the \
                reviewer wrote down why",
    source: "exact; the practice of two pairs of eyes",
    caveat: "A documented exception. Evidence without a time is taken for older than the decision; flags that only \
             others bring (shared documents, rings) are not counted, since nobody knows when they could be seen.",
    next_action: "Have a second reviewer look at it.",
    evaluate: approved_over_flag,
};

fn approved_over_flag(case: &Case) -> RuleOutcome {
    let registration = case.registration;
    let approved = |review: &&Review| {
        matches!(review.to, Status::Completed | Status::CompletedWithoutKyc) && review.to == registration.status
    };
    let Some(review) = registration.reviews.last().filter(approved) else { return RuleOutcome::NotApplicable };
    let Some(decided) = review.at else { return RuleOutcome::NotMeasured };
    let open = critical_flags_at(case, decided);
    if open.is_empty() {
        return RuleOutcome::Clear;
    }
    let severity = if review.note.is_some() { Severity::Low } else { Severity::High };
    let path = format!("reviews[{}]", registration.reviews.len() - 1);
    let by = review.by.as_deref().map(|by| format!(" by {by}")).unwrap_or_default();
    let mut finding = Finding::new(severity, path, format!("approved{by} over {}", open.join(", ")))
        .against("no critical flag", ThresholdFrom::Default);
    finding.at = Some(decided);
    finding.fires()
}

/// The rules that were critical at a time: what today's evidence gives when judged then, less what came in later and
/// what the desk had called a false alarm by then. Nobody else is known to that judgement.
fn critical_flags_at(case: &Case, then: Timestamp) -> Vec<&'static str> {
    let links = LinkIndex::default();
    let context = Context { links: &links, incidents: &[], now: then, horizon: None, ..case.context };
    let verdicts = &case.registration.desk.verdicts;
    let settled =
        |id: &str| verdicts.iter().any(|said| said.rule == id && said.verdict == Verdict::Wrong && said.at <= then);
    rules()
        .filter(|rule| rule.id != case.rule.id && !settled(rule.id))
        .filter(|rule| match evaluate(rule, case.registration, context) {
            RuleOutcome::Fires(finding) => {
                finding.severity == Severity::Critical && finding.at.is_none_or(|at| at <= then)
            }
            _ => false,
        })
        .map(|rule| rule.id)
        .collect()
}
