//! What registrations are judged by: `rules`, and the part of `config show` that changes them.

use serde_json::{Map, Value, json};

use super::{Failure, Output, args::RulesArguments, quoted};
use crate::{
    index::Span,
    model::{ProjectRef, StepKind},
    triage::{
        self, Adjustments, Limit, LimitAdjustment, Limits, ListName, Lists, Number, Policy, Rule, ThresholdFrom, Way,
    },
};

/// Prints every rule with its numbers in force, or every way of being stuck with its limits.
pub fn rules(arguments: RulesArguments, policy: &Policy, output: &mut Output) -> Result<(), Failure> {
    if arguments.stuck {
        return ways(arguments.json, policy, output);
    }
    if arguments.lists {
        return lists(arguments.json, policy, output);
    }
    if arguments.json {
        return output.json(&rules_in_force(policy));
    }
    for rule in triage::rules() {
        print_rule(rule, policy, output)?;
    }
    Ok(())
}

/// Every rule with its numbers in force, as JSON.
pub fn rules_in_force(policy: &Policy) -> Vec<Value> {
    triage::rules().map(|rule| rule_object(rule, policy)).collect()
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

/// The lists by name, with the entries of the house among those built in.
fn lists(as_json: bool, policy: &Policy, output: &mut Output) -> Result<(), Failure> {
    let counts = |list: &ListName| (list.as_str(), Lists::default().count(*list), policy.lists.count(*list));
    if as_json {
        let object = |list: &ListName| {
            let (name, built_in, entries) = counts(list);
            json!({ "list": name, "entries": entries, "builtIn": built_in })
        };
        return output.json(&ListName::ALL.iter().map(object).collect::<Vec<Value>>());
    }
    for list in ListName::ALL {
        let (name, built_in, entries) = counts(list);
        output.line(&format!("{name:18}  {entries:>7} entries, {built_in} of them built in"))?;
    }
    Ok(())
}

fn ways(as_json: bool, policy: &Policy, output: &mut Output) -> Result<(), Failure> {
    let everywhere = ProjectRef::default();
    if as_json {
        let object = |way: &Way| {
            json!({
                "reason": way.id, "name": way.name, "step": way.step().map(StepKind::as_str),
                "turn": way.turn.as_str(), "limits": Waits::of(way, policy, &everywhere).object(),
                "act": way.act.as_str(), "nextAction": way.next_action,
                "projects": ways_in_projects(way, policy).map(|(name, waits)| (name.to_owned(), waits.object()))
                    .collect::<Map<String, Value>>(),
            })
        };
        return output.json(&triage::WAYS.iter().map(object).collect::<Vec<Value>>());
    }
    for way in triage::WAYS {
        let step = way.step().map_or("any step", StepKind::label);
        output.line(&format!("{}  {}  ({step}, {}'s turn)", way.id, way.name, way.turn.as_str()))?;
        output.line(&format!("    limits     {}", Waits::of(way, policy, &everywhere).text()))?;
        for (name, waits) in ways_in_projects(way, policy) {
            output.line(&format!("    in {name}: {}", waits.text()))?;
        }
        output.line(&format!("    next       {}", way.next_action))?;
    }
    Ok(())
}

/// The projects for which the configuration says something about a way, or about its step.
fn ways_in_projects<'a>(way: &'a Way, policy: &'a Policy) -> impl Iterator<Item = (&'a str, Waits)> {
    let concerned = policy.projects.iter().filter(|(_, adjustments)| {
        adjustments.ways.contains_key(way.id) || way.step().is_some_and(|step| adjustments.steps.contains_key(step))
    });
    concerned.map(|(name, _)| {
        let project = ProjectRef { id: name.clone(), ..ProjectRef::default() };
        (name.as_str(), Waits::of(way, policy, &project))
    })
}

/// The limits of one way of being stuck: name, seconds, and whether the configuration names it.
struct Waits(Vec<(&'static str, i64, bool)>);

impl Waits {
    fn of(way: &Way, policy: &Policy, project: &ProjectRef) -> Self {
        let anywhere = StepKind::Other(String::new());
        let house = policy.limits(way, way.step().unwrap_or(&anywhere), project);
        let Limits { warn, stuck, give_up } = way.limits;
        let limits =
            [("warn", house.warn, warn), ("stuck", house.stuck, Some(stuck)), ("give_up", house.give_up, give_up)];
        let limit = |(name, house, built_in): (&'static str, Option<i64>, Option<Limit>)| {
            let seconds = house.or(built_in.map(|limit| limit.seconds(None)))?;
            Some((name, seconds, house.is_some()))
        };
        Self(limits.into_iter().filter_map(limit).collect())
    }

    fn text(&self) -> String {
        let text = |(name, seconds, configured): &(&str, i64, bool)| {
            let mark = if *configured { " (configured)" } else { "" };
            let span = if *seconds == 0 { "at once".to_owned() } else { Span(*seconds).to_string() };
            format!("{name} {span}{mark}")
        };
        self.0.iter().map(text).collect::<Vec<_>>().join(", ")
    }

    fn object(&self) -> Value {
        let limit = |(name, seconds, configured): &(&str, i64, bool)| {
            ((*name).to_owned(), json!({ "seconds": seconds, "configured": configured }))
        };
        Value::Object(self.0.iter().map(limit).collect())
    }
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
