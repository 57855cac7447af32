use crate::{
    app::{
        Layer, Message, Screen, Target,
        flags::FlagSort,
        testing::{Console, noon, registration},
    },
    index::FlagRate,
    model::{FlagVerdict, Registration, ReportedFlag, Status, Verdict},
};

/// Someone whose source reported some codes.
fn reported(number: u32, codes: &[&str]) -> Registration {
    let mut person = registration(number, "Someone", Status::Ongoing, 5);
    person.reported_flags =
        codes.iter().map(|code| ReportedFlag { code: (*code).to_owned(), detail: serde_json::Value::Null }).collect();
    person
}

fn console() -> Console {
    let mut judged = reported(3, &["BLURRED FACE", "OTHER"]);
    let verdict = |rule: &str, verdict| FlagVerdict { rule: rule.into(), verdict, by: "desk".into(), at: noon() };
    judged.desk.verdicts = vec![verdict("OTHER", Verdict::Wrong), verdict("BLURRED FACE", Verdict::Right)];
    Console::open(vec![reported(1, &["BLURRED FACE"]), reported(2, &["BLURRED FACE", "BLURRED FACE"]), judged])
}

fn rates(console: &Console) -> Vec<FlagRate> {
    match console.model.screens.last() {
        Some(Screen::Flags(view)) => view.rows.all().to_vec(),
        other => panic!("no flags on top but {other:?}"),
    }
}

fn rate(console: &Console, rule: &str) -> FlagRate {
    rates(console).into_iter().find(|rate| rate.rule == rule).unwrap()
}

#[test]
fn rules_are_counted_once_a_registration_over_what_the_queue_shows() {
    let mut console = console();
    console.keys("f");
    assert_eq!(rate(&console, "BLURRED FACE").count, 3);
    assert_eq!(rates(&console)[0].rule, "BLURRED FACE", "the one that fires most comes first");
    console.keys("<esc>/-id:reg_3<enter>f");
    assert_eq!(rate(&console, "BLURRED FACE").count, 2);
    assert!(!rates(&console).iter().any(|rate| rate.rule == "OTHER"));
    assert_eq!(rates(&console).last().unwrap().count, 0, "rules that fire nowhere come last");
}

#[test]
fn enter_narrows_the_queue_to_the_selected_rule_on_top_of_the_filter() {
    let mut console = console();
    console.keys("/-id:reg_1<enter>f<enter>");
    assert_eq!(console.model.layer(), Layer::Queue);
    assert_eq!(console.model.queue.filter.input.value(), "-id:reg_1 flag:\"BLURRED FACE\"");
    assert_eq!(console.model.queue.rows().len(), 2);
    assert_eq!(console.model.queue.filter.error, None);
}

#[test]
fn a_filter_with_a_mistake_is_replaced_by_the_one_in_force() {
    let mut console = console();
    console.keys("/-id:reg_1<enter>/");
    console.send(Message::Paste(" nosuch:x".to_owned()));
    let selected = console.model.queue.selected().cloned().unwrap();
    console.send(Message::Click(Target::Row(selected)));
    console.keys("f<enter>");
    assert_eq!(console.model.queue.filter.input.value(), "-id:reg_1 flag:\"BLURRED FACE\"");
}

#[test]
fn precision_counts_right_and_wrong_and_the_worst_rule_comes_first() {
    let mut console = console();
    console.keys("foo");
    let Some(Screen::Flags(view)) = console.model.screens.last() else { panic!() };
    assert_eq!(view.sort, FlagSort::Precision);
    let first: Vec<_> = view.rows.all().iter().take(2).map(|rate| (rate.rule.as_str(), rate.precision())).collect();
    assert_eq!(first, [("OTHER", Some(0.0)), ("BLURRED FACE", Some(1.0))]);
}

#[test]
fn the_selected_rule_stays_selected_when_counts_change() {
    let mut console = console();
    console.keys("fj");
    let rule = console.model.selected_rule().unwrap().rule.clone();
    let arrivals = (10..20).map(|number| reported(number, &["A NEW ONE"])).collect();
    console.send(Message::Changed(arrivals));
    assert_eq!(rates(&console)[0].rule, "A NEW ONE");
    assert_eq!(console.model.selected_rule().unwrap().rule, rule);
}

#[test]
fn escape_leads_back_to_where_one_came_from() {
    let mut console = console();
    console.keys("<enter>f");
    assert_eq!(console.model.layer(), Layer::Flags);
    console.keys("<esc>");
    assert_eq!(console.model.layer(), Layer::Registration);
    console.keys("<esc>");
    assert_eq!(console.model.layer(), Layer::Queue);
}
