//! Commands that look after what is kept: copies, checks, and who did what.

use std::path::PathBuf;

use clap::{ArgGroup, Args};

use crate::{cli::words::read_span, index::Span};

/// `backup`.
#[derive(Debug, Args)]
pub struct BackupArguments {
    /// The directory to make; must not be there yet
    #[arg(value_name = "DIRECTORY")]
    pub directory: PathBuf,
}

/// `restore`.
#[derive(Debug, Args)]
pub struct RestoreArguments {
    /// A directory that `backup` made
    #[arg(value_name = "DIRECTORY")]
    pub directory: PathBuf,
    /// Move the registrations that are there aside
    #[arg(long)]
    pub replace: bool,
}

/// `migrate-store`.
#[derive(Debug, Args)]
pub struct MigrateArguments {
    /// A profile, or a data directory
    #[arg(value_name = "FROM")]
    pub from: String,
    /// A profile, or a data directory
    #[arg(value_name = "TO")]
    pub to: String,
}

/// `purge`.
#[derive(Debug, Args)]
#[command(group = ArgGroup::new("whom").args(["older_than", "person"]).required(true))]
pub struct PurgeArguments {
    /// What is over (completed, failed, expired) and has not changed for so long, for example 90d
    #[arg(long, value_name = "SPAN", value_parser = read_span)]
    pub older_than: Option<Span>,
    /// Everything about one person: an e-mail address, a phone number with its country code, or an id
    #[arg(long, value_name = "ADDRESS|NUMBER|ID|-")]
    pub person: Option<String>,
    /// Carry it out; without it, it is only told how many would go
    #[arg(long)]
    pub yes: bool,
}

/// `audit`.
#[derive(Debug, Args)]
pub struct AuditArguments {
    /// Only what concerns this registration
    #[arg(value_name = "ID")]
    pub id: Option<String>,
    /// Whether every entry is there, unchanged and in its place
    #[arg(long, conflicts_with = "id")]
    pub verify: bool,
    /// As JSON
    #[arg(long)]
    pub json: bool,
}

/// `evidence`.
#[derive(Debug, Args)]
pub struct EvidenceArguments {
    /// Id of the registration
    #[arg(value_name = "ID")]
    pub id: String,
    /// The file, which must not be there yet; `-` is standard output
    #[arg(long, visible_alias = "out", value_name = "FILE")]
    pub output: PathBuf,
}
