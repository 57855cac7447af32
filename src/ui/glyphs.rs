//! The program's own signs in ASCII, for terminals and fonts without them: one table, applied to the finished screen.
//!
//! Each sign is one column and stays one, so that nothing moves. What is no sign of the program, such as a name in
//! Arabic, is left as it is.

use ratatui::buffer::Buffer;

/// Signs and what stands for them. Those that are seen side by side stay apart.
const SIGNS: &[(char, char)] = &[
    // States.
    ('○', 'o'),
    ('◐', '~'),
    ('✓', '+'),
    ('◇', '*'),
    ('✗', 'x'),
    ('◆', '!'),
    ('◌', '.'),
    ('◉', '@'),
    // Severities.
    ('■', '#'),
    ('▲', '^'),
    ('▽', 'v'),
    // Turns and arrows.
    ('▸', '>'),
    ('◂', '<'),
    ('◀', '<'),
    ('▶', '>'),
    ('⋯', ':'),
    ('◫', '%'),
    ('→', '>'),
    ('←', '<'),
    ('↑', '^'),
    ('↓', 'v'),
    ('‹', '<'),
    ('›', '>'),
    ('«', '<'),
    ('»', '>'),
    ('⏎', '$'),
    // Lines.
    ('─', '-'),
    ('━', '='),
    ('│', '|'),
    ('┃', '|'),
    ('┊', ':'),
    ('╌', '~'),
    ('╱', '/'),
    ('╭', '+'),
    ('╮', '+'),
    ('╰', '+'),
    ('╯', '+'),
    ('├', '|'),
    ('┤', '|'),
    ('└', '`'),
    ('┬', '+'),
    ('┴', '+'),
    ('┼', '+'),
    // Bars.
    ('█', '#'),
    ('▉', '#'),
    ('▊', '#'),
    ('▋', '#'),
    ('▌', '#'),
    ('▍', '#'),
    ('▎', '-'),
    ('▏', '-'),
    ('░', '.'),
    ('▒', ':'),
    ('▓', '='),
    ('▇', '#'),
    ('▆', '#'),
    ('▅', '='),
    ('▄', '='),
    ('▃', '-'),
    ('▂', '_'),
    ('▁', '.'),
    // Punctuation.
    ('·', '-'),
    ('•', '*'),
    ('…', '~'),
    ('×', 'x'),
    ('–', '-'),
    ('—', '-'),
    ('−', '-'),
    ('±', '~'),
    ('≥', '>'),
    ('≤', '<'),
    ('Δ', '*'),
    ('’', '\''),
];

/// What stands for a sign in ASCII; `None` if it is none of the program's.
pub fn ascii(sign: char) -> Option<char> {
    SIGNS.iter().find(|(known, _)| *known == sign).map(|(_, ascii)| *ascii)
}

/// Replaces the program's signs on the whole screen.
pub fn to_ascii(buffer: &mut Buffer) {
    for cell in &mut buffer.content {
        let mut characters = cell.symbol().chars();
        if let (Some(sign), None) = (characters.next(), characters.next())
            && let Some(ascii) = ascii(sign)
        {
            cell.set_char(ascii);
        }
    }
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
        for (sign, ascii) in SIGNS {
            assert_eq!(sign.width(), Some(1), "{sign}");
            assert!(ascii.is_ascii_graphic(), "{sign}");
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
