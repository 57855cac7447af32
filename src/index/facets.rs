//! Counts for headers and pickers.

use std::collections::{BTreeMap, HashMap};

use super::Entry;
use crate::model::Status;

/// Counts over a set of registrations, in display order.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Facets {
    /// By status word, in the order of the life cycle; unknown words last.
    pub statuses: Vec<(String, usize)>,
    /// By current step, in the order of the flow; unknown steps last.
    pub steps: Vec<(String, usize)>,
    /// By project name (its id where it has none), in alphabetical order.
    pub projects: Vec<(String, usize)>,
    /// By rule id, in alphabetical order.
    pub flags: Vec<(String, usize)>,
}

impl Facets {
    pub(super) fn over<'a>(entries: impl Iterator<Item = &'a Entry>) -> Self {
        let mut statuses: BTreeMap<(usize, &str), usize> = BTreeMap::new();
        let mut steps: BTreeMap<(usize, &str), usize> = BTreeMap::new();
        let mut projects: BTreeMap<&str, usize> = BTreeMap::new();
        let mut flags: HashMap<&str, usize> = HashMap::new();
        for entry in entries {
            let registration = &entry.registration;
            *statuses.entry((status_position(&registration.status), registration.status.as_str())).or_default() += 1;
            *steps.entry((entry.step().position(), entry.step().as_str())).or_default() += 1;
            let project = &registration.project;
            *projects.entry(project.name.as_deref().unwrap_or(&project.id)).or_default() += 1;
            let mut last = None;
            for flag in &entry.judgement.flags {
                // A source may report one code twice; it is one flag of that kind.
                if last != Some(flag.rule.as_ref()) {
                    *flags.entry(flag.rule.as_ref()).or_default() += 1;
                }
                last = Some(flag.rule.as_ref());
            }
        }
        let mut flags: Vec<_> = flags.into_iter().map(|(rule, count)| (rule.to_owned(), count)).collect();
        flags.sort();
        Self {
            statuses: statuses.into_iter().map(|((_, word), count)| (word.to_owned(), count)).collect(),
            steps: steps.into_iter().map(|((_, word), count)| (word.to_owned(), count)).collect(),
            projects: projects.into_iter().map(|(name, count)| (name.to_owned(), count)).collect(),
            flags,
        }
    }
}

/// Position in the life cycle; unknown words come last.
pub(super) fn status_position(status: &Status) -> usize {
    Status::ALL.iter().position(|known| known == status).unwrap_or(Status::ALL.len())
}
