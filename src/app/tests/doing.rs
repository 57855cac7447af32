//! Snooze, notes, copies, the operator's own programs, exports, and decisions by key.

use proptest::prelude::*;
use secrecy::ExposeSecret;

use crate::{
    app::{
        Effect, Message, Overlay,
        effect::Timer,
        reading::Reader,
        testing::{Console, noon, registration},
    },
    backend::{BackendError, ErrorKind},
    keys::{Code, Key},
    model::{Decision, Personal, Registration, Status},
};

fn people(count: u32) -> Vec<Registration> {
    (1..=count).map(|number| registration(number, "Alba Muestra", Status::Ongoing, i64::from(number))).collect()
}

fn toast(console: &Console) -> &str {
    console.model.toast.as_ref().map_or("", |toast| &toast.text)
}

fn rows(console: &Console) -> Vec<String> {
    console.listed().iter().map(ToString::to_string).collect()
}

#[test]
fn what_is_snoozed_goes_to_the_end_and_comes_back_with_the_tick_after_its_time() {
    let mut console = Console::open(people(3));
    let before = rows(&console);
    console.keys("z<enter>");
    let after = rows(&console);
    assert_eq!(after.last(), before.first());
    assert_eq!(console.selected(), Some(before[1].as_str()), "one goes on with what followed");
    assert!(toast(&console).contains("Snoozed until 2026-06-01 13:00 UTC"), "{}", toast(&console));
    console.now += chrono::Duration::minutes(59);
    console.send(Message::Timer(Timer::Tick));
    assert_eq!(rows(&console), after);
    console.now += chrono::Duration::minutes(1);
    console.send(Message::Timer(Timer::Tick));
    assert_eq!(rows(&console), before);
    assert!(toast(&console).contains("is back"), "{}", toast(&console));
}

#[test]
fn a_snooze_takes_a_span_of_ones_own_a_reason_or_tomorrow_morning() {
    let mut console = Console::open(people(1));
    console.keys("z42x<enter>");
    let Some(Overlay::Snooze(form)) = console.model.overlays.last() else { panic!("no form") };
    assert!(form.mistake.as_deref().unwrap().contains("2x"), "{:?}", form.mistake);
    console.keys("<backspace>d<tab>asked for a passport<enter>");
    let snooze = console.data[0].desk.snooze.clone().unwrap();
    assert_eq!(snooze.until, noon() + chrono::Duration::days(2));
    assert_eq!(snooze.reason.as_ref().map(Personal::reveal), Some("asked for a passport"));
    console.keys("z3<enter>");
    assert_eq!(console.data[0].desk.snooze.as_ref().unwrap().until.to_rfc3339(), "2026-06-02T09:00:00+00:00");
    console.keys("z<enter>");
    assert_eq!(console.data[0].desk.snooze, None, "on what is snoozed, the key first offers to bring it back");
    console.keys("z4999d<enter>");
    assert!(matches!(console.model.overlays.last(), Some(Overlay::Snooze(form)) if form.mistake.is_some()));
}

#[test]
fn a_note_has_lines_and_the_latest_of_this_run_can_be_taken_back() {
    let mut console = Console::open(people(1));
    console.keys("NCalled<ctrl+j>no answer<enter>");
    assert_eq!(console.data[0].desk.notes[0].text.reveal(), "Called\nno answer");
    console.send(Message::Key(Key::char('N')));
    console.send(Message::Paste("two\nlines\u{1b}[31m".to_owned()));
    console.keys("<enter>");
    assert_eq!(console.data[0].desk.notes[1].text.reveal(), "two\nlines[31m");
    console.keys("N<ctrl+x>");
    assert_eq!(console.data[0].desk.notes.len(), 1);
    console.keys("N<ctrl+x>");
    assert_eq!(console.data[0].desk.notes.len(), 1, "only the latest one");
}

#[test]
fn words_are_not_dropped_by_one_key() {
    let mut console = Console::open(people(1));
    console.keys("N<esc>");
    assert!(console.model.overlays.is_empty());
    console.keys("Nimportant<esc>");
    assert!(matches!(console.model.overlays.last(), Some(Overlay::Note(form)) if form.mistake.is_some()));
    console.keys(" words<enter>");
    assert_eq!(console.data[0].desk.notes[0].text.reveal(), "important words");
    console.keys("N  <enter>");
    assert!(matches!(console.model.overlays.last(), Some(Overlay::Note(form)) if form.mistake.is_some()));
}

#[test]
fn what_is_personal_is_copied_only_while_it_is_shown() {
    let mut console = Console::open(people(1));
    console.keys("YeYn");
    let copied: Vec<&str> = console.copied.iter().map(ExposeSecret::expose_secret).collect();
    assert_eq!(copied, ["person1@example.com", "Alba Muestra"]);
    console.keys("Yp");
    assert!(toast(&console).contains("not known"), "{}", toast(&console));
    console.keys("<esc>mYe");
    assert!(toast(&console).contains("masked"), "{}", toast(&console));
    console.keys("j");
    console.keys("Y<enter>");
    assert_eq!(console.copied.len(), 4);
    let json = console.copied[2].expose_secret();
    assert!(json.contains("\"id\": \"reg_1\"") && !json.contains("Muestra"), "{json}");
    assert_eq!(console.copied[3].expose_secret(), "reg_1");
}

#[test]
fn pager_and_editor_get_the_object_as_the_screen_shows_it() {
    let mut console = Console::open(people(1));
    console.keys("|m");
    console.keys("E");
    let [(pager, open), (editor, masked)] = &console.read[..] else { panic!("{:?}", console.read.len()) };
    assert_eq!((*pager, *editor), (Reader::Pager, Reader::Editor));
    assert!(open.expose_secret().contains("Alba Muestra"));
    assert!(!masked.expose_secret().contains("Muestra"));
    console.send(Message::Read(Ok(true)));
    assert!(toast(&console).contains("dropped"));
    console.send(Message::Read(Err("`code` of $EDITOR is not there".to_owned())));
    assert!(toast(&console).contains("$EDITOR"));
}

#[test]
fn an_export_writes_what_is_listed_in_its_order() {
    let mut console = Console::open(people(450));
    console.keys("e<ctrl+u>out.ndjson<enter>");
    let written = &console.files.whole["out.ndjson"];
    let ids: Vec<String> = written
        .lines()
        .map(|line| serde_json::from_str::<serde_json::Value>(line).unwrap()["id"].as_str().unwrap().to_owned())
        .collect();
    assert_eq!(ids, rows(&console));
    assert_eq!(toast(&console), "Exported 450 to out.ndjson");
    assert!(console.files.open.is_empty());
}

#[test]
fn an_export_never_writes_over_a_file_without_being_asked() {
    let mut console = Console::open(people(2));
    console.files.whole.insert("out.csv".to_owned(), "precious".to_owned());
    console.keys("e<shift+tab> <tab><ctrl+u>out.csv<enter><enter><enter>");
    assert_eq!(console.files.whole["out.csv"], "precious");
    assert!(matches!(console.model.overlays.last(), Some(Overlay::Export(form)) if form.replaces));
    console.keys("y");
    let written = &console.files.whole["out.csv"];
    assert!(written.starts_with("id,status,") && written.lines().count() == 3, "{written}");
}

#[test]
fn on_a_masked_screen_a_file_is_masked_too() {
    let mut console = Console::open(people(1));
    console.keys("me<ctrl+u>out.ndjson<tab> <enter>");
    assert!(!console.files.whole["out.ndjson"].contains("Muestra"));
    let mut console = Console::open(people(1));
    console.keys("e<ctrl+u>out.ndjson<tab> <enter>");
    assert!(!console.files.whole["out.ndjson"].contains("Muestra"), "it can be masked where the screen is not");
}

#[test]
fn marks_are_exported_hidden_ones_too_and_a_disk_that_is_full_leaves_nothing() {
    let mut console = Console::open(people(4));
    console.keys("<space><space>/reg_4<enter>e");
    let is_told = |form: &crate::app::export::ExportForm| form.ids.len() == 2 && form.hidden > 0;
    assert!(matches!(console.model.overlays.last(), Some(Overlay::Export(form)) if is_told(form)));
    console.files.full = true;
    console.keys("<ctrl+u>out.ndjson<enter>");
    assert!(console.files.whole.is_empty() && console.files.open.is_empty());
    assert!(toast(&console).contains("the disk is full"), "{}", toast(&console));
}

#[test]
fn the_ending_of_a_name_says_the_format() {
    let mut console = Console::open(people(1));
    console.keys("e<ctrl+u>out.csv<enter>");
    assert!(console.files.whole["out.csv"].starts_with("id,"), "{:?}", console.files.whole);
}

#[test]
fn an_export_that_is_stopped_leaves_no_file() {
    let mut console = Console::open(people(450));
    console.keys("e<ctrl+u>out.ndjson");
    console.hold = true;
    console.keys("<enter>");
    console.release(false);
    console.hold = true;
    console.keys("x");
    console.hold = false;
    while !console.held.is_empty() {
        console.release(false);
    }
    assert!(console.files.whole.is_empty() && console.files.open.is_empty());
    assert!(toast(&console).contains("was not written"), "{}", toast(&console));
}

#[test]
fn a_decision_key_opens_its_decision_and_decides_nothing_itself() {
    for (key, decision) in [('A', Decision::Approve), ('X', Decision::Reject), ('W', Decision::Review)] {
        let mut console = Console::open(people(2));
        console.keys(&key.to_string());
        let Some(Overlay::Decide(form)) = console.model.overlays.last() else { panic!("no form") };
        assert_eq!(form.decision, Some(decision));
        console.keys(&format!("{key}{key}{key}"));
        assert!(console.model.jobs.all().is_empty());
        console.keys("<down><enter>1<enter>");
        assert_eq!(console.syncs, 1);
    }
}

#[test]
fn decision_keys_can_be_switched_off_and_the_dialog_stays() {
    let mut console = Console::open(people(2));
    console.model.decision_keys = false;
    for key in ["A", "X", "W"] {
        console.keys(key);
        assert!(console.model.overlays.is_empty());
        assert!(toast(&console).contains("switched off"), "{}", toast(&console));
    }
    console.keys("d");
    assert!(matches!(console.model.overlays.last(), Some(Overlay::Decide(_))));
}

#[test]
fn what_is_final_is_overturned_only_with_a_note_and_the_word() {
    let mut people = people(1);
    people[0].status = Status::Failed;
    let mut console = Console::open(people);
    console.keys("A<down><enter>");
    assert!(matches!(console.model.overlays.last(), Some(Overlay::Decide(form)) if form.confirmation.is_none()));
    console.keys("<esc>A<down>o<enter>");
    let Some(Overlay::Decide(form)) = console.model.overlays.last() else { panic!("no form") };
    assert!(form.mistake.as_deref().unwrap().contains("explanation"), "{:?}", form.mistake);
    console.keys("the bank called<enter>1<enter>");
    assert_eq!(console.syncs, 0, "the number alone is not enough");
    console.keys("<backspace>overturn 1<enter>");
    assert_eq!((console.syncs, &console.data[0].status), (1, &Status::Completed));
    assert!(toast(&console).contains("overturns"), "{}", toast(&console));
}

#[test]
fn what_the_desk_said_is_answered_with_how_to_take_it_back() {
    let mut console = Console::open(people(1));
    console.keys("a");
    assert!(toast(&console).contains("gives it back"));
    console.refusals.push_back(BackendError::new(ErrorKind::Forbidden, "Not here."));
    console.keys("z<enter>");
    assert!(toast(&console).contains("Not here."));
}

fn any_key() -> impl Strategy<Value = Key> {
    let code = prop_oneof![
        proptest::char::range(' ', '~').prop_map(Code::Char),
        prop::sample::select(vec![
            Code::Enter,
            Code::Esc,
            Code::Tab,
            Code::Backspace,
            Code::Down,
            Code::Up,
            Code::Right
        ]),
    ];
    (code, any::<bool>(), any::<bool>()).prop_map(|(code, ctrl, alt)| Key { code, ctrl, alt })
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(96))]

    /// However long a key is held, wherever one stands: it decides nothing, unless what is asked for was typed before.
    #[test]
    fn a_held_key_never_decides(
        before in prop::sample::select(vec!["", "d", "A", "X<down>", "W<down><enter>", "*X<down><enter>", "<enter>A", "X<down><enter>1<esc>"]),
        key in any_key(),
        times in 1_usize..60,
    ) {
        let mut console = Console::open(people(12));
        console.keys(before);
        for _ in 0..times {
            console.send(Message::Key(key));
        }
        prop_assert!(!console.model.jobs.all().iter().any(|job| job.work.is_decision()), "{key} decided after {before}");
    }

    /// After the answer, Enter decides once however long it is held, and with Ctrl or Alt not at all.
    #[test]
    fn a_held_enter_decides_once(times in 1_usize..60, ctrl in any::<bool>(), alt in any::<bool>(), slow in any::<bool>()) {
        let mut console = Console::open(people(4));
        console.keys("X<down><enter>1");
        console.hold = slow;
        for _ in 0..times {
            console.send(Message::Key(Key { code: Code::Enter, ctrl, alt }));
        }
        let decided = console.model.jobs.all().iter().filter(|job| job.work.is_decision()).count();
        prop_assert_eq!(decided, usize::from(!ctrl && !alt));
        let sent = console.held.iter().filter(|effect| matches!(effect, Effect::Sync(..))).count();
        prop_assert!(console.syncs + sent <= 1);
    }
}
