//! What commands about many registrations at once take, and the rules they are judged by.

use clap::{ArgGroup, Args};

use crate::{cli::words::query_word, index::Sort, triage::insights::Setting};

/// `list`.
#[derive(Debug, Args)]
#[command(group = ArgGroup::new("rows").args(["ndjson", "csv"]))]
pub struct ListArguments {
    /// Words and terms, for example `ana status:ongoing stuck -flag:high`; all must hold
    #[arg(value_name = "QUERY", value_parser = query_word())]
    pub query: Vec<String>,
    /// Only what a view holds, in its order; `regdesk views` lists them
    #[arg(long, value_name = "NAME")]
    pub view: Option<String>,
    /// urgency (the default), updated, created, status, step, name, risk or project, each with :asc or :desc
    #[arg(long, value_name = "FIELD[:desc|:asc]", value_parser = Sort::parse)]
    pub sort: Option<Sort>,
    /// As they are read, the latest created first, none of them kept: for very many. Each is judged on its own, without
    /// links and the flags that follow from them
    #[arg(long, requires = "rows", conflicts_with_all = ["sort", "view"])]
    pub unordered: bool,
    /// At most so many; 0 is all
    #[arg(long, value_name = "N", default_value_t = 50)]
    pub limit: usize,
    /// End with 1 if anything is listed, and with 0 if nothing is: for alerts
    #[arg(long)]
    pub exit_code: bool,
    /// One JSON array
    #[arg(long, conflicts_with_all = ["ndjson", "csv"])]
    pub json: bool,
    /// One JSON object a line
    #[arg(long, conflicts_with = "csv")]
    pub ndjson: bool,
    /// Comma-separated values with a header; cells that a spreadsheet would compute get a leading apostrophe
    #[arg(long)]
    pub csv: bool,
}

/// `flags`.
#[derive(Debug, Args)]
pub struct FlagsArguments {
    /// Words and terms; all must hold
    #[arg(value_name = "QUERY", value_parser = query_word())]
    pub query: Vec<String>,
    /// As JSON
    #[arg(long)]
    pub json: bool,
}

/// `rules`.
#[derive(Debug, Clone, Copy, Args)]
pub struct RulesArguments {
    /// The ways of being stuck instead of the red-flag rules
    #[arg(long)]
    pub stuck: bool,
    /// The lists that rules go by, with how many entries they have
    #[arg(long, conflicts_with = "stuck")]
    pub lists: bool,
    /// As JSON
    #[arg(long)]
    pub json: bool,
}

/// `insights`.
#[derive(Debug, Args)]
pub struct InsightsArguments {
    /// Words and terms; all must hold
    #[arg(value_name = "QUERY", value_parser = query_word())]
    pub query: Vec<String>,
    /// Who would pass or fail with this threshold, for example face=0.80 or liveness=0.65; may be given twice
    #[arg(long, value_name = "SCORE=MINIMUM", value_parser = Setting::parse)]
    pub what_if: Vec<Setting>,
    /// Count projects with test traffic too
    #[arg(long)]
    pub with_demo: bool,
    /// As JSON
    #[arg(long)]
    pub json: bool,
}
