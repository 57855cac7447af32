//! What the file says about judging: `[rules.ID]`, `[limits.WAY]` or `[limits.STEP]`, and the same under
//! `[projects.NAME]` for one project.

use toml::de::{DeTable, DeValue};

use super::{
    Mistake, Place,
    section::{Reading, Section, type_in_words},
};
use crate::{
    index::Span,
    model::StepKind,
    triage::{self, Adjustments, LimitAdjustment, Policy, Rule, RuleAdjustment},
};

/// The tables of the policy, as they are found at the top of the file and under a project.
#[derive(Clone, Copy)]
struct Tables<'a> {
    rules: Option<&'a DeTable<'a>>,
    limits: Option<&'a DeTable<'a>>,
}

impl<'a> Tables<'a> {
    fn of(section: &mut Section<'a>, reading: &mut Reading<'_>) -> Self {
        Self { rules: section.table(reading, "rules"), limits: section.table(reading, "limits") }
    }
}

/// Reads all that the file says about judging.
pub(super) fn policy_of(top: &mut Section<'_>, reading: &mut Reading<'_>) -> Policy {
    let everywhere = adjustments(Tables::of(top, reading), "", reading);
    let mut policy = Policy { everywhere, ..Policy::default() };
    for (name, value) in top.table(reading, "projects").into_iter().flatten() {
        let path = format!("projects.{}", name.get_ref());
        let place = reading.place(name.span().start);
        let Some(table) = table_of(value.get_ref(), &path, place, reading) else { continue };
        let mut section = Section::new(table, path.clone());
        let tables = Tables::of(&mut section, reading);
        section.finish(reading);
        let adjustments = adjustments(tables, &format!("{path}."), reading);
        policy.projects.insert(name.get_ref().to_string(), adjustments);
    }
    policy
}

fn adjustments(tables: Tables<'_>, prefix: &str, reading: &mut Reading<'_>) -> Adjustments {
    let mut adjustments = Adjustments::default();
    for (name, value) in tables.rules.into_iter().flatten() {
        let path = format!("{prefix}rules.{}", name.get_ref());
        let place = reading.place(name.span().start);
        let Some(rule) = triage::rule(name.get_ref()) else {
            let mistake = Mistake::new(place, "there is no such rule; `regdesk rules` lists them").with_key(path);
            let known = triage::rules().map(|rule| rule.id);
            reading.mistakes.push(mistake.with_nearest(&name.get_ref().to_uppercase(), known));
            continue;
        };
        let Some(table) = table_of(value.get_ref(), &path, place, reading) else { continue };
        adjustments.rules.insert(rule.id.to_owned(), rule_of(rule, table, path, reading));
    }
    for (name, value) in tables.limits.into_iter().flatten() {
        let path = format!("{prefix}limits.{}", name.get_ref());
        let place = reading.place(name.span().start);
        let Some(concerned) = Waiting::parse(name.get_ref()) else {
            let message = "is neither a way of being stuck nor a step; `regdesk rules --stuck` lists the ways";
            let known = triage::WAYS.iter().map(|way| way.id).chain(StepKind::ALL.iter().map(StepKind::as_str));
            let mistake = Mistake::new(place, message).with_key(path).with_nearest(name.get_ref(), known);
            reading.mistakes.push(mistake);
            continue;
        };
        let Some(table) = table_of(value.get_ref(), &path, place, reading) else { continue };
        let limit = limit_of(table, path, reading);
        match concerned {
            Waiting::Way(id) => adjustments.ways.insert(id.to_owned(), limit),
            Waiting::Step(step) => adjustments.steps.insert(step, limit),
        };
    }
    adjustments
}

/// What a limit of waiting is for.
enum Waiting {
    Way(&'static str),
    Step(StepKind),
}

impl Waiting {
    fn parse(word: &str) -> Option<Self> {
        let way = triage::WAYS.iter().find(|way| way.id.eq_ignore_ascii_case(word));
        way.map(|way| Self::Way(way.id)).or_else(|| match StepKind::parse(word) {
            StepKind::Other(_) => None,
            step => Some(Self::Step(step)),
        })
    }
}

fn rule_of(rule: &Rule, table: &DeTable<'_>, path: String, reading: &mut Reading<'_>) -> RuleAdjustment {
    let mut section = Section::new(table, path);
    let enabled = section.switch(reading, "enabled").map(|found| found.value);
    let mut numbers = std::collections::BTreeMap::new();
    for number in rule.numbers {
        let Some(found) = section.number(reading, number.name) else { continue };
        if number.allows(found.value) {
            numbers.insert(number.name.to_owned(), found.value);
        } else {
            let message = format!("must be {}", number.range());
            reading.mistakes.push(Mistake::new(found.place, message).with_key(section.path_of(number.name)));
        }
    }
    section.finish(reading);
    RuleAdjustment { enabled, numbers }
}

fn limit_of(table: &DeTable<'_>, path: String, reading: &mut Reading<'_>) -> LimitAdjustment {
    let mut section = Section::new(table, path);
    let limit = LimitAdjustment {
        warn: span(&mut section, "warn", reading),
        stuck: span(&mut section, "stuck", reading),
        give_up: span(&mut section, "give_up", reading),
    };
    let given: Vec<i64> = [limit.warn, limit.stuck, limit.give_up].into_iter().flatten().collect();
    if !given.is_sorted()
        && let Some(found) = ["stuck", "give_up"].into_iter().find_map(|key| section.text(reading, key))
    {
        let message = "the limits must not fall: warn, then stuck, then give_up";
        reading.mistakes.push(Mistake::new(found.place, message).with_key(section.path_of("stuck")));
    }
    section.finish(reading);
    limit
}

/// A span of time, seconds.
fn span(section: &mut Section<'_>, key: &'static str, reading: &mut Reading<'_>) -> Option<i64> {
    let found = section.text(reading, key)?;
    let Ok(span) = Span::parse(&found.value) else {
        let message = "must be a span of time, for example \"30m\", \"2h\", \"7d\" or \"1d12h\"";
        reading.mistakes.push(Mistake::new(found.place, message).with_key(section.path_of(key)));
        return None;
    };
    Some(span.0)
}

fn table_of<'a>(
    value: &'a DeValue<'a>,
    path: &str,
    place: Place,
    reading: &mut Reading<'_>,
) -> Option<&'a DeTable<'a>> {
    let table = value.as_table();
    if table.is_none() {
        let message = format!("must be a table: [{path}], not {}", type_in_words(value));
        reading.mistakes.push(Mistake::new(place, message).with_key(path));
    }
    table
}
