//! The values that registrations have for the terms of the query language, with how many have each: what facets show
//! and what completion offers.

use std::{borrow::Cow, collections::HashMap};

use super::{Entry, query::value_text};
use crate::{
    model::{Registration, Status, StepKind},
    triage::{self, Severity, Stage, Turn, WAYS, country},
};

/// The terms that registrations are counted by on the screen of the facets, in its order.
pub const FACETS: [&str; 6] = ["status", "step", "turn", "project", "country", "flag"];

/// The terms whose values can be counted.
pub(super) const COUNTED: [&str; 10] =
    ["status", "step", "project", "flow", "flag", "turn", "stage", "stuck", "owner", "country"];

/// One value of a term.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ValueCount {
    /// As it stands after the colon.
    pub text: String,
    /// What it means, where the word alone does not tell.
    pub about: Cow<'static, str>,
    /// How many have it.
    pub count: usize,
}

/// Every value that the language knows for a term, in its order and whether or not any registration has it, then every
/// other one that registrations have, the most frequent first.
pub(super) fn over<'a>(term: &str, entries: impl Iterator<Item = &'a Entry>) -> Vec<ValueCount> {
    let mut counts: HashMap<Cow<'a, str>, usize> = HashMap::new();
    for entry in entries {
        values_of(term, entry, |value| *counts.entry(value).or_default() += 1);
    }
    let known = known(term);
    let mut all: Vec<ValueCount> = known
        .into_iter()
        .map(|(word, about)| {
            let count = counts.remove(word.as_ref()).unwrap_or_default();
            ValueCount { text: value_text(term, &word), about, count }
        })
        .collect();
    let mut others: Vec<(Cow<str>, usize)> = counts.into_iter().filter(|(value, _)| !value.is_empty()).collect();
    others.sort_by(|(left, few), (right, many)| many.cmp(few).then_with(|| left.cmp(right)));
    all.extend(others.into_iter().map(|(value, count)| {
        let text = value_text(term, &value);
        ValueCount { text, about: Cow::Borrowed(""), count }
    }));
    all
}

/// Counts over some entries by each term of [`FACETS`]; only values that occur. Of flags, only rules and the codes of
/// sources, the most frequent first.
pub(super) fn facets<'a>(entries: &(impl Iterator<Item = &'a Entry> + Clone)) -> Vec<(&'static str, Vec<ValueCount>)> {
    let facet = |term: &'static str| {
        let mut values = over(term, entries.clone());
        values.retain(|value| value.count > 0 && !(term == "flag" && is_group(&value.text)));
        if term == "flag" {
            values.sort_by(|left, right| right.count.cmp(&left.count).then_with(|| left.text.cmp(&right.text)));
        }
        (term, values)
    };
    FACETS.map(facet).into_iter().filter(|(_, values)| !values.is_empty()).collect()
}

/// Whether a value of `flag:` stands for many rules.
fn is_group(value: &str) -> bool {
    Severity::ALL.iter().any(|severity| severity.as_str() == value) || categories().any(|category| category == value)
}

fn categories() -> impl Iterator<Item = &'static str> {
    let mut categories: Vec<&'static str> = triage::rules().map(|rule| rule.category).collect();
    categories.sort_unstable();
    categories.dedup();
    categories.into_iter().chain([triage::REPORTED])
}

/// Tells every value that an entry has for a term, each once.
fn values_of<'a>(term: &str, entry: &'a Entry, mut tell: impl FnMut(Cow<'a, str>)) {
    let registration: &Registration = &entry.registration;
    let judgement = &entry.judgement;
    let named = |id: &'a str, name: Option<&'a str>| Cow::Borrowed(name.unwrap_or(id));
    match term {
        "status" => tell(registration.status.as_str().into()),
        "step" => tell(entry.step().as_str().into()),
        "project" => tell(named(&registration.project.id, registration.project.name.as_deref())),
        "flow" => tell(named(&registration.flow.id, registration.flow.name.as_deref())),
        "turn" => judgement.turn.into_iter().for_each(|turn| tell(turn.as_str().into())),
        "stage" => judgement.stage.into_iter().for_each(|stage| tell(stage.as_str().into())),
        "stuck" => judgement.stuck.iter().for_each(|stuck| tell(stuck.reason.into())),
        "country" => countries(registration).into_iter().for_each(|name| tell(name.into())),
        "owner" => {
            if entry.is_mine() {
                tell("me".into());
            }
            tell(registration.desk.claim.as_ref().map_or(Cow::Borrowed("none"), |claim| claim.by.as_str().into()));
        }
        "flag" => flags(entry, tell),
        _ => {}
    }
}

/// Rules, categories, and severities of which it has one or a worse one.
fn flags<'a>(entry: &'a Entry, mut tell: impl FnMut(Cow<'a, str>)) {
    let flags = &entry.judgement.flags;
    let mut seen: Vec<&str> = Vec::new();
    for word in flags.iter().flat_map(|flag| [flag.rule.as_ref(), flag.category]) {
        if !seen.contains(&word) {
            seen.push(word);
            tell(word.into());
        }
    }
    let worst = flags.iter().map(|flag| flag.severity).max();
    for severity in Severity::ALL.into_iter().filter(|severity| worst.is_some_and(|worst| worst >= *severity)) {
        tell(severity.as_str().into());
    }
}

/// The countries that documents and form name; where they name none, the one of the phone, unless several share its
/// calling code.
fn countries(registration: &Registration) -> Vec<String> {
    let named = country::named(registration);
    if !named.is_empty() {
        return named;
    }
    match registration.contact.country_code.as_deref().map(country::of_calling_code) {
        Some([only]) => vec![(*only).to_owned()],
        _ => Vec::new(),
    }
}

/// The values that the language itself knows, with what they mean.
fn known(term: &str) -> Vec<(Cow<'static, str>, Cow<'static, str>)> {
    let told = |(word, about): (&'static str, &'static str)| (Cow::Borrowed(word), Cow::Borrowed(about));
    match term {
        "status" => Status::ALL.iter().map(|status| (status.as_str().into(), about_status(status).into())).collect(),
        "step" => StepKind::ALL.iter().map(|step| (step.as_str().into(), step.label().into())).collect(),
        "turn" => Turn::ALL.into_iter().map(|turn| told((turn.as_str(), about_turn(turn)))).collect(),
        "stage" => Stage::ALL.into_iter().map(|stage| told((stage.as_str(), stage.label()))).collect(),
        "stuck" => WAYS.iter().map(|way| told((way.id, way.name))).collect(),
        "owner" => vec![told(("me", "claimed by you")), told(("none", "claimed by nobody"))],
        "flag" => {
            let severities = Severity::ALL.into_iter().map(|severity| told((severity.as_str(), "this bad or worse")));
            let rules = triage::rules().map(|rule| told((rule.id, rule.name)));
            severities.chain(rules).chain(categories().map(|category| told((category, "rules about this")))).collect()
        }
        _ => Vec::new(),
    }
}

fn about_status(status: &Status) -> &'static str {
    match status {
        Status::Started => "created, nothing reported yet",
        Status::Ongoing => "under way",
        Status::Completed => "all that is asked for is met",
        Status::CompletedWithoutKyc => "finished through the skip path",
        Status::Failed => "rejected, or out of attempts",
        Status::NeedsManualVerification => "somebody has to look at it",
        Status::Expired => "ran out of time",
        Status::Unknown(_) => "",
    }
}

fn about_turn(turn: Turn) -> &'static str {
    match turn {
        Turn::System => "the service has to work",
        Turn::Operator => "somebody of the desk has to act",
        Turn::Integrator => "whoever built the integration has to act",
        Turn::User => "the person has to act",
    }
}
