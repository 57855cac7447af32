//! Text on its way to a terminal: made harmless, cut and padded to columns. Pure; every face of the program uses it.
//!
//! Names, addresses and error messages come from strangers. [`clean`] is the one place that decides what of them a
//! terminal may see; whatever prints or draws such text goes through it or through [`fit`].

use std::{borrow::Cow, fmt::Write as _};

use unicode_segmentation::UnicodeSegmentation;
use unicode_width::{UnicodeWidthChar, UnicodeWidthStr};

/// Stands for a character that must not reach a terminal and has no picture of its own.
const REPLACEMENT: char = '\u{FFFD}';
/// Stands for a character without width, which would otherwise make two different texts look the same.
const HIDDEN: char = '·';
/// Stands for what was cut away.
const ELLIPSIS: &str = "…";
/// How many characters without a width of their own may follow one another. Real scripts need four; a pile of hundreds
/// would be drawn over the lines above and below.
const MOST_MARKS: usize = 5;
/// Joiners are legitimate from the Arabic block on (Persian, the scripts of India, emoji), never in Latin text.
const FIRST_JOINING_SCRIPT: char = '\u{0600}';

/// Replaces whatever could steer a terminal or hide from the reader by a visible mark.
///
/// Control characters become their pictures (`␛`, `␊`), further controls and everything that reverses the direction
/// of text becomes `�`, characters without width become `·`, and piles of accents are cut down. The result is one line.
/// Text without such characters is borrowed, and cleaning twice changes nothing.
pub fn clean(text: &str) -> Cow<'_, str> {
    if is_plain(text) {
        return Cow::Borrowed(text);
    }
    let text = thin(text);
    if !text.chars().any(is_suspect) {
        return text;
    }
    let mut cleaned = String::with_capacity(text.len());
    let mut characters = text.chars().peekable();
    let mut previous = None;
    while let Some(character) = characters.next() {
        cleaned.push(if is_joiner(character) && joins(previous, characters.peek().copied()) {
            character
        } else {
            visible(character)
        });
        previous = Some(character);
    }
    Cow::Owned(cleaned)
}

/// Whether a text is of letters, digits, signs and blanks of ASCII alone: clean, and a column each. Most texts are, and
/// looking at all bytes takes less time than stopping at the first that is not.
fn is_plain(text: &str) -> bool {
    text.bytes().fold(true, |plain, byte| plain & is_plain_byte(byte))
}

fn is_plain_byte(byte: u8) -> bool {
    (b' '..=b'~').contains(&byte)
}

/// Columns that a text takes on a terminal once cleaned.
pub fn width(text: &str) -> usize {
    if is_plain(text) {
        return text.len();
    }
    clean(text).graphemes(true).map(UnicodeWidthStr::width).sum()
}

/// The text cleaned and brought to exactly `columns` columns: cut with `…` where it is longer, padded with blanks
/// where it is shorter. Never cuts a letter from its accents, and never half of a wide character.
pub fn fit(text: &str, columns: usize) -> String {
    let mut fitted = truncate(text, columns);
    let missing = columns.saturating_sub(width(&fitted));
    fitted.extend(std::iter::repeat_n(' ', missing));
    fitted
}

/// The text cleaned and cut to at most `columns` columns, with `…` where something was cut away.
pub fn truncate(text: &str, columns: usize) -> String {
    if is_plain(text) {
        return match columns.checked_sub(1) {
            _ if text.len() <= columns => text.to_owned(),
            Some(kept) => format!("{}{ELLIPSIS}", &text[..kept]),
            None => String::new(),
        };
    }
    let cleaned = clean(text);
    let mut kept = String::new();
    let mut used = 0;
    // The longest beginning that still leaves room for the ellipsis.
    let mut cut = 0;
    for grapheme in cleaned.graphemes(true) {
        used += grapheme.width();
        if used > columns {
            kept.truncate(cut);
            if columns > 0 {
                kept.push_str(ELLIPSIS);
            }
            return kept;
        }
        kept.push_str(grapheme);
        if used < columns {
            cut = kept.len();
        }
    }
    kept
}

/// A span of seconds in its two largest useful units: `45s`, `12m`, `3h 12m`, `2d 4h`, `120d`. Below zero is `0s`.
pub fn ago(seconds: i64) -> String {
    let seconds = seconds.max(0);
    let (minutes, hours, days) = (seconds / 60, seconds / 3_600, seconds / 86_400);
    match (days, hours, minutes) {
        (0, 0, 0) => format!("{seconds}s"),
        (0, 0, _) => format!("{minutes}m"),
        (0, ..) => format!("{hours}h {}m", minutes % 60),
        (1..=99, ..) => format!("{days}d {}h", hours % 24),
        _ => format!("{days}d"),
    }
}

/// A bar of at most so many columns, to the eighth of a column; what is there at all is always seen.
pub fn bar(part: f64, columns: usize) -> String {
    const EIGHTHS: [&str; 8] = ["", "▏", "▎", "▍", "▌", "▋", "▊", "▉"];
    let part = if part.is_finite() { part.clamp(0.0, 1.0) } else { 0.0 };
    let least = usize::from(part > 0.0);
    let eighths = ((part * (columns * 8) as f64).round() as usize).max(least);
    format!("{}{}", "█".repeat(eighths / 8), EIGHTHS[eighths % 8])
}

/// The candidate that was probably meant by what was written, if any looks like it.
pub fn nearest<'a>(written: &str, candidates: impl IntoIterator<Item = &'a str>) -> Option<&'a str> {
    /// Jaro-Winkler likeness, 0 to 1: lets a slip or an abbreviation pass, and keeps strangers apart.
    const CLOSE_ENOUGH: f64 = 0.8;
    let written = written.to_lowercase();
    candidates
        .into_iter()
        .map(|candidate| (strsim::jaro_winkler(&written, &candidate.to_lowercase()), candidate))
        .filter(|(likeness, _)| *likeness >= CLOSE_ENOUGH)
        .max_by(|(left, _), (right, _)| left.total_cmp(right))
        .map(|(_, candidate)| candidate)
}

/// The text without the marks that follow more than [`MOST_MARKS`] others.
fn thin(text: &str) -> Cow<'_, str> {
    let mut marks = 0;
    let mut is_kept = move |character: char| {
        marks = if !character.is_ascii() && character.width() == Some(0) { marks + 1 } else { 0 };
        marks <= MOST_MARKS
    };
    if text.is_ascii() || text.chars().all(&mut is_kept.clone()) {
        Cow::Borrowed(text)
    } else {
        Cow::Owned(text.chars().filter(|character| is_kept(*character)).collect())
    }
}

fn is_suspect(character: char) -> bool {
    visible(character) != character
}

fn is_joiner(character: char) -> bool {
    matches!(character, '\u{200C}' | '\u{200D}')
}

/// Whether a joiner between these two does what it is there for.
fn joins(previous: Option<char>, next: Option<char>) -> bool {
    let is_joined =
        |character: Option<char>| character.is_some_and(|found| found >= FIRST_JOINING_SCRIPT && !is_suspect(found));
    is_joined(previous) && is_joined(next)
}

/// The character itself, or the mark that stands for it.
fn visible(character: char) -> char {
    match character {
        '\u{0}'..='\u{1F}' => char::from_u32(0x2400 + u32::from(character)).unwrap_or(REPLACEMENT),
        '\u{7F}' => '\u{2421}',
        // Second set of controls, line and paragraph separators, and everything that turns the direction of text.
        '\u{80}'..='\u{9F}'
        | '\u{2028}'..='\u{202E}'
        | '\u{2066}'..='\u{206F}'
        | '\u{061C}'
        | '\u{200E}'
        | '\u{200F}'
        | '\u{FFF9}'..='\u{FFFB}'
        // Tags spell out text that nobody sees.
        | '\u{E0000}'..='\u{E007F}' => REPLACEMENT,
        // No width, or a blank that passes for none.
        '\u{AD}'
        | '\u{034F}'
        | '\u{115F}'
        | '\u{1160}'
        | '\u{17B4}'
        | '\u{17B5}'
        | '\u{180E}'
        | '\u{200B}'..='\u{200D}'
        | '\u{2060}'..='\u{2065}'
        | '\u{3164}'
        | '\u{FEFF}'
        | '\u{FFA0}' => HIDDEN,
        other => other,
    }
}

/// One line of comma-separated values, without its end.
pub fn csv_line<'a>(cells: impl IntoIterator<Item = &'a str>) -> String {
    cells.into_iter().map(csv_cell).collect::<Vec<_>>().join(",")
}

/// JSON leaves some characters as they are that steer a terminal; they only stand within strings, so they can be
/// written as escapes.
pub fn escaped_json(json: String) -> String {
    let is_harmless = |character: char| character == '\n' || u8::try_from(character).is_ok_and(is_plain_byte);
    let steers =
        |character: char| !is_harmless(character) && !clean(character.encode_utf8(&mut [0; 4])).starts_with(character);
    if !json.contains(steers) {
        return json;
    }
    let mut safe = String::with_capacity(json.len());
    for character in json.chars() {
        if steers(character) {
            for unit in character.encode_utf16(&mut [0; 2]) {
                // Writing to a string does not fail.
                let _ = write!(safe, "\\u{unit:04x}");
            }
        } else {
            safe.push(character);
        }
    }
    safe
}

/// A cell: cleaned, with an apostrophe before what a spreadsheet would take for a formula, quoted where needed.
fn csv_cell(cell: &str) -> String {
    let cell = clean(cell);
    let guard = if cell.trim_start().starts_with(['=', '+', '-', '@']) { "'" } else { "" };
    if cell.contains(['"', ',']) || cell.starts_with(' ') || cell.ends_with(' ') {
        format!("\"{guard}{}\"", cell.replace('"', "\"\""))
    } else {
        format!("{guard}{cell}")
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::{ago, clean, csv_cell, escaped_json, fit, nearest, truncate, width};

    #[test]
    fn escape_sequences_become_pictures() {
        assert_eq!(clean("\u{1b}]0;owned\u{7}\r\nx"), "␛]0;owned␇␍␊x");
        assert_eq!(clean("\u{9b}31m\u{7f}"), "\u{fffd}31m␡");
    }

    #[test]
    fn reversed_and_hidden_text_is_marked() {
        assert_eq!(clean("abc\u{202E}cba\u{2066}"), "abc\u{fffd}cba\u{fffd}");
        assert_eq!(clean("pay\u{200B}pal\u{200D}x"), "pay·pal·x");
    }

    #[test]
    fn real_names_stay_as_they_are() {
        for name in ["Zoë Ångström", "山田 太郎", "محمد‌رضا", "👩‍👩‍👧", "क्‍ष", "Nguyễn Thị Ánh"]
        {
            assert_eq!(clean(name), name);
        }
    }

    #[test]
    fn a_pile_of_accents_is_cut_down() {
        let piled = format!("e{}x", "\u{301}".repeat(300));
        assert_eq!(clean(&piled), format!("e{}x", "\u{301}".repeat(5)));
        assert_eq!(clean("re\u{301}sume\u{301}"), "re\u{301}sume\u{301}");
    }

    #[test]
    fn wide_characters_are_cut_and_padded_by_columns() {
        assert_eq!(fit("山田太郎", 5), "山田…");
        assert_eq!(fit("山田太郎", 4), "山… ");
        assert_eq!(fit("山田", 6), "山田  ");
        assert_eq!(fit("abc", 3), "abc");
        assert_eq!(fit("abc", 0), "");
        assert_eq!(truncate("abcdef", 1), "…");
    }

    #[test]
    fn spans_show_two_units() {
        let shown: Vec<String> = [-5, 59, 60, 11_520, 187_200, 10_368_000].into_iter().map(ago).collect();
        assert_eq!(shown, ["0s", "59s", "1m", "3h 12m", "2d 4h", "120d"]);
    }

    #[test]
    fn a_slip_of_the_pen_finds_the_right_name_and_a_stranger_none() {
        assert_eq!(nearest("tokn_env", ["token_env", "token_file", "url"]), Some("token_env"));
        assert_eq!(nearest("Theem", ["theme", "mouse"]), Some("theme"));
        assert_eq!(nearest("colour", ["theme", "mouse"]), None);
    }

    proptest! {
        #[test]
        fn nothing_that_steers_a_terminal_survives(text in "(\\PC|\\p{Cc}|\\p{Cf}|[a-z]){0,40}") {
            let cleaned = clean(&text).into_owned();
            prop_assert!(!cleaned.chars().any(char::is_control));
            let turning = cleaned.contains(['\u{202E}', '\u{2066}', '\u{200F}']);
            prop_assert!(!turning);
            prop_assert_eq!(clean(&cleaned).into_owned(), cleaned);
        }

        #[test]
        fn fitted_text_takes_exactly_its_columns(text in "\\PC{0,20}", columns in 0_usize..30) {
            prop_assert_eq!(width(&fit(&text, columns)), columns);
        }

        #[test]
        fn text_of_ascii_is_cut_like_any_other(text in "[ -~]{0,20}", columns in 1_usize..30) {
            // A letter with an accent takes a column as well, and goes the long way.
            let accented = format!("é{text}");
            let (cut, whole) = (truncate(&text, columns), text.len() <= columns);
            prop_assert_eq!(format!("é{cut}"), truncate(&accented, columns + 1));
            prop_assert_eq!((width(&cut), cut == text), (text.len().min(columns), whole));
        }
    }

    #[test]
    fn a_cell_that_a_spreadsheet_would_compute_is_defused() {
        assert_eq!(csv_cell("=HYPERLINK(\"x\",1)"), "\"'=HYPERLINK(\"\"x\"\",1)\"");
        assert_eq!(csv_cell("+57"), "'+57");
        assert_eq!(csv_cell(" @sum"), "\"' @sum\"");
        assert_eq!(csv_cell("\t=1"), "␉=1");
        assert_eq!(csv_cell("Ana, B"), "\"Ana, B\"");
    }

    #[test]
    fn controls_that_json_lets_through_are_escaped() {
        let json = serde_json::to_string("a\u{9b}31m\u{7f}\u{202e}b\u{e0041}").unwrap_or_default();
        assert_eq!(escaped_json(json), "\"a\\u009b31m\\u007f\\u202eb\\udb40\\udc41\"");
    }
}
