use super::super::{Command, Create, Refusal, advance};
use super::{flow, minute, opening};
use crate::backend::{Channel, ErrorKind};
use crate::model::{Contact, Status, StepKind};

fn open(change: impl FnOnce(&mut Create)) -> Result<Contact, Refusal> {
    let mut create = opening(flow(&[]));
    change(&mut create);
    let (state, _) = advance(None, &Command::Create(Box::new(create)), minute(0))?;
    Ok(state.registration.contact)
}

fn field_of(refused: Result<Contact, Refusal>) -> String {
    match refused.unwrap_err().kind {
        ErrorKind::Invalid { field } => field.unwrap(),
        other => panic!("{other:?}"),
    }
}

#[test]
fn contacts_are_stored_in_one_spelling() {
    let contact = open(|_| {}).unwrap();
    assert_eq!(contact.email.unwrap().reveal(), "alba@example.com");
    assert_eq!(contact.phone.unwrap().reveal(), "2025550101");
    assert_eq!(contact.full_name.unwrap().reveal(), "Alba Muestra");
    assert_eq!(contact.language.as_deref(), Some("en"));
}

#[test]
fn a_wrong_contact_is_refused_at_its_field() {
    let none = |create: &mut Create| (create.contact.email, create.contact.phone) = (None, None);
    assert_eq!(field_of(open(none)), "email");
    for email in ["alba", "alba@", "@example.com", "a@b@example.com", "al ba@example.com", "alba@example"] {
        assert_eq!(field_of(open(|create| create.contact.email = Some(email.into()))), "email", "{email}");
    }
    for phone in ["12a4", "123", "1234567890123456", "+12025550101"] {
        assert_eq!(field_of(open(|create| create.contact.phone = Some(phone.into()))), "phone", "{phone}");
    }
    for code in ["57", "+", "+1234", "+5x"] {
        assert_eq!(field_of(open(|create| create.contact.country_code = Some(code.into()))), "country_code", "{code}");
    }
    assert_eq!(field_of(open(|create| create.contact.country_code = None)), "country_code");
    assert_eq!(field_of(open(|create| create.contact.full_name = Some("n".repeat(201).into()))), "full_name");
}

#[test]
fn a_contact_that_is_taken_is_a_conflict_with_the_services_symbol() {
    let refusal = open(|create| create.taken = Some(Channel::Email)).unwrap_err();
    assert_eq!((refusal.kind, refusal.code), (ErrorKind::Conflict, "email_is_registered_already"));
    let refusal = open(|create| create.taken = Some(Channel::Phone)).unwrap_err();
    assert_eq!(refusal.code, "phone_is_registered_already");
}

#[test]
fn a_paused_flow_and_a_flow_of_another_project_take_nobody() {
    let refusal = open(|create| create.flow.status = Some("paused".into())).unwrap_err();
    assert_eq!(refusal.kind, ErrorKind::Conflict);
    assert_eq!(field_of(open(|create| create.flow.project_id = "other".into())), "flow");
}

#[test]
fn a_new_registration_has_started_knows_its_flow_and_has_a_lifetime() {
    let (state, _) = advance(None, &Command::Create(Box::new(opening(flow(&[])))), minute(0)).unwrap();
    let registration = state.registration;
    assert_eq!((registration.status, registration.version), (Status::Started, 1));
    assert_eq!(registration.expires_at, Some(minute(7 * 24 * 60)));
    assert_eq!(registration.steps.len(), StepKind::ALL.len());
    assert_eq!(registration.current_step, None);
}
