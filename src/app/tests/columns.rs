//! The columns of the queue: chosen, moved, sized, scrolled, sorted by, and remembered.

use crate::{
    app::{
        Overlay,
        columns::{Column, Columns},
        testing::{Console, registration},
    },
    index::SortField,
    model::Status,
};

fn console() -> Console {
    Console::open((1..=6).map(|number| registration(number, "Someone", Status::Started, i64::from(number))).collect())
}

fn shown(console: &Console) -> Vec<Column> {
    console.model.queue.columns.scrollable().iter().map(|chosen| chosen.column).collect()
}

#[test]
fn a_column_that_is_hidden_goes_and_one_that_is_shown_comes_at_once() {
    let mut console = console();
    assert_eq!(shown(&console)[0], Column::Status);
    console.keys("v<space>");
    assert_eq!(shown(&console)[0], Column::Step, "the first of the list was taken away");
    console.keys("G<space><esc>");
    assert_eq!(shown(&console).last(), Some(&Column::Links));
    assert!(console.model.overlays.is_empty());
}

#[test]
fn a_column_is_carried_and_sized_and_all_of_it_is_remembered_until_the_configuration_says_another() {
    let mut console = console();
    console.keys("vJ>>><esc>");
    assert_eq!(shown(&console)[..2], [Column::Step, Column::Status]);
    let kept = console.kept.clone().unwrap();
    let again = Console::open(Vec::new()).model.remembering(kept.clone(), None);
    assert_eq!(again.queue.columns.chosen(), console.model.queue.columns.chosen());
    assert_eq!(again.queue.columns.scrollable()[1].width, Some(14));
    let configured = Console::open(Vec::new()).model.with_columns(Some(vec![Column::Owner])).remembering(kept, None);
    let shown: Vec<Column> = configured.queue.columns.scrollable().iter().map(|chosen| chosen.column).collect();
    assert_eq!(shown, [Column::Owner]);
}

#[test]
fn reset_goes_back_to_what_there_is_room_for() {
    let mut console = console();
    console.keys("v<space>jj<space>=");
    assert_eq!(console.model.queue.columns.chosen(), None);
    assert_eq!(shown(&console), Columns::default().scrollable().iter().map(|c| c.column).collect::<Vec<_>>());
    assert_eq!(console.kept.unwrap().columns, None);
}

#[test]
fn any_column_sorts_and_a_second_time_the_other_way_round() {
    let mut console = console();
    console.keys("vG<space>s");
    assert_eq!((console.model.queue.sort().by, console.model.queue.sort().descending), (SortField::Links, true));
    console.keys("s");
    assert!(!console.model.queue.sort().descending);
    assert!(matches!(console.model.overlays.last(), Some(Overlay::Columns(_))), "the chooser stays");
}

#[test]
fn columns_scroll_sideways_and_stop_at_both_ends() {
    let mut console = console();
    console.keys(">>");
    assert_eq!(console.model.queue.columns.skipped(), 2);
    console.keys("<<><<><<>");
    assert_eq!(console.model.queue.columns.skipped(), 0);
    console.keys(&">".repeat(99));
    assert_eq!(console.model.queue.columns.skipped(), shown(&console).len() - 1);
}

#[test]
fn times_and_spans_change_places() {
    let mut console = console();
    console.keys("T");
    assert!(console.model.queue.columns.absolute_times && console.kept.as_ref().unwrap().absolute_times);
    console.keys("T");
    assert!(!console.model.queue.columns.absolute_times);
}
