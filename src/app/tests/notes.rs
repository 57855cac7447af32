use crate::{
    app::{
        Message,
        testing::{Console, registration},
    },
    backend::{BackendError, ErrorKind},
    model::{Registration, ReportedFlag, Status, Verdict},
};

/// Someone with three flags, their tab open.
fn flagged() -> Console {
    let mut person = registration(1, "Someone", Status::Ongoing, 5);
    person.reported_flags = ["A", "B", "C"]
        .iter()
        .map(|code| ReportedFlag { code: (*code).to_owned(), detail: serde_json::Value::Null })
        .collect();
    let mut console = Console::open(vec![person]);
    console.keys("<enter>2");
    console
}

fn known(console: &Console) -> &Registration {
    &console.model.index.get(&"reg_1".into()).unwrap().registration
}

fn verdicts(console: &Console) -> Vec<(&str, Verdict)> {
    known(console).desk.verdicts.iter().map(|said| (said.rule.as_str(), said.verdict)).collect()
}

#[test]
fn one_key_says_whether_the_selected_flag_was_right_and_takes_it_back() {
    let mut console = flagged();
    console.keys("+j-j0");
    let said = [("A", Verdict::Right), ("B", Verdict::Wrong), ("C", Verdict::CannotTell)];
    assert_eq!(verdicts(&console), said);
    console.keys("0k+");
    assert_eq!(verdicts(&console), [("A", Verdict::Right), ("B", Verdict::Right)], "another key changes it");
}

#[test]
fn the_selected_flag_stays_selected_when_others_come() {
    let mut console = flagged();
    console.keys("jj");
    let mut person = known(&console).clone();
    person.reported_flags.insert(0, ReportedFlag { code: "AA".to_owned(), detail: serde_json::Value::Null });
    person.version += 1;
    console.send(Message::Changed(vec![person]));
    assert_eq!(console.model.chosen_flag().unwrap().rule, "C");
    console.keys("G<pageup>g");
    assert_eq!(console.model.chosen_flag().unwrap().rule, "A");
}

#[test]
fn a_verdict_needs_a_flag_and_a_refusal_is_told() {
    let mut console = flagged();
    console.keys("1+");
    assert!(verdicts(&console).is_empty());
    assert!(console.model.toast.as_ref().unwrap().text.contains("no flag is selected"));
    console.refusals.push_back(BackendError::new(ErrorKind::Forbidden, "Not here."));
    console.keys("2+");
    assert!(verdicts(&console).is_empty());
    assert!(console.model.toast.as_ref().unwrap().text.contains("Not here."));
}

#[test]
fn the_same_key_claims_and_releases() {
    let mut console = flagged();
    console.keys("a");
    assert_eq!(known(&console).desk.claim.as_ref().unwrap().by, "desk");
    console.keys("<esc>a");
    assert_eq!(known(&console).desk.claim, None);
}
