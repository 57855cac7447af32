//! Personal data masked by role, and shown one field at a time.

use crate::{
    app::{
        Command, Message,
        effect::Timer,
        testing::{Console, registration},
    },
    model::{PersonalField, RegistrationId, Role, Status},
};

fn support() -> Console {
    let mut person = registration(1, "Alba Muestra", Status::Ongoing, 1);
    person.contact.phone = Some("2025550100".into());
    let mut console = Console::open(vec![person, registration(2, "Bruno Muestra", Status::Ongoing, 2)]);
    console.model.profile.role = Role::Support;
    console.model.masked = true;
    console.keys("/id:reg_1<enter><enter>");
    console
}

fn id() -> RegistrationId {
    RegistrationId::new("reg_1".to_owned())
}

#[test]
fn support_cannot_take_the_mask_off_and_an_operator_can() {
    let mut console = support();
    console.keys("m");
    assert!(console.model.masked);
    assert!(console.model.toast.as_ref().unwrap().text.contains("one field at a time"));
    console.model.profile.role = Role::Operator;
    console.keys("m");
    assert!(!console.model.masked);
    assert!(Command::Reveal.unavailable(&console.model).unwrap().contains("nothing is masked"));
}

#[test]
fn a_field_is_shown_once_that_is_written_down_and_for_thirty_seconds_only() {
    let mut console = support();
    console.hold = true;
    console.keys("vj<enter>");
    assert!(console.model.hides(&id(), PersonalField::Email), "not yet written down");
    console.release(false);
    assert!(!console.model.hides(&id(), PersonalField::Email));
    assert!(console.model.hides(&id(), PersonalField::Name), "no other field");
    assert!(console.model.hides(&RegistrationId::new("reg_2".to_owned()), PersonalField::Email), "of nobody else");
    let reveals = &console.data[0].desk.reveals;
    assert_eq!(reveals.iter().map(|reveal| reveal.field).collect::<Vec<_>>(), [PersonalField::Email]);
    console.now += chrono::TimeDelta::seconds(30);
    console.send(Message::Timer(Timer::Reveal));
    assert!(console.model.hides(&id(), PersonalField::Email));
}

#[test]
fn only_what_is_known_is_offered_and_only_a_plain_enter_shows_it() {
    let mut console = support();
    console.keys("v<ctrl+enter><alt+enter>");
    assert!(console.data[0].desk.reveals.is_empty());
    console.keys("jjjjjj<enter>");
    let reveals = &console.data[0].desk.reveals;
    assert_eq!(reveals.last().unwrap().field, PersonalField::Phone, "the last one known: no document was shown");
}
