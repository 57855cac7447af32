//! Incidents: steps that stand still for everyone, told once above the queue instead of row by row.

use super::{Effects, Model};
use crate::triage::{Incident, STANDSTILL};

/// An incident with how many registrations are stuck in it.
#[derive(Debug, Clone, PartialEq)]
pub struct Standstill {
    /// What is known of it.
    pub incident: Incident,
    /// How many registrations wait because of it for longer than their limit.
    pub stuck: usize,
}

impl Model {
    /// Takes in which incidents there are now.
    pub(super) fn look_for_incidents(&mut self) {
        self.incidents =
            self.index.incidents().map(|(incident, stuck)| Standstill { incident: incident.clone(), stuck }).collect();
        self.incidents.sort_by_key(|standstill| std::cmp::Reverse(standstill.stuck));
    }

    /// Shows the members of an incident in the queue; asked for again, those of the next one.
    pub(super) fn show_incident(&mut self) -> Effects {
        let terms: Vec<String> = self.incidents.iter().map(|standstill| self.term(&standstill.incident)).collect();
        let shown = terms.iter().position(|term| term == self.queue.filter.input.value());
        let next = shown.map_or(0, |shown| (shown + 1) % terms.len());
        if let Some(term) = terms.into_iter().nth(next) {
            self.back_to_queue();
            self.filter_by(term, None);
        }
        Effects::none()
    }

    /// The query that finds the members of an incident.
    fn term(&self, incident: &Incident) -> String {
        if self.incidents.len() == 1 {
            return format!("stuck:{STANDSTILL}");
        }
        let project = incident.project.as_ref().map_or(String::new(), |project| format!(" project:\"{project}\""));
        format!("stuck:{STANDSTILL} step:{}{project}", incident.step)
    }
}
