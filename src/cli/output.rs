//! Standard output: data only, cleaned, and calm about a reader that goes away.

use std::{
    cell::RefCell,
    io::{self, BufWriter, ErrorKind, Write},
    rc::Rc,
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

    /// What is written, as text, to be gone over before it is printed.
    pub fn gathered(write: impl FnOnce(&mut Self) -> Result<(), Failure>) -> Result<String, Failure> {
        let gathered = Gathered::default();
        let mut output = Self(BufWriter::new(Box::new(gathered.clone())));
        write(&mut output)?;
        output.flush()?;
        Ok(String::from_utf8_lossy(&gathered.0.borrow()).into_owned())
    }

    /// One line of text, cleaned.
    pub fn line(&mut self, line: &str) -> Result<(), Failure> {
        self.raw_line(&text::clean(line))
    }

    /// Lines that are clean already.
    fn raw_line(&mut self, line: &str) -> Result<(), Failure> {
        self.0.write_all(line.as_bytes()).and_then(|()| self.0.write_all(b"\n")).map_err(written)
    }

    /// Lines that are clean already, with their ends.
    pub fn written(&mut self, lines: &str) -> Result<(), Failure> {
        self.0.write_all(lines.as_bytes()).map_err(written)
    }

    /// A JSON value on many lines.
    pub fn json(&mut self, value: &impl Serialize) -> Result<(), Failure> {
        self.raw_line(&text::escaped_json(serde_json::to_string_pretty(value).map_err(unwritable)?))
    }

    /// A JSON value on one line, out at once: whoever follows the stream sees it as it happens.
    pub fn json_line(&mut self, value: &Value) -> Result<(), Failure> {
        self.raw_line(&text::escaped_json(value.to_string()))
    }

    /// Everything written so far reaches its reader. What was printed and flushed is an acknowledgement.
    pub fn flush(&mut self) -> Result<(), Failure> {
        self.0.flush().map_err(written)
    }
}

/// What was written so far.
#[derive(Clone, Default)]
struct Gathered(Rc<RefCell<Vec<u8>>>);

impl Write for Gathered {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.0.borrow_mut().write(bytes)
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

/// Standard output could not be written to.
pub fn written(reason: io::Error) -> Failure {
    match reason.kind() {
        ErrorKind::BrokenPipe => Failure::ReaderGone,
        _ => Failure::Io { what: "standard output".to_owned(), reason },
    }
}

fn unwritable(error: serde_json::Error) -> Failure {
    Failure::Io { what: "JSON".to_owned(), reason: error.into() }
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
