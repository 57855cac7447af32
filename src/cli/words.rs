//! Words of the command line that clap does not know: times, statuses, verdicts, terms of a query.

use std::ffi::OsString;

use chrono::{DateTime, Utc};
use clap::builder::{StringValueParser, TypedValueParser};

use super::args::Said;
use crate::{
    index::{Span, is_bare},
    model::{self, Status, Timestamp, Verdict},
    server::Dialect,
    wire::RowFormat,
};

/// A time in RFC 3339.
pub fn read_time(text: &str) -> Result<Timestamp, String> {
    DateTime::parse_from_rfc3339(text)
        .map(|time| time.with_timezone(&Utc))
        .map_err(|_| "write the time as in 2026-03-01T12:00:00Z".to_owned())
}

/// A span that is not empty: `30m`, `2h`, `1d`.
pub fn read_span(text: &str) -> Result<Span, String> {
    match Span::parse(text)? {
        Span(0) => Err("must be some time, for example 30m".to_owned()),
        span => Ok(span),
    }
}

/// How rows are written.
pub fn read_format(text: &str) -> Result<RowFormat, String> {
    let known = RowFormat::ALL.into_iter().find(|format| format.as_str() == text);
    known.ok_or_else(|| "write ndjson or csv".to_owned())
}

/// How fast people of the demo move.
pub fn read_speed(text: &str) -> Result<f64, String> {
    match text.parse::<f64>() {
        Ok(speed) if (0.1..=100.0).contains(&speed) => Ok(speed),
        _ => Err("the speed is a number from 0.1 to 100".to_owned()),
    }
}

/// A known status.
pub fn read_status(text: &str) -> Result<Status, String> {
    match Status::parse(text) {
        Status::Unknown(_) => {
            let words: Vec<&str> = Status::ALL.iter().map(Status::as_str).collect();
            Err(format!("there is no such status; known: {}", words.join(", ")))
        }
        known => Ok(known),
    }
}

/// A verdict, or none.
pub fn read_verdict(text: &str) -> Result<Said, String> {
    let word = model::fold_word(text);
    match Verdict::ALL.into_iter().find(|verdict| verdict.as_str() == word) {
        None if word != "none" => Err("a verdict is right, wrong, cannot-tell or none".to_owned()),
        verdict => Ok(Said(verdict)),
    }
}

/// A dialect of the endpoint.
pub fn read_dialect(text: &str) -> Result<Dialect, String> {
    match text {
        "overview" => Ok(Dialect::Overview),
        "live" => Ok(Dialect::Live),
        _ => Err("write overview or live".to_owned()),
    }
}

/// Stands for the hyphen of a negated term while clap, which takes a leading hyphen for an option, reads the arguments.
const NEGATION: char = '\u{E000}';

/// Lets `-status:completed` and `-snoozed` after a command that takes a query be terms: a hyphen, then a field and a
/// colon, or a bare term, which no option is.
pub fn protect_negations(arguments: impl IntoIterator<Item = OsString>) -> impl Iterator<Item = OsString> {
    let mut takes_terms = false;
    arguments.into_iter().map(move |argument| {
        let Some(text) = argument.to_str() else { return argument };
        takes_terms |= matches!(text, "list" | "flags" | "insights" | "export");
        match text.strip_prefix('-') {
            Some(term) if takes_terms && !term.starts_with('-') && is_term(term) => format!("{NEGATION}{term}").into(),
            _ => argument,
        }
    })
}

fn is_term(text: &str) -> bool {
    text.contains(':') || is_bare(text)
}

/// A word of a query, with its hyphen again.
pub fn query_word() -> impl TypedValueParser<Value = String> {
    StringValueParser::new().map(|text| match text.strip_prefix(NEGATION) {
        Some(term) => format!("-{term}"),
        None => text,
    })
}
