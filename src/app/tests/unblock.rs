use secrecy::ExposeSecret;

use crate::{
    app::{
        Command, Overlay,
        create::Field,
        testing::{Console, noon, registration},
        unblock::Remedy,
    },
    backend::{BackendError, ErrorKind},
    model::{Moment, Registration, Status, StepKind, timeline},
    triage::Act,
};

/// Someone who has not come to the document for so many hours, so that only a fresh link helps.
fn waiting(number: u32) -> Registration {
    registration(number, "Someone", Status::Started, 48)
}

fn resend(console: &Console) -> &crate::app::resend::ResendForm {
    match console.model.overlays.last() {
        Some(Overlay::Resend(form)) => form,
        other => panic!("no question on top but {other:?}"),
    }
}

fn blocking(console: &Console) -> Act {
    let entry = console.model.index.get(console.model.subject().unwrap()).unwrap();
    console.model.blocker(&entry).unwrap().act
}

#[test]
fn the_next_best_action_opens_the_question_and_sends_nothing_before_enter() {
    let mut console = Console::open(vec![waiting(1)]);
    assert_eq!(blocking(&console), Act::Resend);
    console.keys("x");
    assert_eq!(resend(&console).id.as_str(), "reg_1");
    assert_eq!(console.data[0].link_resends, 0);
    console.keys("<esc>R<enter>");
    assert_eq!(console.data[0].link_resends, 1);
    assert_eq!(console.model.index.get(&"reg_1".into()).unwrap().registration.link_resends, 1);
}

#[test]
fn a_fresh_link_is_shown_only_on_request_and_can_be_copied() {
    let mut console = Console::open(vec![waiting(1)]);
    console.keys("R<space><enter>");
    assert!(!format!("{:?}", console.model.overlays).contains("secret-"), "a dump never holds the link");
    let Some(Overlay::HandedOut(notice)) = console.model.overlays.last() else { panic!("not sent") };
    assert_eq!(notice.visible(), None);
    console.keys("ty");
    let Some(Overlay::HandedOut(notice)) = console.model.overlays.last() else { panic!("closed") };
    assert_eq!(notice.visible(), Some("https://example.com/secret-link"));
    assert_eq!(console.copied[0].expose_secret(), "https://example.com/secret-link");
    console.keys("<esc>");
    assert!(console.model.overlays.is_empty());
    assert!(console.model.log.iter().all(|toast| !toast.text.contains("secret")));
}

#[test]
fn who_began_twice_is_helped_with_the_link_of_the_first_registration() {
    let first = waiting(1);
    let mut again = registration(2, "Someone", Status::Ongoing, 3);
    again.contact.email.clone_from(&first.contact.email);
    again.current_step = Some(StepKind::PersonalInfo);
    timeline::derive(&mut again);
    let mut console = Console::open(vec![first, again]);
    assert_eq!(console.model.subject().unwrap().as_str(), "reg_2", "the operator's turn comes first");
    console.keys("x");
    assert_eq!(resend(&console).id.as_str(), "reg_1");
    console.keys("<enter>");
    assert_eq!(console.data.iter().map(|person| person.link_resends).collect::<Vec<_>>(), [1, 0]);
}

#[test]
fn a_refused_resend_says_why_and_can_be_tried_again() {
    let mut console = Console::open(vec![waiting(1)]);
    console.refusals.push_back(BackendError::new(ErrorKind::TimedOut, "No answer."));
    console.keys("R<enter>");
    assert!(resend(&console).refusal.as_ref().unwrap().contains("unknown"));
    console.keys("<enter>");
    assert!(matches!(console.model.overlays.last(), Some(Overlay::HandedOut(_))));
}

#[test]
fn while_a_link_is_on_its_way_keys_do_not_send_another() {
    let mut console = Console::open(vec![waiting(1)]);
    console.hold = true;
    console.keys("R<enter><enter><esc><enter>");
    assert_eq!(console.held.len(), 1);
    console.hold = false;
    console.release(false);
    assert_eq!(console.data[0].link_resends, 1);
}

#[test]
fn what_is_over_has_no_link_and_says_so() {
    let mut console = Console::open(vec![registration(1, "Someone", Status::Completed, 5)]);
    console.keys("R");
    assert!(console.model.overlays.is_empty());
    assert!(console.model.toast.as_ref().unwrap().text.contains("it is over"));
    console.keys("x");
    assert!(console.model.toast.as_ref().unwrap().text.contains("Nothing blocks it"));
}

#[test]
fn a_read_only_profile_names_what_would_clear_it_and_why_not_now() {
    let mut console = Console::open(vec![waiting(1)]);
    console.model.profile.read_only = true;
    assert_eq!(console.model.remedy(Act::Resend), Remedy::NotNow(Command::Resend, "this profile is read-only"));
    console.keys("x");
    assert!(console.model.overlays.is_empty());
    assert!(console.model.toast.as_ref().unwrap().text.contains("Cannot resend: this profile is read-only"));
}

#[test]
fn a_new_start_begins_with_the_contact_of_the_old_one() {
    let mut person = waiting(1);
    (person.project.id, person.flow.id) = ("project".to_owned(), "light".to_owned());
    person.contact.country_code = Some("+1".to_owned());
    person.contact.phone = Some("2025550101".into());
    let mut console = Console::open(vec![person]);
    console.keys("C");
    let Some(Overlay::Create(form)) = console.model.overlays.last() else { panic!("no form") };
    let typed = |field| form.input(field).unwrap().value().to_owned();
    assert_eq!(typed(Field::Email), "person1@example.com");
    assert_eq!((typed(Field::CountryCode), typed(Field::Phone)), ("+1".to_owned(), "2025550101".to_owned()));
    assert_eq!(typed(Field::FullName), "Someone");
    assert_eq!(console.model.flows_of(form)[form.flow].id, "light");
    let before = console.data.len();
    console.keys("<enter>");
    assert_eq!(console.data.len(), before + 1);
}

#[test]
fn every_act_a_command_does_names_that_command() {
    let console = Console::open(vec![waiting(1)]);
    for (act, command) in
        [(Act::Resend, Command::Resend), (Act::Sync, Command::Sync), (Act::Create, Command::CreateAnew)]
    {
        assert_eq!(console.model.remedy(act), Remedy::Command(command));
    }
    assert_eq!(console.model.remedy(Act::Wait), Remedy::Wait);
    assert_eq!(console.model.remedy(Act::Elsewhere), Remedy::Elsewhere);
}

#[test]
fn links_lead_to_the_ring() {
    let mut failed = registration(1, "Someone", Status::Ongoing, 5);
    failed.current_step = Some(StepKind::BiometricVerification);
    failed.link_resent = Some(Moment::event(noon()));
    let mut console = Console::open(vec![failed]);
    assert_eq!(console.model.remedy(Act::Links), Remedy::Command(Command::Ring));
    console.keys("t");
    assert!(console.model.toast.as_ref().unwrap().text.contains("Nobody else"));
}

#[test]
fn the_next_best_action_is_for_the_selected_one_whoever_is_marked() {
    let mut console = Console::open(vec![waiting(1), waiting(2)]);
    console.keys("<space>");
    let selected = console.selected().unwrap().to_owned();
    assert!(!console.model.queue.marked.contains(&selected.as_str().into()));
    console.keys("x");
    assert_eq!(resend(&console).id.as_str(), selected);
}
