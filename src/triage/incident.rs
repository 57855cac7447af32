//! Steps that stopped working for everyone: one incident, not hundreds of people.

use crate::model::{Registration, StepKind, Timestamp};

/// A step that far fewer people get through than usual.
#[derive(Debug, Clone, PartialEq)]
pub struct Incident {
    /// The step.
    pub step: StepKind,
    /// The project concerned, by id; `None`: all.
    pub project: Option<String>,
    /// What it may be, for example `whatsapp`: the gateway of the codes that stopped.
    pub through: Option<String>,
    /// When the first of the waiting arrived at the step.
    pub since: Timestamp,
    /// How many arrived at the step in the last hour.
    pub arrivals: usize,
    /// How many of them got through.
    pub passed: usize,
    /// The share that usually gets through, 0 to 1: the median of the last seven days.
    pub usual: f64,
}

impl Incident {
    /// Whether a registration waits because of it.
    pub fn covers(&self, _registration: &Registration) -> bool {
        false
    }
}
