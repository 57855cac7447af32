use crate::{
    app::{Layer, Message, effect::Timer, testing::Console},
    triage::testing::{at, coded, hours_as_usual, minutes},
};

/// Codes that usually arrive, and in the last hour to nobody.
fn standstill() -> Console {
    let mut console = Console::open(Vec::new());
    console.now = at(0);
    let lately = (0..12).map(|person| coded(16 + person, None));
    console.send(Message::Changed(hours_as_usual().into_iter().chain(lately).collect()));
    console
}

#[test]
fn a_step_that_stands_still_is_told_and_a_key_shows_whom_it_concerns() {
    let mut console = standstill();
    let [told] = console.model.incidents.as_slice() else { panic!("{:?}", console.model.incidents) };
    assert_eq!((told.stuck, told.incident.passed, told.incident.arrivals), (12, 0, 12));
    console.keys("/status:ongoing<enter><enter>!");
    assert_eq!(console.model.layer(), Layer::Queue);
    assert_eq!(console.listed().len(), 12);
    console.keys("!");
    assert_eq!(console.listed().len(), 12, "with one incident the key stays at it");
}

#[test]
fn an_incident_that_is_over_is_told_no_more() {
    let mut console = standstill();
    console.now = at(0) + minutes(120);
    console.send(Message::Timer(Timer::Tick));
    assert!(console.model.incidents.is_empty());
    console.keys("!");
    assert!(console.model.toast.as_ref().unwrap().text.contains("there is no incident"));
}
