//! Standard output: data only, cleaned, and calm about a reader that goes away.

use std::{
    fmt::Write as _,
    io::{self, BufWriter, ErrorKind, Write},
};

use serde::Serialize;
use serde_json::Value;

use super::Failure;
use crate::text;

/// Standard output of a command; or standard error, where it talks with somebody.
pub struct Output(BufWriter<Box<dyn Write>>);

impl Output {
    /// Takes standard output.
    pub fn open() -> Self {
        Self(BufWriter::new(Box::new(io::stdout())))
    }

    /// Takes standard error, for what belongs to a question and is no data.
    pub fn beside() -> Self {
        Self(BufWriter::new(Box::new(io::stderr())))
    }

    /// One line of text, cleaned.
    pub fn line(&mut self, line: &str) -> Result<(), Failure> {
        self.raw_line(&text::clean(line))
    }

    /// Lines that are clean already.
    fn raw_line(&mut self, line: &str) -> Result<(), Failure> {
        self.0.write_all(line.as_bytes()).and_then(|()| self.0.write_all(b"\n")).map_err(written)
    }

    /// A JSON value on many lines.
    pub fn json(&mut self, value: &impl Serialize) -> Result<(), Failure> {
        self.raw_line(&escaped(serde_json::to_string_pretty(value).map_err(unwritable)?))
    }

    /// A JSON value on one line, out at once: whoever follows the stream sees it as it happens.
    pub fn json_line(&mut self, value: &Value) -> Result<(), Failure> {
        self.raw_line(&escaped(value.to_string()))
    }

    /// One line of comma-separated values.
    pub fn csv_line<'a>(&mut self, cells: impl IntoIterator<Item = &'a str>) -> Result<(), Failure> {
        let line: Vec<String> = cells.into_iter().map(csv_cell).collect();
        self.raw_line(&line.join(","))
    }

    /// Everything written so far reaches its reader. What was printed and flushed is an acknowledgement.
    pub fn flush(&mut self) -> Result<(), Failure> {
        self.0.flush().map_err(written)
    }
}

fn written(reason: io::Error) -> Failure {
    match reason.kind() {
        ErrorKind::BrokenPipe => Failure::ReaderGone,
        _ => Failure::Io { what: "standard output".to_owned(), reason },
    }
}

fn unwritable(error: serde_json::Error) -> Failure {
    Failure::Io { what: "JSON".to_owned(), reason: error.into() }
}

/// JSON leaves some characters as they are that steer a terminal; they only stand within strings, so they can be
/// written as escapes.
fn escaped(json: String) -> String {
    let steers =
        |character: char| character != '\n' && !text::clean(character.encode_utf8(&mut [0; 4])).starts_with(character);
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
    let cell = text::clean(cell);
    let guard = if cell.trim_start().starts_with(['=', '+', '-', '@']) { "'" } else { "" };
    if cell.contains(['"', ',']) || cell.starts_with(' ') || cell.ends_with(' ') {
        format!("\"{guard}{}\"", cell.replace('"', "\"\""))
    } else {
        format!("{guard}{cell}")
    }
}

/// Rows with aligned columns, for people.
pub struct Table {
    rows: Vec<Vec<String>>,
}

impl Table {
    /// A table with a header.
    pub fn new(header: &[&str]) -> Self {
        Self { rows: vec![header.iter().map(|&title| title.to_owned()).collect()] }
    }

    /// Adds a row. Cells are cleaned and cut where they are very long.
    pub fn row<const N: usize>(&mut self, cells: [String; N]) {
        /// Columns of the longest cell that still leaves a readable line.
        const WIDEST: usize = 60;
        let last = N.saturating_sub(1);
        self.rows.push(
            cells
                .into_iter()
                .enumerate()
                .map(
                    |(column, cell)| {
                        if column == last { text::clean(&cell).into_owned() } else { text::truncate(&cell, WIDEST) }
                    },
                )
                .collect(),
        );
    }

    /// Prints it, with two blanks between columns.
    pub fn print(&self, output: &mut Output) -> Result<(), Failure> {
        let columns = self.rows.first().map_or(0, Vec::len);
        let widths: Vec<usize> = (0..columns)
            .map(|column| self.rows.iter().map(|row| text::width(&row[column])).max().unwrap_or_default())
            .collect();
        for row in &self.rows {
            let cells: Vec<String> = row.iter().zip(&widths).map(|(cell, width)| text::fit(cell, *width)).collect();
            output.line(cells.join("  ").trim_end())?;
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::{csv_cell, escaped};

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
        assert_eq!(escaped(json), "\"a\\u009b31m\\u007f\\u202eb\\udb40\\udc41\"");
    }
}
