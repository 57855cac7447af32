//! Where things lie on this system.

use std::path::PathBuf;

use directories::ProjectDirs;

use super::{Mistake, Mistakes, Place};

/// The directories and files of this program, by the conventions of the system (XDG on Linux).
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Places {
    /// The configuration file.
    pub config_file: PathBuf,
    /// What must be kept: the embedded stores.
    pub data_dir: PathBuf,
    /// What may be lost: the log.
    pub state_dir: PathBuf,
    /// What can be read again: mirrors of remotes.
    pub cache_dir: PathBuf,
}

impl Places {
    /// The places of the current user.
    pub fn of_user() -> Result<Self, Mistakes> {
        let found = ProjectDirs::from("", "", "regdesk").ok_or_else(|| {
            Mistake::new(
                Place::Environment("HOME"),
                "no home directory is known for this user; set HOME to an absolute path, or give both --config and \
                 --data-dir",
            )
        })?;
        Ok(Self {
            config_file: found.config_dir().join("config.toml"),
            data_dir: found.data_dir().to_owned(),
            cache_dir: found.cache_dir().to_owned(),
            state_dir: found.state_dir().unwrap_or(found.data_local_dir()).to_owned(),
        })
    }

    /// The directory of the mirrors of remotes.
    pub fn mirrors(&self) -> PathBuf {
        self.cache_dir.join("mirror")
    }
}
