//! `projects` and `flows`: what registrations can be for, and what they are asked.

use super::{Desk, Failure, Output, output::Table};
use crate::model::{Flow, Requirement};

/// Prints all projects.
pub async fn projects(as_json: bool, desk: &Desk, output: &mut Output) -> Result<(), Failure> {
    let projects = desk.backend.projects().await?;
    if as_json {
        return output.json(&projects);
    }
    let flows = desk.backend.flows().await?;
    let mut table = Table::new(&["ID", "NAME", "STATUS", "FLOWS", "COUNTRIES"]);
    for project in projects {
        let own = flows.iter().filter(|flow| flow.project_id == project.id).count();
        let countries = project.allowed_countries.join(", ");
        let status = project.status.unwrap_or_default();
        table.row([project.id, project.name, status, own.to_string(), countries]);
    }
    table.print(output)
}

/// Prints all flows.
pub async fn flows(as_json: bool, desk: &Desk, output: &mut Output) -> Result<(), Failure> {
    let flows = desk.backend.flows().await?;
    if as_json {
        return output.json(&flows);
    }
    let projects = desk.backend.projects().await?;
    let mut table = Table::new(&["ID", "NAME", "PROJECT", "STATUS", "ASKS FOR"]);
    for flow in &flows {
        let project = projects.iter().find(|project| project.id == flow.project_id);
        table.row([
            flow.id.clone(),
            flow.name.clone(),
            project.map_or(&flow.project_id, |project| &project.name).clone(),
            flow.status.clone().unwrap_or_default(),
            asked(flow),
        ]);
    }
    table.print(output)
}

/// The steps that a flow asks for, optional ones in brackets.
fn asked(flow: &Flow) -> String {
    let steps = flow.settings.steps.iter().filter_map(|step| match step.requirement {
        Requirement::Skip => None,
        Requirement::Optional => Some(format!("[{}]", step.kind.label())),
        _ => Some(step.kind.label().to_owned()),
    });
    steps.collect::<Vec<_>>().join(", ")
}
