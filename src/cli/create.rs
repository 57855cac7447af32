//! `create`: a new registration; prints its id.

use secrecy::ExposeSecret;
use serde_json::Value;

use super::{Desk, Failure, Output, args::CreateArguments, notice};
use crate::{
    backend::{BackendError, CreateRequest, Created, ErrorKind},
    model::{Contact, Flow, Personal, Project, fold_word},
    text, wire,
};

/// Creates it. The id on standard output says that it is stored.
pub async fn run(arguments: &CreateArguments, desk: &Desk, output: &mut Output) -> Result<(), Failure> {
    let (project, flow) = chosen_ids(arguments, desk).await?;
    let personal = |value: &Option<String>| value.as_deref().map(Personal::from);
    let request = CreateRequest {
        project,
        flow,
        user_id: None,
        contact: Contact {
            email: personal(&arguments.email),
            phone: personal(&arguments.phone),
            country_code: arguments.country_code.clone(),
            full_name: personal(&arguments.full_name),
            first_name: personal(&arguments.first_name),
            last_name: personal(&arguments.last_name),
            language: arguments.language.clone(),
        },
    };
    let created = desk.backend.create(request, &desk.operator).await?;
    print(arguments, desk, &created, output)?;
    output.flush()?;
    let registration = &created.registration;
    notice(&format!("created {} ({})", registration.id, registration.status));
    if !arguments.show_token && created.token.is_some() {
        notice("the person's token was not shown (--show-token); `regdesk resend` issues a fresh link");
    }
    Ok(())
}

fn print(arguments: &CreateArguments, desk: &Desk, created: &Created, output: &mut Output) -> Result<(), Failure> {
    let token = created.token.as_ref().filter(|_| arguments.show_token).map(ExposeSecret::expose_secret);
    if !arguments.json {
        output.line(created.registration.id.as_str())?;
        return token.map_or(Ok(()), |token| output.line(token));
    }
    let judgement = desk.judged_alone(&created.registration);
    let mut object = wire::masked_object(&created.registration, &judgement, desk.mask().0);
    if let (Some(token), Value::Object(keys)) = (token, &mut object) {
        keys.insert("token".to_owned(), token.into());
    }
    output.json(&object)
}

/// The ids of project and flow. A remote that does not let us see them gets what was typed.
async fn chosen_ids(arguments: &CreateArguments, desk: &Desk) -> Result<(String, String), Failure> {
    let hidden = |error: &BackendError| {
        matches!(error.kind, ErrorKind::Forbidden | ErrorKind::NotFound | ErrorKind::Unsupported)
    };
    let projects = match desk.backend.projects().await {
        Err(error) if hidden(&error) => return Ok((arguments.project.clone(), arguments.flow.clone())),
        projects => projects?,
    };
    let project = chosen_project(&projects, &arguments.project)?;
    let flow = match desk.backend.flows().await {
        Err(error) if hidden(&error) => arguments.flow.clone(),
        flows => chosen_flow(&flows?, project, &arguments.flow)?.id.clone(),
    };
    Ok((project.id.clone(), flow))
}

fn chosen_project<'a>(projects: &'a [Project], wanted: &str) -> Result<&'a Project, Failure> {
    chosen(projects.iter(), wanted, |project| [&project.id, &project.name])
        .ok_or_else(|| unknown("project", wanted, projects.iter().map(|project| project.name.as_str())))
}

fn chosen_flow<'a>(flows: &'a [Flow], project: &Project, wanted: &str) -> Result<&'a Flow, Failure> {
    let own = || flows.iter().filter(|flow| flow.project_id == project.id);
    chosen(own(), wanted, |flow| [&flow.id, &flow.name])
        .ok_or_else(|| unknown(&format!("flow of {}", project.name), wanted, own().map(|flow| flow.name.as_str())))
}

/// The item whose id or name is wanted; an id wins, and a name in any case, with hyphens or blanks, must be the only one.
fn chosen<'a, T>(
    items: impl Iterator<Item = &'a T> + Clone,
    wanted: &str,
    id_and_name: impl Fn(&'a T) -> [&'a String; 2],
) -> Option<&'a T> {
    let by_id = items.clone().find(|item| id_and_name(item)[0] == wanted);
    let is_meant = |name: &str| name.to_lowercase() == wanted.to_lowercase() || fold_word(name) == fold_word(wanted);
    let mut by_name = items.filter(|item| is_meant(id_and_name(item)[1]));
    by_id.or_else(|| by_name.next().filter(|_| by_name.next().is_none()))
}

fn unknown<'a>(what: &str, wanted: &str, names: impl Iterator<Item = &'a str> + Clone) -> Failure {
    let hint = text::nearest(wanted, names.clone()).map(|name| format!("; did you mean `{name}`?"));
    let known = names.collect::<Vec<_>>().join(", ");
    Failure::Usage(format!("there is no {what} `{wanted}`; there are: {known}{}", hint.unwrap_or_default()))
}
