//! Plain text: what a screen reader reads, and where its cursor stands.

use ratatui::style::{Color, Modifier};

use crate::ui::testing::Screen;

const SCRIPTS: &[&str] = &[
    "",
    "jj<space>",
    "/status:ongoing",
    "/satus:x",
    "<enter>",
    "<enter>2",
    "<enter>3",
    "<enter>4",
    "<enter>5",
    "/id:reg_21<enter>t",
    "f",
    "i",
    "?",
    "L",
    "c",
    "R",
    "*s",
    "*s<enter>",
    "/id:reg_4<enter>dr<down>",
    "*dr<down><enter>",
];

fn shows(name: &str, text: &str) {
    insta::with_settings!({ omit_expression => true, prepend_module_to_snapshot => false, snapshot_path => "../snapshots" }, {
        insta::assert_snapshot!(name, text);
    });
}

#[test]
fn the_main_views_as_plain_text() {
    for (name, script) in [
        ("queue", "jj<space>/status:ongoing<enter>"),
        ("overview", "/id:reg_21<enter><enter>"),
        ("verdicts", "/id:reg_4<enter><enter>"),
        ("flags", "/id:reg_4<enter><enter>2"),
        ("decide", "/id:reg_4<enter>dr<down>"),
        ("filter_mistake", "/satus:x"),
    ] {
        shows(&format!("plain_{name}_100x30"), &Screen::new().sized(100, 30).plain().keys(script).quiet().text());
    }
}

#[test]
fn plain_text_has_no_lines_no_signs_and_no_colours() {
    for script in SCRIPTS {
        for (columns, rows) in [(60, 15), (80, 24), (120, 40), (250, 70)] {
            let mut screen = Screen::new().sized(columns, rows).plain().keys(script);
            let (buffer, _) = screen.draw();
            for cell in buffer.content() {
                // Names of the people stay in their own letters.
                let own = cell.symbol().chars().all(|letter| letter.is_ascii() || letter.is_alphabetic());
                assert!(own || cell.symbol().chars().count() > 1, "{script} {columns}x{rows}: {:?}", cell.symbol());
                let style = (cell.fg, cell.modifier - Modifier::REVERSED - Modifier::BOLD);
                assert_eq!(style, (Color::Reset, Modifier::empty()), "{script} {columns}x{rows}: {:?}", cell.symbol());
            }
        }
    }
}

#[test]
fn the_cursor_stands_at_what_is_selected_or_typed() {
    let row_of = |screen: &mut Screen, text: &str| {
        let shown = screen.text();
        shown.lines().position(|line| line.contains(text)).unwrap_or_else(|| panic!("{text}\n{shown}")) as u16
    };
    let mut screen = Screen::new().sized(100, 30).plain();
    for (keys, text) in [("", "1: "), ("j", "2: "), ("jj", "4: "), ("k", "3: ")] {
        screen = screen.keys(keys);
        let row = row_of(&mut screen, text);
        assert_eq!(screen.cursor(), Some((0, row)), "{text}");
    }
    let mut screen = screen.keys("/ana");
    let row = row_of(&mut screen, "Filter: ana");
    assert_eq!(screen.cursor(), Some((11, row)));
    let mut screen = screen.keys("<esc>/id:reg_4<enter>dr<down><down>");
    let row = row_of(&mut screen, "*document_unreadable");
    assert_eq!(screen.cursor().unwrap().1, row);
    let mut screen = screen.keys("<tab>abc");
    let row = row_of(&mut screen, "Note");
    assert_eq!(screen.cursor().unwrap().1, row);
}

#[test]
fn a_dialog_stands_alone_in_plain_text() {
    let text = Screen::new().sized(100, 30).plain().keys("s").text();
    assert!(text.contains("Sync 1 registration"), "{text}");
    assert!(!text.contains("Shown:"), "the list below would be read as a part of it:\n{text}");
}
