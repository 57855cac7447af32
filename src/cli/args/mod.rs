//! The command line: names, options and help, nothing else.

#![expect(clippy::doc_markdown, reason = "comments here are the help text, where back-ticks would be printed")]

mod desk;
mod keeping;
mod manual;
mod queries;
mod registrations;
mod remotes;

use std::{net::SocketAddr, path::PathBuf};

use clap::{ArgAction, Args, Parser, Subcommand};

pub use desk::{ClaimArguments, NoteArguments, Said, SnoozeArguments, VerdictArguments};
pub use keeping::{
    AuditArguments, BackupArguments, EvidenceArguments, MigrateArguments, PurgeArguments, RestoreArguments,
};
pub use manual::{CompletionsArguments, HelpArguments, ManArguments, SchemaArguments};
pub use queries::{FlagsArguments, InsightsArguments, ListArguments, RulesArguments};
pub use registrations::{
    CreateArguments, DecideArguments, ExportArguments, ImportArguments, RecordArguments, ResendArguments,
    ShowArguments, SyncArguments,
};
pub use remotes::{CacheCommand, RenewArguments, TokenCommand, WatchArguments};

use super::words::{read_dialect, read_speed, read_time};
use crate::{
    config::{Given, Overrides, Place},
    model::Timestamp,
    server::Dialect,
};

/// A desk for App Registrations: see who is stuck and why, inspect red flags, create and sync.
///
/// Without a command the console opens on the profile in use.
#[derive(Debug, Parser)]
#[command(
    name = "regdesk",
    version,
    disable_help_subcommand = true, // ours knows topics besides
    max_term_width = 100,
    after_help = "Data goes to standard output, everything else to standard error.\n\
                  Exit codes: 0 done, 1 failed, 2 wrong usage or configuration, 3 no such registration,\n\
                  4 refused (a rule, a conflict, read-only), 5 remote not reachable or access denied,\n\
                  6 a batch of which some failed.\n\n\
                  To read: regdesk help operators, regdesk help integrators, regdesk help team\n\
                  Example: regdesk demo"
)]
pub struct Arguments {
    /// Options that every command takes.
    #[command(flatten)]
    pub global: Global,
    /// What to do; without it, the console opens.
    #[command(subcommand)]
    pub command: Option<Command>,
}

/// Options that every command takes.
#[derive(Debug, Args)]
#[command(next_help_heading = "Global options")]
pub struct Global {
    /// Configuration file [env: REGDESK_CONFIG]
    #[arg(long, global = true, value_name = "FILE")]
    config: Option<PathBuf>,
    /// Profile of the configuration [env: REGDESK_PROFILE]
    #[arg(long, global = true, value_name = "NAME")]
    profile: Option<String>,
    /// Directory of the embedded engine [env: REGDESK_DATA_DIR]
    #[arg(long, global = true, value_name = "DIR", conflicts_with = "url")]
    data_dir: Option<PathBuf>,
    /// A remote without a profile; its token is in REGDESK_TOKEN [env: REGDESK_URL]
    #[arg(long, global = true, value_name = "URL", conflicts_with = "profile")]
    url: Option<String>,
    /// Refuse every write [env: REGDESK_READ_ONLY=1]
    #[arg(long, global = true)]
    read_only: bool,
    /// No colours [env: NO_COLOR]
    #[arg(long, global = true)]
    pub no_color: bool,
    /// The console as linear text for screen readers
    #[arg(long, global = true)]
    pub plain: bool,
    /// Take this as the time, for repeatable output
    #[arg(long, global = true, value_name = "RFC3339", value_parser = read_time)]
    pub now: Option<Timestamp>,
    /// Write more to the log file; up to three times
    #[arg(short, long, global = true, action = ArgAction::Count)]
    pub verbose: u8,
}

impl Global {
    /// What the flags say over environment and file.
    pub fn overrides(&self) -> Overrides {
        fn given<T: Clone>(value: Option<&T>, flag: &'static str) -> Option<Given<T>> {
            value.map(|value| Given { value: value.clone(), place: Place::Flag(flag) })
        }
        Overrides {
            config: given(self.config.as_ref(), "--config"),
            profile: given(self.profile.as_ref(), "--profile"),
            data_dir: given(self.data_dir.as_ref(), "--data-dir"),
            url: given(self.url.as_ref(), "--url"),
            read_only: self.read_only,
            ..Overrides::default()
        }
    }
}

/// What to do.
#[derive(Debug, Subcommand)]
pub enum Command {
    /// Open the console on an engine of its own with invented people who keep moving
    #[command(after_help = "Nothing is written to disk.\n\nExample: regdesk demo --seed 7 --speed 5")]
    Demo(DemoArguments),
    /// Fill the profile's embedded engine with invented people
    #[command(after_help = "Same arguments, same people.\n\n\
                            Example: regdesk --data-dir /tmp/desk generate --count 1000 --now 2026-03-01T12:00:00Z")]
    Generate(Crowd),
    /// List registrations
    #[command(after_help = "Example: regdesk list status:ongoing flag:high --sort updated:desc --limit 20")]
    List(ListArguments),
    /// List the views: queries with a name, built in, configured, or saved at the console
    #[command(after_help = "Example: regdesk list --view 'my turn'")]
    Views(Format),
    /// Show one registration: timeline, verdicts, flags and what clears it
    #[command(after_help = "Example: regdesk show 65f0c1d2e3a4b5c6d7e8f901")]
    Show(ShowArguments),
    /// Create a registration and print its id
    #[command(after_help = "Example: regdesk create --project Wallet --flow Standard --email ana@example.com \
                            --full-name \"Ana Muestra\"")]
    Create(CreateArguments),
    /// Hand in the outcome of a step (embedded engine, or an endpoint of regdesk)
    #[command(after_help = "Example: echo '{\"step\": \"face_comparison\", \"score\": 0.91}' | \
                            regdesk record 65f0c1d2e3a4b5c6d7e8f901 --evidence -")]
    Record(RecordArguments),
    /// Recompute the status of registrations, or report a step
    #[command(after_help = "Example: regdesk sync --query 'status:ongoing step:end'")]
    Sync(SyncArguments),
    /// Approve, reject or put into manual review: first a plan, then one after the other
    #[command(after_help = "On a terminal the plan is shown and confirmed by typing how many it decides; elsewhere \
                            --yes carries it out,\nand without it the plan is printed and the exit code is 2.\n\n\
                            Example: regdesk decide --query 'status:needs_manual_verification flag:BIO-06' --reject \
                            --reason spoof_attempt --plan")]
    Decide(DecideArguments),
    /// Issue a fresh link for an unfinished registration and print it
    #[command(after_help = "Example: regdesk resend 65f0c1d2e3a4b5c6d7e8f901 --email")]
    Resend(ResendArguments),
    /// Say that you work on registrations, so that nobody else does
    #[command(after_help = "Your name is `operator` of the configuration, REGDESK_OPERATOR or your login name. What \
                            somebody else\nholds is refused, with who and since when.\n\n\
                            Example: regdesk claim 65f0c1d2e3a4b5c6d7e8f901")]
    Claim(ClaimArguments),
    /// Give registrations back; also those of somebody else, to take over from them
    #[command(after_help = "Example: regdesk release 65f0c1d2e3a4b5c6d7e8f901")]
    Release(ClaimArguments),
    /// Put registrations aside for a while: they leave the operator's order and come back by themselves
    #[command(
        after_help = "What is put aside stands last in the order of urgency; `regdesk list snoozed` shows it.\n\n\
                            Example: regdesk snooze 65f0c1d2e3a4b5c6d7e8f901 --for 4h --reason 'asked for a document'"
    )]
    Snooze(SnoozeArguments),
    /// Write a note about a registration, or take your latest one back
    #[command(after_help = "Example: regdesk note 65f0c1d2e3a4b5c6d7e8f901 'Called, no answer'")]
    Note(NoteArguments),
    /// Say whether a red flag was right, which `flags` measures each rule by
    #[command(after_help = "Example: regdesk verdict 65f0c1d2e3a4b5c6d7e8f901 DOC-04 wrong")]
    Verdict(VerdictArguments),
    /// Write registrations to a file that only you can read
    #[command(
        after_help = "Oldest first. A file that is there is not touched without --force; `-` writes to standard output.\n\n\
                            Example: regdesk export status:failed --format csv --output failed.csv --mask"
    )]
    Export(ExportArguments),
    /// Take registrations over into the profile's embedded engine, from an export or from another system
    #[command(
        after_help = "Reads lines of JSON, a JSON array, answers of a service in either dialect, or the columns of \
                            `export --format csv`.\nStored in batches; what is there already is passed over, so that an \
                            import that was interrupted is\ntaken up by the same call. Refused lines are told with their \
                            numbers and end with exit code 6.\n\nExample: regdesk import customers.ndjson"
    )]
    Import(ImportArguments),
    /// Count how often each red-flag rule fires, and how often it was right
    #[command(after_help = "Example: regdesk flags project:Wallet --json")]
    Flags(FlagsArguments),
    /// Show where people are lost, what waits and for whom, and what another threshold would change
    #[command(after_help = "Example: regdesk insights created:<30d --what-if face=0.80")]
    Insights(InsightsArguments),
    /// List the red-flag rules with their inputs, thresholds and sources, or the ways of being stuck with their limits
    #[command(after_help = "Example: regdesk rules --stuck")]
    Rules(RulesArguments),
    /// List projects
    #[command(after_help = "Example: regdesk projects --json")]
    Projects(Format),
    /// List flows with what they ask for
    #[command(after_help = "Example: regdesk flows")]
    Flows(Format),
    /// Offer the profile's registrations over HTTP
    #[command(
        after_help = "The token that clients must show comes from REGDESK_SERVE_TOKEN or a file. `regdesk help team` \
                            tells how it runs behind a load balancer.\n\n\
                            Example: REGDESK_SERVE_TOKEN=secret regdesk serve --listen 127.0.0.1:8787"
    )]
    Serve(ServeArguments),
    /// Print what a service's webhooks deliver, a line of JSON each; repeated deliveries once
    #[command(after_help = "Deliveries go to /hooks or /hooks/SECRET. The secret that senders know comes from \
                            REGDESK_WEBHOOK_SECRET or a file; without one, only this machine can be listened to.\n\n\
                            Example: REGDESK_WEBHOOK_SECRET=secret regdesk watch --listen 127.0.0.1:8790")]
    Watch(WatchArguments),
    /// Check the profile in use step by step, and say what to mend
    #[command(
        after_help = "Asks a remote for its address, token, dialect, clock, and what it honours of paging, order and \
                            filters. Only reads.\n\nExample: regdesk --profile production doctor"
    )]
    Doctor(Format),
    /// Look how long the profile's token holds, renew it, or put one in its place
    #[command(
        subcommand,
        after_help = "A token is never printed. A renewed one goes where the profile's token is: its file, or its entry \
                            in the keyring.\n\nExample: regdesk --profile production token renew"
    )]
    Token(TokenCommand),
    /// Delete what was kept on disk of remotes, or say where it lies
    #[command(subcommand, after_help = "Example: regdesk cache clear")]
    Cache(CacheCommand),
    /// Copy the registrations of the profile's embedded engine, with the audit log, to a new directory
    #[command(
        after_help = "Refused while another regdesk has them open. The copy is a data directory itself: look into \
                            it with --data-dir.\n\nExample: regdesk backup /media/stick/desk-2026-03-01"
    )]
    Backup(BackupArguments),
    /// Put a backup in the place of the profile's registrations
    #[command(
        after_help = "The backup is checked first. Registrations that are there stay, unless --replace moves them \
                            aside.\n\nExample: regdesk restore /media/stick/desk-2026-03-01 --replace"
    )]
    Restore(RestoreArguments),
    /// Move all registrations from one store to another, for example from a file to a team's database
    #[command(
        after_help = "Registrations go with all their events, and so does what webhooks are to be told; what was there \
                            stays. A move that was cut short goes on where it ended. The audit log goes with them, unless \
                            there is another one already; the outbox stays in its data directory.\n\n\
                            Example: regdesk migrate-store ~/.local/share/regdesk team && regdesk --profile team check"
    )]
    MigrateStore(MigrateArguments),
    /// Check that the profile's embedded engine has lost and garbled nothing
    #[command(after_help = "Reads every page, every registration with its events, and every index. Ends with 1 if \
                            something is wrong.\n\nExample: regdesk check")]
    Check(Format),
    /// List what operators did with the profile, or verify that the list is whole
    #[command(after_help = "Verifying ends with 1 if an entry was changed, is missing or stands elsewhere. Keep the \
                            digest that it prints\nsomewhere else: whoever can write the file, or the database, could \
                            write all of it anew.\n\nExample: regdesk audit --verify")]
    Audit(AuditArguments),
    /// Write all there is about one registration to a file: values, flags, thresholds, decisions, who did what
    #[command(after_help = "The file holds personal data and is readable by you alone.\n\
                            Its last field is the digest of the lines before it (head -n -2 FILE | sha256sum), which the \
                            audit log keeps as well. audit.links leads from audit.from to the digest of the log: of each \
                            entry, it is that of the digest before followed by the digest of its content, all of its line \
                            before ,\"previous\":\n\n\
                            Example: regdesk evidence 65f0c1d2e3a4b5c6d7e8f901 --output case.json")]
    Evidence(EvidenceArguments),
    /// Erase registrations from the profile's embedded engine: those that are over for long, or those of one person
    #[command(after_help = "Nothing of them stays in the files but the ids in the audit log, nor in the copies \
                            beside the store; backups and exports are yours to delete. Of a person at a remote, \
                            what is kept here goes.\nAn address on the command line is seen by other users of the \
                            machine: `-` reads it from standard input.\n\n\
                            Example: regdesk purge --older-than 90d --yes")]
    Purge(PurgeArguments),
    /// Look at the configuration, check it, or begin one
    #[command(subcommand, after_help = "Example: regdesk config check")]
    Config(ConfigCommand),
    /// Print a JSON Schema of what the commands print as JSON
    #[command(after_help = "Without a command: all in one document, a definition each. A line of `list --ndjson` is \
                            what `show` prints.\n\nExample: regdesk schema list")]
    Schema(SchemaArguments),
    /// Print the completions of a shell, which know the ids and names of the profile in use
    #[command(after_help = "A shell loads them when it starts, for example from ~/.bashrc, ~/.zshrc or \
                            ~/.config/fish/config.fish.\nRemotes are not asked for ids.\n\n\
                            Example: source <(regdesk completions bash)")]
    Completions(CompletionsArguments),
    /// Write the manual: a page for every command, or the page of regdesk itself to standard output
    #[command(after_help = "Example: regdesk man ~/.local/share/man/man1 && man regdesk-list")]
    Man(ManArguments),
    /// Read a page about working with regdesk, or the help of a command
    #[command(
        after_help = "Topics: operators (a triage, screen by screen), integrators (the endpoint with curl, tokens, \
                            webhooks), team (one store in a database for many desks).\n\nExample: regdesk help operators | less"
    )]
    Help(HelpArguments),
}

/// `demo`.
#[derive(Debug, Args)]
pub struct DemoArguments {
    /// Which people.
    #[command(flatten)]
    pub crowd: Crowd,
    /// Nobody moves
    #[arg(long, conflicts_with = "speed")]
    pub still: bool,
    /// How many times faster than usual people move, from 0.1 to 100
    #[arg(long, value_name = "X", default_value_t = 1.0, value_parser = read_speed)]
    pub speed: f64,
}

/// How many invented people, and which.
#[derive(Debug, Args)]
pub struct Crowd {
    /// How many people
    #[arg(long, value_name = "N", default_value_t = 400, value_parser = clap::value_parser!(u32).range(1..=5_000_000))]
    pub count: u32,
    /// Other numbers make other people
    #[arg(long, value_name = "N", default_value_t = 1)]
    pub seed: u64,
}

/// Text or JSON.
#[derive(Debug, Args)]
pub struct Format {
    /// As JSON
    #[arg(long)]
    pub json: bool,
}

/// `serve`.
#[derive(Debug, Args)]
pub struct ServeArguments {
    /// Address and port; port 0 picks a free one
    #[arg(long, value_name = "ADDR", default_value = "127.0.0.1:8787")]
    pub listen: SocketAddr,
    /// Listen also where other machines reach it, although what is sent travels unencrypted
    #[arg(long)]
    pub allow_plain_http: bool,
    /// overview or live
    #[arg(long, value_name = "DIALECT", default_value = "overview", value_parser = read_dialect)]
    pub dialect: Dialect,
    /// File that holds the clients' token, readable by its owner alone; otherwise it comes from REGDESK_SERVE_TOKEN
    #[arg(long, value_name = "FILE")]
    pub token_file: Option<PathBuf>,
    /// Once told to stop, how long /readyz says no while everything else is still answered, seconds
    #[arg(long, value_name = "SECONDS", default_value_t = 0, value_parser = clap::value_parser!(u64).range(..=3600))]
    pub drain: u64,
    /// text (to a file in the state directory) or json (an object a line on standard error, every request among them)
    #[arg(long, value_name = "FORMAT", default_value = "text")]
    pub log_format: LogFormat,
}

/// How the program logs.
#[derive(Debug, Clone, Copy, PartialEq, Eq, clap::ValueEnum)]
pub enum LogFormat {
    /// Lines for people, in a file in the state directory.
    Text,
    /// An object a line on standard error.
    Json,
}

/// `config`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Subcommand)]
pub enum ConfigCommand {
    /// Print where the configuration file lies, or would lie
    #[command(after_help = "Example: $EDITOR \"$(regdesk config path)\"")]
    Path,
    /// Read the configuration and report every mistake with its place
    #[command(after_help = "Example: regdesk --config new.toml config check")]
    Check,
    /// Print the settings in force
    #[command(after_help = "Example: regdesk config show --origin")]
    Show {
        /// Say behind each setting where it comes from: built in, a line of the file, the environment or an option
        #[arg(long)]
        origin: bool,
    },
    /// Print an example with every setting, its default and its meaning
    #[command(after_help = "Example: regdesk config example | less")]
    Example,
    /// Print a JSON Schema of the file, by which editors complete and check it
    #[command(after_help = "Example: regdesk config schema > regdesk.schema.json")]
    Schema,
    /// Write a commented configuration file to start from
    #[command(after_help = "Example: regdesk --config new.toml config init")]
    Init,
}
