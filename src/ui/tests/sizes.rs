//! Every screen at every size: nothing panics, and nothing is said that is not true.

use crate::ui::testing::Screen;

const SIZES: &[(u16, u16)] =
    &[(0, 0), (1, 1), (20, 5), (59, 15), (60, 14), (60, 15), (80, 24), (119, 16), (120, 40), (160, 20), (250, 70)];

const SCRIPTS: &[&str] = &[
    "",
    "/",
    "/satus:x",
    "/a very long filter that does not fit into the line of a narrow screen nosuch:thing",
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
    "f?",
    "?",
    "?G",
    "?/clip",
    "?/nothing has these words",
    ":",
    ":sync",
    ":12",
    ":nosuchthing",
    "L",
    "c",
    "c<tab><tab>x<tab>y<tab>z<enter>",
    "c<tab><tab>new@example.com<enter>t",
    "R",
    "R<space><enter>t",
    "C",
    "s",
    "*s<down><down><down>",
    "*s<enter>",
];

#[test]
fn every_screen_draws_at_every_size() {
    for script in SCRIPTS {
        let mut screen = Screen::new().keys(script);
        for (columns, rows) in SIZES {
            screen = screen.sized(*columns, *rows);
            let (buffer, hits) = screen.draw();
            assert_eq!((buffer.area.width, buffer.area.height), (*columns, *rows));
            assert!(hits.room.list_rows > 0, "{script} at {columns}x{rows}");
        }
    }
}

#[test]
fn a_screen_that_is_too_small_says_so_and_nothing_else() {
    for (columns, rows) in [(59, 15), (60, 14), (30, 3)] {
        let text = Screen::new().keys("?").sized(columns, rows).text();
        let joined = text.split_whitespace().collect::<Vec<_>>().join(" ");
        assert_eq!(joined, format!("regdesk needs at least 60x15, this is {columns}x{rows}"));
    }
    assert!(!Screen::new().sized(60, 15).text().contains("needs at least"));
}

#[test]
fn every_dialog_shows_its_keys_at_the_smallest_size() {
    for (script, key) in [
        ("?", "esc close"),
        (":", "enter do it"),
        ("L", "esc close"),
        ("c", "enter create"),
        ("c<tab><tab>new@example.com<enter>", "t show the token"),
        ("R", "enter issue the link"),
        ("R<enter>", "y copy the link"),
        ("*s", "enter sync"),
        ("*s<enter>", "esc close"),
        ("*dr<down>", "enter go on"),
        ("*dr<down><enter>", "press enter:"),
        ("*dr<down><enter>", "leave 4 as they are"),
    ] {
        let text = Screen::new().sized(60, 15).keys(script).text();
        assert!(text.contains(key), "{script}:\n{text}");
    }
}
