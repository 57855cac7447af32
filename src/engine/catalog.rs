//! The projects and flows that a new store begins with, from `assets/flows`.

use serde::Deserialize;

use crate::model::{Flow, Project};

const SOURCES: &[(&str, &str)] = &[
    ("aldea-bank.json", include_str!("../../assets/flows/aldea-bank.json")),
    ("feria-market.json", include_str!("../../assets/flows/feria-market.json")),
    ("nimbus-wallet.json", include_str!("../../assets/flows/nimbus-wallet.json")),
];

#[derive(Deserialize)]
struct Source {
    project: Project,
    flows: Vec<Flow>,
}

/// All projects and flows that come with the program. Fails only if the program was built with a broken file.
pub(super) fn built_in() -> Result<(Vec<Project>, Vec<Flow>), String> {
    let mut projects = Vec::new();
    let mut flows = Vec::new();
    for (name, text) in SOURCES {
        let source: Source = serde_json::from_str(text).map_err(|error| format!("assets/flows/{name}: {error}"))?;
        projects.push(source.project);
        flows.extend(source.flows);
    }
    Ok((projects, flows))
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::built_in;
    use crate::model::{Requirement, StepKind};

    #[test]
    fn every_flow_belongs_to_a_project_and_names_known_steps() {
        let (projects, flows) = built_in().unwrap();
        assert_eq!(projects.len(), 3);
        for flow in &flows {
            assert!(projects.iter().any(|project| project.id == flow.project_id), "{}", flow.name);
            for step in &flow.settings.steps {
                assert!(StepKind::ALL.contains(&step.kind), "{}: {}", flow.name, step.kind);
                assert!(Requirement::ALL.contains(&step.requirement), "{}: {}", flow.name, step.requirement);
            }
        }
    }

    #[test]
    fn one_flow_lets_verification_be_skipped_and_one_is_paused() {
        let (_, flows) = built_in().unwrap();
        let mandatory = |kind| flows.iter().filter(|flow| flow.settings.is_mandatory(&kind)).count();
        assert!(mandatory(StepKind::DocumentVerification) < flows.len());
        assert!(mandatory(StepKind::CriminalHistory) >= 1 && mandatory(StepKind::Signature) >= 1);
        assert!(flows.iter().any(|flow| flow.status.as_deref() == Some("paused")));
    }
}
