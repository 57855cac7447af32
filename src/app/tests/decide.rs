use crate::{
    app::{
        Message, Overlay,
        decide::{DecideForm, Field},
        effect::Effect,
        jobs::{ItemState, Job, Outcome as Came},
        testing::{Console, registration},
    },
    backend::{BackendError, ErrorKind, SyncStep},
    model::{Decision, Outcome, Registration, Status, StepKind, StepState},
};

/// Six people, newest first: `reg_1` to `reg_6`; the last is rejected already.
fn people() -> Vec<Registration> {
    let mut people: Vec<Registration> =
        (1..=6).map(|number| registration(number, "Someone", Status::Ongoing, i64::from(number))).collect();
    people[5].status = Status::Failed;
    people
}

fn form(console: &Console) -> &DecideForm {
    match console.model.overlays.last() {
        Some(Overlay::Decide(form)) => form,
        other => panic!("no form on top but {other:?}"),
    }
}

fn job(console: &Console) -> &Job {
    match console.model.overlays.last() {
        Some(Overlay::Job(view)) => console.model.jobs.get(view.id).unwrap(),
        other => panic!("no job on top but {other:?}"),
    }
}

fn status(console: &Console, number: usize) -> &Status {
    &console.data[number - 1].status
}

/// Selects `reg_1`.
const FIRST: &str = "/reg_1<enter>";
/// Fills in the form, up to the confirmation.
const REJECT: &str = "dr<down><enter>";

#[test]
fn a_decision_takes_a_choice_a_reason_and_the_number_typed_out() {
    let mut console = Console::open(people());
    console.keys("/reg_3<enter>d<enter>");
    assert!(form(&console).mistake.is_some() && form(&console).focus == Field::Decision);
    console.keys("r<enter>");
    assert_eq!(form(&console).focus, Field::Reason, "the choice leads to the reason");
    assert!(form(&console).confirmation.is_none());
    console.keys("<down><enter>");
    assert!(form(&console).confirmation.is_some());
    console.keys("<enter>2<enter><backspace><enter>");
    assert_eq!(console.syncs, 0, "neither nothing nor another number confirms");
    console.keys("1<enter>");
    assert_eq!(console.syncs, 1);
    assert_eq!(status(&console, 3), &Status::Failed);
    let review = &console.data[2].reviews[0];
    assert_eq!(review.reason.as_deref(), Some("document_forged"));
    assert!(console.model.toast.as_ref().unwrap().text.contains("Rejected 1"));
}

#[test]
fn a_key_that_is_held_decides_nothing_twice_and_modifiers_decide_nothing() {
    let mut console = Console::open(people());
    console.keys(&format!("{REJECT}{}", "<enter>".repeat(30)));
    assert_eq!(console.syncs, 0, "enter alone never decides");
    console.keys("1<ctrl+enter><alt+enter>");
    assert_eq!(console.syncs, 0);
    console.keys(&"<enter>".repeat(30));
    assert_eq!(console.syncs, 1, "the rest of the keys opens and closes things, but decides nothing");
    let mut console = Console::open(people());
    console.keys(&format!("d{}", "r".repeat(40)));
    console.keys(&"1".repeat(40));
    console.keys(&"d".repeat(40));
    assert_eq!(console.syncs, 0);
}

#[test]
fn a_paste_never_confirms() {
    let mut console = Console::open(people());
    console.keys(REJECT);
    console.send(Message::Paste("1\r\n".to_owned()));
    console.keys("<enter>");
    assert_eq!(console.syncs, 0);
    console.keys("<esc><tab>");
    console.send(Message::Paste("two\nlines".to_owned()));
    assert_eq!(form(&console).note.value(), "two lines");
}

#[test]
fn what_is_final_stays_in_the_plan_and_is_left_alone() {
    let mut console = Console::open(people());
    console.keys("*da<down><enter>");
    assert_eq!((form(&console).plan.len(), form(&console).count()), (6, 5));
    console.keys("5<enter>");
    assert_eq!((console.syncs, status(&console, 6)), (5, &Status::Failed));
    let mut console = Console::open(people());
    console.keys("/reg_6<enter>da<down><enter>");
    assert!(form(&console).mistake.as_ref().unwrap().contains("the plan says why"));
    assert!(form(&console).confirmation.is_none());
}

/// Somebody whose selfie did not pass, with the score of a print.
fn suspect() -> Registration {
    let mut person = registration(1, "Someone", Status::NeedsManualVerification, 1);
    let document = crate::model::DocumentCheck {
        state: StepState::Failed,
        authenticity: Some(Outcome::Failed),
        ..crate::model::DocumentCheck::default()
    };
    person.checks.document = Some(document);
    person.current_step = Some(StepKind::DocumentVerification);
    person
}

#[test]
fn an_approval_over_a_critical_flag_takes_a_note_and_says_which() {
    let mut console = Console::open(vec![suspect()]);
    console.keys("da<down><enter>");
    assert_eq!(form(&console).plan[0].critical, ["DOC-05"]);
    assert_eq!(form(&console).focus, Field::Note);
    assert!(form(&console).mistake.as_ref().unwrap().contains("critical"));
    console.keys("Seen by eye.<enter>1<enter>");
    assert_eq!(console.data[0].reviews[0].note.as_deref(), Some("Seen by eye."));
    assert_eq!(status(&console, 1), &Status::Completed);
}

#[test]
fn some_reasons_have_to_be_explained() {
    let mut console = Console::open(people());
    console.keys("dm<up><enter>");
    assert_eq!(form(&console).reason.as_deref(), Some("escalated"));
    assert_eq!(form(&console).focus, Field::Note);
    assert!(form(&console).confirmation.is_none());
}

#[test]
fn each_decision_carries_what_the_operator_saw_and_goes_alone() {
    let mut console = Console::open(people());
    console.keys("*dm<down><enter>");
    let first = console.listed()[0].clone();
    let mut moved = console.data.iter().find(|person| person.id == first).unwrap().clone();
    moved.version = 9;
    console.send(Message::Changed(vec![moved]));
    console.hold = true;
    console.keys("6<enter>");
    let sent: Vec<u64> = console
        .held
        .iter()
        .filter_map(|effect| match effect {
            Effect::Sync(_, _, sync, seen) => {
                assert!(matches!(&sync.step, Some((SyncStep::AdminOverride, Status::NeedsManualVerification))));
                Some(seen.version)
            }
            _ => None,
        })
        .collect();
    assert_eq!(sent, Vec::<u64>::new(), "six are marked, of which one is final");
    console.keys("<backspace>5<enter>");
    let seen = console.held.iter().find_map(|effect| match effect {
        Effect::Sync(_, id, _, seen) => Some((id.as_str(), seen.version)),
        _ => None,
    });
    assert_eq!(seen, Some((first.as_str(), 1)), "the version of the plan, not the one that came since");
    assert_eq!(console.held.iter().filter(|effect| matches!(effect, Effect::Sync(..))).count(), 1);
}

#[test]
fn what_moved_on_is_shown_with_both_states_and_not_repeated() {
    let mut console = Console::open(people());
    console.keys(FIRST);
    console.keys(REJECT);
    console.data[0].version = 9;
    console.data[0].status = Status::NeedsManualVerification;
    console.keys("1<enter>");
    let ItemState::Moved(error) = &job(&console).items()[0].state else { panic!("{:?}", job(&console)) };
    assert!(error.message.contains("ongoing") && error.message.contains("needs_manual_verification"), "{error}");
    assert_eq!(console.model.index.get(&"reg_1".into()).unwrap().registration.version, 9, "it was read again");
    let before = console.syncs;
    console.keys("R");
    assert_eq!(console.syncs, before);
    assert_eq!(status(&console, 1), &Status::NeedsManualVerification);
}

#[test]
fn without_an_answer_it_is_looked_up_before_anything_is_sent_again() {
    for arrived in [true, false] {
        let mut console = Console::open(people());
        console.lost = Some(arrived);
        console.keys(&format!("{FIRST}{REJECT}1<enter>"));
        assert!(matches!(job(&console).items()[0].state, ItemState::Unknown(_)));
        assert!(console.model.toast.as_ref().unwrap().text.contains("unknown"));
        assert_eq!(console.syncs, 1);
        console.keys("R");
        assert!(matches!(job(&console).items()[0].state, ItemState::Done(Came::Answered { got: Status::Failed, .. })));
        assert_eq!(console.syncs, if arrived { 1 } else { 2 }, "arrived: {arrived}");
        assert_eq!(console.data[0].reviews.len(), 1);
    }
}

#[test]
fn a_look_up_that_fails_leaves_it_unknown_and_repeats_nothing() {
    let mut console = Console::open(people());
    console.lost = Some(true);
    console.keys(&format!("{FIRST}{REJECT}1<enter>"));
    console.data.clear();
    console.keys("RR");
    assert!(matches!(job(&console).items()[0].state, ItemState::Unknown(_)));
    assert_eq!(console.syncs, 1);
}

#[test]
fn a_plain_refusal_can_be_tried_again() {
    let mut console = Console::open(people());
    console.failing.push("reg_1".into());
    console.keys(&format!("{FIRST}{REJECT}1<enter>"));
    assert_eq!(job(&console).tally().not_done(), 1);
    console.failing.clear();
    console.keys("R");
    assert_eq!((console.syncs, status(&console, 1)), (2, &Status::Failed));
}

#[test]
fn a_job_can_be_held_and_stopped() {
    let mut console = Console::open(people());
    console.hold = true;
    console.keys("*dm<down><enter>5<enter>p");
    console.hold = false;
    console.release(false);
    assert_eq!((console.syncs, job(&console).finished()), (1, 1), "held after the one under way");
    console.keys("p");
    assert_eq!(console.syncs, 5);
    assert!(job(&console).is_over());
    let mut console = Console::open(people());
    console.hold = true;
    console.keys("*dm<down><enter>5<enter>x");
    console.hold = false;
    console.release(false);
    assert_eq!(console.syncs, 1);
    assert_eq!(job(&console).tally().stopped, 4);
}

#[test]
fn next_leads_to_what_followed_although_the_decided_one_left_the_queue() {
    for keys in ["n", "<esc>n"] {
        let mut console = Console::open(people());
        console.keys("/status:ongoing<enter>og");
        let order: Vec<String> = console.listed().iter().map(ToString::to_string).collect();
        console.keys("<down><enter>");
        assert_eq!(console.model.subject().unwrap().as_str(), order[1]);
        console.keys(&format!("{REJECT}1<enter>{keys}"));
        assert_eq!(console.model.subject().unwrap().as_str(), order[2], "{keys}");
        assert!(console.model.registration().is_some());
    }
}

#[test]
fn in_the_queue_the_selection_goes_on_to_what_followed() {
    let mut console = Console::open(people());
    let order: Vec<String> = console.listed().iter().map(ToString::to_string).collect();
    console.keys(&format!("{REJECT}1<enter><esc>"));
    assert_eq!(console.selected(), Some(order[1].as_str()));
}

#[test]
fn a_read_only_profile_offers_no_decision() {
    let mut console = Console::open(people());
    console.model.profile.read_only = true;
    console.keys("d");
    assert!(console.model.overlays.is_empty());
    assert!(console.model.toast.as_ref().unwrap().text.contains("read-only"));
}

#[test]
fn another_choice_forgets_the_reason_of_the_first() {
    let mut console = Console::open(people());
    console.keys("dr<down>");
    assert_eq!(form(&console).reason.as_deref(), Some("document_forged"));
    console.keys("<shift+tab>a");
    assert_eq!((form(&console).decision, &form(&console).reason), (Some(Decision::Approve), &None));
}

#[test]
fn a_refusal_of_the_backend_is_shown_with_its_reason() {
    let mut console = Console::open(people());
    console.refusals.push_back(BackendError::new(ErrorKind::Forbidden, "not with this token"));
    console.keys(&format!("{REJECT}1<enter>"));
    assert!(matches!(&job(&console).items()[0].state, ItemState::Failed(error) if error.message.contains("token")));
}

#[test]
fn a_wrong_answer_to_the_question_is_said_to_be_wrong_and_cleared() {
    let mut console = Console::open(people());
    console.keys("dr<down><enter>y<enter>");
    assert_eq!(form(&console).mistake.as_deref(), Some("that was not 1"));
    assert_eq!(form(&console).confirmation.as_ref().unwrap().value(), "");
    console.keys("77<ctrl+u>1");
    assert_eq!(form(&console).confirmation.as_ref().unwrap().value(), "1");
    assert_eq!(form(&console).mistake, None);
    assert_eq!(console.syncs, 0);
}
