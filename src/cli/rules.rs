//! `flags`: how often each red-flag rule fires.

use std::collections::BTreeMap;

use serde_json::{Value, json};

use super::{Desk, Failure, Output, args::FlagsArguments, desk, output::Table};
use crate::{
    index::{Sort, SortField},
    triage::{self, Flag, Severity},
};

/// How often one rule fires.
struct Firing {
    name: String,
    count: usize,
    by_severity: BTreeMap<Severity, usize>,
}

/// Counts flags over the registrations that match.
pub async fn flags(arguments: &FlagsArguments, desk: &Desk, output: &mut Output) -> Result<(), Failure> {
    let query = desk::query(&arguments.query)?;
    let index = desk.load().await?;
    let found = index.search(&query, Sort { by: SortField::Created, descending: true }, desk.clock.now());
    let mut firings: BTreeMap<String, Firing> = BTreeMap::new();
    for flag in found.iter().filter_map(|id| index.get(id)).flat_map(|entry| &entry.judgement.flags) {
        note(&mut firings, flag);
    }
    let quiet = triage::rules().filter(|rule| !firings.contains_key(rule.id)).map(|rule| {
        (rule.id.to_owned(), Firing { name: rule.name.to_owned(), count: 0, by_severity: BTreeMap::new() })
    });
    let quiet: Vec<_> = quiet.collect();
    let mut rows: Vec<(String, Firing)> = firings.into_iter().chain(quiet).collect();
    rows.sort_by(|(left_rule, left), (right_rule, right)| {
        right.count.cmp(&left.count).then_with(|| left_rule.cmp(right_rule))
    });
    if arguments.json {
        let rules: Vec<Value> = rows.iter().map(|(rule, firing)| firing_object(rule, firing, found.len())).collect();
        return output.json(&json!({ "registrations": found.len(), "rules": rules }));
    }
    let mut table = Table::new(&["RULE", "COUNT", "SHARE", "SEVERITY", "NAME"]);
    for (rule, firing) in rows {
        let share = share(firing.count, found.len()).map_or("-".to_owned(), |share| format!("{:.1} %", share * 100.0));
        table.row([rule, firing.count.to_string(), share, severities(&firing), firing.name]);
    }
    table.print(output)?;
    output.line(&format!("over {} registrations", found.len()))
}

fn note(firings: &mut BTreeMap<String, Firing>, flag: &Flag) {
    let firing = firings.entry(flag.rule.to_string()).or_insert_with(|| Firing {
        name: flag.name.to_string(),
        count: 0,
        by_severity: BTreeMap::new(),
    });
    firing.count += 1;
    *firing.by_severity.entry(flag.severity).or_default() += 1;
}

/// Worst first: `high 3, low 1`; nothing for a rule that never fires.
fn severities(firing: &Firing) -> String {
    let counted = firing.by_severity.iter().rev().map(|(severity, count)| format!("{} {count}", severity.as_str()));
    counted.collect::<Vec<_>>().join(", ")
}

/// Of how many registrations it fires, 0 to 1; nothing of nothing.
fn share(count: usize, total: usize) -> Option<f64> {
    (total > 0).then(|| count as f64 / total as f64)
}

fn firing_object(rule: &str, firing: &Firing, total: usize) -> Value {
    let by_severity: BTreeMap<&str, usize> =
        firing.by_severity.iter().map(|(severity, count)| (severity.as_str(), *count)).collect();
    let severity = firing.by_severity.keys().next_back().map(|severity| severity.as_str());
    json!({
        "rule": rule, "name": firing.name, "count": firing.count, "share": share(firing.count, total),
        "severity": severity.or_else(|| triage::rule(rule).map(|rule| rule.severity.as_str())),
        "bySeverity": by_severity,
    })
}
