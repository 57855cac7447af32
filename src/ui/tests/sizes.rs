//! Every screen at every size: nothing panics, and nothing is said that is not true.

use ratatui::style::Modifier;

use crate::{
    app::Message,
    ui::testing::{Screen, text_of},
};

const SIZES: &[(u16, u16)] = &[(0, 0), (1, 1), (20, 5), (60, 15), (80, 24), (119, 16), (120, 40), (250, 70)];

/// Every screen, each of its tabs, and what can be typed on it.
const SCREENS: &[&str] = &[
    "v<space>jj<space><esc>",
    "",
    "jj<space><space>",
    ">>>",
    "T",
    "P",
    "jMjMjI",
    "/",
    "/satus:x",
    "/status:",
    "/flag:<down><down><down><down><down><down><down><down><down>",
    "/a very long filter that does not fit into the line of a narrow screen flag:",
    "7",
    "F",
    "FG",
    "/nobody<enter>F",
    "/a very long filter that does not fit into the line of a narrow screen nosuch:thing",
    "/nobody<enter>",
    "m",
    "<enter>",
    "<enter>2",
    "/id:reg_6<enter><enter>2j+",
    "<enter>3",
    "<enter>4",
    "<enter>5",
    "<enter>5G",
    "/id:reg_21<enter>t",
    "/id:reg_21<enter>t*jjj",
    "/id:reg_21<enter>tj<enter>",
    "f",
    "fG",
    "foo",
    "i",
    "i2",
    "i3",
    "i4",
];

/// Every dialog, over the screens it belongs to, in each of its states.
const DIALOGS: &[&str] = &[
    "f?",
    "?",
    "?G",
    ":",
    ":sort",
    ":nothing that exists",
    "L",
    "v",
    "<enter>mv",
    "c",
    "c<tab><tab>x<tab>y<tab>z<enter>",
    "c<tab><tab>new@example.com<enter>t",
    "R",
    "R<space><enter>t",
    "C",
    "s",
    "*s<down><down><down>",
    "*s<enter>",
    "/status:failed<enter>V",
    "/status:failed<enter>Vmy turn<enter>",
    "d",
    "/id:reg_4<enter>dr<down><tab>a note",
    "*da",
    "*dr<down><enter>",
    "*s<enter><esc>b",
    "z",
    "*z4x<enter>",
    "N",
    "None<ctrl+j>two<ctrl+j>three<ctrl+j>four<ctrl+j>five<ctrl+j>six<esc>",
    "Y",
    "mY",
    "e",
    "e<tab>",
    "*R",
    "*a",
    "*a<enter>",
    "X<down>",
    "/status:failed<enter>A<down>o",
];

/// The columns that the characters on a line take, which is what a terminal counts.
fn columns_of(line: &str) -> usize {
    crate::text::width(line)
}

#[test]
fn every_screen_and_every_dialog_draws_at_every_size() {
    for script in SCREENS.iter().chain(DIALOGS) {
        for plain in [false, true] {
            let mut screen = Screen::new().keys(script);
            if plain {
                screen = screen.plain();
            }
            // Plain text has fewer ways to stand.
            for (columns, rows) in SIZES.iter().step_by(if plain { 3 } else { 1 }) {
                screen = screen.sized(*columns, *rows);
                let (buffer, hits) = screen.draw();
                assert_eq!((buffer.area.width, buffer.area.height), (*columns, *rows));
                assert!(hits.room.list_rows > 0, "{script} at {columns}x{rows}");
                let text = text_of(&buffer);
                assert_eq!(text.lines().count(), usize::from(*rows), "{script} at {columns}x{rows}");
                for line in text.lines() {
                    assert!(columns_of(line) <= usize::from(*columns), "{script} at {columns}x{rows}: {line}");
                }
            }
        }
    }
}

#[test]
fn every_screen_says_at_every_size_where_one_is_what_is_selected_and_what_to_press() {
    for script in SCREENS {
        let mut screen = Screen::new().keys(script).quiet();
        for (columns, rows) in SIZES.iter().filter(|(columns, rows)| *columns >= 60 && *rows >= 15) {
            screen = screen.sized(*columns, *rows);
            let (buffer, _) = screen.draw();
            let text = text_of(&buffer);
            let place = format!("{script} at {columns}x{rows}:\n{text}");
            assert!(text.lines().next().unwrap().contains("local"), "the profile, {place}");
            let last = text.lines().last().unwrap();
            assert!(last.contains("? help") || last.contains("enter keep"), "what to press, {place}");
            let has_rows = !screen.console.listed().is_empty();
            let reversed = buffer.content().iter().any(|cell| cell.modifier.contains(Modifier::REVERSED));
            // The funnel, the durations and the thresholds have no rows to select.
            let selects = !script.starts_with('i');
            assert!(reversed || !has_rows || !selects, "what is selected, {place}");
        }
    }
}

#[test]
fn every_dialog_can_be_left_by_a_key_that_it_names_at_every_size() {
    for script in DIALOGS {
        let mut screen = Screen::new().keys(script).quiet();
        for (columns, rows) in SIZES.iter().filter(|(columns, rows)| *columns >= 60 && *rows >= 15) {
            screen = screen.sized(*columns, *rows);
            let text = screen.text();
            assert!(text.contains("esc"), "{script} at {columns}x{rows}:\n{text}");
        }
    }
}

#[test]
fn the_head_above_the_filter_grows_with_the_screen() {
    let row_of_filter = |rows| {
        let text = Screen::new().sized(80, rows).text();
        text.lines().position(|line| line.contains("/ to filter")).unwrap()
    };
    assert_eq!([15, 16, 24, 30].map(row_of_filter), [1, 2, 2, 3]);
}

#[test]
fn a_screen_that_is_too_small_says_so_and_nothing_else() {
    for (columns, rows) in [(59, 15), (60, 14), (30, 3)] {
        let text = Screen::new().keys("?").sized(columns, rows).text();
        let joined = text.split_whitespace().collect::<Vec<_>>().join(" ");
        assert_eq!(joined, format!("regdesk needs at least 60x15, this is {columns}x{rows}; ctrl+c leaves"));
    }
    assert!(!Screen::new().sized(60, 15).text().contains("needs at least"));
}

#[test]
fn no_key_does_what_a_screen_that_is_too_small_does_not_show() {
    let mut decided = Screen::new().keys("d").sized(20, 6).keys("a<down><enter>1<enter><esc>q").sized(120, 40);
    assert_eq!(decided.text(), Screen::new().keys("d").text());
    assert!(!decided.has_left());
    assert!(Screen::new().keys("d").sized(20, 6).keys("<ctrl+c>").has_left());
    let scrolled = || Screen::new().sized(60, 15).keys("<enter>jjj");
    let mut enlarged = scrolled().sized(20, 6);
    enlarged.console.send(Message::Scroll(3));
    assert_eq!(enlarged.sized(60, 15).text(), scrolled().text());
}

#[test]
fn every_dialog_shows_its_keys_at_the_smallest_size() {
    for (script, key) in [
        ("?", "esc close"),
        (":", "enter do it"),
        ("4V", "enter save"),
        ("L", "esc close"),
        ("c", "enter create"),
        ("c<tab><tab>new@example.com<enter>", "t show the token"),
        ("R", "enter issue the link"),
        ("R<enter>", "y copy the link"),
        ("*s", "enter sync"),
        ("*s<enter><esc>b", "enter results"),
        ("*R", "enter send"),
        ("*z", "enter snooze"),
        ("N", "enter keep"),
        ("Y", "enter copy"),
        ("e", "enter write"),
        ("*s<enter>", "esc close"),
        ("*dr<down>", "enter go on"),
        ("*dr<down><enter>", "press enter:"),
        ("*dr<down><enter>", "leave 4 as they are"),
    ] {
        let text = Screen::new().sized(60, 15).keys(script).text();
        assert!(text.contains(key), "{script}:\n{text}");
    }
}
