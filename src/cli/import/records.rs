//! Records of a stream, one after the other, each with its line: JSON by the line, or the items of a JSON array.

use std::io::{self, BufRead, Read};

use serde_json::Value;

/// Longest record, bytes: a page of a service has far less, and a longer one is somebody's mistake.
pub(super) const LONGEST: usize = 16 * 1024 * 1024;

/// One record.
pub struct Record {
    /// The line it begins at, from 1.
    pub line: u64,
    /// Its value, or why it has none, without quoting it.
    pub value: Result<Value, String>,
}

/// How the records of a stream are written.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Format {
    /// A JSON value a line.
    Lines,
    /// One JSON array.
    Items,
    /// Comma-separated values with a header.
    Rows,
}

/// Tells the format by the first character, which stays unread, and the line it stands on. A file without any has no
/// lines of JSON.
pub fn format_of(input: &mut impl BufRead) -> io::Result<(Format, u64)> {
    const BYTE_ORDER_MARK: &[u8] = b"\xef\xbb\xbf";
    if input.fill_buf()?.starts_with(BYTE_ORDER_MARK) {
        input.consume(BYTE_ORDER_MARK.len());
    }
    let mut line = 1;
    loop {
        match input.fill_buf()?.first() {
            Some(b'[') => return Ok((Format::Items, line)),
            Some(b'{') | None => return Ok((Format::Lines, line)),
            Some(blank) if blank.is_ascii_whitespace() => line += u64::from(*blank == b'\n'),
            Some(_) => return Ok((Format::Rows, line)),
        }
        input.consume(1);
    }
}

/// A JSON value a line; blank lines are passed over.
pub struct Lines<R> {
    input: R,
    line: u64,
}

impl<R: BufRead> Lines<R> {
    /// Those of an input whose next line has this number.
    pub fn of(input: R, line: u64) -> Self {
        Self { input, line }
    }

    /// Reads over the rest of a line.
    fn skip_line(&mut self) -> io::Result<()> {
        loop {
            let bytes = self.input.fill_buf()?;
            if let Some(end) = bytes.iter().position(|byte| *byte == b'\n') {
                self.input.consume(end + 1);
                return Ok(());
            }
            let length = bytes.len();
            if length == 0 {
                return Ok(());
            }
            self.input.consume(length);
        }
    }

    fn record(&mut self) -> io::Result<Option<Record>> {
        let mut bytes = Vec::new();
        loop {
            bytes.clear();
            self.input.by_ref().take(LONGEST as u64).read_until(b'\n', &mut bytes)?;
            let line = self.line;
            self.line += 1;
            if bytes.is_empty() {
                return Ok(None);
            }
            if bytes.len() == LONGEST && !bytes.ends_with(b"\n") {
                self.skip_line()?;
                return Ok(Some(Record { line, value: Err(too_long()) }));
            }
            if !bytes.iter().all(u8::is_ascii_whitespace) {
                // What ends early ends on its own line.
                return Ok(Some(parsed(line, bytes.trim_ascii_end())));
            }
        }
    }
}

impl<R: BufRead> Iterator for Lines<R> {
    type Item = io::Result<Record>;

    fn next(&mut self) -> Option<Self::Item> {
        self.record().transpose()
    }
}

/// The items of one JSON array, wherever its lines end.
pub struct Items<R> {
    input: R,
    line: u64,
    state: State,
}

/// Where the reading of an array stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum State {
    /// Before its bracket.
    Before,
    /// In it.
    Within,
    /// Behind it, or behind what cannot be read.
    Behind,
}

impl<R: BufRead> Items<R> {
    /// Those of an input whose next line has this number.
    pub fn of(input: R, line: u64) -> Self {
        Self { input, line, state: State::Before }
    }

    fn peek(&mut self) -> io::Result<Option<u8>> {
        Ok(self.input.fill_buf()?.first().copied())
    }

    fn consume(&mut self, byte: u8) {
        self.line += u64::from(byte == b'\n');
        self.input.consume(1);
    }

    fn record(&mut self) -> io::Result<Option<Record>> {
        while self.state != State::Behind {
            let Some(byte) = self.peek()? else {
                self.state = State::Behind;
                return Ok(Some(self.unfinished()));
            };
            match byte {
                b'[' if self.state == State::Before => self.state = State::Within,
                b']' => self.state = State::Behind,
                b',' => {}
                blank if blank.is_ascii_whitespace() => {}
                _ => return self.item().map(Some),
            }
            self.consume(byte);
        }
        Ok(None)
    }

    /// The item that begins here: up to the comma or bracket behind it.
    fn item(&mut self) -> io::Result<Record> {
        let (line, mut bytes, mut nesting) = (self.line, Vec::new(), Nesting::default());
        let mut is_too_long = false;
        loop {
            let Some(byte) = self.peek()? else {
                self.state = State::Behind;
                return Ok(self.unfinished());
            };
            if nesting.is_over(byte) {
                break;
            }
            nesting.pass(byte);
            is_too_long |= bytes.len() == LONGEST;
            if !is_too_long {
                bytes.push(byte);
            }
            self.consume(byte);
        }
        Ok(if is_too_long { Record { line, value: Err(too_long()) } } else { parsed(line, &bytes) })
    }

    fn unfinished(&self) -> Record {
        Record { line: self.line, value: Err("the file ends before its list does".to_owned()) }
    }
}

impl<R: BufRead> Iterator for Items<R> {
    type Item = io::Result<Record>;

    fn next(&mut self) -> Option<Self::Item> {
        self.record().transpose()
    }
}

/// How deep a place in JSON lies.
#[derive(Debug, Default)]
struct Nesting {
    depth: usize,
    in_text: bool,
    escaped: bool,
}

impl Nesting {
    /// Whether an item of an array ends before this byte.
    fn is_over(&self, byte: u8) -> bool {
        self.depth == 0 && !self.in_text && matches!(byte, b',' | b']')
    }

    fn pass(&mut self, byte: u8) {
        match byte {
            _ if self.escaped => self.escaped = false,
            b'\\' if self.in_text => self.escaped = true,
            b'"' => self.in_text = !self.in_text,
            b'{' | b'[' if !self.in_text => self.depth += 1,
            b'}' | b']' if !self.in_text => self.depth = self.depth.saturating_sub(1),
            _ => {}
        }
    }
}

pub(super) fn too_long() -> String {
    format!("is longer than {} MiB", LONGEST / 1024 / 1024)
}

fn parsed(line: u64, bytes: &[u8]) -> Record {
    match serde_json::from_slice(bytes) {
        Ok(value) => Record { line, value: Ok(value) },
        // Where, and not what: it may be about a person.
        Err(error) => Record {
            line: line + (error.line() as u64).saturating_sub(1),
            value: Err(format!("is not JSON from column {} on", error.column())),
        },
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use std::io::Cursor;

    use proptest::prelude::*;

    use super::*;

    type Read = (u64, Result<Value, String>);

    fn read(text: &str) -> (Format, Vec<Read>) {
        let mut input = Cursor::new(text.as_bytes().to_vec());
        let (format, line) = format_of(&mut input).unwrap();
        let pair = |record: io::Result<Record>| record.map(|record| (record.line, record.value)).unwrap();
        let records = match format {
            Format::Items => Items::of(input, line).map(pair).collect(),
            Format::Lines | Format::Rows => Lines::of(input, line).map(pair).collect(),
        };
        (format, records)
    }

    #[test]
    fn lines_keep_their_numbers_over_blank_and_broken_ones() {
        let (format, records) = read("\u{feff}\n{\"a\": 1}\n\n{\"a\": \n{\"a\": 2}");
        assert_eq!(format, Format::Lines);
        assert_eq!(records.iter().map(|(line, _)| *line).collect::<Vec<_>>(), [2, 4, 5]);
        assert!(records[1].1.as_ref().unwrap_err().contains("column"));
        assert_eq!(records[2].1.as_ref().unwrap()["a"], 2);
    }

    #[test]
    fn items_are_cut_out_whatever_they_hold_and_a_list_without_an_end_is_told() {
        let (format, records) = read(" [\n {\"a\": \"],}\\\"[\"},\n[1, [2]], 7 ]\n");
        assert_eq!(format, Format::Items);
        let values: Vec<Value> = records.into_iter().map(|(_, value)| value.unwrap()).collect();
        assert_eq!(values, [serde_json::json!({ "a": "],}\"[" }), serde_json::json!([1, [2]]), serde_json::json!(7)]);
        for cut in ["[{\"a\": 1}", "[{\"a\": 1},\n{\"b\"", "[{\"a\": 1}, "] {
            let (_, records) = read(cut);
            assert!(records.last().unwrap().1.as_ref().unwrap_err().contains("ends before"), "{cut}");
        }
        assert_eq!(read("[]").1.len() + read("").1.len() + read("[ ]\n").1.len(), 0);
    }

    #[test]
    fn one_endless_record_costs_itself_alone() {
        let long = "x".repeat(LONGEST + 10);
        let (_, records) = read(&format!("{{\"a\": \"{long}\"}}\n{{\"a\": 2}}\n"));
        assert_eq!((records.len(), records[1].0), (2, 2));
        assert!(records[0].1.as_ref().unwrap_err().contains("16 MiB"));
        let (_, records) = read(&format!("[{{\"a\": \"{long}\"}}, {{\"a\": 2}}]"));
        assert_eq!((records.len(), records[1].1.is_ok()), (2, true));
    }

    proptest! {
        #[test]
        fn an_array_yields_its_items(texts in proptest::collection::vec(".*", 0..8)) {
            let values: Vec<Value> = texts.iter().map(|text| serde_json::json!({ "text": text, "list": [text] })).collect();
            for written in [serde_json::to_string(&values).unwrap(), serde_json::to_string_pretty(&values).unwrap()] {
                let read: Vec<Value> = read(&written).1.into_iter().map(|(_, value)| value.unwrap()).collect();
                prop_assert_eq!(&read, &values);
            }
        }
    }
}
