//! The log file: in the state directory, readable by its owner alone, never on the screen.

use std::{
    fs::{self, File},
    io,
    path::Path,
    sync::Mutex,
};

use tracing_subscriber::{EnvFilter, fmt, prelude::*};

use crate::private;

/// A longer file is put aside when the program starts; one older file is kept.
const MAX_BYTES: u64 = 4 * 1024 * 1024;

/// Opens the log. Only this program's own lines go there: what libraries log may hold headers, and so tokens.
pub fn start(state_dir: &Path, verbose: u8) -> io::Result<()> {
    let file = open(state_dir)?;
    let level = match verbose {
        0 => "warn",
        1 => "info",
        2 => "debug",
        _ => "trace",
    };
    let layer = fmt::layer().with_writer(Mutex::new(file)).with_ansi(false);
    let filter = EnvFilter::new(format!("off,regdesk={level}"));
    tracing_subscriber::registry().with(layer.with_filter(filter)).try_init().map_err(io::Error::other)
}

fn open(state_dir: &Path) -> io::Result<File> {
    private::create_directory(state_dir)?;
    let path = state_dir.join("regdesk.log");
    if fs::metadata(&path).is_ok_and(|metadata| metadata.len() > MAX_BYTES) {
        fs::rename(&path, state_dir.join("regdesk.old.log"))?;
    }
    private::open_file(&path)
}
