//! What a house goes by beyond its flows: rules that are switched off, numbers of its own, limits of waiting.

use std::{
    collections::BTreeMap,
    hash::{DefaultHasher, Hash, Hasher},
    sync::LazyLock,
};

use super::{Lists, Rule, stuck::Way};
use crate::model::{ProjectRef, StepKind};

/// What the configuration says about judging; a project's word stands over the one for all.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Policy {
    /// For every project.
    pub everywhere: Adjustments,
    /// For one project, by its id or its name.
    pub projects: BTreeMap<String, Adjustments>,
    /// What the rules know by heart, for every project: the built-in lists with those of the house.
    pub lists: Lists,
}

/// Changes to the built-in tables.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Adjustments {
    /// Changes to rules, by rule id.
    pub rules: BTreeMap<String, RuleAdjustment>,
    /// Limits of waiting, by id of the way of being stuck.
    pub ways: BTreeMap<String, LimitAdjustment>,
    /// Limits of waiting for all ways that concern a step.
    pub steps: BTreeMap<StepKind, LimitAdjustment>,
}

/// What is different about one rule.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct RuleAdjustment {
    /// `Some(false)` switches it off.
    pub enabled: Option<bool>,
    /// Its numbers, by the name in [`Rule::numbers`].
    pub numbers: BTreeMap<String, f64>,
}

/// How long one may wait, seconds; what is absent stays as built in.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct LimitAdjustment {
    /// From then on it is worth a look.
    pub warn: Option<i64>,
    /// From then on it is stuck.
    pub stuck: Option<i64>,
    /// From then on there is little hope.
    pub give_up: Option<i64>,
}

impl LimitAdjustment {
    /// These over others, limit by limit.
    fn over(self, below: Self) -> Self {
        Self {
            warn: self.warn.or(below.warn),
            stuck: self.stuck.or(below.stuck),
            give_up: self.give_up.or(below.give_up),
        }
    }
}

impl Policy {
    /// The one that changes nothing.
    pub fn built_in() -> &'static Self {
        static BUILT_IN: LazyLock<Policy> = LazyLock::new(Policy::default);
        &BUILT_IN
    }

    /// What differs whenever judgements may; the same build makes the same of the same.
    pub fn fingerprint(&self) -> u64 {
        let mut hasher = DefaultHasher::new();
        // Maps in the order of their keys, and numbers in as many digits as tell them apart.
        format!("{:?}{:?}", self.everywhere, self.projects).hash(&mut hasher);
        self.lists.fingerprint().hash(&mut hasher);
        hasher.finish()
    }

    /// Whether a rule is asked at all in a project.
    pub fn is_enabled(&self, rule: &Rule, project: &ProjectRef) -> bool {
        self.layers(project).find_map(|layer| layer.rules.get(rule.id)?.enabled).unwrap_or(true)
    }

    /// A number of a rule, where the configuration names it.
    pub fn number(&self, rule: &Rule, name: &str, project: &ProjectRef) -> Option<f64> {
        self.layers(project).find_map(|layer| layer.rules.get(rule.id)?.numbers.get(name).copied())
    }

    /// The limits of waiting that the configuration names for a way of being stuck at a step: the way's before the
    /// step's, the project's before those of all.
    pub fn limits(&self, way: &Way, step: &StepKind, project: &ProjectRef) -> LimitAdjustment {
        self.layers(project)
            .flat_map(|layer| [layer.ways.get(way.id), layer.steps.get(step)])
            .flatten()
            .fold(LimitAdjustment::default(), |known, below| known.over(*below))
    }

    /// Strongest first.
    fn layers<'a>(&'a self, project: &ProjectRef) -> impl Iterator<Item = &'a Adjustments> + use<'a> {
        let by_name = project.name.as_ref().and_then(|name| self.projects.get(name));
        self.projects.get(&project.id).into_iter().chain(by_name).chain([&self.everywhere])
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::{Adjustments, LimitAdjustment, Policy, RuleAdjustment};
    use crate::{
        model::{ProjectRef, StepKind},
        triage::{ListName, WAYS, rule},
    };

    fn project() -> ProjectRef {
        ProjectRef { id: "p1".to_owned(), name: Some("Aldea".to_owned()), allowed_countries: None }
    }

    fn adjusted(enabled: Option<bool>, number: Option<f64>) -> Adjustments {
        let numbers = number.map(|number| ("minimum".to_owned(), number)).into_iter().collect();
        let rules = [("BIO-01".to_owned(), RuleAdjustment { enabled, numbers })].into();
        Adjustments { rules, ..Adjustments::default() }
    }

    #[test]
    fn a_projects_word_stands_over_the_one_for_all_and_silence_leaves_it() {
        let rule = rule("BIO-01").unwrap();
        let mut policy = Policy { everywhere: adjusted(Some(false), Some(0.7)), ..Policy::default() };
        assert!(!policy.is_enabled(rule, &project()));
        policy.projects.insert("Aldea".to_owned(), adjusted(Some(true), None));
        assert!(policy.is_enabled(rule, &project()), "by name");
        assert_eq!(policy.number(rule, "minimum", &project()), Some(0.7), "the project names no number");
        policy.projects.insert("p1".to_owned(), adjusted(None, Some(0.9)));
        assert_eq!(policy.number(rule, "minimum", &project()), Some(0.9), "the id stands over the name");
        assert_eq!(Policy::default().number(rule, "minimum", &project()), None);
    }

    #[test]
    fn policies_that_judge_differently_have_other_fingerprints() {
        let number = |number| Policy { everywhere: adjusted(None, Some(number)), ..Policy::default() };
        assert_eq!(number(0.7).fingerprint(), number(0.7).fingerprint());
        assert_ne!(number(0.7).fingerprint(), number(0.71).fingerprint());
        let mut listed = Policy::default();
        listed.lists.extend(ListName::DisposableMail, "example.com").unwrap();
        assert_ne!(listed.fingerprint(), Policy::default().fingerprint());
    }

    #[test]
    fn a_ways_limit_stands_over_its_steps_one_by_one() {
        let way = WAYS.iter().find(|way| way.id == "D-02").unwrap();
        let step = StepKind::DocumentVerification;
        let of = |warn: Option<i64>, stuck: Option<i64>| LimitAdjustment { warn, stuck, give_up: None };
        let everywhere = Adjustments {
            ways: [("D-02".to_owned(), of(None, Some(60)))].into(),
            steps: [(step.clone(), of(Some(10), Some(90)))].into(),
            ..Adjustments::default()
        };
        let policy = Policy { everywhere, ..Policy::default() };
        assert_eq!(policy.limits(way, &step, &project()), of(Some(10), Some(60)));
        assert_eq!(policy.limits(way, &StepKind::End, &project()), of(None, Some(60)));
    }
}
