use secrecy::ExposeSecret;

use crate::{
    app::{
        Command, Layer, Overlay,
        create::Field,
        jobs::{ItemState, Job, Outcome},
        testing::{Console, registration},
    },
    backend::{BackendError, ErrorKind},
    model::{Registration, RegistrationId, Status},
};

fn people() -> Vec<Registration> {
    (1..=6).map(|number| registration(number, "Someone", Status::Started, i64::from(number))).collect()
}

fn form(console: &Console) -> &crate::app::create::CreateForm {
    match console.model.overlays.last() {
        Some(Overlay::Create(form)) => form,
        other => panic!("no form on top but {other:?}"),
    }
}

#[test]
fn a_new_registration_is_selected_and_its_token_is_shown_only_on_request() {
    let mut console = Console::open(people());
    console.keys("c<tab><tab>new@example.com<enter>");
    let Some(Overlay::HandedOut(notice)) = console.model.overlays.last() else { panic!("not created") };
    assert_eq!(notice.visible(), None);
    assert!(!format!("{:?}", console.model.overlays).contains("secret-token"), "a dump never holds the token");
    assert_eq!(console.selected(), Some("reg_1006"));
    console.keys("t");
    let Some(Overlay::HandedOut(notice)) = console.model.overlays.last() else { panic!("closed") };
    assert_eq!(notice.visible(), Some("secret-token"));
    console.keys("y<esc>");
    assert_eq!(console.copied.len(), 1);
    assert_eq!(console.copied[0].expose_secret(), "secret-token");
    assert!(console.model.overlays.is_empty());
    assert!(console.model.log.iter().all(|toast| !toast.text.contains("secret-token")));
}

#[test]
fn mistakes_are_shown_while_typing_and_nothing_is_sent() {
    let mut console = Console::open(people());
    console.keys("c<tab><tab>nobody");
    assert!(form(&console).mistake(Field::Email).is_some());
    console.keys("<tab>57<tab>300-555");
    assert!(form(&console).mistake(Field::CountryCode).is_some());
    assert!(form(&console).mistake(Field::Phone).is_some());
    let before = console.data.len();
    console.keys("<enter>");
    assert_eq!(console.data.len(), before);
    assert_eq!(form(&console).focus, Field::Email, "the first mistake gets the focus");
}

#[test]
fn an_empty_form_asks_for_a_contact_after_the_first_try() {
    let mut console = Console::open(people());
    console.keys("c");
    assert_eq!(form(&console).mistake(Field::Email), None);
    console.keys("<enter>");
    assert!(form(&console).mistake(Field::Email).is_some());
    assert_eq!(console.data.len(), 6);
}

#[test]
fn the_servers_refusal_stands_at_the_field_it_concerns() {
    let mut console = Console::open(people());
    console.refusals.push_back(
        BackendError::new(ErrorKind::Conflict, "This e-mail address is registered already.")
            .with_code("email_is_registered_already"),
    );
    console.keys("c<tab><tab>new@example.com<tab><tab><tab>Ana<enter>");
    assert_eq!(form(&console).focus, Field::Email);
    assert_eq!(form(&console).refusal.as_ref().unwrap().0, Some(Field::Email));
    assert_eq!(form(&console).input(Field::FullName).unwrap().value(), "Ana", "what was typed is kept");
    console.keys("x<enter>");
    assert!(matches!(console.model.overlays.last(), Some(Overlay::HandedOut(_))));
}

#[test]
fn a_create_without_answer_is_unknown_and_never_sent_twice() {
    let mut console = Console::open(people());
    console.hold = true;
    console.keys("c<tab><tab>new@example.com<enter><enter><enter>");
    let creates = console.held.iter().filter(|effect| matches!(effect, crate::app::Effect::Create(..))).count();
    assert_eq!(creates, 1);
    console.hold = false;
    console.refusals.push_back(BackendError::new(ErrorKind::TimedOut, "No answer."));
    console.release(false);
    assert!(console.model.toast.as_ref().unwrap().text.contains("unknown"));
}

#[test]
fn flows_follow_the_project() {
    let mut console = Console::open(people());
    console.keys("c<right>");
    let names: Vec<&str> = console.model.flows_of(form(&console)).iter().map(|flow| flow.name.as_str()).collect();
    assert_eq!(names, ["Sellers"]);
}

fn job(console: &Console) -> &Job {
    match console.model.overlays.last() {
        Some(Overlay::Job(view)) => console.model.jobs.get(view.id).unwrap(),
        other => panic!("no job on top but {other:?}"),
    }
}

#[test]
fn a_sync_is_a_plan_until_it_is_confirmed() {
    let mut console = Console::open(people());
    console.keys("s");
    assert!(matches!(console.model.overlays.last(), Some(Overlay::Plan(plan)) if plan.subjects.len() == 1));
    console.keys("<ctrl+enter>");
    assert_eq!(console.syncs, 0, "a key with a modifier never begins");
    console.keys("<esc>");
    assert_eq!(console.syncs, 0);
    console.keys("s<enter>");
    assert_eq!(console.syncs, 1);
}

#[test]
fn each_marked_registration_has_a_result_and_failures_can_be_tried_again() {
    let mut console = Console::open(people());
    console.failing.push(RegistrationId::new("reg_2"));
    console.keys("*s<enter>");
    assert_eq!(console.syncs, 6);
    let run = job(&console);
    assert_eq!((run.finished(), run.tally().not_done()), (6, 1));
    assert!(
        run.items()
            .iter()
            .any(|item| { matches!(&item.state, ItemState::Done(Outcome::Answered { got: Status::Ongoing, .. })) })
    );
    console.failing.clear();
    console.keys("R");
    assert_eq!(console.syncs, 7, "only the failure is sent again");
    let run = job(&console);
    assert_eq!(run.tally().not_done(), 0);
}

#[test]
fn a_run_sends_few_at_once_and_stops_what_has_not_begun() {
    let mut console = Console::open(people());
    console.hold = true;
    console.keys("*s<enter>");
    let sent = console.held.iter().filter(|effect| matches!(effect, crate::app::Effect::Sync(..))).count();
    assert_eq!(sent, 4);
    console.keys("x");
    console.hold = false;
    console.release(true);
    assert_eq!(console.syncs, 4);
    let run = job(&console);
    assert_eq!(run.tally().stopped, 2);
    assert!(run.is_over());
}

#[test]
fn a_read_only_profile_says_why_it_does_not_write() {
    let mut console = Console::open(people());
    console.model.profile.read_only = true;
    console.keys("cs");
    assert!(console.model.overlays.is_empty());
    assert!(console.model.toast.as_ref().unwrap().text.contains("read-only"));
    assert_eq!(Command::Create.unavailable(&console.model), Some("this profile is read-only"));
}

#[test]
fn a_link_opens_the_other_registration() {
    let mut people = people();
    people[1].contact.email = people[0].contact.email.clone();
    let mut console = Console::open(people);
    console.keys("/reg_1<enter><enter>4<enter>");
    assert_eq!(console.model.layer(), Layer::Registration);
    assert_eq!(console.model.subject().unwrap().as_str(), "reg_2");
}
