//! Personal data masked by role, and shown one field at a time.

use crate::{
    app::{
        Command, Effect, Message,
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

#[test]
fn two_fields_asked_for_at_once_are_each_shown_with_their_own_answer_and_end_in_their_own_time() {
    let mut console = support();
    console.hold = true;
    console.keys("vj<enter>");
    console.keys("vjj<enter>");
    let annotates = |effect: &Effect| matches!(effect, Effect::Annotate(..));
    let second = console.held.iter().rposition(annotates).unwrap();
    let second = console.held.remove(second);
    console.hold = false;
    console.release(false);
    assert!(!console.model.hides(&id(), PersonalField::Email), "the first is written down");
    assert!(console.model.hides(&id(), PersonalField::Phone), "the second is not yet");
    console.now += chrono::TimeDelta::seconds(10);
    console.held.push(second);
    console.release(false);
    assert!(!console.model.hides(&id(), PersonalField::Phone));
    console.hold = true;
    console.now += chrono::TimeDelta::seconds(20);
    console.send(Message::Timer(Timer::Reveal));
    assert!(console.model.hides(&id(), PersonalField::Email) && !console.model.hides(&id(), PersonalField::Phone));
    assert!(console.held.iter().any(|effect| matches!(effect, Effect::Timer(Timer::Reveal, _))), "one is still shown");
}

#[test]
fn what_is_masked_again_is_not_copied_from_a_menu_that_stayed_open() {
    let mut console = support();
    console.keys("vj<enter>Y");
    console.now += chrono::TimeDelta::seconds(31);
    console.send(Message::Timer(Timer::Reveal));
    console.keys("e");
    assert!(console.copied.is_empty());
    assert!(console.model.toast.as_ref().unwrap().text.contains("masked on the screen again"));
}
