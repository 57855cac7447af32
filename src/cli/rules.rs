//! `flags`: how often each red-flag rule fires, and how often it was right.

use std::collections::BTreeMap;

use serde_json::{Value, json};

use super::{Desk, Failure, Output, args::FlagsArguments, desk, output::Table};
use crate::triage::{FlagRate, Interval, Share};

/// Counts flags and verdicts over the registrations that match.
pub async fn flags(arguments: &FlagsArguments, desk: &Desk, output: &mut Output) -> Result<(), Failure> {
    let query = desk::query(&arguments.query)?;
    let index = desk.load().await?;
    let found = index.list(&query, desk.clock.now());
    let found = found.rows();
    let mut rates = index.flag_rates(found);
    rates.sort_by(|left, right| right.count.cmp(&left.count).then_with(|| left.rule.cmp(&right.rule)));
    if arguments.json {
        let rules: Vec<Value> = rates.iter().map(|rate| object(rate, found.len())).collect();
        return output.json(&json!({ "registrations": found.len(), "rules": rules }));
    }
    let mut table = Table::new(&["RULE", "COUNT", "SHARE", "SEVERITY", "PRECISION", "VERDICTS", "NAME"]);
    for rate in rates {
        let share = rate.share(found.len()).map_or("-".to_owned(), |share| format!("{:.1} %", share * 100.0));
        let severities = severities(&rate);
        let count = rate.count.to_string();
        table.row([rate.rule.clone(), count, share, severities, precision(&rate), verdicts(&rate), rate.name]);
    }
    table.print(output)?;
    output.line(&format!("over {} registrations; precision: right of those judged right or wrong", found.len()))
}

/// Worst first: `high 3, low 1`; nothing for a rule that never fires.
fn severities(rate: &FlagRate) -> String {
    let counted = rate.by_severity.iter().rev().map(|(severity, count)| format!("{} {count}", severity.as_str()));
    counted.collect::<Vec<_>>().join(", ")
}

fn judged(rate: &FlagRate) -> Share {
    Share::new(rate.right, rate.judgements())
}

/// `80 % (49 to 94)`: what was measured, and between what the truth lies with so few verdicts.
fn precision(rate: &FlagRate) -> String {
    match (rate.precision(), judged(rate).wilson()) {
        (Some(precision), Some(Interval { low, high })) => {
            format!("{:.0} % ({:.0} to {:.0})", precision * 100.0, low * 100.0, high * 100.0)
        }
        _ => "-".to_owned(),
    }
}

/// `8 right, 2 wrong, 1 cannot tell`, without those that nobody said.
fn verdicts(rate: &FlagRate) -> String {
    let counts = [(rate.right, "right"), (rate.wrong, "wrong"), (rate.cannot_tell, "cannot tell")];
    let said = counts.iter().filter(|(count, _)| *count > 0).map(|(count, word)| format!("{count} {word}"));
    let said: Vec<String> = said.collect();
    if said.is_empty() { "-".to_owned() } else { said.join(", ") }
}

fn object(rate: &FlagRate, total: usize) -> Value {
    let by_severity: BTreeMap<&str, usize> =
        rate.by_severity.iter().map(|(severity, count)| (severity.as_str(), *count)).collect();
    let interval = judged(rate).wilson().map(|Interval { low, high }| json!({ "low": low, "high": high }));
    json!({
        "rule": rate.rule, "name": rate.name, "count": rate.count, "share": rate.share(total),
        "severity": rate.severity.as_str(), "bySeverity": by_severity,
        "verdicts": { "right": rate.right, "wrong": rate.wrong, "cannotTell": rate.cannot_tell },
        "precision": rate.precision(), "precisionInterval": interval,
    })
}
