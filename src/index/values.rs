//! The values that registrations have for the terms of the query language, with how many have each: what facets show
//! and what completion offers.

use std::{borrow::Cow, collections::HashMap};

use rayon::prelude::*;

use super::{
    Row,
    columns::{Among, Columns, FlagKind, Mark, Named, Origin},
    query::value_text,
};
use crate::{
    model::{Status, StepKind},
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

/// Every value that the language knows for a term, in its order and whether or not any of these rows has it, then every
/// other one that rows have, the most frequent first.
pub(super) fn over(term: &str, columns: &Columns, among: Among) -> Vec<ValueCount> {
    let mut counts = counted(term, columns, among);
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

/// Counts over some rows by each term of [`FACETS`]; only values that occur. Of flags, only rules and the codes of
/// sources, the most frequent first.
pub(super) fn facets(columns: &Columns, rows: &[Row]) -> Vec<(&'static str, Vec<ValueCount>)> {
    let among = columns.among(rows);
    let facet = |term: &'static str| {
        let mut values = over(term, columns, among);
        values.retain(|value| value.count > 0 && !(term == "flag" && is_group(&value.text)));
        if term == "flag" {
            values.sort_by(|left, right| right.count.cmp(&left.count).then_with(|| left.text.cmp(&right.text)));
        }
        (term, values)
    };
    FACETS.into_par_iter().map(facet).filter(|(_, values)| !values.is_empty()).collect()
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

/// How many rows have each value for a term; what a column holds is looked at once for each of its values.
fn counted<'a>(term: &str, columns: &'a Columns, among: Among) -> HashMap<Cow<'a, str>, usize> {
    let mut counts: HashMap<Cow<'a, str>, usize> = HashMap::new();
    let mut tell = |value: Cow<'a, str>, count: usize| *counts.entry(value).or_default() += count;
    let named = |named: &'a Named| Cow::Borrowed(named.name.as_deref().unwrap_or(&named.id));
    match term {
        "status" => columns.status.counts(among).for_each(|(status, count)| tell(status.as_str().into(), count)),
        "step" => columns.step.counts(among).for_each(|(step, count)| tell(step.as_str().into(), count)),
        "project" => columns.project.counts(among).for_each(|(project, count)| tell(named(project), count)),
        "flow" => columns.flow.counts(among).for_each(|(flow, count)| tell(named(flow), count)),
        "turn" => each(columns.turn.counts(among), |turn, count| tell(turn.as_str().into(), count)),
        "stage" => each(columns.stage.counts(among), |stage, count| tell(stage.as_str().into(), count)),
        "stuck" => each(columns.stuck.counts(among), |reason, count| tell((*reason).into(), count)),
        "country" => {
            for (origin, count) in columns.origin.counts(among) {
                for name in countries(origin) {
                    tell(name.into(), count);
                }
            }
        }
        "owner" => {
            let is_mine = |row: &usize| columns.has(*row, Mark::Mine);
            let mine = match among {
                Among::All => (0..columns.len()).filter(is_mine).count(),
                Among::Only(rows) => rows.iter().map(|row| row.place()).filter(is_mine).count(),
            };
            if mine > 0 {
                tell("me".into(), mine);
            }
            for (owner, count) in columns.owner.counts(among) {
                tell(owner.as_deref().unwrap_or("none").into(), count);
            }
        }
        "flag" => {
            for (flags, count) in columns.flags.counts(among) {
                for word in words_of(flags) {
                    tell(word.into(), count);
                }
            }
        }
        _ => {}
    }
    counts
}

/// Only of those that have a value.
fn each<'a, T: 'a>(counts: impl Iterator<Item = (&'a Option<T>, usize)>, mut tell: impl FnMut(&'a T, usize)) {
    counts.filter_map(|(value, count)| Some((value.as_ref()?, count))).for_each(|(value, count)| tell(value, count));
}

/// Rules, categories, and severities of which it has one or a worse one; each once.
fn words_of(flags: &[FlagKind]) -> Vec<&str> {
    let mut words: Vec<&str> = Vec::new();
    for flag in flags {
        words.push(&flag.rule);
        words.push(flag.category);
    }
    words.sort_unstable();
    words.dedup();
    let worst = flags.iter().map(|flag| flag.severity).max();
    let severities = Severity::ALL.into_iter().filter(|severity| worst.is_some_and(|worst| worst >= *severity));
    severities.for_each(|severity| words.push(severity.as_str()));
    words
}

/// The countries that documents and form name; where they name none, the one of the phone, unless several share its
/// calling code.
fn countries(origin: &Origin) -> Vec<String> {
    if !origin.named.is_empty() {
        return origin.named.clone();
    }
    match origin.calling_code.as_deref().map(country::of_calling_code) {
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
