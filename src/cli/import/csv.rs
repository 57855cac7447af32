//! Rows of comma-separated values as `export` writes them, read back.

use std::io::{self, Read};

use csv::{ErrorKind, Reader, ReaderBuilder, StringRecord, Trim};
use serde_json::{Value, json};

use super::records::{LONGEST, Record, too_long};
use crate::{
    cli::Failure,
    model::{Flow, Project},
    text,
    wire::CSV_HEADER,
};

/// The columns without which a row is no registration.
const NEEDED: [&str; 3] = ["id", "status", "created_at"];

/// The rows under a header. What follows from the rest (risk, flags, what is stuck) is read over: it is judged anew.
pub struct Rows<R> {
    reader: Reader<Bounded<R>>,
    header: Vec<String>,
    /// Lines above the header.
    above: u64,
    projects: Vec<Project>,
    flows: Vec<Flow>,
}

impl<R: Read> Rows<R> {
    /// Those of an input whose next line, with the header, has this number. A header with a column that nobody knows, or
    /// without one that is needed, is an error.
    pub fn of(input: R, line: u64, projects: Vec<Project>, flows: Vec<Flow>) -> Result<Self, Failure> {
        let mut reader =
            ReaderBuilder::new().flexible(true).trim(Trim::Headers).from_reader(Bounded { input, length: 0 });
        let header = reader.headers().map_err(|error| Failure::Usage(format!("line {line}: {}", said(&error))))?;
        let header: Vec<String> = header.iter().map(str::to_owned).collect();
        for column in &header {
            if !CSV_HEADER.contains(&column.as_str()) {
                let near = text::nearest(column, CSV_HEADER).map(|near| format!("; did you mean `{near}`?"));
                let near = near.unwrap_or_default();
                let message = "is neither JSON nor a header of what `regdesk export --format csv` writes";
                return Err(Failure::Usage(format!("line {line}: {message}: no column `{column}`{near}")));
            }
        }
        if let Some(missing) = NEEDED.into_iter().find(|needed| !header.iter().any(|column| column == needed)) {
            return Err(Failure::Usage(format!("line {line}: the header lacks the column `{missing}`")));
        }
        Ok(Self { reader, header, above: line - 1, projects, flows })
    }

    fn record(&mut self) -> io::Result<Option<Record>> {
        let mut row = StringRecord::new();
        let read = self.reader.read_record(&mut row);
        let line = self.above + row.position().map_or_else(|| self.reader.position().line(), csv::Position::line);
        match read {
            Ok(false) => Ok(None),
            Ok(true) => Ok(Some(Record { line, value: self.value(&row) })),
            Err(error) => match error.into_kind() {
                ErrorKind::Io(reason) => Err(reason),
                kind => {
                    let line = self.above + position_of(&kind).unwrap_or(line);
                    Ok(Some(Record { line, value: Err("is not UTF-8; save the file as UTF-8".to_owned()) }))
                }
            },
        }
    }

    fn value(&self, row: &StringRecord) -> Result<Value, String> {
        if row.len() != self.header.len() {
            return Err(format!("has {} cells, where the header has {}", row.len(), self.header.len()));
        }
        let cell = |name: &str| {
            let place = self.header.iter().position(|column| column == name)?;
            row.get(place).map(bare).filter(|cell| !cell.is_empty())
        };
        let is = |found: &str, id: &str, name: &str| found == id || found == name;
        let (project, flow) = (cell("project"), cell("flow"));
        let known = project.and_then(|found| self.projects.iter().find(|known| is(found, &known.id, &known.name)));
        let mut of_project = self.flows.iter().filter(|flow| known.is_none_or(|project| flow.project_id == project.id));
        let known_flow = flow.and_then(|found| of_project.find(|known| is(found, &known.id, &known.name)));
        let phone = cell("phone").map(|phone| phone.rsplit_once(' ').unwrap_or(("", phone)));
        Ok(json!({
            "id": cell("id"),
            "status": cell("status"),
            "currentStep": cell("current_step"),
            "projectId": known.map_or(project, |project| Some(&project.id)),
            "projectName": known.map_or(project, |project| Some(&project.name)),
            "projectCountries": known.map(|project| &project.allowed_countries),
            "flowId": known_flow.map_or(flow, |flow| Some(&flow.id)),
            "flowName": known_flow.map_or(flow, |flow| Some(&flow.name)),
            "flowSettings": known_flow.map(|flow| &flow.settings),
            "contact": {
                "fullName": cell("name"),
                "email": cell("email"),
                "phone": phone.map(|(_, number)| number),
                "countryCode": phone.map(|(code, _)| code).filter(|code| !code.is_empty()),
                "language": cell("language"),
            },
            "createdAt": cell("created_at"),
            "updatedAt": cell("updated_at"),
            "completedAt": cell("completed_at"),
        }))
    }
}

impl<R: Read> Iterator for Rows<R> {
    type Item = io::Result<Record>;

    fn next(&mut self) -> Option<Self::Item> {
        self.record().transpose()
    }
}

/// A cell without the apostrophe that keeps a spreadsheet from computing it.
fn bare(cell: &str) -> &str {
    match cell.strip_prefix('\'') {
        Some(rest) if rest.trim_start().starts_with(['=', '+', '-', '@']) => rest,
        _ => cell,
    }
}

/// Ends with an error in a line that is too long, before all of it is in memory.
struct Bounded<R> {
    input: R,
    /// Bytes of the line so far.
    length: usize,
}

impl<R: Read> Read for Bounded<R> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let read = self.input.read(buffer)?;
        self.length = match buffer[..read].iter().rposition(|byte| *byte == b'\n') {
            Some(end) => read - end - 1,
            None => self.length + read,
        };
        if self.length > LONGEST { Err(io::Error::new(io::ErrorKind::InvalidData, too_long())) } else { Ok(read) }
    }
}

fn position_of(kind: &ErrorKind) -> Option<u64> {
    match kind {
        ErrorKind::Utf8 { pos, .. } => pos.as_ref().map(csv::Position::line),
        _ => None,
    }
}

/// What is wrong with a header, without quoting it.
fn said(error: &csv::Error) -> String {
    match error.kind() {
        ErrorKind::Io(reason) => reason.to_string(),
        _ => "is not UTF-8; save the file as UTF-8".to_owned(),
    }
}
