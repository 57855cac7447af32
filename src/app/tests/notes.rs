use crate::{
    app::{
        Message, Overlay,
        plan::Planned,
        testing::{Console, noon, registration},
    },
    backend::{BackendError, ErrorKind},
    model::{Claim, Registration, ReportedFlag, Status, Verdict},
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

fn known(console: &Console) -> Registration {
    Registration::clone(&console.model.index.get(&"reg_1".into()).unwrap().registration)
}

fn verdicts(console: &Console) -> Vec<(String, Verdict)> {
    known(console).desk.verdicts.into_iter().map(|said| (said.rule, said.verdict)).collect()
}

#[test]
fn one_key_says_whether_the_selected_flag_was_right_and_takes_it_back() {
    let mut console = flagged();
    console.keys("+j-j0");
    let said =
        [("A".to_owned(), Verdict::Right), ("B".to_owned(), Verdict::Wrong), ("C".to_owned(), Verdict::CannotTell)];
    assert_eq!(verdicts(&console), said);
    console.keys("0k+");
    assert_eq!(
        verdicts(&console),
        [("A".to_owned(), Verdict::Right), ("B".to_owned(), Verdict::Right)],
        "another key changes it"
    );
}

#[test]
fn the_selected_flag_stays_selected_when_others_come() {
    let mut console = flagged();
    console.keys("jj");
    let mut person = known(&console);
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

#[test]
fn what_a_colleague_has_claimed_is_released_only_once_that_is_confirmed() {
    let mut person = registration(1, "Someone", Status::Ongoing, 5);
    person.desk.claim = Some(Claim { by: "ana".to_owned(), at: noon() });
    let mut console = Console::open_as(vec![person], "ben");
    console.keys("a");
    assert!(matches!(console.model.overlays.last(), Some(Overlay::Plan(plan)) if plan.planned == Planned::Release));
    console.keys("<esc>");
    assert_eq!(known(&console).desk.claim.as_ref().unwrap().by, "ana");
    console.keys("a<enter>");
    assert_eq!(known(&console).desk.claim, None);
}

#[test]
fn a_note_without_an_answer_is_not_lost_and_not_said_to_be_missing() {
    let mut console = Console::open(vec![registration(1, "Someone", Status::Ongoing, 1)]);
    console.refusals.push_back(BackendError::new(ErrorKind::TimedOut, "No answer in time."));
    console.keys("Nfirst line<ctrl+j>and more<enter>");
    assert!(console.model.toast.as_ref().unwrap().text.starts_with("It is unknown whether"));
    let Some(Overlay::Note(form)) = console.model.overlays.last() else { panic!("what was written is lost") };
    assert_eq!((form.above.join("|").as_str(), form.line.value()), ("first line", "and more"));
}

#[test]
fn leaving_while_something_said_has_no_answer_is_asked_first() {
    let mut console = Console::open(vec![registration(1, "Someone", Status::Ongoing, 1)]);
    console.hold = true;
    console.keys("a");
    console.keys("q");
    assert!(!console.left && matches!(console.model.overlays.last(), Some(Overlay::Leave)));
}

#[test]
fn a_claim_takes_the_mark_off_like_any_other_deed() {
    let mut console = Console::open(vec![
        registration(1, "Someone", Status::Ongoing, 1),
        registration(2, "Someone", Status::Ongoing, 2),
    ]);
    console.keys("<space>a");
    assert!(console.model.queue.marked.is_empty(), "the next key acts on what is selected");
}
