//! A line of text that is being typed: which part of it is shown, and where the cursor stands.

use unicode_segmentation::UnicodeSegmentation;

use crate::text;

/// What a field of some columns shows.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Visible {
    /// The text, cleaned, of at most the field's columns.
    pub text: String,
    /// The column of the cursor within the field.
    pub cursor: u16,
    /// How many columns were scrolled away on the left.
    pub skipped: usize,
}

/// The part of a text around the cursor (counted in characters) that fits into so many columns.
pub fn visible(value: &str, cursor: usize, columns: u16) -> Visible {
    let columns = usize::from(columns);
    let before: String = value.chars().take(cursor).collect();
    let cursor = text::width(&before);
    let skipped = (cursor + 1).saturating_sub(columns);
    let mut shown = String::new();
    let (mut at, mut used) = (0, 0);
    for grapheme in text::clean(value).graphemes(true) {
        let width = text::width(grapheme);
        let start = at;
        at += width;
        if at <= skipped {
            continue;
        }
        // A wide character that is half scrolled away leaves a blank.
        let (piece, width) = if start < skipped { (" ", at - skipped) } else { (grapheme, width) };
        if used + width > columns {
            break;
        }
        shown.push_str(piece);
        used += width;
    }
    Visible { text: shown, cursor: cursor.saturating_sub(skipped) as u16, skipped }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::visible;
    use crate::text;

    #[test]
    fn short_text_stands_still_and_long_text_follows_the_cursor() {
        assert_eq!(visible("status", 6, 10).text, "status");
        assert_eq!(visible("status", 6, 10).cursor, 6);
        let scrolled = visible("status:ongoing", 14, 8);
        assert_eq!((scrolled.text.as_str(), scrolled.cursor, scrolled.skipped), ("ongoing", 7, 7));
        assert_eq!(visible("status:ongoing", 0, 8).text, "status:o");
    }

    #[test]
    fn wide_characters_count_two_columns() {
        let shown = visible("山田太郎", 4, 6);
        assert_eq!((shown.text.as_str(), shown.cursor), (" 太郎", 5));
    }

    proptest! {
        #[test]
        fn text_and_cursor_never_leave_the_field(value in "(\\PC|\\p{Cf}){0,20}", cursor in 0_usize..25, columns in 1_u16..20) {
            let shown = visible(&value, cursor, columns);
            prop_assert!(text::width(&shown.text) <= usize::from(columns));
            prop_assert!(shown.cursor < columns);
        }
    }
}
