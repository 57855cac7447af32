//! The routes of projects and flows, and the funnel of a project. For the client's token only.

use std::{collections::BTreeMap, sync::Arc};

use axum::{Json, Router, extract::State, routing::get};
use serde_json::{Value, json};

use super::{App, Shared, access::Access, answer, query::Query, refusal::Refusal, registrations::PathId};
use crate::{
    model::{Flow, Project, Registration, Status, StepKind, fold_word},
    wire,
};

pub(super) fn routes() -> Router<Arc<App>> {
    Router::new()
        .route("/v3/projects", get(projects_counted))
        .route("/v3/projects/{id}", get(project))
        .route("/v2/projects", get(projects_paginated))
        .route("/v2/projects/{id}", get(project))
        .route("/v2/project-flows", get(flows))
        .route("/v2/project-flows/{id}", get(flow))
        .route("/v3/project-flows/{id}", get(flow))
        .route("/v2/app-registrations/statistics", get(statistics))
}

async fn projects_counted(State(app): Shared, access: Access, query: Query) -> Result<Json<Value>, Refusal> {
    let paging = query.paging()?;
    let rows = projects(&app, &access, &query).await?;
    let total = rows.len();
    Ok(answer::counted(&paging.cut(rows), total, paging))
}

async fn projects_paginated(State(app): Shared, access: Access, query: Query) -> Result<Json<Value>, Refusal> {
    let paging = query.paging()?;
    let rows = projects(&app, &access, &query).await?;
    let total = rows.len();
    Ok(answer::paginated(&paging.cut(rows), total, paging))
}

async fn projects(app: &App, access: &Access, query: &Query) -> Result<Vec<Value>, Refusal> {
    access.client_only()?;
    let flows = app.backend.flows().await?;
    let wanted_status = query.one(&["where_status", "status"]).map(fold_word);
    let wanted_name = query.one(&["like_name"]).map(str::to_lowercase);
    let fits = |project: &Project| {
        wanted_status.as_ref().is_none_or(|wanted| project.status.as_deref().map(fold_word).as_ref() == Some(wanted))
            && wanted_name.as_ref().is_none_or(|wanted| project.name.to_lowercase().contains(wanted))
    };
    let projects = app.backend.projects().await?;
    Ok(projects.iter().filter(|project| fits(project)).map(|project| object(project, &flows)).collect())
}

/// A project with its own flows.
fn object(project: &Project, flows: &[Flow]) -> Value {
    let own: Vec<Flow> = flows.iter().filter(|flow| flow.project_id == project.id).cloned().collect();
    wire::encode_project(project, &own)
}

async fn project(State(app): Shared, access: Access, PathId(id): PathId) -> Result<Json<Value>, Refusal> {
    access.client_only()?;
    let flows = app.backend.flows().await?;
    match app.backend.projects().await?.iter().find(|project| project.id == id) {
        Some(project) => Ok(Json(json!({ "data": object(project, &flows) }))),
        None => Err(Refusal::not_found("project_not_found", "There is no project of this id.")),
    }
}

async fn flows(State(app): Shared, access: Access, query: Query) -> Result<Json<Value>, Refusal> {
    access.client_only()?;
    let paging = query.paging()?;
    let project = query.one(&["project", "where_project", "projectId"]);
    let status = query.one(&["status", "where_status"]).map(fold_word);
    let flows = app.backend.flows().await?;
    let rows: Vec<Value> = flows
        .iter()
        .filter(|flow| project.is_none_or(|project| flow.project_id == project))
        .filter(|flow| {
            status.as_ref().is_none_or(|wanted| flow.status.as_deref().map(fold_word).as_ref() == Some(wanted))
        })
        .map(wire::encode_flow)
        .collect();
    let total = rows.len();
    Ok(answer::paginated(&paging.cut(rows), total, paging))
}

async fn flow(State(app): Shared, access: Access, PathId(id): PathId) -> Result<Json<Value>, Refusal> {
    access.client_only()?;
    match app.backend.flows().await?.iter().find(|flow| flow.id == id) {
        Some(flow) => Ok(Json(json!({ "data": wire::encode_flow(flow) }))),
        None => Err(Refusal::not_found("projectFlow_not_found", "There is no flow of this id.")),
    }
}

async fn statistics(State(app): Shared, access: Access, query: Query) -> Result<Json<Value>, Refusal> {
    access.client_only()?;
    let mut funnel = Funnel::default();
    app.each_registration(query.one(&["project", "projectId"]), |registration| {
        funnel.count(&registration);
        true
    })
    .await?;
    Ok(Json(json!({ "data": { "funnel": funnel.to_json() } })))
}

/// How many registrations got how far, and why steps failed.
#[derive(Default)]
struct Funnel {
    total: u64,
    statuses: BTreeMap<String, u64>,
    steps: BTreeMap<String, u64>,
    document_failures: BTreeMap<String, u64>,
    liveness_failures: BTreeMap<String, u64>,
}

impl Funnel {
    fn count(&mut self, registration: &Registration) {
        self.total += 1;
        add(&mut self.statuses, &registration.status.to_live());
        add(&mut self.steps, answer::live_step(registration).unwrap_or("not_started"));
        for attempt in &registration.failed_attempts {
            let reason = attempt.reason.as_deref().unwrap_or("unspecified");
            match attempt.step {
                StepKind::DocumentVerification => add(&mut self.document_failures, reason),
                StepKind::BiometricVerification => add(&mut self.liveness_failures, reason),
                _ => {}
            }
        }
    }

    fn to_json(&self) -> Value {
        let in_order = |order: Vec<String>, counts: &BTreeMap<String, u64>| -> Vec<Value> {
            let known = order.iter().filter_map(|label| counts.get_key_value(label));
            let others = counts.iter().filter(|(label, _)| !order.contains(label));
            known.chain(others).map(|(label, count)| json!({ "label": label, "count": count })).collect()
        };
        let steps = StepKind::ALL.iter().filter_map(StepKind::live_name).map(str::to_owned);
        json!({
            "total": self.total,
            "byStatus": in_order(Status::ALL.iter().map(Status::to_live).collect(), &self.statuses),
            "byCurrentStep": in_order(std::iter::once("not_started".to_owned()).chain(steps).collect(), &self.steps),
            "documentFailures": in_order(Vec::new(), &self.document_failures),
            "livenessFailures": in_order(Vec::new(), &self.liveness_failures),
        })
    }
}

fn add(counts: &mut BTreeMap<String, u64>, label: &str) {
    *counts.entry(label.to_owned()).or_default() += 1;
}
