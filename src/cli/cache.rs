//! `cache`: the mirrors of remotes on disk, where they lie and away with them.

use std::{fs, io};

use super::{Failure, Output, args::CacheCommand};
use crate::config::Places;

/// Prints where mirrors lie, or deletes them all.
pub fn run(command: CacheCommand, places: &Places, output: &mut Output) -> Result<(), Failure> {
    let directory = places.mirrors();
    match command {
        CacheCommand::Path => output.line(&directory.display().to_string()),
        CacheCommand::Clear => {
            let deleted = match fs::read_dir(&directory) {
                Err(error) if error.kind() == io::ErrorKind::NotFound => 0,
                Err(error) => return Err(Failure::io(format!("{} cannot be read", directory.display()))(error)),
                Ok(entries) => entries.count(),
            };
            if deleted > 0 {
                let what = format!("{} cannot be deleted", directory.display());
                fs::remove_dir_all(&directory).map_err(Failure::io(what))?;
            }
            output.line(&format!("{deleted} mirrors deleted"))
        }
    }
}
