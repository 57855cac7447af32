//! What the desk says about a registration: claims, snoozes, notes and verdicts.

use clap::{ArgGroup, Args};

use crate::{
    cli::words::{read_span, read_verdict},
    index::Span,
    model::Verdict,
};

/// `claim` and `release`.
#[derive(Debug, Args)]
pub struct ClaimArguments {
    /// Ids of registrations; `-` reads them from standard input
    #[arg(value_name = "ID", required = true)]
    pub ids: Vec<String>,
    /// One JSON array of results
    #[arg(long, conflicts_with = "ndjson")]
    pub json: bool,
    /// One JSON result a line, as they come
    #[arg(long)]
    pub ndjson: bool,
}

/// `snooze`.
#[derive(Debug, Args)]
#[command(group = ArgGroup::new("when").args(["span", "off"]).required(true))]
pub struct SnoozeArguments {
    /// Ids of registrations; `-` reads them from standard input
    #[arg(value_name = "ID", required = true)]
    pub ids: Vec<String>,
    /// For how long, for example 4h, 2d or 1d12h; at most a year
    #[arg(long = "for", value_name = "SPAN", value_parser = read_span)]
    pub span: Option<Span>,
    /// Not any more
    #[arg(long)]
    pub off: bool,
    /// Why, in words
    #[arg(long, value_name = "TEXT", conflicts_with = "off")]
    pub reason: Option<String>,
    /// One JSON array of results
    #[arg(long, conflicts_with = "ndjson")]
    pub json: bool,
    /// One JSON result a line, as they come
    #[arg(long)]
    pub ndjson: bool,
}

/// `note`.
#[derive(Debug, Args)]
#[command(
    group = ArgGroup::new("what").args(["text", "take_back"]).required(true),
    override_usage = "regdesk note [OPTIONS] <ID> <TEXT|-|--take-back>"
)]
pub struct NoteArguments {
    /// Id of the registration
    #[arg(value_name = "ID")]
    pub id: String,
    /// The words; `-` reads them from standard input, which keeps them out of the list of processes
    #[arg(value_name = "TEXT|-", allow_hyphen_values = true)]
    pub text: Option<String>,
    /// Take your latest note back instead
    #[arg(long)]
    pub take_back: bool,
    /// As JSON
    #[arg(long)]
    pub json: bool,
}

/// `verdict`.
#[derive(Debug, Args)]
pub struct VerdictArguments {
    /// Id of the registration
    #[arg(value_name = "ID")]
    pub id: String,
    /// Rule of the flag, for example DOC-04
    #[arg(value_name = "RULE")]
    pub rule: String,
    /// right, wrong or cannot-tell; none takes an earlier verdict back
    #[arg(value_name = "VERDICT", value_parser = read_verdict)]
    pub verdict: Said,
    /// As JSON
    #[arg(long)]
    pub json: bool,
}

/// A verdict, or none.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Said(pub Option<Verdict>);
