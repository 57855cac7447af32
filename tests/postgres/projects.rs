//! A desk that works on one project of a store.

use std::{collections::HashSet, fs, io::Write as _, time::Duration};

use regdesk::{
    backend::{Backend, Caller, Clock, CreateRequest, Feed, HookedProjects, ListRequest},
    engine::Engine,
    model::RegistrationId,
};
use tempfile::TempDir;
use tokio::time;

use crate::{
    desks::{Desks, note, program_over, someone},
    program::PROJECT,
    server,
};

const PATIENCE: Duration = Duration::from_secs(20);

/// Somebody of another project.
async fn stranger(engine: &Engine, name: &str) -> RegistrationId {
    let flows = engine.flows().await.unwrap();
    let flow = flows.iter().find(|flow| flow.project_id != PROJECT).unwrap();
    let request = CreateRequest { project: flow.project_id.clone(), flow: flow.id.clone(), ..someone(name) };
    engine.create(request, &Caller::operator()).await.unwrap().registration.id
}

fn narrowed(desks: &Desks, project: &str) -> Result<Engine, regdesk::engine::ConnectError> {
    let outbox = TempDir::new().unwrap();
    Engine::connect_for(Some(project), &desks.login, outbox.path(), Clock::system(), HookedProjects::default())
}

#[tokio::test(flavor = "multi_thread")]
async fn a_desk_of_one_project_lists_and_follows_that_one_alone() {
    let Some(server) = server::shared() else { return };
    let desks = Desks::over(server.database());
    let all = &desks.engines[0];
    let (own, other) = (desks.create("own").await.id, stranger(all, "other").await);
    let desk = narrowed(&desks, PROJECT).unwrap();

    let page = desk.list(ListRequest::page(1, 100)).await.unwrap();
    assert_eq!((page.total, page.registrations.len()), (Some(1), 1));
    assert_eq!(page.registrations[0].id, own);
    let elsewhere = ListRequest { project: Some("another".to_owned()), ..ListRequest::page(1, 100) };
    assert_eq!(desk.list(elsewhere).await.unwrap().total, Some(0));
    assert_eq!(all.list(ListRequest::page(1, 100)).await.unwrap().total, Some(2));
    assert_eq!(desk.projects().await.unwrap().len(), 1);
    assert_eq!(desk.retrieve(&other, &Caller::operator()).await.unwrap().id, other, "what is asked by its id is found");

    let (mut changes, place) = (desk.changes().unwrap(), desk.position().await.unwrap());
    for round in 0..5 {
        note(all, &other, &format!("Called {round}.")).await.unwrap();
        note(all, &own, &format!("Called {round}.")).await.unwrap();
    }
    let mut heard = HashSet::from([time::timeout(PATIENCE, changes.recv()).await.unwrap().unwrap()]);
    while let Ok(id) = changes.try_recv() {
        heard.insert(id);
    }
    let (since, _) = desk.since(place, 100).await.unwrap().unwrap();
    assert_eq!((heard, since), (HashSet::from([own.clone()]), vec![own]));
    desks.assert_whole();
}

#[tokio::test(flavor = "multi_thread")]
async fn a_project_that_is_not_there_is_told_with_those_that_are() {
    let Some(server) = server::shared() else { return };
    let desks = Desks::over(server.database());
    let message = narrowed(&desks, "nowhere").err().unwrap().to_string();
    assert!(message.contains("no project nowhere") && message.contains(PROJECT), "{message}");
}

#[test]
fn a_profile_that_names_a_project_lists_nobody_else() {
    let Some(server) = server::shared() else { return };
    let login = server.database();
    let (all, one) = (program_over(&login), program_over(&login));
    let mut file = fs::OpenOptions::new().append(true).open(one.path("config.toml")).unwrap();
    writeln!(file, "project = \"{PROJECT}\"").unwrap();
    all.ok(&["generate", "--count", "80", "--seed", "3"]);
    let expected: HashSet<String> =
        all.all().into_iter().filter(|(_, row)| row["projectId"] == PROJECT).map(|(id, _)| id).collect();
    assert!(!expected.is_empty() && expected.len() < 80, "{}", expected.len());
    assert_eq!(one.all().into_keys().collect::<HashSet<_>>(), expected);
}
