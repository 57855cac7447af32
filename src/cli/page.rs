//! A page of the documentation as plain text: Markdown in, lines that fit a narrow terminal out.
//!
//! Knows as much of Markdown as the pages use: headings, paragraphs, lists, tables, pictures, and blocks of code, which
//! stay as they are.

use crate::text;

/// Columns of the narrowest usual terminal, without the last two.
const COLUMNS: usize = 78;

/// Columns that a block of code is moved in by.
const INDENT: &str = "    ";

/// Blanks between the columns of a table.
const GAP: usize = 2;

/// The page as text without any marks.
pub fn plain(markdown: &str) -> String {
    let mut page = Page { lines: Vec::new() };
    let mut source = markdown.lines().peekable();
    while let Some(line) = source.next() {
        if line.starts_with("```") {
            page.code(source.by_ref().take_while(|line| !line.starts_with("```")));
        } else if line.starts_with('|') {
            let mut rows = vec![line];
            while let Some(row) = source.next_if(|line| line.starts_with('|')) {
                rows.push(row);
            }
            page.table(&rows);
        } else {
            let mut whole = line.to_owned();
            if !line.is_empty() && !line.starts_with('#') {
                while let Some(more) = source.next_if(|line| continues(line)) {
                    whole = format!("{whole} {}", more.trim_start());
                }
            }
            page.paragraph(&whole);
        }
    }
    page.lines.join("\n") + "\n"
}

/// Whether a line belongs to the paragraph or the item before it.
fn continues(line: &str) -> bool {
    !line.is_empty() && !["#", "```", "|", "- ", "!["].iter().any(|mark| line.starts_with(mark))
}

struct Page {
    lines: Vec<String>,
}

impl Page {
    fn code<'a>(&mut self, lines: impl Iterator<Item = &'a str>) {
        self.lines.extend(lines.map(|line| format!("{INDENT}{line}").trim_end().to_owned()));
    }

    /// A heading with a line below it, an item with its lines below one another, a picture by its name, or a paragraph.
    fn paragraph(&mut self, source: &str) {
        if let Some(heading) = source.strip_prefix('#') {
            let (line, title) = match heading.strip_prefix('#') {
                Some(title) => ("-", title),
                None => ("=", heading),
            };
            let title = inline(title.trim());
            self.lines.push(line.repeat(text::width(&title)));
            let above = self.lines.len() - 1;
            self.lines.insert(above, title);
        } else if let Some((name, path)) = source.strip_prefix("![").and_then(|source| source.split_once("](")) {
            self.wrapped(&format!("[Picture: {name}, {}]", path.trim_end_matches(')')), "", "");
        } else if let Some(item) = source.strip_prefix("- ") {
            self.wrapped(&inline(item), "- ", "  ");
        } else {
            self.wrapped(&inline(source), "", "");
        }
    }

    /// The columns of a table beside each other; the last takes the room that is left.
    fn table(&mut self, rows: &[&str]) {
        let cells = |row: &&str| -> Vec<String> {
            row.trim_matches('|').split(" | ").map(|cell| inline(cell.trim())).collect()
        };
        let rows: Vec<Vec<String>> = rows.iter().filter(|row| !row.starts_with("|--")).map(cells).collect();
        let widths: Vec<usize> = (0..rows.first().map_or(0, Vec::len))
            .map(|column| {
                rows.iter().filter_map(|row| row.get(column)).map(|cell| text::width(cell)).max().unwrap_or(0)
            })
            .collect();
        for row in &rows {
            let Some((last, before)) = row.split_last() else { continue };
            let mut beside = String::new();
            for (cell, width) in before.iter().zip(&widths) {
                beside.push_str(&text::fit(cell, width + GAP));
            }
            self.wrapped(last, &beside, &" ".repeat(text::width(&beside)));
        }
    }

    /// Words in lines that are not too long, the first of which begins with `first` and the others with `others`.
    fn wrapped(&mut self, words: &str, first: &str, others: &str) {
        let mut line = first.to_owned();
        let mut is_empty = true;
        for word in words.split_whitespace() {
            if !is_empty && text::width(&line) + 1 + text::width(word) > COLUMNS {
                self.lines.push(std::mem::replace(&mut line, others.to_owned()));
                is_empty = true;
            }
            if !is_empty {
                line.push(' ');
            }
            line.push_str(word);
            is_empty = false;
        }
        self.lines.push(line.trim_end().to_owned());
    }
}

/// A text without the marks of code and stress.
fn inline(source: &str) -> String {
    source.replace("**", "").replace('`', "").replace("\\|", "|")
}

#[cfg(test)]
mod tests {
    use super::plain;

    #[test]
    fn marks_become_the_shape_of_plain_text() {
        let page = "# A page\n\nSome `code` that\ngoes **on**.\n\n- first,\n  and more\n- second\n\n```sh\n\
                    regdesk list   # all\n```\n\n| key | does |\n|---|---|\n| `j` | down |\n\n![The queue](queue.svg)\n";
        let text = "A page\n======\n\nSome code that goes on.\n\n- first, and more\n- second\n\n    regdesk list   # all\n\n\
                    key  does\nj    down\n\n[Picture: The queue, queue.svg]\n";
        assert_eq!(plain(page), text);
    }

    #[test]
    fn long_lines_are_broken_between_words_and_hang_under_their_beginning() {
        let words = "word ".repeat(40);
        for (page, hang) in [(words.clone(), ""), (format!("- {words}"), "  "), (format!("| a | {words}|"), "   ")] {
            let text = plain(&page);
            assert!(text.lines().count() > 2 && text.lines().all(|line| line.len() <= 78), "{text}");
            assert!(text.lines().skip(1).all(|line| line.starts_with(&format!("{hang}word"))), "{text}");
        }
    }
}
