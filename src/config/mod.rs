//! Configuration: layers built-in < file < environment < flags, read as a whole and judged as a whole.
//!
//! A file is TOML. Every mistake in it is reported at once, each with file, line, column and key, and with the nearest
//! right name where there is one; values are never repeated in a message, because a misplaced token is a value too.
//! This module reads the file and knows the places of the system; it opens no backend and reads no token. How a
//! remote is reached and what themes there are is said in the terms of [`remote`](crate::remote) and [`ui`](crate::ui).

mod file;
mod lists;
mod look;
mod mistake;
mod origins;
mod places;
mod policy;
mod profile;
mod reasons;
mod section;
pub mod settings;
mod sources;
mod store;
mod views;
mod webhooks;

use std::{
    collections::BTreeMap,
    path::{Path, PathBuf},
    sync::Arc,
};

pub use lists::ListFiles;
pub use mistake::{Mistake, Mistakes, Place};
pub use origins::{Key, keys_of};
pub use places::Places;
pub use profile::{Given, Overrides, Profile, Source, default_data_dir};
pub use store::StoreSettings;
pub use webhooks::WebhookSettings;

use crate::{
    index::Views,
    model::Role,
    remote::{Dialect, Mirror, RemoteConfig},
    triage::{Policy, Reasons},
    ui::{
        columns::Column,
        theme::{OwnTheme, ThemeName},
    },
};

/// The name of the profile that exists without any configuration.
pub const LOCAL_PROFILE: &str = "local";

/// The variable that holds the token of a remote given by `--url`.
pub const AD_HOC_TOKEN_VARIABLE: &str = "REGDESK_TOKEN";

/// What a configuration file says, over the built-in values.
#[derive(Debug, Clone)]
pub struct Config {
    /// The file that was read; `None` if there was none at the default place.
    pub file: Option<PathBuf>,
    /// The profile in use when none is named, and where that is said.
    pub default_profile: (String, Place),
    /// All profiles by name; [`LOCAL_PROFILE`] is always among them.
    pub profiles: BTreeMap<String, ProfileSettings>,
    /// What the operator is called.
    pub operator: Option<String>,
    /// What judging goes by.
    pub policy: Arc<Policy>,
    /// Files of the house beside the built-in lists; they are part of the policy already.
    pub lists: ListFiles,
    /// The columns of the queue; none shows what there is room for.
    pub columns: Option<Vec<Column>>,
    /// The look of the console.
    pub ui: UiSettings,
    /// Keys of the console's commands, by command id.
    pub keys: Vec<KeySetting>,
    /// Why a person may decide as they do.
    pub reasons: Reasons,
    /// The views on the number keys, without those that were saved at the console.
    pub views: Views,
}

impl Config {
    /// What applies without a file.
    pub fn built_in() -> Self {
        Self {
            file: None,
            default_profile: (LOCAL_PROFILE.to_owned(), Place::BuiltIn),
            profiles: BTreeMap::from([(LOCAL_PROFILE.to_owned(), ProfileSettings::default())]),
            operator: None,
            policy: Arc::default(),
            lists: ListFiles::new(),
            columns: None,
            ui: UiSettings::default(),
            keys: Vec::new(),
            reasons: Reasons::default(),
            views: Views::default(),
        }
    }

    /// Reads a file over the built-in values.
    pub fn read(path: &Path) -> Result<Self, Mistakes> {
        let (config, mistakes) = Self::examine(path)?;
        mistakes.none().map(|()| config)
    }

    /// Reads what can be read of a file, and what is wrong with the rest. Fails if there is no text to be read.
    pub fn examine(path: &Path) -> Result<(Self, Mistakes), Mistakes> {
        Ok(file::parse(&file::text_of(path)?, path))
    }

    /// Reads the text of a file over the built-in values; `path` is only named in messages.
    pub fn parse(text: &str, path: &Path) -> Result<Self, Mistakes> {
        let (config, mistakes) = file::parse(text, path);
        mistakes.none().map(|()| config)
    }
}

/// One profile as configured.
#[derive(Debug, Clone, Default)]
pub struct ProfileSettings {
    /// Where the registrations are.
    pub backend: BackendSettings,
    /// Who works with it.
    pub role: Role,
    /// Whether writes are refused.
    pub read_only: bool,
    /// Whether it is shown in a colour of its own.
    pub production: bool,
    /// Who is told what happens, and where it is listened for what a service tells.
    pub webhooks: WebhookSettings,
}

/// Where the registrations of a profile are.
#[derive(Debug, Clone)]
pub enum BackendSettings {
    /// In this process, on disk or in a database.
    Embedded {
        /// The store's directory; `None` is a place of its own under the system's data directory.
        data_dir: Option<PathBuf>,
        /// The database that holds the store instead of a file.
        store: Option<StoreSettings>,
    },
    /// Behind an HTTP endpoint.
    Remote(RemoteConfig),
}

impl Default for BackendSettings {
    fn default() -> Self {
        Self::Embedded { data_dir: None, store: None }
    }
}

/// The words for the dialect of a remote; none is found out by asking.
pub const DIALECTS: &[(&str, Option<Dialect>)] =
    &[("auto", None), ("overview", Some(Dialect::Overview)), ("live", Some(Dialect::Live))];

/// The words for what becomes of what was read of a remote.
pub const MIRRORS: &[(&str, Mirror)] = &[("memory", Mirror::Memory), ("disk", Mirror::Disk), ("off", Mirror::Off)];

/// The look of the console.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct UiSettings {
    /// Its theme; the user's own where there is one and none is named.
    pub theme: ThemeName,
    /// The user's own theme.
    pub own: Option<OwnTheme>,
    /// Whether it listens to the mouse (and so takes text selection from the terminal).
    pub mouse: bool,
    /// Whether keys of the desk open a decision, or only its dialog.
    pub decision_keys: bool,
    /// Whether it writes linear text for screen readers.
    pub plain: bool,
    /// Whether its own signs consist of ASCII; without it, as the terminal's character set asks.
    pub ascii: Option<bool>,
}

impl Default for UiSettings {
    fn default() -> Self {
        Self { theme: ThemeName::Auto, own: None, mouse: true, decision_keys: true, plain: false, ascii: None }
    }
}

/// The keys of one command of the console.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct KeySetting {
    /// The command's id, not yet checked.
    pub command: String,
    /// Keys as text, not yet checked; none unbinds the command.
    pub keys: Vec<String>,
    /// Where it stands.
    pub place: Place,
}
