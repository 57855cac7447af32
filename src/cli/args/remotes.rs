//! Commands about remotes: what they deliver, what of them is on disk, and the token they want.

use std::{net::SocketAddr, path::PathBuf};

use clap::{Args, Subcommand};

/// `watch`.
#[derive(Debug, Args)]
pub struct WatchArguments {
    /// Address and port; port 0 picks a free one
    #[arg(long, value_name = "ADDR", default_value = "127.0.0.1:8790")]
    pub listen: SocketAddr,
    /// Listen also where other machines reach it, although what is sent travels unencrypted
    #[arg(long)]
    pub allow_plain_http: bool,
    /// File that holds the secret, readable by its owner alone; otherwise it comes from REGDESK_WEBHOOK_SECRET
    #[arg(long, value_name = "FILE")]
    pub secret_file: Option<PathBuf>,
    /// End after so many deliveries
    #[arg(long, value_name = "N")]
    pub limit: Option<u64>,
    /// Do not listen: print what the profile's remote has logged of its deliveries, the latest first
    #[arg(long, conflicts_with_all = ["listen", "secret_file"])]
    pub past: bool,
}

/// `cache`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Subcommand)]
pub enum CacheCommand {
    /// Print the directory
    #[command(after_help = "Example: du -sh \"$(regdesk cache path)\"")]
    Path,
    /// Delete all of it
    #[command(after_help = "Example: regdesk cache clear")]
    Clear,
}

/// `token`.
#[derive(Debug, Subcommand)]
pub enum TokenCommand {
    /// Say where it is and until when it holds
    #[command(after_help = "Example: regdesk --profile production token show")]
    Show,
    /// Ask the remote for a new one, while the present one holds
    #[command(after_help = "Example: regdesk --profile production token renew --months 3")]
    Renew(RenewArguments),
    /// Take one from standard input and put it where the profile's token is
    #[command(after_help = "Example: pass show registrations | regdesk token store")]
    Store,
}

/// `token renew`.
#[derive(Debug, Args)]
pub struct RenewArguments {
    /// For how long, in months
    #[arg(long, value_name = "N", default_value_t = 1, value_parser = clap::value_parser!(u32).range(1..=24))]
    pub months: u32,
    /// Put it into this file, made for its owner alone, and not where the profile's token is
    #[arg(long, value_name = "FILE")]
    pub to_file: Option<PathBuf>,
}
