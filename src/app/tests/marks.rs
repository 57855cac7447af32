//! Marks by range and by turning them round, and news in the list.

use chrono::Duration;
use proptest::prelude::*;

use crate::{
    app::{
        Message,
        effect::Timer,
        news::Novelty,
        testing::{Console, noon, registration},
    },
    index::SortField,
    model::{Registration, RegistrationId, Review, Status},
};

/// Eight of them, oldest first.
fn console() -> Console {
    let mut console = Console::open(
        (1..=8).map(|number| registration(number, "Someone", Status::Started, 20 - i64::from(number))).collect(),
    );
    while console.model.queue.sort().by != SortField::Created {
        console.keys("o");
    }
    console.keys("Og");
    console
}

fn marked(console: &Console) -> Vec<&str> {
    console.model.queue.marked.iter().map(RegistrationId::as_str).collect()
}

fn novelty(console: &Console, number: u32) -> Option<Novelty> {
    let id = registration(number, "", Status::Started, 0).id;
    console.model.index.get(&id).and_then(|entry| console.model.novelty(&entry))
}

/// The same registration after something happened to it.
fn moved(console: &Console, number: usize, status: Status) -> Registration {
    let mut moved = console.data[number - 1].clone();
    moved.status = status;
    moved.version += 1;
    moved.updated_at = noon();
    moved
}

#[test]
fn a_range_reaches_from_the_last_mark_to_the_selected_row_in_either_direction() {
    let mut console = console();
    console.keys("M");
    assert!(marked(&console).is_empty(), "there is no mark to begin at");
    console.keys("jj<space>jM");
    assert_eq!(marked(&console), ["reg_3", "reg_4", "reg_5"]);
    console.keys("ggM");
    assert_eq!(
        marked(&console),
        ["reg_1", "reg_2", "reg_3", "reg_4", "reg_5"],
        "it goes on from the end of the last one"
    );
}

#[test]
fn a_range_does_not_begin_at_a_mark_that_was_taken_away_or_is_hidden() {
    let mut console = console();
    console.keys("<space>k<space>GM");
    assert!(marked(&console).is_empty());
    console.keys("gg<space>/reg_5<enter>M");
    assert_eq!(marked(&console), ["reg_1"]);
}

#[test]
fn marks_turn_round_only_where_they_are_seen_and_the_hidden_ones_are_counted() {
    let mut console = console();
    console.keys("<space><space>/reg_2<enter>I");
    assert_eq!(marked(&console), ["reg_1"], "the one that is shown lost its mark, the hidden one kept it");
    assert!(console.model.toast.as_ref().unwrap().text.ends_with("1 marked, 1 hidden by the filter"));
    console.keys("<esc><esc><esc>I");
    assert_eq!(marked(&console).len(), 8);
    console.keys("I");
    assert!(marked(&console).is_empty());
}

#[test]
fn what_comes_or_changes_is_marked_for_some_seconds_and_what_is_as_it_was_is_not() {
    let mut console = console();
    assert_eq!(novelty(&console, 1), None, "what is read first is no news");
    let (changed, same) = (moved(&console, 1, Status::Ongoing), console.data[1].clone());
    console.send(Message::Changed(vec![registration(9, "New", Status::Started, 0), changed, same]));
    assert_eq!((novelty(&console, 9), novelty(&console, 1)), (Some(Novelty::Came), Some(Novelty::Changed)));
    assert_eq!(novelty(&console, 2), None);
    console.now += Duration::seconds(5);
    console.send(Message::Timer(Timer::News));
    assert_eq!(novelty(&console, 9), Some(Novelty::Came), "not yet");
    console.now += Duration::seconds(5);
    console.send(Message::Timer(Timer::News));
    assert_eq!((novelty(&console, 9), novelty(&console, 1)), (None, None));
}

#[test]
fn what_came_back_stays_marked_until_it_is_opened_and_is_marked_again_when_it_moves_again() {
    let mut console = console();
    let mut back = moved(&console, 1, Status::NeedsManualVerification);
    back.reviews = vec![Review {
        from: Status::Started,
        to: Status::Ongoing,
        at: Some(noon() - Duration::hours(1)),
        by: None,
        reason: None,
        note: None,
    }];
    back.updated_at = noon() - Duration::minutes(5);
    console.data[0] = back.clone();
    console.send(Message::Changed(vec![back.clone()]));
    console.now += Duration::seconds(20);
    console.send(Message::Timer(Timer::News));
    assert_eq!(novelty(&console, 1), Some(Novelty::Returned));
    console.keys("gg<enter><esc>");
    assert_eq!(novelty(&console, 1), None, "somebody looked at it");
    console.now += Duration::minutes(1);
    back.updated_at = console.now;
    back.version += 1;
    console.send(Message::Changed(vec![back]));
    console.now += Duration::seconds(20);
    console.send(Message::Timer(Timer::News));
    assert_eq!(novelty(&console, 1), Some(Novelty::Returned), "it moved once more");
}

#[test]
fn the_preview_is_switched_off_and_stays_off() {
    let mut console = console();
    console.keys("P");
    assert!(console.model.queue.without_preview);
    let again = Console::open(Vec::new()).model.remembering(console.kept.clone().unwrap(), None);
    assert!(again.queue.without_preview);
    console.keys("P");
    assert!(!console.model.queue.without_preview && !console.kept.unwrap().without_preview);
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(48))]

    /// In whatever order the list is and however what arrives turns it round.
    #[test]
    fn the_cursor_stays_on_its_registration_when_the_order_changes(
        sorts in 0_usize..9,
        row in 0_usize..30,
        changes in prop::collection::vec((1_usize..30, 0_i64..48, prop::sample::select(Status::ALL)), 1..30),
    ) {
        let people = (1..=30).map(|number| registration(number, "Someone", Status::Started, i64::from(number))).collect();
        let mut console = Console::open(people);
        console.send(Message::Measured(crate::app::Room { list_rows: 7, page_rows: 7, scroll_max: 0, is_none: false }));
        console.keys(&"o".repeat(sorts));
        console.keys(&"j".repeat(row));
        let selected = console.model.queue.selected().cloned();
        for (number, hours, status) in changes {
            let mut change = moved(&console, number, status.clone());
            change.updated_at = noon() - Duration::hours(hours);
            console.data[number - 1] = change.clone();
            console.send(Message::Changed(vec![change]));
            prop_assert_eq!(console.model.queue.selected(), selected.as_ref());
            let list = console.model.queue.list();
            let (row, top) = (list.cursor().selected().unwrap_or_default(), list.cursor().top());
            prop_assert!((top..top + 7).contains(&row), "and on the screen");
        }
    }
}

#[test]
fn how_many_marks_are_hidden_follows_marks_filter_and_changes() {
    let mut console = console();
    console.keys("*");
    let hidden = |console: &Console| console.model.queue.hidden_marks(&console.model.index);
    assert_eq!((hidden(&console), hidden(&console)), (0, 0));
    console.keys("/status:ongoing<enter>");
    assert_eq!(hidden(&console), 8);
    let ongoing = moved(&console, 3, Status::Ongoing);
    console.send(Message::Changed(vec![ongoing]));
    assert_eq!(hidden(&console), 7, "one of them is listed now");
    console.keys("<space>");
    assert_eq!((console.model.queue.marked.len(), hidden(&console)), (7, 7), "it is marked no more");
    console.keys("/<ctrl+u><enter>");
    assert_eq!(hidden(&console), 0);
}
