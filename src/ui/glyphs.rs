//! The program's own signs in ASCII, for terminals and fonts without them, and in plain text, for screen readers: one
//! table, applied to the finished screen.
//!
//! Each sign is one column and stays one, so that nothing moves. What is no sign of the program, such as a name in
//! Arabic, is left as it is.

use ratatui::{
    buffer::{Buffer, Cell},
    layout::Position,
    style::{Modifier, Style},
};

/// Signs, what stands for them in ASCII, and what is left of them in plain text, where a word beside says the same. Those
/// that are seen side by side stay apart.
const SIGNS: &[(char, char, char)] = &[
    // States.
    ('○', 'o', ' '),
    ('◐', '~', ' '),
    ('✓', '+', ' '),
    ('◇', '*', ' '),
    ('✗', 'x', ' '),
    ('◆', '!', ' '),
    ('◌', '.', ' '),
    ('◉', '@', ' '),
    // News.
    ('≠', '*', ' '),
    ('↺', '&', ' '),
    // Severities.
    ('■', '#', ' '),
    ('▲', '^', ' '),
    ('▽', 'v', ' '),
    // Turns and arrows.
    ('▸', '>', ' '),
    ('◂', '<', ' '),
    ('◀', '<', ' '),
    ('▶', '>', ' '),
    ('⋯', ':', ' '),
    ('◫', '%', ' '),
    ('→', '>', '>'),
    ('←', '<', '<'),
    ('↑', '^', ' '),
    ('↓', 'v', ' '),
    ('‹', '<', ' '),
    ('›', '>', '>'),
    ('«', '<', '<'),
    ('»', '>', '>'),
    ('⏎', '$', ' '),
    // Lines.
    ('─', '-', ' '),
    ('━', '=', ' '),
    ('│', '|', ' '),
    ('┃', '|', ' '),
    ('┊', ':', ' '),
    ('╌', '~', ' '),
    ('╱', '/', ' '),
    ('╭', '+', ' '),
    ('╮', '+', ' '),
    ('╰', '+', ' '),
    ('╯', '+', ' '),
    ('├', '|', ' '),
    ('┤', '|', ' '),
    ('└', '`', ' '),
    ('┬', '+', ' '),
    ('┴', '+', ' '),
    ('┼', '+', ' '),
    // Bars.
    ('█', '#', ' '),
    ('▉', '#', ' '),
    ('▊', '#', ' '),
    ('▋', '#', ' '),
    ('▌', '#', ' '),
    ('▍', '#', ' '),
    ('▎', '-', ' '),
    ('▏', '-', ' '),
    ('░', '.', ' '),
    ('▒', ':', ' '),
    ('▓', '=', ' '),
    ('▇', '#', ' '),
    ('▆', '#', ' '),
    ('▅', '=', ' '),
    ('▄', '=', ' '),
    ('▃', '-', ' '),
    ('▂', '_', ' '),
    ('▁', '.', ' '),
    // Punctuation.
    ('·', '-', ','),
    ('•', '*', '*'),
    ('…', '~', '.'),
    ('×', 'x', 'x'),
    ('–', '-', '-'),
    ('—', '-', '-'),
    ('−', '-', '-'),
    ('±', '~', '~'),
    ('≥', '>', '>'),
    ('≤', '<', '<'),
    ('’', '\'', '\''),
];

/// Replaces the program's signs on the whole screen by ASCII.
pub fn to_ascii(buffer: &mut Buffer) {
    for cell in &mut buffer.content {
        if let Some((_, ascii, _)) = sign_of(cell) {
            cell.set_char(ascii);
        }
    }
}

/// Makes the whole screen plain text: no lines and no signs, and no styles but that of what is selected.
pub fn to_plain(buffer: &mut Buffer, base: Style) {
    for row in buffer.area.rows() {
        let mut blanks = 2;
        for position in row.positions() {
            let next = Position::new(position.x + 1, position.y);
            let ends = !row.contains(next) || buffer.cell(next).is_none_or(|cell| cell.symbol() == " ");
            let Some(cell) = buffer.cell_mut(position) else { continue };
            if let Some((sign, _, plain)) = sign_of(cell) {
                cell.set_char(match sign {
                    // Between words it is a comma or a dash, before the word of a state it is nothing.
                    '·' | '–' if blanks != 1 => ' ',
                    // At a word itself it says that this is the chosen one.
                    '▸' if !ends => '*',
                    _ => plain,
                });
            }
            blanks = if cell.symbol() == " " { blanks + 1 } else { 0 };
            if !cell.modifier.contains(Modifier::REVERSED) {
                cell.set_style(Style::reset().patch(base));
            }
        }
    }
}

/// The entry of what a cell shows, if that is a sign of the program.
fn sign_of(cell: &Cell) -> Option<(char, char, char)> {
    let mut characters = cell.symbol().chars();
    let (Some(sign), None) = (characters.next(), characters.next()) else { return None };
    if sign.is_ascii() { None } else { SIGNS.iter().copied().find(|(known, ..)| *known == sign) }
}

/// Whether a terminal needs them: by its kind, or by the character set of the locale (the values of `LC_ALL`,
/// `LC_CTYPE` and `LANG`, of which the first that is not empty counts). A locale that nobody names is taken for UTF-8.
pub fn wants_ascii(term: &str, locale: [String; 3]) -> bool {
    let named = locale.into_iter().find(|value| !value.is_empty()).unwrap_or_default().to_ascii_uppercase();
    let is_utf8 = named.is_empty() || named.contains("UTF-8") || named.contains("UTF8");
    // The console of Linux has 512 letters and hardly any of these signs.
    term == "linux" || !is_utf8
}

#[cfg(test)]
mod tests {
    use unicode_width::UnicodeWidthChar;

    use super::{SIGNS, wants_ascii};
    use crate::ui::testing::Screen;

    #[test]
    fn every_sign_is_one_column_and_becomes_ascii() {
        for (sign, ascii, plain) in SIGNS {
            assert_eq!(sign.width(), Some(1), "{sign}");
            assert!(ascii.is_ascii_graphic() && plain.is_ascii() && !plain.is_ascii_control(), "{sign}");
        }
    }

    #[test]
    fn the_environment_says_whether_signs_can_be_shown() {
        let wants = |term, values: [&str; 3]| wants_ascii(term, values.map(str::to_owned));
        assert!(!wants("xterm", ["", "", "C.UTF-8"]));
        assert!(!wants("xterm", ["", "", ""]));
        assert!(!wants("xterm", ["de_DE.utf8", "", "C"]));
        assert!(wants("xterm", ["C", "", "de_DE.UTF-8"]));
        assert!(wants("xterm", ["", "", "de_DE.ISO-8859-1"]));
        assert!(wants("linux", ["", "", "C.UTF-8"]));
    }

    #[test]
    fn with_ascii_no_sign_of_the_program_is_left_on_any_screen() {
        for script in ["", "<enter>", "<enter>2", "/id:reg_21<enter>t", "f", "i", "?", "*s<enter>", "dr", "c"] {
            let mut screen = Screen::new();
            screen.console.model.look.ascii = true;
            let text = screen.keys(script).text();
            // Names of the people stay in their own letters.
            let left: Vec<char> = text.chars().filter(|letter| !letter.is_ascii() && !letter.is_alphabetic()).collect();
            assert!(left.is_empty(), "{script}: {left:?}\n{text}");
        }
    }
}
