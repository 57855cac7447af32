#![allow(clippy::panic)]
use crate::{
    app::{
        Layer, Message, Screen, Target,
        effect::Timer,
        insights::{InsightsView, Panel},
        testing::{Console, registration},
    },
    model::{FaceCompare, FlowSettings, FlowStep, Registration, Requirement, Status, StepKind, timeline},
    triage::insights::Knob,
};

/// Someone whose face was compared with this outcome, in hundredths.
fn compared(number: u32, hundredths: u32) -> Registration {
    let mut person = registration(number, "Someone", Status::Ongoing, 5);
    let step = FlowStep { kind: StepKind::FaceComparison, requirement: Requirement::Mandatory, attempt_limit: None };
    person.flow.settings = Some(FlowSettings { steps: vec![step], compare_min: Some(0.85), ..FlowSettings::default() });
    person.checks.face = Some(FaceCompare { score: Some(f64::from(hundredths) / 100.0), ..FaceCompare::default() });
    timeline::derive(&mut person);
    person
}

fn console() -> Console {
    Console::open(vec![compared(1, 79), compared(2, 83), compared(3, 84), compared(4, 92)])
}

fn view(console: &Console) -> &InsightsView {
    match console.model.screens.last() {
        Some(Screen::Insights(view)) => view,
        other => panic!("no insights on top but {other:?}"),
    }
}

#[test]
fn insights_are_taken_over_what_the_queue_shows() {
    let mut console = console();
    console.keys("/-id:reg_1<enter>i");
    assert_eq!(view(&console).insights.registrations, 3);
    console.keys("<esc>");
    assert_eq!(console.model.layer(), Layer::Queue);
}

#[test]
fn a_threshold_is_moved_by_hundredths_in_thought_and_back_again() {
    let mut console = console();
    console.keys("i4--");
    let moved = view(&console).what_if(Knob::Face).cloned().unwrap();
    assert!((moved.threshold - 0.83).abs() < 1e-9);
    assert_eq!((moved.passing_now, moved.passing_then, moved.newly_passing.count()), (1, 3, 2));
    console.keys("++");
    assert_eq!(view(&console).what_if(Knob::Face), None, "back where it is in force");
    console.keys(&"+".repeat(40));
    assert!((view(&console).what_if(Knob::Face).unwrap().threshold - 1.0).abs() < 1e-9, "a score ends at 1");
    console.keys("j-");
    assert_eq!(view(&console).knob, Knob::Liveness);
    assert!(view(&console).what_if(Knob::Liveness).is_some() && view(&console).what_if(Knob::Face).is_some());
}

#[test]
fn enter_narrows_the_queue_to_who_would_flip() {
    let mut console = console();
    console.keys("i4--<enter>");
    assert_eq!(console.model.layer(), Layer::Queue);
    assert_eq!(console.model.queue.filter.input.value(), "flips:face=0.83");
    let listed = console.listed();
    let ids: Vec<&str> = listed.iter().map(crate::model::RegistrationId::as_str).collect();
    assert_eq!((ids.len(), ids.contains(&"reg_2"), ids.contains(&"reg_3")), (2, true, true));
}

#[test]
fn enter_narrows_the_queue_to_the_selected_step_or_reason() {
    let mut console = console();
    console.keys("iG<enter>");
    assert_eq!(console.model.queue.filter.input.value(), "step:end", "the last step");
    console.keys("<esc>i3");
    let reason = view(&console).reasons.selected().map(|row| row.reason).unwrap();
    console.keys("<enter>");
    assert_eq!(console.model.queue.filter.input.value(), format!("stuck:{reason}"));
    assert_eq!(console.model.queue.filter.error, None);
}

#[test]
fn where_nothing_can_be_selected_enter_says_so() {
    let mut console = console();
    for keys in ["i2<enter>", "4<enter>"] {
        console.keys(keys);
        assert_eq!(console.model.layer(), Layer::Insights);
        assert_eq!(console.model.toast.as_ref().unwrap().text, "Cannot narrow: nothing is selected.");
    }
}

#[test]
fn tab_digits_and_clicks_give_the_keys_to_a_part() {
    let mut console = console();
    console.keys("i<tab>");
    assert_eq!(view(&console).panel, Panel::Times);
    console.keys("<shift+tab><shift+tab>");
    assert_eq!(view(&console).panel, Panel::Thresholds, "round and round");
    console.keys("3");
    assert_eq!(view(&console).panel, Panel::Waits);
    console.send(Message::Click(Target::Panel(Panel::Lost)));
    assert_eq!(view(&console).panel, Panel::Lost);
}

#[test]
fn what_is_measured_follows_changes_and_keeps_moved_thresholds() {
    let mut console = console();
    console.keys("i4--");
    console.send(Message::Changed(vec![compared(5, 83)]));
    assert_eq!(view(&console).insights.registrations, 5);
    assert_eq!(view(&console).what_if(Knob::Face).unwrap().newly_passing.count(), 3);
    assert_eq!(view(&console).panel, Panel::Thresholds);
}

#[test]
fn of_many_an_even_choice_is_read_in_steps_and_the_first_is_shown_meanwhile() {
    let people = (0..2_400).map(|number| compared(number, if number < 600 { 90 } else { 10 }));
    let mut console = Console::open(people.collect());
    console.keys("i4");
    assert_eq!(view(&console).insights.registrations, 50, "what one step reads");
    let mut steps = 0;
    while !view(&console).sample.is_read() {
        console.send(Message::Timer(Timer::Measure));
        steps += 1;
    }
    assert_eq!((steps, view(&console).insights.registrations), (39, 2_000));
    assert_eq!(view(&console).sample.chosen_from(), Some(2_400));
    let passing = view(&console).sample.entries().iter().filter(|entry| {
        entry.registration.checks.face.as_ref().and_then(|face| face.score).is_some_and(|score| score > 0.5)
    });
    // In which order those stand who are far from the screen is nobody's business.
    let passing = passing.count();
    assert!((490..=510).contains(&passing), "a quarter of all, wherever they stand in the queue: {passing}");
    console.send(Message::Timer(Timer::Measure));
    assert_eq!(view(&console).insights.registrations, 2_000, "a timer that comes late changes nothing");
}
