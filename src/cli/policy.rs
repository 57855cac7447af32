//! What registrations are judged by: `rules`, and the part of `config show` that changes them.

use serde_json::{Map, Value, json};

use super::{Failure, Output, configuration::quoted};
use crate::{
    index::Span,
    model::ProjectRef,
    triage::{self, Adjustments, LimitAdjustment, Number, Policy, Rule, ThresholdFrom},
};

/// Prints every rule with its numbers in force.
pub fn rules(as_json: bool, policy: &Policy, output: &mut Output) -> Result<(), Failure> {
    if as_json {
        let rules: Vec<Value> = triage::rules().map(|rule| rule_object(rule, policy)).collect();
        return output.json(&rules);
    }
    for rule in triage::rules() {
        print_rule(rule, policy, output)?;
    }
    Ok(())
}

fn print_rule(rule: &Rule, policy: &Policy, output: &mut Output) -> Result<(), Failure> {
    let everywhere = InForce::of(rule, policy, &ProjectRef::default());
    let off = if everywhere.enabled { "" } else { "  OFF" };
    output.line(&format!("{}  {}  ({}, {}){off}", rule.id, rule.name, rule.severity.as_str(), rule.category))?;
    output.line(&format!("    fires      {}", rule.threshold))?;
    if !rule.numbers.is_empty() {
        output.line(&format!("    numbers    {}", everywhere.numbers_text()))?;
    }
    for (name, in_force) in in_projects(rule, policy) {
        let off = if in_force.enabled { "" } else { "OFF " };
        output.line(&format!("    in {name}: {off}{}", in_force.numbers_text()))?;
    }
    output.line(&format!("    reads      {}", rule.inputs.join(", ")))?;
    output.line(&format!("    source     {}", rule.source))?;
    output.line(&format!("    caveat     {}", rule.caveat))?;
    output.line(&format!("    next       {}", rule.next_action))
}

fn rule_object(rule: &Rule, policy: &Policy) -> Value {
    let projects: Map<String, Value> =
        in_projects(rule, policy).map(|(name, in_force)| (name.to_owned(), in_force.object())).collect();
    let everywhere = InForce::of(rule, policy, &ProjectRef::default());
    json!({
        "rule": rule.id, "name": rule.name, "severity": rule.severity.as_str(), "category": rule.category,
        "inputs": rule.inputs, "threshold": rule.threshold, "source": rule.source, "caveat": rule.caveat,
        "nextAction": rule.next_action, "enabled": everywhere.enabled, "numbers": everywhere.numbers_object(),
        "projects": projects,
    })
}

/// What applies of a rule, somewhere.
struct InForce {
    enabled: bool,
    numbers: Vec<(Number, f64, ThresholdFrom)>,
}

impl InForce {
    fn of(rule: &Rule, policy: &Policy, project: &ProjectRef) -> Self {
        let number = |number: &Number| match policy.number(rule, number.name, project) {
            Some(value) => (*number, value, ThresholdFrom::Configuration),
            None => (*number, number.default, ThresholdFrom::Default),
        };
        Self { enabled: policy.is_enabled(rule, project), numbers: rule.numbers.iter().map(number).collect() }
    }

    fn numbers_text(&self) -> String {
        let text = |(number, value, from): &(Number, f64, ThresholdFrom)| {
            let mark = if *from == ThresholdFrom::Configuration { " (configured)" } else { "" };
            format!("{} = {value} {}{mark}", number.name, number.unit)
        };
        self.numbers.iter().map(text).collect::<Vec<_>>().join(", ")
    }

    fn numbers_object(&self) -> Vec<Value> {
        let object = |(number, value, from): &(Number, f64, ThresholdFrom)| {
            json!({
                "name": number.name, "value": value, "unit": number.unit, "default": number.default,
                "from": from.as_str(),
            })
        };
        self.numbers.iter().map(object).collect()
    }

    fn object(&self) -> Value {
        json!({ "enabled": self.enabled, "numbers": self.numbers_object() })
    }
}

/// The projects for which the configuration says something about a rule.
fn in_projects<'a>(rule: &'a Rule, policy: &'a Policy) -> impl Iterator<Item = (&'a str, InForce)> {
    let concerned = policy.projects.iter().filter(|(_, adjustments)| adjustments.rules.contains_key(rule.id));
    concerned.map(|(name, _)| {
        let project = ProjectRef { id: name.clone(), ..ProjectRef::default() };
        (name.as_str(), InForce::of(rule, policy, &project))
    })
}

/// Prints what the configuration changes, as a configuration file says it.
pub fn show(policy: &Policy, output: &mut Output) -> Result<(), Failure> {
    show_adjustments("", &policy.everywhere, output)?;
    for (name, adjustments) in &policy.projects {
        show_adjustments(&format!("projects.{}.", quoted(name)), adjustments, output)?;
    }
    Ok(())
}

fn show_adjustments(prefix: &str, adjustments: &Adjustments, output: &mut Output) -> Result<(), Failure> {
    for (id, rule) in &adjustments.rules {
        output.line("")?;
        output.line(&format!("[{prefix}rules.{id}]"))?;
        if let Some(enabled) = rule.enabled {
            output.line(&format!("enabled = {enabled}"))?;
        }
        for (name, value) in &rule.numbers {
            output.line(&format!("{name} = {value}"))?;
        }
    }
    let ways = adjustments.ways.iter().map(|(id, limit)| (id.as_str(), limit));
    for (name, limit) in ways.chain(adjustments.steps.iter().map(|(step, limit)| (step.as_str(), limit))) {
        output.line("")?;
        output.line(&format!("[{prefix}limits.{name}]"))?;
        let LimitAdjustment { warn, stuck, give_up } = *limit;
        for (key, seconds) in [("warn", warn), ("stuck", stuck), ("give_up", give_up)] {
            if let Some(seconds) = seconds {
                output.line(&format!("{key} = \"{}\"", Span(seconds)))?;
            }
        }
    }
    Ok(())
}
