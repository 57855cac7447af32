use crate::{
    app::{
        Layer, Message,
        effect::Timer,
        testing::{Console, noon, registration},
    },
    backend::{BackendError, ErrorKind, ListRequest, Page},
    index::{Sort, SortField},
    model::{Registration, RegistrationId, Status},
};

fn people() -> Vec<Registration> {
    vec![
        registration(1, "Ana Muestra", Status::Ongoing, 30),
        registration(2, "Bruno Specimen", Status::Started, 20),
        registration(3, "Chloé Échantillon", Status::Completed, 10),
        registration(4, "Dai 見本", Status::NeedsManualVerification, 5),
    ]
}

/// A console whose queue is in the order of creation, oldest first.
fn console() -> Console {
    let mut console = Console::open(people());
    while console.model.queue.sort().by != SortField::Created {
        console.keys("o");
    }
    console.keys("Og");
    console
}

#[test]
fn keys_move_the_selection_and_stop_at_both_ends() {
    let mut console = console();
    assert_eq!(console.selected(), Some("reg_1"));
    console.keys("kjj");
    assert_eq!(console.selected(), Some("reg_3"));
    console.keys("G<down>");
    assert_eq!(console.selected(), Some("reg_4"));
}

#[test]
fn arrivals_do_not_move_the_selection() {
    let mut console = console();
    console.keys("j");
    console.send(Message::Changed(vec![
        registration(9, "New", Status::Started, 100),
        registration(8, "Newer", Status::Started, 25),
    ]));
    assert_eq!(console.selected(), Some("reg_2"));
    assert_eq!(console.model.queue.list().cursor().selected(), Some(3));
}

#[test]
fn a_filter_narrows_while_it_is_typed_and_escape_brings_the_old_one_back() {
    let mut console = console();
    console.keys("/echan");
    assert_eq!(console.listed().len(), 1);
    assert_eq!(console.selected(), Some("reg_3"));
    console.keys("<esc>");
    assert_eq!(console.listed().len(), 4);
    console.keys("/status:started<enter>");
    assert_eq!(console.selected(), Some("reg_2"));
    console.keys("<esc>");
    assert_eq!(console.listed().len(), 4);
}

#[test]
fn a_wrong_word_is_told_at_its_place_and_what_is_right_of_the_filter_stays_in_force() {
    let mut console = console();
    console.keys("/status:started nosuch:1");
    let error = console.model.queue.filter.error.clone().unwrap();
    assert_eq!(error.at.start, "status:started ".len());
    assert!(console.model.queue.filter.editing);
    assert_eq!(console.selected(), Some("reg_2"));
    assert_eq!(console.listed().len(), 1);
    console.keys("<enter>");
    assert!(console.model.queue.filter.editing, "enter does not accept a mistake");
}

#[test]
fn keys_typed_into_the_filter_are_not_commands() {
    let mut console = console();
    console.keys("/qs");
    assert!(!console.left);
    assert!(console.model.overlays.is_empty());
}

#[test]
fn a_pasted_line_end_does_not_accept_the_filter() {
    let mut console = console();
    console.keys("/");
    console.send(Message::Paste("bruno\n\u{1b}[2J".to_owned()));
    assert_eq!(console.model.queue.filter.input.value(), "bruno [2J");
    assert!(console.model.queue.filter.editing);
}

#[test]
fn enter_opens_what_is_selected_and_next_follows_the_queue() {
    let mut console = console();
    console.keys("j<enter>");
    assert_eq!(console.model.layer(), Layer::Registration);
    assert_eq!(console.model.subject().unwrap().as_str(), "reg_2");
    console.keys("n");
    assert_eq!(console.model.subject().unwrap().as_str(), "reg_3");
    console.keys("<esc>");
    assert_eq!(console.model.layer(), Layer::Queue);
    assert_eq!(console.selected(), Some("reg_3"));
}

#[test]
fn an_answer_about_a_registration_that_was_left_changes_nothing() {
    let mut console = console();
    console.hold = true;
    console.keys("<enter><esc>j<enter>");
    console.data.clear();
    console.hold = false;
    console.release(true);
    // The newest question was answered with "not found"; the older answer is dropped, not shown as an error twice.
    assert_eq!(console.model.log.iter().filter(|toast| toast.text.contains("reg_1")).count(), 0);
    assert_eq!(console.model.log.iter().filter(|toast| toast.text.contains("reg_2")).count(), 1);
}

#[test]
fn a_page_that_fails_is_said_once_and_the_queue_stays_usable() {
    let mut console = Console::open(people());
    console.hold = true;
    console.keys("r");
    let down = || Err(BackendError::new(ErrorKind::Unreachable, "The remote does not answer."));
    for _ in 0..2 {
        let request = console
            .held
            .iter()
            .rev()
            .find_map(|effect| match effect {
                crate::app::Effect::List(request, _) => Some(*request),
                _ => None,
            })
            .unwrap();
        console.send(Message::Listed(request, down()));
        console.send(Message::Timer(crate::app::effect::Timer::Refresh));
    }
    assert_eq!(console.model.log.iter().filter(|toast| toast.text.contains("does not answer")).count(), 1);
    assert_eq!(console.model.loading.error.as_ref().unwrap().1, noon());
    assert_eq!(console.listed().len(), 4);
}

#[test]
fn what_the_backend_no_longer_has_leaves_the_queue_after_a_whole_pass() {
    let mut console = Console::open(people());
    console.data.remove(0);
    console.keys("r");
    assert_eq!(console.model.index.len(), 3);
    assert!(!console.listed().iter().any(|id| id.as_str() == "reg_1"));
}

/// The latest request for a page, and for which.
fn last_list(console: &Console) -> (crate::app::RequestId, u32) {
    let list = console.held.iter().rev().find_map(|effect| match effect {
        crate::app::Effect::List(request, list) => Some((*request, list.page)),
        _ => None,
    });
    list.unwrap()
}

#[test]
fn a_row_that_cannot_be_read_is_named_and_the_others_are_shown() {
    let mut console = Console::open(people());
    console.hold = true;
    console.keys("r");
    let (request, _) = last_list(&console);
    let page = Page {
        registrations: people(),
        total: None,
        page: 1,
        pages: Some(1),
        refused: vec!["$.data[2]: no id".to_owned()],
    };
    console.send(Message::Listed(request, Ok(page)));
    assert!(console.model.log.back().unwrap().text.contains("$.data[2]: no id"));
    assert_eq!(console.listed().len(), 4);
}

#[test]
fn pages_are_read_until_all_are_known() {
    let many: Vec<Registration> =
        (0..250).map(|number| registration(number, "Someone", Status::Ongoing, i64::from(number))).collect();
    let console = Console::open(many);
    assert_eq!(console.model.index.len(), 250);
    assert_eq!(console.listed().len(), 250);
    assert!(console.model.loading.complete_at.is_some());
    assert_eq!(ListRequest::MAX_LIMIT, 100);
}

#[test]
fn a_page_pushed_down_by_arrivals_does_not_end_the_reading() {
    let people = |range: std::ops::Range<u32>| -> Vec<Registration> {
        range.map(|number| registration(number, "Someone", Status::Ongoing, i64::from(number))).collect()
    };
    let mut console = Console::open(Vec::new());
    console.hold = true;
    console.keys("r");
    // A hundred arrive after the first page was read: the second page is the first once more.
    for (number, pages, rows) in [(1, 2, 0..100), (2, 3, 0..100), (3, 3, 100..200)] {
        let (request, page) = last_list(&console);
        assert_eq!(page, number);
        let page =
            Page { registrations: people(rows), total: None, page: number, pages: Some(pages), refused: Vec::new() };
        console.send(Message::Listed(request, Ok(page)));
    }
    assert_eq!(console.model.index.len(), 200);
    assert!(!console.model.loading.is_reading());
}

#[test]
fn marks_survive_a_filter_and_hidden_ones_are_counted() {
    let mut console = console();
    console.keys("<space><space>/bruno<enter>");
    assert_eq!(console.model.queue.marked.len(), 2);
    assert_eq!(console.model.queue.hidden_marks(&console.model.index), 1);
    console.keys("<esc>");
    assert!(console.model.queue.marked.is_empty(), "escape drops the marks first");
    assert_eq!(console.listed().len(), 1);
}

#[test]
fn while_the_first_pages_come_in_the_most_urgent_is_selected_until_the_operator_moves() {
    let people = || (1..=250).map(|number| registration(number, "Someone", Status::Started, i64::from(number) % 60));
    let mut console = Console::open(people().collect());
    assert_eq!(console.selected(), console.listed().first().map(RegistrationId::as_str));
    assert_ne!(console.selected(), Some("reg_1"), "not the first that came");
    let selected = console.selected().map(str::to_owned);
    console.model.queue.sort_by(Sort { by: SortField::Name, descending: false });
    console.keys("r");
    assert_eq!(console.selected(), selected.as_deref(), "read again, it stays where it is");
}

#[test]
fn what_answered_a_key_goes_with_the_next_one_and_what_was_done_stays_for_its_time() {
    let mut console = console();
    console.keys("*");
    assert!(console.model.toast.is_some());
    console.keys("j");
    assert_eq!(console.model.toast, None);
    console.keys("yjk");
    assert!(console.model.toast.is_some());
    console.send(Message::Timer(Timer::Toast));
    assert_eq!(console.model.toast, None);
}
