//! The shell around the console's pure core: terminal, input, timers and the work that effects ask for.
//!
//! One loop on the calling thread takes input first, then answers, then timers, updates the model, and draws at most
//! sixty times a second and only when something changed. All work runs on other threads; the loop never waits for it.

mod answers;
mod calm;
mod changes;
mod clipboard;
mod console;
mod effects;
mod export;
mod frame;
mod indexing;
mod input;
mod keeper;
mod mirror;
mod reader;
mod snapshot;
mod terminal;

use std::{io, path::PathBuf, sync::Arc};

pub use answers::background_of_variable;
pub use console::run;
pub use export::ExportFile;
pub use indexing::Filling;
pub use keeper::{forget_filters, read as read_kept};
pub use mirror::{MirrorFile, mirrored};
pub use snapshot::{SnapshotFile, Stored};

use crate::{
    app::{Profile, columns::Column, look::Look},
    backend::{Backend, Caller, Clock},
    index::Views,
    keys::{KeymapError, Override},
    triage::{Policy, Reasons},
    ui::Themes,
};

/// What a console needs.
pub struct Options {
    /// Where registrations come from.
    pub backend: Arc<dyn Backend>,
    /// Where the time comes from.
    pub clock: Clock,
    /// Who sits at the console.
    pub operator: Caller,
    /// Shown in the header; also says whether writes are refused.
    pub profile: Profile,
    /// What registrations are judged by.
    pub policy: Arc<Policy>,
    /// The user's keys.
    pub keys: Vec<Override>,
    /// Whether keys of the desk open a decision, or only its dialog.
    pub decision_keys: bool,
    /// How it looks at the start.
    pub look: Look,
    /// The themes, for this terminal.
    pub themes: Themes,
    /// The columns of the queue; none shows what there is room for.
    pub columns: Option<Vec<Column>>,
    /// Where the console remembers things from one run to the next; `None` remembers nothing.
    pub kept_at: Option<PathBuf>,
    /// Where what is read of a remote is kept on disk; `None` keeps it in memory.
    pub mirror_at: Option<MirrorFile>,
    /// Where the index of a large store of this machine is kept from one run to the next; `None` makes it anew.
    pub snapshot_at: Option<SnapshotFile>,
    /// Why the operator may decide as they do.
    pub reasons: Reasons,
    /// The views of the house.
    pub views: Views,
}

/// Why a console could not be opened, or ended.
#[derive(Debug, thiserror::Error)]
pub enum RunError {
    /// Standard input or output is not a terminal.
    #[error("the console needs a terminal on standard input and output; in a pipe, use `regdesk list`, `show`, …")]
    NoTerminal,
    /// The terminal cannot place text.
    #[error("the terminal (TERM={0}) cannot place text on the screen; use another TERM, or `regdesk list`, `show`, …")]
    PoorTerminal(String),
    /// The configured keys are wrong.
    #[error("the configured keys cannot be used:\n{}", .0.iter().map(|error| format!("  {error}")).collect::<Vec<_>>().join("\n"))]
    Keys(Vec<KeymapError>),
    /// The terminal could not be read or written.
    #[error("the terminal could not be used: {0}")]
    Terminal(#[from] io::Error),
}
