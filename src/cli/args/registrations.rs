//! What commands about registrations take: one by its id, or several by a query.

#![expect(clippy::doc_markdown, reason = "comments here are the help text, where back-ticks would be printed")]

use std::path::PathBuf;

use clap::{ArgGroup, Args};

use crate::{
    cli::words::{query_word, read_format, read_status},
    model::{Decision, Status},
    wire::RowFormat,
};

/// `show`.
#[derive(Debug, Args)]
pub struct ShowArguments {
    /// Id of the registration
    #[arg(value_name = "ID")]
    pub id: String,
    /// The registration as JSON
    #[arg(long)]
    pub json: bool,
}

/// `create`.
#[derive(Debug, Args)]
#[command(group = ArgGroup::new("reach").args(["email", "phone"]).required(true).multiple(true))]
pub struct CreateArguments {
    /// Project, by id or name
    #[arg(long, value_name = "PROJECT")]
    pub project: String,
    /// Flow of that project, by id or name
    #[arg(long, value_name = "FLOW")]
    pub flow: String,
    /// E-mail address
    #[arg(long, value_name = "ADDRESS")]
    pub email: Option<String>,
    /// Phone, digits without country code
    #[arg(long, value_name = "NUMBER", requires = "country_code")]
    pub phone: Option<String>,
    /// Country code of the phone, for example +57
    #[arg(long, value_name = "CODE", requires = "phone")]
    pub country_code: Option<String>,
    /// Full name
    #[arg(long, value_name = "NAME", conflicts_with_all = ["first_name", "last_name"])]
    pub full_name: Option<String>,
    /// First names
    #[arg(long, value_name = "NAME")]
    pub first_name: Option<String>,
    /// Last names
    #[arg(long, value_name = "NAME")]
    pub last_name: Option<String>,
    /// Language code, for example es
    #[arg(long, value_name = "CODE")]
    pub language: Option<String>,
    /// Also print the person's token: it is shown this once
    #[arg(long)]
    pub show_token: bool,
    /// The registration as JSON instead of its id
    #[arg(long)]
    pub json: bool,
}

/// `record`.
#[derive(Debug, Args)]
pub struct RecordArguments {
    /// Id of the registration
    #[arg(value_name = "ID")]
    pub id: String,
    /// File with the outcome as JSON; `-` reads standard input
    #[arg(long, value_name = "FILE|-")]
    pub evidence: PathBuf,
    /// The registration as JSON
    #[arg(long)]
    pub json: bool,
}

/// `sync`.
#[derive(Debug, Args)]
#[command(group = ArgGroup::new("which").args(["ids", "query"]).required(true))]
pub struct SyncArguments {
    /// Ids of registrations; `-` reads them from standard input
    #[arg(value_name = "ID")]
    pub ids: Vec<String>,
    /// All that match, instead of ids
    #[arg(long, value_name = "QUERY", allow_hyphen_values = true)]
    pub query: Option<String>,
    /// Report this step, for example document or end
    #[arg(long, value_name = "STEP", requires = "status")]
    pub step: Option<String>,
    /// Ask for this status
    #[arg(long, value_name = "STATUS", requires = "step", value_parser = read_status)]
    pub status: Option<Status>,
    /// One JSON array of results
    #[arg(long, conflicts_with = "ndjson")]
    pub json: bool,
    /// One JSON result a line, as they come
    #[arg(long)]
    pub ndjson: bool,
}

/// `decide`.
#[derive(Debug, Args)]
#[expect(clippy::struct_excessive_bools, reason = "the switches of a command line are independent of each other")]
#[command(group = ArgGroup::new("which").args(["ids", "query", "from"]).required(true))]
#[command(group = ArgGroup::new("decision").args(["approve", "reject", "review", "from"]).required(true))]
pub struct DecideArguments {
    /// Ids of registrations; `-` reads them from standard input
    #[arg(value_name = "ID")]
    pub ids: Vec<String>,
    /// All that match, instead of ids
    #[arg(long, value_name = "QUERY", allow_hyphen_values = true)]
    pub query: Option<String>,
    /// What this file plans, as `--plan --ndjson` or `--plan --json` has written it; who has changed since is refused
    #[arg(long, value_name = "FILE|-", conflicts_with_all = ["reason", "note"])]
    pub from: Option<PathBuf>,
    /// The person gets the account
    #[arg(long)]
    pub approve: bool,
    /// The person does not get it
    #[arg(long)]
    pub reject: bool,
    /// Somebody has to look again
    #[arg(long)]
    pub review: bool,
    /// Why, for example documents_in_order or face_mismatch; an unknown one lists those in use; a plan goes without
    #[arg(long, value_name = "CODE", required_unless_present_any = ["plan", "from"])]
    pub reason: Option<String>,
    /// Words of explanation; an approval over a critical flag needs them, and some reasons do
    #[arg(long, value_name = "TEXT")]
    pub note: Option<String>,
    /// Print the plan and decide nothing
    #[arg(long, conflicts_with = "yes")]
    pub plan: bool,
    /// Carry the plan out without asking
    #[arg(long)]
    pub yes: bool,
    /// Also decide what is final already: the way to correct a wrong decision
    #[arg(long)]
    pub overturn: bool,
    /// One JSON array of results, or the plan
    #[arg(long, conflicts_with = "ndjson")]
    pub json: bool,
    /// One JSON result a line, as they come
    #[arg(long)]
    pub ndjson: bool,
}

impl DecideArguments {
    /// What is decided, without a plan in a file: the command line takes exactly one of the three.
    pub fn decision(&self) -> Decision {
        match (self.approve, self.reject) {
            (true, _) => Decision::Approve,
            (_, true) => Decision::Reject,
            _ => Decision::Review,
        }
    }
}

/// `resend`.
#[derive(Debug, Args)]
pub struct ResendArguments {
    /// Id of the registration
    #[arg(value_name = "ID")]
    pub id: String,
    /// Also send the link by e-mail
    #[arg(long)]
    pub email: bool,
    /// As JSON
    #[arg(long)]
    pub json: bool,
}

/// `export`.
#[derive(Debug, Args)]
pub struct ExportArguments {
    /// Words and terms; all must hold
    #[arg(value_name = "QUERY", value_parser = query_word())]
    pub query: Vec<String>,
    /// ndjson or csv
    #[arg(long, value_name = "FORMAT", default_value = "ndjson", value_parser = read_format)]
    pub format: RowFormat,
    /// The file; `-` is standard output
    #[arg(long, value_name = "FILE")]
    pub output: PathBuf,
    /// Hide personal data
    #[arg(long)]
    pub mask: bool,
    /// Replace a file that is there
    #[arg(long)]
    pub force: bool,
}

/// `import`.
#[derive(Debug, Args)]
pub struct ImportArguments {
    /// The file; `-` reads standard input
    #[arg(value_name = "FILE|-")]
    pub file: PathBuf,
    /// How many were imported, were there and were refused, as JSON
    #[arg(long)]
    pub json: bool,
}
